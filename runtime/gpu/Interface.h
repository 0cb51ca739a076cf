//===- Interface.h - what the functions for C share -------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_RUNTIME_GPU_INTERFACE_H
#define MIXC_RUNTIME_GPU_INTERFACE_H

#include "runtime/gpu/GpuDevice.h"
#include "runtime/include/mixc/runtime.h"

#include <string_view>

// A device is a stream too: its memory and its modules are asked for there.
struct mixc_device {
  std::unique_ptr<mixc::runtime::gpu::GpuDevice> gpu;
};

struct mixc_stream {
  std::unique_ptr<mixc::runtime::gpu::GpuDevice> gpu;
};

namespace mixc::runtime::gpu {

/// Returns `code`, and keeps `text` for `mixc_error_text`.
int32_t fail(int32_t code, std::string text);

/// A mixc_element by its name in the language, or -1; and the name of one, or a text that says that
/// there is none.
int32_t elementNumber(std::string_view name);
std::string elementName(int32_t number);

} // namespace mixc::runtime::gpu

#endif // MIXC_RUNTIME_GPU_INTERFACE_H
