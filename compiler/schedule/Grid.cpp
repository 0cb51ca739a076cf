//===- Grid.cpp - the common grid of a set of equations -------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/Grid.h"

#include "compiler/schedule/LoopOrder.h"

#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

//===----------------------------------------------------------------------===//
// Access to the IR
//===----------------------------------------------------------------------===//

Value schedule::canonicalTensor(Value tensor) {
  if (auto append = tensor.getDefiningOp<mixer::AppendOp>())
    return canonicalTensor(append.getHistory());
  if (auto argument = dyn_cast<BlockArgument>(tensor))
    if (auto recur = dyn_cast<mixer::RecurOp>(argument.getOwner()->getParentOp()))
      return recur.getHistories()[argument.getArgNumber() - recur.getNumTimes()];
  return tensor;
}

mixer::AppendOp schedule::appendOf(mixer::RecurOp recur, unsigned carry) {
  return recur.getYield().getValues()[carry].getDefiningOp<mixer::AppendOp>();
}

ValueRange schedule::initialTensors(Operation *op) {
  if (auto recur = dyn_cast<mixer::RecurOp>(op))
    return recur.getInits();
  if (auto scatter = dyn_cast<mixer::ScatterOp>(op))
    return scatter.getInit();
  return {};
}

SmallVector<Operation *> schedule::computingOps(ArrayRef<Operation *> members) {
  SmallVector<Operation *> ops;
  for (Operation *member : members)
    member->walk<WalkOrder::PreOrder>([&](Operation *op) {
      auto eq = dyn_cast<mixer::EqOp>(op);
      if (isa<mixer::ScatterOp>(op) || (eq && eq.getPlace() != mixer::Place::inlined))
        ops.push_back(op);
      return isa<mixer::EqOp, mixer::ScatterOp>(op) ? WalkResult::skip() : WalkResult::advance();
    });
  return ops;
}

std::optional<int64_t> schedule::valueOf(AffineExpr expr, ArrayRef<int64_t> dims) {
  bool known = true;
  expr.walk([&](AffineExpr part) {
    if (auto symbol = dyn_cast<AffineSymbolExpr>(part))
      known &= symbol.getPosition() < dims.size();
  });
  if (!known)
    return std::nullopt;
  SmallVector<AffineExpr> constants;
  for (int64_t dim : dims)
    constants.push_back(getAffineConstantExpr(dim, expr.getContext()));
  auto constant = dyn_cast<AffineConstantExpr>(expr.replaceSymbols(constants));
  return constant ? std::optional(constant.getValue()) : std::nullopt;
}

Reads::Reads(mixer::FuncOp func) {
  func.walk([&](Operation *op) {
    auto eq = dyn_cast<mixer::EqOp>(op);
    if (isa<mixer::ScatterOp>(op) || (eq && eq.getPlace() != mixer::Place::inlined)) {
      auto list = std::make_unique<Accesses>(op);
      for (Access &access : list->reads)
        access.tensor = canonicalTensor(access.tensor);
      accesses[op] = std::move(list);
    }
  });
}

SmallVector<Value> Reads::tensorsOf(Operation *op) const {
  llvm::SetVector<Value> tensors;
  auto add = [&](Value tensor) {
    tensor = canonicalTensor(tensor);
    if (isInlined(tensor))
      return; // a boundary that reads arguments only
    Operation *def = tensor.getDefiningOp();
    if (def && isa<mixer::EqOp, mixer::ScatterOp, mixer::RecurOp>(def))
      tensors.insert(tensor);
  };
  op->walk([&](Operation *inner) {
    for (Value init : initialTensors(inner))
      add(init);
    if (contains(inner))
      for (const Access &access : of(inner).reads)
        add(access.tensor);
  });
  return tensors.takeVector();
}

//===----------------------------------------------------------------------===//
// Common grid
//===----------------------------------------------------------------------===//

namespace {

/// An index of an operation, or an axis of a tensor that is no equation's own result.
using Node = std::pair<void *, unsigned>;

class GridFinder {
public:
  GridFinder(ArrayRef<Operation *> members, const Reads &reads)
      : ops(computingOps(members)), reads(reads) {
    for (Operation *op : ops) {
      indexNodes(op);
      computed.insert(op);
    }
    for (Operation *member : members)
      member->walk([&](mixer::RecurOp recur) {
        for (unsigned carry = 0; carry < recur.getNumResults(); ++carry)
          linkHistory(recur, carry);
      });
    for (Operation *op : ops)
      for (const Access &access : reads.of(op).reads)
        if (isComputedHere(access.tensor))
          link(op, access);
  }

  SmallVector<GridAxis> find() {
    SmallVector<GridAxis> grid;
    if (ops.empty())
      return grid;
    // In the order of the last operation: outputs come last.
    Operation *last = ops.back();
    for (unsigned index = 0; index < numIndices(last); ++index)
      if (std::optional<GridAxis> axis = makeAxis(Node(last, index)))
        grid.push_back(std::move(*axis));
    return grid;
  }

private:
  static unsigned numIndices(Operation *op) { return op->getRegion(0).getNumArguments(); }

  void indexNodes(Operation *op) {
    for (unsigned index = 0; index < numIndices(op); ++index)
      classes.insert(Node(op, index));
    auto scatter = dyn_cast<mixer::ScatterOp>(op);
    if (!scatter)
      return;
    // Where a subscript is the scatter's own index, a point owns what it writes.
    ValueRange subscripts = scatter.getBody().front().getTerminator()->getOperands().drop_back();
    for (auto [axis, subscript] : llvm::enumerate(subscripts)) {
      auto index = dyn_cast<BlockArgument>(subscript);
      if (index && index.getOwner() == &scatter.getBody().front())
        classes.unionSets(Node(op, index.getArgNumber()),
                          Node(scatter.getResult().getAsOpaquePointer(), axis));
    }
  }

