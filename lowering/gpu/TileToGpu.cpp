//===- TileToGpu.cpp - kernels as functions of one GPU module -------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/gpu/BlockReduce.h"
#include "lowering/gpu/KernelRecord.h"
#include "lowering/gpu/Passes.h"
#include "lowering/scalar/Body.h"
#include "lowering/scalar/Recompute.h"
#include "runtime/kernel.h"

namespace mixc::lowering::gpu {
#define GEN_PASS_DEF_TILETOGPU
#include "lowering/gpu/Passes.h.inc"
} // namespace mixc::lowering::gpu

using namespace mlir;
using namespace mixc;
using namespace mixc::lowering;
using lowering::gpu::blockLoopAttr;
using lowering::gpu::blockThreads;
using lowering::gpu::KernelRecord;
using lowering::gpu::reductionBytes;

/// The address space of memory that all threads see, at both vendors.
static constexpr unsigned globalSpace = 1;
/// And of memory that the threads of a block share.
static constexpr unsigned sharedSpace = 3;

//===----------------------------------------------------------------------===//
// One kernel
//===----------------------------------------------------------------------===//

namespace {
class KernelLowering {
public:
  KernelLowering(tile::KernelOp kernel, mlir::gpu::GPUModuleOp module)
      : kernel(kernel), module(module), loc(kernel.getLoc()), builder(kernel),
        pointer(LLVM::LLVMPointerType::get(kernel.getContext(), globalSpace)),
        i64(builder.getI64Type()), scratch(placeScratch(kernel)) {
    kernel.walk([&](scf::ForOp loop) { pointIsBlock |= loop->hasAttr(blockLoopAttr); });
  }

  /// Adds the function to the module.
  LogicalResult emitFunction();
  /// Replaces the kernel by its record.
  void replaceByRecord();
  /// Takes what is in local memory from the scratch of the launches.
  void reduceScratch(ArrayRef<plan::LaunchOp> launches);

private:
  void createFunction();
  void mapArguments();
  LogicalResult emitScratch();
  void emitPoints();
  Value emitShared();
  void distribute(ArrayRef<Operation *> body);

  Value constant(int64_t value) { return arith::ConstantIndexOp::create(builder, loc, value); }
  Value toIndex(Value integer) {
    return arith::IndexCastOp::create(builder, loc, builder.getIndexType(), integer);
  }
  Value multiply(Value a, Value b) { return arith::MulIOp::create(builder, loc, a, b); }
  Value add(Value a, Value b) { return arith::AddIOp::create(builder, loc, a, b); }
  /// The bytes in local memory, each scratch with its padding.
  int64_t localBytes() const;
  /// Whether some scratch is not in local memory.
  bool usesScratchMemory() const {
    return llvm::any_of(scratch, [](const ScratchPlace &place) { return !place.stackBytes; });
  }

  tile::KernelOp kernel;
  mlir::gpu::GPUModuleOp module;
  Location loc;
  OpBuilder builder;
  Type pointer, i64;
  SmallVector<ScratchPlace> scratch;
  /// Whether all threads of a block work on one point.
  bool pointIsBlock = false;

  mlir::gpu::GPUFuncOp function;
  /// From the kernel's integers and grid indices to the function's values.
  IRMapping mapping;
  DenseMap<Value, Memory> memories;
  SmallVector<Value> sizes, scratchBases;
  /// The thread in its block, the block and the blocks; among the threads of all blocks: this one's
  /// number, and how many there are.
  Value inBlock, block, blocks, thread, threads;
};
} // namespace

int64_t KernelLowering::localBytes() const {
  int64_t bytes = 0;
  for (const ScratchPlace &place : scratch)
    bytes += llvm::alignTo(place.stackBytes, MIXC_ALIGNMENT);
  return bytes;
}

/// `name` with `_` for what is no letter and no digit.
static std::string assemblerName(StringRef name) {
  std::string result = name.str();
  for (char &c : result)
    if (!llvm::isAlnum(c))
      c = '_';
  return result;
}

