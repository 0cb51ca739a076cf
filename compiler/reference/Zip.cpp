//===- Zip.cpp - zip archives of tensors ----------------------------------===//

#include "compiler/reference/Zip.h"

#include "compiler/reference/Tensor.h"

#include "llvm/Support/EndianStream.h"

#include <algorithm>
#include <optional>

#include <zlib.h>

using namespace mixc::reference;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

static constexpr uint32_t memberSignature = 0x04034b50;
static constexpr uint32_t directorySignature = 0x02014b50;
static constexpr uint32_t endSignature = 0x06054b50;
static constexpr uint32_t zip64EndSignature = 0x06064b50;
static constexpr uint32_t zip64LocatorSignature = 0x07064b50;
static constexpr uint64_t memberHeaderSize = 30;
static constexpr uint64_t directoryEntrySize = 46;
static constexpr uint64_t endSize = 22;
static constexpr uint64_t zip64EndSize = 56;
static constexpr uint64_t zip64LocatorSize = 20;
static constexpr uint16_t zip64Tag = 1;
/// 1 January 1980, the first day that zip knows.
static constexpr uint16_t noDate = 0x21;
/// Deflate's best: 258 bytes from a two-bit pair of codes (zlib.net/feldspar).
static constexpr uint64_t bestRatio = 1032;

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {
struct Directory {
  uint64_t count;
  uint64_t offset;
  uint64_t size;
};
} // namespace

static Error damaged(const FileBytes &file, const Twine &what) {
  return file.error("damaged zip archive: " + what + "; save or copy the file again");
}

static Expected<Directory> findDirectory(const FileBytes &file) {
  // The end record is last but for a comment of at most 65535 bytes.
  std::optional<uint64_t> end;
  if (file.size() >= endSize)
    for (uint64_t comment = 0; comment <= std::min<uint64_t>(UINT16_MAX, file.size() - endSize);
         ++comment) {
      uint64_t at = file.size() - endSize - comment;
      if (littleEndianAt<uint32_t>(file.bytes, at) == endSignature &&
          littleEndianAt<uint16_t>(file.bytes, at + 20) == comment) {
        end = at;
        break;
      }
    }
  if (!end)
    return file.error("not a zip archive, or cut short: it has no end record; "
                      "save the arrays with numpy.savez");

  StringRef record = file.bytes.substr(*end, endSize);
  Directory directory = {littleEndianAt<uint16_t>(record, 10), littleEndianAt<uint32_t>(record, 16),
                         littleEndianAt<uint32_t>(record, 12)};
  uint64_t limit = *end;
  if (directory.count == UINT16_MAX || directory.offset == UINT32_MAX ||
      directory.size == UINT32_MAX) {
    if (*end < zip64LocatorSize ||
        littleEndianAt<uint32_t>(file.bytes, *end - zip64LocatorSize) != zip64LocatorSignature)
      return damaged(file, "the zip64 locator is missing");
    uint64_t at = littleEndianAt<uint64_t>(file.bytes, *end - zip64LocatorSize + 8);
    Expected<StringRef> zip64 = file.slice(at, zip64EndSize, "the zip64 end record");
    if (!zip64)
      return zip64.takeError();
    if (littleEndianAt<uint32_t>(*zip64, 0) != zip64EndSignature)
      return damaged(file, "the zip64 end record is missing");
    directory = {littleEndianAt<uint64_t>(*zip64, 32), littleEndianAt<uint64_t>(*zip64, 48),
                 littleEndianAt<uint64_t>(*zip64, 40)};
    limit = at;
  }
  if (directory.offset > limit || directory.size > limit - directory.offset ||
      directory.count > directory.size / directoryEntrySize)
    return damaged(file, "the directory of " + Twine(directory.count) + " members, " +
                             Twine(directory.size) + " bytes from byte " + Twine(directory.offset) +
                             ", does not fit before byte " + Twine(limit));
  return directory;
}

/// Replaces what the 32-bit fields could not say by the zip64 extra field,
/// which holds just those, in this order.
static bool applyZip64(StringRef extra, ZipMember &member) {
  uint64_t *wide[3];
  unsigned count = 0;
  for (uint64_t *field : {&member.size, &member.storedSize, &member.headerOffset})
    if (*field == UINT32_MAX)
      wide[count++] = field;
  while (count != 0 && extra.size() >= 4) {
    uint16_t tag = littleEndianAt<uint16_t>(extra, 0);
    uint16_t length = littleEndianAt<uint16_t>(extra, 2);
    if (length > extra.size() - 4)
      return false;
    if (tag == zip64Tag) {
      if (length < 8 * count)
        return false;
      for (unsigned field = 0; field != count; ++field)
        *wide[field] = littleEndianAt<uint64_t>(extra, 4 + 8 * field);
      return true;
    }
    extra = extra.drop_front(4 + length);
  }
  // 4 GiB - 1 exactly needs no zip64.
  return true;
}

