//===- Recurrence.cpp - the time of a group of definitions ----------------===//
#include "frontends/mix/Recurrence.h"

#include "dialects/mixer/analysis/Facts.h"

#include <map>
#include <set>

using namespace mlir;
using namespace mixc::mixer;

namespace mixc::mix {
namespace {

/// How the step that is read lies to the step that reads it.
enum class Relation { Unknown, Same, Before, After, NotAfter, NotBefore };

/// An axis of each tensor as the time.
struct Time {
  llvm::DenseMap<Unit *, unsigned> axis;
  bool reverse = false;
};

class Planner {
public:
  Planner(const GroupReads &reads, FuncOp func, Diagnostics &diags)
      : reads(reads), facts(func), diags(diags) {}

  using Kept = llvm::function_ref<bool(Unit *)>;
  using Used = llvm::DenseMap<Unit *, SmallVector<unsigned, 1>>;

  /// The plan for `units`, whose axes in `used` are times of recurrences around, by the
  /// `open` reads among them: those at the same step of all times around.
  std::unique_ptr<RecurrencePlan> plan(ArrayRef<Unit *> units, const Used &used,
                                       ArrayRef<unsigned> open, Kept kept);

private:
  Relation relation(unsigned read, unsigned readerAxis, unsigned targetAxis);
  /// The relation where `time` is the time, as seen in its direction.
  Relation along(unsigned read, const Time &time);
  /// How well the time axes of a read's ends go together: not at all, by some earlier step, by one
  /// a constant number of steps earlier, by the same step.
  enum class Fit { None, Earlier, Constant, Same };
  Fit fit(unsigned read, const Time &time);
  std::optional<Time> timeFrom(ArrayRef<Unit *> units, unsigned axis, bool reverse,
                               const Used &used, ArrayRef<unsigned> open);
  /// The reads that do not go to an earlier step along `time`.
  SmallVector<unsigned> openAfter(const Time &time, ArrayRef<unsigned> open);
  std::vector<std::vector<Unit *>> groupsAlong(ArrayRef<Unit *> units, ArrayRef<unsigned> open);
  bool isCircle(ArrayRef<Unit *> group, ArrayRef<unsigned> open);
  std::optional<Time> findTime(ArrayRef<Unit *> units, const Used &used, ArrayRef<unsigned> open);
  void reportNoTime(ArrayRef<Unit *> units, const Used &used, ArrayRef<unsigned> open);
  bool checkOrder(ArrayRef<unsigned> open, ArrayRef<std::vector<Unit *>> groups);
  std::optional<IndexRange> rangeOf(ArrayRef<Unit *> units, const Time &time);

