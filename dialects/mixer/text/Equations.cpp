//===- Equations.cpp - tensors and what defines them ---------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/text/Printer.h"

#include "llvm/ADT/SmallVectorExtras.h"

using namespace mlir;
using namespace mixc::mixer;

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

TextTensor &FuncText::addTensor(StringRef wanted, std::vector<AxisRange> axes) {
  TextTensor &tensor = tensors.emplace_back();
  tensor.name = scope.names.global(wanted);
  if (axes.empty())
    scope.names.addBare(tensor.name);
  for (const AxisRange &axis : axes)
    tensor.uncertain.push_back(!axis.startsAtZero());
  tensor.axes = std::move(axes);
  return tensor;
}

/// Gives `value` to `tensor`, whose axes are those of the recurrences around and its own.
TensorView &FuncText::bindTensor(Value value, TextTensor &tensor) {
  unsigned rank = cast<MixerTensorType>(value.getType()).getRank();
  TensorView &text = scope.tensors[value];
  text.tensor = &tensor;
  text.times = times;
  MLIRContext *context = func.getContext();
  for (unsigned k = 0; k < times.size(); ++k)
    text.slots.push_back(getAffineDimExpr(rank + k, context));
  for (unsigned k = 0; k < rank; ++k)
    text.slots.push_back(getAffineDimExpr(k, context));
  return text;
}

TensorView &FuncText::define(Value value, StringRef wanted) {
  if (scope.tensors.contains(value))
    return scope.tensors[value];
  if (Value after = overwritten.lookup(value)) {
    TensorView text = define(after, wanted);
    return scope.tensors[value] = text;
  }
  auto type = cast<MixerTensorType>(value.getType());
  if (TextTensor *output = outputs.lookup(value))
    return bindTensor(value, *output);
  std::vector<AxisRange> axes;
  for (Value time : times)
    axes.push_back(timeNames.at(time).second);
  for (unsigned k = 0; k < type.getRank(); ++k)
    axes.push_back(rangeOf(type, k));
  TextTensor &tensor = addTensor(wanted, std::move(axes));
  TensorView &text = bindTensor(value, tensor);
  declare(tensor, type.getElement(), value.getDefiningOp());
  return text;
}

/// Declares `tensor` where the language would give it another element type by itself.
void FuncText::declare(TextTensor &tensor, Type element, Operation *op) {
  bool natural = element == computeType(element) || element.isInteger(64);
  bool isScattered = isa_and_nonnull<ScatterOp>(op);
  if (tensor.shaped || (natural && !isScattered))
    return;
  if (llvm::all_of(tensor.axes, [](const AxisRange &axis) { return axis.startsAtZero(); })) {
    line("tensor " + tensor.name + ": " + shape(tensor, element, op));
    tensor.shaped = true;
  } else if (isScattered) {
    scope.refuse(op, "the target of a scatter is declared, and its first index is 0");
  }
}

/// A slice of `history` as a tensor of rank `rank`: `map` takes its indices and `more` to the
/// history's.
TensorView FuncText::sliceOf(const TensorView &history, AffineMap map, unsigned rank,
                             ValueRange more) {
  MLIRContext *context = func.getContext();
  unsigned outer = history.times.size();
  // The dims of the result: the slice's own, the times around the history, `more`.
  SmallVector<AffineExpr> own;
  for (unsigned k = 0; k < rank; ++k)
    own.push_back(getAffineDimExpr(k, context));
  for (unsigned k = 0; k < more.size(); ++k)
    own.push_back(getAffineDimExpr(rank + outer + k, context));
  SmallVector<AffineExpr> dims;
  for (AffineExpr subscript : map.getResults())
    dims.push_back(subscript.replaceDims(own));
  for (unsigned k = 0; k < outer; ++k)
    dims.push_back(getAffineDimExpr(rank + k, context));
  TensorView text;
  text.tensor = history.tensor;
  text.times = history.times;
  text.times.append(more.begin(), more.end());
  for (AffineExpr slot : history.slots)
    text.slots.push_back(slot.replaceDims(dims));
  return text;
}

TermPtr FuncText::stored(const TextTensor &tensor, Type element, TermPtr value, Operation *op) {
  if (tensor.shaped || element == computeType(element) || element.isInteger(64))
    return value;
  StringRef name = elementName(element);
  return call("cast", {leaf(name.str()), std::move(value)});
}

