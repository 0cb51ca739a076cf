//===- FuncText.cpp - headers and the order of statements ----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/text/MixText.h"
#include "dialects/mixer/text/Printer.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mixc::mixer;

TermPtr FuncScope::refuse(Operation *op, const Twine &why) {
  if (!failed)
    op->emitOpError() << "can't be printed as .mix: " << why;
  failed = true;
  return leaf("0");
}

//===----------------------------------------------------------------------===//
// The header
//===----------------------------------------------------------------------===//

/// Which extents the shapes of arguments and outputs name: others have no place in a header.
static SmallVector<bool> extentsInShapes(FuncOp func) {
  SmallVector<bool> named(func.getNumExtents(), false);
  std::function<void(AffineExpr)> note = [&](AffineExpr expr) {
    expr.walk([&](AffineExpr part) {
      auto symbol = dyn_cast<AffineSymbolExpr>(part);
      if (!symbol || named[symbol.getPosition()])
        return;
      named[symbol.getPosition()] = true;
      ExtentAttr extent = func.getExtent(symbol.getPosition());
      if (extent.getKind() != ExtentKind::fixed)
        llvm::for_each(extent.getArgs(), note);
    });
  };
  SmallVector<Type> types(func.getBody().getArgumentTypes());
  llvm::append_range(types, func.getResultTypes().getAsValueRange<TypeAttr>());
  for (Type type : types)
    llvm::for_each(cast<MixerTensorType>(type).getUpper(), note);
  return named;
}

void FuncText::nameExtents() {
  SmallVector<bool> named = extentsInShapes(func);
  for (auto [k, attr] : llvm::enumerate(func.getExtents())) {
    auto extent = cast<ExtentAttr>(attr);
    std::vector<TermPtr> operands;
    for (AffineExpr operand : extent.getArgs())
      operands.push_back(scope.index(operand));
    switch (extent.getKind()) {
    case ExtentKind::min:
    case ExtentKind::max:
      scope.extents.push_back(call(stringifyEnum(extent.getKind()), std::move(operands)));
      continue;
    case ExtentKind::fixed:
      if (!named[k]) {
        scope.extents.push_back(operands.front());
        continue;
      }
      scope.extents.push_back(leaf(scope.names.extent(extent.getName())));
      where.push_back(toText(*infix(scope.extents.back(), "==", operands.front())));
      continue;
    case ExtentKind::dynamic:
      scope.extents.push_back(leaf(scope.names.extent(extent.getName())));
      if (!named[k])
        params.push_back(scope.extents.back()->text + ": int");
    }
  }
}

std::string FuncText::shape(const TextTensor &tensor, Type element, Operation *op) {
  StringRef name = elementName(element);
  if (name.empty())
    scope.refuse(op, "`complex<f64>` has no name");
  std::vector<std::string> sizes;
  for (const AxisRange &axis : tensor.axes) {
    if (!axis.startsAtZero())
      scope.refuse(op, "an axis that is declared begins at 0");
    sizes.push_back(toText(*scope.index(axis.hi), true));
  }
  return name.str() + "[" + llvm::join(sizes, ", ") + "]";
}

/// Names the arguments, then the outputs.
void FuncText::addInterface() {
  auto axesOf = [](MixerTensorType type) {
    std::vector<AxisRange> axes;
    for (unsigned k = 0; k < type.getRank(); ++k)
      axes.push_back(rangeOf(type, k));
    return axes;
  };
  for (auto [argument, name] : llvm::zip_equal(func.getBody().getArguments(),
                                               func.getArgNames().getAsValueRange<StringAttr>())) {
    TextTensor &tensor = addTensor(name, axesOf(cast<MixerTensorType>(argument.getType())));
    tensor.shaped = tensor.defined = true;
    bindTensor(argument, tensor);
  }
  // A value that is made here and returned once has the output's name; others are copied to it.
  for (auto [value, name] : llvm::zip_equal(func.getReturn().getResults(),
                                            func.getResultNames().getAsValueRange<StringAttr>())) {
    TextTensor &tensor = addTensor(name, axesOf(cast<MixerTensorType>(value.getType())));
    tensor.shaped = true;
    if (isa_and_nonnull<EqOp, ScatterOp, RecurOp>(value.getDefiningOp()))
      outputs.try_emplace(value, &tensor);
  }
}

/// `name: type`, with the default.
std::string FuncText::argument(unsigned position, DefaultOp given) {
  auto value = func.getBody().getArgument(position);
  auto type = cast<MixerTensorType>(value.getType());
  const TextTensor &tensor = *scope.tensors.lookup(value).tensor;
  std::string text = tensor.name + ": " + shape(tensor, type.getElement(), func);
  if (type.getRank() == 0)
    text.resize(text.size() - 2); // A scalar stands without brackets.
  if (!given)
    return text;
  BodyText body(scope, tensor.name);
  return text + " = " + toText(*body.result(given.getBody().front()));
}

/// The longest header on one line.
static constexpr size_t maxWidth = 100;

