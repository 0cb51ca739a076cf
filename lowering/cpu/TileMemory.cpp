//===- TileMemory.cpp - tiles read from memory and written to it ----------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cpu/TileMemory.h"

#include "lowering/cpu/TileTranspose.h"
#include "lowering/scalar/Elements.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Matchers.h"

#include <numeric>

using namespace mlir;
using namespace mixc;
using namespace mixc::lowering;
using namespace mixc::lowering::cpu;

//===----------------------------------------------------------------------===//
// Addresses
//===----------------------------------------------------------------------===//

/// `base`, `place` (index) steps of `stride` elements on.
static Value stepOn(OpBuilder &b, Location loc, const TileMemory &memory, Value base, Value place,
                    Value stride) {
  Value offset = toI64(b, loc, place);
  if (stride)
    offset = arith::MulIOp::create(b, loc, offset, stride, arith::IntegerOverflowFlags::nsw);
  return advance(b, loc, base, storageType(memory.element), offset);
}

static Value addressOf(OpBuilder &b, Location loc, const TileMemory &memory, TilePair place) {
  Value row = stepOn(b, loc, memory, memory.base, place[0], memory.strides[0]);
  return stepOn(b, loc, memory, row, place[1], memory.strides[1]);
}

TileMemory cpu::locateTile(OpBuilder &b, Location loc, const Memory &memory, ValueRange indices,
                           ArrayRef<int64_t> along) {
  TileMemory tile{memory.type.getElement(), memory.address(b, loc, indices), {}};
  for (int64_t axis : {0, 1}) {
    unsigned count = llvm::count(along, axis);
    Value sum;
    for (auto [viewAxis, stride] : llvm::zip_equal(along, memory.strides)) {
      if (viewAxis != axis)
        continue;
      if (count == 1) {
        sum = stride;
        break;
      }
      Value step =
          stride ? stride : arith::ConstantIntOp::create(b, loc, b.getI64Type(), 1).getResult();
      sum = sum ? arith::AddIOp::create(b, loc, sum, step).getResult() : step;
    }
    tile.strides[axis] =
        count > 0 ? sum : arith::ConstantIntOp::create(b, loc, b.getI64Type(), 0).getResult();
  }
  return tile;
}

//===----------------------------------------------------------------------===//
// Vectors in memory
//===----------------------------------------------------------------------===//

static unsigned alignmentOf(Type storage) { return storage.getIntOrFloatBitWidth() / 8; }

/// The `count` elements at `address`, widened: where `mask` is given, those that it names.
static Value loadVector(OpBuilder &b, Location loc, Type element, Value address, int64_t count,
                        Value mask) {
  Type storage = storageType(element);
  auto type = VectorType::get({count}, storage);
  unsigned alignment = alignmentOf(storage);
  Value stored;
  if (mask)
    stored = LLVM::MaskedLoadOp::create(b, loc, type, address, mask, zeros(b, loc, count, storage),
                                        b.getI32IntegerAttr(alignment), UnitAttr());
  else
    stored = LLVM::LoadOp::create(b, loc, type, address, alignment);
  return widen(b, loc, stored, element);
}

/// Whether `mask` is known to name the first lane alone.
static bool isFirstLane(Value mask) {
  DenseElementsAttr lanes;
  return mask && matchPattern(mask, m_Constant(&lanes)) &&
         llvm::count(lanes.getValues<bool>(), true) == 1 && *lanes.value_begin<bool>();
}

/// Writes `vector`, narrowed to `element`.
static void storeVector(OpBuilder &b, Location loc, Type element, Value vector, Value address,
                        Value mask) {
  Value stored = narrow(b, loc, vector, element);
  unsigned alignment = alignmentOf(storageType(element));
  if (isFirstLane(mask)) {
    // LLVM 22 makes a store of 32 bits of a truncation to 16 under such a mask.
    Value zero = LLVM::ConstantOp::create(b, loc, b.getI32Type(), b.getI32IntegerAttr(0));
    Value scalar = LLVM::ExtractElementOp::create(b, loc, stored, zero);
    LLVM::StoreOp::create(b, loc, scalar, address, alignment);
  } else if (mask) {
    LLVM::MaskedStoreOp::create(b, loc, stored, address, mask, b.getI32IntegerAttr(alignment));
  } else {
    LLVM::StoreOp::create(b, loc, stored, address, alignment);
  }
}