//===----------------------------------------------------------------------===//
// Statements
//===----------------------------------------------------------------------===//

void FuncText::statement(TextTensor &tensor, ArrayRef<LeftAxis> left, StringRef op, TermPtr value,
                         bool isBoundary) {
  std::vector<std::string> subscripts;
  for (auto [axis, subscript] : llvm::enumerate(left)) {
    std::string text = toText(*subscript.term, true);
    if (const std::optional<AxisRange> &range = subscript.range) {
      // An equation of a shaped tensor, and a boundary beside the general equation, take the range
      // from the axis; others from what they read.
      bool fromAxis = tensor.shaped || (isBoundary && !tensor.uncertain[axis]);
      bool known =
          fromAxis ? tensor.axes[axis] == *range : isInferred(subscript.term->text, *range, value);
      if (!known)
        text += " in " + toText(*scope.index(range->lo), true) + ".." +
                toText(*scope.index(range->hi), true);
    }
    subscripts.push_back(std::move(text));
  }
  for (std::string &function : scope.functions)
    line(std::move(function));
  scope.functions.clear();
  std::string text = tensor.name;
  llvm::raw_string_ostream os(text);
  if (!subscripts.empty())
    writeList(os, subscripts);
  os << " " << op << " ";
  write(os, *value);
  line(std::move(text));
}

LeftAxis FuncText::timeAxis(Value time) {
  auto &[name, range] = timeNames.at(time);
  return {local(name), range};
}

std::vector<LeftAxis> FuncText::leftOf(const TensorView &text, ArrayRef<LeftAxis> own,
                                       Operation *op) {
  std::vector<LeftAxis> left;
  for (AffineExpr slot : text.slots) {
    auto dim = dyn_cast<AffineDimExpr>(slot);
    if (dim && dim.getPosition() < own.size())
      left.push_back(own[dim.getPosition()]);
    else if (dim)
      left.push_back(timeAxis(text.times[dim.getPosition() - own.size()]));
    else if (slot.isSymbolicOrConstant())
      left.push_back({scope.index(slot), std::nullopt});
    else
      left.push_back({scope.refuse(op, "the left of an equation has indices and constants only"),
                      std::nullopt});
  }
  return left;
}

/// Opens the indices of the recurrences around an equation and gives them the names that they have.
template <typename Opened>
static void openTimes(BodyText &body, ArrayRef<Value> times,
                      DenseMap<Value, std::pair<std::string, AxisRange>> &names, Opened &opened) {
  for (Value time : times) {
    auto &[name, range] = names[time];
    name = opened.emplace_back(body, time, name, range).name;
  }
}

void FuncText::print(EqOp eq, const TensorView &at, bool isBoundary) {
  TensorView text = at;
  BodyText body(scope, text.tensor->name);
  std::deque<BodyText::Index> opened;
  openTimes(body, times, timeNames, opened);
  std::vector<LeftAxis> own;
  for (auto [k, index, name] : llvm::enumerate(eq.getBody().getArguments(),
                                               eq.getIndexNames().getAsValueRange<StringAttr>())) {
    AxisRange range = rangeOf(eq.getType(), k);
    own.push_back({local(opened.emplace_back(body, index, name, range).name), range});
  }
  Block &block = eq.getBody().front();
  body.prepare(block);
  TermPtr value = stored(*text.tensor, eq.getType().getElement(), body.result(block), eq);
  statement(*text.tensor, leftOf(text, own, eq), "=", value, isBoundary);
  text.tensor->defined |= !isBoundary;
}