void KernelLowering::createFunction() {
  SmallVector<Type> types;
  SmallVector<DictionaryAttr> attributes;
  NamedAttribute noAlias = builder.getNamedAttr("llvm.noalias", builder.getUnitAttr());
  NamedAttribute readOnly = builder.getNamedAttr("llvm.readonly", builder.getUnitAttr());
  auto addParameter = [&](Type type, ArrayRef<NamedAttribute> attribute = {}) {
    types.push_back(type);
    attributes.push_back(builder.getDictionaryAttr(attribute));
  };
  SmallVector<Type> integers;
  for (auto [k, argument] : llvm::enumerate(kernel.getArgs())) {
    auto view = dyn_cast<tile::ViewType>(argument.getType());
    if (!view) {
      integers.push_back(i64);
      continue;
    }
    if (kernel.getOutputs()[k])
      addParameter(pointer, {noAlias});
    else
      addParameter(pointer, {noAlias, readOnly});
    for (int64_t axis = 0; axis < view.getRank(); ++axis)
      addParameter(i64);
  }
  integers.append(kernel.getNumGrid(), i64);
  integers.push_back(i64); // points
  for (Type type : integers)
    addParameter(type);
  addParameter(pointer, {noAlias});
  addParameter(i64);

  // Without a place, until the module has made its name unique.
  OpBuilder detached(builder.getContext());
  function = mlir::gpu::GPUFuncOp::create(detached, loc, assemblerName(kernel.getSymName()),
                                          builder.getFunctionType(types, {}));
  function->setAttr(mlir::gpu::GPUDialect::getKernelFuncAttrName(), builder.getUnitAttr());
  function.setKnownBlockSize(ArrayRef<int32_t>{blockThreads, 1, 1});
  function.setAllArgAttrs(attributes);
  SymbolTable(module).insert(function);
  builder.setInsertionPointToStart(&function.getBody().front());
}

/// Views first, then integers: the kernel may have them in any order.
void KernelLowering::mapArguments() {
  auto next = function.getArguments().begin();
  for (BlockArgument argument : kernel.getArgs()) {
    auto view = dyn_cast<tile::ViewType>(argument.getType());
    if (!view)
      continue;
    Memory memory{view, *next++, {}};
    for (int64_t axis = 0; axis < view.getRank(); ++axis)
      memory.strides.push_back(*next++);
    if (view.getUnit())
      memory.strides.back() = nullptr;
    memories[argument] = memory;
  }
  for (BlockArgument argument : kernel.getArgs())
    if (argument.getType().isIndex())
      mapping.map(argument, toIndex(*next++));
  for (size_t k = 0; k < kernel.getNumGrid(); ++k)
    sizes.push_back(toIndex(*next++));

  auto x = mlir::gpu::Dimension::x;
  inBlock = mlir::gpu::ThreadIdOp::create(builder, loc, x);
  block = mlir::gpu::BlockIdOp::create(builder, loc, x);
  blocks = mlir::gpu::GridDimOp::create(builder, loc, x);
  thread = add(multiply(block, constant(blockThreads)), inBlock);
  threads = multiply(blocks, constant(blockThreads));
}

/// Scratch on the stack, or cut from this thread's piece, one behind the other.
LogicalResult KernelLowering::emitScratch() {
  Value piece;
  if (usesScratchMemory()) {
    Value bytes = function.getArguments().back(), memory = *(function.getArguments().end() - 2);
    Value offset = arith::MulIOp::create(
        builder, loc, arith::IndexCastOp::create(builder, loc, i64, thread), bytes);
    piece = LLVM::GEPOp::create(builder, loc, pointer, builder.getI8Type(), memory,
                                ArrayRef<LLVM::GEPArg>{offset});
  }
  for (ScratchPlace &place : scratch) {
    if (place.stackBytes) {
      scratchBases.push_back(allocateOnStack(builder, loc, place));
      continue;
    }
    FailureOr<SmallVector<Value>> extents = recompute(builder, place.op.getSizes(), mapping);
    if (failed(extents))
      return place.op.emitOpError("has a size that depends on the point");
    scratchBases.push_back(piece);
    Value bytes = denseBytes(builder, loc, place.op.getType(), *extents);
    piece = LLVM::GEPOp::create(builder, loc, pointer, builder.getI8Type(), piece,
                                ArrayRef<LLVM::GEPArg>{bytes});
  }
  return success();
}

/// Memory that the threads of a block share.
Value KernelLowering::emitShared() {
  OpBuilder atModule = OpBuilder::atBlockBegin(module.getBody());
  auto bytes = LLVM::LLVMArrayType::get(i64, reductionBytes / 8);
  auto global = LLVM::GlobalOp::create(
      atModule, loc, bytes, /*isConstant=*/false, LLVM::Linkage::Internal,
      (function.getName() + "_shared").str(), Attribute(), /*alignment=*/8, sharedSpace);
  SymbolTable(module).insert(global);
  OpBuilder b(module.getContext());
  b.setInsertionPointToStart(&function.getBody().front());
  return LLVM::AddressOfOp::create(b, loc, global);
}

