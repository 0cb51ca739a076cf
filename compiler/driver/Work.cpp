//===- Work.cpp - the arithmetic and the bytes that equations need --------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Work.h"
#include "compiler/driver/KnownValues.h"
#include "compiler/reference/Binding.h"
#include "compiler/reference/Element.h"
#include "dialects/mixer/analysis/Demand.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using llvm::enumerate;
using llvm::reverse;
using llvm::zip;

namespace mixc::driver {

StringRef text(Counted counted) {
  switch (counted) {
  case Counted::Exactly:
    return "exactly";
  case Counted::BySampling:
    return "by sampling";
  case Counted::UpToData:
    return "as an upper bound, what data excludes included";
  }
  return "";
}

namespace {

using reference::AxisRange;
using IndexSet = llvm::SmallPtrSet<void *, 8>;

bool isComplexType(Type type) { return isa<ComplexType>(type); }
bool isFloating(Type type) { return isa<FloatType, ComplexType>(type); }

/// What one evaluation of a scalar op costs.
double costOf(Operation *op) {
  if (op->getNumResults() != 1 || !isFloating(op->getResult(0).getType()))
    return 0;
  bool complex = isComplexType(op->getResult(0).getType());
  return llvm::TypeSwitch<Operation *, double>(op)
      .Case<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp, arith::MaximumFOp,
            arith::MinimumFOp, arith::RemFOp>([](auto) { return 1.0; })
      .Case<math::FmaOp, mixer::ExpDiffOp>([](auto) { return 2.0; })
      .Case<mixer::FnOp>(
          [](mixer::FnOp fn) { return fn.getKind() == mixer::FnKind::detach ? 0.0 : 1.0; })
      .Case<complex::AddOp, complex::SubOp>([](auto) { return 2.0; })
      .Case<complex::MulOp>([](auto) { return 6.0; })
      .Case<complex::DivOp>([](auto) { return 11.0; })
      .Case<complex::ReOp, complex::ImOp, complex::CreateOp, complex::ConjOp, complex::ConstantOp>(
          [](auto) { return 0.0; })
      .Default([&](Operation *other) {
        StringRef dialect = other->getDialect()->getNamespace();
        return dialect == "math" || dialect == "complex" ? (complex ? 2.0 : 1.0) : 0.0;
      });
}

/// What combining one element costs.
double costOf(mixer::ReduceOp reduce) {
  Type type = reduce.getResult().getType();
  double unit = isComplexType(type) ? 2 : 1;
  switch (reduce.getKind()) {
  case mixer::ReduceKind::logsumexp:
    return 4; // max, subtract, exp, add
  case mixer::ReduceKind::prod:
    return isComplexType(type) ? 6 : isFloating(type) ? 1 : 0;
  case mixer::ReduceKind::any:
  case mixer::ReduceKind::all:
  case mixer::ReduceKind::argmax:
  case mixer::ReduceKind::argmin:
    return 0;
  default:
    return isFloating(type) ? unit : 0;
  }
}

double costOf(mixer::AlongOp along) {
  return along.getKind() == mixer::AlongKind::normalize ||
                 along.getKind() == mixer::AlongKind::rmsnorm
             ? 3
             : 5;
}

/// Halton's sequence in one base: evenly spread in [0, 1), for any number of terms.
double spread(uint64_t k, unsigned base) {
  double value = 0, scale = 1;
  for (; k; k /= base) {
    scale /= base;
    value += scale * static_cast<double>(k % base);
  }
  return value;
}

class WorkCounter {
public:
  WorkCounter(mixer::FuncOp func, ArrayRef<int64_t> extents)
      : func(func), extents(extents), known(extents) {}

  Work count() {
    SmallVector<Operation *> definitions;
    func.walk([&](Operation *op) {
      if (isa<mixer::EqOp, mixer::ScatterOp>(op))
        definitions.push_back(op);
    });
    // Readers first: they say where what they read is needed.
    for (Operation *op : reverse(definitions))
      countDefinition(op);
    std::reverse(work.equations.begin(), work.equations.end());
    for (EquationWork &equation : work.equations)
      work.flops += equation.flops;
    countBytes();
    return std::move(work);
  }

private:
  /// A loop that is being counted.
  struct Loop {
    Value index;
    double size;
  };
  /// A range with the loops around it.
  struct Axis {
    Value index;
    int64_t lower, size;
    bool sampled; ///< else one value stands for all
  };

  //===--------------------------------------------------------------------===//
  // Definitions
  //===--------------------------------------------------------------------===//

