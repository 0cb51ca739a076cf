//===- Equations.cpp - building equations from equations ------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/derive/Equations.h"

#include "dialects/mixer/IndexExpr.h"
#include "dialects/mixer/analysis/Bounds.h"

#include "mlir/IR/Iterators.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::derive;

std::optional<Axis> derive::axisOf(BlockArgument index) {
  Operation *op = index.getOwner()->getParentOp();
  unsigned k = index.getArgNumber();
  if (auto eq = dyn_cast<mixer::EqOp>(op))
    return Axis{cast<StringAttr>(eq.getIndexNames()[k]).getValue(), eq.getType().getLower()[k],
                eq.getType().getUpper()[k]};
  if (auto scatter = dyn_cast<mixer::ScatterOp>(op))
    return Axis{cast<StringAttr>(scatter.getIndexNames()[k]).getValue(),
                scatter.getLower().getResult(k), scatter.getUpper().getResult(k)};
  if (auto binding = mixer::getBinding(op)) {
    AffineExpr lower = binding->lower.getResult(k), upper = binding->upper.getResult(k);
    if (lower.isSymbolicOrConstant() && upper.isSymbolicOrConstant())
      return Axis{binding->name(k), lower, upper};
  }
  return std::nullopt;
}

Operation *derive::enclosingEquation(Operation *op) {
  while (op && !isa<mixer::EqOp, mixer::ScatterOp>(op))
    op = op->getParentOp();
  return op;
}

mixer::ReduceOp derive::wholeReduction(mixer::EqOp eq) {
  auto reduce = eq.getYield().getValues().front().getDefiningOp<mixer::ReduceOp>();
  return reduce && reduce->getParentOp() == eq ? reduce : mixer::ReduceOp();
}

void derive::eraseUnusedScalars(Operation *op) {
  op->walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *inner) {
    if (!inner->hasTrait<OpTrait::IsTerminator>() && !isa<mixer::EqOp, mixer::ScatterOp>(inner) &&
        isOpTriviallyDead(inner))
      inner->erase();
  });
}

Type derive::storageType(Type scalar) {
  return scalar.isIndex() ? IntegerType::get(scalar.getContext(), 64) : scalar;
}

Value derive::makeZero(OpBuilder &builder, Location loc, Type type) {
  if (auto complex = dyn_cast<ComplexType>(type)) {
    Attribute zero = builder.getZeroAttr(complex.getElementType());
    return complex::ConstantOp::create(builder, loc, type, builder.getArrayAttr({zero, zero}));
  }
  return arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
}

mixer::EqOp derive::makeEquation(OpBuilder &builder, Location loc, StringRef name,
                                 ArrayRef<Axis> axes, Type element,
                                 function_ref<Value(OpBuilder &, ValueRange)> body) {
  SmallVector<StringRef> names;
  SmallVector<AffineExpr> lower, upper;
  for (const Axis &axis : axes) {
    names.push_back(axis.name);
    lower.push_back(axis.lower);
    upper.push_back(axis.upper);
  }
  auto type = mixer::MixerTensorType::get(builder.getContext(), lower, upper, element);
  auto eq = mixer::EqOp::create(builder, loc, type, name, builder.getStrArrayAttr(names),
                                mixer::PlaceAttr());
  Block *block = mixer::addIndexBlock(eq.getBody(), axes.size(), loc);
  OpBuilder inner = OpBuilder::atBlockBegin(block, builder.getListener());
  Value value = body(inner, block->getArguments());
  mixer::YieldOp::create(inner, loc, value);
  return eq;
}

Value derive::readAt(OpBuilder &builder, Location loc, Value tensor, ValueRange indices) {
  auto type = cast<mixer::MixerTensorType>(tensor.getType());
  AffineMap map = builder.getMultiDimIdentityMap(indices.size());
  return mixer::AtOp::create(builder, loc, type.getComputeType(), tensor, indices,
                             AffineMapAttr::get(map));
}

Value derive::makeApply(OpBuilder &builder, Location loc, ValueRange operands, AffineExpr expr) {
  return mixer::ApplyOp::create(builder, loc, builder.getIndexType(), operands,
                                mixer::indexMap(builder.getContext(), operands.size(), expr));
}

//===----------------------------------------------------------------------===//
// Slice
//===----------------------------------------------------------------------===//

Slice::Slice(Operation *op, ValueRange bound) : root(op), equation(enclosingEquation(op)) {
  for (Value value : bound)
    boundHere.insert(value.getAsOpaquePointer());
  addOperation(op);
  findAxes();
  findGuards();
}

