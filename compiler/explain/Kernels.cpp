//===- Kernels.cpp - the kernels of a plan, and what they move ------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/explain/Kernels.h"

#include "compiler/schedule/Grid.h"
#include "dialects/mixer/IndexExpr.h"
#include "dialects/plan/Plan.h"
#include "dialects/tile/Tile.h"

#include "mlir/IR/Matchers.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;

namespace mixc::explain {

Interface::Interface(mixer::FuncOp func) {
  for (BlockArgument argument : func.getBody().getArguments())
    tensors.push_back(cast<mixer::MixerTensorType>(argument.getType()));
  for (Attribute type : func.getResultTypes())
    tensors.push_back(cast<mixer::MixerTensorType>(cast<TypeAttr>(type).getValue()));
  for (Attribute extent : func.getExtents())
    extents.push_back(cast<mixer::ExtentAttr>(extent).getName().str());
}

std::string boundText(AffineExpr bound, ArrayRef<std::string> extents) {
  std::string text;
  llvm::raw_string_ostream os(text);
  mixer::printIndexExpr(
      os, bound, [](unsigned) {}, [&](unsigned symbol) { os << extents[symbol]; });
  for (auto [affine, ours] : {std::pair(" floordiv ", "/"), std::pair(" mod ", "%")})
    for (size_t at; (at = text.find(affine)) != std::string::npos;)
      text.replace(at, StringRef(affine).size(), ours);
  return text;
}

namespace {

/// Integers of a plan or a kernel at given extents.
class Integers {
public:
  void set(Value value, int64_t integer) { known[value] = integer; }

  /// What `value` is; none where it moves with a loop or a point, or comes from data.
  std::optional<int64_t> get(Value value) {
    if (auto found = known.find(value); found != known.end())
      return found->second;
    known[value] = std::nullopt;
    return known[value] = compute(value);
  }

private:
  std::optional<int64_t> compute(Value value) {
    Operation *op = value.getDefiningOp();
    if (!op || op->getNumResults() != 1 || op->getNumRegions() != 0)
      return std::nullopt;
    SmallVector<Attribute> operands;
    for (Value operand : op->getOperands()) {
      std::optional<int64_t> integer =
          operand.getType().isIntOrIndex() ? get(operand) : std::nullopt;
      operands.push_back(integer ? IntegerAttr::get(operand.getType(), *integer) : IntegerAttr());
    }
    SmallVector<OpFoldResult> results;
    if (failed(op->fold(operands, results)) || results.empty())
      return std::nullopt;
    if (auto folded = dyn_cast<Value>(results.front()))
      return folded == value ? std::nullopt : get(folded);
    auto integer = dyn_cast<IntegerAttr>(cast<Attribute>(results.front()));
    return integer ? std::optional(integer.getValue().getSExtValue()) : std::nullopt;
  }

  llvm::DenseMap<Value, std::optional<int64_t>> known;
};

/// The integers of `plan` at the extents.
Integers integersOf(plan::FuncOp plan, ArrayRef<int64_t> extents) {
  Integers host;
  for (auto [argument, extent] : llvm::zip_equal(plan.getExtents(), extents))
    host.set(argument, extent);
  return host;
}

/// How many values an integer of a kernel may take over all points; infinite where that is not
/// known.
class Reach {
public:
  Reach(tile::KernelOp kernel, Integers &integers, ArrayRef<double> grid)
      : kernel(kernel), integers(integers), grid(grid) {}

  double of(Value value) {
    llvm::SmallSetVector<Value, 8> moving;
    collect(value, moving);
    double count = 1;
    for (Value index : moving)
      count *= sizeOf(index);
    return count;
  }

  /// Whether two integers take the same values: the same expression over points, and over loops
  /// with the same bounds.
  bool isSame(Value a, Value b) {
    if (a == b)
      return true;
    if (std::optional<int64_t> integer = integers.get(a))
      return integer == integers.get(b);
    Operation *x = a.getDefiningOp(), *y = b.getDefiningOp();
    if (!x && !y) {
      auto first = dyn_cast<scf::ForOp>(a.getParentBlock()->getParentOp());
      auto second = dyn_cast<scf::ForOp>(b.getParentBlock()->getParentOp());
      return first && second && a == first.getInductionVar() && b == second.getInductionVar() &&
             isSame(first.getLowerBound(), second.getLowerBound()) &&
             isSame(first.getUpperBound(), second.getUpperBound());
    }
    return x && y && x->getName() == y->getName() && x->getNumRegions() == 0 &&
           x->getNumOperands() == y->getNumOperands() &&
           x->getAttrDictionary() == y->getAttrDictionary() &&
           llvm::all_of(llvm::zip(x->getOperands(), y->getOperands()),
                        [&](auto pair) { return isSame(std::get<0>(pair), std::get<1>(pair)); });
  }

private:
  /// The points' and loops' indices that `value` depends on.
  void collect(Value value, llvm::SmallSetVector<Value, 8> &moving) {
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      if (argument.getOwner() != &kernel.getBody().front() ||
          argument.getArgNumber() < kernel.getNumGrid())
        moving.insert(value);
      return;
    }
    Operation *op = value.getDefiningOp();
    // What a loop or a conditional gives may be anything.
    if (op->getNumRegions() != 0)
      moving.insert(value);
    for (Value operand : op->getOperands())
      if (!isa<tile::ViewType>(operand.getType()))
        collect(operand, moving);
  }

