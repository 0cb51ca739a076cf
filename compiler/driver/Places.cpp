//===- Places.cpp - from locations in the IR back to the text -------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Places.h"

using namespace llvm;

namespace mixc::driver {

/// The first place in a file that `location` has.
static std::optional<mlir::FileLineColRange> placeOf(mlir::Location location) {
  std::optional<mlir::FileLineColRange> place;
  location->walk([&](mlir::Location inner) {
    if (auto range = dyn_cast<mlir::FileLineColRange>(inner)) {
      place = range;
      return mlir::WalkResult::interrupt();
    }
    return mlir::WalkResult::advance();
  });
  return place;
}

/// The offset of a line and column, both from 1, columns counting characters.
static uint32_t offsetOf(const mix::SourceFile &file, unsigned line, unsigned column) {
  uint32_t offset = file.lineStart(line);
  StringRef text = file.line(line);
  for (char c : text) {
    bool startsCharacter = (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    if (startsCharacter && column-- <= 1)
      break;
    ++offset;
  }
  return offset;
}

mix::Span spanOf(const runtime::Place &place, const mix::SourceManager &sources) {
  for (mix::FileId id = 0; id != sources.size(); ++id) {
    const mix::SourceFile &file = sources.file(id);
    if (file.path() != place.file || place.line == 0 || place.line > file.lineCount() ||
        place.endLine > file.lineCount())
      continue;
    uint32_t begin = offsetOf(file, place.line, place.column);
    uint32_t end = offsetOf(file, place.endLine, place.endColumn);
    return {id, begin, std::max(begin, end)};
  }
  return {};
}

mix::Span spanOf(mlir::Location location, const mix::SourceManager &sources) {
  auto place = placeOf(location);
  if (!place)
    return {};
  return spanOf(runtime::Place{place->getFilename().str(), place->getStartLine(),
                               place->getStartColumn(), place->getEndLine(), place->getEndColumn()},
                sources);
}

} // namespace mixc::driver
