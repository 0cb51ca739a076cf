//===- ZipTest.cpp - .npz files -------------------------------------------===//

#include "test/compiler/reference/FileFixture.h"

#include "compiler/reference/Npy.h"
#include "compiler/reference/StoredValues.h"
#include "compiler/reference/Zip.h"

#include "llvm/ADT/StringExtras.h"

using namespace mixc::reference;

namespace {

class Zip : public FileFixture {
protected:
  static HostTensor counting(Element element, llvm::ArrayRef<int64_t> shape) {
    HostTensor tensor = llvm::cantFail(HostTensor::make(element, shape));
    for (int64_t i = 0; i != tensor.numElements(); ++i)
      encodeInt(element, i, tensor.data + i * byteSize(element));
    return tensor;
  }

  static std::string archive(const NamedTensors &tensors, uint64_t zip64From = UINT32_MAX) {
    std::string bytes;
    llvm::raw_string_ostream os(bytes);
    ZipWriter zip(os, zip64From);
    for (const auto &[name, tensor] : tensors) {
      NpyImage image = llvm::cantFail(toNpy(tensor));
      zip.add(name + ".npy", {image.header, bytesOf(image.values)});
    }
    zip.finish();
    return bytes;
  }

  /// As Python's zipfile deflates numpy.savez_compressed(x=numpy.arange(4,
  /// dtype="<i4")), with `size` as the inflated size.
  static std::string deflated(uint32_t size = 144);

  static size_t lastOf(const std::string &bytes, llvm::StringRef what) {
    return bytes.rfind(what.str());
  }
};

/// The archive as hexadecimal digits.
constexpr llvm::StringLiteral deflatedHex =
    "504B03042D000000080000002100FE741ED4FFFFFFFFFFFFFFFF05001400782E6E707901"
    "00100090000000000000004E000000000000009BEC17EA1B10C9C850C650AD9E925A9C5C"
    "A46EA5A06E9369A2AEA3A09E965F54529498179F5F94920A12774BCC294E058A17672416"
    "A402F91A263A9A3A0AB50A14002E0620600462262066066200504B01022D032D00000008"
    "0000002100FE741ED44E0000009000000005000000000000000000000080010000000078"
    "2E6E7079504B0506000000000100010033000000850000000000";

std::string Zip::deflated(uint32_t size) {
  std::string bytes = llvm::fromHex(deflatedHex);
  size_t entry = bytes.rfind("PK\1\2");
  for (int i = 0; i != 4; ++i)
    bytes[entry + 24 + i] = static_cast<char>(size >> (8 * i));
  return bytes;
}

} // namespace

TEST_F(Zip, RoundTripsNamedTensors) {
  NamedTensors tensors = {{"q", patterns(Element::F32)},
                          {"mask", patterns(Element::Bool)},
                          {"a/b c", counting(Element::I64, {})},
                          {"nothing", counting(Element::F16, {2, 0})}};
  std::string path = pathOf("all.npz");
  ASSERT_FALSE(writeNpz(path, tensors));
  NamedTensors back = llvm::cantFail(readAll(path));
  ASSERT_EQ(back.size(), tensors.size());
  for (size_t i = 0; i != back.size(); ++i) {
    EXPECT_EQ(back[i].first, tensors[i].first);
    expectSameBytes(back[i].second, tensors[i].second);
  }
}

