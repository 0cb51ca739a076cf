//===- Formula.cpp - sizes as text ----------------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A plan computes with the machine's division, which truncates and traps; a floored one is several
// ops, read back as one:
//
//   y' = y == 0 ? 1 : y;  q = x / y'                   x / y      y == 0 ? 0 : (... ? q - 1 : q)
//                         r = x % y'                   x % y      y == 0 ? x : (... ? r + y' : r)
//
//===----------------------------------------------------------------------===//

#include "lowering/bundle/Formula.h"

#include "runtime/kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::lowering;
using namespace mixc::lowering::bundle;

namespace {
/// How tightly a text holds together.
enum Binding { Choice, Comparison, Sum, Product, Atom };

struct Text {
  std::string text;
  Binding binding = Atom;

  /// As an operand of something that binds like `outer`.
  std::string in(Binding outer) const { return binding < outer ? "(" + text + ")" : text; }
};

/// Writes index expressions.
class SizeWriter {
public:
  explicit SizeWriter(ArrayRef<Extent> extents) : extents(extents) {}

  Text write(AffineExpr expr);

private:
  Text sum(AffineExpr left, AffineExpr right);
  Text binary(AffineBinaryOpExpr expr, StringRef sign);

  ArrayRef<Extent> extents;
};

/// A floored division in a plan.
struct Division {
  Value dividend, divisor;
  bool isRemainder;
};

/// Writes what integers of a plan are computed from.
class FormulaWriter {
public:
  explicit FormulaWriter(plan::FuncOp plan) {
    for (auto [extent, name] : llvm::zip_equal(plan.getExtents(), plan.getExtentNames()))
      names[extent] = cast<StringAttr>(name).getValue();
  }

  Text write(Value value);
  /// The bytes of a buffer, without alignment; empty: one of no size.
  std::string bytes(plan::BufferOp buffer);

private:
  Text binary(Operation *op, StringRef sign, Binding binding, Binding right);
  Text call(Operation *op, StringRef function);
  Text compare(arith::CmpIOp op);
  Text choose(arith::SelectOp op);

  DenseMap<Value, StringRef> names;
};
} // namespace

//===----------------------------------------------------------------------===//
// Index expressions
//===----------------------------------------------------------------------===//

Text SizeWriter::binary(AffineBinaryOpExpr expr, StringRef sign) {
  return {write(expr.getLHS()).in(Product) + sign.str() + write(expr.getRHS()).in(Atom), Product};
}

/// Less a number, or less so many times something, is a sum in an index expression.
Text SizeWriter::sum(AffineExpr left, AffineExpr right) {
  std::string before = write(left).in(Sum);
  if (auto constant = dyn_cast<AffineConstantExpr>(right); constant && constant.getValue() < 0)
    return {before + " - " + write(-right).in(Product), Sum};
  if (auto product = dyn_cast<AffineBinaryOpExpr>(right);
      product && product.getKind() == AffineExprKind::Mul)
    if (auto factor = dyn_cast<AffineConstantExpr>(product.getRHS());
        factor && factor.getValue() < 0)
      return {before + " - " + write(-right).in(Product), Sum};
  return {before + " + " + write(right).in(Sum), Sum};
}

Text SizeWriter::write(AffineExpr expr) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return {std::to_string(constant.getValue()), constant.getValue() < 0 ? Sum : Atom};
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
    return {extents[symbol.getPosition()].name};
  auto operation = cast<AffineBinaryOpExpr>(expr);
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    return sum(operation.getLHS(), operation.getRHS());
  case AffineExprKind::Mul:
    return binary(operation, "*");
  case AffineExprKind::FloorDiv:
    return binary(operation, "/");
  case AffineExprKind::CeilDiv:
    // x divided and rounded up is -(-x / y).
    return {"-(" + write(-operation.getLHS()).in(Product) + "/" +
                write(operation.getRHS()).in(Atom) + ")",
            Sum};
  default:
    return binary(operation, " % ");
  }
}

std::string bundle::sizeText(AffineExpr size, ArrayRef<Extent> extents) {
  return SizeWriter(extents).write(size).text;
}

//===----------------------------------------------------------------------===//
// Plans
//===----------------------------------------------------------------------===//

/// The `y` of `y == 0`, null if `condition` is something else.
static Value comparedWithZero(Value condition) {
  auto compare = condition.getDefiningOp<arith::CmpIOp>();
  bool isThat = compare && compare.getPredicate() == arith::CmpIPredicate::eq &&
                matchPattern(compare.getRhs(), m_Zero());
  return isThat ? compare.getLhs() : Value();
}

/// `y` of `y == 0 ? 1 : y`, else the divisor itself.
static Value unguarded(Value divisor) {
  auto select = divisor.getDefiningOp<arith::SelectOp>();
  bool isGuard = select && matchPattern(select.getTrueValue(), m_One()) &&
                 comparedWithZero(select.getCondition()) == select.getFalseValue();
  return isGuard ? select.getFalseValue() : divisor;
}

