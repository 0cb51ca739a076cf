//===- KernelCache.h - compiled code on disk --------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A folder of files, each named by the digest of all that its contents depend on. What is in them
// is run: so the folder and its files are the user's alone, and a file whose own digest is not that
// of its contents is removed, not used.
//
// Files appear by renaming, whole or not at all, and are never changed: any number of processes
// may read and store at once, without waiting. When more is kept than the limit, the files go that
// nobody has read for longest.
//
// Nothing that fails here is an error of the caller: what is not found is compiled.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_RUNTIME_KERNELCACHE_H
#define MIXC_RUNTIME_KERNELCACHE_H

#include "runtime/Sha256.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mixc::runtime {

class KernelCache {
public:
  static constexpr uint64_t defaultLimit = uint64_t(256) << 20;

  /// The cache in `folder`, which is made where it is missing, with its parents. Null where that
  /// fails, or where the folder is not a private one of this user; `why` then says so.
  static std::unique_ptr<KernelCache> open(const std::string &folder, uint64_t limit,
                                           std::string &why);
  ~KernelCache();
  KernelCache(const KernelCache &) = delete;
  KernelCache &operator=(const KernelCache &) = delete;

  /// What was stored under `key`.
  std::optional<std::string> find(const Sha256::Digest &key);
  /// Keeps `contents`, or, where the disk does not take it, nothing.
  void store(const Sha256::Digest &key, std::string_view contents);

private:
  KernelCache(int folder, uint64_t limit) : folder(folder), limit(limit) {}
  /// Removes what was not read for longest, until the rest is within the limit.
  void evict();

  /// Held open: whatever becomes of its path, these are the files that were checked.
  int folder;
  uint64_t limit;
};

} // namespace mixc::runtime

#endif // MIXC_RUNTIME_KERNELCACHE_H
