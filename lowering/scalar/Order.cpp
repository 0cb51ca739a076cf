//===- Order.cpp - sorting functions --------------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/scalar/Order.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"

using namespace mlir;

/// Whether a key goes before another one at a lower position: it is larger, or the other is no
/// number.
static constexpr StringLiteral floatPrecedes = R"mlir(
func.func private @mixc.precedes.KEY(%x: KEY, %y: KEY) -> i1
    attributes {llvm.linkage = #llvm.linkage<internal>} {
  %larger = arith.cmpf ogt, %x, %y : KEY
  %xIsNumber = arith.cmpf ord, %x, %x : KEY
  %yIsNaN = arith.cmpf uno, %y, %y : KEY
  %onlyX = arith.andi %xIsNumber, %yIsNaN : i1
  %precedes = arith.ori %larger, %onlyX : i1
  return %precedes : i1
}
)mlir";

static constexpr StringLiteral integerPrecedes = R"mlir(
func.func private @mixc.precedes.KEY(%x: KEY, %y: KEY) -> i1
    attributes {llvm.linkage = #llvm.linkage<internal>} {
  %larger = arith.cmpi sgt, %x, %y : KEY
  return %larger : i1
}
)mlir";

/// Few ranks: the best so far stand in order; each key moves past those that it precedes. Keys come
/// by position, so that equal ones stay in place.
static constexpr StringLiteral insertion = R"mlir(
func.func private @mixc.top.KEY(%keys: !llvm.ptr, %order: !llvm.ptr, %count: i64, %ranks: i64)
    attributes {llvm.linkage = #llvm.linkage<internal>} {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %false = arith.constant false
  %all = scf.for %i = %c0 to %count step %c1 iter_args(%held = %c0) -> (i64) : i64 {
    %keyAddress = llvm.getelementptr inbounds %keys[%i] : (!llvm.ptr, i64) -> !llvm.ptr, KEY
    %key = llvm.load %keyAddress : !llvm.ptr -> KEY
    %place = scf.while (%at = %held) : (i64) -> i64 {
      %isBehind = arith.cmpi sgt, %at, %c0 : i64
      %moves = scf.if %isBehind -> (i1) {
        %before = arith.subi %at, %c1 : i64
        %otherAddress = llvm.getelementptr inbounds %order[%before] : (!llvm.ptr, i64) -> !llvm.ptr, i64
        %other = llvm.load %otherAddress : !llvm.ptr -> i64
        %otherKeyAddress = llvm.getelementptr inbounds %keys[%other] : (!llvm.ptr, i64) -> !llvm.ptr, KEY
        %otherKey = llvm.load %otherKeyAddress : !llvm.ptr -> KEY
        %precedes = func.call @mixc.precedes.KEY(%key, %otherKey) : (KEY, KEY) -> i1
        scf.yield %precedes : i1
      } else {
        scf.yield %false : i1
      }
      scf.condition(%moves) %at : i64
    } do {
    ^bb0(%at: i64):
      %before = arith.subi %at, %c1 : i64
      %isRoom = arith.cmpi slt, %at, %ranks : i64
      scf.if %isRoom {
        %from = llvm.getelementptr inbounds %order[%before] : (!llvm.ptr, i64) -> !llvm.ptr, i64
        %to = llvm.getelementptr inbounds %order[%at] : (!llvm.ptr, i64) -> !llvm.ptr, i64
        %moved = llvm.load %from : !llvm.ptr -> i64
        llvm.store %moved, %to : i64, !llvm.ptr
      }
      scf.yield %before : i64
    }
    %isPlaced = arith.cmpi slt, %place, %ranks : i64
    scf.if %isPlaced {
      %to = llvm.getelementptr inbounds %order[%place] : (!llvm.ptr, i64) -> !llvm.ptr, i64
      llvm.store %i, %to : i64, !llvm.ptr
    }
    %more = arith.addi %held, %c1 : i64
    %next = arith.minsi %more, %ranks : i64
    scf.yield %next : i64
  }
  return
}
)mlir";

