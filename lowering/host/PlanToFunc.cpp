//===- PlanToFunc.cpp - host functions over pointers ----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/host/Descriptor.h"
#include "lowering/host/Passes.h"
#include "lowering/scalar/Access.h"
#include "lowering/scalar/Elements.h"
#include "lowering/scalar/Recompute.h"
#include "runtime/kernel.h"

#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Transforms/DialectConversion.h"

namespace mixc::lowering::host {
#define GEN_PASS_DEF_PLANTOFUNC
#include "lowering/host/Passes.h.inc"
} // namespace mixc::lowering::host

using namespace mlir;
using namespace mixc;
using namespace mixc::lowering;
using namespace mixc::lowering::host;

namespace {
/// The fields of mixc_host.
enum HostFunction { LaunchFunction, StageFunction, ReadFunction };

class PlanLowering {
public:
  explicit PlanLowering(plan::FuncOp plan)
      : plan(plan), context(plan.getContext()), loc(plan.getLoc()), builder(plan),
        pointer(LLVM::LLVMPointerType::get(context)), i64(builder.getI64Type()) {}

  LogicalResult run();

private:
  FailureOr<SmallVector<Value>> emitSlots(IRMapping &known);
  LogicalResult emitWorkspace();
  LogicalResult emitFunction();
  void lower(Operation *op);
  void lowerCheck(plan::CheckOp check);
  void lowerLaunch(plan::LaunchOp launch);
  Value kernelAddress(plan::LaunchOp launch);
  Value lowerDefault(plan::DefaultOp op);
  Value lowerStride(plan::StrideOp op);
  Value lowerBuffer(plan::BufferOp buffer);
  Value lowerLoad(tile::LoadOp load);
  void replaceViewTypes();

  /// A view as the address of its descriptor, and back. Views keep their type until all that asks
  /// for it is lowered; then both casts go.
  Value asPointer(Value view) { return cast(pointer, view); }
  Value asView(Value address, Type type) { return cast(type, address); }
  Value cast(Type type, Value value) {
    return UnrealizedConversionCastOp::create(builder, loc, type, value).getResult(0);
  }

  Value constant(int64_t value) { return constant(i64, value); }
  Value constant(Type type, int64_t value) {
    return arith::ConstantIntOp::create(builder, loc, type, value);
  }
  /// Memory on the stack for `count` elements of `type`, for the whole call.
  Value stack(Type type, int64_t count);
  /// Fills an array on the stack.
  Value stackArray(ArrayRef<Value> integers);
  Value toInteger(Value index) { return arith::IndexCastOp::create(builder, loc, i64, index); }
  /// Ends the block before `op`: where `condition` holds goes on with `op`, else leaves the
  /// function.
  void leaveUnless(Value condition, Value code, Operation *op);
  /// A function of the host; null where it has none.
  Value hostFunction(HostFunction function);
  Value callHost(Value function, Type result, ArrayRef<Value> operands);
  Value isNull(Value address);
  /// Ends the block before `op`, which goes on with `address`; where `condition` holds, with what
  /// the block that `emit` fills hands to its argument, the block of `op`.
  Value addressUnless(Value condition, Value address, Operation *op,
                      llvm::function_ref<void(Block *)> emit);

  plan::FuncOp plan;
  MLIRContext *context;
  Location loc;
  OpBuilder builder;
  Type pointer, i64;

  func::FuncOp function;
  /// The block that returns its argument.
  Block *exit = nullptr;
  Value workspace, host;
  /// Where each slot starts in the workspace, then where the last one ends.
  SmallVector<Value> slots;
  int32_t checks = 0;
};
} // namespace

//===----------------------------------------------------------------------===//
// Workspace
//===----------------------------------------------------------------------===//

FailureOr<SmallVector<Value>> PlanLowering::emitSlots(IRMapping &known) {
  SmallVector<Value> sizes;
  for (auto buffer : plan.getBody().getOps<plan::BufferOp>()) {
    if (!buffer.getSlot())
      return buffer.emitOpError("has no slot: `plan-layout` has not run");
    FailureOr<SmallVector<Value>> extents = recompute(builder, buffer.getSizes(), known);
    if (failed(extents))
      return buffer.emitOpError("has a size that depends on more than the extents");
    size_t slot = *buffer.getSlot();
    sizes.resize(std::max(sizes.size(), slot + 1));
    Value bytes = denseBytes(builder, loc, buffer.getType(), *extents);
    sizes[slot] =
        sizes[slot] ? arith::MaxSIOp::create(builder, loc, sizes[slot], bytes).getResult() : bytes;
  }
  SmallVector<Value> starts = {constant(0)};
  for (Value size : sizes)
    starts.push_back(arith::AddIOp::create(builder, loc, starts.back(), size ? size : constant(0)));
  return starts;
}

