//===- TemporaryFile.h - what other programs read and write -----*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_HOST_TEMPORARYFILE_H
#define MIXC_LOWERING_HOST_TEMPORARYFILE_H

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Error.h"

namespace mixc::lowering::host {

/// A file for an assembler or a linker, which goes with this object.
class TemporaryFile {
public:
  static llvm::Expected<TemporaryFile> create(llvm::StringRef suffix, llvm::StringRef content);
  TemporaryFile(TemporaryFile &&other) : name(std::move(other.name)) { other.name.clear(); }
  ~TemporaryFile();

  const char *path() { return name.c_str(); }
  /// What is in the file by now.
  llvm::Expected<llvm::SmallVector<char, 0>> read() const;

private:
  TemporaryFile() = default;
  llvm::SmallString<64> name;
};

} // namespace mixc::lowering::host

#endif // MIXC_LOWERING_HOST_TEMPORARYFILE_H