  void countDefinition(Operation *op) {
    SmallVector<Axis> axes;
    // The time of a recurrence is an index like any other.
    if (auto recur = op->getParentOfType<mixer::RecurOp>())
      addAxes(axes, recur.getTimes(), recur.getLower(), recur.getUpper());
    Block &body = op->getRegion(0).front();
    StringRef name;
    if (auto equation = dyn_cast<mixer::EqOp>(op)) {
      name = equation.getName();
      auto ranges = reference::axisRanges(equation.getType(), extents, op->getLoc());
      if (!ranges)
        return llvm::consumeError(ranges.takeError());
      for (auto [index, range] : zip(body.getArguments(), *ranges))
        axes.push_back({index, range.lower, range.size, false});
    } else {
      auto scatter = cast<mixer::ScatterOp>(op);
      name = scatter.getName();
      addAxes(axes, body.getArguments(), scatter.getLower(), scatter.getUpper());
    }
    // Points that nobody reads cost nothing.
    mixer::Inequalities read;
    if (auto equation = dyn_cast<mixer::EqOp>(op))
      read = wanted.of(equation).holds;
    for (Axis &axis : axes) {
      auto index = cast<BlockArgument>(axis.index);
      axis.sampled = matters(index, op) ||
                     (index.getOwner() == &body && llvm::any_of(read, [&](AffineExpr expr) {
                        return expr.isFunctionOfDim(index.getArgNumber());
                      }));
    }

    EquationWork result{name.str(), op, 1, 0};
    for (const Axis &axis : axes)
      result.points *= static_cast<double>(axis.size);
    reads.clear();
    double needed = 0; // the fraction of the points that are not known beforehand
    if (result.points > 0) {
      for (const Axis &axis : axes)
        loops.push_back({axis.index, static_cast<double>(axis.size)});
      result.flops = result.points * average(axes, 1 << 12, [&] {
                       for (AffineExpr expr : read)
                         if (known.evaluate(expr, body.getArguments()).value_or(0) < 0)
                           return 0.0;
                       Operation *end = body.getTerminator();
                       if (end->getNumOperands() == 1 && known.get(end->getOperand(0)))
                         return 0.0;
                       needed += weight;
                       return cost(body);
                     });
      loops.clear();
    }
    // Readers may need fewer points than there are; those that are known are among the ones that
    // they don't.
    double share = demand(op);
    double scale = share < needed ? share / needed : 1;
    result.flops *= scale;
    for (auto &[at, fraction] : reads)
      addDemand(at, fraction * scale, op, axes);
    work.equations.push_back(std::move(result));
  }

  void addAxes(SmallVectorImpl<Axis> &axes, ValueRange indices, AffineMap lower, AffineMap upper) {
    for (auto [k, index] : enumerate(indices)) {
      auto from = known.evaluate(lower.getResult(k), {}),
           to = known.evaluate(upper.getResult(k), {});
      int64_t low = from.value_or(0);
      axes.push_back({index, low, std::max<int64_t>(to.value_or(low) - low, 0), false});
    }
  }

  /// The indices on which it may depend what of a definition is evaluated: those of conditions, of
  /// ranges, and of reads of equations that have a mask there. Without `inReductions` only what may
  /// decide that a value is known beforehand: what a reduction gives never is.
  IndexSet deciding(Operation *definition, bool inReductions) {
    IndexSet found;
    auto add = [&](Value value) {
      const IndexSet &depends = dependencies(value);
      found.insert(depends.begin(), depends.end());
    };
    definition->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (!inReductions && isa<mixer::ReduceOp, mixer::OrderOp, mixer::TransformOp>(op))
        return WalkResult::skip();
      if (auto choice = dyn_cast<scf::IfOp>(op))
        add(choice.getCondition());
      else if (auto select = dyn_cast<arith::SelectOp>(op))
        add(select.getCondition());
      else if (auto at = dyn_cast<mixer::AtOp>(op))
        for (int64_t axis : maskedAxes(at.getTensor()))
          for (auto [dim, operand] : enumerate(at.getIndices()))
            if (at.getMap().getResult(axis).isFunctionOfDim(dim))
              add(operand);
      if (auto binding = mixer::getBinding(op); binding && inReductions) {
        llvm::for_each(binding->lowerOperands, add);
        llvm::for_each(binding->upperOperands, add);
      }
      return WalkResult::advance();
    });
    // A normaliser's indices stand for where it is read.
    definition->walk([&](mixer::AlongOp along) {
      for (auto [index, at] : zip(along.getBody().getArguments(), along.getAt()))
        if (found.contains(index.getAsOpaquePointer()))
          add(at);
    });
    return found;
  }

