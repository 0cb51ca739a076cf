//===- Groups.cpp - which equations share a kernel ------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/Groups.h"

#include "compiler/schedule/Histories.h"
#include "compiler/schedule/LoopOrder.h"
#include "dialects/mixer/Remark.h"

#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

namespace {

/// What a point may hold on chip between the steps of a recurrence, in bytes: a share of a
/// second-level cache.
constexpr int64_t onChipBytes = 256 << 10;

/// How many times an equation computed again may be evaluated for each of its elements: the price
/// of memory that is not there.
constexpr double mostEvaluations = 64;

/// A number of evaluations: how it grows, and what it is where an extent that is not known counts
/// as 1.
struct Work {
  mixer::Growth growth = mixer::Growth::constant();
  double count = 1;

  Work operator*(const Work &other) const { return {growth * other.growth, count * other.count}; }
  Work operator+(const Work &other) const { return {growth + other.growth, count + other.count}; }
};

class Scheduler {
public:
  Scheduler(mixer::FuncOp func, ArrayRef<int64_t> dims, StringRef pass)
      : func(func), dims(dims), pass(pass), bounds(mixer::growthOfInterface(func)), reads(func) {}

  Schedule run() {
    schedule.steps = scheduleBlock(func.getBody().front());
    for (Value result : func.getReturn().getResults())
      schedule.stored.insert(canonicalTensor(result));
    findStored();
    return std::move(schedule);
  }

private:
  using GroupPtr = std::unique_ptr<Group>;

  std::vector<Step> scheduleBlock(Block &block);
  // Each of the three: empty when all is well, else why not.
  StringRef whyNotInPoint(const Group &group);
  StringRef whyInPlan(mixer::RecurOp recur);
  std::string tryMerge(unsigned producer, unsigned consumer, bool must);
  void remarkMerges(ArrayRef<Operation *> nodes);
  void remarkHistories(ArrayRef<Operation *> readers);
  bool isAcyclic(unsigned first, unsigned second);
  void chooseBlocked(Group &group);
  void chooseLanes(const Group &group);
  void findStored();
  bool isPlanLoop(mixer::RecurOp recur) const { return schedule.planLoops.contains(recur); }
  void storeReads(Operation *reader);
  bool recomputes(mixer::EqOp eq, Operation *reader, const Work &work);
  Work workOf(ArrayRef<AffineExpr> lower, ArrayRef<AffineExpr> upper) const;
  Work workOf(const mixer::Binding &binding, unsigned k) const;
  Work loopsOf(Operation *op) const;
  Work pointsOf(Operation *op) const;

  /// The groups of the block at hand (null where merged into another) and the group of each of its
  /// operations.
  std::vector<GroupPtr> groups;
  llvm::DenseMap<Operation *, unsigned> groupOf;
  /// The operations of the block that each one reads from.
  llvm::DenseMap<Operation *, llvm::SmallSetVector<Operation *, 4>> producers;
  /// Why the groups of a producer and a reader are two.
  llvm::DenseMap<std::pair<Operation *, Operation *>, std::string> apart;

