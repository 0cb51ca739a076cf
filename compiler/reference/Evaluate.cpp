//===- Evaluate.cpp - the meaning of a mixer ------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/Evaluate.h"

#include "compiler/reference/BodyCompiler.h"
#include "compiler/reference/EvaluationError.h"
#include "compiler/reference/Evaluator.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::reference;
using llvm::Error;
using llvm::Expected;

//===----------------------------------------------------------------------===//
// Tensors and programs
//===----------------------------------------------------------------------===//

template <typename Real> unsigned Evaluator<Real>::number(Value tensor) {
  auto [it, isNew] = numbers.try_emplace(tensor, tensors.size());
  if (isNew)
    tensors.emplace_back();
  return it->second;
}

template <typename Real>
Error Evaluator<Real>::allocate(Value tensor, StringRef name, Location location) {
  return allocateValues<Real>(valuesOf(tensor), name,
                              cast<mixer::MixerTensorType>(tensor.getType()), extents, location);
}

/// Compiles on the first call only: the bodies in a recurrence run at every step.
template <typename Real> Expected<Program<Real> *> Evaluator<Real>::programOf(Operation *op) {
  std::unique_ptr<Program<Real>> &program = programs[{op, 0}];
  if (program)
    return program.get();
  auto tensor = [&](Value value) -> std::optional<unsigned> {
    auto found = numbers.find(value);
    return found == numbers.end() ? std::nullopt : std::optional(found->second);
  };
  Expected<Program<Real>> compiled =
      BodyCompiler<Real>::compile(op->getRegion(0).front(), {extents, tensor});
  if (!compiled)
    return compiled.takeError();
  program = std::make_unique<Program<Real>>(std::move(*compiled));
  return program.get();
}

template <typename Real>
Expected<Program<Real> *> Evaluator<Real>::mapProgram(Operation *op, unsigned slot, AffineMap map,
                                                      unsigned numIndices, ValueRange times) {
  std::unique_ptr<Program<Real>> &program = programs[{op, slot}];
  if (program)
    return program.get();
  Expected<Program<Real>> compiled = BodyCompiler<Real>::compileMap(
      map, numIndices, times, op->getLoc(), {extents, [](Value) { return std::nullopt; }});
  if (!compiled)
    return compiled.takeError();
  program = std::make_unique<Program<Real>>(std::move(*compiled));
  return program.get();
}

template <typename Real> Frame<Real> Evaluator<Real>::makeFrame(const Program<Real> &program) {
  Frame<Real> frame;
  frame.slots = program.slots;
  frame.tensors = tensors;
  frame.memos.resize(program.numMemos);
  frame.cancel = call.cancel;
  for (auto [time, slot] : program.times)
    frame.slots[slot].integer = times.lookup(time);
  return frame;
}

//===----------------------------------------------------------------------===//
// Arguments, defaults, facts
//===----------------------------------------------------------------------===//

template <typename Real> Error Evaluator<Real>::bindArguments() {
  if (Error failure = checkElements(func, call.arguments))
    return failure;
  // Sorted, so that which of two errors is reported does not depend on the map.
  SmallVector<NamedShape> shapes;
  for (const auto &argument : call.arguments)
    shapes.push_back({argument.first(), argument.second.shape});
  llvm::sort(shapes, [](const NamedShape &a, const NamedShape &b) { return a.name < b.name; });
  Expected<SmallVector<int64_t>> bound = bindExtents(func, shapes, call.dims);
  if (!bound)
    return bound.takeError();
  extents = std::move(*bound);
  return Error::success();
}

static bool isScalar(Value tensor) {
  return cast<mixer::MixerTensorType>(tensor.getType()).getRank() == 0;
}

template <typename Real> Error Evaluator<Real>::readArguments(bool tensors) {
  for (auto [argument, name] : llvm::zip_equal(func.getBody().getArguments(),
                                               func.getArgNames().getAsValueRange<StringAttr>())) {
    auto given = call.arguments.find(name);
    if (given == call.arguments.end() || (!tensors && !isScalar(argument)))
      continue;
    Expected<Values> values =
        valuesFromHost<Real>(given->second, name, cast<mixer::MixerTensorType>(argument.getType()),
                             extents, func.getLoc());
    if (!values)
      return values.takeError();
    valuesOf(argument) = std::move(*values);
  }
  return Error::success();
}

template <typename Real> Error Evaluator<Real>::runDefault(mixer::DefaultOp op) {
  auto argument = cast<BlockArgument>(op.getArgument());
  if (numbers.contains(argument)) {
    alias(op.getResult(), argument);
    return Error::success();
  }
  StringRef name = cast<StringAttr>(func.getArgNames()[argument.getArgNumber()]).getValue();
  Expected<Program<Real> *> program = programOf(op);
  if (!program)
    return program.takeError();
  if (Error failure = allocate(op.getResult(), name, op.getLoc()))
    return failure;
  Values &result = valuesOf(op.getResult());
  return forPoints(
      **program, {},
      [&](Frame<Real> &frame, int64_t) {
        for (int64_t k = 0, count = result.numPoints(); k < count; ++k)
          store<Real>(result, k, frame.slots[(*program)->yielded.front()]);
        return true;
      },
      /*ordered=*/true);
}

/// ` (H = 6, G = 4)`: the extents that a condition speaks of.
static std::string namedExtents(mixer::FactOp op, ArrayRef<int64_t> extents) {
  llvm::SmallSetVector<unsigned, 4> used;
  op->walk([&](Operation *inner) {
    for (NamedAttribute attribute : inner->getAttrs())
      if (auto map = dyn_cast<AffineMapAttr>(attribute.getValue()))
        map.getValue().walkExprs([&](AffineExpr part) {
          if (auto symbol = dyn_cast<AffineSymbolExpr>(part))
            used.insert(symbol.getPosition());
        });
  });
  mixer::FuncOp func = mixer::enclosingFunc(op);
  SmallVector<std::string> parts;
  for (unsigned k : used)
    parts.push_back((func.getExtent(k).getName().getValue() + " = " + Twine(extents[k])).str());
  return llvm::join(parts, ", ");
}

