//===- TileOps.cpp - verifiers of the tile dialect ------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/tile/Tile.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mixc::tile;

#define GET_OP_CLASSES
#include "dialects/tile/TileOps.cpp.inc"

LogicalResult KernelOp::verifyRegions() {
  ArrayRef<bool> outputs = getOutputs();
  if (getBody().getNumArguments() != getNumGrid() + outputs.size())
    return emitOpError() << "has " << getBody().getNumArguments() << " body arguments for "
                         << getNumGrid() << " grid indices and " << outputs.size() << " arguments";
  for (BlockArgument index : getGrid())
    if (!index.getType().isIndex())
      return emitOpError() << "has a grid index of type " << index.getType();
  for (auto [arg, output] : llvm::zip_equal(getArgs(), outputs)) {
    if (!isa<ViewType, IndexType>(arg.getType()))
      return emitOpError() << "has an argument of type " << arg.getType();
    if (output && !isa<ViewType>(arg.getType()))
      return emitOpError("writes views only");
  }
  return success();
}

/// Where a view comes from. In a kernel every view is one of its arguments or a scratch, so that
/// the target knows what it addresses.
static LogicalResult verifySource(Operation *op, Value view) {
  if (!op->getParentOfType<KernelOp>())
    return success();
  auto argument = dyn_cast<BlockArgument>(view);
  if (argument ? isa<KernelOp>(argument.getOwner()->getParentOp())
               : isa<ScratchOp>(view.getDefiningOp()))
    return success();
  return op->emitOpError("takes a view that is neither an argument of the kernel nor a scratch");
}

/// Whether a kernel may write `view`.
static bool isWritable(Value view) {
  auto argument = dyn_cast<BlockArgument>(view);
  if (!argument)
    return true;
  auto kernel = dyn_cast<KernelOp>(argument.getOwner()->getParentOp());
  return kernel && kernel.getOutputs()[argument.getArgNumber() - kernel.getNumGrid()];
}

static LogicalResult verifyAccess(Operation *op, Value view, ValueRange indices, Type scalar) {
  auto type = cast<ViewType>(view.getType());
  if (static_cast<int64_t>(indices.size()) != type.getRank())
    return op->emitOpError() << "has " << indices.size() << " indices for " << type;
  if (scalar != type.getComputeType())
    return op->emitOpError() << "has a scalar of type " << scalar << ", elements of " << type
                             << " compute as " << type.getComputeType();
  return verifySource(op, view);
}

LogicalResult LoadOp::verify() {
  return verifyAccess(*this, getView(), getIndices(), getResult().getType());
}

LogicalResult StoreOp::verify() {
  if (failed(verifyAccess(*this, getView(), getIndices(), getValue().getType())))
    return failure();
  if (!isWritable(getView()))
    return emitOpError("writes a view that is no output of the kernel");
  return success();
}

LogicalResult ScratchOp::verify() {
  if (!isa<KernelOp>((*this)->getParentOp()))
    return emitOpError("stands at the top level of a kernel only");
  ViewType type = getType();
  if (static_cast<int64_t>(getSizes().size()) != type.getRank())
    return emitOpError() << "has " << getSizes().size() << " sizes for " << type;
  return success();
}

LogicalResult RoundOp::verify() {
  if (!isElementType(getElement()))
    return emitOpError() << "rounds to " << getElement() << ", which is no element type";
  if (getType() != computeType(getElement()))
    return emitOpError() << "gives " << getType() << ", elements of type " << getElement()
                         << " compute as " << computeType(getElement());
  if (isa<ComplexType>(getValue().getType()) && !isa<ComplexType>(getType()))
    return emitOpError("takes a complex number to a complex element only");
  return success();
}

LogicalResult OrderOp::verify() {
  auto isVector = [](Value view, auto isElement) {
    auto type = cast<ViewType>(view.getType());
    return type.getRank() == 1 && type.getUnit() && isElement(type.getElement());
  };
  auto isPosition = [](Type type) { return type.isSignlessInteger(64); };
  if (!isVector(getKeys(),
                [](Type t) { return t.isF32() || t.isF64() || t.isSignlessInteger(64); }))
    return emitOpError("has keys that are no vector of f32, f64 or i64 with stride 1");
  if (!isVector(getOrder(), isPosition) || !isVector(getSpare(), isPosition))
    return emitOpError("puts the order in vectors of i64 with stride 1");
  for (Value view : {getKeys(), getOrder(), getSpare()})
    if (failed(verifySource(*this, view)))
      return failure();
  if (!isWritable(getOrder()) || !isWritable(getSpare()))
    return emitOpError("writes a view that is no output of the kernel");
  return success();
}

