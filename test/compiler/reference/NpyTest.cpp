//===- NpyTest.cpp - .npy files -------------------------------------------===//

#include "test/compiler/reference/FileFixture.h"

#include "llvm/ADT/StringExtras.h"

using namespace mixc::reference;

namespace {

class Npy : public FileFixture {
protected:
  static std::string littleEndian(uint64_t value, int bytes) {
    std::string text;
    for (int i = 0; i != bytes; ++i)
      text += static_cast<char>(value >> (8 * i));
    return text;
  }

  /// A version-1 file, unless another is named.
  static std::string npy(const std::string &dict, const std::string &data, int version = 1) {
    return "\x93NUMPY" + std::string(1, static_cast<char>(version)) + std::string(1, '\0') +
           littleEndian(dict.size(), version == 1 ? 2 : 4) + dict + data;
  }

  static std::string dict(const std::string &descr, const std::string &shape,
                          const std::string &fortran = "False") {
    return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape +
           ", }\n";
  }

  llvm::Expected<HostTensor> read(const std::string &bytes) const {
    return readNpy(put("a.npy", bytes));
  }
  HostTensor readOk(const std::string &bytes) const { return llvm::cantFail(read(bytes)); }
  std::string error(const std::string &bytes) const {
    llvm::Expected<HostTensor> tensor = read(bytes);
    return tensor ? "" : message(tensor.takeError());
  }
};

} // namespace

// As numpy.save writes numpy.array([[1, 2], [3, 4.5]], "<f4").
TEST_F(Npy, ReadsWhatNumPyWrites) {
  std::string text = dict("<f4", "(2, 2)");
  text.pop_back();
  text.resize(117, ' ');
  HostTensor tensor =
      readOk(npy(text + "\n", std::string("\0\0\x80\x3f\0\0\0\x40\0\0\x40\x40\0\0\x90\x40", 16)));
  EXPECT_EQ(tensor.element, Element::F32);
  EXPECT_EQ(tensor.shape, (llvm::SmallVector<int64_t>{2, 2}));
  EXPECT_EQ(tensor.get({0, 1}), 2);
  EXPECT_EQ(tensor.get({1, 1}), 4.5);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.data) % 64, 0u);
}

TEST_F(Npy, ReadsVersions2And3) {
  for (int version : {2, 3}) {
    HostTensor tensor = readOk(npy(dict("|u1", "(2,)"), "\x05\xff", version));
    EXPECT_EQ(tensor.getInt({1}), 255);
  }
}

TEST_F(Npy, RoundTripsEveryElementOfNumPy) {
  for (Element element : {Element::F64, Element::F32, Element::F16, Element::I64, Element::I32,
                          Element::I16, Element::I8, Element::U8, Element::Bool, Element::C64}) {
    HostTensor tensor = patterns(element);
    std::string path = pathOf("a.npy");
    ASSERT_FALSE(writeNpy(path, tensor));
    expectSameBytes(llvm::cantFail(readNpy(path)), tensor);
  }
}

TEST_F(Npy, WidensElementsThatNumPyLacks) {
  for (auto [element, stored] :
       {std::pair(Element::BF16, Element::F32), std::pair(Element::F8E4M3, Element::F32),
        std::pair(Element::F8E5M2, Element::F32), std::pair(Element::I4, Element::I8)}) {
    HostTensor tensor = patterns(element);
    std::string path = pathOf("a.npy");
    ASSERT_FALSE(writeNpy(path, tensor));
    HostTensor back = llvm::cantFail(readNpy(path));
    expectSameBytes(back, llvm::cantFail(tensor.converted(stored)));
    if (!isFloat(element))
      expectSameBytes(llvm::cantFail(back.converted(element)), tensor);
  }
}

TEST_F(Npy, RoundTripsEveryRank) {
  for (llvm::SmallVector<int64_t> shape : {llvm::SmallVector<int64_t>{},
                                           {1},
                                           {7},
                                           {0},
                                           {3, 0, 2},
                                           {2, 3, 5},
                                           llvm::SmallVector<int64_t>(70, 1)}) {
    std::string path = pathOf("a.npy");
    ASSERT_FALSE(writeNpy(path, llvm::cantFail(HostTensor::make(Element::F32, shape))));
    EXPECT_EQ(llvm::cantFail(readNpy(path)).shape, shape);
  }
}

