//===- Source.h - the texts a run reads, and places in them ------*- C++ -*-===//
//
// A `SourceManager` owns every text of a run; a `Span` names a range of bytes in
// one of them. Everything that a diagnostic or the formatter says about a place is
// said by a `Span`, so the AST holds no line numbers and no copies of the text.
//
//===----------------------------------------------------------------------===//
#ifndef MIXC_FRONTENDS_MIX_SOURCE_H
#define MIXC_FRONTENDS_MIX_SOURCE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cassert>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mixc::mix {

/// Names a file of a `SourceManager`.
using FileId = uint32_t;

/// A half-open range of bytes in one file. A default-made span is nowhere.
struct Span {
  static constexpr FileId nowhere = ~FileId(0);

  FileId file = nowhere;
  uint32_t begin = 0;
  uint32_t end = 0;

  bool valid() const { return file != nowhere; }
  uint32_t size() const { return end - begin; }
  bool contains(uint32_t offset) const { return begin <= offset && offset < end; }

  /// The smallest span that covers both; one that is nowhere does not count.
  Span to(Span other) const {
    if (!valid())
      return other;
    if (!other.valid() || other.file != file)
      return *this;
    return {file, begin < other.begin ? begin : other.begin, end > other.end ? end : other.end};
  }
  /// The empty span just behind this one.
  Span after() const { return {file, end, end}; }

  friend bool operator==(Span, Span) = default;
};

/// A place as people read it: both count from 1. The column counts characters, a
/// tab being one.
struct LineColumn {
  unsigned line = 0;
  unsigned column = 0;
};

/// One text. Offsets count from its first byte, a byte order mark included.
class SourceFile {
public:
  SourceFile(std::string path, std::unique_ptr<llvm::MemoryBuffer> buffer);

  /// The path as the user gave it.
  llvm::StringRef path() const { return path_; }
  llvm::StringRef text() const { return buffer_->getBuffer(); }
  /// The bytes taken by a byte order mark: 0 or 3. Reading starts behind it.
  uint32_t markSize() const;

  LineColumn lineColumn(uint32_t offset) const;
  unsigned lineCount() const { return static_cast<unsigned>(lineStarts_.size()); }
  /// The text of line `line` (from 1) without its end (`\n` or `\r\n`) and without
  /// the byte order mark.
  llvm::StringRef line(unsigned line) const;
  /// The offset at which `line(line)` begins.
  uint32_t lineStart(unsigned line) const;

private:
  std::string path_;
  std::unique_ptr<llvm::MemoryBuffer> buffer_;
  std::vector<uint32_t> lineStarts_;
};

/// Owns the texts of a run. Files never go away, so references and spans stay
/// good for the manager's life.
class SourceManager {
public:
  /// The largest text taken, in bytes. Far beyond what people write, far below what
  /// 32-bit offsets and the memory for tokens could take.
  static constexpr uint64_t maxSize = uint64_t(16) << 20;

  SourceManager() = default;
  SourceManager(const SourceManager &) = delete;
  SourceManager &operator=(const SourceManager &) = delete;

  /// Takes `text` as a file named `path`. Error: the text is larger than `maxSize`.
  llvm::Expected<FileId> add(std::string path, std::unique_ptr<llvm::MemoryBuffer> text);
  /// Takes a copy of `text`; for tests and editors. The text must fit `maxSize`.
  FileId addText(llvm::StringRef path, llvm::StringRef text);
  /// Reads a file. Error: "can't read `path`: reason", lower case, no full stop.
  llvm::Expected<FileId> open(llvm::StringRef path);

  const SourceFile &file(FileId id) const {
    assert(id < files_.size() && "no such file");
    return *files_[id];
  }
  size_t size() const { return files_.size(); }

  /// The text that `span` covers; empty for a span that is nowhere.
  llvm::StringRef text(Span span) const;
  LineColumn lineColumn(Span span) const;

private:
  std::vector<std::unique_ptr<SourceFile>> files_;
};

/// The offset of the first byte of `text` that is not part of a well-formed UTF-8
/// character, or `StringRef::npos`.
size_t firstInvalidUTF8(llvm::StringRef text);

} // namespace mixc::mix

#endif // MIXC_FRONTENDS_MIX_SOURCE_H
