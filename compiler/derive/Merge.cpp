//===- Merge.cpp - equal equations become one -----------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What an equation is called is no part of what it computes, but it is an attribute, so that MLIR's
// CSE takes two equal equations for different ones. This pass compares them without their names. It
// also keeps apart what CSE would not: the steps of two histories, two outputs.
//
//===----------------------------------------------------------------------===//

#include "compiler/derive/Equations.h"
#include "compiler/derive/Passes.h"
#include "dialects/mixer/Remark.h"

#include "mlir/IR/Dominance.h"
#include "mlir/IR/Iterators.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/CSE.h"
#include "llvm/ADT/SmallBitVector.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::derive;

namespace mixc::derive {
#define GEN_PASS_DEF_DERIVEMERGE
#include "compiler/derive/Passes.h.inc"
} // namespace mixc::derive

namespace {

/// The attributes of `op` that say what it computes.
SmallVector<NamedAttribute> meaningOf(Operation *op) {
  SmallVector<NamedAttribute> attributes(op->getAttrDictionary().getValue());
  llvm::erase_if(attributes, [&](NamedAttribute attribute) {
    StringRef name = attribute.getName();
    return isa<mixer::MixerDialect>(op->getDialect()) &&
           (name == "name" || name == "names" || name == "index_names");
  });
  return attributes;
}

/// The operations of a computation with the values that they define, in order, so that another can
/// be compared with it.
class Structure {
public:
  /// A number that equal computations share.
  static llvm::hash_code hash(Operation *op) {
    llvm::DenseMap<Value, unsigned> numbers;
    return hash(op, numbers);
  }

  /// Whether two computations differ in names only.
  static bool areEqual(Operation *a, Operation *b) {
    llvm::DenseMap<Value, Value> counterparts;
    return areEqual(a, b, counterparts);
  }

private:
  static llvm::hash_code hash(Operation *op, llvm::DenseMap<Value, unsigned> &numbers) {
    llvm::hash_code code = llvm::hash_combine(op->getName());
    for (NamedAttribute attribute : meaningOf(op))
      code = llvm::hash_combine(code, attribute.getName(), attribute.getValue());
    for (Type type : op->getResultTypes())
      code = llvm::hash_combine(code, type);
    for (Value operand : op->getOperands()) {
      auto own = numbers.find(operand);
      code = own == numbers.end() ? llvm::hash_combine(code, operand.getAsOpaquePointer())
                                  : llvm::hash_combine(code, own->second);
    }
    for (Region &region : op->getRegions())
      for (Block &block : region) {
        for (BlockArgument argument : block.getArguments())
          numbers.try_emplace(argument, numbers.size());
        for (Operation &inner : block)
          code = llvm::hash_combine(code, hash(&inner, numbers));
      }
    for (Value result : op->getResults())
      numbers.try_emplace(result, numbers.size());
    return code;
  }

  static bool areEqual(Operation *a, Operation *b, llvm::DenseMap<Value, Value> &counterparts) {
    auto isCounterpart = [&](Value x, Value y) {
      auto found = counterparts.find(x);
      return (found == counterparts.end() ? x : found->second) == y;
    };
    if (a->getName() != b->getName() || a->getResultTypes() != b->getResultTypes() ||
        a->getNumOperands() != b->getNumOperands() || a->getNumRegions() != b->getNumRegions() ||
        !llvm::equal(meaningOf(a), meaningOf(b)) ||
        !llvm::all_of_zip(a->getOperands(), b->getOperands(), isCounterpart))
      return false;
    for (auto [regionA, regionB] : llvm::zip_equal(a->getRegions(), b->getRegions())) {
      if (regionA.empty() != regionB.empty())
        return false;
      if (regionA.empty())
        continue;
      Block &blockA = regionA.front(), &blockB = regionB.front();
      if (blockA.getArgumentTypes() != blockB.getArgumentTypes() ||
          blockA.getOperations().size() != blockB.getOperations().size())
        return false;
      for (auto [x, y] : llvm::zip_equal(blockA.getArguments(), blockB.getArguments()))
        counterparts[x] = y;
      for (auto [x, y] : llvm::zip_equal(blockA, blockB))
        if (!areEqual(&x, &y, counterparts))
          return false;
    }
    for (auto [x, y] : llvm::zip_equal(a->getResults(), b->getResults()))
      counterparts[x] = y;
    return true;
  }
};

/// Whether one of the results of `op` has a user of type `User`.
template <typename User> bool isUsedBy(Operation *op) {
  return llvm::any_of(op->getUsers(), llvm::IsaPred<User>);
}

class Merge {
public:
  explicit Merge(StringRef pass) : pass(pass) {}

  void run(mixer::FuncOp func) {
    // Equal bodies are equal once each of their values is computed once.
    IRRewriter rewriter(func.getContext());
    DominanceInfo dominance(func);
    func.walk([&](Operation *op) {
      if (isa<mixer::EqOp, mixer::ScatterOp>(op))
        eliminateCommonSubExpressions(rewriter, dominance, op);
    });
    mergeIn(func.getBody().front());
    func.walk([](mixer::RecurOp recur) { dropHistories(recur); });
    func->walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *op) {
      if (isa<mixer::EqOp, mixer::ScatterOp, mixer::RecurOp, mixer::TableOp>(op) &&
          isOpTriviallyDead(op))
        op->erase();
    });
  }

private:
  void mergeIn(Block &block);
  bool mergeInto(Operation *first, Operation *op);
  static void dropHistories(mixer::RecurOp recur);

  StringRef pass;
  /// The equations before the one at hand, of its block and those around, by hash.
  llvm::DenseMap<size_t, SmallVector<Operation *, 1>> before;
};

