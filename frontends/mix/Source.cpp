//===- Source.cpp - the texts a run reads, and places in them -------------===//
#include "frontends/mix/Source.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace mixc::mix {

SourceFile::SourceFile(std::string path, std::unique_ptr<MemoryBuffer> buffer)
    : path_(std::move(path)), buffer_(std::move(buffer)) {
  StringRef text = this->text();
  lineStarts_.push_back(0);
  for (size_t at = text.find('\n'); at != StringRef::npos; at = text.find('\n', at + 1))
    lineStarts_.push_back(static_cast<uint32_t>(at + 1));
}

uint32_t SourceFile::markSize() const { return text().starts_with("\xEF\xBB\xBF") ? 3 : 0; }

LineColumn SourceFile::lineColumn(uint32_t offset) const {
  auto next = llvm::upper_bound(lineStarts_, offset);
  unsigned line = static_cast<unsigned>(next - lineStarts_.begin());
  uint32_t start = lineStart(line);
  StringRef before = text().slice(start, offset);
  // A character counts at its first byte; a stray continuation byte does not count.
  unsigned column = 1 + llvm::count_if(before, [](char c) { return (c & 0xC0) != 0x80; });
  return {line, column};
}

uint32_t SourceFile::lineStart(unsigned line) const {
  return line == 1 ? markSize() : lineStarts_[line - 1];
}

StringRef SourceFile::line(unsigned line) const {
  size_t end = line < lineStarts_.size() ? lineStarts_[line] - 1 : text().size();
  StringRef whole = text().slice(lineStart(line), end);
  whole.consume_back("\r");
  return whole;
}

Expected<FileId> SourceManager::add(std::string path, std::unique_ptr<MemoryBuffer> text) {
  if (text->getBufferSize() > maxSize)
    return createStringError(std::errc::file_too_large, "can't read `%s`: it is larger than 16 MiB",
                             path.c_str());
  files_.push_back(std::make_unique<SourceFile>(std::move(path), std::move(text)));
  return static_cast<FileId>(files_.size() - 1);
}

FileId SourceManager::addText(StringRef path, StringRef text) {
  return cantFail(add(path.str(), MemoryBuffer::getMemBufferCopy(text, path)));
}

/// A path as a message shows it: bytes that are no printable ASCII are escaped, so that none
/// reaches a terminal, unless they are UTF-8.
static std::string shown(StringRef path) {
  bool plain = llvm::none_of(path, [](char c) { return uint8_t(c) < 0x20 || c == 0x7f; });
  if (plain && firstInvalidUTF8(path) == StringRef::npos)
    return path.str();
  std::string text;
  raw_string_ostream(text).write_escaped(path, /*UseHexEscapes=*/true);
  return text;
}

/// What a pipe gives, to its end or just past `limit` bytes: it might never end.
static ErrorOr<std::unique_ptr<MemoryBuffer>> readPipe(StringRef path, uint64_t limit) {
  Expected<sys::fs::file_t> file = sys::fs::openNativeFileForRead(path);
  if (!file)
    return errorToErrorCode(file.takeError());
  SmallString<0> text;
  std::error_code code;
  while (text.size() <= limit) {
    size_t size = text.size();
    text.resize_for_overwrite(size + (64 << 10));
    Expected<size_t> read =
        sys::fs::readNativeFile(*file, MutableArrayRef(text.data() + size, text.size() - size));
    if (!read)
      code = errorToErrorCode(read.takeError());
    text.truncate(size + (read ? *read : 0));
    if (code || *read == 0)
      break;
  }
  sys::fs::closeFile(*file);
  if (code)
    return code;
  return MemoryBuffer::getMemBufferCopy(text, path);
}

Expected<FileId> SourceManager::open(StringRef path) {
  auto refuse = [&](std::error_code code, const Twine &reason) {
    return createStringError(code, "can't read `" + shown(path) + "`: " + reason);
  };
  sys::fs::file_status status;
  bool known = !sys::fs::status(path, status);
  bool isPipe = known && status.type() == sys::fs::file_type::fifo_file;
  if (known && !isPipe && !sys::fs::is_regular_file(status))
    return refuse(std::make_error_code(std::errc::invalid_argument),
                  sys::fs::is_directory(status) ? "it is a directory"
                                                : "it is not a file or a pipe");
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer =
      isPipe ? readPipe(path, maxSize) : MemoryBuffer::getFile(path);
  if (std::error_code error = buffer.getError()) {
    std::string reason = error.message();
    if (!reason.empty())
      reason[0] = toLower(reason[0]);
    return refuse(error, reason);
  }
  StringRef text = (*buffer)->getBuffer();
  if (text.contains('\0') || firstInvalidUTF8(text) != StringRef::npos)
    return refuse(std::make_error_code(std::errc::illegal_byte_sequence),
                  "it is not a text file (UTF-8)");
  return add(path.str(), std::move(*buffer));
}

StringRef SourceManager::text(Span span) const {
  return span.valid() ? file(span.file).text().slice(span.begin, span.end) : StringRef();
}

LineColumn SourceManager::lineColumn(Span span) const {
  return span.valid() ? file(span.file).lineColumn(span.begin) : LineColumn();
}

size_t firstInvalidUTF8(StringRef text) {
  const auto *begin = reinterpret_cast<const UTF8 *>(text.data());
  const UTF8 *at = begin, *end = begin + text.size();
  while (at != end) {
    if (*at < 0x80) {
      ++at;
      continue;
    }
    if (!isLegalUTF8Sequence(at, end))
      return at - begin;
    at += getNumBytesForUTF8(*at);
  }
  return StringRef::npos;
}

} // namespace mixc::mix