  double sizeOf(Value index) {
    auto argument = dyn_cast<BlockArgument>(index);
    if (!argument)
      return INFINITY;
    if (argument.getOwner() == &kernel.getBody().front())
      return grid[argument.getArgNumber()];
    auto loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp());
    if (!loop || argument != loop.getInductionVar())
      return INFINITY;
    auto lower = integers.get(loop.getLowerBound()), upper = integers.get(loop.getUpperBound());
    return lower && upper ? static_cast<double>(std::max<int64_t>(*upper - *lower, 0)) : INFINITY;
  }

  tile::KernelOp kernel;
  Integers &integers;
  ArrayRef<double> grid;
};

class Describer {
public:
  Describer(ModuleOp module, const Interface &interface, ArrayRef<int64_t> extents)
      : symbols(module), interface(interface), extents(extents) {}

  Kernel describe(plan::LaunchOp launch, plan::FuncOp plan) {
    auto kernel = symbols.lookup<tile::KernelOp>(launch.getKernel());
    Kernel result;
    result.name = kernel.getSymName().str();
    if (auto facts = kernel->getAttrOfType<tile::FactsAttr>("tile.facts"))
      addFacts(result, facts, kernel);
    for (auto loop = launch->getParentOfType<scf::ForOp>(); loop;
         loop = loop->getParentOfType<scf::ForOp>())
      ++result.loops;
    if (!extents.empty() || interface.extents.empty())
      addSizes(result, launch, plan, kernel);
    return result;
  }

private:
  void addFacts(Kernel &result, tile::FactsAttr facts, tile::KernelOp kernel) {
    result.form = facts.getForm().str();
    for (StringRef name : facts.getEquations().getAsValueRange<StringAttr>())
      result.equations.push_back(name.str());
    for (NamedAttribute place : facts.getPlaces())
      result.places.emplace_back(place.getName().str(), cast<StringAttr>(place.getValue()).str());
    if (facts.getFlops())
      result.flops = facts.getFlops().getValueAsDouble();
    for (auto [name, lower, upper, block] : llvm::zip_equal(
             kernel.getGridNames().getAsValueRange<StringAttr>(), facts.getLower().getResults(),
             facts.getUpper().getResults(), facts.getBlocks().asArrayRef()))
      result.grid.push_back(
          {name.str(), boundText(lower, interface.extents), boundText(upper, interface.extents),
           extents.empty() ? std::nullopt : schedule::valueOf(upper - lower, extents), block});
  }

  void addSizes(Kernel &result, plan::LaunchOp launch, plan::FuncOp plan, tile::KernelOp kernel) {
    Integers host = integersOf(plan, extents);
    double launches = 1;
    for (auto loop = launch->getParentOfType<scf::ForOp>(); loop;
         loop = loop->getParentOfType<scf::ForOp>()) {
      auto lower = host.get(loop.getLowerBound()), upper = host.get(loop.getUpperBound());
      if (!lower || !upper)
        return;
      launches *= static_cast<double>(std::max<int64_t>(*upper - *lower, 0));
    }
    result.launches = launches;
    result.scratch = host.get(launch.getScratch());

    SmallVector<double> grid;
    for (Value size : launch.getGrid()) {
      auto points = host.get(size);
      if (!points)
        return;
      grid.push_back(static_cast<double>(std::max<int64_t>(*points, 0)));
    }
    Integers inside;
    for (auto [argument, operand] : llvm::zip_equal(kernel.getArgs(), launch.getArgs()))
      if (operand.getType().isIndex())
        if (auto integer = host.get(operand))
          inside.set(argument, *integer);
    Reach reach(kernel, inside, grid);
    double bytes = 0;
    if (llvm::all_of(grid, [](double points) { return points > 0; }))
      for (auto [argument, operand] : llvm::zip_equal(kernel.getArgs(), launch.getArgs()))
        if (auto view = dyn_cast<tile::ViewType>(argument.getType())) {
          SmallVector<double> shape = shapeOf(operand, plan, host);
          bytes += static_cast<double>(view.getElementBytes()) *
                   (touched<tile::LoadOp, tile::ReadOp>(argument, shape, reach) +
                    touched<tile::StoreOp, tile::WriteOp>(argument, shape, reach));
        }
    if (std::isfinite(bytes))
      result.bytes = bytes * launches;
  }