  bool matters(Value index, Operation *op) {
    auto [cached, isNew] = mattering.try_emplace(op);
    if (isNew)
      cached->second = std::make_unique<IndexSet>(deciding(op, /*inReductions=*/true));
    return cached->second->contains(index.getAsOpaquePointer());
  }

  /// The axes of a tensor by which some of its points may be known without data.
  ArrayRef<int64_t> maskedAxes(Value tensor) {
    auto equation = tensor.getDefiningOp<mixer::EqOp>();
    if (!equation)
      return {};
    auto cached = masks.find(tensor);
    if (cached == masks.end()) {
      IndexSet indices = deciding(equation, /*inReductions=*/false);
      auto axes = std::make_unique<SmallVector<int64_t>>();
      for (auto [axis, index] : enumerate(equation.getBody().getArguments()))
        if (indices.contains(index.getAsOpaquePointer()))
          axes->push_back(static_cast<int64_t>(axis));
      cached = masks.try_emplace(tensor, std::move(axes)).first;
    }
    return *cached->second;
  }

  /// The mean of `value()` over the points of `axes`; `weight` is then what one point counts.
  double average(ArrayRef<Axis> axes, double budget, llvm::function_ref<double()> value) {
    double points = 1;
    for (const Axis &axis : axes) {
      known.set(axis.index, axis.lower + axis.size / 2);
      if (axis.sampled)
        points *= static_cast<double>(axis.size);
    }
    SmallVector<const Axis *> sampled;
    for (const Axis &axis : axes)
      if (axis.sampled)
        sampled.push_back(&axis);
    double outer = weight, total = 0;
    bool all = points <= budget;
    auto samples = static_cast<uint64_t>(all ? points : budget);
    if (!all)
      note(Counted::BySampling);
    double turn = static_cast<double>(++averages) * 0.6180339887498949;
    weight = outer / static_cast<double>(samples);
    for (uint64_t k = 0; k != samples; ++k) {
      uint64_t rest = k;
      for (auto [number, axis] : enumerate(sampled)) {
        static constexpr unsigned primes[] = {2, 3, 5, 7, 11, 13, 17, 19};
        int64_t offset;
        if (all) {
          offset = static_cast<int64_t>(rest % axis->size);
          rest /= axis->size;
        } else {
          // Turned by another angle each time, so that inner samples don't repeat.
          double at = spread(k, primes[number % std::size(primes)]) + turn;
          offset = static_cast<int64_t>((at - std::floor(at)) * static_cast<double>(axis->size));
        }
        known.set(axis->index, axis->lower + offset);
      }
      total += value();
    }
    weight = outer;
    return total / static_cast<double>(samples);
  }

  //===--------------------------------------------------------------------===//
  // Bodies at a point
  //===--------------------------------------------------------------------===//

  /// The part of an op's cost that one point of the loops around it bears.
  double share(const IndexSet &depends) {
    double part = 1;
    for (const Loop &loop : loops)
      if (!depends.contains(loop.index.getAsOpaquePointer()) && loop.size > 1)
        part /= loop.size;
    return part;
  }

  double cost(Block &body) {
    double total = 0;
    for (Operation &op : body)
      total += cost(&op);
    return total;
  }

  double cost(Operation *op) {
    if (auto choice = dyn_cast<scf::IfOp>(op)) {
      auto condition = known.get(choice.getCondition());
      auto branch = [&](Region &region) { return region.empty() ? 0 : cost(region.front()); };
      if (condition)
        return branch(*condition != 0 ? choice.getThenRegion() : choice.getElseRegion());
      note(Counted::UpToData);
      return std::max(branch(choice.getThenRegion()), branch(choice.getElseRegion()));
    }
    if (auto at = dyn_cast<mixer::AtOp>(op)) {
      reads[at] += weight;
      return 0;
    }
    if (auto reduce = dyn_cast<mixer::ReduceOp>(op))
      return costOfLoops(op, costOf(reduce), [](double n) { return n; });
    if (auto along = dyn_cast<mixer::AlongOp>(op))
      return costAlong(along);
    if (isa<mixer::OrderOp>(op))
      // Every candidate is scored once, whatever the ranks that are asked for.
      return costOfLoops(op, 0, [](double n) { return n; });
    if (auto transform = dyn_cast<mixer::TransformOp>(op)) {
      bool real = transform.getKind() == mixer::TransformKind::irfft ||
                  transform.getKind() == mixer::TransformKind::dct ||
                  transform.getKind() == mixer::TransformKind::idct;
      auto length = known.evaluate(transform.getLength().getResult(0), {});
      double steps = std::log2(std::max<double>(length.value_or(1), 1));
      double butterflies = (real ? 2.5 : 5) * steps * share(dependencies(op->getResult(0)));
      // The row is computed once for all its values.
      return butterflies + costOfLoops(op, 0, [](double) { return 1.0; });
    }
    double unit = costOf(op);
    return unit == 0 ? 0 : unit * share(dependencies(op->getResult(0)));
  }

