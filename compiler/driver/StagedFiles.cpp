//===- StagedFiles.cpp - files that appear together -----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/StagedFiles.h"
#include "compiler/driver/Failure.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace mixc::driver {

std::string realPath(StringRef path) {
  SmallString<256> real;
  if (!sys::fs::real_path(path, real))
    return real.str().str();
  StringRef folder = sys::path::parent_path(path);
  if (sys::fs::real_path(folder.empty() ? "." : folder, real))
    return path.str();
  sys::path::append(real, sys::path::filename(path));
  return real.str().str();
}

StagedFiles::~StagedFiles() {
  for (auto &[temporary, target] : files)
    sys::fs::remove(temporary);
}

Error StagedFiles::add(StringRef path, function_ref<Error(StringRef temporary)> write) {
  std::string target = realPath(path);
  SmallString<256> temporary;
  if (std::error_code code = sys::fs::createUniqueFile(target + ".%%%%%%%%.tmp", temporary))
    return writeError(path, code);
  files.emplace_back(temporary.str().str(), target);
  return write(temporary);
}

Error StagedFiles::keep() {
  for (auto &[temporary, target] : files)
    if (std::error_code code = sys::fs::rename(temporary, target))
      return writeError(target, code);
  files.clear();
  return Error::success();
}

} // namespace mixc::driver