void Merge::mergeIn(Block &block) {
  SmallVector<size_t> own;
  for (Operation &op : llvm::make_early_inc_range(block)) {
    if (!isa<mixer::EqOp, mixer::ScatterOp, mixer::RecurOp, mixer::TableOp>(op))
      continue;
    // The steps first, so that recurrences that differ in what is merged are equal.
    if (auto recur = dyn_cast<mixer::RecurOp>(op))
      mergeIn(recur.getBody().front());
    size_t hash = Structure::hash(&op);
    SmallVector<Operation *, 1> &alike = before[hash];
    if (llvm::any_of(alike, [&](Operation *first) {
          return Structure::areEqual(first, &op) && mergeInto(first, &op);
        }))
      continue;
    alike.push_back(&op);
    own.push_back(hash);
  }
  for (size_t hash : own)
    before[hash].pop_back();
}

/// Gives the readers of `op` the results of `first`. False when both must stay as they are.
bool Merge::mergeInto(Operation *first, Operation *op) {
  // A step of one history is no step of another, nor is its boundary.
  if (isUsedBy<mixer::AppendOp>(op) || isUsedBy<mixer::RecurOp>(op))
    return false;
  // Two outputs are two tensors.
  bool isCopy = isUsedBy<mixer::ReturnOp>(op) && isUsedBy<mixer::ReturnOp>(first);
  auto copy = dyn_cast<mixer::EqOp>(op);
  if (isCopy && !copy)
    return false;
  if (auto remark = mixer::remark(op, mixer::Outcome::fired, pass, "merge"))
    remark << mlir::remark::reason(isCopy ? "an output that is a copy of {0}: the same computation"
                                          : "is {0}: the same computation",
                                   mixer::definedNames(first));
  if (!isCopy) {
    op->replaceAllUsesWith(first->getResults());
    op->erase();
    return true;
  }
  copy.getResult().replaceUsesWithIf(
      first->getResult(0), [](OpOperand &use) { return !isa<mixer::ReturnOp>(use.getOwner()); });
  Block &body = copy.getBody().front();
  body.dropAllReferences();
  body.getOperations().clear();
  OpBuilder builder = OpBuilder::atBlockEnd(&body);
  Value value = readAt(builder, copy.getLoc(), first->getResult(0), body.getArguments());
  mixer::YieldOp::create(builder, copy.getLoc(), value);
  return true;
}

/// Rebuilds a recurrence without the histories on which no reader depends.
void Merge::dropHistories(mixer::RecurOp recur) {
  // From the histories that are read, everything that their steps need.
  Block &body = recur.getBody().front();
  mixer::YieldOp yield = recur.getYield();
  unsigned times = recur.getNumTimes(), carries = recur.getNumResults();
  llvm::SmallBitVector live(carries);
  llvm::SmallPtrSet<Operation *, 16> needed;
  SmallVector<Operation *> work;
  auto need = [&](Operation *op) {
    if (op && needed.insert(op).second)
      work.push_back(op);
  };
  auto keep = [&](unsigned carry) {
    live.set(carry);
    need(yield.getValues()[carry].getDefiningOp());
  };
  for (OpResult history : recur.getHistories())
    if (!history.use_empty())
      keep(history.getResultNumber());
  while (!work.empty())
    work.pop_back_val()->walk([&](Operation *op) {
      for (Value operand : op->getOperands()) {
        if (auto argument = dyn_cast<BlockArgument>(operand)) {
          if (argument.getOwner() == &body && argument.getArgNumber() >= times)
            keep(argument.getArgNumber() - times);
        } else if (Operation *def = body.findAncestorOpInBlock(*operand.getDefiningOp())) {
          need(def);
        }
      }
    });
  if (live.none() || live.all())
    return; // all of it goes, or nothing

  auto kept = [&](auto &&range) {
    SmallVector<std::decay_t<decltype(*range.begin())>> result;
    for (auto [carry, element] : llvm::enumerate(range))
      if (live.test(carry))
        result.push_back(element);
    return result;
  };
  SmallVector<unsigned> carriesLeft = kept(llvm::seq(carries));
  SmallVector<Value> inits;
  SmallVector<int64_t> initCarry;
  SmallVector<Attribute> initMaps;
  for (auto [init, carry, map] :
       llvm::zip_equal(recur.getInits(), recur.getInitCarry(), recur.getInitMaps()))
    if (live.test(carry)) {
      inits.push_back(init);
      initCarry.push_back(llvm::find(carriesLeft, carry) - carriesLeft.begin());
      initMaps.push_back(map);
    }
  OpBuilder builder(recur);
  auto narrower = mixer::RecurOp::create(
      builder, recur.getLoc(), kept(recur.getResultTypes()),
      builder.getArrayAttr(kept(recur.getNames())), recur.getIndexNames(), recur.getLower(),
      recur.getUpper(), recur.getReverse(), inits, initCarry, builder.getArrayAttr(initMaps));
  yield.getValuesMutable().assign(kept(yield.getValues()));
  SmallVector<Operation *> unneeded;
  for (Operation &op : body.without_terminator())
    if (!needed.contains(&op))
      unneeded.push_back(&op);
  for (Operation *op : llvm::reverse(unneeded))
    op->erase();
  narrower.getBody().takeBody(recur.getBody());
  for (unsigned carry = carries; carry-- > 0;)
    if (!live.test(carry))
      narrower.getBody().eraseArgument(times + carry);
  for (auto [from, to] : llvm::zip_equal(kept(recur.getHistories()), narrower.getHistories()))
    from.replaceAllUsesWith(to);
  recur.erase();
}

struct DeriveMerge : derive::impl::DeriveMergeBase<DeriveMerge> {
  void runOnOperation() override { Merge(getArgument()).run(getOperation()); }
};

} // namespace
