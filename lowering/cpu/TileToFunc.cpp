//===- TileToFunc.cpp - kernels as functions over pointers ----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cpu/Passes.h"
#include "lowering/cpu/PointLoops.h"
#include "lowering/cpu/Tiles.h"
#include "lowering/host/Descriptor.h"
#include "lowering/scalar/Body.h"
#include "lowering/scalar/Recompute.h"

namespace mixc::lowering::cpu {
#define GEN_PASS_DEF_TILETOFUNC
#include "lowering/cpu/Passes.h.inc"
} // namespace mixc::lowering::cpu

using namespace mlir;
using namespace mixc;
using namespace mixc::lowering;
using namespace mixc::lowering::host;
using namespace mixc::lowering::cpu;

//===----------------------------------------------------------------------===//
// What a kernel reads along
//===----------------------------------------------------------------------===//

/// The values of `kernel` that change from one iteration of an innermost loop to the next; in a
/// kernel without loops, from a point to its neighbour.
static DenseSet<Value> findFastValues(tile::KernelOp kernel) {
  DenseSet<Value> fast;
  bool hasLoop = false;
  kernel.walk([&](scf::ForOp loop) {
    hasLoop = true;
    bool isInnermost = !loop.getBody()
                            ->walk([](LoopLikeOpInterface) { return WalkResult::interrupt(); })
                            .wasInterrupted();
    if (isInnermost)
      fast.insert(loop.getInductionVar());
  });
  if (!hasLoop && kernel.getNumGrid() > 0)
    fast.insert(kernel.getGrid().back());
  // Ops come behind those inside them: a conditional is fast when something that it yields is.
  auto isFast = [&](Value value) { return fast.contains(value); };
  kernel.walk([&](Operation *op) {
    bool any = llvm::any_of(op->getOperands(), isFast);
    for (Region &region : op->getRegions())
      for (Block &block : region)
        any |= block.mightHaveTerminator() &&
               llvm::any_of(block.getTerminator()->getOperands(), isFast);
    if (any)
      fast.insert(op->result_begin(), op->result_end());
  });
  return fast;
}

/// Whether an innermost loop walks along the last axis of each argument of `kernel`, and the axis
/// is not known to have stride 1.
static SmallVector<bool> findSpeculated(tile::KernelOp kernel) {
  SmallVector<bool> speculated(kernel.getArgs().size());
  DenseSet<Value> fast = findFastValues(kernel);
  auto note = [&](Value view, ValueRange indices) {
    auto argument = dyn_cast<BlockArgument>(view);
    if (argument && !indices.empty() && !cast<tile::ViewType>(view.getType()).getUnit() &&
        fast.contains(indices.back()))
      speculated[argument.getArgNumber() - kernel.getNumGrid()] = true;
  };
  kernel.walk([&](tile::LoadOp load) { note(load.getView(), load.getIndices()); });
  kernel.walk([&](tile::StoreOp store) { note(store.getView(), store.getIndices()); });
  // A tile of a view is always walked along.
  auto noteTile = [&](auto op) {
    if (!op.getAlong().empty() && op.getAlong().back() >= 0) {
      fast.insert(op.getIndices().back());
      note(op.getView(), op.getIndices());
    }
  };
  kernel.walk([&](tile::ReadOp read) { noteTile(read); });
  kernel.walk([&](tile::WriteOp write) { noteTile(write); });
  return speculated;
}

//===----------------------------------------------------------------------===//
// One kernel
//===----------------------------------------------------------------------===//

namespace {
class KernelLowering {
public:
  KernelLowering(tile::KernelOp kernel, const VectorUnit &unit)
      : kernel(kernel), unit(unit), loc(kernel.getLoc()), builder(kernel),
        pointer(LLVM::LLVMPointerType::get(kernel.getContext())),
        speculated(findSpeculated(kernel)), scratch(placeScratch(kernel)) {}

  LogicalResult emitEntry();

private:
  func::FuncOp createFunction(const Twine &suffix, ArrayRef<Type> types);
  FailureOr<func::FuncOp> emitPoints(StringRef suffix, bool assumeUnit);

  /// How many strides of argument `k`, a view, are passed.
  size_t countStrides(size_t k, bool assumeUnit) {
    auto view = cast<tile::ViewType>(kernel.getArgs()[k].getType());
    return view.getRank() - (view.getUnit() || (assumeUnit && speculated[k]) ? 1 : 0);
  }

