//===- Groups.cpp - which equations share a kernel ------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/Groups.h"

#include "compiler/schedule/Histories.h"
#include "compiler/schedule/LoopOrder.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

namespace {

/// What a point may hold on chip between the steps of a recurrence, in bytes: a share of a second-level cache.
constexpr int64_t onChipBytes = 256 << 10;

class Scheduler {
public:
  Scheduler(mixer::FuncOp func, ArrayRef<int64_t> dims)
      : func(func), dims(dims), bounds(mixer::growthOfInterface(func)), reads(func) {}

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
  bool fitsInPoint(const Group &group);
  bool runsInPoint(mixer::RecurOp recur);
  bool tryMerge(unsigned producer, unsigned consumer, bool must);
  bool isAcyclic(unsigned first, unsigned second);
  void chooseBlocked(Group &group);
  void findStored();
  bool isPlanLoop(mixer::RecurOp recur) const { return schedule.planLoops.contains(recur); }
  void storeReads(Operation *op, Operation *reader, mixer::Growth points,
                  llvm::SmallPtrSetImpl<Operation *> &recomputed);
  bool recomputes(mixer::EqOp eq, Operation *reader, const mixer::Growth &points);

  /// The groups of the block at hand (null where merged into another) and the group of each of its operations.
  std::vector<GroupPtr> groups;
  llvm::DenseMap<Operation *, unsigned> groupOf;
  /// The operations of the block that each one reads from.
  llvm::DenseMap<Operation *, llvm::SmallSetVector<Operation *, 4>> producers;

