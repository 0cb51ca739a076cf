//===- BodyCompiler.cpp - from bodies to register programs ----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/BodyCompiler.h"

#include "compiler/reference/EvaluationError.h"

#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::reference;
using llvm::Expected;

//===----------------------------------------------------------------------===//
// Slots and instructions
//===----------------------------------------------------------------------===//

template <typename Real> SlotId BodyCompiler<Real>::newSlot() {
  program.slots.emplace_back();
  return program.slots.size() - 1;
}

template <typename Real> SlotId BodyCompiler<Real>::slotOf(Value value) {
  auto [it, isNew] = slots.try_emplace(value);
  if (!isNew)
    return it->second;
  SlotId slot = it->second = newSlot();
  // A scalar that is not of this body is a time index of a recurrence around it.
  Operation *parent = value.getParentBlock()->getParentOp();
  if (isa<BlockArgument>(value) && isa<mixer::RecurOp>(parent))
    program.times.emplace_back(value, slot);
  return slot;
}

template <typename Real> SmallVector<SlotId> BodyCompiler<Real>::slotsOf(ValueRange values) {
  return llvm::map_to_vector(values, [&](Value value) { return slotOf(value); });
}

template <typename Real> SlotId BodyCompiler<Real>::constant(int64_t value) {
  auto [it, isNew] = constants.try_emplace(value);
  if (isNew) {
    it->second = newSlot();
    program.slots[it->second].integer = value;
  }
  return it->second;
}

template <typename Real>
void BodyCompiler<Real>::emit(Run run, SlotId result, ArrayRef<SlotId> operands,
                              const Detail *detail) {
  Inst instruction{run, result, {}, detail};
  llvm::copy(operands, instruction.operands);
  code->push_back(instruction);
  cost += 1;
}

template <typename Real> void BodyCompiler<Real>::fail(Location location, const Twine &text) {
  if (!failure)
    failure = Failure{location, text.str()};
}

template <typename Real> Kind BodyCompiler<Real>::kindOf(Value value) {
  if (std::optional<Kind> kind = scalarKind(value.getType()))
    return *kind;
  std::string type;
  llvm::raw_string_ostream(type) << value.getType();
  fail(value.getLoc(), "the reference has no scalars of type " + type);
  return Kind::Integer;
}

//===----------------------------------------------------------------------===//
// Nested bodies
//===----------------------------------------------------------------------===//

namespace {

template <typename Real> struct Branches : Detail {
  Code<Real> code[2];
  SmallVector<SlotId> yielded[2], results;
};

template <typename Real> bool runIf(Frame<Real> &frame, const Instruction<Real> &in) {
  auto &branches = static_cast<const Branches<Real> &>(*in.detail);
  unsigned taken = frame.slots[in.operands[0]].integer ? 0 : 1;
  if (!execute(branches.code[taken], frame))
    return false;
  for (auto [from, to] : llvm::zip(branches.yielded[taken], branches.results))
    frame.slots[to] = frame.slots[from];
  return true;
}

} // namespace

template <typename Real> Code<Real> BodyCompiler<Real>::compileNested(Block &block) {
  Code<Real> nested;
  Code<Real> *outer = std::exchange(code, &nested);
  compileBlock(block);
  code = outer;
  return nested;
}

template <typename Real> void BodyCompiler<Real>::compileIf(scf::IfOp op) {
  auto *branches = add(std::make_unique<Branches<Real>>());
  for (Value result : op.getResults())
    branches->results.push_back(slotOf(result));
  for (auto [k, region] : llvm::enumerate(op->getRegions())) {
    if (region.empty())
      continue;
    branches->code[k] = compileNested(region.front());
    branches->yielded[k] = slotsOf(region.front().getTerminator()->getOperands());
  }
  emit(&runIf<Real>, 0, {slotOf(op.getCondition())}, branches);
}