  tile::KernelOp kernel;
  const VectorUnit &unit;
  Location loc;
  OpBuilder builder;
  Type pointer;
  SmallVector<bool> speculated;
  SmallVector<ScratchPlace> scratch;
};
} // namespace

func::FuncOp KernelLowering::createFunction(const Twine &suffix, ArrayRef<Type> types) {
  builder.setInsertionPoint(kernel);
  auto function = func::FuncOp::create(builder, loc, (kernel.getSymName() + suffix).str(),
                                       builder.getFunctionType(types, {}));
  function.setPrivate();
  function->setAttr("llvm.linkage",
                    LLVM::LinkageAttr::get(builder.getContext(), LLVM::Linkage::Internal));
  builder.setInsertionPointToStart(function.addEntryBlock());
  return function;
}

//===----------------------------------------------------------------------===//
// The loop over the points
//===----------------------------------------------------------------------===//

FailureOr<func::FuncOp> KernelLowering::emitPoints(StringRef suffix, bool assumeUnit) {
  // The parameters: each argument (a view as base and strides), scratch, the grid's sizes, the
  // range.
  SmallVector<Type> types;
  SmallVector<DictionaryAttr> attributes;
  NamedAttribute noAlias = builder.getNamedAttr("llvm.noalias", builder.getUnitAttr());
  NamedAttribute readOnly = builder.getNamedAttr("llvm.readonly", builder.getUnitAttr());
  auto addParameter = [&](Type type, ArrayRef<NamedAttribute> attribute = {}) {
    types.push_back(type);
    attributes.push_back(builder.getDictionaryAttr(attribute));
  };
  for (auto [k, argument] : llvm::enumerate(kernel.getArgs())) {
    if (!isa<tile::ViewType>(argument.getType())) {
      addParameter(builder.getI64Type());
      continue;
    }
    if (kernel.getOutputs()[k])
      addParameter(pointer, {noAlias});
    else
      addParameter(pointer, {noAlias, readOnly});
    for (size_t axis = 0; axis < countStrides(k, assumeUnit); ++axis)
      addParameter(builder.getI64Type());
  }
  for (const ScratchPlace &place : scratch)
    if (!place.stackBytes)
      addParameter(pointer, {noAlias});
  for (size_t k = 0; k < kernel.getNumGrid() + 2; ++k)
    addParameter(builder.getI64Type());

  func::FuncOp function = createFunction(suffix, types);
  function.setAllArgAttrs(attributes);
  // Inside the entry the pointers would lose their promise.
  function->setAttr("passthrough", builder.getStrArrayAttr({"noinline"}));

  auto next = function.getArguments().begin();
  auto nextIndex = [&]() -> Value {
    return arith::IndexCastOp::create(builder, loc, builder.getIndexType(), *next++);
  };
  DenseMap<Value, Memory> memories;
  IRMapping mapping;
  for (auto [k, argument] : llvm::enumerate(kernel.getArgs())) {
    auto view = dyn_cast<tile::ViewType>(argument.getType());
    if (!view) {
      mapping.map(argument, nextIndex());
      continue;
    }
    Memory memory{view, *next++, SmallVector<Value>(view.getRank())};
    for (size_t axis = 0; axis < countStrides(k, assumeUnit); ++axis)
      memory.strides[axis] = *next++;
    memories[argument] = memory;
  }
  SmallVector<Value> scratchBases;
  for (const ScratchPlace &place : scratch)
    scratchBases.push_back(place.stackBytes ? allocateOnStack(builder, loc, place) : *next++);
  SmallVector<Value> sizes;
  for (size_t k = 0; k < kernel.getNumGrid(); ++k)
    sizes.push_back(nextIndex());
  Value begin = nextIndex(), end = nextIndex();

  OpBuilder allocations(end.getDefiningOp()); // in front of it: what lies behind is not there yet
  SmallVector<Operation *> body;
  Block *point = nullptr;
  bool hasTiles = tile::hasTiles(kernel);
  emitPointLoops(builder, loc, sizes, begin, end, [&](OpBuilder &inner, ValueRange indices) {
    mapping.map(kernel.getGrid(), indices);
    point = inner.getInsertionBlock();
    if (hasTiles)
      return; // once the loops stand: addresses look at the blocks around them
    for (Operation &op : kernel.getBody().front().without_terminator())
      body.push_back(inner.clone(op, mapping));
  });
  if (hasTiles) {
    OpBuilder inner = OpBuilder::atBlockTerminator(point);
    if (failed(emitTiles(inner, allocations, kernel, mapping, memories, unit, body)))
      return failure();
  }
  lowerBody(body, memories, scratchBases, kernel->getParentOp());
  builder.setInsertionPointToEnd(&function.getBody().front());
  func::ReturnOp::create(builder, loc);
  return function;
}

