//===- FileFixture.h - tests on files in a folder of their own ------------===//

#ifndef MIXC_TEST_COMPILER_REFERENCE_FILEFIXTURE_H
#define MIXC_TEST_COMPILER_REFERENCE_FILEFIXTURE_H

#include "compiler/reference/TensorFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include "gtest/gtest.h"

#include <random>

namespace mixc::reference {

class FileFixture : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("mixc-tensor", folder));
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder, /*IgnoreErrors=*/true); }

  std::string pathOf(llvm::StringRef name) const {
    llvm::SmallString<128> path = folder;
    llvm::sys::path::append(path, name);
    return path.str().str();
  }

  /// Writes bytes as they are; the path.
  std::string put(llvm::StringRef name, llvm::StringRef bytes) const {
    std::string path = pathOf(name);
    std::error_code code;
    llvm::raw_fd_ostream os(path, code);
    EXPECT_FALSE(code) << path;
    os << bytes;
    return path;
  }

  static std::string bytesAt(llvm::StringRef path) {
    auto buffer = llvm::MemoryBuffer::getFile(path);
    EXPECT_TRUE(static_cast<bool>(buffer)) << path.str();
    return buffer ? (*buffer)->getBuffer().str() : "";
  }

  std::vector<std::string> filesInFolder() const {
    std::vector<std::string> names;
    std::error_code code;
    for (llvm::sys::fs::directory_iterator it(folder, code), end; it != end && !code;
         it.increment(code))
      names.push_back(llvm::sys::path::filename(it->path()).str());
    return names;
  }

  /// The error without the folder.
  std::string message(llvm::Error error) const {
    std::string text = llvm::toString(std::move(error));
    std::string prefix = folder.str().str() + "/";
    for (size_t at; (at = text.find(prefix)) != std::string::npos;)
      text.erase(at, prefix.size());
    return text;
  }

  /// The error of reading all of a file, or "".
  std::string readError(llvm::StringRef path) const {
    llvm::Expected<NamedTensors> tensors = readAll(path);
    return tensors ? "" : message(tensors.takeError());
  }

  /// Whatever happens to a file, reading it returns; a file cut short is an
  /// error. `name` has the extension.
  void damageEverywhere(llvm::StringRef name, const std::string &whole) {
    ASSERT_EQ(readError(put(name, whole)), "");
    for (size_t length = 0; length != whole.size(); ++length)
      EXPECT_NE(readError(put(name, whole.substr(0, length))), "")
          << "first " << length << " bytes of " << name.str();
    EXPECT_NE(readError(put(name, whole + '\0')), "");
    for (size_t at = 0; at != whole.size(); ++at)
      for (int flip : {0x01, 0x80, 0xff}) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ flip);
        (void)readError(put(name, damaged));
      }
    std::mt19937 random(5);
    for (int round = 0; round != 2000; ++round) {
      std::string damaged = whole;
      for (int change = 0; change != 4; ++change)
        damaged[random() % damaged.size()] = static_cast<char>(random());
      (void)readError(put(name, damaged));
    }
  }

  /// Values of every sign and magnitude that the element has, among them all
  /// patterns of the narrow ones, so no value can be special.
  static HostTensor patterns(Element element) {
    HostTensor tensor = llvm::cantFail(HostTensor::make(element, {4, 64, 2}));
    std::mt19937 random(9);
    for (int64_t i = 0; i != tensor.numBytes(); ++i)
      tensor.data[i] = std::byte(random());
    if (byteSize(element) == 1)
      for (int64_t i = 0; i != tensor.numBytes(); ++i)
        tensor.data[i] = std::byte(i % 256);
    // So that their bytes are what reading gives back.
    if (element == Element::Bool || element == Element::I4)
      tensor = llvm::cantFail(tensor.converted(element));
    return tensor;
  }

  static void expectSameBytes(const HostTensor &left, const HostTensor &right) {
    ASSERT_EQ(elementName(left.element), elementName(right.element));
    ASSERT_EQ(left.shape, right.shape);
    ASSERT_TRUE(left.isContiguous() && right.isContiguous());
    EXPECT_EQ(std::memcmp(left.data, right.data, left.numBytes()), 0)
        << elementName(left.element).str();
  }

  llvm::SmallString<128> folder;
};

} // namespace mixc::reference

#endif // MIXC_TEST_COMPILER_REFERENCE_FILEFIXTURE_H