TEST_F(Npy, HeadersAreMultiplesOf64) {
  for (int64_t extent : {int64_t(1), int64_t(100000)}) {
    std::string path = pathOf("a.npy");
    HostTensor tensor = llvm::cantFail(HostTensor::make(Element::I8, {extent, 1, 1, 1}));
    ASSERT_FALSE(writeNpy(path, tensor));
    EXPECT_EQ((bytesAt(path).size() - extent) % 64, 0u);
  }
}

TEST_F(Npy, LongHeadersAreVersion2) {
  llvm::SmallVector<int64_t> shape(30000, 1);
  std::string path = pathOf("a.npy");
  ASSERT_FALSE(writeNpy(path, llvm::cantFail(HostTensor::make(Element::I8, shape))));
  EXPECT_EQ(bytesAt(path)[6], 2);
  EXPECT_EQ(llvm::cantFail(readNpy(path)).shape, shape);
}

TEST_F(Npy, WritesStridedTensorsRowMajor) {
  HostTensor tensor = patterns(Element::I32);
  std::swap(tensor.shape[0], tensor.shape[1]);
  std::swap(tensor.strides[0], tensor.strides[1]);
  std::string path = pathOf("a.npy");
  ASSERT_FALSE(writeNpy(path, tensor));
  expectSameBytes(llvm::cantFail(readNpy(path)), llvm::cantFail(tensor.contiguous()));
}

TEST_F(Npy, ReadsFortranOrder) {
  HostTensor tensor = readOk(npy(dict("|i1", "(2, 3)", "True"), std::string("\0\1\2\3\4\5", 6)));
  EXPECT_TRUE(tensor.isContiguous());
  EXPECT_EQ(tensor.shape, (llvm::SmallVector<int64_t>{2, 3}));
  EXPECT_EQ(tensor.getInt({1, 0}), 1);
  EXPECT_EQ(tensor.getInt({0, 1}), 2);
  EXPECT_EQ(tensor.getInt({1, 2}), 5);
}

TEST_F(Npy, ReadsBigEndian) {
  EXPECT_EQ(readOk(npy(dict(">i2", "()"), "\x01\x02")).getInt({}), 0x102);
  EXPECT_EQ(readOk(npy(dict(">u2", "()"), "\xff\x02")).getInt({}), 0xff02);
  EXPECT_EQ(readOk(npy(dict(">f4", "()"), std::string("\x40\0\0\0", 4))).get({}), 2);
  EXPECT_EQ(readOk(npy(dict(">c8", "()"), std::string("\x40\0\0\0\xbf\x80\0\0", 8))).getComplex({}),
            std::complex<double>(2, -1));
  EXPECT_EQ(
      readOk(npy(dict(">c16", "()"), std::string("\x40\0\0\0\0\0\0\0\xbf\xf0\0\0\0\0\0\0", 16)))
          .getComplex({}),
      std::complex<double>(2, -1));
}

TEST_F(Npy, WidensUnsignedValues) {
  HostTensor u2 = readOk(npy(dict("<u2", "(2,)"), "\xff\xff\x01\x02"));
  EXPECT_EQ(u2.element, Element::I32);
  EXPECT_EQ(u2.getInt({0}), 65535);
  HostTensor u4 = readOk(npy(dict("<u4", "(1,)"), "\xff\xff\xff\xff"));
  EXPECT_EQ(u4.element, Element::I64);
  EXPECT_EQ(u4.getInt({0}), 4294967295);
  HostTensor u8 = readOk(npy(dict("<u8", "(1,)"), "\xff\xff\xff\xff\xff\xff\xff\x7f"));
  EXPECT_EQ(u8.getInt({0}), INT64_MAX);
}

TEST_F(Npy, RefusesUnsignedValuesBeyondI64) {
  EXPECT_EQ(error(npy(dict("<u8", "(2,)"), std::string(15, '\0') + "\x80")),
            "a.npy: unsigned value 9223372036854775808 at position 1 does not "
            "fit i64, which such values are read as; save the tensor as int64");
}

TEST_F(Npy, BoolsBecomeZeroOrOne) {
  HostTensor tensor = readOk(npy(dict("|b1", "(3,)"), std::string("\0\1\7", 3)));
  EXPECT_EQ(tensor.element, Element::Bool);
  EXPECT_EQ(tensor.data[0], std::byte(0));
  EXPECT_EQ(tensor.data[2], std::byte(1));
}