//===----------------------------------------------------------------------===//
// The entry
//===----------------------------------------------------------------------===//

LogicalResult KernelLowering::emitEntry() {
  bool versions = llvm::is_contained(speculated, true);
  auto general = emitPoints(versions ? ".strided" : ".points", /*assumeUnit=*/false);
  auto unit = versions && succeeded(general) ? emitPoints(".unit", /*assumeUnit=*/true) : general;
  if (failed(general) || failed(unit))
    return failure();

  Type i64 = builder.getI64Type();
  func::FuncOp entry = createFunction("", {pointer, pointer, i64, i64, pointer});
  Value views = entry.getArgument(0), scalars = entry.getArgument(1);
  SmallVector<Value> generalOperands, unitOperands;
  auto pass = [&](Value value) {
    generalOperands.push_back(value);
    unitOperands.push_back(value);
  };
  Value one = arith::ConstantIntOp::create(builder, loc, i64, 1), isUnit;
  IRMapping known;
  int32_t view = 0, scalar = 0;
  for (auto [k, argument] : llvm::enumerate(kernel.getArgs())) {
    auto type = dyn_cast<tile::ViewType>(argument.getType());
    if (!type) {
      Value value = loadInteger(builder, loc, scalars, scalar++);
      pass(value);
      known.map(
          argument,
          arith::IndexCastOp::create(builder, loc, builder.getIndexType(), value).getResult());
      continue;
    }
    Value descriptor =
        elementAddress(builder, loc, descriptorType(builder.getContext()), views, view++);
    Memory memory = loadMemory(builder, loc, descriptor, type);
    pass(memory.base);
    llvm::append_range(generalOperands,
                       ArrayRef(memory.strides).take_front(countStrides(k, false)));
    llvm::append_range(unitOperands, ArrayRef(memory.strides).take_front(countStrides(k, true)));
    if (!speculated[k])
      continue;
    Value is =
        arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, memory.strides.back(), one);
    isUnit = isUnit ? arith::AndIOp::create(builder, loc, isUnit, is).getResult() : is;
  }

  // Scratch is cut from the thread's memory, one behind the other.
  Value memory = entry.getArgument(4);
  for (auto [op, stackBytes] : scratch) {
    if (stackBytes)
      continue;
    FailureOr<SmallVector<Value>> sizes = recompute(builder, op.getSizes(), known);
    if (failed(sizes))
      return op.emitOpError("has a size that depends on the point");
    pass(memory);
    memory =
        LLVM::GEPOp::create(builder, loc, pointer, builder.getI8Type(), memory,
                            ArrayRef<LLVM::GEPArg>{denseBytes(builder, loc, op.getType(), *sizes)});
  }
  for (size_t k = 0; k < kernel.getNumGrid(); ++k)
    pass(loadInteger(builder, loc, scalars, scalar++));
  pass(entry.getArgument(2));
  pass(entry.getArgument(3));

  if (!versions) {
    func::CallOp::create(builder, loc, *general, generalOperands);
  } else {
    auto callOf = [&](func::FuncOp callee, ArrayRef<Value> operands) {
      return [callee, operands](OpBuilder &b, Location loc) mutable {
        func::CallOp::create(b, loc, callee, operands);
        scf::YieldOp::create(b, loc);
      };
    };
    scf::IfOp::create(builder, loc, isUnit, callOf(*unit, unitOperands),
                      callOf(*general, generalOperands));
  }
  func::ReturnOp::create(builder, loc);
  return success();
}

namespace {
struct TileToFunc : lowering::cpu::impl::TileToFuncBase<TileToFunc> {
  using TileToFuncBase::TileToFuncBase;
  void runOnOperation() override {
    VectorUnit unit{vectorBytes, vectorCount, vectorScales};
    for (auto kernel : llvm::make_early_inc_range(getOperation().getOps<tile::KernelOp>())) {
      prepareTiles(kernel);
      if (failed(KernelLowering(kernel, unit).emitEntry()))
        return signalPassFailure();
      kernel.erase();
    }
  }
};
} // namespace