static std::optional<Division> matchDivision(arith::SelectOp select) {
  if (Value divisor = comparedWithZero(select.getCondition()))
    if (auto inner = select.getFalseValue().getDefiningOp<arith::SelectOp>())
      if (auto division = matchDivision(inner); division && division->divisor == divisor)
        return division;
  // The one that is off by one; what says so is not looked at: nothing else has this form.
  Operation *off = select.getTrueValue().getDefiningOp();
  if (!isa_and_nonnull<arith::AddIOp, arith::SubIOp>(off) ||
      off->getOperand(0) != select.getFalseValue())
    return std::nullopt;
  Operation *machine = select.getFalseValue().getDefiningOp();
  if (!isa_and_nonnull<arith::DivSIOp, arith::RemSIOp>(machine))
    return std::nullopt;
  return Division{machine->getOperand(0), unguarded(machine->getOperand(1)),
                  isa<arith::RemSIOp>(machine)};
}

Text FormulaWriter::binary(Operation *op, StringRef sign, Binding binding, Binding right) {
  return {write(op->getOperand(0)).in(binding) + sign.str() + write(op->getOperand(1)).in(right),
          binding};
}

Text FormulaWriter::call(Operation *op, StringRef function) {
  Text x = write(op->getOperand(0));
  // Extents are not negative.
  if (function == "max" && names.contains(op->getOperand(0)) &&
      matchPattern(op->getOperand(1), m_Zero()))
    return x;
  return {function.str() + "(" + x.text + ", " + write(op->getOperand(1)).text + ")"};
}

Text FormulaWriter::compare(arith::CmpIOp op) {
  StringRef sign = arith::stringifyCmpIPredicate(op.getPredicate());
  sign = llvm::StringSwitch<StringRef>(sign)
             .Case("eq", " == ")
             .Case("ne", " != ")
             .Case("slt", " < ")
             .Case("sle", " <= ")
             .Case("sgt", " > ")
             .Default(" >= ");
  return binary(op, sign, Comparison, Sum);
}

Text FormulaWriter::choose(arith::SelectOp op) {
  if (std::optional<Division> division = matchDivision(op))
    return {write(division->dividend).in(Product) + (division->isRemainder ? " % " : "/") +
                write(division->divisor).in(Atom),
            Product};
  return {"if " + write(op.getCondition()).text + " then " + write(op.getTrueValue()).text +
              " else " + write(op.getFalseValue()).text,
          Choice};
}

Text FormulaWriter::write(Value value) {
  if (auto name = names.find(value); name != names.end())
    return {name->second.str()};
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return {std::to_string(constant.getSExtValue()), constant.isNegative() ? Sum : Atom};
  return llvm::TypeSwitch<Operation *, Text>(value.getDefiningOp())
      .Case([&](arith::AddIOp op) { return binary(op, " + ", Sum, Sum); })
      .Case([&](arith::SubIOp op) { return binary(op, " - ", Sum, Product); })
      .Case([&](arith::MulIOp op) { return binary(op, "*", Product, Atom); })
      .Case([&](arith::DivSIOp op) { return binary(op, "/", Product, Atom); })
      .Case([&](arith::RemSIOp op) { return binary(op, " % ", Product, Atom); })
      .Case([&](arith::MaxSIOp op) { return call(op, "max"); })
      .Case([&](arith::MinSIOp op) { return call(op, "min"); })
      .Case([&](arith::CmpIOp op) { return compare(op); })
      .Case([&](arith::SelectOp op) { return choose(op); });
}

std::string FormulaWriter::bytes(plan::BufferOp buffer) {
  std::string text = std::to_string(buffer.getType().getElementBytes());
  for (Value size : buffer.getSizes())
    text += "*" + write(size).in(Atom);
  return text;
}

WorkspaceFormulas bundle::workspaceFormulas(plan::FuncOp plan) {
  FormulaWriter writer(plan);
  // A slot is as large as the largest buffer in it.
  std::map<uint64_t, std::vector<std::string>> slots;
  for (auto buffer : plan.getBody().getOps<plan::BufferOp>()) {
    std::string bytes = writer.bytes(buffer);
    std::vector<std::string> &slot = slots[*buffer.getSlot()];
    if (!llvm::is_contained(slot, bytes))
      slot.push_back(std::move(bytes));
  }
  auto largest = [](const std::vector<std::string> &sizes) {
    std::string text = sizes.front();
    for (const std::string &size : ArrayRef(sizes).drop_front())
      text = "max(" + text + ", " + size + ")";
    return text;
  };
  WorkspaceFormulas formulas;
  std::string alignment = std::to_string(MIXC_ALIGNMENT);
  for (auto &[slot, sizes] : slots)
    formulas.temporaries += (formulas.temporaries.empty() ? "(" : " + (") + largest(sizes) + " + " +
                            std::to_string(MIXC_ALIGNMENT - 1) + ")/" + alignment + "*" + alignment;
  std::vector<std::string> scratch;
  plan.walk([&](plan::LaunchOp launch) {
    std::string bytes = writer.write(launch.getScratch()).text;
    if (bytes != "0" && !llvm::is_contained(scratch, bytes))
      scratch.push_back(std::move(bytes));
  });
  formulas.scratch = scratch.empty() ? "0" : largest(scratch);
  if (formulas.temporaries.empty())
    formulas.temporaries = "0";
  return formulas;
}