std::string FuncText::header() {
  std::string text;
  llvm::raw_string_ostream os(text);
  SmallVector<StringRef> doc;
  func.getDoc().rtrim().split(doc, '\n');
  if (!func.getDoc().empty())
    for (StringRef words : doc)
      os << (words.empty() ? "///" : "/// ") << words << "\n";

  DenseMap<Value, DefaultOp> defaults;
  for (DefaultOp op : func.getOps<DefaultOp>()) {
    defaults[op.getArgument()] = op;
    scope.tensors[op.getResult()] = scope.tensors.lookup(op.getArgument());
  }
  if (func.getBody().getNumArguments() == 0)
    scope.refuse(func, "a mixer has an argument");
  std::vector<std::string> arguments, results;
  for (auto [k, argument] : llvm::enumerate(func.getBody().getArguments()))
    arguments.push_back(this->argument(k, defaults.lookup(argument)));
  for (auto [type, tensor] :
       llvm::zip_equal(func.getResultTypes().getAsValueRange<TypeAttr>(),
                       llvm::make_range(tensors.begin() + arguments.size(), tensors.end())))
    results.push_back(tensor.name + ": " +
                      shape(tensor, cast<MixerTensorType>(type).getElement(), func));

  for (FactOp fact : func.getOps<FactOp>()) {
    BodyText body(scope, "fact");
    if (std::string condition = toText(*body.result(fact.getBody().front())); condition != "true")
      where.push_back(std::move(condition));
  }

  os << "mixer " << scope.names.global(func.getSymName());
  if (!params.empty())
    os << "<" << llvm::join(params, ", ") << ">";
  std::string inside = llvm::join(arguments, ", "), after = "(" + llvm::join(results, ", ") + ")";
  if (inside.size() + after.size() > maxWidth)
    os << "(\n    " << llvm::join(arguments, ",\n    ") << "\n) -> " << after << "\n";
  else
    os << "(" << inside << ") -> " << after << "\n";
  if (!where.empty())
    os << "  where " << llvm::join(where, ", ") << "\n";
  return text;
}

//===----------------------------------------------------------------------===//
// The body
//===----------------------------------------------------------------------===//

void FuncText::print(TableOp op) {
  auto values = cast<DenseElementsAttr>(op.getValue());
  MixerTensorType type = op.getResult().getType();
  if (type.getRank() != 1 || type.getElement().isF64()) {
    scope.refuse(op, "a table has one axis and holds integers, f32 or bools");
    return;
  }
  TextTensor &tensor = addTensor("table", {rangeOf(type, 0)});
  tensor.shaped = tensor.defined = true;
  bindTensor(op.getResult(), tensor);
  std::vector<std::string> items;
  for (Attribute value : values.getValues<Attribute>())
    items.push_back(toText(*constant(value, /*meetsItsType=*/true)));
  line("let " + tensor.name + " = [" + llvm::join(items, ", ") + "]");
}

/// Finds the overwrites that may go on in the tensor that they start from: everything else that
/// reads it stands above.
void FuncText::findOverwritten(Block &block) {
  for (ScatterOp op : block.getOps<ScatterOp>()) {
    if (op.getInit().empty())
      continue;
    Value init = op.getInit().front();
    Operation *from = init.getDefiningOp();
    auto chained = dyn_cast_or_null<ScatterOp>(from);
    if (!from || from->getBlock() != &block || outputs.contains(init) ||
        !(isa<EqOp>(from) || (chained && chained.getKind() == ScatterKind::overwrite)))
      continue;
    bool lastReader = llvm::all_of(init.getUsers(), [&](Operation *user) {
      Operation *reader = block.findAncestorOpInBlock(*user);
      return reader == op || (reader && reader->isBeforeInBlock(op));
    });
    if (lastReader)
      overwritten[init] = op.getResult();
  }
}

/// Whether `eq` is nothing but a boundary: then it is written as one.
bool FuncText::isSlice(EqOp eq) {
  if (!eq->hasOneUse() || outputs.contains(eq.getResult()))
    return false;
  auto recur = dyn_cast<RecurOp>(*eq->user_begin());
  if (!recur || recur->getBlock() != eq->getBlock())
    return false;
  // What it reads must not be replaced before the recurrence.
  for (Operation *op = eq->getNextNode(); op != recur; op = op->getNextNode())
    if (auto scatter = dyn_cast<ScatterOp>(op); scatter && !scatter.getInit().empty())
      return false;
  return true;
}

void FuncText::printOps(Block &block) {
  findOverwritten(block);
  for (Operation &op : block) {
    if (auto eq = dyn_cast<EqOp>(op)) {
      if (!isSlice(eq))
        print(eq);
    } else if (auto scatter = dyn_cast<ScatterOp>(op)) {
      print(scatter);
    } else if (auto recur = dyn_cast<RecurOp>(op)) {
      print(recur);
    } else if (auto table = dyn_cast<TableOp>(op)) {
      print(table);
    } else if (!isa<FactOp, DefaultOp, AppendOp, YieldOp, ReturnOp>(op)) {
      scope.refuse(&op, "it is no statement");
    }
  }
}

FailureOr<std::string> FuncText::print() {
  nameExtents();
  addInterface();
  std::string text = header();
  scope.mayDefineFunctions = true;
  printOps(func.getBody().front());
  auto output = tensors.begin() + func.getBody().getNumArguments();
  for (Value value : func.getReturn().getResults()) {
    TextTensor &tensor = *output++;
    if (outputs.lookup(value) == &tensor)
      continue;
    TensorView text;
    text.tensor = &tensor;
    for (unsigned k = 0; k < tensor.axes.size(); ++k)
      text.slots.push_back(getAffineDimExpr(k, func.getContext()));
    copy(value, text, /*isBoundary=*/false);
  }
  if (scope.failed)
    return failure();
  return text + "{\n" + llvm::join(lines, "\n") + "\n}\n";
}

FailureOr<std::string> mixc::mixer::printMix(FuncOp func) { return FuncText(func).print(); }