LogicalResult PlanLowering::emitWorkspace() {
  builder.setInsertionPoint(plan);
  auto name = (plan.getSymName() + "_workspace").str();
  auto sizes = func::FuncOp::create(builder, loc, name, builder.getFunctionType({pointer}, {i64}));
  builder.setInsertionPointToStart(sizes.addEntryBlock());
  IRMapping known;
  for (auto [k, extent] : llvm::enumerate(plan.getExtents()))
    known.map(extent, loadIndex(builder, loc, sizes.getArgument(0), k));
  FailureOr<SmallVector<Value>> starts = emitSlots(known);
  if (failed(starts))
    return failure();
  func::ReturnOp::create(builder, loc, starts->back());
  return success();
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

Value PlanLowering::stack(Type type, int64_t count) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&function.getBody().front());
  return LLVM::AllocaOp::create(builder, loc, pointer, type, constant(count), /*alignment=*/16);
}

Value PlanLowering::stackArray(ArrayRef<Value> integers) {
  Value array = stack(i64, integers.size());
  for (auto [k, value] : llvm::enumerate(integers))
    LLVM::StoreOp::create(builder, loc, value, elementAddress(builder, loc, i64, array, k),
                          /*alignment=*/8);
  return array;
}

void PlanLowering::leaveUnless(Value condition, Value code, Operation *op) {
  Block *block = op->getBlock();
  Block *rest = block->splitBlock(op);
  builder.setInsertionPointToEnd(block);
  cf::CondBranchOp::create(builder, loc, condition, rest, ValueRange(), exit, code);
  builder.setInsertionPoint(op);
}

Value PlanLowering::hostFunction(HostFunction function) {
  Value field = elementAddress(builder, loc, pointer, host, static_cast<int32_t>(function));
  return LLVM::LoadOp::create(builder, loc, pointer, field, /*alignment=*/8);
}

Value PlanLowering::callHost(Value function, Type result, ArrayRef<Value> operands) {
  SmallVector<Value> all = {function, host};
  llvm::append_range(all, operands);
  auto type =
      LLVM::LLVMFunctionType::get(result, llvm::to_vector(ValueRange(all).drop_front().getTypes()));
  return LLVM::CallOp::create(builder, loc, type, all).getResult();
}

Value PlanLowering::isNull(Value address) {
  return LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::eq, address,
                              LLVM::ZeroOp::create(builder, loc, pointer));
}

Value PlanLowering::addressUnless(Value condition, Value address, Operation *op,
                                  llvm::function_ref<void(Block *)> emit) {
  Block *block = op->getBlock();
  Block *other = block->splitBlock(op), *rest = other->splitBlock(op);
  Value result = rest->addArgument(pointer, loc);
  builder.setInsertionPointToEnd(block);
  cf::CondBranchOp::create(builder, loc, condition, other, ValueRange(), rest, address);
  builder.setInsertionPointToEnd(other);
  emit(rest);
  builder.setInsertionPoint(op);
  return result;
}

void PlanLowering::lowerCheck(plan::CheckOp check) {
  leaveUnless(check.getCondition(), constant(builder.getI32Type(), ++checks), check);
}

Value PlanLowering::lowerDefault(plan::DefaultOp op) {
  tile::ViewType type = op.getType();
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  SmallVector<Value> origin(type.getRank(), zero);
  SmallVector<Value> strides(type.getRank(), constant(0));
  // One element, at the indices 0, ..., 0.
  Value element = stack(builder.getI8Type(), type.getElementBytes());
  Memory{type, element, strides}.store(builder, loc, op.getValue(), origin);

  // Where kernels have a memory of their own, it is needed there.
  Value isMissing = isNull(loadField(builder, loc, asPointer(op.getView()), DataField));
  Value stage = hostFunction(StageFunction);
  Value no = constant(builder.getI1Type(), 0);
  Value isElsewhere = arith::SelectOp::create(builder, loc, isNull(stage), no, isMissing);
  Value data = addressUnless(isElsewhere, element, op, [&](Block *rest) {
    Value copy = callHost(stage, pointer, {element, constant(type.getElementBytes())});
    Value outOfMemory = constant(builder.getI32Type(), MIXC_OUT_OF_MEMORY);
    cf::CondBranchOp::create(builder, loc, isNull(copy), exit, outOfMemory, rest, copy);
  });

  Value descriptor = stack(descriptorType(context), 1);
  storeField(builder, loc, data, descriptor, DataField);
  storeField(builder, loc, LLVM::ZeroOp::create(builder, loc, pointer), descriptor, ExtentsField);
  storeField(builder, loc, stackArray(strides), descriptor, StridesField);
  return arith::SelectOp::create(builder, loc, isMissing, asView(descriptor, type), op.getView());
}