Expected<std::vector<ZipMember>> mixc::reference::listZip(const FileBytes &file) {
  Expected<Directory> directory = findDirectory(file);
  if (!directory)
    return directory.takeError();

  std::vector<ZipMember> members;
  StringRef rest = file.bytes.substr(directory->offset, directory->size);
  uint64_t room = directory->offset;
  for (uint64_t entry = 0; entry != directory->count; ++entry) {
    if (rest.size() < directoryEntrySize || littleEndianAt<uint32_t>(rest, 0) != directorySignature)
      return damaged(file, "directory entry " + Twine(entry) + " is missing");
    uint64_t nameSize = littleEndianAt<uint16_t>(rest, 28);
    uint64_t extraSize = littleEndianAt<uint16_t>(rest, 30);
    uint64_t wholeSize =
        directoryEntrySize + nameSize + extraSize + littleEndianAt<uint16_t>(rest, 32);
    if (wholeSize > rest.size())
      return damaged(file, "directory entry " + Twine(entry) + " is cut short");
    ZipMember member;
    member.name = rest.substr(directoryEntrySize, nameSize).str();
    uint16_t flags = littleEndianAt<uint16_t>(rest, 8);
    uint16_t method = littleEndianAt<uint16_t>(rest, 10);
    member.crc = littleEndianAt<uint32_t>(rest, 16);
    member.storedSize = littleEndianAt<uint32_t>(rest, 20);
    member.size = littleEndianAt<uint32_t>(rest, 24);
    member.headerOffset = littleEndianAt<uint32_t>(rest, 42);
    if (flags & 1)
      return file.error("member `" + member.name +
                        "` is encrypted; save the arrays with numpy.savez");
    if (method != 0 && method != 8)
      return file.error("member `" + member.name + "` is compressed by method " + Twine(method) +
                        ", expected 0 (stored) or 8 (deflated); save the "
                        "arrays with numpy.savez");
    member.deflated = method == 8;
    if (!applyZip64(rest.substr(directoryEntrySize + nameSize, extraSize), member))
      return damaged(file, "the zip64 sizes of member `" + member.name + "` are missing");

    // Members that shared bytes could make a small file fill the memory.
    uint64_t least = memberHeaderSize + nameSize;
    if (room < least || member.storedSize > room - least)
      return damaged(file, "member `" + member.name + "` of " + Twine(member.storedSize) +
                               " bytes does not fit beside the others");
    room -= least + member.storedSize;
    if (member.deflated ? member.size / bestRatio > member.storedSize
                        : member.size != member.storedSize)
      return damaged(file, "member `" + member.name + "` says " + Twine(member.size) +
                               " bytes, stored as " + Twine(member.storedSize));
    members.push_back(std::move(member));
    rest = rest.drop_front(wholeSize);
  }
  return members;
}

/// Inflates `from` into `to`; whether it fills it exactly.
static bool inflateAll(StringRef from, std::byte *to, uint64_t size) {
  z_stream stream = {};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    return false;
  // zlib counts in 32 bits.
  constexpr uint64_t step = uint64_t(1) << 30;
  auto *in = reinterpret_cast<const Bytef *>(from.data());
  auto *out = reinterpret_cast<Bytef *>(to);
  uint64_t inLeft = from.size(), outLeft = size;
  Bytef none;
  int status = Z_OK;
  while (status == Z_OK) {
    stream.next_in = const_cast<Bytef *>(in);
    stream.avail_in = static_cast<uInt>(std::min(inLeft, step));
    stream.next_out = outLeft ? out : &none;
    stream.avail_out = static_cast<uInt>(std::min(outLeft, step));
    uInt inBefore = stream.avail_in, outBefore = stream.avail_out;
    status = inflate(&stream, Z_NO_FLUSH);
    uInt inDone = inBefore - stream.avail_in;
    uInt outDone = outBefore - stream.avail_out;
    in += inDone;
    inLeft -= inDone;
    out += outDone;
    outLeft -= outDone;
    if (inDone == 0 && outDone == 0)
      break;
  }
  inflateEnd(&stream);
  return status == Z_STREAM_END && inLeft == 0 && outLeft == 0;
}

static uint32_t checksum(StringRef bytes, uint32_t before = 0) {
  return static_cast<uint32_t>(
      crc32_z(before, reinterpret_cast<const Bytef *>(bytes.data()), bytes.size()));
}