template <typename Real> void BodyCompiler<Real>::compileLoop(Operation *op, Loop<Real> &loop) {
  mixer::Binding binding = *mixer::getBinding(op);
  loop.lower = linears(binding.lower, slotsOf(binding.lowerOperands), op->getLoc());
  loop.upper = linears(binding.upper, slotsOf(binding.upperOperands), op->getLoc());
  for (BlockArgument index : binding.indices())
    loop.indices.push_back(slotOf(index));
  double outer = std::exchange(cost, 0);
  loop.body = compileNested(*binding.body);
  loop.yielded = slotOf(binding.yielded());
  double points = 1;
  for (auto [lower, upper] : llvm::zip_equal(loop.lower, loop.upper)) {
    // A guess where the range depends on the point.
    bool known = lower.isConstant() && upper.isConstant();
    points *= known ? std::max(0.0, double(upper.constant) - double(lower.constant)) : 16;
  }
  cost = outer + points * (cost + 1);
}

template <typename Real> void BodyCompiler<Real>::compileRow(Operation *op, RowLoop<Real> &loop) {
  compileLoop(op, loop);
  loop.memo = program.numMemos++;
  llvm::SmallSetVector<SlotId, 8> depends;
  llvm::SetVector<Value> used;
  getUsedValuesDefinedAbove(op->getRegions(), used);
  for (Value value : used)
    if (scalarKind(value.getType()))
      depends.insert(slotOf(value));
  for (const auto *bounds : {&loop.lower, &loop.upper})
    for (const Linear &bound : *bounds)
      for (const Linear::Term &term : bound.terms)
        depends.insert(term.slot);
  loop.depends.assign(depends.begin(), depends.end());
}

template <typename Real> void BodyCompiler<Real>::compileBlock(Block &block) {
  for (Operation &op : block.without_terminator())
    compileOp(&op);
}

template <typename Real> void BodyCompiler<Real>::compileOp(Operation *op) {
  llvm::TypeSwitch<Operation *>(op)
      .Case([&](mixer::AtOp op) { compileAt(op); })
      .Case([&](mixer::ApplyOp op) {
        Linear value = linear(op.getMap().getResult(0), slotsOf(op.getIndices()), op.getLoc());
        slots[op.getResult()] = materialise(value, op.getLoc());
      })
      .Case([&](scf::IfOp op) { compileIf(op); })
      .Case([&](mixer::ReduceOp op) { compileReduce(op); })
      .Case([&](mixer::AlongOp op) { compileAlong(op); })
      .Case([&](mixer::OrderOp op) { compileOrder(op); })
      .Case([&](mixer::TransformOp op) { compileTransform(op); })
      .Default([&](Operation *op) {
        if (!compileScalar(op))
          fail(op->getLoc(), "the reference can't evaluate `" + op->getName().getStringRef() + "`");
      });
}

//===----------------------------------------------------------------------===//
// Whole programs
//===----------------------------------------------------------------------===//

template <typename Real>
Expected<Program<Real>> BodyCompiler<Real>::compile(Block &body, const Surroundings &around) {
  BodyCompiler compiler(around);
  for (BlockArgument index : body.getArguments())
    compiler.slotOf(index);
  compiler.compileBlock(body);
  compiler.program.yielded = compiler.slotsOf(body.getTerminator()->getOperands());
  if (compiler.failure)
    return evaluationError(compiler.failure->location, compiler.failure->text);
  compiler.program.cost = compiler.cost + 4;
  return std::move(compiler.program);
}

template <typename Real>
Expected<Program<Real>> BodyCompiler<Real>::compileMap(AffineMap map, unsigned numIndices,
                                                       ValueRange times, Location location,
                                                       const Surroundings &around) {
  BodyCompiler compiler(around);
  SmallVector<SlotId> dims;
  for (unsigned k = 0; k < numIndices; ++k)
    dims.push_back(compiler.newSlot());
  dims.append(compiler.slotsOf(times));
  for (const Linear &result : compiler.linears(map, dims, location))
    compiler.program.yielded.push_back(compiler.materialise(result, location));
  if (compiler.failure)
    return evaluationError(compiler.failure->location, compiler.failure->text);
  compiler.program.cost = compiler.cost + 4;
  return std::move(compiler.program);
}

template class mixc::reference::BodyCompiler<float>;
template class mixc::reference::BodyCompiler<double>;
