//===- Steps.cpp - a recurrence as mixer.recur ----------------------------===//
#include "frontends/mix/Emitter.h"

#include "dialects/mixer/IndexExpr.h"

#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace mixc::mixer;

namespace mixc::mix {

//===----------------------------------------------------------------------===//
// The group on trial
//===----------------------------------------------------------------------===//

void Emitter::eraseStandIns(ArrayRef<Unit *> group, GroupReads &reads, unsigned mark) {
  for (auto &[piece, eq] : reads.equations)
    eq.erase();
  Block &entry = func.getBody().front();
  for (Unit *unit : llvm::reverse(group)) {
    Value &value = unit->defines.front()->value;
    entry.eraseArgument(cast<BlockArgument>(value).getArgNumber());
    value = {};
  }
  s.forget(mark);
  reads.equations.clear();
  reads.reads.clear();
}

bool Emitter::emitStandIns(MixerScope &scope, ArrayRef<Unit *> group, GroupReads &reads) {
  llvm::SaveAndRestore<GroupReads *> recording(recorder, &reads);
  llvm::DenseMap<Unit *, Type> elements;
  // A bool is less than all other types: reads of it leave those as they are.
  for (Unit *unit : group) {
    Type declared = unit->defines.front()->tensor->element;
    elements[unit] = declared ? declared : s.boolType;
  }
  unsigned mark = s.mark();
  for (bool report : {false, true}) {
    Diagnostics silent(diags->sources());
    llvm::SaveAndRestore<Diagnostics *> mute(diags, report ? diags : &silent);
    llvm::SaveAndRestore<Diagnostics *> muteScalars(s.diags, diags);
    for (bool settled = false; !settled;) {
      for (Unit *unit : group) {
        Version &version = *unit->defines.front();
        version.value = func.getBody().front().addArgument(typeOf(*version.tensor, elements[unit]),
                                                           s.loc(version.tensor->span));
      }
      settled = true;
      bool good = true;
      for (Unit *unit : group) {
        Tensor &tensor = *unit->defines.front()->tensor;
        for (const Piece &piece : unit->pieces) {
          reads.piece = &piece;
          reads.unit = unit;
          Fixed constants;
          for (auto [axis, left] : llvm::enumerate(piece.left))
            if (left.kind == LeftSubscript::Kind::Constant)
              constants[axis] = left.constant;
          Value value = emitEquation(scope, tensor, &piece, constants, /*ownRanges=*/true);
          good &= value != nullptr;
          if (!value)
            continue;
          auto eq = value.getDefiningOp<EqOp>();
          reads.equations[&piece] = eq;
          Type element = eq.getType().getElement();
          if (!tensor.element && computeType(elements[unit]) != computeType(element)) {
            Type both = promote(computeType(elements[unit]), computeType(element));
            if (both != computeType(elements[unit])) {
              settled = false;
              elements[unit] = both.isIndex() ? Type(s.builder.getI64Type()) : both;
            }
          }
        }
      }
      if (good && settled) {
        for (Unit *unit : group)
          unit->defines.front()->tensor->element = elements[unit];
        return true;
      }
      eraseStandIns(group, reads, mark);
      if (!good)
        break;
    }
  }
  return false;
}

bool Emitter::emitRecurrence(MixerScope &scope, ArrayRef<Unit *> group) {
  GroupReads reads;
  unsigned mark = s.mark();
  if (!emitStandIns(scope, group, reads))
    return false;
  auto kept = [&](Unit *unit) {
    return unit->defines.front()->tensor->origin == Tensor::Origin::Output ||
           llvm::any_of(scope.units, [&](const std::unique_ptr<Unit> &reader) {
             return reader->reads.contains(unit) && !is_contained(group, reader.get());
           });
  };
  std::unique_ptr<RecurrencePlan> plan = planRecurrence(group, reads, func, kept, *diags);
  eraseStandIns(group, reads, mark);
  return plan && emitSteps(scope, *plan);
}

//===----------------------------------------------------------------------===//
// mixer.recur
//===----------------------------------------------------------------------===//

bool Emitter::isInitial(const RecurrencePlan &plan, Unit &unit, const Piece &piece) {
  for (auto [axis, time] : llvm::zip(plan.axes.lookup(&unit), plan.times))
    if (piece.isConstant(axis) && sideOf(piece.left[axis].constant, time.range) != 0)
      return true;
  return false;
}

/// What the recurrences around give the axes of a version.
static Emitter::Fixed timesOf(const Version &version) {
  Emitter::Fixed fixed;
  for (const TimeLevel &level : version.levels)
    for (auto [axis, time] : llvm::zip_equal(level.axes, level.times))
      fixed[axis] = time;
  return fixed;
}

bool Emitter::emitSteps(MixerScope &scope, const RecurrencePlan &plan) {
  MLIRContext *context = s.context();
  Span span = plan.members.front()->statement->span;
  SmallVector<StringRef> names, indexNames;
  SmallVector<Type> types;
  SmallVector<Value> inits;
  SmallVector<int64_t> initCarry;
  SmallVector<Attribute> initMaps;
  SmallVector<Unit *> carries;
  for (Unit *unit : plan.members) {
    if (!plan.carries.contains(unit))
      continue;
    Version &version = *unit->defines.front();
    Tensor &tensor = *version.tensor;
    Fixed around = timesOf(version);
    SmallVector<AffineExpr> lower, upper;
    for (unsigned axis = 0; axis < tensor.axes.size(); ++axis)
      if (!around.contains(axis)) {
        lower.push_back(tensor.lower[axis]);
        upper.push_back(tensor.upper[axis]);
      }
    for (const Piece &piece : unit->pieces) {
      bool elsewhere =
          llvm::any_of(around, [&](auto &time) { return piece.isConstant(time.first); });
      if (elsewhere || !isInitial(plan, *unit, piece))
        continue;
      Fixed fixed = around;
      SmallVector<AffineExpr> place;
      unsigned dims = 0;
      for (auto [axis, left] : llvm::enumerate(piece.left)) {
        if (around.contains(axis))
          continue;
        if (left.kind == LeftSubscript::Kind::Constant)
          fixed[axis] = left.constant;
        place.push_back(left.kind == LeftSubscript::Kind::Constant
                            ? left.constant
                            : getAffineDimExpr(dims++, context));
      }
      Value init = emitEquation(scope, tensor, &piece, fixed, /*ownRanges=*/true);
      if (!init)
        return false;
      inits.push_back(init);
      initCarry.push_back(carries.size());
      initMaps.push_back(AffineMapAttr::get(indexMap(context, dims, place)));
    }
    carries.push_back(unit);
    names.push_back(tensor.name);
    types.push_back(MixerTensorType::get(context, lower, upper, tensor.element));
  }

  SmallVector<AffineExpr> lower, upper;
  SmallVector<bool> reverse;
  for (const RecurrencePlan::Time &time : plan.times) {
    indexNames.push_back(time.name);
    lower.push_back(time.range.lo);
    upper.push_back(time.range.hi);
    reverse.push_back(time.reverse);
  }
  auto op =
      RecurOp::create(s.builder, s.loc(span), types, s.builder.getStrArrayAttr(names),
                      s.builder.getStrArrayAttr(indexNames), s.mapOf(lower).map, s.mapOf(upper).map,
                      reverse, inits, initCarry, s.builder.getArrayAttr(initMaps));
  unsigned mark = s.mark();
  Block *block = addIndexBlock(op.getBody(), plan.times.size(), s.loc(span));
  SmallVector<Value> times(block->args_begin(), block->args_end());
  SmallVector<AffineExpr> timeDims;
  for (Value time : times)
    timeDims.push_back(s.addIndex(time));
  for (Unit *unit : plan.members) {
    TimeLevel level;
    llvm::append_range(level.axes, plan.axes.lookup(unit));
    llvm::append_range(level.times, timeDims);
    if (plan.carries.contains(unit)) {
      auto *at = llvm::find(carries, unit);
      level.history = block->addArgument(types[at - carries.begin()],
                                         s.loc(unit->defines.front()->tensor->span));
    }
    unit->defines.front()->levels.push_back(std::move(level));
  }
  bool good = true;
  {
    Body body(*this, block);
    for (const RecurrencePlan::Step &step : plan.steps)
      good = good && emitStep(scope, plan, step, times);
    if (good)
      YieldOp::create(s.builder, s.loc(span), llvm::map_to_vector(carries, [](Unit *unit) {
                        return unit->defines.front()->levels.back().history;
                      }));
  }
  for (Unit *unit : plan.members) {
    unit->defines.front()->levels.pop_back();
    unit->defines.front()->slice = {};
  }
  s.forget(mark);
  if (!good) {
    op.erase();
    return false;
  }
  for (auto [unit, history] : llvm::zip_equal(carries, op.getHistories())) {
    Version &version = *unit->defines.front();
    Fixed around = timesOf(version);
    Carry &carry = recurrences[op].emplace_back(Carry{unit, {}});
    for (unsigned axis = 0; axis < version.tensor->axes.size(); ++axis)
      if (!around.contains(axis))
        carry.axes.push_back(axis);
    for (Corner corner : version.tensor->corners) {
      // Axes of the recurrences around are not axes of this history.
      if (around.contains(corner.axes[0]) || around.contains(corner.axes[1]))
        continue;
      for (unsigned &axis : corner.axes)
        axis -= llvm::count_if(around, [&](auto &time) { return time.first < axis; });
      corners[op].push_back({history.getResultNumber(), corner});
    }
    (version.levels.empty() ? version.value : version.slice) = history;
  }
  return true;
}

bool Emitter::emitStep(MixerScope &scope, const RecurrencePlan &plan,
                       const RecurrencePlan::Step &step, ValueRange times) {
  ArrayRef<Unit *> units = step.unit;
  if (step.nested) {
    if (!emitSteps(scope, *step.nested))
      return false;
    units = step.nested->members;
  } else {
    Version &version = *step.unit->defines.front();
    SmallVector<const Piece *> pieces = inOrder(step.unit->pieces);
    llvm::erase_if(pieces, [&](const Piece *piece) { return isInitial(plan, *step.unit, *piece); });
    version.slice = emitEquation(scope, *version.tensor, pieces, timesOf(version));
    if (!version.slice)
      return false;
  }
  for (Unit *unit : units) {
    if (!plan.carries.contains(unit))
      continue;
    Version &version = *unit->defines.front();
    // The times of this recurrence come from behind the indices of the slice.
    Fixed around = timesOf(version);
    ArrayRef<unsigned> own = version.levels.back().axes;
    unsigned rank = cast<MixerTensorType>(version.slice.getType()).getRank(), next = 0;
    SmallVector<AffineExpr> place;
    for (unsigned axis = 0; axis < version.tensor->axes.size(); ++axis) {
      auto *at = llvm::find(own, axis);
      if (at != own.end())
        place.push_back(getAffineDimExpr(rank + (at - own.begin()), s.context()));
      else if (!around.contains(axis))
        place.push_back(getAffineDimExpr(next++, s.context()));
    }
    Value &history = version.levels.back().history;
    history =
        AppendOp::create(s.builder, s.loc(unit->statement->span), history.getType(), version.slice,
                         history, times, indexMap(s.context(), rank + times.size(), place));
  }
  return true;
}

} // namespace mixc::mix