Expected<ZipContents> mixc::reference::readZipMember(const FileBytes &file,
                                                     const ZipMember &member) {
  std::string what = "member `" + member.name + "`";
  Expected<StringRef> header =
      file.slice(member.headerOffset, memberHeaderSize, "the header of " + what);
  if (!header)
    return header.takeError();
  if (littleEndianAt<uint32_t>(*header, 0) != memberSignature)
    return damaged(file, "no header of " + what + " at byte " + Twine(member.headerOffset));
  uint64_t nameSize = littleEndianAt<uint16_t>(*header, 26);
  uint64_t nameOffset = member.headerOffset + memberHeaderSize;
  Expected<StringRef> name = file.slice(nameOffset, nameSize, "the name of " + what);
  if (!name)
    return name.takeError();
  if (*name != member.name)
    return damaged(file, what + " of the directory has another name itself");
  Expected<StringRef> data =
      file.slice(nameOffset + nameSize + littleEndianAt<uint16_t>(*header, 28), member.storedSize,
                 "the data of " + what);
  if (!data)
    return data.takeError();

  ZipContents contents = {*data, nullptr};
  if (member.deflated) {
    if (member.size > INT64_MAX)
      return damaged(file, what + " is larger than any memory");
    Expected<HostTensor> buffer =
        HostTensor::makeUninitialized(Element::U8, static_cast<int64_t>(member.size));
    if (!buffer)
      return file.error(what + ": " + llvm::toString(buffer.takeError()));
    if (!inflateAll(*data, buffer->data, member.size))
      return damaged(file, what + " does not inflate to " + Twine(member.size) + " bytes");
    contents.bytes = {reinterpret_cast<const char *>(buffer->data),
                      static_cast<size_t>(member.size)};
    contents.storage = buffer->storage;
  }
  if (checksum(contents.bytes) != member.crc)
    return damaged(file, "the checksum of " + what + " is wrong");
  return contents;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static uint32_t narrow(uint64_t value, uint64_t zip64From) {
  return value >= zip64From ? UINT32_MAX : static_cast<uint32_t>(value);
}

void ZipWriter::add(StringRef name, llvm::ArrayRef<StringRef> parts) {
  ZipMember member = {name.str(), false, 0, 0, 0, os.tell() - start};
  for (StringRef part : parts) {
    member.crc = checksum(part, member.crc);
    member.size += part.size();
  }
  member.storedSize = member.size;
  bool zip64 = member.size >= zip64From;

  llvm::support::endian::Writer out(os, llvm::endianness::little);
  out.write(memberSignature);
  out.write<uint16_t>(zip64 ? 45 : 20); // version needed
  out.write<uint16_t>(1 << 11);         // the name is UTF-8
  out.write<uint16_t>(0);               // stored
  out.write<uint16_t>(0);               // midnight
  out.write<uint16_t>(noDate);
  out.write(member.crc);
  out.write(narrow(member.size, zip64From));
  out.write(narrow(member.size, zip64From));
  out.write(static_cast<uint16_t>(name.size()));
  out.write<uint16_t>(zip64 ? 20 : 0);
  os << name;
  if (zip64) {
    out.write(zip64Tag);
    out.write<uint16_t>(16);
    out.write(member.size);
    out.write(member.size);
  }
  for (StringRef part : parts)
    os << part;
  members.push_back(std::move(member));
}

void ZipWriter::finish() {
  llvm::support::endian::Writer out(os, llvm::endianness::little);
  uint64_t offset = os.tell() - start;
  for (const ZipMember &member : members) {
    bool wideSize = member.size >= zip64From;
    bool wideOffset = member.headerOffset >= zip64From;
    uint16_t fields = 8 * (2 * wideSize + wideOffset);
    out.write(directorySignature);
    out.write<uint16_t>(fields ? 45 : 20); // version made by
    out.write<uint16_t>(fields ? 45 : 20); // version needed
    out.write<uint16_t>(1 << 11);
    out.write<uint16_t>(0);
    out.write<uint16_t>(0);
    out.write<uint16_t>(noDate);
    out.write(member.crc);
    out.write(narrow(member.size, zip64From));
    out.write(narrow(member.size, zip64From));
    out.write(static_cast<uint16_t>(member.name.size()));
    out.write<uint16_t>(fields ? fields + 4 : 0);
    out.write<uint16_t>(0); // comment
    out.write<uint16_t>(0); // disk
    out.write<uint16_t>(0); // internal attributes
    out.write<uint32_t>(0); // external attributes
    out.write(narrow(member.headerOffset, zip64From));
    os << member.name;
    if (fields) {
      out.write(zip64Tag);
      out.write(fields);
      if (wideSize) {
        out.write(member.size);
        out.write(member.size);
      }
      if (wideOffset)
        out.write(member.headerOffset);
    }
  }
  uint64_t end = os.tell() - start;
  uint64_t size = end - offset;
  bool manyMembers = members.size() >= std::min<uint64_t>(zip64From, UINT16_MAX);
  if (manyMembers || size >= zip64From || offset >= zip64From) {
    out.write(zip64EndSignature);
    out.write<uint64_t>(zip64EndSize - 12);
    out.write<uint16_t>(45);
    out.write<uint16_t>(45);
    out.write<uint32_t>(0); // this disk
    out.write<uint32_t>(0); // the directory's disk
    out.write<uint64_t>(members.size());
    out.write<uint64_t>(members.size());
    out.write(size);
    out.write(offset);
    out.write(zip64LocatorSignature);
    out.write<uint32_t>(0);
    out.write(end);
    out.write<uint32_t>(1); // disks
  }
  out.write(endSignature);
  out.write<uint16_t>(0);
  out.write<uint16_t>(0);
  uint16_t count = manyMembers ? UINT16_MAX : static_cast<uint16_t>(members.size());
  out.write(count);
  out.write(count);
  out.write(narrow(size, zip64From));
  out.write(narrow(offset, zip64From));
  out.write<uint16_t>(0); // comment
}
