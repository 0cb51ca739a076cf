//===- SafetensorsTest.cpp - .safetensors files ---------------------------===//

#include "test/compiler/reference/FileFixture.h"

#include "compiler/reference/Safetensors.h"

using namespace mixc::reference;

namespace {

class Safetensors : public FileFixture {
protected:
  static std::string file(const std::string &header, const std::string &data) {
    std::string bytes;
    for (int i = 0; i != 8; ++i)
      bytes += static_cast<char>(uint64_t(header.size()) >> (8 * i));
    return bytes + header + data;
  }

  std::string error(const std::string &header, const std::string &data) const {
    return readError(put("a.safetensors", file(header, data)));
  }

  static std::string entry(const std::string &name, const std::string &dtype,
                           const std::string &shape, const std::string &offsets) {
    return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape +
           ",\"data_offsets\":" + offsets + "}";
  }
};

} // namespace

TEST_F(Safetensors, RoundTripsEveryElement) {
  NamedTensors tensors;
  for (unsigned kind = 0; kind != numElementKinds; ++kind) {
    Element element = static_cast<Element>(kind);
    tensors.emplace_back(elementName(element).str(), patterns(element));
  }
  tensors.emplace_back("scalar", llvm::cantFail(HostTensor::make(Element::BF16, {})));
  tensors.emplace_back("empty", llvm::cantFail(HostTensor::make(Element::F64, {3, 0})));
  std::string path = pathOf("all.safetensors");
  ASSERT_FALSE(writeSafetensors(path, tensors));
  EXPECT_EQ(llvm::cantFail(readAll(path)).size(), tensors.size());
  for (auto &[name, tensor] : tensors) {
    NamedTensors back = llvm::cantFail(readNamed(path, {name}));
    ASSERT_EQ(back.size(), 1u);
    HostTensor &read = back[0].second;
    if (tensor.element == Element::I4) {
      EXPECT_EQ(read.element, Element::I8);
      read = llvm::cantFail(read.converted(Element::I4));
    }
    expectSameBytes(read, tensor);
  }
}

TEST_F(Safetensors, ReadsFixedBytes) {
  std::string bytes =
      file("{\"__metadata__\":{\"format\":\"pt\"}," + entry("w", "BF16", "[2]", "[0,4]") + "," +
               entry("idx", "U16", "[1]", "[4,6]") + "}  ",
           std::string("\x80\x3f\x00\xc0\xff\xff", 6));
  NamedTensors tensors = llvm::cantFail(readAll(put("a.safetensors", bytes)));
  ASSERT_EQ(tensors.size(), 2u);
  EXPECT_EQ(tensors[0].first, "w");
  EXPECT_EQ(tensors[0].second.get({0}), 1);
  EXPECT_EQ(tensors[0].second.get({1}), -2);
  EXPECT_EQ(tensors[1].second.element, Element::I32);
  EXPECT_EQ(tensors[1].second.getInt({0}), 65535);
}

TEST_F(Safetensors, OneOddTensorSpoilsNoOther) {
  std::string path = put("a.safetensors", file("{" + entry("a", "F4", "[2]", "[0,1]") + "," +
                                                   entry("b", "U8", "[1]", "[1,2]") + "}",
                                               "\1\2"));
  EXPECT_EQ(llvm::cantFail(readNamed(path, {"b"}))[0].second.getInt({0}), 2);
  EXPECT_EQ(message(readNamed(path, {"a"}).takeError()),
            "a.safetensors: tensor `a`: values of type `F4` are not read, "
            "expected F64, F32, F16, BF16, F8_E4M3, F8_E5M2, I8 to I64, U8 to "
            "U64, BOOL or C64; convert the tensor and save it again");
}

