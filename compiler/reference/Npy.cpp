//===- Npy.cpp - one array in NumPy's format ------------------------------===//

#include "compiler/reference/Npy.h"

#include "compiler/reference/StoredValues.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <algorithm>

using namespace mixc::reference;
using llvm::Expected;
using llvm::SmallVector;
using llvm::StringRef;
using llvm::Twine;

static constexpr llvm::StringLiteral magic = "\x93NUMPY";

namespace {

struct NpyHeader {
  std::optional<std::string> descr;
  std::optional<bool> fortranOrder;
  std::optional<SmallVector<int64_t>> shape;
};

/// Reads the one dict that headers hold, which is less than Python's literals.
class HeaderParser {
public:
  HeaderParser(const FileBytes &file, StringRef text) : file(file), rest(text) {}

  Expected<NpyHeader> parse() {
    if (!accept('{'))
      return unexpected("`{`");
    while (!accept('}')) {
      if (llvm::Error error = parseEntry())
        return std::move(error);
      if (accept(','))
        continue;
      if (!accept('}'))
        return unexpected("`,` or `}`");
      break;
    }
    skipSpace();
    if (!rest.empty())
      return unexpected("the end of the header");
    if (!header.descr || !header.fortranOrder || !header.shape)
      return file.error(Twine("the header has no `") +
                        (!header.descr          ? "descr"
                         : !header.fortranOrder ? "fortran_order"
                                                : "shape") +
                        "`; save the array again with numpy.save");
    return std::move(header);
  }

private:
  void skipSpace() { rest = rest.ltrim(" \t\r\n"); }

  bool accept(char c) {
    skipSpace();
    if (!rest.starts_with(c))
      return false;
    rest = rest.drop_front();
    return true;
  }

  llvm::Error unexpected(const Twine &expected) {
    std::string found = "its end";
    if (!rest.empty()) {
      llvm::raw_string_ostream os(found = "`");
      llvm::printEscapedString(rest.take_front(16), os);
      os << '`';
    }
    return file.error("expected " + expected + " in the header, found " + found +
                      "; save the array again with numpy.save");
  }

  Expected<StringRef> parseString() {
    skipSpace();
    char quote = rest.empty() ? 0 : rest.front();
    if (quote != '\'' && quote != '"')
      return unexpected("a quoted name");
    size_t end = rest.find(quote, 1);
    StringRef text = rest.slice(1, end);
    if (end == StringRef::npos || text.contains('\\'))
      return unexpected("a quoted name without escapes");
    rest = rest.drop_front(end + 1);
    return text;
  }

  llvm::Error parseShape() {
    if (header.shape)
      return file.error("the header has `shape` twice; save the array again");
    header.shape.emplace();
    if (!accept('('))
      return unexpected("`(` and the extents");
    while (!accept(')')) {
      skipSpace();
      StringRef digits = rest.take_while(llvm::isDigit);
      int64_t extent;
      if (digits.getAsInteger(10, extent))
        return unexpected("an extent from 0 to 2^63 - 1");
      rest = rest.drop_front(digits.size());
      rest.consume_front("L"); // as Python 2 wrote them
      header.shape->push_back(extent);
      if (accept(','))
        continue;
      if (header.shape->size() == 1 || !accept(')'))
        return unexpected("`,` or `)`");
      break;
    }
    return llvm::Error::success();
  }

  llvm::Error parseEntry() {
    Expected<StringRef> key = parseString();
    if (!key)
      return key.takeError();
    if (!accept(':'))
      return unexpected("`:`");
    skipSpace();
    if (*key == "shape")
      return parseShape();
    if (*key == "descr" && !header.descr) {
      if (rest.starts_with('['))
        return file.error("an array of records (descr `[...]`) holds no "
                          "tensor; save one field of it");
      Expected<StringRef> descr = parseString();
      if (!descr)
        return descr.takeError();
      header.descr = descr->str();
      return llvm::Error::success();
    }
    if (*key == "fortran_order" && !header.fortranOrder) {
      if (rest.consume_front("True"))
        header.fortranOrder = true;
      else if (rest.consume_front("False"))
        header.fortranOrder = false;
      else
        return unexpected("`True` or `False`");
      return llvm::Error::success();
    }
    return file.error("the header has `" + *key + "` twice or unknown; save the array again");
  }

  const FileBytes &file;
  StringRef rest;
  NpyHeader header;
};

} // namespace

static std::optional<StoredType> storedType(StringRef kindAndSize) {
  using Type = std::optional<StoredType>;
  return llvm::StringSwitch<Type>(kindAndSize)
      .Case("b1", StoredType::same(Element::Bool))
      .Case("i1", StoredType::same(Element::I8))
      .Case("i2", StoredType::same(Element::I16))
      .Case("i4", StoredType::same(Element::I32))
      .Case("i8", StoredType::same(Element::I64))
      .Case("u1", StoredType::same(Element::U8))
      .Case("u2", StoredType::unsignedBits16())
      .Case("u4", StoredType::unsignedBits32())
      .Case("u8", StoredType::unsignedBits64())
      .Case("f2", StoredType::same(Element::F16))
      .Case("f4", StoredType::same(Element::F32))
      .Case("f8", StoredType::same(Element::F64))
      .Case("c8", StoredType::same(Element::C64))
      .Case("c16", StoredType::complexOfDoubles())
      .Default(std::nullopt);
}

