//===- NumPyTest.cpp - tensor files of and for NumPy ----------------------===//
//
// numpy_files.py writes files with NumPy (and safetensors, where it is
// installed), we read them and write them again, it checks the copies. Skipped
// where there is no NumPy; the other tests hold fixed bytes.
//
//===----------------------------------------------------------------------===//

#include "test/compiler/reference/FileFixture.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Program.h"

using namespace mixc::reference;

namespace {

constexpr int noNumPy = 77;

class NumPy : public FileFixture {
protected:
  /// Exit status of numpy_files.py.
  int run(llvm::StringRef mode) {
    const char *named = std::getenv("MIXC_PYTHON");
    auto python = llvm::sys::findProgramByName(named ? named : "python3");
    if (!python)
      return noNumPy;
    llvm::SmallString<256> script(__FILE__);
    llvm::sys::path::remove_filename(script);
    llvm::sys::path::append(script, "numpy_files.py");
    return llvm::sys::ExecuteAndWait(*python, {*python, script, mode, folder});
  }
};

} // namespace

TEST_F(NumPy, CopiesOfItsFilesAreEqual) {
  int status = run("write");
  if (status == noNumPy)
    GTEST_SKIP() << "NumPy is not installed; MIXC_PYTHON names a Python";
  ASSERT_EQ(status, 0);
  int copied = 0;
  for (const std::string &name : filesInFolder()) {
    llvm::Expected<NamedTensors> tensors = readAll(pathOf(name));
    ASSERT_TRUE(static_cast<bool>(tensors)) << message(tensors.takeError());
    std::string copy = pathOf("copy-" + name);
    llvm::StringRef extension = llvm::sys::path::extension(name);
    ASSERT_FALSE(extension == ".npy"   ? writeNpy(copy, (*tensors)[0].second)
                 : extension == ".npz" ? writeNpz(copy, *tensors)
                                       : writeSafetensors(copy, *tensors));
    ++copied;
  }
  EXPECT_GT(copied, 100);
  EXPECT_EQ(run("check"), 0);
}
