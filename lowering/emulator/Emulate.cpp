//===- Emulate.cpp - kernels of a GPU as functions of the host ------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/emulator/Emulate.h"

#include "lowering/emulator/LeafBodies.h"
#include "lowering/emulator/Regions.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Interfaces/DataLayoutInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/TypeSwitch.h"

#include <algorithm>

using namespace mlir;
using namespace mixc::lowering::emulator;

/// The number of NVIDIA's and AMD's shared memory.
static constexpr unsigned sharedSpace = 3;

static bool isKernel(LLVM::LLVMFuncOp function) {
  return function->hasAttr(gpu::GPUDialect::getKernelFuncAttrName()) ||
         function->hasAttr("nvvm.kernel") || function->hasAttr("rocdl.kernel");
}

//===----------------------------------------------------------------------===//
// Which functions wait
//===----------------------------------------------------------------------===//

static DenseSet<Operation *> findWaiting(gpu::GPUModuleOp module) {
  DenseSet<Operation *> waiting;
  auto waits = [&](Operation *op) {
    if (auto call = dyn_cast<LLVM::CallOp>(op); call && call.getCallee())
      return waiting.contains(module.lookupSymbol(*call.getCallee()));
    const LeafBody *body = LeafBodies::get().find(op);
    return body && body->waits;
  };
  // Callers wait as well.
  size_t before;
  do {
    before = waiting.size();
    for (auto function : module.getOps<LLVM::LLVMFuncOp>())
      if (function
              .walk([&](Operation *op) {
                return waits(op) ? WalkResult::interrupt() : WalkResult::advance();
              })
              .wasInterrupted())
        waiting.insert(function);
  } while (waiting.size() != before);
  return waiting;
}

//===----------------------------------------------------------------------===//
// One module
//===----------------------------------------------------------------------===//

namespace {
class ModuleEmulation {
public:
  ModuleEmulation(ModuleOp host, gpu::GPUModuleOp gpu, Emulation &result)
      : host(host), gpu(gpu), result(result), runtime(host), layout(host),
        pointer(LLVM::LLVMPointerType::get(host.getContext())) {}

  LogicalResult run();

private:
  void takeShared();
  void declareFunction(LLVM::LLVMFuncOp function);
  LogicalResult emulateFunction(LLVM::LLVMFuncOp function);

  ModuleOp host;
  gpu::GPUModuleOp gpu;
  Emulation &result;
  Runtime runtime;
  DataLayout layout;
  Type pointer;
  /// By the name of the shared variable: its number.
  llvm::StringMap<uint32_t> variables;
  /// What functions of the GPU become.
  DenseMap<Operation *, LLVM::LLVMFuncOp> functions;

  friend class FunctionEmulation;
};

class FunctionEmulation {
public:
  FunctionEmulation(ModuleEmulation &module, LLVM::LLVMFuncOp from, LLVM::LLVMFuncOp to)
      : module(module), from(from), to(to), builder(to.getContext()), regions(to, module.pointer) {}

  LogicalResult run();

private:
  void takeParameters();
  void takeArguments();
  void unifySpaces();
  LogicalResult lower(Operation *op);
  LogicalResult lowerLeaf(Operation *op);
  LogicalResult lowerCall(LLVM::CallOp call);
  LogicalResult lowerAddress(LLVM::AddressOfOp address);
  void lowerAlloca(LLVM::AllocaOp alloca);
  /// Announces an access of `bytes` bytes.
  void announce(StringRef kind, Operation *op, Value address, Value bytes);
  void announce(StringRef kind, Operation *op, Value address, Type type);

  BodyBuilder at(Operation *op) {
    builder.setInsertionPoint(op);
    return BodyBuilder(builder, op->getLoc(), module.runtime, thread, &to.getBody().front(),
                       siteOf(op));
  }
  /// The number of the op's place: one for all ops of one place, but for those that wait.
  uint32_t siteOf(Operation *op);
  void replace(Operation *op, ValueRange results) {
    op->replaceAllUsesWith(results);
    replaced.push_back(op);
  }
  /// Replaces `op` by a pointer to what the runtime gave as `region`.
  void replaceByRegion(Operation *op, Value region);