  /// The sizes of a view of the plan.
  SmallVector<double> shapeOf(Value view, plan::FuncOp plan, Integers &host) {
    SmallVector<double> shape;
    if (auto given = view.getDefiningOp<plan::DefaultOp>())
      return shapeOf(given.getView(), plan, host);
    auto add = [&](std::optional<int64_t> size) {
      shape.push_back(size ? static_cast<double>(std::max<int64_t>(*size, 0)) : INFINITY);
    };
    if (auto buffer = view.getDefiningOp<plan::BufferOp>()) {
      for (Value size : buffer.getSizes())
        add(host.get(size));
    } else {
      unsigned position = cast<BlockArgument>(view).getArgNumber() - plan.getExtents().size();
      mixer::MixerTensorType type = interface.tensors[position];
      for (auto [lower, upper] : llvm::zip(type.getLower(), type.getUpper()))
        add(schedule::valueOf(upper - lower, extents));
    }
    return shape;
  }

  static ArrayRef<int64_t> sizesOf(tile::ReadOp read) {
    return cast<RankedTensorType>(read.getType()).getShape();
  }
  static ArrayRef<int64_t> sizesOf(tile::WriteOp write) {
    return cast<RankedTensorType>(write.getValue().getType()).getShape();
  }

  /// How many elements of `view` the kernel's accesses of single elements and of tiles, of the two
  /// kinds given, may touch.
  template <typename Element, typename Tile>
  static double touched(Value view, ArrayRef<double> shape, Reach &reach) {
    SmallVector<double> counts(shape.size(), 0);
    SmallVector<SmallVector<Value>> seen(shape.size());
    bool any = false;
    auto note = [&](size_t axis, Value index, double times) {
      if (llvm::any_of(seen[axis], [&](Value other) { return reach.isSame(index, other); }))
        return;
      seen[axis].push_back(index);
      counts[axis] += times * reach.of(index);
    };
    for (Operation *user : view.getUsers()) {
      if (auto element = dyn_cast<Element>(user); element && element.getView() == view) {
        any = true;
        for (auto [axis, index] : llvm::enumerate(element.getIndices()))
          note(axis, index, 1);
      } else if (auto tile = dyn_cast<Tile>(user)) {
        any = true;
        ArrayRef<int64_t> sizes = sizesOf(tile);
        for (auto [axis, index, along] : llvm::enumerate(tile.getIndices(), tile.getAlong()))
          note(axis, index, along < 0 ? 1 : static_cast<double>(sizes[along]));
      }
    }
    double elements = any ? 1 : 0;
    for (auto [count, size] : llvm::zip_equal(counts, shape))
      elements *= std::min(count, size);
    return elements;
  }

  SymbolTable symbols;
  const Interface &interface;
  ArrayRef<int64_t> extents;
};

} // namespace

static std::string unsatisfiedCheck(plan::FuncOp plan, Integers &host) {
  for (auto check : plan.getBody().getOps<plan::CheckOp>())
    if (host.get(check.getCondition()) == 0)
      return check.getMessage().str();
  return "";
}

/// Each slot has the size of its largest buffer.
static std::optional<int64_t> workspaceBytes(plan::FuncOp plan, Integers &host) {
  SmallVector<int64_t> slots;
  for (auto buffer : plan.getBody().getOps<plan::BufferOp>()) {
    int64_t bytes = buffer.getType().getElementBytes();
    for (Value size : buffer.getSizes()) {
      std::optional<int64_t> elements = host.get(size);
      if (!elements || llvm::MulOverflow(bytes, std::max<int64_t>(*elements, 0), bytes))
        return std::nullopt;
    }
    assert(buffer.getSlot() && "the workspace is laid out");
    size_t slot = *buffer.getSlot();
    slots.resize(std::max(slots.size(), slot + 1));
    slots[slot] = std::max<int64_t>(slots[slot], llvm::alignTo(bytes, tile::memoryAlignment));
  }
  return std::accumulate(slots.begin(), slots.end(), int64_t(0));
}

Plan describePlan(ModuleOp module, const Interface &interface, ArrayRef<int64_t> extents) {
  Describer describer(module, interface, extents);
  auto plan = *module.getOps<plan::FuncOp>().begin();
  Plan result;
  plan.walk(
      [&](plan::LaunchOp launch) { result.kernels.push_back(describer.describe(launch, plan)); });
  if (extents.size() == plan.getExtents().size()) {
    Integers host = integersOf(plan, extents);
    result.unsatisfied = unsatisfiedCheck(plan, host);
    result.workspace = workspaceBytes(plan, host);
  }
  return result;
}

} // namespace mixc::explain