/// Where a point is a block, all threads do all of it alike, but for the reductions that they
/// share; one of them stores.
void KernelLowering::distribute(ArrayRef<Operation *> body) {
  SmallVector<scf::ForOp> loops;
  SmallVector<tile::StoreOp> stores;
  for (Operation *top : body) {
    top->walk([&](scf::ForOp loop) {
      if (loop->hasAttr(blockLoopAttr))
        loops.push_back(loop);
    });
    top->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (op->hasAttr(blockLoopAttr))
        return WalkResult::skip();
      auto store = dyn_cast<tile::StoreOp>(op);
      if (store && isa<BlockArgument>(store.getView()))
        stores.push_back(store);
      return WalkResult::advance();
    });
  }
  Value shared = emitShared();
  for (scf::ForOp loop : loops)
    lowering::gpu::distribute(loop, inBlock, shared);
  for (tile::StoreOp store : stores) {
    OpBuilder b(store);
    Location at = store.getLoc();
    Value isFirst = arith::CmpIOp::create(b, at, arith::CmpIPredicate::eq, inBlock,
                                          arith::ConstantIndexOp::create(b, at, 0));
    auto guard = scf::IfOp::create(b, at, isFirst, /*withElseRegion=*/false);
    store->moveBefore(guard.thenBlock()->getTerminator());
  }
}

void KernelLowering::emitPoints() {
  Value points = toIndex(*(function.getArguments().end() - 3));
  SmallVector<Operation *> body;
  scf::ForOp::create(builder, loc, pointIsBlock ? block : thread, points,
                     pointIsBlock ? blocks : threads, ValueRange(),
                     [&](OpBuilder &inner, Location, Value point, ValueRange) {
                       SmallVector<Value> indices(kernel.getNumGrid());
                       for (size_t axis = kernel.getNumGrid(); axis-- > 0;) {
                         indices[axis] = point;
                         if (axis == 0)
                           break;
                         indices[axis] = arith::RemUIOp::create(inner, loc, point, sizes[axis]);
                         point = arith::DivUIOp::create(inner, loc, point, sizes[axis]);
                       }
                       mapping.map(kernel.getGrid(), indices);
                       for (Operation &op : kernel.getBody().front().without_terminator())
                         body.push_back(inner.clone(op, mapping));
                       scf::YieldOp::create(inner, loc);
                     });
  if (pointIsBlock)
    distribute(body);
  lowerBody(body, memories, scratchBases, module);
  function.walk([](arith::ArithFastMathInterface op) {
    op->setAttr(op.getFastMathAttrName(),
                arith::FastMathFlagsAttr::get(op->getContext(), arith::FastMathFlags::none));
  });
}

LogicalResult KernelLowering::emitFunction() {
  createFunction();
  mapArguments();
  if (failed(emitScratch()))
    return failure();
  emitPoints();
  mlir::gpu::ReturnOp::create(builder, loc);
  return success();
}

void KernelLowering::replaceByRecord() {
  KernelRecord record{function.getName(),
                      {},
                      {},
                      /*scalars=*/0,
                      blockThreads,
                      /*perPoint=*/pointIsBlock ? blockThreads : 1,
                      /*sharedBytes=*/pointIsBlock ? reductionBytes : 0};
  for (BlockArgument argument : kernel.getArgs()) {
    if (auto view = dyn_cast<tile::ViewType>(argument.getType())) {
      record.ranks.push_back(view.getRank());
      record.elementBytes.push_back(view.getElementBytes());
    } else {
      ++record.scalars;
    }
  }
  record.scalars += kernel.getNumGrid();
  std::string symbol = kernel.getSymName().str();
  kernel.erase();
  builder.setInsertionPoint(module);
  record.emit(builder, loc, symbol);
}

void KernelLowering::reduceScratch(ArrayRef<plan::LaunchOp> launches) {
  int64_t bytes = localBytes();
  if (bytes == 0)
    return;
  for (plan::LaunchOp launch : launches) {
    OpBuilder b(launch);
    Location at = launch.getLoc();
    Value rest = arith::ConstantIndexOp::create(b, at, usesScratchMemory() ? bytes : 0);
    if (usesScratchMemory())
      rest = arith::SubIOp::create(b, at, launch.getScratch(), rest);
    launch.getScratchMutable().assign(rest);
  }
}

namespace {
struct TileToGpu : lowering::gpu::impl::TileToGpuBase<TileToGpu> {
  void runOnOperation() override {
    ModuleOp top = getOperation();
    llvm::StringMap<SmallVector<plan::LaunchOp>> launches;
    top.walk([&](plan::LaunchOp launch) { launches[launch.getKernel()].push_back(launch); });
    OpBuilder builder = OpBuilder::atBlockEnd(top.getBody());
    auto module = mlir::gpu::GPUModuleOp::create(builder, top.getLoc(), "kernels");
    for (auto kernel : llvm::make_early_inc_range(top.getOps<tile::KernelOp>())) {
      if (tile::hasTiles(kernel)) {
        kernel.emitOpError("computes with larger tiles, which GPUs can't yet: give its values to "
                           "points of the grid, one each");
        return signalPassFailure();
      }
      KernelLowering lowering(kernel, module);
      if (failed(lowering.emitFunction()))
        return signalPassFailure();
      lowering.reduceScratch(launches[kernel.getSymName()]);
      lowering.replaceByRecord();
    }
  }
};
} // namespace