//===----------------------------------------------------------------------===//
// Larger tiles
//===----------------------------------------------------------------------===//

bool mixc::tile::hasTiles(KernelOp kernel) {
  return kernel
      .walk([](Operation *op) {
        return llvm::any_of(op->getResultTypes(), llvm::IsaPred<RankedTensorType>)
                   ? WalkResult::interrupt()
                   : WalkResult::advance();
      })
      .wasInterrupted();
}

/// A read or a write of a tile of type `tile`.
static LogicalResult verifyTileAccess(Operation *op, Value view, ValueRange indices,
                                      ArrayRef<int64_t> along, ValueRange valid, Type tile) {
  auto shape = cast<RankedTensorType>(tile);
  if (failed(verifyAccess(op, view, indices, shape.getElementType())))
    return failure();
  if (along.size() != indices.size())
    return op->emitOpError() << "says what runs along " << along.size() << " axes, the view has "
                             << indices.size();
  if (static_cast<int64_t>(valid.size()) != shape.getRank())
    return op->emitOpError() << "has " << valid.size() << " counts for " << shape;
  for (int64_t axis : along)
    if (axis < -1 || axis >= shape.getRank())
      return op->emitOpError() << "lets axis " << axis << " of " << shape << " run along the view";
  for (int64_t axis = 0; axis < shape.getRank(); ++axis)
    if (!llvm::is_contained(along, axis))
      return op->emitOpError() << "lets axis " << axis << " of " << shape
                               << " run along no axis of the view";
  return success();
}

LogicalResult ReadOp::verify() {
  return verifyTileAccess(*this, getView(), getIndices(), getAlong(), getValid(), getType());
}

LogicalResult WriteOp::verify() {
  if (failed(verifyTileAccess(*this, getView(), getIndices(), getAlong(), getValid(),
                              getValue().getType())))
    return failure();
  if (!isWritable(getView()))
    return emitOpError("writes a view that is no output of the kernel");
  return success();
}

LogicalResult DotOp::verify() {
  auto a = cast<RankedTensorType>(getA().getType()), b = cast<RankedTensorType>(getB().getType());
  auto result = cast<RankedTensorType>(getType());
  ArrayRef<int64_t> contract = getContract();
  if (contract.size() != 2)
    return emitOpError() << "contracts " << contract.size() << " axes, not one of each operand";
  SmallVector<int64_t> sizes;
  SmallVector<RankedTensorType> operands = {a, b};
  for (auto [operand, axis] : llvm::zip_equal(operands, contract)) {
    if (axis < 0 || axis >= operand.getRank())
      return emitOpError() << "contracts axis " << axis << " of " << operand;
    if (operand.getElementType() != result.getElementType())
      return emitOpError() << "multiplies elements of " << operand << " and gives " << result;
    if (operand.getRank() == 2)
      sizes.push_back(operand.getDimSize(1 - axis));
  }
  if (a.getDimSize(contract[0]) != b.getDimSize(contract[1]))
    return emitOpError() << "contracts axes of sizes " << a.getDimSize(contract[0]) << " and "
                         << b.getDimSize(contract[1]);
  if (result.getShape() != ArrayRef(sizes))
    return emitOpError() << "gives " << result << ", the axes left of its operands are "
                         << RankedTensorType::get(sizes, result.getElementType());
  return success();
}

/// The type of `tile`, of rank 2, without its axis `axis`; null of rank 1.
static RankedTensorType dropAxis(Type tile, int64_t axis) {
  auto type = cast<RankedTensorType>(tile);
  if (type.getRank() != 2)
    return {};
  return RankedTensorType::get({type.getDimSize(1 - axis)}, type.getElementType());
}

LogicalResult ReduceOp::verify() {
  if (dropAxis(getValue().getType(), getAxis()) != getType())
    return emitOpError() << "makes " << getType() << " of " << getValue().getType()
                         << " along axis " << getAxis();
  return success();
}

LogicalResult BroadcastOp::verify() {
  if (dropAxis(getType(), 1 - getAlong()) != getValue().getType())
    return emitOpError() << "makes " << getType() << " of " << getValue().getType()
                         << " along axis " << getAlong();
  return success();
}

LogicalResult IotaOp::verify() {
  auto type = cast<RankedTensorType>(getType());
  if (!type.getElementType().isIndex())
    return emitOpError() << "gives " << type << ", whose elements are no indices";
  if (static_cast<int64_t>(getAlong()) >= type.getRank())
    return emitOpError() << "counts along axis " << getAlong() << " of " << type;
  return success();
}