/// Groups of `size` places up to `count`: `body` takes the first place of one, and the mask of what
/// is there if that may be less than all.
static void forGroups(OpBuilder &b, Location loc, Value count, int64_t size,
                      function_ref<void(OpBuilder &, Value, Value)> body) {
  std::optional<int64_t> known = constantOf(count);
  Value whole;
  if (known) {
    whole = arith::ConstantIndexOp::create(b, loc, *known - *known % size);
  } else {
    Value distance = arith::ConstantIndexOp::create(b, loc, size);
    whole = arith::SubIOp::create(b, loc, count, arith::RemUIOp::create(b, loc, count, distance));
  }
  forEach(b, loc, whole, size, [&](OpBuilder &inner, Value first) { body(inner, first, Value()); });
  if (size == 1 || (known && *known % size == 0))
    return;
  if (known) {
    SmallVector<bool> lanes(size, false);
    std::fill_n(lanes.begin(), *known % size, true);
    auto type = VectorType::get({size}, b.getI1Type());
    return body(b, whole,
                arith::ConstantOp::create(b, loc, type, DenseElementsAttr::get(type, lanes)));
  }
  Value left = arith::SubIOp::create(b, loc, count, whole);
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value some = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, left, zero);
  auto rest = scf::IfOp::create(b, loc, TypeRange(), some, /*addThenBlock=*/true,
                                /*addElseBlock=*/false);
  OpBuilder inner = OpBuilder::atBlockEnd(rest.thenBlock());
  Type i32 = inner.getI32Type();
  Value number = arith::IndexCastOp::create(inner, loc, i32, left);
  Value mask =
      arith::CmpIOp::create(inner, loc, arith::CmpIPredicate::slt,
                            laneNumbers(inner, loc, size, i32), splat(inner, loc, number, size));
  body(inner, whole, mask);
  scf::YieldOp::create(inner, loc);
}

//===----------------------------------------------------------------------===//
// The three ways
//===----------------------------------------------------------------------===//

/// How many rows a square may have that is cut from tiles of so many.
static int64_t squareSize(const VectorUnit &unit, const TileBuffer &buffer) {
  return std::gcd(buffer.rows, unit.lanesOf(buffer.element));
}

/// The addresses of `size` rows from `first` on, none behind row `last`.
static SmallVector<Value> rowAddresses(OpBuilder &b, Location loc, const TileMemory &memory,
                                       Value first, Value last, int64_t size) {
  SmallVector<Value> addresses;
  for (int64_t k = 0; k < size; ++k) {
    Value row = arith::AddIOp::create(b, loc, first, arith::ConstantIndexOp::create(b, loc, k));
    addresses.push_back(stepOn(b, loc, memory, memory.base,
                               arith::MinSIOp::create(b, loc, row, last), memory.strides[0]));
  }
  return addresses;
}

static Value lastOf(OpBuilder &b, Location loc, Value count) {
  return arith::SubIOp::create(b, loc, count, arith::ConstantIndexOp::create(b, loc, 1));
}

/// Asks for the memory of all rows of some squares at once, to be read or written: a square waits
/// for each of its rows, and the processor looks only so far ahead.
static void touchRows(OpBuilder &b, Location loc, const TileMemory &memory,
                      ArrayRef<Value> addresses, Value columns, bool isWritten) {
  int64_t lineElements = 64 / alignmentOf(storageType(memory.element));
  forEach(b, loc, columns, lineElements, [&](OpBuilder &inner, Value column) {
    for (Value address : addresses)
      LLVM::Prefetch::create(inner, loc, stepOn(inner, loc, memory, address, column, Value()),
                             /*rw=*/inner.getI32IntegerAttr(isWritten),
                             /*locality=*/inner.getI32IntegerAttr(3),
                             /*data=*/inner.getI32IntegerAttr(1));
  });
}