/// The indices that an equation, a scatter or a binding op binds.
static MutableArrayRef<BlockArgument> indicesOf(Operation *op) {
  bool binds = isa<mixer::EqOp, mixer::ScatterOp>(op) || mixer::getBinding(op);
  return binds ? op->getRegion(0).getArguments() : MutableArrayRef<BlockArgument>();
}

void Slice::findGuards() {
  bool conditional = false, drops = false;
  for (Operation *inner = root; inner != equation; inner = inner->getParentOp()) {
    Operation *around = inner->getParentOp();
    conditional |= isa<scf::IfOp>(around);
    drops |= llvm::any_of(indicesOf(around),
                          [&](BlockArgument index) { return !found.contains(index); });
  }
  // As few as the reads need. A condition may be what makes data fit as a subscript: without it no
  // data is trusted.
  auto suffices = [&](bool trustsData) { return !valid || readsInBounds(trustsData); };
  if ((!conditional && !drops) || suffices(/*trustsData=*/!conditional))
    return;
  addGuards(/*ranges=*/false);
  if (conditional && (!drops || suffices(/*trustsData=*/true)))
    return;
  addGuards(/*ranges=*/true);
}

void Slice::addGuards(bool ranges) {
  guards.clear();
  for (Operation *inner = root; inner != equation; inner = inner->getParentOp()) {
    Operation *around = inner->getParentOp();
    auto conditional = dyn_cast<scf::IfOp>(around);
    if (ranges || conditional)
      guards.push_back(
          {around, !conditional || inner->getParentRegion() == &conditional.getThenRegion()});
  }
  std::reverse(guards.begin(), guards.end());
  for (Guard guard : guards) {
    if (auto conditional = dyn_cast<scf::IfOp>(guard.op)) {
      addValue(conditional.getCondition());
    } else if (auto binding = mixer::getBinding(guard.op)) {
      llvm::for_each(binding->lowerOperands, [&](Value operand) { addValue(operand); });
      llvm::for_each(binding->upperOperands, [&](Value operand) { addValue(operand); });
    }
  }
  findAxes();
}

void Slice::findAxes() {
  // Outermost first: by the depth of the block that binds the index, then by position.
  auto depth = [](BlockArgument index) {
    unsigned depth = 0;
    for (Operation *op = index.getOwner()->getParentOp(); op; op = op->getParentOp())
      ++depth;
    return depth;
  };
  dependences.assign(found.begin(), found.end());
  llvm::sort(dependences, [&](BlockArgument a, BlockArgument b) {
    return std::pair(depth(a), a.getArgNumber()) < std::pair(depth(b), b.getArgNumber());
  });
  ranges.clear();
  for (BlockArgument index : dependences) {
    std::optional<Axis> axis = axisOf(index);
    if (axis)
      ranges.push_back(*axis);
    else
      valid = false;
  }
}

/// Whether an integer depends on data: on more than indices and extents.
static bool isData(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return false;
  return !isa<mixer::ApplyOp, arith::ConstantOp, arith::AddIOp, arith::SubIOp, arith::MulIOp>(op) ||
         llvm::any_of(op->getOperands(), isData);
}

bool Slice::readsInBounds(bool trustsData) const {
  mixer::EqOp alone = makeEquation("alone", {}, storageType(root->getResult(0).getType()),
                                   [&](OpBuilder &builder, IRMapping &mapping, ValueRange) {
                                     return builder.clone(*root, mapping)->getResult(0);
                                   });
  bool holds = true;
  if (!trustsData)
    alone.walk([&](Operation *op) {
      auto binding = mixer::getBinding(op);
      if (auto at = dyn_cast<mixer::AtOp>(op))
        holds &= llvm::none_of(at.getIndices(), isData);
      else if (binding)
        holds &= llvm::none_of(binding->lowerOperands, isData) &&
                 llvm::none_of(binding->upperOperands, isData);
      holds &= !isa<mixer::OrderOp>(op); // its rank
    });
  if (holds) {
    mixer::Facts facts(equation->getParentOfType<mixer::FuncOp>());
    mixer::checkBounds(alone, facts, [&](const mixer::BoundsError &) { holds = false; });
  }
  alone.erase();
  return holds;
}

void Slice::addOperation(Operation *op) {
  if (!visited.insert(op).second)
    return;
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      addValue(operand);
  });
}

