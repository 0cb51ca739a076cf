//===- Bodies.cpp - bodies in the language's words -----------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/text/Printer.h"

#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mixc::mixer;

//===----------------------------------------------------------------------===//
// Index expressions
//===----------------------------------------------------------------------===//

/// x and c where `expr` is x * -c, c > 0.
static std::optional<std::pair<AffineExpr, int64_t>> negated(AffineExpr expr) {
  auto constant = [](AffineExpr part) {
    auto known = dyn_cast<AffineConstantExpr>(part);
    return known && known.getValue() < 0 && known.getValue() != INT64_MIN ? -known.getValue() : 0;
  };
  if (int64_t c = constant(expr))
    return std::pair(AffineExpr(), c);
  auto product = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!product || product.getKind() != AffineExprKind::Mul)
    return std::nullopt;
  int64_t c = constant(product.getRHS());
  return c ? std::optional(std::pair(product.getLHS(), c)) : std::nullopt;
}

TermPtr FuncScope::index(AffineExpr expr, ArrayRef<TermPtr> dims) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return integer(constant.getValue());
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return dims[dim.getPosition()];
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
    return extents[symbol.getPosition()];
  auto both = cast<AffineBinaryOpExpr>(expr);
  AffineExpr lhs = both.getLHS(), rhs = both.getRHS();
  auto of = [&](AffineExpr part) { return index(part, dims); };
  auto scaled = [&](std::pair<AffineExpr, int64_t> part) {
    if (!part.first)
      return integer(part.second);
    return part.second == 1 ? of(part.first) : infix(of(part.first), "*", integer(part.second));
  };
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    if (auto taken = negated(rhs))
      return infix(of(lhs), "-", scaled(*taken));
    if (auto taken = negated(lhs))
      return infix(of(rhs), "-", scaled(*taken));
    return infix(of(lhs), "+", of(rhs));
  case AffineExprKind::Mul:
    if (auto taken = negated(expr); taken && taken->second == 1)
      return prefix("-", of(lhs));
    return infix(of(lhs), "*", of(rhs));
  case AffineExprKind::FloorDiv:
    return infix(of(lhs), "/", of(rhs));
  case AffineExprKind::Mod:
    return infix(of(lhs), "%", of(rhs));
  case AffineExprKind::CeilDiv:
    return prefix("-", infix(prefix("-", of(lhs)), "/", of(rhs)));
  default:
    llvm_unreachable("leaves are above");
  }
}

TermPtr BodyText::index(AffineExpr expr, ValueRange dims) {
  return scope.index(expr, llvm::map_to_vector(dims, [&](Value dim) { return term(dim); }));
}

//===----------------------------------------------------------------------===//
// Locals
//===----------------------------------------------------------------------===//

BodyText::Index::Index(BodyText &body, Value value, StringRef wanted, AxisRange range)
    : name(body.scope.names.openLocal(wanted)), body(body), value(value) {
  body.locals[value] = name;
  body.indices[name] = range;
}

BodyText::Index::~Index() {
  body.locals.erase(value);
  body.indices.erase(name);
  body.scope.names.closeLocal(name);
}

//===----------------------------------------------------------------------===//
// What is shared
//===----------------------------------------------------------------------===//

/// A value of more nodes than this is not repeated.
static constexpr unsigned maxRepeated = 40;
/// An expression of more levels than this is cut: the parser takes no more than 512.
static constexpr unsigned maxLevels = 100;

/// How often the text of an operand is written in that of its op.
static unsigned timesWritten(OpOperand &use) {
  Operation *op = use.getOwner();
  unsigned k = use.getOperandNumber();
  if (auto fn = dyn_cast<FnOp>(op))
    return fn.getKind() == FnKind::recip0 ? 2 : 1;
  if (isa<ExpDiffOp>(op))
    return k == 1 ? 2 : 1;
  if (auto cast = dyn_cast<CastOp>(op))
    return elementName(cast.getElement()).empty() ? 2 : 1;
  if (isa<arith::CmpFOp>(op))
    return 2;
  AffineMap map = isa<AtOp>(op)      ? cast<AtOp>(op).getMap()
                  : isa<ApplyOp>(op) ? cast<ApplyOp>(op).getMap()
                                     : AffineMap();
  if (!map)
    return 1;
  unsigned dim = isa<AtOp>(op) ? k - 1 : k, count = 0;
  map.walkExprs([&](AffineExpr part) { count += part == getAffineDimExpr(dim, op->getContext()); });
  return count;
}

namespace {
/// The size of a value's text.
struct TextSize {
  unsigned nodes = 1, levels = 1;

  void add(TextSize part, unsigned times = 1) {
    nodes = std::min(nodes + part.nodes * times, 1u << 20);
    levels = std::max(levels, part.levels + 1);
  }
};
} // namespace

