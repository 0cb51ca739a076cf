//===- PlanOps.cpp - verifiers of the plan dialect ------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/plan/Plan.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mixc::plan;
using mixc::tile::ViewType;

#include "dialects/plan/PlanDialect.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/plan/PlanAttrs.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/plan/PlanOps.cpp.inc"

void PlanDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/plan/PlanAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/plan/PlanOps.cpp.inc"
      >();
}

LogicalResult FuncOp::verifyRegions() {
  size_t extents = getExtentNames().size();
  size_t views = getArgNames().size() + getResultNames().size();
  if (getBody().getNumArguments() != extents + views)
    return emitOpError() << "has " << getBody().getNumArguments() << " body arguments for "
                         << extents << " extents and " << views << " tensors";
  for (BlockArgument extent : getExtents())
    if (!extent.getType().isIndex())
      return emitOpError() << "has an extent of type " << extent.getType();
  for (BlockArgument view : getViews())
    if (!isa<ViewType>(view.getType()))
      return emitOpError() << "has a tensor of type " << view.getType();
  return success();
}

Attribute FuncOp::getStorage(BlockArgument view) {
  auto storage = (*this)->getAttrOfType<DictionaryAttr>("storage");
  if (!storage || view.getOwner()->getParentOp() != *this)
    return {};
  size_t position = view.getArgNumber() - getExtentNames().size(), arguments = getArgNames().size();
  Attribute name =
      position < arguments ? getArgNames()[position] : getResultNames()[position - arguments];
  return storage.get(cast<StringAttr>(name));
}

/// Whether a launch stands in or around an operation of the direction `next` from `op`.
static bool launches(Operation *op, Operation *(Operation::*next)()) {
  for (op = (op->*next)(); op; op = (op->*next)())
    if (op->walk([](LaunchOp) { return WalkResult::interrupt(); }).wasInterrupted())
      return true;
  return false;
}

LogicalResult CheckOp::verify() {
  if (launches(*this, &Operation::getPrevNode) && launches(*this, &Operation::getNextNode))
    return emitOpError("stands between two launches");
  return success();
}

LogicalResult DefaultOp::verify() {
  if (getValue().getType() != getType().getComputeType())
    return emitOpError() << "has a value of type " << getValue().getType() << ", elements of "
                         << getType() << " compute as " << getType().getComputeType();
  if (getType().getUnit() && getType().getRank() > 0)
    return emitOpError("gives a view whose last stride may be 0");
  return success();
}

LogicalResult StrideOp::verify() {
  if (static_cast<int64_t>(getAxis()) >= getView().getType().getRank())
    return emitOpError() << "asks for axis " << getAxis() << " of " << getView().getType();
  return success();
}

LogicalResult BufferOp::verify() {
  if (static_cast<int64_t>(getSizes().size()) != getType().getRank())
    return emitOpError() << "has " << getSizes().size() << " sizes for " << getType();
  return success();
}

/// Whether a view of type `given` serves where `wanted` is asked for: `unit` may be forgotten.
static bool serves(Type given, Type wanted) {
  auto view = dyn_cast<ViewType>(given);
  if (given == wanted || !view || !view.getUnit())
    return given == wanted;
  return ViewType::get(view.getContext(), view.getRank(), view.getElement(), /*unit=*/false) ==
         wanted;
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  Operation *symbol = symbols.lookupNearestSymbolFrom(*this, getKernelAttr());
  // What a target has made of a kernel.
  if (symbol && !isa<tile::TileDialect, PlanDialect>(symbol->getDialect()))
    return success();
  auto kernel = dyn_cast_or_null<tile::KernelOp>(symbol);
  if (!kernel)
    return emitOpError() << "launches " << getKernelAttr() << ", which is no kernel";
  if (getGrid().size() != kernel.getNumGrid())
    return emitOpError() << "has " << getGrid().size() << " grid sizes, " << getKernelAttr()
                         << " has " << kernel.getNumGrid() << " indices";
  if (getArgs().size() != kernel.getArgs().size())
    return emitOpError() << "has " << getArgs().size() << " arguments, " << getKernelAttr()
                         << " takes " << kernel.getArgs().size();
  for (auto [k, given, wanted] :
       llvm::enumerate(getArgs().getTypes(), ValueRange(kernel.getArgs()).getTypes()))
    if (!serves(given, wanted))
      return emitOpError() << "gives " << given << " as argument " << k << ", " << getKernelAttr()
                           << " takes " << wanted;
  return success();
}
