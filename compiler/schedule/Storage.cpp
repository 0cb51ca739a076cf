//===- Storage.cpp - tensors that lie in memory by a table ----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

namespace mixc::schedule {
#define GEN_PASS_DEF_SCHEDULESTORAGE
#include "compiler/schedule/Passes.h.inc"
} // namespace mixc::schedule

namespace {

/// A stored tensor, as a function or a kernel sees it.
struct Stored {
  Attribute form;
  bool isOutput;
  Value view;
  /// The offsets or the page table.
  Value table;
  /// The length of the packed axis, or the number of pages.
  Value bound;
};

/// Where an element lies: whether it lies anywhere, and its indices in the memory if so.
struct Element {
  Value exists;
  SmallVector<Value> indices;
};

class Rewriter {
public:
  explicit Rewriter(const Stored &stored) : stored(stored), builder(stored.view.getContext()) {}

  /// Sends all accesses of the view through its table. Uses by launches stay.
  LogicalResult run();

private:
  Value constant(int64_t value) { return arith::ConstantIndexOp::create(builder, loc, value); }
  Value entry(ValueRange indices) {
    return tile::LoadOp::create(builder, loc, builder.getIndexType(), stored.table, indices);
  }
  Value compare(arith::CmpIPredicate predicate, Value left, Value right) {
    return arith::CmpIOp::create(builder, loc, predicate, left, right);
  }
  Element find(plan::PackedAttr form, ValueRange indices);
  Element find(plan::PagedAttr form, ValueRange indices);
  Element find(ValueRange indices) {
    if (auto packed = dyn_cast<plan::PackedAttr>(stored.form))
      return find(packed, indices);
    return find(cast<plan::PagedAttr>(stored.form), indices);
  }
  Value zero(Type type);
  void rewrite(tile::LoadOp load);
  void rewrite(tile::StoreOp store);

  const Stored &stored;
  OpBuilder builder;
  Location loc = UnknownLoc::get(builder.getContext());
};

} // namespace

Element Rewriter::find(plan::PackedAttr form, ValueRange indices) {
  Element element{{}, llvm::to_vector(indices)};
  Value &sequence = element.indices.front(), &place = element.indices[form.getAxis()];
  Value begin = entry(sequence);
  Value next = arith::AddIOp::create(builder, loc, sequence, constant(1));
  Value length = arith::SubIOp::create(builder, loc, entry(next), begin);
  Value isInside = compare(arith::CmpIPredicate::slt, place, length);
  place = arith::AddIOp::create(builder, loc, begin, place);
  // Negative places are large ones here.
  Value isThere = compare(arith::CmpIPredicate::ult, place, stored.bound);
  element.exists = arith::AndIOp::create(builder, loc, isInside, isThere);
  sequence = constant(0);
  return element;
}

Element Rewriter::find(plan::PagedAttr form, ValueRange indices) {
  Element element{{}, llvm::to_vector(indices)};
  Value &sequence = element.indices.front(), &place = element.indices[form.getAxis()];
  Value block = constant(form.getBlock());
  Value which = arith::DivUIOp::create(builder, loc, place, block);
  place = arith::RemUIOp::create(builder, loc, place, block);
  sequence = entry({sequence, which});
  element.exists = compare(arith::CmpIPredicate::ult, sequence, stored.bound);
  return element;
}

Value Rewriter::zero(Type type) {
  if (auto complex = dyn_cast<ComplexType>(type)) {
    Attribute part = builder.getZeroAttr(complex.getElementType());
    return complex::ConstantOp::create(builder, loc, type, builder.getArrayAttr({part, part}));
  }
  return arith::ConstantOp::create(builder, loc, type, cast<TypedAttr>(builder.getZeroAttr(type)));
}

void Rewriter::rewrite(tile::LoadOp load) {
  Element element = find(load.getIndices());
  auto choice = scf::IfOp::create(
      builder, loc, element.exists,
      [&](OpBuilder &inside, Location) {
        Value value =
            tile::LoadOp::create(inside, loc, load.getType(), stored.view, element.indices);
        scf::YieldOp::create(inside, loc, value);
      },
      [&](OpBuilder &inside, Location) {
        OpBuilder::InsertionGuard guard(builder);
        builder.setInsertionPoint(inside.getInsertionBlock(), inside.getInsertionPoint());
        Value value = zero(load.getType());
        scf::YieldOp::create(builder, loc, value);
      });
  load.replaceAllUsesWith(choice.getResult(0));
  load.erase();
}

