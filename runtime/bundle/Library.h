//===- Library.h - the file of a bundle -------------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A shared object that a program opens while it runs. It is read before it is loaded, so that a
// file that is none, or only a part of one, is refused and not mapped.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_RUNTIME_BUNDLE_LIBRARY_H
#define MIXC_RUNTIME_BUNDLE_LIBRARY_H

#include "runtime/bundle/Record.h"

#include <memory>
#include <string>

namespace mixc::runtime {

class Library {
public:
  /// Why there is none: a code of mixc/runtime.h and its text.
  struct Refusal {
    int32_t code = 0;
    std::string text;
  };

  /// Null, and `refusal` is set, where the file is no bundle that this program can run.
  static std::unique_ptr<Library> open(const std::string &path, Refusal &refusal);
  ~Library();
  Library(const Library &) = delete;
  Library &operator=(const Library &) = delete;

  const mixc_bundle_record &record() const { return *found; }

private:
  Library(void *handle, const mixc_bundle_record *found) : handle(handle), found(found) {}

  void *handle;
  const mixc_bundle_record *found;
};

} // namespace mixc::runtime

#endif // MIXC_RUNTIME_BUNDLE_LIBRARY_H
