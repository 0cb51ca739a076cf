//===- Source.cpp - the texts a run reads, and places in them -------------===//
#include "frontends/mix/Source.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"

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

Expected<FileId> SourceManager::open(StringRef path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer = MemoryBuffer::getFile(path);
  if (std::error_code error = buffer.getError()) {
    std::string reason = error.message();
    if (!reason.empty())
      reason[0] = toLower(reason[0]);
    return createStringError(error, "can't read `%s`: %s", path.str().c_str(), reason.c_str());
  }
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
