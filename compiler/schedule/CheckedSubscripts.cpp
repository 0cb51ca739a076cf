//===- CheckedSubscripts.cpp - subscripts from data in checked kernels ----===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/KernelEmitter.h"
#include "compiler/schedule/ScalarCode.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

Value KernelEmitter::isInside(Value tensor, ArrayRef<AffineExpr> subscripts, Location loc) {
  if (!faults)
    return {};
  auto type = cast<mixer::MixerTensorType>(tensor.getType());
  ScalarCode code(builder, loc);
  Value inside;
  for (auto [subscript, lower, upper] :
       llvm::zip_equal(subscripts, type.getLower(), type.getUpper())) {
    if (!dependsOnData(subscript))
      continue;
    Value index = materialise(subscript, loc);
    for (Value holds : {code.compare(arith::CmpIPredicate::sge, index, materialise(lower, loc)),
                        code.compare(arith::CmpIPredicate::slt, index, materialise(upper, loc))})
      inside = inside ? arith::AndIOp::create(builder, loc, inside, holds).getResult() : holds;
  }
  return inside;
}

/// The place of an access, as a condition that the caller reads.
static std::string describePlace(Value tensor, Location loc) {
  if (auto fused = dyn_cast<FusedLoc>(loc))
    loc = fused.getLocations().front();
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "the subscripts of ";
  Operation *def = tensor.getDefiningOp();
  if (auto given = dyn_cast_or_null<mixer::DefaultOp>(def))
    return describePlace(given.getArgument(), loc);
  if (auto argument = dyn_cast<BlockArgument>(tensor)) {
    auto func = dyn_cast<mixer::FuncOp>(argument.getOwner()->getParentOp());
    os << (func ? cast<StringAttr>(func.getArgNames()[argument.getArgNumber()]).getValue()
                : "a history");
  } else {
    auto name = def->getAttrOfType<StringAttr>("name");
    os << (name ? name.getValue() : "a history");
  }
  os << " in range";
  if (auto place = dyn_cast<FileLineColLoc>(loc))
    os << ", " << place.getFilename().getValue() << ":" << place.getLine() << ":"
       << place.getColumn();
  return text;
}

Value KernelEmitter::emitInside(Value inside, Value tensor, Type result, Location loc,
                                function_ref<Value()> body) {
  if (!inside)
    return body();
  std::string place = describePlace(tensor, loc);
  auto known = llvm::find(faults->places, place);
  int64_t number = known - faults->places.begin() + 1;
  if (known == faults->places.end())
    faults->places.push_back(place);
  Slot note{viewArgument(faults->view), {constantExpr(0)}};
  auto choice = scf::IfOp::create(builder, loc, result ? TypeRange(result) : TypeRange(), inside,
                                  /*withElseRegion=*/true);
  auto emitBranch = [&](Region &region, function_ref<Value()> branch) {
    OpBuilder::InsertionGuard guard(builder);
    if (region.front().mightHaveTerminator())
      region.front().getTerminator()->erase();
    builder.setInsertionPointToEnd(&region.front());
    Value value = branch();
    scf::YieldOp::create(builder, loc, value ? ValueRange(value) : ValueRange());
  };
  emitBranch(choice.getThenRegion(), body);
  emitBranch(choice.getElseRegion(), [&]() -> Value {
    ScalarCode code(builder, loc);
    storeSlot(note, code.index(number), loc);
    return result ? code.zero(result) : Value();
  });
  return result ? choice.getResult(0) : Value();
}

KernelLaunch KernelEmitter::emitClear() {
  Location loc = launch.kernel.getLoc();
  storeSlot(Slot{viewArgument(faults->view), {constantExpr(0)}}, ScalarCode(builder, loc).index(0),
            loc);
  return finish();
}
