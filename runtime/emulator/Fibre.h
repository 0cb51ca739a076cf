//===- Fibre.h - a stack of its own -----------------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A fibre whose thread did something wrong is left where it is and never resumed: unwinding it, as
// Boost's fibres do at the end of their lives, would lead through compiled code, which has no
// tables for that. Nothing on its stack may own anything by then.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_RUNTIME_EMULATOR_FIBRE_H
#define MIXC_RUNTIME_EMULATOR_FIBRE_H

#include <boost/context/fiber.hpp>
#include <cstddef>

namespace mixc::runtime::emulator {

/// A fibre that need not come to its end.
class Fibre {
public:
  Fibre() = default;
  ~Fibre();
  Fibre(const Fibre &) = delete;
  Fibre &operator=(const Fibre &) = delete;

  /// Makes ready to run `function(argument)`, whatever became of what ran before.
  void start(void (*function)(void *), void *argument);
  /// From outside: runs until it waits or ends.
  void resume();
  /// From inside: goes back to who resumed.
  void suspend();

private:
  /// Its destructor, which unwinds, must not run.
  union Suspended {
    Suspended() : fiber() {}
    ~Suspended() {}
    boost::context::fiber fiber;
  };
  Suspended inside;
  boost::context::fiber outside;
  /// With a page behind its end that can't be accessed; empty before the first start.
  boost::context::stack_context stack;
  /// The stack of who resumed, for the address sanitizer, which wants to know of each switch.
  const void *outsideStack = nullptr;
  size_t outsideBytes = 0;
};

} // namespace mixc::runtime::emulator

#endif // MIXC_RUNTIME_EMULATOR_FIBRE_H
