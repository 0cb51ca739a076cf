//===- Driver.cpp - the drivers of GPUs, where there are any --------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/gpu/Driver.h"

#include <algorithm>
#include <dlfcn.h>
#include <iterator>
#include <type_traits>

using namespace mixc::runtime::gpu;

namespace {
/// What one vendor calls things.
struct Names {
  const char *vendor;
  std::vector<std::string> libraries;
  /// Attributes of a device.
  int units, threadsOfUnit;
};

/// The attributes are numbers of `CUdevice_attribute` in cuda.h, the same since CUDA 4.0.
const Names nvidia{"NVIDIA", {"libcuda.so.1"}, 16, 39};
constexpr int capabilityMajor = 75, capabilityMinor = 76;

/// The attributes are numbers of `hipDeviceAttribute_t`, counted in hip_runtime_api.h of HIP 7.12;
/// those of HIP 4 and before are others, whose library has another name. The plain name last: it
/// comes with the files for developers only.
const Names amd{"AMD", {"libamdhip64.so.7", "libamdhip64.so.6", "libamdhip64.so"}, 63, 57};

const Names &namesOf(Vendor vendor) { return vendor == Vendor::Nvidia ? nvidia : amd; }
} // namespace

const char *Driver::resolve(void *library) {
  auto find = [&](auto *&function, const char *name) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
    return function != nullptr;
  };
#define MIXC_SYMBOL(entry, name)                                                                   \
  if (!find(table.entry, #name))                                                                   \
    return #name;
  if (maker == Vendor::Nvidia) {
#include "runtime/gpu/CudaSymbols.def"
  } else {
#include "runtime/gpu/HipSymbols.def"
  }
#undef MIXC_SYMBOL
  return nullptr;
}

std::shared_ptr<const Driver> Driver::open(Vendor vendor, std::string &why,
                                           const std::vector<std::string> &libraries) {
  const Names &names = namesOf(vendor);
  std::string looked, found;
  void *library = nullptr;
  for (const std::string &name : libraries.empty() ? names.libraries : libraries) {
    looked += (looked.empty() ? "`" : ", `") + name + "`";
    library = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
    found = name;
    if (library)
      break;
  }
  auto refuse = [&](const std::string &text) {
    if (library)
      dlclose(library);
    why = text;
    return nullptr;
  };
  std::string driver = std::string(names.vendor) + "'s driver ";
  if (!library)
    return refuse("looked for " + driver + looked + " in the folders of the system's libraries");
  driver += "`" + found + "`";

  std::shared_ptr<Driver> result(new Driver(vendor));
  if (const char *missing = result->resolve(library))
    return refuse("found " + driver + ", which has no `" + missing + "`: it is too old");
  if (Status status = result->table.init(0))
    return refuse("found " + driver +
                  ", looked for a device: " + result->explain("its start", status));
  if (Status status = result->table.getDeviceCount(&result->count))
    return refuse("found " + driver +
                  ", looked for a device: " + result->explain("the count of devices", status));
  if (result->count <= 0)
    return refuse("found " + driver + ", looked for a device: it has none");
  return result;
}

std::string Driver::explain(const std::string &doing, Status status) const {
  const char *name = nullptr, *text = nullptr;
  if (table.getErrorName(status, &name) || !name)
    name = "an unknown error";
  if (table.getErrorString(status, &text) || !text)
    return doing + " failed: " + name + ", number " + std::to_string(status);
  return doing + " failed: " + name + " (" + text + ")";
}

/// AMD's name of an architecture is a field of a structure whose layout differs between versions:
/// it is the only text in it that begins so, behind the device's name.
static Status findAmdArchitecture(const Symbols &table, int ordinal, std::string &architecture) {
  constexpr size_t nameBytes = 256;
  // More than twice the size of the largest so far.
  char properties[4096] = {};
  if (Status status = table.getProperties(properties, ordinal))
    return status;
  static constexpr char prefix[] = {'g', 'f', 'x'};
  const char *begin = properties + nameBytes, *end = std::end(properties) - 1;
  const char *name = std::search(begin, end, std::begin(prefix), std::end(prefix));
  // "gfx90a:sramecc+:xnack-": what follows the first colon are modes.
  architecture.assign(name, std::find_if(name, end, [](char c) { return c == ':' || c == '\0'; }));
  return 0;
}

Description Driver::describe(int ordinal, Status &status) const {
  Description result;
  int device = 0, units = 0, threads = 0;
  char name[256] = {};
  const Names &names = namesOf(maker);
  status = table.getDevice(&device, ordinal);
  auto then = [&](Status next) { status = next; };
  if (!status)
    then(table.getDeviceName(name, sizeof name - 1, device));
  if (!status)
    then(table.getDeviceAttribute(&units, names.units, device));
  if (!status)
    then(table.getDeviceAttribute(&threads, names.threadsOfUnit, device));
  if (!status)
    then(table.getDeviceMemory(&result.memoryBytes, device));
  if (!status && maker == Vendor::Amd)
    then(findAmdArchitecture(table, ordinal, result.architecture));
  if (!status && maker == Vendor::Nvidia) {
    int major = 0, minor = 0;
    then(table.getDeviceAttribute(&major, capabilityMajor, device));
    if (!status)
      then(table.getDeviceAttribute(&minor, capabilityMinor, device));
    result.architecture = "sm_" + std::to_string(10 * major + minor);
  }
  result.name = name;
  result.units = static_cast<uint32_t>(units);
  result.threadsOfUnit = static_cast<uint32_t>(threads);
  return result;
}