  /// A softmax reads its row once for all of its values.
  double costAlong(mixer::AlongOp along) {
    if (known.get(along.getResult()))
      return 0;
    Block &body = along.getBody().front();
    for (auto [index, at] : zip(body.getArguments(), along.getAt()))
      if (auto position = known.getInt(at))
        known.set(index, *position);
    return costOf(along) * share(dependencies(along.getResult())) + cost(body);
  }

  /// `combine` and the body for `times(n)` of the n points of the indices that `op` binds.
  double costOfLoops(Operation *op, double combine, llvm::function_ref<double(double)> times) {
    mixer::Binding binding = *mixer::getBinding(op);
    SmallVector<Axis> axes;
    // A range may be a part of the axes that its index runs along: that part of them is read.
    double points = 1, part = 1;
    for (auto [k, index] : enumerate(binding.indices())) {
      auto from = known.evaluate(binding.lower.getResult(k), binding.lowerOperands);
      auto to = known.evaluate(binding.upper.getResult(k), binding.upperOperands);
      if (!from || !to) {
        note(Counted::UpToData);
        from = 0;
        to = longestRange(index).value_or(1);
      }
      int64_t size = std::max<int64_t>(*to - *from, 0);
      if (std::optional<int64_t> whole = longestRange(index); whole && size < *whole)
        part *= static_cast<double>(size) / static_cast<double>(*whole);
      axes.push_back({index, *from, size, matters(index, op)});
      points *= static_cast<double>(size);
    }
    if (points == 0)
      return 0;
    size_t depth = loops.size();
    for (const Axis &axis : axes)
      loops.push_back({axis.index, static_cast<double>(axis.size)});
    Value term = binding.yielded();
    bool skipsNeutral = isa<mixer::ReduceOp>(op);
    IndexSet depends = dependencies(term);
    for (Value index : binding.indices())
      depends.insert(index.getAsOpaquePointer());
    double outer = weight;
    weight *= part;
    double result = times(points) * average(axes, 1 << 6, [&] {
                      // A term that is known beforehand is the combiner's identity, or as cheap.
                      if (skipsNeutral && known.get(term))
                        return 0.0;
                      return combine * share(depends) + cost(*binding.body);
                    });
    weight = outer;
    loops.truncate(depth);
    return result;
  }

  /// An upper bound of an index' range: the shortest axis that the index alone subscripts.
  std::optional<int64_t> longestRange(Value index) {
    std::optional<int64_t> longest;
    for (OpOperand &use : index.getUses()) {
      auto at = dyn_cast<mixer::AtOp>(use.getOwner());
      if (!at)
        continue;
      auto ranges = reference::axisRanges(at.getTensorType(), extents, at.getLoc());
      if (!ranges) {
        llvm::consumeError(ranges.takeError());
        continue;
      }
      AffineExpr alone = getAffineDimExpr(use.getOperandNumber() - 1, at.getContext());
      for (auto [expr, range] : zip(at.getMap().getResults(), *ranges))
        if (expr == alone)
          longest = longest ? std::min(*longest, range.size) : range.size;
    }
    return longest;
  }

  /// The indices that a scalar depends on, by the values it is computed from.
  const IndexSet &dependencies(Value value) {
    auto found = depends.find(value);
    if (found != depends.end())
      return *found->second;
    auto set = std::make_unique<IndexSet>();
    if (isa<mixer::MixerTensorType>(value.getType())) {
      // A step's slice is another one at each time.
      Operation *op = value.getDefiningOp();
      if (auto recur = op ? dyn_cast<mixer::RecurOp>(op->getParentOp()) : nullptr)
        for (Value time : recur.getTimes())
          set->insert(time.getAsOpaquePointer());
    } else if (isa<BlockArgument>(value)) {
      set->insert(value.getAsOpaquePointer());
    } else {
      Operation *op = value.getDefiningOp();
      auto add = [&](Value operand) {
        const IndexSet &inner = dependencies(operand);
        set->insert(inner.begin(), inner.end());
      };
      llvm::for_each(op->getOperands(), add);
      // Of what is computed inside, what comes from outside.
      for (Region &region : op->getRegions())
        region.walk([&](Operation *inner) { llvm::for_each(inner->getOperands(), add); });
      for (Region &region : op->getRegions())
        for (BlockArgument index : region.getArguments())
          set->erase(index.getAsOpaquePointer());
    }
    return *(depends[value] = std::move(set));
  }