/// An element, fetched first where kernels have a memory of their own.
Value PlanLowering::lowerLoad(tile::LoadOp load) {
  tile::ViewType type = load.getView().getType();
  Memory memory = loadMemory(builder, loc, asPointer(load.getView()), type);
  Value address = memory.address(builder, loc, load.getIndices());
  Value read = hostFunction(ReadFunction);
  Value isElsewhere = LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::ne, read,
                                           LLVM::ZeroOp::create(builder, loc, pointer));
  Value element = addressUnless(isElsewhere, address, load, [&](Block *rest) {
    Value copy = stack(builder.getI8Type(), type.getElementBytes());
    Value code =
        callHost(read, builder.getI32Type(), {copy, address, constant(type.getElementBytes())});
    Value done = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, code,
                                       constant(builder.getI32Type(), 0));
    cf::CondBranchOp::create(builder, loc, done, rest, copy, exit, code);
  });
  return Memory{type, element, {}}.load(builder, loc, {});
}

Value PlanLowering::lowerStride(plan::StrideOp op) {
  Value strides = loadField(builder, loc, asPointer(op.getView()), StridesField);
  return loadIndex(builder, loc, strides, static_cast<int32_t>(op.getAxis()));
}

Value PlanLowering::lowerBuffer(plan::BufferOp buffer) {
  Value descriptor = stack(descriptorType(context), 1);
  Value data = LLVM::GEPOp::create(builder, loc, pointer, builder.getI8Type(), workspace,
                                   ArrayRef<LLVM::GEPArg>{slots[*buffer.getSlot()]});
  SmallVector<Value> extents =
      llvm::map_to_vector(buffer.getSizes(), [&](Value size) { return toInteger(size); });
  SmallVector<Value> strides = denseStrides(builder, loc, buffer.getSizes());
  if (!strides.empty())
    strides.back() = constant(1);
  storeField(builder, loc, data, descriptor, DataField);
  storeField(builder, loc, stackArray(extents), descriptor, ExtentsField);
  storeField(builder, loc, stackArray(strides), descriptor, StridesField);
  return asView(descriptor, buffer.getType());
}

/// The function that the kernel became, or the constant that says where it is.
Value PlanLowering::kernelAddress(plan::LaunchOp launch) {
  FlatSymbolRefAttr name = launch.getKernelAttr();
  if (isa<LLVM::GlobalOp>(SymbolTable::lookupNearestSymbolFrom(function, name)))
    return LLVM::AddressOfOp::create(builder, loc, pointer, name);
  auto type = builder.getFunctionType({pointer, pointer, i64, i64, pointer}, {});
  return cast(pointer, func::ConstantOp::create(builder, loc, type, name));
}

void PlanLowering::lowerLaunch(plan::LaunchOp launch) {
  // The number of points: 0 where a size is not positive.
  Value points = constant(1);
  SmallVector<Value> scalars, views, sizes;
  for (Value size : launch.getGrid()) {
    sizes.push_back(toInteger(size));
    Value count = arith::MaxSIOp::create(builder, loc, sizes.back(), constant(0));
    points = arith::MulIOp::create(builder, loc, points, count);
  }
  for (Value argument : launch.getArgs()) {
    if (argument.getType().isIndex())
      scalars.push_back(toInteger(argument));
    else
      views.push_back(argument);
  }
  llvm::append_range(scalars, sizes);

  // block: any points? -> call: the host's launch -> rest
  Block *block = launch->getBlock();
  Block *call = block->splitBlock(launch), *rest = call->splitBlock(launch);
  builder.setInsertionPointToEnd(block);
  Value any = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sgt, points, constant(0));
  cf::CondBranchOp::create(builder, loc, any, call, ValueRange(), rest, ValueRange());

  builder.setInsertionPointToEnd(call);
  Type descriptor = descriptorType(context);
  Value array = stack(descriptor, views.size());
  for (auto [k, view] : llvm::enumerate(views)) {
    Value copy = LLVM::LoadOp::create(builder, loc, descriptor, asPointer(view), /*alignment=*/8);
    LLVM::StoreOp::create(builder, loc, copy, elementAddress(builder, loc, descriptor, array, k),
                          /*alignment=*/8);
  }
  Value code = callHost(
      hostFunction(LaunchFunction), builder.getI32Type(),
      {kernelAddress(launch), array, stackArray(scalars), points, toInteger(launch.getScratch())});
  Value done = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, code,
                                     constant(builder.getI32Type(), 0));
  cf::CondBranchOp::create(builder, loc, done, rest, ValueRange(), exit, code);
}

