//===- StagedFiles.h - files that appear together -----------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_STAGEDFILES_H
#define MIXC_COMPILER_DRIVER_STAGEDFILES_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace mixc::driver {

/// The file that a path means, whatever links and dots it is written with; it need not be there.
std::string realPath(llvm::StringRef path);

/// Files that are written beside their targets and take their places together. Without `keep`
/// nothing remains of them.
class StagedFiles {
public:
  StagedFiles() = default;
  StagedFiles(const StagedFiles &) = delete;
  StagedFiles &operator=(const StagedFiles &) = delete;
  ~StagedFiles();

  /// Calls `write` with the file that will be `path`.
  llvm::Error add(llvm::StringRef path,
                  llvm::function_ref<llvm::Error(llvm::StringRef temporary)> write);
  llvm::Error keep();

private:
  /// Each temporary file and its target.
  std::vector<std::pair<std::string, std::string>> files;
};

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_STAGEDFILES_H
