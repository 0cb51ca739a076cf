//===- Safetensors.cpp - named tensors after a JSON header ----------------===//

#include "compiler/reference/Safetensors.h"

#include "compiler/reference/StoredValues.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/EndianStream.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"

using namespace mixc::reference;
using llvm::Error;
using llvm::Expected;
using llvm::SmallVector;
using llvm::StringRef;
using llvm::Twine;

static constexpr uint64_t lengthSize = 8;
static constexpr llvm::StringLiteral metadataKey = "__metadata__";

static std::optional<StoredType> storedType(StringRef dtype) {
  using Type = std::optional<StoredType>;
  return llvm::StringSwitch<Type>(dtype)
      .Case("F64", StoredType::same(Element::F64))
      .Case("F32", StoredType::same(Element::F32))
      .Case("F16", StoredType::same(Element::F16))
      .Case("BF16", StoredType::same(Element::BF16))
      .Case("F8_E4M3", StoredType::same(Element::F8E4M3))
      .Case("F8_E5M2", StoredType::same(Element::F8E5M2))
      .Case("I64", StoredType::same(Element::I64))
      .Case("I32", StoredType::same(Element::I32))
      .Case("I16", StoredType::same(Element::I16))
      .Case("I8", StoredType::same(Element::I8))
      .Case("U8", StoredType::same(Element::U8))
      .Case("U16", StoredType::unsignedBits16())
      .Case("U32", StoredType::unsignedBits32())
      .Case("U64", StoredType::unsignedBits64())
      .Case("BOOL", StoredType::same(Element::Bool))
      .Case("C64", StoredType::same(Element::C64))
      .Default(std::nullopt);
}

