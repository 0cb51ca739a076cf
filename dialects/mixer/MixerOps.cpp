//===- MixerOps.cpp - verifiers and folders of the mixer ops --------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/mixer/IndexExpr.h"
#include "dialects/mixer/Mixer.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mixc::mixer;

#define GET_OP_CLASSES
#include "dialects/mixer/MixerOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Access
//===----------------------------------------------------------------------===//

std::optional<Binding> mixc::mixer::getBinding(Operation *op) {
  return llvm::TypeSwitch<Operation *, std::optional<Binding>>(op)
      .Case<ReduceOp, AlongOp, OrderOp, TransformOp>([](auto op) {
        return Binding{op.getIndexNames(),    op.getLower(),         op.getUpper(),
                       op.getLowerOperands(), op.getUpperOperands(), &op.getBody().front()};
      })
      .Default([](Operation *) { return std::nullopt; });
}

Block *mixc::mixer::addIndexBlock(Region &region, unsigned count, Location loc) {
  Block &block = region.emplaceBlock();
  for (unsigned k = 0; k < count; ++k)
    block.addArgument(IndexType::get(region.getContext()), loc);
  return &block;
}

FuncOp mixc::mixer::enclosingFunc(Operation *op) { return op->getParentOfType<FuncOp>(); }

ReturnOp FuncOp::getReturn() { return cast<ReturnOp>(getBody().front().getTerminator()); }
YieldOp EqOp::getYield() { return cast<YieldOp>(getBody().front().getTerminator()); }
YieldOp RecurOp::getYield() { return cast<YieldOp>(getBody().front().getTerminator()); }

//===----------------------------------------------------------------------===//
// Shared checks
//===----------------------------------------------------------------------===//

/// Checks that the block has `count` index arguments from `first` on and ends in a yield.
static LogicalResult verifyBody(Operation *op, Region &region, unsigned count) {
  Block &body = region.front();
  if (body.getNumArguments() != count ||
      !llvm::all_of(body.getArgumentTypes(), llvm::IsaPred<IndexType>))
    return op->emitOpError() << "needs a body with " << count << " index arguments";
  if (!body.mightHaveTerminator() || !isa<YieldOp>(body.getTerminator()))
    return op->emitOpError("needs a body that ends in `mixer.yield`");
  return success();
}

/// Checks that the body yields one scalar of type `type`.
static LogicalResult verifyYields(Operation *op, Region &region, Type type) {
  Operation *yield = region.front().getTerminator();
  if (yield->getNumOperands() != 1 || yield->getOperand(0).getType() != type)
    return op->emitOpError() << "must yield one scalar of type " << type;
  return success();
}

/// Checks the expressions of a map against their operands.
static LogicalResult verifyMap(Operation *op, AffineMap map, unsigned numDims, unsigned results,
                               StringRef what) {
  if (map.getNumDims() != numDims)
    return op->emitOpError() << "has " << what << " over " << map.getNumDims() << " dims for "
                             << numDims << " operands";
  if (map.getNumResults() != results)
    return op->emitOpError() << "has " << map.getNumResults() << " " << what << ", expected "
                             << results;
  auto func = isa<FuncOp>(op) ? cast<FuncOp>(op) : enclosingFunc(op);
  if (func && map.getNumSymbols() > func.getNumExtents())
    return op->emitOpError() << "uses extent s" << map.getNumSymbols() - 1
                             << ", but the function has " << func.getNumExtents();
  return success();
}

/// Checks ranges and body of a binding op.
static LogicalResult verifyBinding(Operation *op) {
  Binding binding = *getBinding(op);
  unsigned count = binding.size();
  if (count == 0)
    return op->emitOpError("binds no index");
  if (failed(verifyBody(op, op->getRegion(0), count)) ||
      failed(verifyMap(op, binding.lower, binding.lowerOperands.size(), count, "lower bounds")) ||
      failed(verifyMap(op, binding.upper, binding.upperOperands.size(), count, "upper bounds")))
    return failure();
  return success();
}