void BodyText::prepare(Block &block) {
  if (!scope.mayDefineFunctions)
    return;
  DenseMap<Value, TextSize> sizes;
  // In order, regions before their ops: what an op uses has been measured.
  block.walk<WalkOrder::PostOrder>([&](Operation *op) {
    TextSize size;
    for (OpOperand &operand : op->getOpOperands())
      if (operand.get().getType().isIntOrIndexOrFloat() ||
          isa<ComplexType>(operand.get().getType()))
        size.add(sizes.lookup(operand.get()), timesWritten(operand));
    for (Region &region : op->getRegions())
      for (Value value : region.front().getTerminator()->getOperands())
        size.add(sizes.lookup(value));
    for (Value value : op->getResults()) {
      unsigned uses = 0;
      for (OpOperand &use : value.getUses())
        uses += timesWritten(use);
      bool cut = size.levels > maxLevels || (size.nodes > maxRepeated && uses > 1);
      if (cut)
        shared.insert(value);
      sizes[value] = cut ? TextSize() : size;
    }
  });
}

TermPtr BodyText::result(Block &block, Value value) {
  SmallVector<Value> here;
  for (Operation &op : block)
    for (Value result : op.getResults())
      if (shared.contains(result) && !locals.contains(result))
        here.push_back(result);
  return rest(here, value);
}

/// `value`, for whose text the values `list` are arguments of a function that goes on from there.
TermPtr BodyText::rest(ArrayRef<Value> list, Value value) {
  if (list.empty())
    return term(value);
  TermPtr argument = term(list.front());
  std::string param = scope.names.openLocal("part");
  locals[list.front()] = param;
  auto outer = std::exchange(indices, {});
  size_t before = scope.functions.size();
  TermPtr inner = rest(list.drop_front(), value);
  indices = std::move(outer);
  locals.erase(list.front());
  scope.names.closeLocal(param);

  llvm::StringSet<> free = freeLocals(*inner);
  if (!free.contains(param)) {
    // Not needed for this result: without the function, its ranges are known again.
    scope.functions.resize(before);
    return rest(list.drop_front(), value);
  }
  std::vector<std::string> params;
  for (auto &entry : free)
    if (entry.getKey() != param)
      params.push_back(entry.getKey().str());
  llvm::sort(params);
  std::vector<TermPtr> arguments = {argument};
  for (const std::string &name : params)
    arguments.push_back(local(name));
  params.insert(params.begin(), param);
  std::string function = scope.names.global(name + "_rest");
  scope.names.addBare(function);
  scope.functions.push_back("let " + function + "(" + llvm::join(params, ", ") +
                            ") = " + toText(*inner));
  return call(function, std::move(arguments));
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

TermPtr BodyText::term(Value value) {
  if (auto at = locals.find(value); at != locals.end())
    return local(at->second);
  return compute(value);
}

TermPtr BodyText::compute(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return scope.refuse(value.getParentBlock()->getParentOp(),
                        "an index is used outside of its op");
  return llvm::TypeSwitch<Operation *, TermPtr>(op)
      .Case([&](AtOp op) { return access(op); })
      .Case([&](ApplyOp op) { return index(op.getMap().getResult(0), op.getIndices()); })
      .Case([&](scf::IfOp op) { return conditional(op, cast<OpResult>(value).getResultNumber()); })
      .Case([&](ReduceOp op) { return bind(op, stringifyEnum(op.getKind())); })
      .Case([&](AlongOp op) { return along(op); })
      .Case([&](OrderOp op) {
        TermPtr rank = term(op.getRank());
        auto order = bind(op, stringifyEnum(op.getKind()));
        order->options.push_back({"rank", rank});
        return order;
      })
      .Case([&](TransformOp op) { return transform(op); })
      .Default([&](Operation *op) { return scalar(op); });
}

TermPtr BodyText::access(AtOp at) {
  TensorView text = scope.tensors.lookup(at.getTensor());
  if (!text)
    return scope.refuse(at, "the tensor read has no equation above");
  SmallVector<TermPtr> dims;
  for (AffineExpr subscript : at.getMap().getResults())
    dims.push_back(index(subscript, at.getIndices()));
  for (Value time : text.times)
    dims.push_back(term(time));
  return read(*text.tensor, llvm::map_to_vector(text.slots, [&](AffineExpr slot) {
    return scope.index(slot, dims);
  }));
}

TermPtr BodyText::conditional(scf::IfOp op, unsigned k) {
  TermPtr condition = term(op.getCondition());
  Value yes = op.thenYield().getOperand(k), no = op.elseYield().getOperand(k);
  auto truth = [](Value value) -> std::optional<bool> {
    auto constant = value.getDefiningOp<arith::ConstantOp>();
    if (!constant || !value.getType().isInteger(1))
      return std::nullopt;
    return !cast<IntegerAttr>(constant.getValue()).getValue().isZero();
  };
  if (truth(no) == false)
    return infix(condition, "&&", result(*op.thenBlock(), yes));
  if (truth(yes) == true)
    return infix(condition, "||", result(*op.elseBlock(), no));
  auto isF64Literal = [](Value value) {
    return value.getType().isF64() && value.getDefiningOp<arith::ConstantOp>();
  };
  // A literal takes the type of the other branch.
  auto branch = [&](Block &block, Value value, Value other) {
    if (isF64Literal(value) && !isF64Literal(other))
      return constant(value.getDefiningOp<arith::ConstantOp>().getValue(), /*meetsItsType=*/true);
    return result(block, value);
  };
  TermPtr first = branch(*op.thenBlock(), yes, no);
  return choice(condition, first, branch(*op.elseBlock(), no, yes));
}
