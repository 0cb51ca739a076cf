//===- BodyCompiler.h - from bodies to register programs --------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The meaning of each op inside a body, one file a kind of op:
//
//   BodyCompiler.cpp      blocks, ranges, conditionals
//   Accesses.cpp          mixer.at, index expressions
//   ScalarOps.cpp         arith, math, complex, mixer.fn, philox, expdiff
//   Conversions.cpp       constants, mixer.cast
//   Reductions.cpp        mixer.reduce
//   Normalisers.cpp       mixer.along
//   OrderStatistics.cpp   mixer.order
//   Transforms.cpp        mixer.transform
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_REFERENCE_BODYCOMPILER_H
#define MIXC_COMPILER_REFERENCE_BODYCOMPILER_H

#include "compiler/reference/Loop.h"
#include "compiler/reference/Program.h"
#include "dialects/mixer/Mixer.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace mixc::reference {

/// Where a body stands: the values of the extents, and the tensors that it may read.
struct Surroundings {
  llvm::ArrayRef<int64_t> extents;
  /// The number of a tensor in `Frame::tensors`, none where it has no value yet.
  llvm::function_ref<std::optional<unsigned>(mlir::Value)> tensor;
};

template <typename Real> class BodyCompiler {
public:
  /// The program of a body; its block arguments are the indices.
  static llvm::Expected<Program<Real>> compile(mlir::Block &body, const Surroundings &around);

  /// The program that yields the results of `map` over `numIndices` indices and then `times`.
  static llvm::Expected<Program<Real>> compileMap(mlir::AffineMap map, unsigned numIndices,
                                                  mlir::ValueRange times, mlir::Location location,
                                                  const Surroundings &around);

private:
  using Inst = Instruction<Real>;
  using Run = bool (*)(Frame<Real> &, const Inst &);

  explicit BodyCompiler(const Surroundings &around) : around(around) {}

  // Slots.
  SlotId newSlot();
  SlotId slotOf(mlir::Value value);
  llvm::SmallVector<SlotId> slotsOf(mlir::ValueRange values);
  SlotId constant(int64_t value);
  SlotId materialise(const Linear &linear, mlir::Location location);

  // Instructions.
  void emit(Run run, SlotId result, llvm::ArrayRef<SlotId> operands,
            const Detail *detail = nullptr);
  template <typename D> D *add(std::unique_ptr<D> detail) {
    D *raw = detail.get();
    program.details.push_back(std::move(detail));
    return raw;
  }
  void fail(mlir::Location location, const llvm::Twine &text);
  Kind kindOf(mlir::Value value);

  // Index expressions over the slots `dims`.
  Linear linear(mlir::AffineExpr expr, llvm::ArrayRef<SlotId> dims, mlir::Location location);
  llvm::SmallVector<Linear> linears(mlir::AffineMap map, llvm::ArrayRef<SlotId> dims,
                                    mlir::Location location);

  // Ops.
  void compileBlock(mlir::Block &block);
  void compileOp(mlir::Operation *op);
  void compileAt(mixer::AtOp op);
  void compileIf(mlir::scf::IfOp op);
  /// False where `op` is no scalar op.
  bool compileScalar(mlir::Operation *op);
  void compileConstant(mlir::Operation *op, mlir::Attribute value);
  void compileFn(mixer::FnOp op);
  void compileCast(mixer::CastOp op);
  void compileReduce(mixer::ReduceOp op);
  void compileAlong(mixer::AlongOp op);
  void compileOrder(mixer::OrderOp op);
  void compileTransform(mixer::TransformOp op);
  /// Ranges and body of a binding op.
  void compileLoop(mlir::Operation *op, Loop<Real> &loop);
  /// The same, for an op that keeps the rows that it has seen.
  void compileRow(mlir::Operation *op, RowLoop<Real> &loop);
  Code<Real> compileNested(mlir::Block &block);

  // Scalar instructions (ScalarOps.cpp).
  template <typename Out, typename... In, typename Fn> void scalar(mlir::Operation *op, Fn fn);
  template <typename Fn> void real(mlir::Operation *op, Fn fn);
  template <typename Fn> void complexTo(mlir::Operation *op, Fn fn);
  template <typename Fn> void integer(mlir::Operation *op, Fn fn);
  void convert(mlir::Operation *op);

  const Surroundings &around;
  Program<Real> program;
  llvm::DenseMap<mlir::Value, SlotId> slots;
  llvm::DenseMap<int64_t, SlotId> constants;
  /// Where instructions go now.
  Code<Real> *code = &program.code;
  double cost = 0;
  std::optional<Failure> failure;
};

extern template class BodyCompiler<float>;
extern template class BodyCompiler<double>;

} // namespace mixc::reference

#endif // MIXC_COMPILER_REFERENCE_BODYCOMPILER_H