static void readSquares(OpBuilder &b, Location loc, const TileMemory &source, TilePair valid,
                        const TileBuffer &target, int64_t size) {
  // Rows behind the last valid one are copies of it, where there is one.
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value rows = arith::ConstantIndexOp::create(b, loc, target.rows);
  Value isEmpty = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sle, valid[0], zero);
  Value end = arith::SelectOp::create(b, loc, isEmpty, zero, rows);
  Value last = lastOf(b, loc, valid[0]);
  forEach(b, loc, end, size, [&](OpBuilder &outer, Value row) {
    SmallVector<Value> addresses = rowAddresses(outer, loc, source, row, last, size);
    touchRows(outer, loc, source, addresses, valid[1], /*isWritten=*/false);
    forGroups(outer, loc, valid[1], size, [&](OpBuilder &inner, Value column, Value mask) {
      SmallVector<Value> vectors;
      for (Value address : addresses)
        vectors.push_back(loadVector(inner, loc, source.element,
                                     stepOn(inner, loc, source, address, column, Value()), size,
                                     mask));
      transposeSquare(inner, loc, vectors);
      for (auto [k, vector] : llvm::enumerate(vectors)) {
        Value place = arith::ConstantIndexOp::create(inner, loc, k);
        target.storeRows(inner, loc, vector, row, arith::AddIOp::create(inner, loc, column, place));
      }
    });
  });
}

static void writeSquares(OpBuilder &b, Location loc, const TileBuffer &source,
                         const TileMemory &target, TilePair valid, int64_t size) {
  Value last = lastOf(b, loc, valid[0]);
  forEach(b, loc, valid[0], size, [&](OpBuilder &outer, Value row) {
    SmallVector<Value> addresses = rowAddresses(outer, loc, target, row, last, size);
    touchRows(outer, loc, target, addresses, valid[1], /*isWritten=*/true);
    forGroups(outer, loc, valid[1], size, [&](OpBuilder &inner, Value column, Value mask) {
      SmallVector<Value> vectors;
      for (int64_t k = 0; k < size; ++k) {
        Value place = arith::ConstantIndexOp::create(inner, loc, k);
        vectors.push_back(source.loadRows(inner, loc, row,
                                          arith::AddIOp::create(inner, loc, column, place), size));
      }
      transposeSquare(inner, loc, vectors);
      // From behind: what goes to the place of the last valid row is overwritten by that row.
      for (auto [address, vector] : llvm::reverse(llvm::zip_equal(addresses, vectors)))
        storeVector(inner, loc, target.element, vector,
                    stepOn(inner, loc, target, address, column, Value()), mask);
    });
  });
}

/// `body` for each valid element.
static void forElements(OpBuilder &b, Location loc, TilePair valid,
                        function_ref<void(OpBuilder &, TilePair)> body) {
  forEach(b, loc, valid[0], 1, [&](OpBuilder &outer, Value row) {
    forEach(outer, loc, valid[1], 1,
            [&](OpBuilder &inner, Value column) { body(inner, {row, column}); });
  });
}

/// Zeros in the valid columns of `buffer`, unless all its rows are valid.
static void clearBehindRows(OpBuilder &b, Location loc, const TileBuffer &buffer, TilePair valid) {
  if (constantOf(valid[0]) == buffer.rows)
    return;
  Value rows = arith::ConstantIndexOp::create(b, loc, buffer.rows);
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value isPart = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, valid[0], rows);
  Value end = arith::SelectOp::create(b, loc, isPart, valid[1], zero);
  forEach(b, loc, end, 1, [&](OpBuilder &inner, Value column) {
    buffer.storeColumn(inner, loc, zeros(inner, loc, buffer.rows, buffer.element), column);
  });
}

//===----------------------------------------------------------------------===//
// Whole tiles
//===----------------------------------------------------------------------===//

