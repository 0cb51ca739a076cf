//===- Fibre.cpp - a stack of its own -------------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/emulator/Fibre.h"

#include <new>
#include <utility>

using namespace mixc::runtime::emulator;
namespace context = boost::context;

/// Kernels keep their variables elsewhere (mixc_emu_alloca): this holds registers, calls, and the
/// making of a report.
static constexpr size_t stackBytes = 128 << 10;

namespace {
/// Hands out a stack that somebody else owns.
struct Borrowed {
  char *memory;

  context::stack_context allocate() const {
    context::stack_context stack;
    stack.size = stackBytes;
    stack.sp = memory + stackBytes;
    return stack;
  }
  void deallocate(context::stack_context &) const {}
};
} // namespace

void Fibre::start(void (*function)(void *), void *argument) {
  if (!stack)
    stack = std::make_unique_for_overwrite<char[]>(stackBytes);
  new (&inside.fiber) context::fiber(std::allocator_arg, Borrowed{stack.get()},
                                     [this, function, argument](context::fiber &&caller) {
                                       outside = std::move(caller);
                                       function(argument);
                                       return std::move(outside);
                                     });
}

void Fibre::resume() { inside.fiber = std::move(inside.fiber).resume(); }
void Fibre::suspend() { outside = std::move(outside).resume(); }