/// Checks that `type` uses no extent that the function lacks.
static LogicalResult verifyTensor(Operation *op, MixerTensorType type) {
  if (failed(
          verifyMap(op, indexMap(op->getContext(), 0, type.getLower()), 0, type.getRank(), "axes")))
    return failure();
  return verifyMap(op, indexMap(op->getContext(), 0, type.getUpper()), 0, type.getRank(), "axes");
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

LogicalResult FuncOp::verify() {
  if (getArgNames().size() != getArgOptional().size() ||
      getArgNames().size() != getBody().getNumArguments())
    return emitOpError("needs one name and one `optional` flag an argument");
  if (getResultNames().size() != getResultTypes().size())
    return emitOpError("needs one name a result");
  llvm::StringSet<> names;
  for (auto [position, extent] : llvm::enumerate(getExtents())) {
    auto attr = dyn_cast<ExtentAttr>(extent);
    if (!attr)
      return emitOpError() << "extent " << position << " is no extent";
    if (!names.insert(attr.getName()).second)
      return emitOpError() << "has two extents " << attr.getName();
    bool single = attr.getKind() == ExtentKind::fixed;
    if (attr.getKind() == ExtentKind::dynamic ? !attr.getArgs().empty()
                                              : attr.getArgs().size() != (single ? 1 : 2))
      return emitOpError() << "extent " << attr.getName() << " has a wrong number of operands";
    if (indexMap(getContext(), 0, attr.getArgs()).getNumSymbols() > position)
      return emitOpError() << "extent " << attr.getName() << " depends on a later one";
  }
  return success();
}

LogicalResult FuncOp::verifyRegions() {
  Block &body = getBody().front();
  for (auto [argument, name] : llvm::zip_equal(body.getArguments(), getArgNames())) {
    auto type = dyn_cast<MixerTensorType>(argument.getType());
    if (!type)
      return emitOpError() << "argument " << name << " is no mixer tensor";
    if (failed(verifyTensor(*this, type)))
      return failure();
  }
  auto ret = body.mightHaveTerminator() ? dyn_cast<ReturnOp>(body.getTerminator()) : ReturnOp();
  if (!ret)
    return emitOpError("needs a body that ends in `mixer.return`");
  if (ret.getNumOperands() != getResultTypes().size())
    return ret.emitOpError() << "has " << ret.getNumOperands() << " values for "
                             << getResultTypes().size() << " results";
  for (auto [value, type, name] :
       llvm::zip_equal(ret.getResults(), getResultTypes(), getResultNames()))
    if (value.getType() != cast<TypeAttr>(type).getValue())
      return ret.emitOpError() << "gives " << name << " a value of type " << value.getType()
                               << ", declared " << type;
  return success();
}

LogicalResult FactOp::verifyRegions() {
  if (failed(verifyBody(*this, getBody(), 0)))
    return failure();
  return verifyYields(*this, getBody(), IntegerType::get(getContext(), 1));
}

LogicalResult DefaultOp::verifyRegions() {
  auto argument = dyn_cast<BlockArgument>(getArgument());
  FuncOp func = enclosingFunc(*this);
  if (!argument || argument.getOwner() != &func.getBody().front() ||
      !func.getArgOptional()[argument.getArgNumber()])
    return emitOpError("is of an optional argument only");
  if (failed(verifyBody(*this, getBody(), 0)))
    return failure();
  return verifyYields(*this, getBody(), getArgument().getType().getComputeType());
}

//===----------------------------------------------------------------------===//
// Equations
//===----------------------------------------------------------------------===//

LogicalResult EqOp::verifyRegions() {
  if (getIndexNames().size() != static_cast<size_t>(getType().getRank()))
    return emitOpError() << "has " << getIndexNames().size() << " index names for rank "
                         << getType().getRank();
  if (failed(verifyTensor(*this, getType())) ||
      failed(verifyBody(*this, getBody(), getType().getRank())))
    return failure();
  return verifyYields(*this, getBody(), getType().getComputeType());
}

LogicalResult AtOp::verify() {
  if (getResult().getType() != getTensorType().getComputeType())
    return emitOpError() << "reads elements of " << getTensorType() << " as "
                         << getResult().getType() << ", expected "
                         << getTensorType().getComputeType();
  return verifyMap(*this, getMap(), getIndices().size(), getTensorType().getRank(), "subscripts");
}

LogicalResult ApplyOp::verify() {
  return verifyMap(*this, getMap(), getIndices().size(), 1, "results");
}

OpFoldResult ApplyOp::fold(FoldAdaptor adaptor) {
  AffineExpr expr = getMap().getResult(0);
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return IntegerAttr::get(getType(), constant.getValue());
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return getIndices()[dim.getPosition()];
  return {};
}

LogicalResult TableOp::verify() {
  auto type = cast<ShapedType>(getValue().getType());
  MixerTensorType result = getResult().getType();
  if (type.getRank() != result.getRank() || type.getElementType() != result.getElement())
    return emitOpError() << "has values of type " << type << " for " << result;
  for (auto [size, lower, upper] :
       llvm::zip_equal(type.getShape(), result.getLower(), result.getUpper()))
    if (lower != getAffineConstantExpr(0, getContext()) ||
        upper != getAffineConstantExpr(size, getContext()))
      return emitOpError() << "has values of type " << type << " for " << result;
  return success();
}

LogicalResult ReduceOp::verifyRegions() {
  if (failed(verifyBinding(*this)))
    return failure();
  Type value = getBinding(*this)->yielded().getType(), type = getType();
  bool isBool = value.isInteger(1);
  switch (getKind()) {
  case ReduceKind::any:
  case ReduceKind::all:
    if (!isBool || !type.isInteger(1))
      return emitOpError("any and all reduce truth values");
    return success();
  case ReduceKind::argmax:
  case ReduceKind::argmin:
    if (isa<ComplexType>(value) || !type.isIndex())
      return emitOpError("argmax and argmin compare real values and give an integer");
    return success();
  case ReduceKind::mean:
  case ReduceKind::logsumexp:
    if (!isa<FloatType, ComplexType>(type))
      return emitOpError("mean and logsumexp give a float");
    [[fallthrough]];
  default:
    if (value != type || isBool)
      return emitOpError() << "reduces values of type " << value << " to " << type;
    return success();
  }
}

LogicalResult AlongOp::verifyRegions() {
  if (failed(verifyBinding(*this)))
    return failure();
  if (getAt().size() != getIndexNames().size())
    return emitOpError("needs one position an index");
  if (!isa<FloatType>(getType()))
    return emitOpError("normalises real floats");
  return verifyYields(*this, getBody(), getType());
}

LogicalResult OrderOp::verifyRegions() {
  if (failed(verifyBinding(*this)))
    return failure();
  if (getIndexNames().size() != 1)
    return emitOpError("orders the candidates of one index");
  Type value = getBinding(*this)->yielded().getType();
  if (isa<ComplexType>(value))
    return emitOpError("orders real values");
  if (getType() != (getKind() == OrderKind::argtop ? IndexType::get(getContext()) : value))
    return emitOpError() << "gives a value of type " << getType();
  return success();
}

LogicalResult TransformOp::verifyRegions() {
  if (failed(verifyBinding(*this)) || failed(verifyMap(*this, getLength(), 0, 1, "lengths")))
    return failure();
  if (getIndexNames().size() != 1)
    return emitOpError("transforms along one index");
  bool complexIn = false, complexOut = false;
  switch (getKind()) {
  case TransformKind::fft:
  case TransformKind::ifft:
    complexIn = complexOut = true;
    break;
  case TransformKind::rfft:
    complexOut = true;
    break;
  case TransformKind::irfft:
    complexIn = true;
    break;
  case TransformKind::dct:
  case TransformKind::idct:
    break;
  }
  Type value = getBinding(*this)->yielded().getType();
  auto real = [](Type type) -> Type {
    auto complex = dyn_cast<ComplexType>(type);
    return complex ? complex.getElementType() : type;
  };
  if (isa<ComplexType>(value) != complexIn || isa<ComplexType>(getType()) != complexOut ||
      real(value) != real(getType()) || !isa<FloatType>(real(value)))
    return emitOpError() << "takes values of type " << value << " to " << getType();
  return success();
}

//===----------------------------------------------------------------------===//
// Scatters and recurrences
//===----------------------------------------------------------------------===//

LogicalResult ScatterOp::verifyRegions() {
  unsigned count = getIndexNames().size();
  if (failed(verifyTensor(*this, getResult().getType())) ||
      failed(verifyBody(*this, getBody(), count)) ||
      failed(verifyMap(*this, getLower(), 0, count, "lower bounds")) ||
      failed(verifyMap(*this, getUpper(), 0, count, "upper bounds")))
    return failure();
  bool overwrite = getKind() == ScatterKind::overwrite;
  if (getInit().size() != (overwrite ? 1 : 0) ||
      (overwrite && getInit().front().getType() != getResult().getType()))
    return emitOpError("takes an initial tensor of its own type with `overwrite`, none otherwise");
  MixerTensorType type = getResult().getType();
  Operation *yield = getBody().front().getTerminator();
  SmallVector<Type> expected(type.getRank(), IndexType::get(getContext()));
  expected.push_back(type.getComputeType());
  if (!llvm::equal(yield->getOperandTypes(), expected))
    return emitOpError() << "must yield " << type.getRank() << " subscripts and a value of type "
                         << type.getComputeType();
  return success();
}

LogicalResult RecurOp::verifyRegions() {
  unsigned times = getNumTimes(), carries = getNames().size();
  Block &body = getBody().front();
  if (times == 0 || getReverse().size() != times ||
      failed(verifyMap(*this, getLower(), 0, times, "lower bounds")) ||
      failed(verifyMap(*this, getUpper(), 0, times, "upper bounds")))
    return emitOpError("needs a range and a direction for each time index");
  if (body.getNumArguments() != times + carries || getNumResults() != carries)
    return emitOpError("needs one body argument a time index and a history, and one result a "
                       "history");
  for (BlockArgument time : getTimes())
    if (!time.getType().isIndex())
      return emitOpError("needs time indices of type index");
  auto yield = body.mightHaveTerminator() ? dyn_cast<YieldOp>(body.getTerminator()) : YieldOp();
  if (!yield || yield.getNumOperands() != carries)
    return emitOpError("must yield every history");
  for (auto [carry, result, value] :
       llvm::zip_equal(getCarries(), getHistories(), yield.getValues())) {
    if (carry.getType() != result.getType() || value.getType() != result.getType())
      return emitOpError("has a history of different types inside and outside");
    auto append = value.getDefiningOp<AppendOp>();
    if (!append || append.getHistory() != carry)
      return emitOpError("must yield each history with this step appended");
  }
  if (getInitCarry().size() != getInits().size() || getInitMaps().size() != getInits().size())
    return emitOpError("needs a history and a place for each initial slice");
  for (auto [init, carry, map] : llvm::zip_equal(getInits(), getInitCarry(),
                                                 getInitMaps().getAsValueRange<AffineMapAttr>())) {
    if (carry < 0 || carry >= carries)
      return emitOpError() << "has an initial slice of history " << carry << " of " << carries;
    auto history = cast<MixerTensorType>(getCarries()[carry].getType());
    auto slice = cast<MixerTensorType>(init.getType());
    if (slice.getElement() != history.getElement() ||
        failed(verifyMap(*this, map, slice.getRank(), history.getRank(), "initial subscripts")))
      return emitOpError() << "can't put a slice " << slice << " into " << history;
  }
  return success();
}

LogicalResult AppendOp::verify() {
  MixerTensorType slice = getSlice().getType(), history = getHistory().getType();
  if (slice.getElement() != history.getElement())
    return emitOpError() << "puts elements of " << slice << " into " << history;
  auto recur = cast<RecurOp>((*this)->getParentOp());
  if (!llvm::equal(getTimes(), recur.getTimes()))
    return emitOpError("takes the time indices of its recurrence, in order");
  return verifyMap(*this, getMap(), slice.getRank() + recur.getNumTimes(), history.getRank(),
                   "subscripts");
}

//===----------------------------------------------------------------------===//
// Scalars
//===----------------------------------------------------------------------===//

LogicalResult FnOp::verify() {
  auto types = getArgs().getTypes();
  auto is = [&](auto predicate, unsigned count) {
    return types.size() == count && llvm::all_of(types, predicate);
  };
  bool good = false;
  switch (getKind()) {
  case FnKind::floordiv:
  case FnKind::floormod:
  case FnKind::ipow:
    good = is(llvm::IsaPred<IndexType>, 2) && getType().isIndex();
    break;
  case FnKind::cis:
    good = is(llvm::IsaPred<FloatType>, 1) && isa<ComplexType>(getType()) &&
           cast<ComplexType>(getType()).getElementType() == types.front();
    break;
  case FnKind::detach:
    good = types.size() == 1 && getType() == types.front();
    break;
  case FnKind::sign:
  case FnKind::relu:
    good = is(llvm::IsaPred<FloatType, IndexType>, 1) && getType() == types.front();
    break;
  default:
    good = is(llvm::IsaPred<FloatType>, 1) && getType() == types.front();
  }
  if (!good)
    return emitOpError() << stringifyEnum(getKind()) << " can't take " << types << " to "
                         << getType();
  return success();
}

LogicalResult CastOp::verify() {
  if (!isElementType(getElement()))
    return emitOpError() << "can't round to " << getElement();
  if (getResult().getType() != computeType(getElement()))
    return emitOpError() << "gives " << getResult().getType() << ", expected "
                         << computeType(getElement());
  if (isa<ComplexType>(getValue().getType()) && !isa<ComplexType>(getElement()))
    return emitOpError("can't make a complex number real: take its `re`");
  return success();
}
