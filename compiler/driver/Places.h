//===- Places.h - from locations in the IR back to the text ----*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_PLACES_H
#define MIXC_COMPILER_DRIVER_PLACES_H

#include "frontends/mix/Source.h"
#include "runtime/Device.h"

#include "mlir/IR/Location.h"

namespace mixc::driver {

/// The range of a text in `sources` that `location` speaks of: the first one, of a fused location;
/// nowhere, if it has none or not of these files.
mix::Span spanOf(mlir::Location location, const mix::SourceManager &sources);
mix::Span spanOf(const runtime::Place &place, const mix::SourceManager &sources);

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_PLACES_H