template <typename Real> Error Evaluator<Real>::runFact(mixer::FactOp op) {
  Expected<Program<Real> *> program = programOf(op);
  if (!program)
    return program.takeError();
  bool holds = false;
  if (Error failure = forPoints(
          **program, {},
          [&](Frame<Real> &frame, int64_t) {
            holds = frame.slots[(*program)->yielded.front()].integer != 0;
            return true;
          },
          /*ordered=*/true))
    return failure;
  if (holds)
    return Error::success();
  std::string values = namedExtents(op, extents);
  op->walk([&](mixer::AtOp at) {
    const Values &tensor = valuesOf(at.getTensor());
    if (!tensor.axes.empty())
      return;
    Slot slot;
    load<Real>(tensor, 0, slot);
    values += (values.empty() ? "" : ", ") + tensor.name + " = ";
    withScalar<Real>(tensor.kind, [&](auto type) {
      using T = decltype(type);
      if constexpr (!isComplexType<T>)
        llvm::raw_string_ostream(values) << slot.as<T>();
    });
  });
  return evaluationError(op.getLoc(), "`" + op.getMessage() + "` does not hold" +
                                          (values.empty() ? "" : ": " + values));
}

//===----------------------------------------------------------------------===//
// The function
//===----------------------------------------------------------------------===//

template <typename Real> Error Evaluator<Real>::runBlock(Block &block) {
  for (Operation &op : block.without_terminator()) {
    Error failure =
        llvm::TypeSwitch<Operation *, Error>(&op)
            .Case([&](mixer::EqOp op) { return runEq(op); })
            .Case([&](mixer::ScatterOp op) { return runScatter(op); })
            .Case([&](mixer::RecurOp op) { return runRecur(op); })
            .Case([&](mixer::AppendOp op) { return runAppend(op); })
            .Case([&](mixer::TableOp op) { return runTable(op); })
            .template Case<mixer::DefaultOp, mixer::FactOp>(
                [](Operation *) { return Error::success(); })
            .Default([](Operation *op) {
              return evaluationError(op->getLoc(), "the reference can't evaluate `" +
                                                       op->getName().getStringRef() + "`");
            });
    if (failure)
      return failure;
  }
  return Error::success();
}

template <typename Real>
Expected<HostTensor> Evaluator<Real>::output(Value tensor, StringRef name) {
  const Values &values = valuesOf(tensor);
  if (values.kind == Kind::ComplexDouble)
    return evaluationError(func.getLoc(), "output `" + name +
                                              "` has complex numbers of f64, which no host tensor "
                                              "holds");
  auto missing = llvm::find(values.defined, 0);
  if (missing == values.defined.end())
    return valuesToHost<Real>(values);
  int64_t rest = missing - values.defined.begin();
  SmallVector<int64_t> point;
  for (const Axis &axis : values.axes) {
    point.push_back(axis.lower + rest / axis.stride);
    rest %= axis.stride;
  }
  return evaluationError(func.getLoc(),
                         "output `" + name + "` has no value at " + shapeString(point));
}

template <typename Real> Expected<SmallVector<HostTensor>> Evaluator<Real>::run() {
  if (Error failure = bindArguments())
    return failure;
  if (Error failure = readArguments(/*tensors=*/true))
    return failure;
  // A call that is refused is refused before anything is computed.
  Block &body = func.getBody().front();
  for (auto op : body.getOps<mixer::DefaultOp>())
    if (Error failure = runDefault(op))
      return failure;
  for (auto op : body.getOps<mixer::FactOp>())
    if (Error failure = runFact(op))
      return failure;
  if (Error failure = runBlock(body))
    return failure;
  SmallVector<HostTensor> outputs;
  for (auto [value, name] : llvm::zip_equal(func.getReturn().getResults(),
                                            func.getResultNames().getAsValueRange<StringAttr>())) {
    Expected<HostTensor> tensor = output(value, name);
    if (!tensor)
      return tensor.takeError();
    outputs.push_back(std::move(*tensor));
  }
  return outputs;
}

template <typename Real> Error Evaluator<Real>::check() {
  if (Error failure = bindArguments())
    return failure;
  // A `where` speaks of extents and scalars.
  if (Error failure = readArguments(/*tensors=*/false))
    return failure;
  Block &body = func.getBody().front();
  for (auto op : body.getOps<mixer::DefaultOp>())
    if (isScalar(op.getResult()))
      if (Error failure = runDefault(op))
        return failure;
  for (auto op : body.getOps<mixer::FactOp>())
    if (Error failure = runFact(op))
      return failure;
  return Error::success();
}

template class mixc::reference::Evaluator<float>;
template class mixc::reference::Evaluator<double>;

template <typename Real>
Expected<SmallVector<HostTensor>> mixc::reference::evaluate(mixer::FuncOp func, const Call &call) {
  try {
    return Evaluator<Real>(func, call).run();
  } catch (const std::bad_alloc &) {
    return evaluationError(func.getLoc(), outOfMemoryText);
  }
}

Error mixc::reference::checkCall(mixer::FuncOp func, const Call &call) {
  return Evaluator<double>(func, call).check();
}

template Expected<SmallVector<HostTensor>> mixc::reference::evaluate<double>(mixer::FuncOp,
                                                                             const Call &);
template Expected<SmallVector<HostTensor>> mixc::reference::evaluate<float>(mixer::FuncOp,
                                                                            const Call &);