Expected<HostTensor> mixc::reference::parseNpy(const FileBytes &file) {
  if (!file.bytes.starts_with(magic))
    return file.error("not a .npy file: it does not start with `\\x93NUMPY`; "
                      "save the array with numpy.save");
  Expected<StringRef> version = file.slice(magic.size(), 2, "the version");
  if (!version)
    return version.takeError();
  unsigned major = static_cast<uint8_t>((*version)[0]);
  if (major < 1 || major > 3 || (*version)[1] != 0)
    return file.error(".npy version " + Twine(major) + "." +
                      Twine(unsigned(uint8_t((*version)[1]))) +
                      " is unknown, expected 1.0, 2.0 or 3.0; save the array "
                      "again with numpy.save");
  uint64_t lengthSize = major == 1 ? 2 : 4;
  uint64_t start = magic.size() + 2;
  Expected<StringRef> lengthBytes = file.slice(start, lengthSize, "the header's length");
  if (!lengthBytes)
    return lengthBytes.takeError();
  uint64_t length = major == 1 ? littleEndianAt<uint16_t>(*lengthBytes, 0)
                               : littleEndianAt<uint32_t>(*lengthBytes, 0);
  start += lengthSize;
  Expected<StringRef> text = file.slice(start, length, "the header");
  if (!text)
    return text.takeError();
  Expected<NpyHeader> header = HeaderParser(file, *text).parse();
  if (!header)
    return header.takeError();

  StringRef descr = *header->descr;
  bool bigEndian = descr.starts_with('>');
  StringRef kindAndSize =
      descr.take_front().find_first_of("<>|=") == 0 ? descr.drop_front() : descr;
  std::optional<StoredType> type = storedType(kindAndSize);
  if (!type)
    return file.error("values of type `" + descr +
                      "` are not numbers we read, expected b1, i1 to i8, u1 to u8, f2 to f8, "
                      "c8 or c16; " +
                      (kindAndSize.starts_with('V')
                           ? "bf16 and f8 have no NumPy type: save x.astype(numpy.float32), "
                             "or a .safetensors file"
                           : "convert the array with astype and save it again"));

  StringRef data = file.bytes.drop_front(start + length);
  SmallVector<int64_t> shape = *header->shape;
  if (!*header->fortranOrder || shape.size() < 2)
    return loadStored(file, *type, shape, data, bigEndian);

  // First axis innermost: row-major, once the axes are read in reverse.
  SmallVector<int64_t> reversed(llvm::reverse(shape));
  Expected<HostTensor> tensor = loadStored(file, *type, reversed, data, bigEndian);
  if (!tensor)
    return tensor;
  std::reverse(tensor->shape.begin(), tensor->shape.end());
  std::reverse(tensor->strides.begin(), tensor->strides.end());
  Expected<HostTensor> rowMajor = tensor->contiguous();
  if (!rowMajor)
    return file.error(llvm::toString(rowMajor.takeError()));
  return rowMajor;
}

static StringRef descrOf(Element element) {
  switch (element) {
  case Element::F64:
    return "<f8";
  case Element::F32:
    return "<f4";
  case Element::F16:
    return "<f2";
  case Element::I64:
    return "<i8";
  case Element::I32:
    return "<i4";
  case Element::I16:
    return "<i2";
  case Element::I8:
    return "|i1";
  case Element::U8:
    return "|u1";
  case Element::Bool:
    return "|b1";
  case Element::C64:
    return "<c8";
  case Element::BF16:
  case Element::F8E4M3:
  case Element::F8E5M2:
  case Element::I4:
    break;
  }
  llvm_unreachable("stored as another element");
}

Expected<NpyImage> mixc::reference::toNpy(const HostTensor &tensor) {
  bool widens = tensor.element == Element::BF16 || tensor.element == Element::F8E4M3 ||
                tensor.element == Element::F8E5M2;
  Expected<HostTensor> values = widens ? tensor.converted(Element::F32) : prepareToStore(tensor);
  if (!values)
    return values.takeError();

  std::string dict;
  llvm::raw_string_ostream os(dict);
  os << "{'descr': '" << descrOf(values->element) << "', 'fortran_order': False, 'shape': (";
  llvm::interleaveComma(tensor.shape, os);
  os << (tensor.rank() == 1 ? ",), }" : "), }");

  // Version 1 counts the text in 16 bits, version 2 in 32.
  bool longHeader = dict.size() > 65000;
  size_t before = magic.size() + 2 + (longHeader ? 4 : 2);
  size_t total = llvm::alignTo(before + dict.size() + 1, 64);
  dict.resize(total - before - 1, ' ');
  dict += '\n';
  NpyImage image;
  image.header = magic.str();
  image.header += longHeader ? '\2' : '\1';
  image.header += '\0';
  for (unsigned byte = 0; byte != (longHeader ? 4 : 2); ++byte)
    image.header += static_cast<char>(dict.size() >> (8 * byte));
  image.header += dict;
  image.values = std::move(*values);
  return image;
}
