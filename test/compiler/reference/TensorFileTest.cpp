//===- TensorFileTest.cpp - opening and replacing tensor files ------------===//

#include "test/compiler/reference/FileFixture.h"

using namespace mixc::reference;

namespace {

class TensorFile : public FileFixture {
protected:
  static HostTensor one(double value) {
    HostTensor tensor = llvm::cantFail(HostTensor::make(Element::F32, {1}));
    tensor.set({0}, value);
    return tensor;
  }
};

} // namespace

TEST_F(TensorFile, NamesTheArrayOfAnNpyByItsFile) {
  std::string path = pathOf("q.npy");
  ASSERT_FALSE(writeNpy(path, one(3)));
  NamedTensors tensors = llvm::cantFail(readAll(path));
  ASSERT_EQ(tensors.size(), 1u);
  EXPECT_EQ(tensors[0].first, "q");
  EXPECT_EQ(tensors[0].second.get({0}), 3);
  EXPECT_EQ(llvm::cantFail(readNamed(path, {"q"})).size(), 1u);
}

TEST_F(TensorFile, RefusesUnknownExtensions) {
  EXPECT_EQ(readError(put("q.txt", "")), "q.txt: a tensor file is expected to end in .npy, .npz or "
                                         ".safetensors, this ends in `.txt`; convert or rename it");
}

TEST_F(TensorFile, RefusesMissingFilesAndFolders) {
  EXPECT_EQ(readError(pathOf("none.npz")),
            "can't read `none.npz`: no such file or directory; check the path "
            "and its permissions");
  ASSERT_FALSE(llvm::sys::fs::create_directory(pathOf("d.npy")));
  EXPECT_EQ(readError(pathOf("d.npy")),
            "can't read `d.npy`: it is not a regular file; name a .npy, .npz or .safetensors "
            "file");
  EXPECT_EQ(message(writeNpy(pathOf("d.npy"), one(1))),
            "can't write `d.npy`: it is not a regular file; name another");
  EXPECT_EQ(message(readNpy("/dev/zero").takeError()),
            "can't read `/dev/zero`: it is not a regular file; name a .npy, .npz or .safetensors "
            "file");
  EXPECT_EQ(message(writeNpy(pathOf("none/q.npy"), one(1))),
            "can't write `none/q.npy`: no such file or directory; check the "
            "folder, its permissions and the disk");
}

TEST_F(TensorFile, ReplacesAFileAsAWhole) {
  std::string path = pathOf("q.npy");
  ASSERT_FALSE(writeNpy(path, one(1)));
  ASSERT_FALSE(writeNpy(path, one(2)));
  EXPECT_EQ(llvm::cantFail(readNpy(path)).get({0}), 2);
  EXPECT_EQ(filesInFolder(), std::vector<std::string>{"q.npy"});
}

TEST_F(TensorFile, KeepsTheOldFileWhenWritingFails) {
  std::string path = pathOf("all.npz");
  ASSERT_FALSE(writeNpz(path, {{"a", one(1)}}));
  EXPECT_NE(message(writeNpz(path, {{"b", one(2)}, {"b", one(3)}})), "");
  EXPECT_EQ(llvm::cantFail(listNames(path)), std::vector<std::string>{"a"});
  EXPECT_EQ(filesInFolder(), std::vector<std::string>{"all.npz"});
}

TEST_F(TensorFile, WritesThroughLinks) {
  std::string path = pathOf("real.npy"), link = pathOf("link.npy");
  ASSERT_FALSE(writeNpy(path, one(1)));
  ASSERT_FALSE(llvm::sys::fs::create_link("real.npy", link));
  ASSERT_FALSE(writeNpy(link, one(2)));
  bool isLink = false;
  ASSERT_FALSE(llvm::sys::fs::is_symlink_file(link, isLink));
  EXPECT_TRUE(isLink);
  EXPECT_EQ(llvm::cantFail(readNpy(path)).get({0}), 2);
}

TEST_F(TensorFile, ReadTensorsOutliveAndNeverChangeTheFile) {
  std::string path = pathOf("q.npy");
  ASSERT_FALSE(writeNpy(path, one(1)));
  HostTensor tensor = llvm::cantFail(readNpy(path));
  tensor.set({0}, 5);
  EXPECT_EQ(llvm::cantFail(readNpy(path)).get({0}), 1);
  ASSERT_FALSE(llvm::sys::fs::remove(path));
  EXPECT_EQ(tensor.get({0}), 5);
}