void Slice::addValue(Value value) {
  if (boundHere.contains(value.getAsOpaquePointer()))
    return;
  Operation *owner = value.getParentBlock()->getParentOp();
  // Tensors and time indices lie outside the equation; what `root` binds itself is its own.
  if (owner != equation && !equation->isProperAncestor(owner))
    return;
  if (auto index = dyn_cast<BlockArgument>(value)) {
    if (!llvm::any_of(visited, [&](Operation *op) { return op->isAncestor(owner); }))
      found.insert(index);
    return;
  }
  Operation *op = value.getDefiningOp();
  if (llvm::any_of(visited, [&](Operation *outer) { return outer->isProperAncestor(op); }))
    return;
  addOperation(op);
}

void Slice::cloneValue(OpBuilder &builder, IRMapping &mapping, Value value) const {
  Operation *op = value.getDefiningOp();
  if (mapping.contains(value) || !op || !equation->isProperAncestor(op))
    return;
  cloneBehind(builder, mapping, op);
  builder.clone(*op, mapping);
}

void Slice::cloneBehind(OpBuilder &builder, IRMapping &mapping, Operation *user) const {
  user->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      if (!user->isAncestor(operand.getParentBlock()->getParentOp()))
        cloneValue(builder, mapping, operand);
  });
}

Value Slice::emitCondition(OpBuilder &builder, IRMapping &mapping, Operation *guard) const {
  if (auto conditional = dyn_cast<scf::IfOp>(guard)) {
    cloneValue(builder, mapping, conditional.getCondition());
    return mapping.lookupOrDefault(conditional.getCondition());
  }
  // The ranges of the indices that are left out are not empty.
  Location loc = guard->getLoc();
  Value condition;
  for (BlockArgument index : indicesOf(guard)) {
    if (found.contains(index))
      continue;
    Value lower, upper;
    if (std::optional<Axis> axis = axisOf(index)) {
      bool isKept = llvm::any_of(ranges, [&](const Axis &kept) {
        return kept.lower == axis->lower && kept.upper == axis->upper;
      });
      auto size = dyn_cast<AffineConstantExpr>(axis->upper - axis->lower);
      if (isKept || (size && size.getValue() > 0))
        continue;
      lower = makeApply(builder, loc, {}, axis->lower);
      upper = makeApply(builder, loc, {}, axis->upper);
    } else {
      mixer::Binding binding = *mixer::getBinding(guard);
      auto bound = [&](AffineMap map, ValueRange operands) {
        SmallVector<Value> mapped;
        for (Value operand : operands) {
          cloneValue(builder, mapping, operand);
          mapped.push_back(mapping.lookupOrDefault(operand));
        }
        return makeApply(builder, loc, mapped, map.getResult(index.getArgNumber()));
      };
      lower = bound(binding.lower, binding.lowerOperands);
      upper = bound(binding.upper, binding.upperOperands);
    }
    Value some = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, lower, upper);
    condition = condition ? arith::AndIOp::create(builder, loc, condition, some).getResult() : some;
  }
  return condition;
}

Value Slice::emitGuarded(OpBuilder &builder, IRMapping &mapping, unsigned guard, Type type,
                         function_ref<Value(OpBuilder &, IRMapping &)> body) const {
  if (guard == guards.size()) {
    cloneBehind(builder, mapping, root);
    return body(builder, mapping);
  }
  Location loc = guards[guard].op->getLoc();
  Value condition = emitCondition(builder, mapping, guards[guard].op);
  if (!condition)
    return emitGuarded(builder, mapping, guard + 1, type, body);
  auto inside = [&](OpBuilder &inner, Location) {
    IRMapping scope = mapping; // what is cloned inside a branch is not visible outside
    scf::YieldOp::create(inner, loc, emitGuarded(inner, scope, guard + 1, type, body));
  };
  auto outside = [&](OpBuilder &inner, Location) {
    scf::YieldOp::create(inner, loc, makeZero(inner, loc, type));
  };
  if (guards[guard].taken)
    return scf::IfOp::create(builder, loc, condition, inside, outside).getResult(0);
  return scf::IfOp::create(builder, loc, condition, outside, inside).getResult(0);
}

mixer::EqOp
Slice::makeEquation(StringRef name, ArrayRef<Axis> extra, Type element,
                    function_ref<Value(OpBuilder &, IRMapping &, ValueRange)> body) const {
  OpBuilder builder(equation);
  SmallVector<Axis> axes(ranges);
  llvm::append_range(axes, extra);
  return derive::makeEquation(
      builder, root->getLoc(), name, axes, element, [&](OpBuilder &inner, ValueRange indices) {
        IRMapping mapping;
        for (auto [old, index] : llvm::zip(dependences, indices))
          mapping.map(old, index);
        ValueRange extras = indices.drop_front(dependences.size());
        return emitGuarded(inner, mapping, 0, mixer::computeType(element),
                           [&](OpBuilder &b, IRMapping &m) { return body(b, m, extras); });
      });
}