  mixer::FuncOp func;
  ArrayRef<int64_t> dims;
  StringRef pass;
  mixer::Growth bounds;
  Reads reads;
  Schedule schedule;
  /// The place of each operation in the text.
  llvm::DenseMap<Operation *, unsigned> textOrder;
  /// The kernel of each computing operation.
  llvm::DenseMap<Operation *, const Group *> kernelOf;
};

StringRef Scheduler::whyNotInPoint(const Group &group) {
  int64_t bytes = 0;
  for (Operation *op : computingOps(group.members)) {
    auto eq = dyn_cast<mixer::EqOp>(op);
    if (!eq)
      continue;
    bool inRecur =
        isa<mixer::RecurOp>(eq->getParentOp()) && !schedule.planLoops.contains(eq->getParentOp());
    if (eq.getPlace() != mixer::Place::tile && !inRecur)
      continue;
    mixer::Growth size = mixer::Growth::constant();
    int64_t elements = 1;
    for (unsigned axis = 0; axis < eq.getType().getRank(); ++axis) {
      if (llvm::any_of(group.grid, [&](const GridAxis &grid) {
            return grid.axisOf.lookup(eq.getResult()) == axis &&
                   grid.axisOf.contains(eq.getResult());
          }))
        continue;
      AffineExpr extent = eq.getType().getUpper()[axis] - eq.getType().getLower()[axis];
      size = size * mixer::Growth::of(extent);
      elements *= std::max<int64_t>(0, valueOf(extent, dims).value_or(1));
    }
    if (!size.isBoundedBy(bounds))
      return "a point would hold what grows faster than arguments and outputs";
    if (inRecur)
      bytes += 4 * elements;
  }
  return bytes <= onChipBytes ? "" : "a point would hold more than 256 KiB";
}

StringRef Scheduler::whyInPlan(mixer::RecurOp recur) {
  bool nested = false;
  recur.getBody().walk([&](mixer::ScatterOp) { nested = true; });
  if (nested)
    return "a step scatters";
  Group group{{recur}, {}};
  group.grid = commonGrid(group.members, reads);
  return whyNotInPoint(group);
}

/// Whether following reads backwards from one of the two groups leads to the other through a third.
bool Scheduler::isAcyclic(unsigned first, unsigned second) {
  llvm::SmallDenseSet<unsigned> seen;
  SmallVector<unsigned> work;
  auto push = [&](unsigned group) {
    for (Operation *member : groups[group]->members)
      for (Operation *producer : producers[member]) {
        unsigned next = groupOf.lookup(producer);
        if (next != group && seen.insert(next).second)
          work.push_back(next);
      }
  };
  for (unsigned start : {first, second}) {
    seen.clear();
    work.clear();
    push(start);
    unsigned other = start == first ? second : first;
    llvm::erase(work, other); // the direct way is what is merged
    while (!work.empty()) {
      unsigned next = work.pop_back_val();
      if (next == other)
        return false;
      if (next == start)
        return false;
      for (Operation *member : groups[next]->members)
        for (Operation *producer : producers[member]) {
          unsigned before = groupOf.lookup(producer);
          if (before == other || before == start)
            return false;
          if (before != next && seen.insert(before).second)
            work.push_back(before);
        }
    }
  }
  return true;
}

std::string gridText(ArrayRef<GridAxis> grid) {
  return "[" +
         llvm::join(llvm::map_range(grid, [](const GridAxis &axis) { return axis.name; }), ",") +
         "]";
}

std::string Scheduler::tryMerge(unsigned producer, unsigned consumer, bool must) {
  if (producer == consumer)
    return "";
  Group &from = *groups[producer], &to = *groups[consumer];
  // A boundary is read before the loop over time, at other points than the steps.
  for (Operation *member : to.members)
    for (Value init : initialTensors(member))
      if (Operation *def = init.getDefiningOp();
          def && groupOf.contains(def) && groupOf.lookup(def) == producer)
        return "the recurrence starts from it, at other points than its steps";
  auto merged = std::make_unique<Group>();
  merged->members = from.members;
  llvm::append_range(merged->members, to.members);
  llvm::sort(merged->members, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  merged->grid = commonGrid(merged->members, reads);
  if (!must) {
    // The producer keeps its points; so does a consumer that has work of its own.
    bool loops =
        llvm::any_of(computingOps(to.members), [](Operation *op) { return op->hasAttr("loops"); });
    if (merged->grid.size() != from.grid.size() || (loops && merged->grid.size() != to.grid.size()))
      return "the common grid " + gridText(merged->grid) +
             " has fewer points than the kernels apart, " + gridText(from.grid) + " and " +
             gridText(to.grid);
  }
  if (StringRef why = whyNotInPoint(*merged); !why.empty())
    return why.str() + ", on the common grid " + gridText(merged->grid);
  if (!isAcyclic(producer, consumer))
    return "a third kernel reads the one and is read by the other";
  for (Operation *member : from.members)
    groupOf[member] = consumer;
  groups[consumer] = std::move(merged);
  groups[producer].reset();
  return "";
}

/// Says of every read between kernels-to-be whether the two share a kernel.
void Scheduler::remarkMerges(ArrayRef<Operation *> nodes) {
  for (Operation *reader : nodes)
    for (Operation *producer : producers[reader]) {
      bool together = groupOf[producer] == groupOf[reader];
      auto remark = mixer::remark(producer, together ? mixer::Outcome::fired : mixer::Outcome::left,
                                  pass, "fuse");
      if (!remark)
        continue;
      remark << mlir::remark::detail::Remark::Arg("Reader", mixer::definedNames(reader));
      if (together)
        remark << mlir::remark::reason("one kernel with {0}, on the grid {1}",
                                       mixer::definedNames(reader),
                                       gridText(groups[groupOf[reader]]->grid));
      else
        remark << mlir::remark::reason("another kernel than {0}: {1}", mixer::definedNames(reader),
                                       apart.lookup({producer, reader}));
    }
}

std::vector<Step> Scheduler::scheduleBlock(Block &block) {
  groups.clear();
  groupOf.clear();
  producers.clear();
  apart.clear();
  SmallVector<Operation *> nodes;
  for (Operation &op : block) {
    auto eq = dyn_cast<mixer::EqOp>(op);
    if (!isa<mixer::EqOp, mixer::ScatterOp, mixer::RecurOp>(op) ||
        (eq && eq.getPlace() == mixer::Place::inlined))
      continue;
    nodes.push_back(&op);
    StringRef inPlan;
    if (auto recur = dyn_cast<mixer::RecurOp>(op))
      inPlan = whyInPlan(recur);
    if (!inPlan.empty())
      schedule.planLoops.insert(&op);
    auto group = std::make_unique<Group>();
    group->members = {&op};
    group->grid = commonGrid(group->members, reads);
    if (isa<mixer::RecurOp>(op))
      if (auto remark =
              mixer::remark(&op, inPlan.empty() ? mixer::Outcome::fired : mixer::Outcome::left,
                            pass, "loop-level"))
        remark << (inPlan.empty() ? mlir::remark::reason(
                                        "the loop over time runs inside each point of the grid {0}",
                                        gridText(group->grid))
                                  : mlir::remark::reason(
                                        "the loop over time is in the plan: on the grid {0} {1}",
                                        gridText(group->grid), inPlan));
    groupOf[&op] = groups.size();
    groups.push_back(std::move(group));
  }
  for (Operation *op : nodes)
    for (Value tensor : reads.tensorsOf(op))
      if (Operation *def = block.findAncestorOpInBlock(*tensor.getDefiningOp());
          def && def != op && groupOf.contains(def))
        producers[op].insert(def);

  auto merge = [&](Operation *producer, Operation *reader, bool must) {
    bool inPlan = schedule.planLoops.contains(producer) || schedule.planLoops.contains(reader);
    apart[{producer, reader}] = inPlan ? "the recurrence's loop over time is in the plan"
                                       : tryMerge(groupOf[producer], groupOf[reader], must);
  };
  for (Operation *op : nodes) {
    auto eq = dyn_cast<mixer::EqOp>(op);
    if (!eq || eq.getPlace() != mixer::Place::tile)
      continue;
    for (Operation *reader : nodes)
      if (producers[reader].contains(op))
        merge(op, reader, /*must=*/true);
  }
  for (Operation *reader : nodes)
    for (Operation *op : producers[reader])
      merge(op, reader, /*must=*/false);
  remarkMerges(nodes);

  // In an order in which everything is computed before it is read.
  std::vector<Step> steps;
  llvm::SmallDenseSet<unsigned> done;
  auto isReady = [&](unsigned group) {
    return llvm::all_of(groups[group]->members, [&](Operation *member) {
      return llvm::all_of(producers[member], [&](Operation *producer) {
        unsigned from = groupOf.lookup(producer);
        return from == group || done.contains(from);
      });
    });
  };
  unsigned count = llvm::count_if(groups, [](const GroupPtr &group) { return group != nullptr; });
  while (done.size() < count)
    for (unsigned k = 0; k < groups.size(); ++k)
      if (groups[k] && !done.contains(k) && isReady(k)) {
        done.insert(k);
        steps.emplace_back().group = std::move(groups[k]);
        groups[k] = std::make_unique<Group>(Group{steps.back().group->members, {}});
        break;
      }
  for (Step &step : steps) {
    if (auto loop = dyn_cast<mixer::RecurOp>(step.group->members.front());
        loop && schedule.planLoops.contains(loop)) {
      step.loop = loop;
      step.group.reset();
    } else {
      chooseBlocked(*step.group);
      chooseLanes(*step.group);
      for (Operation *op : computingOps(step.group->members))
        kernelOf[op] = step.group.get();
    }
  }
  for (Step &step : steps)
    if (step.loop)
      step.body = scheduleBlock(step.loop.getBody().front());
  return steps;
}

void Scheduler::chooseBlocked(Group &group) {
  // Votes for the axis along which the members' innermost loops would run.
  SmallVector<int> votes(group.grid.size(), 0);
  int total = 0;
  for (Operation *op : computingOps(group.members)) {
    SmallVector<BlockArgument> candidates(op->getRegion(0).getArguments());
    if (auto eq = dyn_cast<mixer::EqOp>(op))
      if (auto reduce = wholeReduction(eq))
        llvm::append_range(candidates, reduce.getBody().getArguments());
    BlockArgument best = chooseInnermost(op, reads.of(op), candidates);
    int weight = op->hasAttr("loops") ? 4 : 1;
    total += weight;
    if (!best || best.getOwner()->getParentOp() != op)
      continue;
    for (auto [k, axis] : llvm::enumerate(group.grid))
      if (axis.indexOf.lookup(op) == best.getArgNumber())
        votes[k] += weight;
  }
  auto most = llvm::max_element(votes);
  if (most == votes.end() || 2 * *most <= total)
    return;
  GridAxis &axis = group.grid[most - votes.begin()];
  axis.block = blockLength;
  if (auto remark = mixer::remark(group.members.back(), mixer::Outcome::fired, pass, "block"))
    remark << mlir::remark::reason(
        "a point takes {0} consecutive {1}: innermost loops run along it", blockLength, axis.name);
}

/// Writes on each equation that is all a reduction how it is added up.
void Scheduler::chooseLanes(const Group &group) {
  for (Operation *op : computingOps(group.members)) {
    auto eq = dyn_cast<mixer::EqOp>(op);
    auto reduce = eq ? wholeReduction(eq) : mixer::ReduceOp();
    if (!reduce)
      continue;
    SmallVector<BlockArgument> own(eq.getBody().getArguments());
    llvm::erase_if(own, [&](BlockArgument index) {
      return llvm::any_of(group.grid, [&](const GridAxis &axis) {
        auto found = axis.indexOf.find(op);
        return !axis.block && found != axis.indexOf.end() &&
               found->second == index.getArgNumber();
      });
    });
    BlockArgument inner = chooseInnermost(eq, reduce, reads.of(eq), own);
    if (inner.getOwner()->getParentOp() == reduce)
      eq->setAttr(lanesAttr, Builder(eq.getContext()).getI64IntegerAttr(inner.getArgNumber()));
  }
}

/// The points of a range.
Work Scheduler::workOf(ArrayRef<AffineExpr> lower, ArrayRef<AffineExpr> upper) const {
  Work work;
  for (auto [from, to] : llvm::zip_equal(lower, upper))
    work = work *
           Work{mixer::Growth::of(to - from),
                static_cast<double>(std::max<int64_t>(1, valueOf(to - from, dims).value_or(1)))};
  return work;
}

/// The points of the range of a bound index; at most those of an axis that the index runs along
/// where the bounds are known at run time only.
Work Scheduler::workOf(const mixer::Binding &binding, unsigned k) const {
  AffineExpr lower = binding.lower.getResult(k), upper = binding.upper.getResult(k);
  if (lower.isSymbolicOrConstant() && upper.isSymbolicOrConstant())
    return workOf(lower, upper);
  for (OpOperand &use : binding.indices()[k].getUses())
    if (auto at = dyn_cast<mixer::AtOp>(use.getOwner())) {
      AffineExpr index = getAffineDimExpr(use.getOperandNumber() - 1, at.getContext());
      for (auto [axis, subscript] : llvm::enumerate(at.getMap().getResults()))
        if (subscript == index)
          return workOf(at.getTensorType().getLower()[axis], at.getTensorType().getUpper()[axis]);
    }
  return {};
}

/// How often the innermost part of a body runs at one point.
Work Scheduler::loopsOf(Operation *op) const {
  Work work;
  op->walk([&](Operation *inner) {
    if (auto binding = mixer::getBinding(inner))
      for (unsigned k = 0; k < binding->size(); ++k)
        work = work * workOf(*binding, k);
  });
  return work;
}

/// The points of an equation or scatter.
Work Scheduler::pointsOf(Operation *op) const {
  if (auto scatter = dyn_cast<mixer::ScatterOp>(op))
    return workOf(scatter.getLower().getResults(), scatter.getUpper().getResults());
  mixer::MixerTensorType type = cast<mixer::EqOp>(op).getType();
  return workOf(type.getLower(), type.getUpper());
}

/// Decides whether `reader`, in another kernel, computes `eq` again, so many times, or reads it
/// from memory.
bool Scheduler::recomputes(mixer::EqOp eq, Operation *reader, const Work &work) {
  // The work grows when there are more evaluations than elements.
  Work elements = pointsOf(eq);
  bool raises = eq->hasAttr("loops") && !work.growth.isBoundedBy(elements.growth);
  bool multiplies = work.count > mostEvaluations * elements.count;
  bool again = !raises && !multiplies;
  if (auto remark = mixer::remark(eq, again ? mixer::Outcome::fired : mixer::Outcome::left, pass,
                                  "recompute")) {
    std::string name = mixer::definedNames(reader);
    if (raises)
      remark << mlir::remark::reason(
          "stored although it grows faster than arguments and outputs: computing it again for "
          "{0} would raise the work's order of growth",
          name);
    else if (multiplies)
      remark << mlir::remark::reason(
          "stored although it grows faster than arguments and outputs: computing it again for "
          "{0} would evaluate each element more than {1} times",
          name, int64_t(mostEvaluations));
    else
      remark << mlir::remark::reason(
          "computed again for {0}: it may not be stored, and the two share no grid", name);
  }
  return again;
}

/// Stores what `reader` reads from other kernels and may not compute again; likewise what is read
/// by equations that it does compute again.
void Scheduler::storeReads(Operation *reader) {
  const Group *kernel = kernelOf.lookup(reader);
  // Equations of other kernels that are read, and how often, the latest first: all who read one
  // come before it.
  auto isLater = [&](Operation *a, Operation *b) {
    return textOrder.lookup(a) > textOrder.lookup(b);
  };
  std::map<Operation *, Work, decltype(isLater)> pending(isLater);
  auto visit = [&](Operation *op, const Work &work) {
    for (Value tensor : reads.tensorsOf(op)) {
      Operation *def = tensor.getDefiningOp();
      if (auto recur = dyn_cast<mixer::RecurOp>(def)) {
        // Inside the recurrence the history is a part of the kernel, or the plan's own.
        bool inside = kernel && llvm::any_of(kernel->members, [&](Operation *member) {
                        return member->isAncestor(recur);
                      });
        if (!inside)
          schedule.stored.insert(tensor);
        continue;
      }
      if (kernelOf.lookup(def) == kernel || schedule.stored.contains(tensor))
        continue;
      auto eq = dyn_cast<mixer::EqOp>(def);
      if (!eq || eq.getPlace() != mixer::Place::tile) {
        schedule.stored.insert(tensor);
        continue;
      }
      Work reading = work;
      reading.count *= llvm::count_if(
          reads.of(op).reads, [&](const Access &access) { return access.tensor == tensor; });
      auto [entry, isNew] = pending.try_emplace(eq, reading);
      if (!isNew)
        entry->second = entry->second + reading;
    }
  };
  visit(reader, pointsOf(reader) * loopsOf(reader));
  while (!pending.empty()) {
    auto [op, work] = *pending.begin();
    pending.erase(pending.begin());
    auto eq = cast<mixer::EqOp>(op);
    if (recomputes(eq, reader, work))
      visit(eq, work * loopsOf(eq));
    else
      schedule.stored.insert(eq.getResult());
  }
}

void Scheduler::findStored() {
  SmallVector<Operation *> readers;
  func.walk([&](Operation *op) {
    textOrder.try_emplace(op, textOrder.size());
    if (reads.contains(op))
      readers.push_back(op);
  });
  func.walk([&](mixer::RecurOp recur) {
    for (auto [carry, history] : llvm::enumerate(recur.getHistories()))
      if (isPlanLoop(recur) || findKept(recur, carry, reads, readers, /*inPlace=*/true).all)
        schedule.stored.insert(history);
  });
  func.walk([&](Operation *op) {
    for (Value init : initialTensors(op))
      if (!isInlined(init))
        schedule.stored.insert(canonicalTensor(init));
  });
  llvm::for_each(readers, [&](Operation *reader) { storeReads(reader); });
  remarkHistories(readers);
}

/// Says how much of each history is kept (Inv 17).
void Scheduler::remarkHistories(ArrayRef<Operation *> readers) {
  func.walk([&](mixer::RecurOp recur) {
    for (auto [carry, history] : llvm::enumerate(recur.getHistories())) {
      bool inPlan = isPlanLoop(recur);
      Kept kept = findKept(recur, carry, reads, readers, /*inPlace=*/!inPlan);
      auto remark = mixer::remark(recur, kept.all ? mixer::Outcome::left : mixer::Outcome::fired,
                                  pass, "keep");
      if (!remark)
        continue;
      auto name = cast<StringAttr>(recur.getNames()[carry]).getValue();
      if (kept.all)
        remark << mlir::remark::reason("every step of {0} is stored: an output, or read behind its "
                                       "loop or at steps that are known at run time only",
                                       name);
      else
        remark << mlir::remark::reason("of {0} the last {1} step{2} kept, {3}", name, kept.steps,
                                       kept.steps == 1 ? " is" : "s are",
                                       schedule.stored.contains(history) ? "in memory" : "on chip");
    }
  });
}

} // namespace

Schedule schedule::makeSchedule(mixer::FuncOp func, ArrayRef<int64_t> dims, StringRef pass) {
  return Scheduler(func, dims, pass).run();
}