void FuncText::copy(Value from, const TensorView &to, bool isBoundary) {
  auto type = cast<MixerTensorType>(from.getType());
  Operation *op = from.getDefiningOp() ? from.getDefiningOp() : func.getOperation();
  BodyText body(scope, to.tensor->name);
  std::deque<BodyText::Index> opened;
  openTimes(body, times, timeNames, opened);
  std::vector<LeftAxis> own;
  SmallVector<TermPtr> dims;
  auto eq = from.getDefiningOp<EqOp>();
  Block scratch;
  for (unsigned k = 0; k < type.getRank(); ++k) {
    StringRef name = eq ? cast<StringAttr>(eq.getIndexNames()[k]).getValue() : "i";
    Value index = scratch.addArgument(IndexType::get(func.getContext()), func.getLoc());
    dims.push_back(local(opened.emplace_back(body, index, name, rangeOf(type, k)).name));
    own.push_back({dims.back(), rangeOf(type, k)});
  }
  const TensorView source = scope.tensors.lookup(from);
  for (Value time : source.times)
    dims.push_back(timeAxis(time).term);
  TermPtr value = read(*source.tensor, llvm::map_to_vector(source.slots, [&](AffineExpr slot) {
    return scope.index(slot, dims);
  }));
  statement(*to.tensor, leftOf(to, own, op), "=", stored(*to.tensor, type.getElement(), value, op),
            isBoundary);
  to.tensor->defined |= !isBoundary;
}

//===----------------------------------------------------------------------===//
// Scatters
//===----------------------------------------------------------------------===//

void FuncText::print(ScatterOp op) {
  TensorView target = define(op.getResult(), op.getName());
  if (!op.getInit().empty() && overwritten.lookup(op.getInit().front()) != op.getResult())
    copy(op.getInit().front(), target, /*isBoundary=*/false);

  BodyText body(scope, target.tensor->name);
  std::deque<BodyText::Index> opened;
  openTimes(body, times, timeNames, opened);
  std::vector<LeftAxis> all;
  for (Value time : times)
    all.push_back(timeAxis(time));
  for (auto [k, index, name] : llvm::enumerate(op.getBody().getArguments(),
                                               op.getIndexNames().getAsValueRange<StringAttr>())) {
    AxisRange range = {op.getLower().getResult(k), op.getUpper().getResult(k)};
    all.push_back({local(opened.emplace_back(body, index, name, range).name), range});
  }
  Block &block = op.getBody().front();
  body.prepare(block);
  ValueRange yields = block.getTerminator()->getOperands();
  SmallVector<TermPtr> dims;
  for (Value subscript : yields.drop_back())
    dims.push_back(body.result(block, subscript));
  for (Value time : target.times)
    dims.push_back(timeAxis(time).term);
  std::vector<LeftAxis> left;
  for (AffineExpr slot : target.slots)
    left.push_back({scope.index(slot, dims), std::nullopt});
  TermPtr value = body.result(block, yields.back());

  // An index that is a subscript by itself has its range there, the first time.
  std::vector<bool> placed(all.size(), false);
  for (LeftAxis &subscript : left)
    for (auto [k, index] : llvm::enumerate(all))
      if (subscript.term->isLocal(index.term->text)) {
        if (placed[k])
          subscript.term = infix(subscript.term, "+", integer(0));
        else
          subscript.range = index.range;
        placed[k] = true;
      }
  std::vector<TermPtr> terms = {value};
  for (const LeftAxis &subscript : left)
    if (!subscript.range)
      terms.push_back(subscript.term);
  bool known = true;
  for (auto [k, index] : llvm::enumerate(all))
    known &= placed[k] || isInferred(index.term->text, *index.range, terms);
  if (!known) {
    // The ranges are those of tensors that hold what is scattered and where.
    auto store = [&](StringRef suffix, TermPtr &term) {
      std::vector<AxisRange> axes;
      for (const LeftAxis &index : all)
        axes.push_back(*index.range);
      TextTensor &tensor = addTensor(target.tensor->name + suffix.str(), std::move(axes));
      statement(tensor, all, "=", term);
      tensor.defined = true;
      term =
          read(tensor, llvm::map_to_vector(all, [](const LeftAxis &index) { return index.term; }));
    };
    store("_value", value);
    for (LeftAxis &subscript : left)
      if (!subscript.range && !freeLocals(*subscript.term).empty())
        store("_at", subscript.term);
  }
  StringRef symbol = op.getKind() == ScatterKind::sum         ? "+="
                     : op.getKind() == ScatterKind::overwrite ? ":="
                     : op.getKind() == ScatterKind::max       ? "max="
                                                              : "min=";
  statement(*target.tensor, left, symbol, value);
  target.tensor->defined = true;
}

//===----------------------------------------------------------------------===//
// Recurrences
//===----------------------------------------------------------------------===//

static AppendOp appendOf(RecurOp op, unsigned carry) {
  return op.getYield().getValues()[carry].getDefiningOp<AppendOp>();
}