  ModuleEmulation &module;
  LLVM::LLVMFuncOp from, to;
  OpBuilder builder;
  Value thread;
  Regions regions;
  /// Stays until the end, since `regions` knows values by their ops.
  SmallVector<Operation *> replaced;
};
} // namespace

void ModuleEmulation::takeShared() {
  for (auto global : gpu.getOps<LLVM::GlobalOp>()) {
    if (global.getAddrSpace() != sharedSpace)
      continue;
    variables[global.getSymName()] = result.shared.size();
    result.shared.push_back(
        {global.getSymName().str(), layout.getTypeSize(global.getGlobalType())});
  }
}

void ModuleEmulation::declareFunction(LLVM::LLVMFuncOp function) {
  bool kernel = isKernel(function);
  SmallVector<Type> types = {pointer};
  if (kernel) {
    types.push_back(pointer);
  } else {
    // Regions follow, in the order of their pointers.
    size_t pointers = 0;
    for (Type type : function.getArgumentTypes()) {
      bool isPointer = isa<LLVM::LLVMPointerType>(type);
      types.push_back(isPointer ? pointer : type);
      pointers += isPointer;
    }
    types.append(pointers, pointer);
  }
  Type returned = function.getFunctionType().getReturnType();
  if (isa<LLVM::LLVMPointerType>(returned))
    returned = pointer;
  OpBuilder builder = OpBuilder::atBlockEnd(host.getBody());
  functions[function] =
      LLVM::LLVMFuncOp::create(builder, function.getLoc(), (function.getName() + ".emulated").str(),
                               LLVM::LLVMFunctionType::get(returned, types),
                               kernel ? LLVM::Linkage::External : LLVM::Linkage::Internal);
}

LogicalResult ModuleEmulation::run() {
  takeShared();
  DenseSet<Operation *> waiting = findWaiting(gpu);
  for (auto function : gpu.getOps<LLVM::LLVMFuncOp>()) {
    if (function.isExternal())
      continue;
    declareFunction(function);
    if (isKernel(function))
      result.kernels[function.getName().str()] = {functions[function].getName().str(),
                                                  waiting.contains(function)};
  }
  for (auto function : gpu.getOps<LLVM::LLVMFuncOp>())
    if (!function.isExternal() &&
        failed(FunctionEmulation(*this, function, functions[function]).run()))
      return failure();
  gpu.erase();
  return success();
}

//===----------------------------------------------------------------------===//
// One function
//===----------------------------------------------------------------------===//

uint32_t FunctionEmulation::siteOf(Operation *op) {
  std::vector<Location> &sites = module.result.sites;
  const LeafBody *body = LeafBodies::get().find(op);
  bool waits = body && body->waits;
  if (waits || sites.empty() || sites.back() != op->getLoc())
    sites.push_back(op->getLoc());
  return sites.size() - 1;
}

/// The arguments of a kernel lie in memory.
void FunctionEmulation::takeParameters() {
  Block &entry = to.getBody().front();
  unsigned count = entry.getNumArguments();
  thread = entry.addArgument(module.pointer, to.getLoc());
  Value parameters = entry.addArgument(module.pointer, to.getLoc());
  builder.setInsertionPointToStart(&entry);
  for (unsigned k = 0; k < count; ++k) {
    BlockArgument argument = entry.getArgument(k);
    bool isPointer = isa<LLVM::LLVMPointerType>(argument.getType());
    Value address = LLVM::GEPOp::create(builder, to.getLoc(), module.pointer, builder.getI64Type(),
                                        parameters, ArrayRef<LLVM::GEPArg>{static_cast<int>(k)});
    Value value = LLVM::LoadOp::create(builder, to.getLoc(),
                                       isPointer ? module.pointer : argument.getType(), address);
    argument.replaceAllUsesWith(value);
    if (isPointer) {
      BodyBuilder body(builder, to.getLoc(), module.runtime, thread, &entry, 0);
      regions.set(value, body.call("mixc_emu_parameter", body.constant(builder.getI32Type(), k),
                                   module.pointer));
    }
  }
  entry.eraseArguments(0, count);
}

