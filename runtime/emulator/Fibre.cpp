//===- Fibre.cpp - a stack of its own -------------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/emulator/Fibre.h"

#include <boost/context/protected_fixedsize_stack.hpp>
#include <new>
#include <utility>

using namespace mixc::runtime::emulator;
namespace context = boost::context;

/// Kernels keep their variables elsewhere (mixc_emu_alloca): this holds registers, of which code
/// without optimisation spills many, calls, and the making of a report.
static constexpr size_t stackBytes = 512 << 10;

static context::protected_fixedsize_stack stacks(stackBytes);

namespace {
/// Hands out a stack that somebody else owns.
struct Borrowed {
  context::stack_context stack;

  context::stack_context allocate() const { return stack; }
  void deallocate(context::stack_context &) const {}
};
} // namespace

Fibre::~Fibre() {
  if (stack.sp)
    stacks.deallocate(stack);
}

//===----------------------------------------------------------------------===//
// The address sanitizer
//===----------------------------------------------------------------------===//

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MIXC_ADDRESS_SANITIZER
#endif
#endif

#ifdef MIXC_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

/// What was left on a stack by a fibre that is never resumed.
static void forget(const context::stack_context &stack) {
  __asan_unpoison_memory_region(static_cast<char *>(stack.sp) - stack.size, stack.size);
}
static void leaveFor(void **own, const void *bottom, size_t size) {
  __sanitizer_start_switch_fiber(own, bottom, size);
}
static void arrive(void *own, const void **bottom, size_t *size) {
  __sanitizer_finish_switch_fiber(own, bottom, size);
}
#else
static void forget(const context::stack_context &) {}
static void leaveFor(void **, const void *, size_t) {}
static void arrive(void *, const void **, size_t *) {}
#endif

//===----------------------------------------------------------------------===//
// Switching
//===----------------------------------------------------------------------===//

void Fibre::start(void (*function)(void *), void *argument) {
  if (!stack.sp)
    stack = stacks.allocate();
  forget(stack);
  new (&inside.fiber) context::fiber(std::allocator_arg, Borrowed{stack},
                                     [this, function, argument](context::fiber &&caller) {
                                       arrive(nullptr, &outsideStack, &outsideBytes);
                                       outside = std::move(caller);
                                       function(argument);
                                       leaveFor(nullptr, outsideStack, outsideBytes);
                                       return std::move(outside);
                                     });
}

void Fibre::resume() {
  void *own = nullptr;
  leaveFor(&own, static_cast<char *>(stack.sp) - stack.size, stack.size);
  inside.fiber = std::move(inside.fiber).resume();
  arrive(own, nullptr, nullptr);
}

void Fibre::suspend() {
  void *own = nullptr;
  leaveFor(&own, outsideStack, outsideBytes);
  outside = std::move(outside).resume();
  arrive(own, &outsideStack, &outsideBytes);
}