void cpu::readTile(OpBuilder &b, Location loc, const VectorUnit &unit, const TileMemory &source,
                   TilePair valid, const TileBuffer &target) {
  int64_t size = squareSize(unit, target);
  if (size > 1 && source.strides[0] && !source.strides[1])
    return readSquares(b, loc, source, valid, target, size);
  clearBehindRows(b, loc, target, valid);
  if (source.strides[0])
    return forElements(b, loc, valid, [&](OpBuilder &inner, TilePair place) {
      Type storage = storageType(source.element);
      Value stored = LLVM::LoadOp::create(inner, loc, storage, addressOf(inner, loc, source, place),
                                          alignmentOf(storage));
      target.storeElement(inner, loc, widen(inner, loc, stored, source.element), place[0],
                          place[1]);
    });
  forEach(b, loc, valid[1], 1, [&](OpBuilder &outer, Value column) {
    forGroups(outer, loc, valid[0], size, [&](OpBuilder &inner, Value row, Value mask) {
      Value address = addressOf(inner, loc, source, {row, column});
      target.storeRows(inner, loc, loadVector(inner, loc, source.element, address, size, mask), row,
                       column);
    });
  });
}

void cpu::writeTile(OpBuilder &b, Location loc, const VectorUnit &unit, const TileBuffer &source,
                    const TileMemory &target, TilePair valid) {
  int64_t size = squareSize(unit, source);
  if (size > 1 && target.strides[0] && !target.strides[1])
    return writeSquares(b, loc, source, target, valid, size);
  if (target.strides[0])
    return forElements(b, loc, valid, [&](OpBuilder &inner, TilePair place) {
      Value scalar = source.loadElement(inner, loc, place[0], place[1]);
      LLVM::StoreOp::create(inner, loc, narrow(inner, loc, scalar, target.element),
                            addressOf(inner, loc, target, place),
                            alignmentOf(storageType(target.element)));
    });
  forEach(b, loc, valid[1], 1, [&](OpBuilder &outer, Value column) {
    forGroups(outer, loc, valid[0], size, [&](OpBuilder &inner, Value row, Value mask) {
      storeVector(inner, loc, target.element, source.loadRows(inner, loc, row, column, size),
                  addressOf(inner, loc, target, {row, column}), mask);
    });
  });
}

//===----------------------------------------------------------------------===//
// Packed copies
//===----------------------------------------------------------------------===//

std::array<int64_t, 2> cpu::packedStrides(const VectorUnit &unit, Type element,
                                          ArrayRef<int64_t> shape, unsigned inner) {
  int64_t lanes = unit.lanesOf(element);
  int64_t distance = llvm::alignTo(shape[inner], lanes);
  // Rows 1 KiB apart would meet in few sets of the first-level cache.
  if (distance * element.getIntOrFloatBitWidth() % (1024 * 8) == 0)
    distance += lanes;
  std::array<int64_t, 2> strides;
  strides[inner] = 1;
  strides[1 - inner] = distance;
  return strides;
}

void cpu::packTile(OpBuilder &b, Location loc, const VectorUnit &unit, const TileMemory &source,
                   TilePair valid, Value base, std::array<int64_t, 2> strides, unsigned inner) {
  Type element = tile::computeType(source.element);
  TileMemory target{element, base, {}};
  for (unsigned axis : {0, 1})
    if (axis != inner)
      target.strides[axis] = arith::ConstantIntOp::create(b, loc, b.getI64Type(), strides[axis]);
  bool isContiguous = !source.strides[inner];
  int64_t size = isContiguous ? unit.lanesOf(element) : 1;
  forEach(b, loc, valid[1 - inner], 1, [&](OpBuilder &outer, Value line) {
    forGroups(outer, loc, valid[inner], size, [&](OpBuilder &innermost, Value first, Value mask) {
      TilePair place;
      place[inner] = first;
      place[1 - inner] = line;
      Value address = addressOf(innermost, loc, source, place);
      storeVector(innermost, loc, element,
                  loadVector(innermost, loc, source.element, address, size, mask),
                  addressOf(innermost, loc, target, place), Value());
    });
  });
}
