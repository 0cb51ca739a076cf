//===- Program.h - a body as a register program -----------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A body is evaluated at very many points, so it is turned once into a list of instructions over
// numbered slots, one a scalar value. An instruction is a function pointer, the slots it reads and
// writes, and (where slots do not say all) a detail: the tensor and subscripts of an access, the
// ranges and the body of a reduction, the two sides of a conditional. Bodies nest as lists inside
// details. The extents of the call are constants of the program.
//
// Nothing changes in a program while it runs; what does is in a Frame, one a thread.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_REFERENCE_PROGRAM_H
#define MIXC_COMPILER_REFERENCE_PROGRAM_H

#include "compiler/reference/IndexArithmetic.h"
#include "compiler/reference/Slot.h"
#include "compiler/reference/Values.h"

#include "mlir/IR/Location.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace mixc::reference {

using SlotId = uint32_t;

/// What an instruction needs beside its slots.
struct Detail {
  virtual ~Detail() = default;
};

/// The place of an instruction that may fail.
struct Place : Detail {
  explicit Place(mlir::Location location) : location(location) {}
  mlir::Location location;
};

/// What an operation keeps from one point to the next (see Loop.h).
struct Memo {
  virtual ~Memo() = default;
};

/// What stopped an evaluation.
struct Failure {
  mlir::Location location;
  std::string text;
};

template <typename Real> struct Frame {
  std::vector<Slot> slots;
  llvm::ArrayRef<Values> tensors;
  std::vector<std::unique_ptr<Memo>> memos;
  const std::atomic<bool> *cancel = nullptr;
  uint32_t ticks = 0;
  std::optional<Failure> failure;

  /// Records the first failure; false, to be handed on by instructions.
  bool fail(mlir::Location location, const llvm::Twine &text) {
    if (!failure)
      failure = Failure{location, text.str()};
    return false;
  }

  /// To be called once a point of every loop: false when the evaluation has been cancelled.
  bool proceed(mlir::Location location) {
    if (++ticks % 4096 != 0 || !cancel || !cancel->load(std::memory_order_relaxed))
      return true;
    return fail(location, "the evaluation was cancelled");
  }
};

template <typename Real> struct Instruction {
  /// False where the evaluation cannot go on; the frame has the failure then.
  bool (*run)(Frame<Real> &, const Instruction &);
  SlotId result = 0;
  SlotId operands[3] = {};
  const Detail *detail = nullptr;
};

template <typename Real> using Code = std::vector<Instruction<Real>>;

template <typename Real> bool execute(const Code<Real> &code, Frame<Real> &frame) {
  for (const Instruction<Real> &instruction : code)
    if (!instruction.run(frame, instruction))
      return false;
  return true;
}

/// An index expression: a constant plus multiples of integer slots. Other operators have become
/// instructions.
struct Linear {
  struct Term {
    SlotId slot;
    int64_t factor;
  };
  int64_t constant = 0;
  llvm::SmallVector<Term, 2> terms;

  bool isConstant() const { return terms.empty(); }

  /// False where the value does not fit 64 bits.
  bool evaluate(const std::vector<Slot> &slots, int64_t &value) const {
    value = constant;
    for (const Term &term : terms) {
      int64_t product = slots[term.slot].integer;
      if (term.factor != 1 && __builtin_mul_overflow(product, term.factor, &product))
        return false;
      if (__builtin_add_overflow(value, product, &value))
        return false;
    }
    return true;
  }
};

inline constexpr llvm::StringLiteral outOfMemoryText =
    "the evaluation does not fit memory; make an extent smaller";
inline constexpr llvm::StringLiteral overflowText = "index arithmetic overflows 64 bits";

/// A body as a whole.
template <typename Real> struct Program {
  Code<Real> code;
  /// The slots at the start: constants are there already.
  std::vector<Slot> slots;
  /// The indices are slots 0 to rank - 1; then the time indices of recurrences around the body that
  /// it reads.
  llvm::SmallVector<std::pair<mlir::Value, SlotId>> times;
  /// What the body yields.
  llvm::SmallVector<SlotId> yielded;
  std::vector<std::unique_ptr<Detail>> details;
  unsigned numMemos = 0;
  /// About how many instructions a point takes.
  double cost = 0;
};

} // namespace mixc::reference

#endif // MIXC_COMPILER_REFERENCE_PROGRAM_H
