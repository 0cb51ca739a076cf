//===- LeafBodies.h - what instructions of a GPU do on the host -*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A finished GPU module has an op for each instruction that the LLVM dialect lacks. For each of
// them a body is registered here that builds what it means on the host, out of calls of the
// emulator's runtime (runtime/emulator/interface.h). An op without a body is refused by its name.
//
//     bodies.add<NVVM::Barrier0Op>(waits, [](NVVM::Barrier0Op op, BodyBuilder &body) {
//       body.barrier();
//       return Results();
//     });
//
// An instruction that a warp executes as one gets a function in the runtime that sees the operands
// of all lanes; its body here is a call of `collective`.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_EMULATOR_LEAFBODIES_H
#define MIXC_LOWERING_EMULATOR_LEAFBODIES_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"

#include <functional>

namespace mixc::lowering::emulator {

/// The fields of mixc_emu_ids, in 32-bit words.
enum Id { ThreadId = 0, BlockSize = 3, BlockId = 6, GridSize = 9, Lane = 12, WarpWidth = 13 };

/// The functions of the runtime, declared in the module of the host as they are called.
class Runtime {
public:
  explicit Runtime(mlir::ModuleOp module) : module(module) {}
  /// `result`: null where it returns nothing.
  mlir::LLVM::LLVMFuncOp declare(llvm::StringRef name, llvm::ArrayRef<mlir::Type> operands,
                                 mlir::Type result);

private:
  mlir::ModuleOp module;
  llvm::StringMap<mlir::LLVM::LLVMFuncOp> functions;
};

/// Builds at an op of an emulated function.
class BodyBuilder {
public:
  /// `entry`, the function's first block, holds what is on the stack; `site` is the op's number.
  BodyBuilder(mlir::OpBuilder &builder, mlir::Location loc, Runtime &runtime, mlir::Value thread,
              mlir::Block *entry, uint32_t site)
      : builder(builder), loc(loc), runtime(runtime), thread(thread), entry(entry), site(site) {}

  mlir::OpBuilder &getBuilder() { return builder; }
  mlir::Location getLoc() const { return loc; }

  mlir::Value constant(mlir::Type type, int64_t value);
  mlir::Value constant(int64_t value) { return constant(builder.getI64Type(), value); }
  /// The word at `id` of the thread's ids, as an integer of type `type`.
  mlir::Value id(unsigned id, mlir::Type type);
  /// Calls a function of the runtime; null where it returns nothing.
  mlir::Value call(llvm::StringRef function, mlir::ValueRange operands, mlir::Type result = {});

  /// The op's number, as an operand.
  mlir::Value siteNumber() { return constant(builder.getI32Type(), site); }

  void barrier();
  /// An instruction of the warp, by the function of the runtime that is its body. `mask`: the lanes
  /// that must take part; null: whichever do. Operands and results of at most 64 bits.
  llvm::SmallVector<mlir::Value> collective(llvm::StringRef body, mlir::Value mask,
                                            llvm::ArrayRef<mlir::Value> operands,
                                            llvm::ArrayRef<mlir::Type> results);

private:
  mlir::Value stack(int64_t words);
  mlir::Value toWord(mlir::Value value);
  mlir::Value fromWord(mlir::Value word, mlir::Type type);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  Runtime &runtime;
  mlir::Value thread;
  mlir::Block *entry;
  uint32_t site;
};

/// What stands for the op's results.
using Results = llvm::SmallVector<mlir::Value>;

struct LeafBody {
  /// Fails after an error on the op.
  std::function<mlir::FailureOr<Results>(mlir::Operation *, BodyBuilder &)> build;
  /// Whether its thread waits for others.
  bool waits;
};

class LeafBodies {
public:
  /// All that there are.
  static const LeafBodies &get();

  template <typename OpTy>
  void add(bool waits, std::function<mlir::FailureOr<Results>(OpTy, BodyBuilder &)> build) {
    bodies[OpTy::getOperationName()] = {
        [build](mlir::Operation *op, BodyBuilder &body) { return build(cast<OpTy>(op), body); },
        waits};
  }

  /// The body of `op`, or null.
  const LeafBody *find(mlir::Operation *op) const {
    auto found = bodies.find(op->getName().getStringRef());
    return found == bodies.end() ? nullptr : &found->second;
  }

private:
  llvm::StringMap<LeafBody> bodies;
};

void addNvvmBodies(LeafBodies &bodies);
void addRocdlBodies(LeafBodies &bodies);

} // namespace mixc::lowering::emulator

#endif // MIXC_LOWERING_EMULATOR_LEAFBODIES_H