  mixer::FuncOp func;
  ArrayRef<int64_t> dims;
  mixer::Growth bounds;
  Reads reads;
  Schedule schedule;
  /// The kernel of each computing operation.
  llvm::DenseMap<Operation *, const Group *> kernelOf;
};

bool Scheduler::fitsInPoint(const Group &group) {
  int64_t bytes = 0;
  for (Operation *op : computingOps(group.members)) {
    auto eq = dyn_cast<mixer::EqOp>(op);
    if (!eq)
      continue;
    bool inRecur = isa<mixer::RecurOp>(eq->getParentOp()) && !schedule.planLoops.contains(eq->getParentOp());
    if (eq.getPlace() != mixer::Place::tile && !inRecur)
      continue;
    mixer::Growth size = mixer::Growth::constant();
    int64_t elements = 1;
    for (unsigned axis = 0; axis < eq.getType().getRank(); ++axis) {
      if (llvm::any_of(group.grid, [&](const GridAxis &grid) {
            return grid.axisOf.lookup(eq.getResult()) == axis && grid.axisOf.contains(eq.getResult());
          }))
        continue;
      AffineExpr extent = eq.getType().getUpper()[axis] - eq.getType().getLower()[axis];
      size = size * mixer::Growth::of(extent);
      elements *= std::max<int64_t>(0, valueOf(extent, dims).value_or(1));
    }
    if (!size.isBoundedBy(bounds))
      return false;
    if (inRecur)
      bytes += 4 * elements;
  }
  return bytes <= onChipBytes;
}

bool Scheduler::runsInPoint(mixer::RecurOp recur) {
  bool nested = false;
  recur.getBody().walk([&](mixer::ScatterOp) { nested = true; });
  if (nested)
    return false;
  Group group{{recur}, {}};
  group.grid = commonGrid(group.members, reads);
  return fitsInPoint(group);
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

bool Scheduler::tryMerge(unsigned producer, unsigned consumer, bool must) {
  if (producer == consumer)
    return true;
  Group &from = *groups[producer], &to = *groups[consumer];
  // A boundary is read before the loop over time, at other points than the steps.
  for (Operation *member : to.members)
    for (Value init : initialTensors(member))
      if (Operation *def = init.getDefiningOp(); def && groupOf.contains(def) && groupOf.lookup(def) == producer)
        return false;
  auto merged = std::make_unique<Group>();
  merged->members = from.members;
  llvm::append_range(merged->members, to.members);
  llvm::sort(merged->members, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  merged->grid = commonGrid(merged->members, reads);
  if (!must) {
    // The producer keeps its points; so does a consumer that has work of its own.
    bool loops = llvm::any_of(computingOps(to.members), [](Operation *op) { return op->hasAttr("loops"); });
    if (merged->grid.size() != from.grid.size() || (loops && merged->grid.size() != to.grid.size()))
      return false;
  }
  if (!fitsInPoint(*merged) || !isAcyclic(producer, consumer))
    return false;
  for (Operation *member : from.members)
    groupOf[member] = consumer;
  groups[consumer] = std::move(merged);
  groups[producer].reset();
  return true;
}

std::vector<Step> Scheduler::scheduleBlock(Block &block) {
  groups.clear();
  groupOf.clear();
  producers.clear();
  SmallVector<Operation *> nodes;
  for (Operation &op : block) {
    auto eq = dyn_cast<mixer::EqOp>(op);
    if (!isa<mixer::EqOp, mixer::ScatterOp, mixer::RecurOp>(op) ||
        (eq && eq.getPlace() == mixer::Place::inlined))
      continue;
    nodes.push_back(&op);
    if (auto recur = dyn_cast<mixer::RecurOp>(op); recur && !runsInPoint(recur))
      schedule.planLoops.insert(recur);
    auto group = std::make_unique<Group>();
    group->members = {&op};
    group->grid = commonGrid(group->members, reads);
    groupOf[&op] = groups.size();
    groups.push_back(std::move(group));
  }
  for (Operation *op : nodes)
    for (Value tensor : reads.tensorsOf(op))
      if (Operation *def = block.findAncestorOpInBlock(*tensor.getDefiningOp());
          def && def != op && groupOf.contains(def))
        producers[op].insert(def);

  auto mayMerge = [&](Operation *op) { return !schedule.planLoops.contains(op); };
  for (Operation *op : nodes) {
    auto eq = dyn_cast<mixer::EqOp>(op);
    if (!eq || eq.getPlace() != mixer::Place::tile)
      continue;
    for (Operation *reader : nodes)
      if (producers[reader].contains(op) && mayMerge(reader))
        tryMerge(groupOf[op], groupOf[reader], /*must=*/true);
  }
  for (Operation *reader : nodes)
    for (Operation *op : producers[reader])
      if (mayMerge(reader) && mayMerge(op))
        tryMerge(groupOf[op], groupOf[reader], /*must=*/false);

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
  if (most != votes.end() && 2 * *most > total)
    group.grid[most - votes.begin()].blocked = true;
}

/// How often the innermost part of an equation's body runs at one of its points.
static mixer::Growth loopsOf(Operation *op) {
  mixer::Growth points = mixer::Growth::constant();
  op->walk([&](Operation *inner) {
    if (auto binding = mixer::getBinding(inner))
      for (auto [lower, upper] : llvm::zip(binding->lower.getResults(), binding->upper.getResults()))
        points = points * mixer::Growth::of(upper - lower);
  });
  return points;
}

/// Decides whether `reader`, in another kernel, computes `eq` again, at so many points, or reads it from memory.
bool Scheduler::recomputes(mixer::EqOp eq, Operation *reader, const mixer::Growth &points) {
  // Computing it again raises the order of the work when the reader has more points than the tensor.
  bool raises = eq->hasAttr("loops") && !points.isBoundedBy(mixer::Growth::of(eq.getType()));
  std::string name = eq.getName().str();
  auto readerName = reader->getAttrOfType<StringAttr>("name").getValue().str();
  if (raises)
    schedule.remarks.push_back(
        {eq.getLoc(), "`" + name + "` is stored although it grows faster than arguments and outputs: computing it "
                                   "again for `" + readerName + "` would raise the work's order of growth"});
  else
    schedule.remarks.push_back({eq.getLoc(), "`" + name + "` is computed again for `" + readerName +
                                                 "`: it may not be stored, and the two share no grid"});
  return !raises;
}

/// Stores what `op`, evaluated in the kernel of `reader` at so many points, reads from other kernels and may not compute again.
void Scheduler::storeReads(Operation *op, Operation *reader, mixer::Growth points,
                           llvm::SmallPtrSetImpl<Operation *> &recomputed) {
  const Group *kernel = kernelOf.lookup(reader);
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
    if (kernelOf.lookup(def) == kernel || recomputed.contains(def))
      continue;
    auto eq = dyn_cast<mixer::EqOp>(def);
    if (eq && eq.getPlace() == mixer::Place::tile && recomputes(eq, reader, points)) {
      recomputed.insert(eq);
      storeReads(eq, reader, points * loopsOf(eq), recomputed);
    } else {
      schedule.stored.insert(tensor);
    }
  }
}

void Scheduler::findStored() {
  SmallVector<Operation *> readers;
  func.walk([&](Operation *op) {
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
  for (Operation *reader : readers) {
    mixer::Growth points = loopsOf(reader);
    if (auto eq = dyn_cast<mixer::EqOp>(reader))
      points = points * mixer::Growth::of(eq.getType());
    llvm::SmallPtrSet<Operation *, 8> recomputed;
    storeReads(reader, reader, points, recomputed);
  }
}

} // namespace

Schedule schedule::makeSchedule(mixer::FuncOp func, ArrayRef<int64_t> dims) {
  return Scheduler(func, dims).run();
}