  const GroupReads &reads;
  Facts facts;
  Diagnostics &diags;
  using Axes = std::tuple<unsigned, unsigned, unsigned>; ///< a read, the reader's, the target's
  std::map<Axes, Relation> relations;
  std::set<Axes> constant; ///< where the steps lie a constant number apart
};

/// The name that `axis` has on the left side of `unit`.
StringRef timeName(const Unit &unit, unsigned axis) { return unit.general().left[axis].name.text; }

Relation Planner::relation(unsigned index, unsigned readerAxis, unsigned targetAxis) {
  auto [at, isNew] = relations.try_emplace({index, readerAxis, targetAxis}, Relation::Unknown);
  if (!isNew)
    return at->second;
  const GroupRead &read = reads.reads[index];
  AtOp op = read.op;
  const mixer::Scope &scope = facts.scopeOf(op);
  Polynomial step = facts.expression(op.getMap().getResult(targetAxis), op.getIndices(), scope);
  Polynomial now;
  if (read.piece->isConstant(readerAxis)) {
    now = facts.expression(read.piece->left[readerAxis].constant, {}, scope);
  } else {
    unsigned argument = 0;
    for (unsigned axis = 0; axis < readerAxis; ++axis)
      argument += !read.piece->isConstant(axis);
    EqOp eq = reads.equations.lookup(read.piece);
    now = facts.value(eq.getBody().getArgument(argument));
  }
  if (!step.isKnown() || !now.isKnown())
    return Relation::Unknown;
  if ((now - step).constant())
    constant.insert({index, readerAxis, targetAxis});
  Relation found = step == now                                       ? Relation::Same
                   : facts.proves(now - step - Polynomial(1), scope) ? Relation::Before
                   : facts.proves(step - now - Polynomial(1), scope) ? Relation::After
                   : facts.proves(now - step, scope)                 ? Relation::NotAfter
                   : facts.proves(step - now, scope)                 ? Relation::NotBefore
                                                                     : Relation::Unknown;
  return relations[{index, readerAxis, targetAxis}] = found;
}

Relation Planner::along(unsigned index, const Time &time) {
  const GroupRead &read = reads.reads[index];
  Relation found = relation(index, time.axis.lookup(read.reader), time.axis.lookup(read.target));
  if (!time.reverse)
    return found;
  switch (found) {
  case Relation::Before:
    return Relation::After;
  case Relation::After:
    return Relation::Before;
  case Relation::NotAfter:
    return Relation::NotBefore;
  case Relation::NotBefore:
    return Relation::NotAfter;
  default:
    return found;
  }
}

static bool isEarlierOrNow(Relation relation) {
  return relation == Relation::Same || relation == Relation::Before ||
         relation == Relation::NotAfter;
}

Planner::Fit Planner::fit(unsigned index, const Time &time) {
  const GroupRead &read = reads.reads[index];
  Relation found = along(index, time);
  if (found == Relation::Same)
    return Fit::Same;
  if (!isEarlierOrNow(found))
    return Fit::None;
  return constant.count({index, time.axis.lookup(read.reader), time.axis.lookup(read.target)})
             ? Fit::Constant
             : Fit::Earlier;
}

std::optional<Time> Planner::timeFrom(ArrayRef<Unit *> units, unsigned axis, bool reverse,
                                      const Used &used, ArrayRef<unsigned> open) {
  Time time;
  time.reverse = reverse;
  time.axis[units.front()] = axis;
  auto isFree = [&](Unit *unit, unsigned candidate) {
    auto at = used.find(unit);
    return (at == used.end() || !llvm::is_contained(at->second, candidate)) &&
           !unit->general().isConstant(candidate);
  };
  // A read between a tensor with a time and one without gives the other its time: the
  // axis at which the read is at the same or an earlier step. The read that fits best goes
  // first: with few steps, `t-1` may lie before every value of some other index, too.
  for (;;) {
    Unit *next = nullptr;
    unsigned nextAxis = 0;
    Fit best = Fit::None;
    for (unsigned index : open) {
      const GroupRead &read = reads.reads[index];
      bool hasReader = time.axis.contains(read.reader);
      if (hasReader == time.axis.contains(read.target) || !read.piece->isGeneral())
        continue;
      Unit *other = hasReader ? read.target : read.reader;
      Fit own = Fit::None;
      for (unsigned k = 0; k < other->defines.front()->tensor->axes.size() && own != Fit::Same;
           ++k) {
        if (!isFree(other, k))
          continue;
        time.axis[other] = k;
        Fit here = fit(index, time);
        own = std::max(own, here);
        if (here > best) {
          best = here;
          next = other;
          nextAxis = k;
        }
      }
      time.axis.erase(other);
      if (own == Fit::None)
        return std::nullopt;
      if (best == Fit::Same)
        break;
    }
    if (!next)
      break;
    time.axis[next] = nextAxis;
  }
  return time.axis.size() == units.size() ? std::optional(time) : std::nullopt;
}

SmallVector<unsigned> Planner::openAfter(const Time &time, ArrayRef<unsigned> open) {
  SmallVector<unsigned> left;
  for (unsigned read : open)
    if (along(read, time) != Relation::Before)
      left.push_back(read);
  return left;
}

std::vector<std::vector<Unit *>> Planner::groupsAlong(ArrayRef<Unit *> units,
                                                      ArrayRef<unsigned> open) {
  return groupsOf(units, [&](Unit *unit, llvm::function_ref<void(Unit *)> visit) {
    for (unsigned read : open)
      if (reads.reads[read].reader == unit)
        visit(reads.reads[read].target);
  });
}

bool Planner::isCircle(ArrayRef<Unit *> group, ArrayRef<unsigned> open) {
  return group.size() > 1 || llvm::any_of(open, [&](unsigned read) {
           return reads.reads[read].reader == group.front() &&
                  reads.reads[read].target == group.front();
         });
}

std::optional<Time> Planner::findTime(ArrayRef<Unit *> units, const Used &used,
                                      ArrayRef<unsigned> open) {
  // The first axis that leaves no circle within a step, else the first that helps.
  std::optional<Time> helps;
  Unit *first = units.front();
  auto taken = used.find(first);
  for (unsigned axis = 0; axis < first->defines.front()->tensor->axes.size(); ++axis) {
    if (first->general().isConstant(axis) ||
        (taken != used.end() && llvm::is_contained(taken->second, axis)))
      continue;
    for (bool reverse : {false, true}) {
      std::optional<Time> time = timeFrom(units, axis, reverse, used, open);
      if (!time ||
          !llvm::all_of(open, [&](unsigned read) { return isEarlierOrNow(along(read, *time)); }))
        continue;
      SmallVector<unsigned> left = openAfter(*time, open);
      if (left.size() == open.size())
        continue;
      if (llvm::none_of(groupsAlong(units, left),
                        [&](ArrayRef<Unit *> group) { return isCircle(group, left); }))
        return time;
      if (!helps)
        helps = time;
    }
  }
  return helps;
}

void Planner::reportNoTime(ArrayRef<Unit *> units, const Used &used, ArrayRef<unsigned> open) {
  // Explain by the axis that comes closest.
  std::optional<Time> best;
  size_t bestBad = ~size_t(0);
  Unit *first = units.front();
  auto taken = used.find(first);
  auto bad = [&](const Time &time) {
    SmallVector<unsigned> list;
    for (unsigned read : open)
      if (!isEarlierOrNow(along(read, time)))
        list.push_back(read);
    return list;
  };
  for (unsigned axis = 0; axis < first->defines.front()->tensor->axes.size(); ++axis) {
    if (taken != used.end() && llvm::is_contained(taken->second, axis))
      continue;
    for (bool reverse : {false, true}) {
      std::optional<Time> time = timeFrom(units, axis, reverse, used, open);
      // An axis along which every read stays at its step says nothing.
      if (!time || openAfter(*time, open).size() - bad(*time).size() == open.size())
        continue;
      if (size_t count = bad(*time).size(); count < bestBad) {
        best = time;
        bestBad = count;
      }
    }
  }
  const Tensor &tensor = *first->defines.front()->tensor;
  if (!best || bestBad == 0) {
    const GroupRead &read = reads.reads[open.front()];
    std::string name = "`" + read.target->defines.front()->tensor->name + "`";
    auto error =
        diags.error(read.span, read.reader == read.target
                                   ? name + " is defined by itself, and no index is shown to "
                                            "go to an earlier step"
                                   : name + " and `" + read.reader->defines.front()->tensor->name +
                                         "` are defined by each other, and no index is "
                                         "shown to go to an earlier step");
    error.note(read.target->statement->span, name + " is defined here");
    error.note("a recurrence reads earlier steps: `n-1`, `j` with `j in 0..n`; or later ones "
               "throughout: `n+1`");
    return;
  }
  const GroupRead &read = reads.reads[bad(*best).front()];
  StringRef time = timeName(*first, best->axis.lookup(first));
  Relation how = along(bad(*best).front(), *best);
  auto error = diags.error(read.span,
                           how == Relation::After
                               ? "the recurrence over `" + time + "` reads earlier and later steps"
                               : "can't show that this reads an earlier step of `" + time + "`");
  error.note(tensor.span, "`" + tensor.name + "` recurs over `" + time + "` here");
  error.note("a recurrence reads earlier steps: `" + time + "-1`, `j` with `j in 0.." + time +
             "`; or later ones throughout: `" + time + "+1`");
}

bool Planner::checkOrder(ArrayRef<unsigned> open, ArrayRef<std::vector<Unit *>> groups) {
  bool good = true;
  for (unsigned index : open) {
    const GroupRead &read = reads.reads[index];
    bool together = llvm::any_of(groups, [&](ArrayRef<Unit *> group) {
      return llvm::is_contained(group, read.reader) && llvm::is_contained(group, read.target);
    });
    const Piece &target = read.target->general();
    if (together || target.position < read.piece->position)
      continue;
    diags
        .error(read.span, "`" + read.target->defines.front()->tensor->name +
                              "` is read at this step before it is defined")
        .note(target.equation->targetSpan, "it is defined here: move it up");
    good = false;
  }
  return good;
}

std::optional<IndexRange> Planner::rangeOf(ArrayRef<Unit *> units, const Time &time) {
  const LeftSubscript &first = units.front()->general().left[time.axis.lookup(units.front())];
  for (Unit *unit : units.drop_front()) {
    const LeftSubscript &other = unit->general().left[time.axis.lookup(unit)];
    if (other.range == first.range)
      continue;
    diags
        .error(other.span, "the definitions of a recurrence have one range of steps, but `" +
                               other.name.text + "` has another one here")
        .note(first.span, "than `" + first.name.text + "` has here: write one range for both");
    return std::nullopt;
  }
  return first.range;
}

std::unique_ptr<RecurrencePlan> Planner::plan(ArrayRef<Unit *> units, const Used &used,
                                              ArrayRef<unsigned> open, Kept kept) {
  std::optional<Time> time = findTime(units, used, open);
  if (!time) {
    reportNoTime(units, used, open);
    return nullptr;
  }
  std::optional<IndexRange> range = rangeOf(units, *time);
  if (!range)
    return nullptr;
  auto result = std::make_unique<RecurrencePlan>();
  result->members.assign(units.begin(), units.end());
  result->times.push_back(
      {timeName(*units.front(), time->axis.lookup(units.front())).str(), *range, time->reverse});
  Used inside = used;
  for (Unit *unit : units) {
    result->axes[unit].push_back(time->axis.lookup(unit));
    inside[unit].push_back(time->axis.lookup(unit));
    if (kept(unit))
      result->carries.insert(unit);
  }
  for (unsigned read : open)
    if (along(read, *time) != Relation::Same)
      result->carries.insert(reads.reads[read].target);

  SmallVector<unsigned> left = openAfter(*time, open);
  std::vector<std::vector<Unit *>> groups = groupsAlong(units, left);
  if (!checkOrder(left, groups))
    return nullptr;
  for (const std::vector<Unit *> &group : groups) {
    if (!isCircle(group, left)) {
      result->steps.push_back({group.front(), nullptr});
      continue;
    }
    SmallVector<unsigned> within;
    for (unsigned read : left)
      if (llvm::is_contained(group, reads.reads[read].reader) &&
          llvm::is_contained(group, reads.reads[read].target))
        within.push_back(read);
    bool whole = group.size() == units.size();
    auto keptInside = [&](Unit *unit) {
      return result->carries.contains(unit) || llvm::any_of(left, [&](unsigned read) {
               return reads.reads[read].target == unit &&
                      !llvm::is_contained(group, reads.reads[read].reader);
             });
    };
    std::unique_ptr<RecurrencePlan> nested = plan(group, inside, within, keptInside);
    if (!nested)
      return nullptr;
    if (!whole) {
      result->steps.push_back({nullptr, std::move(nested)});
      continue;
    }
    // The same members recur over a further axis: one recurrence over both.
    llvm::append_range(result->times, nested->times);
    for (Unit *unit : units)
      llvm::append_range(result->axes[unit], nested->axes[unit]);
    result->carries.insert_range(nested->carries);
    result->steps = std::move(nested->steps);
  }
  return result;
}

} // namespace

std::unique_ptr<RecurrencePlan> planRecurrence(ArrayRef<Unit *> group, const GroupReads &reads,
                                               FuncOp func, llvm::function_ref<bool(Unit *)> kept,
                                               Diagnostics &diags) {
  Planner planner(reads, func, diags);
  SmallVector<unsigned> all = llvm::to_vector(llvm::seq<unsigned>(0, reads.reads.size()));
  return planner.plan(group, Planner::Used(), all, kept);
}

} // namespace mixc::mix