void FunctionEmulation::takeArguments() {
  Block &entry = to.getBody().front();
  unsigned count = entry.getNumArguments();
  thread = entry.insertArgument(0u, module.pointer, to.getLoc());
  for (unsigned k = 1; k <= count; ++k)
    if (BlockArgument argument = entry.getArgument(k);
        isa<LLVM::LLVMPointerType>(argument.getType()))
      regions.set(argument, entry.addArgument(module.pointer, to.getLoc()));
}

/// Gives all pointers the host's address space.
void FunctionEmulation::unifySpaces() {
  auto unify = [&](Value value) {
    if (isa<LLVM::LLVMPointerType>(value.getType()))
      value.setType(module.pointer);
  };
  to.walk([&](Block *block) { llvm::for_each(block->getArguments(), unify); });
  to.walk([&](Operation *op) { llvm::for_each(op->getResults(), unify); });
}

LogicalResult FunctionEmulation::run() {
  to.getBody().takeBody(from.getBody());
  unifySpaces();
  SmallVector<Operation *> ops;
  for (Block &block : to.getBody())
    for (Operation &op : block)
      ops.push_back(&op);
  if (isKernel(from))
    takeParameters();
  else
    takeArguments();
  // Sources of regions first.
  auto isSource = [](Operation *op) { return isa<LLVM::AllocaOp, LLVM::AddressOfOp>(op); };
  std::stable_partition(ops.begin(), ops.end(), isSource);
  for (Operation *op : ops)
    if (failed(lower(op)))
      return failure();
  for (Operation *op : replaced)
    op->erase();
  return success();
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

void FunctionEmulation::announce(StringRef kind, Operation *op, Value address, Value bytes) {
  Value region = regions.get(address);
  BodyBuilder body = at(op);
  body.call(kind, {region, address, bytes, body.siteNumber()});
}

void FunctionEmulation::announce(StringRef kind, Operation *op, Value address, Type type) {
  builder.setInsertionPoint(op);
  Value bytes = LLVM::ConstantOp::create(builder, op->getLoc(), builder.getI64Type(),
                                         module.layout.getTypeSize(type).getFixedValue());
  announce(kind, op, address, bytes);
}

void FunctionEmulation::replaceByRegion(Operation *op, Value region) {
  // A region begins with its address.
  Value address = LLVM::LoadOp::create(builder, op->getLoc(), module.pointer, region);
  regions.set(address, region);
  replace(op, address);
}

void FunctionEmulation::lowerAlloca(LLVM::AllocaOp alloca) {
  BodyBuilder body = at(alloca);
  Value count = alloca.getArraySize();
  if (count.getType() != builder.getI64Type())
    count = LLVM::ZExtOp::create(builder, alloca.getLoc(), builder.getI64Type(), count);
  Value bytes = LLVM::MulOp::create(builder, alloca.getLoc(), count,
                                    body.constant(module.layout.getTypeSize(alloca.getElemType())));
  replaceByRegion(alloca, body.call("mixc_emu_alloca", bytes, module.pointer));
}

LogicalResult FunctionEmulation::lowerAddress(LLVM::AddressOfOp address) {
  auto variable = module.variables.find(address.getGlobalName());
  if (variable == module.variables.end())
    return address.emitOpError("of `")
           << address.getGlobalName()
           << "`, which is not a variable in shared memory, has no body "
              "in the emulator";
  BodyBuilder body = at(address);
  Value number = body.constant(builder.getI32Type(), variable->second);
  replaceByRegion(address, body.call("mixc_emu_shared", number, module.pointer));
  return success();
}

LogicalResult FunctionEmulation::lowerCall(LLVM::CallOp call) {
  Operation *callee = call.getCallee() ? module.gpu.lookupSymbol(*call.getCallee()) : nullptr;
  LLVM::LLVMFuncOp function = module.functions.lookup(callee);
  if (!function || isKernel(cast<LLVM::LLVMFuncOp>(callee)))
    return call.emitOpError("of ")
           << (call.getCallee() ? "`" + *call.getCallee() + "`" : std::string("a pointer"))
           << " has no body in the emulator";
  SmallVector<Value> operands = {thread};
  llvm::append_range(operands, call.getArgOperands());
  for (Value operand : call.getArgOperands())
    if (isa<LLVM::LLVMPointerType>(operand.getType()))
      operands.push_back(regions.get(operand));
  builder.setInsertionPoint(call);
  auto emulated = LLVM::CallOp::create(builder, call.getLoc(), function, operands);
  replace(call, emulated->getResults());
  return success();
}

LogicalResult FunctionEmulation::lowerLeaf(Operation *op) {
  const LeafBody *leaf = LeafBodies::get().find(op);
  if (!leaf)
    return op->emitOpError("has no body in the emulator");
  BodyBuilder body = at(op);
  FailureOr<Results> results = leaf->build(op, body);
  if (failed(results))
    return failure();
  replace(op, *results);
  return success();
}

LogicalResult FunctionEmulation::lower(Operation *op) {
  if (!isa<LLVM::LLVMDialect>(op->getDialect()))
    return lowerLeaf(op);
  if (auto flags = dyn_cast<LLVM::FastmathFlagsInterface>(op))
    op->setAttr(flags.getFastmathAttrName(),
                LLVM::FastmathFlagsAttr::get(op->getContext(), LLVM::FastmathFlags::none));
  // What they promise is what the emulator checks.
  if (auto access = dyn_cast<LLVM::AliasAnalysisOpInterface>(op)) {
    access.setAliasScopes(nullptr);
    access.setNoAliasScopes(nullptr);
    access.setTBAATags(nullptr);
  }
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](LLVM::LoadOp load) {
        announce("mixc_emu_read", load, load.getAddr(), load.getType());
        return success();
      })
      .Case([&](LLVM::StoreOp store) {
        announce("mixc_emu_write", store, store.getAddr(), store.getValue().getType());
        return success();
      })
      .Case<LLVM::AtomicRMWOp, LLVM::AtomicCmpXchgOp>([&](auto atomic) {
        announce("mixc_emu_atomic", atomic, atomic.getPtr(), atomic.getVal().getType());
        // The scopes of GPUs; the emulator's threads take turns.
        atomic.setSyncscope(std::nullopt);
        return success();
      })
      .Case<LLVM::MemcpyOp, LLVM::MemmoveOp>([&](auto copy) {
        announce("mixc_emu_read", copy, copy.getSrc(), copy.getLen());
        announce("mixc_emu_write", copy, copy.getDst(), copy.getLen());
        return success();
      })
      .Case([&](LLVM::MemsetOp fill) {
        announce("mixc_emu_write", fill, fill.getDst(), fill.getLen());
        return success();
      })
      .Case([&](LLVM::AllocaOp alloca) {
        lowerAlloca(alloca);
        return success();
      })
      .Case([&](LLVM::AddressOfOp address) { return lowerAddress(address); })
      .Case([&](LLVM::CallOp call) { return lowerCall(call); })
      .Case([&](LLVM::AddrSpaceCastOp cast) {
        replace(cast, cast.getArg());
        return success();
      })
      .Case<LLVM::FenceOp, LLVM::LifetimeStartOp, LLVM::LifetimeEndOp, LLVM::AssumeOp>(
          [&](auto op) {
            replace(op, {});
            return success();
          })
      .Default([](Operation *op) -> LogicalResult {
        // Accesses to memory that nobody announces would be nobody's fault.
        bool isInvoke = isa<LLVM::InvokeOp>(op);
        if (!isInvoke && (op->hasTrait<OpTrait::IsTerminator>() || isMemoryEffectFree(op)))
          return success();
        return op->emitOpError("has no body in the emulator");
      });
}

FailureOr<Emulation> mixc::lowering::emulator::emulate(ModuleOp module) {
  Emulation result;
  for (auto gpu : llvm::make_early_inc_range(module.getOps<gpu::GPUModuleOp>()))
    if (failed(ModuleEmulation(module, gpu, result).run()))
      return failure();
  return result;
}