/// Gives every history a tensor with the time axes in place, and each step's slices their part of
/// it.
void FuncText::defineHistories(RecurOp op) {
  for (unsigned k = 0; k < op.getNumResults(); ++k) {
    Value result = op.getHistories()[k];
    AppendOp append = appendOf(op, k);
    auto slice = cast<MixerTensorType>(append.getSlice().getType());
    auto type = cast<MixerTensorType>(result.getType());
    if (!scope.tensors.contains(result) && !outputs.contains(result)) {
      // Of a time axis, the general equation's range counts, without the boundaries.
      std::vector<AxisRange> axes;
      for (Value time : times)
        axes.push_back(timeNames.at(time).second);
      for (auto [axis, place] : llvm::enumerate(append.getMap().getResults())) {
        auto dim = dyn_cast<AffineDimExpr>(place);
        unsigned position = dim ? dim.getPosition() : 0;
        if (dim && position >= static_cast<unsigned>(slice.getRank())) {
          position -= slice.getRank();
          axes.push_back({op.getLower().getResult(position), op.getUpper().getResult(position)});
        } else {
          axes.push_back(rangeOf(type, axis));
        }
      }
      TextTensor &tensor =
          addTensor(cast<StringAttr>(op.getNames()[k]).getValue(), std::move(axes));
      bindTensor(result, tensor);
      declare(tensor, type.getElement(), append.getSlice().getDefiningOp());
    } else {
      define(result, "");
    }
    const TensorView history = scope.tensors.lookup(result);
    scope.tensors[op.getCarries()[k]] = history;
    for (AppendOp each : op.getOps<AppendOp>())
      if (each.getHistory() == op.getCarries()[k])
        scope.tensors[each.getResult()] = history;
    for (auto [init, carry, map] : llvm::zip_equal(
             op.getInits(), op.getInitCarry(), op.getInitMaps().getAsValueRange<AffineMapAttr>()))
      if (carry == k)
        for (auto [axis, place] : llvm::enumerate(map.getResults())) {
          auto constant = dyn_cast<AffineConstantExpr>(place);
          if (place.isSymbolicOrConstant() && !(constant && constant.getValue() < 0))
            history.tensor->uncertain[times.size() + axis] = true;
        }
  }
}

void FuncText::print(RecurOp op) {
  defineHistories(op);
  for (auto [init, carry, attr] : llvm::zip_equal(
           op.getInits(), op.getInitCarry(), op.getInitMaps().getAsValueRange<AffineMapAttr>())) {
    unsigned rank = cast<MixerTensorType>(init.getType()).getRank();
    TensorView slice = sliceOf(scope.tensors.lookup(op.getHistories()[carry]), attr, rank, {});
    auto eq = init.getDefiningOp<EqOp>();
    if (eq && isSlice(eq))
      print(eq, slice, /*isBoundary=*/true);
    else
      copy(init, slice, /*isBoundary=*/true);
  }
  for (auto [k, time] : llvm::enumerate(op.getTimes())) {
    times.push_back(time);
    timeNames[time] = {cast<StringAttr>(op.getIndexNames()[k]).getValue().str(),
                       {op.getLower().getResult(k), op.getUpper().getResult(k)}};
  }
  // What an equation of the step defines and one append takes is the history's slice itself.
  SmallVector<AppendOp> copies;
  for (AppendOp append : op.getOps<AppendOp>()) {
    Operation *from = append.getSlice().getDefiningOp();
    if (!from || from->getBlock() != append->getBlock() ||
        scope.tensors.contains(append.getSlice())) {
      copies.push_back(append);
      continue;
    }
    unsigned rank = append.getSlice().getType().getRank();
    TensorView slice = sliceOf(scope.tensors.lookup(append.getHistory()), append.getMap(), rank,
                               append.getTimes());
    scope.tensors[append.getSlice()] = slice;
  }
  printOps(op.getBody().front());
  for (AppendOp append : copies)
    copy(append.getSlice(),
         sliceOf(scope.tensors.lookup(append.getHistory()), append.getMap(),
                 append.getSlice().getType().getRank(), append.getTimes()),
         /*isBoundary=*/false);
  times.truncate(times.size() - op.getNumTimes());
}