/// Many ranks: a merge sort from runs of one, back and forth between the two arrays.
static constexpr StringLiteral mergeSort = R"mlir(
func.func private @mixc.merge.KEY(%keys: !llvm.ptr, %from: !llvm.ptr, %to: !llvm.ptr,
                                  %low: i64, %middle: i64, %high: i64)
    attributes {llvm.linkage = #llvm.linkage<internal>} {
  %c1 = arith.constant 1 : i64
  %true = arith.constant true
  %false = arith.constant false
  %ends:2 = scf.for %out = %low to %high step %c1 iter_args(%a = %low, %b = %middle) -> (i64, i64) : i64 {
    %aIsLeft = arith.cmpi slt, %a, %middle : i64
    %bIsLeft = arith.cmpi slt, %b, %high : i64
    %takesB = scf.if %bIsLeft -> (i1) {
      %b2 = scf.if %aIsLeft -> (i1) {
        %aAddress = llvm.getelementptr inbounds %from[%a] : (!llvm.ptr, i64) -> !llvm.ptr, i64
        %bAddress = llvm.getelementptr inbounds %from[%b] : (!llvm.ptr, i64) -> !llvm.ptr, i64
        %aAt = llvm.load %aAddress : !llvm.ptr -> i64
        %bAt = llvm.load %bAddress : !llvm.ptr -> i64
        %aKeyAddress = llvm.getelementptr inbounds %keys[%aAt] : (!llvm.ptr, i64) -> !llvm.ptr, KEY
        %bKeyAddress = llvm.getelementptr inbounds %keys[%bAt] : (!llvm.ptr, i64) -> !llvm.ptr, KEY
        %aKey = llvm.load %aKeyAddress : !llvm.ptr -> KEY
        %bKey = llvm.load %bKeyAddress : !llvm.ptr -> KEY
        %precedes = func.call @mixc.precedes.KEY(%bKey, %aKey) : (KEY, KEY) -> i1
        scf.yield %precedes : i1
      } else {
        scf.yield %true : i1
      }
      scf.yield %b2 : i1
    } else {
      scf.yield %false : i1
    }
    %taken = arith.select %takesB, %b, %a : i64
    %source = llvm.getelementptr inbounds %from[%taken] : (!llvm.ptr, i64) -> !llvm.ptr, i64
    %target = llvm.getelementptr inbounds %to[%out] : (!llvm.ptr, i64) -> !llvm.ptr, i64
    %position = llvm.load %source : !llvm.ptr -> i64
    llvm.store %position, %target : i64, !llvm.ptr
    %fromB = arith.extui %takesB : i1 to i64
    %fromA = arith.subi %c1, %fromB : i64
    %nextA = arith.addi %a, %fromA : i64
    %nextB = arith.addi %b, %fromB : i64
    scf.yield %nextA, %nextB : i64, i64
  }
  return
}

func.func private @mixc.order.KEY(%keys: !llvm.ptr, %order: !llvm.ptr, %spare: !llvm.ptr,
                                  %count: i64, %ranks: i64)
    attributes {llvm.linkage = #llvm.linkage<internal>} {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %few = arith.constant 32 : i64
  %isFew = arith.cmpi sle, %ranks, %few : i64
  scf.if %isFew {
    func.call @mixc.top.KEY(%keys, %order, %count, %ranks) : (!llvm.ptr, !llvm.ptr, i64, i64) -> ()
  } else {
    scf.for %i = %c0 to %count step %c1 : i64 {
      %address = llvm.getelementptr inbounds %order[%i] : (!llvm.ptr, i64) -> !llvm.ptr, i64
      llvm.store %i, %address : i64, !llvm.ptr
    }
    %end:3 = scf.while (%width = %c1, %from = %order, %to = %spare)
        : (i64, !llvm.ptr, !llvm.ptr) -> (i64, !llvm.ptr, !llvm.ptr) {
      %isUnsorted = arith.cmpi slt, %width, %count : i64
      scf.condition(%isUnsorted) %width, %from, %to : i64, !llvm.ptr, !llvm.ptr
    } do {
    ^bb0(%width: i64, %from: !llvm.ptr, %to: !llvm.ptr):
      %twice = arith.addi %width, %width : i64
      scf.for %low = %c0 to %count step %twice : i64 {
        %half = arith.addi %low, %width : i64
        %whole = arith.addi %low, %twice : i64
        %middle = arith.minsi %half, %count : i64
        %high = arith.minsi %whole, %count : i64
        func.call @mixc.merge.KEY(%keys, %from, %to, %low, %middle, %high)
            : (!llvm.ptr, !llvm.ptr, !llvm.ptr, i64, i64, i64) -> ()
      }
      scf.yield %twice, %to, %from : i64, !llvm.ptr, !llvm.ptr
    }
    %isElsewhere = llvm.icmp "ne" %end#1, %order : !llvm.ptr
    scf.if %isElsewhere {
      scf.for %i = %c0 to %count step %c1 : i64 {
        %source = llvm.getelementptr inbounds %spare[%i] : (!llvm.ptr, i64) -> !llvm.ptr, i64
        %target = llvm.getelementptr inbounds %order[%i] : (!llvm.ptr, i64) -> !llvm.ptr, i64
        %position = llvm.load %source : !llvm.ptr -> i64
        llvm.store %position, %target : i64, !llvm.ptr
      }
    }
  }
  return
}
)mlir";

func::FuncOp mixc::lowering::getOrderFunction(Operation *symbols, Type key) {
  std::string keyName;
  llvm::raw_string_ostream(keyName) << key;
  std::string name = "mixc.order." + keyName;
  if (Operation *function = SymbolTable::lookupSymbolIn(symbols, name))
    return cast<func::FuncOp>(function);

  std::string text = (isa<FloatType>(key) ? floatPrecedes : integerPrecedes).str();
  text += insertion;
  text += mergeSort;
  for (size_t at = text.find("KEY"); at != std::string::npos; at = text.find("KEY", at))
    text.replace(at, 3, keyName);
  OwningOpRef<ModuleOp> source = parseSourceString<ModuleOp>(text, symbols->getContext());
  assert(source && "the sorting functions parse");
  // Their locations in the text above say nothing to a reader of the module.
  source->walk([&](Operation *op) { op->setLoc(symbols->getLoc()); });
  Block &body = symbols->getRegion(0).front();
  body.getOperations().splice(body.end(), source->getBody()->getOperations());
  return cast<func::FuncOp>(SymbolTable::lookupSymbolIn(symbols, name));
}
