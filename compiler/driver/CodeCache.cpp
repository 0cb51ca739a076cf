//===- CodeCache.cpp - compiled mixers from call to call ------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/CodeCache.h"
#include "compiler/driver/Failure.h"

#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>
#include <elf.h>
#include <link.h>

using namespace llvm;

namespace mixc::driver {

using runtime::KernelCache;
using runtime::Sha256;

//===----------------------------------------------------------------------===//
// The environment
//===----------------------------------------------------------------------===//

/// The value of a variable; empty where it is not set.
static StringRef variable(const char *name) {
  const char *value = std::getenv(name);
  return value ? value : "";
}

/// Empty where the user has no home.
static std::string folderOfCache() {
  if (StringRef folder = variable("MIXC_CACHE_DIR"); !folder.empty())
    return folder.str();
  // The standard has paths that are not absolute ignored.
  if (StringRef folder = variable("XDG_CACHE_HOME"); folder.starts_with("/"))
    return (folder + "/mixc").str();
  if (StringRef home = variable("HOME"); home.starts_with("/"))
    return (home + "/.cache/mixc").str();
  return "";
}

/// `64M`, or a number of bytes.
static std::optional<uint64_t> parseSize(StringRef text) {
  unsigned shift = text.consume_back("K")   ? 10
                   : text.consume_back("M") ? 20
                   : text.consume_back("G") ? 30
                                            : 0;
  uint64_t value;
  if (text.getAsInteger(10, value) || value > UINT64_MAX >> shift)
    return std::nullopt;
  return value << shift;
}

static void warn(const Twine &text) {
  WithColor::warning(errs()) << text << ", so no compiled code is kept\n";
}

void CodeCache::open() {
  opened = true;
  std::string folder = folderOfCache();
  if (unwanted || folder.empty())
    return;
  uint64_t limit = KernelCache::defaultLimit;
  if (StringRef text = variable("MIXC_CACHE_LIMIT"); !text.empty()) {
    auto size = parseSize(text);
    if (!size)
      return warn("`MIXC_CACHE_LIMIT` is `" + text + "`, not a size such as `64M`");
    limit = *size;
  }
  if (limit == 0)
    return;
  std::string why;
  kept = KernelCache::open(folder, limit, why);
  if (!kept)
    warn(why);
}

//===----------------------------------------------------------------------===//
// What code follows from
//===----------------------------------------------------------------------===//

/// The build id that a linker gave to a loaded file; empty where it gave none.
static StringRef buildId(const dl_phdr_info &file) {
  for (const ElfW(Phdr) &part : ArrayRef(file.dlpi_phdr, file.dlpi_phnum)) {
    if (part.p_type != PT_NOTE)
      continue;
    const char *at = reinterpret_cast<const char *>(file.dlpi_addr + part.p_vaddr);
    const char *end = at + part.p_memsz;
    auto aligned = [&](size_t bytes) { return alignTo(bytes, part.p_align == 8 ? 8 : 4); };
    while (at + sizeof(ElfW(Nhdr)) <= end) {
      const auto *note = reinterpret_cast<const ElfW(Nhdr) *>(at);
      const char *name = at + sizeof *note, *value = name + aligned(note->n_namesz);
      if (note->n_type == NT_GNU_BUILD_ID &&
          StringRef(name, note->n_namesz) == StringRef("GNU\0", 4))
        return StringRef(value, note->n_descsz);
      at = value + aligned(note->n_descsz);
    }
  }
  return "";
}

/// Identifies this program and the LLVM that it runs with; empty where that can't be told.
static std::string compilerId() {
  std::string id;
  dl_iterate_phdr(
      [](dl_phdr_info *file, size_t, void *data) {
        std::string &id = *static_cast<std::string *>(data);
        StringRef name = file->dlpi_name;
        bool isProgram = name.empty() && id.empty();
        if (!isProgram && !name.contains("libLLVM") && !name.contains("libMLIR"))
          return 0;
        StringRef own = buildId(*file);
        // The program comes first. Packages' libraries without an id have a version in their name.
        if (own.empty() && isProgram)
          return 1;
        id += own.empty() ? name : own;
        return 0;
      },
      &id);
  return id;
}

static Sha256::Digest keyOf(mixer::FuncOp func, const CompileOptions &options,
                            ArrayRef<std::string> machine, StringRef compiler) {
  Sha256 hash;
  auto add = [&](const Twine &text) { hash.addField(text.str()); };
  add(compiler);
  add(options.target.text());
  for (const std::string &text : machine)
    add(text);
  add("options");
  add(Twine(options.checked));
  for (const std::string &name : options.staticExtents)
    add(name);
  add("sizes");
  std::map<StringRef, int64_t> sizes;
  for (const auto &entry : options.sizes)
    sizes[entry.getKey()] = entry.getValue();
  for (auto [name, size] : sizes)
    add(name + "=" + Twine(size));
  for (const auto &[name, value] : options.schedule)
    add(name + "=" + value);
  // Whatever an op has is in its generic form, and no places.
  std::string equations;
  raw_string_ostream os(equations);
  func->print(os, mlir::OpPrintingFlags().printGenericOpForm().useLocalScope());
  hash.addField(equations);
  return hash.finish();
}

//===----------------------------------------------------------------------===//
// Code as bytes
//===----------------------------------------------------------------------===//

static std::string pack(const CompiledCode &code) {
  std::string bytes;
  auto add = [&](StringRef part) {
    uint64_t size = part.size();
    bytes.append(reinterpret_cast<const char *>(&size), sizeof size);
    bytes += part;
  };
  add(code.plan.name);
  add(StringRef(code.plan.object.data(), code.plan.object.size()));
  add(StringRef(code.image.data(), code.image.size()));
  for (const std::string &message : code.plan.messages)
    add(message);
  return bytes;
}

static std::optional<CompiledCode> unpack(StringRef bytes) {
  SmallVector<StringRef> parts;
  while (!bytes.empty()) {
    uint64_t size = 0;
    if (bytes.size() < sizeof size)
      return std::nullopt;
    std::memcpy(&size, bytes.data(), sizeof size);
    bytes = bytes.drop_front(sizeof size);
    if (bytes.size() < size)
      return std::nullopt;
    parts.push_back(bytes.take_front(size));
    bytes = bytes.drop_front(size);
  }
  if (parts.size() < 3)
    return std::nullopt;
  CompiledCode code;
  code.plan.name = parts[0].str();
  code.plan.object.assign(parts[1].begin(), parts[1].end());
  code.image.assign(parts[2].begin(), parts[2].end());
  for (StringRef message : ArrayRef(parts).drop_front(3))
    code.plan.messages.push_back(message.str());
  return code;
}

//===----------------------------------------------------------------------===//
// The cache
//===----------------------------------------------------------------------===//

Expected<CompiledCode> CodeCache::get(mixer::FuncOp func, const CompileOptions &options,
                                      ArrayRef<std::string> machine,
                                      function_ref<Expected<CompiledCode>()> compile) {
  if (!opened)
    open();
  std::string compiler = kept ? compilerId() : "";
  if (compiler.empty())
    return compile();
  Sha256::Digest key = keyOf(func, options, machine, compiler);
  if (auto bytes = kept->find(key))
    if (auto code = unpack(*bytes)) {
      lastOutcome = "hit";
      return std::move(*code);
    }
  lastOutcome = "miss";
  auto code = compile();
  if (code)
    kept->store(key, pack(*code));
  return code;
}

} // namespace mixc::driver