  //===--------------------------------------------------------------------===//
  // What is read
  //===--------------------------------------------------------------------===//

  /// The fraction of a definition's points that are read.
  double demand(Operation *op) {
    Value result = op->getResult(0);
    for (Operation *user : result.getUsers())
      if (isa<mixer::ReturnOp, mixer::AppendOp, mixer::RecurOp, mixer::ScatterOp>(user))
        return 1;
    return std::min(1.0, demands.lookup(result));
  }

  /// Notes that `at` is executed at this fraction of the points of the index space of `definition`.
  void addDemand(mixer::AtOp at, double fraction, Operation *definition, ArrayRef<Axis> axes) {
    // Each axis by an index of its own: then points read are points of the tensor.
    IndexSet used;
    bool plain = true;
    for (AffineExpr expr : at.getMap().getResults()) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      plain &= dim && isa<BlockArgument>(at.getIndices()[dim.getPosition()]) &&
               used.insert(at.getIndices()[dim.getPosition()].getAsOpaquePointer()).second;
    }
    // What is read within a step is another one at each time.
    if (Operation *read = at.getTensor().getDefiningOp())
      if (auto recur = dyn_cast<mixer::RecurOp>(read->getParentOp()))
        for (Value time : recur.getTimes())
          used.insert(time.getAsOpaquePointer());
    // An index that decides whether it is executed, but not where it reads: some of its values
    // suffice for a point to be read. A normaliser's index stands for the one where it is read.
    auto isUsed = [&](Value index) { return used.contains(index.getAsOpaquePointer()); };
    for (Operation *op = at->getParentOp(); op != definition; op = op->getParentOp()) {
      auto along = dyn_cast<mixer::AlongOp>(op);
      for (BlockArgument index : op->getRegion(0).getArguments()) {
        if (along && isUsed(index))
          used.insert(along.getAt()[index.getArgNumber()].getAsOpaquePointer());
        plain &= along || isUsed(index) || !matters(index, definition);
      }
    }
    for (const Axis &axis : axes)
      plain &= isUsed(axis.index) || !axis.sampled;
    double &sum = demands[at.getTensor()];
    sum += plain ? fraction : fraction > 0 ? 1 : 0;
  }

  void countBytes() {
    auto bytes = [&](Type type) -> int64_t {
      auto tensor = cast<mixer::MixerTensorType>(type);
      auto ranges = reference::axisRanges(tensor, extents, func.getLoc());
      if (!ranges) {
        llvm::consumeError(ranges.takeError());
        return 0;
      }
      int64_t size =
          reference::byteSize(*reference::parseElement(mixer::elementName(tensor.getElement())));
      for (AxisRange range : *ranges)
        size *= range.size;
      return size;
    };
    for (BlockArgument argument : func.getBody().getArguments())
      work.inputBytes += bytes(argument.getType());
    for (Attribute type : func.getResultTypes())
      work.outputBytes += bytes(cast<TypeAttr>(type).getValue());
  }

  void note(Counted how) { work.counted = std::max(work.counted, how); }

  mixer::FuncOp func;
  ArrayRef<int64_t> extents;
  KnownValues known;
  mixer::Demand wanted;
  Work work;
  SmallVector<Loop> loops;
  /// How many have been taken.
  uint64_t averages = 0;
  /// What one point that is looked at counts, of all points of the definition's index space.
  double weight = 1;
  /// How often each read of the definition is executed, as such a part.
  llvm::MapVector<mixer::AtOp, double> reads;
  llvm::DenseMap<Value, double> demands;
  llvm::DenseMap<Value, std::unique_ptr<SmallVector<int64_t>>> masks;
  llvm::DenseMap<Operation *, std::unique_ptr<IndexSet>> mattering;
  llvm::DenseMap<Value, std::unique_ptr<IndexSet>> depends;
};

} // namespace

Work countWork(mixer::FuncOp func, ArrayRef<int64_t> extents) {
  return WorkCounter(func, extents).count();
}

} // namespace mixc::driver
