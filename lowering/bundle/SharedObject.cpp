//===- SharedObject.cpp - a bundle that is opened at run time -------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/bundle/Assemble.h"
#include "lowering/host/Linker.h"
#include "lowering/host/TemporaryFile.h"
#include "runtime/bundle/Record.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Object/ELFObjectFile.h"

using namespace llvm;
using namespace mixc::lowering;
using namespace mixc::lowering::bundle;

/// The libraries beside that of C whose functions `object` calls: conversions of f16 that the
/// processor lacks are GCC's, what is left is mathematics.
static Expected<StringSet<>> librariesOf(ArrayRef<char> object) {
  static const StringSet<> ofC{"memcpy", "memmove", "memset", "malloc",
                               "free",   "dlopen",  "dlsym",  "dlclose"};
  auto file = object::ObjectFile::createObjectFile(
      MemoryBufferRef(StringRef(object.data(), object.size()), "object"));
  if (!file)
    return file.takeError();
  StringSet<> libraries;
  for (const object::ELFSymbolRef symbol : (*file)->symbols()) {
    auto flags = symbol.getFlags();
    auto name = symbol.getName();
    if (!flags || !name)
      return flags ? name.takeError() : flags.takeError();
    bool isCalled = (*flags & object::SymbolRef::SF_Undefined) && !name->empty();
    if (isCalled && !ofC.contains(*name) && !name->starts_with("pthread_"))
      libraries.insert(name->starts_with("__") ? "libgcc_s.so.1" : "libm.so.6");
  }
  return libraries;
}

/// A shared object of that name, for the machine of `object`, with nothing of the library in it. To
/// link with it, in the place of the library on this machine, gives bytes that depend on no
/// machine.
static Expected<SmallVector<char, 0>> makeStandIn(ArrayRef<char> object, StringRef library) {
  return host::linkSharedObject(object, {"--strip-all", "-soname", library.str()});
}

Expected<SmallVector<char, 0>> bundle::makeSharedObject(ArrayRef<char> object, StringRef name) {
  auto libraries = librariesOf(object);
  if (!libraries)
    return libraries.takeError();
  std::vector<std::string> options{"-soname",
                                   (name + ".so").str(),
                                   "-Bsymbolic",
                                   "--gc-sections",
                                   "--build-id=none",
                                   "-z",
                                   "noexecstack",
                                   "-z",
                                   "now",
                                   "--defsym=" MIXC_BUNDLE_SYMBOL "=" + (name + "_bundle").str()};
  std::vector<host::TemporaryFile> standIns;
  for (StringRef library : {"libm.so.6", "libgcc_s.so.1"}) {
    if (!libraries->contains(library))
      continue;
    auto content = makeStandIn(object, library);
    if (!content)
      return content.takeError();
    auto file = host::TemporaryFile::create("so", {content->data(), content->size()});
    if (!file)
      return file.takeError();
    standIns.push_back(std::move(*file));
    options.insert(options.end(), {"--no-as-needed", standIns.back().path()});
  }
  return host::linkSharedObject(object, options);
}