TEST_F(Npy, RefusesTypesThatAreNotNumbers) {
  std::string expected = "are not numbers we read, expected b1, i1 to i8, u1 to u8, f2 to f8, c8 "
                         "or c16; ";
  EXPECT_EQ(error(npy(dict("<V2", "(1,)"), "ab")),
            "a.npy: values of type `<V2` " + expected +
                "bf16 and f8 have no NumPy type: save x.astype(numpy.float32), "
                "or a .safetensors file");
  for (std::string descr :
       {"|O", "<U3", "|S1", "<f16", "<M8[s]", "", "<", "f3", "<f", "<f44", "x4"})
    EXPECT_EQ(error(npy(dict(descr, "(1,)"), "ab")),
              "a.npy: values of type `" + descr + "` " + expected +
                  "convert the array with astype and save it again");
  EXPECT_EQ(error(npy("{'descr': [('x', '<f4')], 'fortran_order': False, "
                      "'shape': (1,)}",
                      "abcd")),
            "a.npy: an array of records (descr `[...]`) holds no tensor; save "
            "one field of it");
}

TEST_F(Npy, RefusesFilesOfAnotherKind) {
  EXPECT_EQ(error("PK\3\4"), "a.npy: not a .npy file: it does not start with "
                             "`\\x93NUMPY`; save the array with numpy.save");
  EXPECT_EQ(error(std::string("\x93NUMPY\4\0\0\0", 10)),
            "a.npy: .npy version 4.0 is unknown, expected 1.0, 2.0 or 3.0; "
            "save the array again with numpy.save");
}

TEST_F(Npy, RefusesSizesOtherThanTheShapes) {
  EXPECT_EQ(error(npy(dict("<f4", "(2, 3)"), "1234567")),
            "a.npy: shape [2, 3] has 6 values of 4 bytes, and there are 7 "
            "bytes of data; save or copy the file again");
  for (std::string shape : {"(9223372036854775807,)", "(4294967296, 4294967296)",
                            "(4611686018427387904,)", "(0, 9223372036854775807, 2)", "(2, 0)"})
    EXPECT_NE(error(npy(dict("<f8", shape), "12345678")), "") << shape;
}

TEST_F(Npy, RefusesMalformedHeaders) {
  EXPECT_EQ(error(npy("{'descr': '<f4', 'shape': (1,)}", "1234")),
            "a.npy: the header has no `fortran_order`; save the array again "
            "with numpy.save");
  EXPECT_EQ(error(npy("{'descr': '<f4', 'fortran_order': 0", "1234")),
            "a.npy: expected `True` or `False` in the header, found `0`; save "
            "the array again with numpy.save");
  for (std::string header : {"",
                             "{",
                             "}",
                             "{}",
                             "{,}",
                             "{'descr'",
                             "{'descr':",
                             "{'descr': '<f4",
                             "{'descr': '<f4', 'descr': '<f4'}",
                             "{'descr': '\\n'}",
                             "{3: 4}",
                             "{'shape': (1,), 'shape': (1,)}",
                             "{'shape': 1}",
                             "{'shape': (1)}",
                             "{'shape': (-1,)}",
                             "{'shape': (1 2)}",
                             "{'shape': (1,,)}",
                             "{'shape': (9223372036854775808,)}",
                             "{'shape': (1.5,)}",
                             "{'shape': (",
                             "{'descr': '<f4' 'fortran_order': True}",
                             "{'other': 1}"})
    EXPECT_NE(error(npy(header, "1234")), "") << header;
  EXPECT_NE(error(npy(dict("<f4", "(1,)") + "x", "1234")), "");
}

TEST_F(Npy, AcceptsHeadersOfOtherWriters) {
  for (std::string header :
       {"{\"shape\":(1,),\"fortran_order\":True,\"descr\":\"f4\"}",
        "{'descr': '=f4', 'fortran_order': False, 'shape': (1L,)}",
        "  { 'shape' : ( 1 , ) , 'descr' : '<f4' , 'fortran_order' : False }  "})
    EXPECT_EQ(error(npy(header, "1234")), "") << header;
}

TEST_F(Npy, SurvivesDamage) {
  for (auto [descr, shape, fortran, size] :
       {std::tuple("<f4", "(2, 3)", "False", 24), std::tuple(">c16", "(2, 1)", "True", 32),
        std::tuple("<u8", "(1,)", "False", 8)})
    damageEverywhere("a.npy", npy(dict(descr, shape, fortran), std::string(size, '\1')));
}