  void linkHistory(mixer::RecurOp recur, unsigned carry) {
    Value history = recur.getHistories()[carry];
    histories.push_back(history);
    mixer::AppendOp append = appendOf(recur, carry);
    Operation *slice = append.getSlice().getDefiningOp();
    if (!slice || !computed.contains(slice))
      return;
    for (auto [axis, expr] : llvm::enumerate(append.getMap().getResults())) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      if (dim && dim.getPosition() < append.getSlice().getType().getRank())
        classes.unionSets(Node(history.getAsOpaquePointer(), axis), Node(slice, dim.getPosition()));
    }
  }

  bool isComputedHere(Value tensor) const {
    Operation *def = tensor.getDefiningOp();
    return llvm::is_contained(histories, tensor) || (def && computed.contains(def));
  }

  Node axisNode(Value tensor, unsigned axis) const {
    if (auto eq = tensor.getDefiningOp<mixer::EqOp>())
      return Node(eq.getOperation(), axis);
    return Node(tensor.getAsOpaquePointer(), axis);
  }

  void link(Operation *op, const Access &access) {
    for (auto [axis, subscript] : llvm::enumerate(access.subscripts))
      if (std::optional<unsigned> index = reads.of(op).ownAxis(subscript))
        classes.unionSets(Node(op, *index), axisNode(access.tensor, axis));
  }

  /// The range of an index of an operation.
  static std::pair<AffineExpr, AffineExpr> rangeOf(Operation *op, unsigned index) {
    if (auto eq = dyn_cast<mixer::EqOp>(op))
      return {eq.getType().getLower()[index], eq.getType().getUpper()[index]};
    auto scatter = cast<mixer::ScatterOp>(op);
    return {scatter.getLower().getResult(index), scatter.getUpper().getResult(index)};
  }

  std::optional<GridAxis> makeAxis(Node node) const {
    auto [first, index] = node;
    auto *op = static_cast<Operation *>(first);
    GridAxis grid;
    std::tie(grid.lower, grid.upper) = rangeOf(op, index);
    auto names = op->getAttrOfType<ArrayAttr>("index_names");
    grid.name = cast<StringAttr>(names[index]).getValue();
    auto leader = classes.getLeaderValue(node);
    auto inClass = [&](Node other) { return classes.getLeaderValue(other) == leader; };

    for (Operation *member : ops) {
      std::optional<unsigned> found;
      for (unsigned k = 0; k < numIndices(member); ++k)
        if (inClass(Node(member, k))) {
          if (found)
            return std::nullopt;
          found = k;
        }
      if (!found || rangeOf(member, *found) != std::pair(grid.lower, grid.upper) ||
          !isIndependent(member, *found))
        return std::nullopt;
      grid.indexOf[member] = *found;
      if (auto eq = dyn_cast<mixer::EqOp>(member))
        grid.axisOf[eq.getResult()] = *found;
      else if (!addAxis(grid, cast<mixer::ScatterOp>(member).getResult(), inClass))
        return std::nullopt;
    }
    for (Value history : histories)
      if (!addAxis(grid, history, inClass))
        return std::nullopt;
    // Every read among the members is at the same point.
    for (Operation *member : ops)
      for (const Access &access : reads.of(member).reads) {
        if (!isComputedHere(access.tensor))
          continue;
        AffineExpr subscript = access.subscripts[grid.axisOf.lookup(access.tensor)];
        if (reads.of(member).ownAxis(subscript) != grid.indexOf.lookup(member))
          return std::nullopt;
      }
    return grid;
  }

  /// Finds the one axis of `tensor` in the class, of the grid's range.
  bool addAxis(GridAxis &grid, Value tensor, function_ref<bool(Node)> inClass) const {
    auto type = cast<mixer::MixerTensorType>(tensor.getType());
    std::optional<unsigned> found;
    for (unsigned axis = 0; axis < type.getRank(); ++axis) {
      Node node(tensor.getAsOpaquePointer(), axis);
      if (!classes.contains(node) || !inClass(node))
        continue;
      if (found)
        return false;
      found = axis;
    }
    if (!found || type.getLower()[*found] != grid.lower || type.getUpper()[*found] != grid.upper)
      return false;
    grid.axisOf[tensor] = *found;
    return true;
  }

  /// An order statistic's rank is no axis to share out: all ranks come from one sort.
  static bool isIndependent(Operation *member, unsigned index) {
    auto eq = dyn_cast<mixer::EqOp>(member);
    auto order = eq ? wholeOrder(eq) : mixer::OrderOp();
    if (!order)
      return true;
    Value own = eq.getBody().getArgument(index);
    bool scores = false;
    order.getBody().walk(
        [&](Operation *op) { scores |= llvm::is_contained(op->getOperands(), own); });
    return scores;
  }

  SmallVector<Operation *> ops;
  const Reads &reads;
  llvm::EquivalenceClasses<Node> classes;
  llvm::SmallPtrSet<Operation *, 8> computed;
  SmallVector<Value> histories;
};

} // namespace

SmallVector<GridAxis> schedule::commonGrid(ArrayRef<Operation *> members, const Reads &reads) {
  return GridFinder(members, reads).find();
}