void PlanLowering::lower(Operation *op) {
  loc = op->getLoc();
  builder.setInsertionPoint(op);
  TypeSwitch<Operation *>(op)
      .Case([&](plan::CheckOp check) { lowerCheck(check); })
      .Case([&](plan::DefaultOp view) { view.replaceAllUsesWith(lowerDefault(view)); })
      .Case([&](plan::StrideOp stride) { stride.replaceAllUsesWith(lowerStride(stride)); })
      .Case([&](plan::BufferOp buffer) { buffer.replaceAllUsesWith(lowerBuffer(buffer)); })
      .Case([&](plan::LaunchOp launch) { lowerLaunch(launch); })
      .Case([&](tile::LoadOp load) { load.replaceAllUsesWith(lowerLoad(load)); })
      .Case([&](tile::RoundOp round) {
        round.replaceAllUsesWith(roundTo(builder, loc, round.getValue(), round.getElement()));
      })
      .Case([&](plan::ReturnOp) {
        cf::BranchOp::create(builder, loc, exit, constant(builder.getI32Type(), 0));
      });
}

//===----------------------------------------------------------------------===//
// The function
//===----------------------------------------------------------------------===//

/// Makes every view the address of its descriptor.
void PlanLowering::replaceViewTypes() {
  function.walk([&](Block *block) {
    for (BlockArgument argument : block->getArguments())
      if (isa<tile::ViewType>(argument.getType()))
        argument.setType(pointer);
  });
  function.walk([&](Operation *op) {
    for (OpResult result : op->getResults())
      if (isa<tile::ViewType>(result.getType()))
        result.setType(pointer);
    if (auto cast = dyn_cast<UnrealizedConversionCastOp>(op);
        cast && cast.getOperand(0).getType() == cast.getResult(0).getType()) {
      cast.getResult(0).replaceAllUsesWith(cast.getOperand(0));
      cast.erase();
    }
  });
}

LogicalResult PlanLowering::emitFunction() {
  builder.setInsertionPoint(plan);
  function = func::FuncOp::create(
      builder, loc, plan.getSymName(),
      builder.getFunctionType({pointer, pointer, pointer, pointer}, {builder.getI32Type()}));
  Block *entry = function.addEntryBlock();
  Value views = function.getArgument(0), extents = function.getArgument(1);
  workspace = function.getArgument(2);
  host = function.getArgument(3);

  builder.setInsertionPointToStart(entry);
  IRMapping known;
  for (auto [k, extent] : llvm::enumerate(plan.getExtents()))
    known.map(extent, loadIndex(builder, loc, extents, k));
  FailureOr<SmallVector<Value>> starts = emitSlots(known);
  if (failed(starts))
    return failure();
  slots = *starts;

  // The plan's one block behind what was just emitted; its arguments become values of the entry.
  Block *body = &plan.getBody().front();
  SmallVector<Value> arguments;
  for (auto [k, extent] : llvm::enumerate(plan.getExtents()))
    arguments.push_back(known.lookup(extent));
  for (auto [k, view] : llvm::enumerate(plan.getViews())) {
    Value descriptor = elementAddress(builder, loc, descriptorType(context), views, k);
    arguments.push_back(asView(descriptor, view.getType()));
  }
  for (auto [argument, value] : llvm::zip_equal(body->getArguments(), arguments))
    argument.replaceAllUsesWith(value);
  entry->getOperations().splice(entry->end(), body->getOperations());
  exit =
      builder.createBlock(&function.getBody(), function.getBody().end(), builder.getI32Type(), loc);
  func::ReturnOp::create(builder, loc, exit->getArgument(0));

  RewritePatternSet patterns(context);
  populateSCFToControlFlowConversionPatterns(patterns);
  ConversionTarget target(*context);
  target.addIllegalDialect<scf::SCFDialect>();
  target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
  if (failed(applyPartialConversion(function, target, std::move(patterns))))
    return failure();

  SmallVector<Operation *> lowered;
  function.walk([&](Operation *op) {
    if (isa<plan::PlanDialect, tile::TileDialect>(op->getDialect()))
      lowered.push_back(op);
  });
  for (Operation *op : lowered)
    lower(op);
  for (Operation *op : llvm::reverse(lowered))
    op->erase();

  replaceViewTypes();
  return success();
}

LogicalResult PlanLowering::run() {
  if (failed(emitWorkspace()) || failed(emitFunction()))
    return failure();
  plan.erase();
  return success();
}

namespace {
struct PlanToFunc : lowering::host::impl::PlanToFuncBase<PlanToFunc> {
  void runOnOperation() override {
    for (auto plan : llvm::make_early_inc_range(getOperation().getOps<plan::FuncOp>()))
      if (failed(PlanLowering(plan).run()))
        return signalPassFailure();
  }
};
} // namespace
