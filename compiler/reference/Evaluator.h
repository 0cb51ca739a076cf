//===- Evaluator.h - the state of one evaluation --------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What an evaluation holds: the values of the extents, the tensors that have values, the steps of
// the recurrences that are running, the programs of the bodies. One file a kind of op:
//
//   Evaluate.cpp      arguments, defaults, facts, outputs
//   Equations.cpp     the points of an equation; mixer.eq, mixer.table
//   Scatters.cpp      mixer.scatter
//   Recurrences.cpp   mixer.recur, mixer.append
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_REFERENCE_EVALUATOR_H
#define MIXC_COMPILER_REFERENCE_EVALUATOR_H

#include "compiler/reference/Evaluate.h"
#include "compiler/reference/Program.h"
#include "compiler/reference/Workers.h"

#include "llvm/ADT/DenseMap.h"

namespace mixc::reference {

template <typename Real> class Evaluator {
public:
  Evaluator(mixer::FuncOp func, const Call &call) : func(func), call(call) {}

  llvm::Expected<llvm::SmallVector<HostTensor>> run();
  /// Only what decides whether the call is taken. One of the two an evaluation.
  llvm::Error check();

private:
  // Tensors.
  unsigned number(mlir::Value tensor);
  Values &valuesOf(mlir::Value tensor) { return tensors[number(tensor)]; }
  llvm::Error allocate(mlir::Value tensor, llvm::StringRef name, mlir::Location location);
  void alias(mlir::Value tensor, mlir::Value same) {
    unsigned id = number(same);
    numbers[tensor] = id;
  }

  // Programs.
  llvm::Expected<Program<Real> *> programOf(mlir::Operation *op);
  llvm::Expected<Program<Real> *> mapProgram(mlir::Operation *op, unsigned slot,
                                             mlir::AffineMap map, unsigned numIndices,
                                             mlir::ValueRange times);
  using Programs =
      llvm::DenseMap<std::pair<mlir::Operation *, unsigned>, std::unique_ptr<Program<Real>>>;
  Frame<Real> makeFrame(const Program<Real> &program);
  /// Runs the program at each point of `ranges` and then `visit` with its frame and the point's
  /// position in row-major order; in this order one after the other where `ordered`, else on
  /// several threads.
  using Visit = llvm::function_ref<bool(Frame<Real> &, int64_t)>;
  llvm::Error forPoints(const Program<Real> &program, llvm::ArrayRef<AxisRange> ranges, Visit visit,
                        bool ordered);

  // Ops of a function.
  llvm::Error bindArguments();
  /// Takes over the values of the arguments; those with axes only where `tensors`.
  llvm::Error readArguments(bool tensors);
  llvm::Error runBlock(mlir::Block &block);
  llvm::Error runFact(mixer::FactOp op);
  llvm::Error runDefault(mixer::DefaultOp op);
  llvm::Error runEq(mixer::EqOp op);
  llvm::Error runTable(mixer::TableOp op);
  llvm::Error runScatter(mixer::ScatterOp op);
  llvm::Error runRecur(mixer::RecurOp op);
  llvm::Error runAppend(mixer::AppendOp op);
  llvm::Error copySlice(mlir::Operation *op, unsigned slot, mlir::Value slice, mlir::Value history,
                        mlir::AffineMap map, mlir::ValueRange times);
  /// The offset of the point that the slots `subscripts` hold; -1 where it is out of bounds, which
  /// the frame then says.
  static int64_t targetOffset(Frame<Real> &frame, const Values &target,
                              llvm::ArrayRef<SlotId> subscripts, mlir::Location location);
  llvm::Expected<HostTensor> output(mlir::Value tensor, llvm::StringRef name);

  llvm::SmallVector<AxisRange> rangesOf(const Values &values) {
    return llvm::map_to_vector(values.axes,
                               [](const Axis &axis) { return AxisRange{axis.lower, axis.size}; });
  }

  mixer::FuncOp func;
  const Call &call;
  llvm::SmallVector<int64_t> extents;
  llvm::DenseMap<mlir::Value, unsigned> numbers;
  std::vector<Values> tensors;
  /// The current steps of the recurrences that are running.
  llvm::DenseMap<mlir::Value, int64_t> times;
  Programs programs;
  /// Started when an equation is first worth sharing.
  std::unique_ptr<Workers> workers;
};

extern template class Evaluator<float>;
extern template class Evaluator<double>;

} // namespace mixc::reference

#endif // MIXC_COMPILER_REFERENCE_EVALUATOR_H