void Rewriter::rewrite(tile::StoreOp store) {
  Element element = find(store.getIndices());
  scf::IfOp::create(builder, loc, element.exists, [&](OpBuilder &inside, Location) {
    tile::StoreOp::create(inside, loc, store.getValue(), stored.view, element.indices);
    scf::YieldOp::create(inside, loc);
  });
  store.erase();
}

LogicalResult Rewriter::run() {
  SmallVector<Operation *> users(stored.view.getUsers());
  for (Operation *user : users) {
    builder.setInsertionPoint(user);
    loc = user->getLoc();
    auto load = dyn_cast<tile::LoadOp>(user);
    // What was written where there is no element could not be read back.
    if (load && stored.isOutput)
      return load.emitOpError("reads an output that is packed or paged");
    if (load)
      rewrite(load);
    else if (auto store = dyn_cast<tile::StoreOp>(user))
      rewrite(store);
    else if (!isa<plan::LaunchOp, plan::StrideOp>(user))
      return user->emitOpError("does not know packed and paged tensors");
  }
  return success();
}

/// Gives the kernel of `launch` the table and the bound of its argument `position` as well.
static LogicalResult extendLaunch(plan::LaunchOp launch, unsigned position, const Stored &stored) {
  auto kernel =
      SymbolTable::lookupNearestSymbolFrom<tile::KernelOp>(launch, launch.getKernelAttr());
  if (kernel.getArgs().size() != launch.getArgs().size())
    return launch.emitOpError("is not the only launch of its kernel");
  launch.getArgsMutable().append({stored.table, stored.bound});
  Block &body = kernel.getBody().front();
  Stored inside{stored.form, stored.isOutput, kernel.getArgs()[position],
                body.addArgument(stored.table.getType(), kernel.getLoc()),
                body.addArgument(stored.bound.getType(), kernel.getLoc())};
  SmallVector<bool> outputs(kernel.getOutputs());
  outputs.append(2, false);
  kernel.setOutputs(outputs);
  return Rewriter(inside).run();
}

/// Adds an extent and an argument to `plan` for its view `name`, and sends all accesses through it.
static LogicalResult store(plan::FuncOp plan, StringRef name, unsigned position, Attribute form) {
  OpBuilder builder(plan.getContext());
  bool isPacked = isa<plan::PackedAttr>(form);
  auto extended = [&](ArrayAttr names, StringRef suffix) {
    SmallVector<Attribute> all(names.getValue());
    all.push_back(builder.getStringAttr(name + suffix));
    return builder.getArrayAttr(all);
  };
  Block &body = plan.getBody().front();
  size_t numExtents = plan.getExtents().size();
  plan.setExtentNamesAttr(extended(plan.getExtentNames(), isPacked ? "_total" : "_pages"));
  Value bound = body.insertArgument(numExtents, builder.getIndexType(), plan.getLoc());
  size_t numArguments = plan.getArgNames().size();
  auto type = tile::ViewType::get(plan.getContext(), isPacked ? 1 : 2, builder.getI32Type(),
                                  /*unit=*/false);
  // Arguments stand before outputs, whose places move by one.
  bool isOutput = position >= numArguments;
  plan.setArgNamesAttr(extended(plan.getArgNames(), isPacked ? "_offsets" : "_table"));
  Value table = body.insertArgument(numExtents + 1 + numArguments, type, plan.getLoc());
  Stored stored{form, isOutput, plan.getViews()[position + isOutput], table, bound};

  SmallVector<std::pair<plan::LaunchOp, unsigned>> launches;
  plan.walk([&](plan::LaunchOp launch) {
    for (auto [k, argument] : llvm::enumerate(launch.getArgs()))
      if (argument == stored.view)
        launches.push_back({launch, k});
  });
  for (auto [launch, argument] : launches)
    if (failed(extendLaunch(launch, argument, stored)))
      return failure();
  return Rewriter(stored).run();
}

namespace {
struct ScheduleStorage : schedule::impl::ScheduleStorageBase<ScheduleStorage> {
  void runOnOperation() override {
    for (auto plan : getOperation().getOps<plan::FuncOp>()) {
      auto storage = plan->getAttrOfType<DictionaryAttr>("storage");
      if (!storage)
        continue;
      plan->removeAttr("storage");
      SmallVector<StringAttr> names;
      for (ArrayAttr list : {plan.getArgNames(), plan.getResultNames()})
        llvm::append_range(names, list.getAsRange<StringAttr>());
      unsigned added = 0, numArguments = plan.getArgNames().size();
      for (auto [k, name] : llvm::enumerate(names))
        if (Attribute form = storage.get(name)) {
          unsigned position = k < numArguments ? k : k + added;
          if (failed(store(plan, name, position, form)))
            return signalPassFailure();
          ++added;
        }
    }
  }
};
} // namespace
