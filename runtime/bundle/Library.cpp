//===- Library.cpp - the file of a bundle ---------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/bundle/Library.h"
#include "runtime/include/mixc/runtime.h"

#include <cerrno>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <fstream>

using namespace mixc::runtime;

namespace {

#if defined(__x86_64__)
constexpr uint16_t machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr uint16_t machine = EM_AARCH64;
#else
constexpr uint16_t machine = EM_NONE;
#endif

/// What is wrong with a file, as far as its first bytes and its length tell.
Library::Refusal readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  std::streamoff size = file ? static_cast<std::streamoff>(file.tellg()) : -1;
  if (!file || size < 0)
    return {MIXC_NO_FILE, "can't open `" + path + "`: " + std::strerror(errno)};
  Elf64_Ehdr head = {};
  file.seekg(0);
  file.read(reinterpret_cast<char *>(&head), sizeof head);
  if (file.bad())
    return {MIXC_NO_FILE, "can't read `" + path + "`: " + std::strerror(errno)};
  if (!file || std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
      head.e_ident[EI_CLASS] != ELFCLASS64)
    return {MIXC_NOT_A_BUNDLE, "`" + path + "` is no shared object: open the bundle's NAME.so"};
  if (head.e_type != ET_DYN)
    return {MIXC_NOT_A_BUNDLE,
            "`" + path + "` is an object file, no shared object: open the bundle's NAME.so"};
  if (machine != EM_NONE && head.e_machine != machine)
    return {MIXC_OTHER_PROCESSOR, "`" + path + "` is for another kind of processor"};
  // The table of sections is the last part of what linkers write.
  uint64_t bytes = static_cast<uint64_t>(size), end = 0;
  if (__builtin_add_overflow(head.e_shoff, uint64_t(head.e_shnum) * head.e_shentsize, &end) ||
      end > bytes)
    return {MIXC_NOT_A_BUNDLE, "`" + path + "` is cut off: it has " + std::to_string(bytes) +
                                   " bytes of " + std::to_string(end)};
  return {};
}

/// What is wrong with a record.
Library::Refusal readRecord(const std::string &path, const mixc_bundle_record *record) {
  if (!record || record->magic != MIXC_BUNDLE_MAGIC)
    return {MIXC_NOT_A_BUNDLE, "`" + path + "` is a shared object, but no bundle of mixc"};
  if (record->version != MIXC_BUNDLE_VERSION)
    return {MIXC_OTHER_VERSION, "`" + path + "` is a bundle of version " +
                                    std::to_string(record->version) + ", this runtime takes " +
                                    std::to_string(MIXC_BUNDLE_VERSION) +
                                    ": compile the spec again"};
  // The processor is looked at before the arguments, of which there are none here.
  if (record->check(nullptr) == MIXC_BUNDLE_OTHER_PROCESSOR)
    return {MIXC_OTHER_PROCESSOR, "`" + path + "` is for `" + record->target +
                                      "`: this processor lacks instructions of it"};
  return {};
}

} // namespace

std::unique_ptr<Library> Library::open(const std::string &path, Refusal &refusal) {
  refusal = readFile(path);
  if (refusal.code)
    return nullptr;
  // A name without a folder is a file here, too, none of the system's libraries.
  std::string file = path.find('/') == std::string::npos ? "./" + path : path;
  void *handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    refusal = {MIXC_NOT_A_BUNDLE, "can't load `" + path + "`: " + dlerror()};
    return nullptr;
  }
  auto *record = static_cast<const mixc_bundle_record *>(dlsym(handle, MIXC_BUNDLE_SYMBOL));
  refusal = readRecord(path, record);
  if (refusal.code) {
    dlclose(handle);
    return nullptr;
  }
  return std::unique_ptr<Library>(new Library(handle, record));
}

Library::~Library() { dlclose(handle); }