TEST_F(Safetensors, RefusesOverlapsGapsAndRests) {
  EXPECT_EQ(
      error("{" + entry("a", "U8", "[2]", "[0,2]") + "," + entry("b", "U8", "[2]", "[1,3]") + "}",
            "123"),
      "a.safetensors: tensor `b` begins at byte 1 of the data, expected "
      "byte 2, where the one before it ends (they overlap); save the "
      "file again");
  EXPECT_EQ(error("{" + entry("a", "U8", "[1]", "[1,2]") + "}", "12"),
            "a.safetensors: tensor `a` begins at byte 1 of the data, expected "
            "byte 0, where the one before it ends; save the file again");
  EXPECT_EQ(error("{" + entry("a", "U8", "[1]", "[0,1]") + "}", "12"),
            "a.safetensors: the tensors take 1 bytes, and there are 2 bytes of "
            "data; save or copy the file again");
}

TEST_F(Safetensors, RefusesOffsetsBeyondTheFile) {
  EXPECT_EQ(error("{" + entry("a", "U8", "[9]", "[0,9]") + "}", "123"),
            "a.safetensors: cut short: tensor `a` ends at byte 9 of the data, "
            "and there are 3; save or copy the file again");
  for (std::string offsets : {"[0,9223372036854775807]", "[2,1]", "[-1,1]", "[0,1,2]", "[0]", "{}",
                              "[0,18446744073709551615]", "[0.5,1]", "[\"0\",1]"})
    EXPECT_NE(error("{" + entry("a", "U8", "[1]", offsets) + "}", "1"), "") << offsets;
}

TEST_F(Safetensors, RefusesShapesOtherThanTheBytes) {
  EXPECT_EQ(error("{" + entry("a", "F32", "[2]", "[0,4]") + "}", "1234"),
            "a.safetensors: tensor `a`: shape [2] has 2 values of 4 bytes, and "
            "there are 4 bytes of data; save or copy the file again");
  for (std::string shape : {"[-1]", "[1.5]", "[9223372036854775807,4]", "4",
                            "[4611686018427387904,4]", "[18446744073709551617]"})
    EXPECT_NE(error("{" + entry("a", "F32", shape, "[0,4]") + "}", "1234"), "") << shape;
}

TEST_F(Safetensors, RefusesHeadersThatAreNotJson) {
  for (std::string header :
       {"", "[]", "{", "3", "{\"a\":3}", "{\"a\":{}}", "{\"a\":{\"dtype\":3}}", "\xff"})
    EXPECT_NE(error(header, ""), "") << header;
  EXPECT_EQ(error("[]", ""), "a.safetensors: the header is not a JSON object "
                             "of tensors; save the file again");
}

TEST_F(Safetensors, RefusesDeepNestingBeforeParsing) {
  EXPECT_EQ(error(std::string(1000000, '['), ""),
            "a.safetensors: the header's JSON nests too deep, expected an "
            "object of tensors; save the file again");
  // Brackets in names do not nest.
  std::string name(100, '[');
  EXPECT_EQ(error("{" + entry(name + "\\\"", "U8", "[1]", "[0,1]") + "}", "1"), "");
}

TEST_F(Safetensors, RefusesLongHeaders) {
  EXPECT_EQ(readError(put("a.safetensors", "abcdefgh{}")),
            "a.safetensors: not a .safetensors file, or damaged: its header "
            "would have 7523094288207667809 bytes, expected at most 16777216; "
            "save the file again");
}

TEST_F(Safetensors, RefusesNamesItCannotWrite) {
  HostTensor tensor = llvm::cantFail(HostTensor::make(Element::F32, {1}));
  EXPECT_EQ(message(writeSafetensors(pathOf("a.safetensors"), {{"__metadata__", tensor}})),
            "a.safetensors: a tensor of a .safetensors file cannot be called "
            "`__metadata__`; rename it");
  EXPECT_TRUE(static_cast<bool>([&] {
    llvm::Error error = writeSafetensors(pathOf("a.safetensors"), {{"\xff", tensor}});
    bool failed = static_cast<bool>(error);
    llvm::consumeError(std::move(error));
    return failed;
  }()));
  EXPECT_TRUE(filesInFolder().empty());
}

TEST_F(Safetensors, SurvivesDamage) {
  std::string header =
      "{" + entry("a", "F16", "[2,1]", "[0,4]") + "," + entry("b", "BOOL", "[3]", "[4,7]") + "}";
  damageEverywhere("a.safetensors", file(header, "1234567"));
}