TEST_F(Zip, ReadsByNameInTheOrderAsked) {
  std::string path = put("all.npz", archive({{"a", counting(Element::I8, {1})},
                                             {"b", counting(Element::I8, {2})},
                                             {"c", counting(Element::I8, {3})}}));
  NamedTensors some = llvm::cantFail(readNamed(path, {"c", "a"}));
  ASSERT_EQ(some.size(), 2u);
  EXPECT_EQ(some[0].second.shape[0], 3);
  EXPECT_EQ(some[1].second.shape[0], 1);
  EXPECT_EQ(llvm::cantFail(listNames(path)), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(message(readNamed(path, {"d"}).takeError()),
            "all.npz: has no tensor `d`, it has `a`, `b`, `c`; rename it in "
            "the file or in the spec");
}

TEST_F(Zip, ReadsAnEmptyArchive) {
  EXPECT_EQ(llvm::cantFail(readAll(put("e.npz", archive({})))).size(), 0u);
}

TEST_F(Zip, WritesTheSameBytesAgain) {
  NamedTensors tensors = {{"q", patterns(Element::F32)}};
  ASSERT_FALSE(writeNpz(pathOf("a.npz"), tensors));
  ASSERT_FALSE(writeNpz(pathOf("b.npz"), tensors));
  EXPECT_EQ(bytesAt(pathOf("a.npz")), bytesAt(pathOf("b.npz")));
}

TEST_F(Zip, ReadsZip64) {
  NamedTensors tensors = {{"a", patterns(Element::I32)}, {"b", patterns(Element::F16)}};
  // From 0 every field is 64 bits; from 1000 sizes, and the second's offset.
  for (uint64_t from : {0, 1000, 4000}) {
    std::string path = put("wide.npz", archive(tensors, from));
    NamedTensors back = llvm::cantFail(readAll(path));
    ASSERT_EQ(back.size(), 2u);
    expectSameBytes(back[0].second, tensors[0].second);
    expectSameBytes(back[1].second, tensors[1].second);
  }
}

TEST_F(Zip, ReadsManyMembers) {
  NamedTensors tensors;
  for (int i = 0; i != 66000; ++i)
    tensors.emplace_back(std::to_string(i), counting(Element::I8, {1}));
  std::string path = put("many.npz", archive(tensors));
  EXPECT_EQ(llvm::cantFail(listNames(path)).size(), tensors.size());
  EXPECT_EQ(llvm::cantFail(readNamed(path, {"65999"})).size(), 1u);
}

TEST_F(Zip, ReadsDeflated) {
  NamedTensors tensors = llvm::cantFail(readAll(put("d.npz", deflated())));
  ASSERT_EQ(tensors.size(), 1u);
  EXPECT_EQ(tensors[0].first, "x");
  EXPECT_EQ(tensors[0].second.element, Element::I32);
  EXPECT_EQ(tensors[0].second.getInt({3}), 3);
}

TEST_F(Zip, RefusesWrongInflatedSizes) {
  for (uint32_t size : {0u, 1u, 143u, 145u, 5000u})
    EXPECT_EQ(readError(put("d.npz", deflated(size))),
              "d.npz: damaged zip archive: member `x.npy` does not inflate to " +
                  std::to_string(size) + " bytes; save or copy the file again");
  // Beyond what deflate can do, nothing is allocated.
  EXPECT_NE(readError(put("d.npz", deflated(4000000000)))
                .find("`x.npy` says 4000000000 bytes, stored as"),
            std::string::npos);
}

TEST_F(Zip, SkipsMembersThatAreNotArrays) {
  std::string bytes;
  llvm::raw_string_ostream os(bytes);
  ZipWriter zip(os);
  zip.add("README", {"hello"});
  zip.finish();
  EXPECT_TRUE(llvm::cantFail(readAll(put("r.npz", bytes))).empty());
}

TEST_F(Zip, AllowsACommentAtTheEnd) {
  std::string bytes = archive({{"a", counting(Element::I8, {1})}}) + "comment";
  bytes[bytes.size() - 9] = 7;
  EXPECT_EQ(readError(put("c.npz", bytes)), "");
}

TEST_F(Zip, NamesTheMemberOfABadArray) {
  std::string bytes;
  llvm::raw_string_ostream os(bytes);
  ZipWriter zip(os);
  zip.add("a.npy", {"hello"});
  zip.finish();
  EXPECT_EQ(readError(put("b.npz", bytes)),
            "b.npz: member `a.npy`: not a .npy file: it does not start with "
            "`\\x93NUMPY`; save the array with numpy.save");
}

TEST_F(Zip, RefusesTwoOfOneName) {
  HostTensor tensor = counting(Element::I8, {1});
  EXPECT_EQ(readError(put("t.npz", archive({{"a", tensor}, {"a", tensor}}))),
            "t.npz: two tensors are called `a`; save the file again with one "
            "of them");
  EXPECT_EQ(message(writeNpz(pathOf("u.npz"), {{"a", tensor}, {"a", tensor}})),
            "u.npz: two tensors are called `a`; rename one");
}

TEST_F(Zip, RefusesEncryptionAndOtherMethods) {
  std::string bytes = archive({{"a", counting(Element::I8, {1})}});
  size_t entry = lastOf(bytes, "PK\1\2");
  std::string encrypted = bytes, bzip = bytes;
  encrypted[entry + 8] |= 1;
  bzip[entry + 10] = 12;
  EXPECT_EQ(readError(put("a.npz", encrypted)),
            "a.npz: member `a.npy` is encrypted; save the arrays with "
            "numpy.savez");
  EXPECT_EQ(readError(put("a.npz", bzip)),
            "a.npz: member `a.npy` is compressed by method 12, expected 0 "
            "(stored) or 8 (deflated); save the arrays with numpy.savez");
}

TEST_F(Zip, RefusesWrongChecksums) {
  std::string bytes = archive({{"a", counting(Element::I8, {3})}});
  bytes[lastOf(bytes, "PK\1\2") - 1] = 9;
  EXPECT_EQ(readError(put("a.npz", bytes)),
            "a.npz: damaged zip archive: the checksum of member `a.npy` is "
            "wrong; save or copy the file again");
}

TEST_F(Zip, RefusesMembersThatShareBytes) {
  // Two directory entries for one large member.
  std::string one =
      archive({{"a", counting(Element::I8, {1000})}, {"b", counting(Element::I8, {1})}});
  size_t first = one.find("PK\1\2"), second = lastOf(one, "PK\1\2");
  std::string two = one;
  two.replace(second + 16, 12, one.substr(first + 16, 12)); // checksum, sizes
  two.replace(second + 42, 4, one.substr(first + 42, 4));   // offset
  EXPECT_NE(readError(put("a.npz", two)).find("does not fit beside the others"), std::string::npos);
}

TEST_F(Zip, RefusesOtherFiles) {
  EXPECT_EQ(readError(put("a.npz", std::string(100, 'x'))),
            "a.npz: not a zip archive, or cut short: it has no end record; "
            "save the arrays with numpy.savez");
}

TEST_F(Zip, SurvivesDamage) {
  NamedTensors tensors = {{"a", counting(Element::I16, {2})}, {"b", counting(Element::I8, {3})}};
  damageEverywhere("a.npz", archive(tensors));
  damageEverywhere("a.npz", archive(tensors, 0));
  damageEverywhere("a.npz", deflated());
}