static StringRef dtypeOf(Element element) {
  switch (element) {
  case Element::F64:
    return "F64";
  case Element::F32:
    return "F32";
  case Element::F16:
    return "F16";
  case Element::BF16:
    return "BF16";
  case Element::F8E4M3:
    return "F8_E4M3";
  case Element::F8E5M2:
    return "F8_E5M2";
  case Element::I64:
    return "I64";
  case Element::I32:
    return "I32";
  case Element::I16:
    return "I16";
  case Element::I8:
    return "I8";
  case Element::U8:
    return "U8";
  case Element::Bool:
    return "BOOL";
  case Element::C64:
    return "C64";
  case Element::I4:
    break;
  }
  llvm_unreachable("stored as another element");
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// Whether brackets nest deeper than a header needs; the JSON parser recurses
/// on them.
static bool nestsTooDeep(StringRef json) {
  constexpr int deepest = 16;
  int depth = 0;
  bool inString = false;
  for (size_t i = 0; i < json.size(); ++i) {
    char c = json[i];
    if (inString) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        inString = false;
    } else if (c == '"') {
      inString = true;
    } else if (c == '{' || c == '[') {
      if (++depth > deepest)
        return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

namespace {
struct Span {
  int64_t begin;
  int64_t end;
};
} // namespace

static Expected<std::pair<SafetensorsEntry, Span>> parseEntry(const FileBytes &file, StringRef name,
                                                              const llvm::json::Value &value) {
  auto malformed = [&](StringRef expected) {
    return file.error("tensor `" + name + "` has no " + expected +
                      " in the header; save the file again");
  };
  const llvm::json::Object *object = value.getAsObject();
  if (!object)
    return malformed("description");
  SafetensorsEntry entry;
  entry.name = name.str();
  std::optional<StringRef> dtype = object->getString("dtype");
  if (!dtype)
    return malformed("`dtype`");
  entry.dtype = dtype->str();

  const llvm::json::Array *shape = object->getArray("shape");
  if (!shape)
    return malformed("`shape`");
  for (const llvm::json::Value &extent : *shape) {
    std::optional<int64_t> number = extent.getAsInteger();
    if (!number || *number < 0)
      return malformed("`shape` of integers from 0 to 2^63 - 1");
    entry.shape.push_back(*number);
  }

  const llvm::json::Array *offsets = object->getArray("data_offsets");
  if (!offsets || offsets->size() != 2)
    return malformed("`data_offsets` of two integers");
  std::optional<int64_t> begin = (*offsets)[0].getAsInteger();
  std::optional<int64_t> end = (*offsets)[1].getAsInteger();
  if (!begin || !end || *begin < 0 || *end < *begin)
    return malformed("`data_offsets` of two rising integers from 0");
  return std::pair(std::move(entry), Span{*begin, *end});
}

Expected<std::vector<SafetensorsEntry>> mixc::reference::listSafetensors(const FileBytes &file) {
  Expected<StringRef> lengthBytes = file.slice(0, lengthSize, "the header's length");
  if (!lengthBytes)
    return lengthBytes.takeError();
  uint64_t length = littleEndianAt<uint64_t>(*lengthBytes, 0);
  if (length > safetensorsHeaderLimit)
    return file.error("not a .safetensors file, or damaged: its header would "
                      "have " +
                      Twine(length) + " bytes, expected at most " + Twine(safetensorsHeaderLimit) +
                      "; save the file again");
  Expected<StringRef> text = file.slice(lengthSize, length, "the header");
  if (!text)
    return text.takeError();
  if (nestsTooDeep(*text))
    return file.error("the header's JSON nests too deep, expected an object of "
                      "tensors; save the file again");
  Expected<llvm::json::Value> json = llvm::json::parse(*text);
  if (!json)
    return file.error("the header is not JSON (" + llvm::toString(json.takeError()) +
                      "); save the file again");
  const llvm::json::Object *object = json->getAsObject();
  if (!object)
    return file.error("the header is not a JSON object of tensors; save the "
                      "file again");

  std::vector<std::pair<SafetensorsEntry, Span>> parsed;
  for (const auto &[key, value] : *object) {
    if (StringRef(key) == metadataKey)
      continue;
    auto entry = parseEntry(file, key, value);
    if (!entry)
      return entry.takeError();
    parsed.push_back(std::move(*entry));
  }
  llvm::sort(parsed, [](const auto &left, const auto &right) {
    return std::tie(left.second.begin, left.second.end, left.first.name) <
           std::tie(right.second.begin, right.second.end, right.first.name);
  });

  StringRef data = file.bytes.drop_front(lengthSize + length);
  std::vector<SafetensorsEntry> entries;
  uint64_t covered = 0;
  for (auto &[entry, span] : parsed) {
    uint64_t begin = span.begin, end = span.end;
    if (end > data.size())
      return file.error("cut short: tensor `" + entry.name + "` ends at byte " + Twine(end) +
                        " of the data, and there are " + Twine(data.size()) +
                        "; save or copy the file again");
    if (begin != covered)
      return file.error("tensor `" + entry.name + "` begins at byte " + Twine(begin) +
                        " of the data, expected byte " + Twine(covered) +
                        ", where the one before it ends" +
                        (begin < covered ? " (they overlap)" : "") + "; save the file again");
    entry.bytes = data.slice(begin, end);
    covered = end;
    entries.push_back(std::move(entry));
  }
  if (covered != data.size())
    return file.error("the tensors take " + Twine(covered) + " bytes, and there are " +
                      Twine(data.size()) + " bytes of data; save or copy the file again");
  return entries;
}

Expected<HostTensor> mixc::reference::loadSafetensor(const FileBytes &file,
                                                     const SafetensorsEntry &entry) {
  FileBytes tensor = {file.name + ": tensor `" + entry.name + "`", entry.bytes};
  std::optional<StoredType> type = storedType(entry.dtype);
  if (!type)
    return tensor.error("values of type `" + entry.dtype +
                        "` are not read, expected F64, F32, F16, BF16, "
                        "F8_E4M3, F8_E5M2, I8 to I64, U8 to U64, BOOL or C64; "
                        "convert the tensor and save it again");
  return loadStored(tensor, *type, entry.shape, entry.bytes,
                    /*bigEndian=*/false);
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

Error mixc::reference::writeSafetensorsTo(
    llvm::raw_ostream &os, llvm::ArrayRef<std::pair<std::string, HostTensor>> tensors) {
  std::vector<std::pair<StringRef, HostTensor>> prepared;
  for (const auto &[name, tensor] : tensors) {
    if (name == metadataKey || !llvm::json::isUTF8(name))
      return llvm::createStringError("a tensor of a .safetensors file cannot "
                                     "be called `" +
                                     name + "`; rename it");
    Expected<HostTensor> ready = prepareToStore(tensor);
    if (!ready)
      return ready.takeError();
    prepared.emplace_back(name, std::move(*ready));
  }
  llvm::sort(prepared, [](const auto &left, const auto &right) {
    int64_t leftSize = byteSize(left.second.element);
    int64_t rightSize = byteSize(right.second.element);
    return leftSize != rightSize ? leftSize > rightSize : left.first < right.first;
  });

  std::string header = "{";
  {
    llvm::raw_string_ostream text(header);
    int64_t offset = 0;
    for (const auto &[name, tensor] : prepared) {
      int64_t end = offset + tensor.numBytes();
      if (header.size() != 1)
        text << ',';
      text << llvm::json::Value(name) << ':'
           << llvm::json::Value(
                  llvm::json::Object{{"dtype", dtypeOf(tensor.element)},
                                     {"shape", llvm::json::Array(tensor.shape)},
                                     {"data_offsets", llvm::json::Array{offset, end}}});
      offset = end;
    }
    text << '}';
  }
  // Spaces up to a multiple of 8, so that the values are aligned.
  header.resize(llvm::alignTo(header.size(), 8), ' ');
  if (header.size() > safetensorsHeaderLimit)
    return llvm::createStringError("the header of the .safetensors file would have " +
                                   Twine(header.size()) + " bytes, expected at most " +
                                   Twine(safetensorsHeaderLimit) +
                                   "; write fewer tensors to one file");
  llvm::support::endian::write<uint64_t>(os, header.size(), llvm::endianness::little);
  os << header;
  for (const auto &[name, tensor] : prepared)
    os << bytesOf(tensor);
  return Error::success();
}
