//===- Tiles.cpp - larger tiles as vectors and buffers --------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/cpu/Tiles.h"

#include "lowering/cpu/TileBuffers.h"
#include "lowering/cpu/TileDot.h"
#include "lowering/cpu/TileExponential.h"
#include "runtime/kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::lowering;
using namespace mixc::lowering::cpu;

/// The most bytes of buffers that a kernel may have on the stack.
static constexpr int64_t mostBufferBytes = 1 << 20;
/// Columns that an elementwise loop does at a time.
static constexpr int64_t unrolledColumns = 4;

static RankedTensorType tileType(Value value) {
  return dyn_cast<RankedTensorType>(value.getType());
}
static bool isMatrix(Value value) { return tileType(value) && tileType(value).getRank() == 2; }

static VectorType vectorType(Type tile) {
  auto type = cast<RankedTensorType>(tile);
  return VectorType::get({type.getDimSize(0)}, type.getElementType());
}

/// Whether tiles are in `op` or in its regions.
static bool hasTile(Operation *op) {
  return op
      ->walk([](Operation *inner) {
        return llvm::any_of(inner->getOperands(), tileType) ||
                       llvm::any_of(inner->getResults(), tileType)
                   ? WalkResult::interrupt()
                   : WalkResult::advance();
      })
      .wasInterrupted();
}

/// Whether the columns of `op`'s result, a matrix, come from the same columns of its operands.
static bool isColumnwise(Operation *op) {
  return op->getNumResults() == 1 && isMatrix(op->getResult(0)) &&
         (op->hasTrait<OpTrait::Elementwise>() ||
          isa<tensor::SplatOp, tile::BroadcastOp, tile::IotaOp, tile::ExpDiffOp,
              arith::ConstantOp>(op));
}

//===----------------------------------------------------------------------===//
// What is held in buffers
//===----------------------------------------------------------------------===//

/// Whether `read` may stay in memory: the operand of products whose numbers are taken one by one,
/// stored as they are computed with, in memory that the kernel doesn't write.
static bool staysInMemory(tile::ReadOp read) {
  auto argument = dyn_cast<BlockArgument>(read.getView());
  auto kernel = read->getParentOfType<tile::KernelOp>();
  if (!argument || kernel.getOutputs()[argument.getArgNumber() - kernel.getNumGrid()] ||
      read.getView().getType().getElement() != tileType(read).getElementType() ||
      !isMatrix(read))
    return false;
  return llvm::all_of(read->getUses(), [](OpOperand &use) {
    auto dot = dyn_cast<tile::DotOp>(use.getOwner());
    return dot && use.get() == dot.getB() && use.get() != dot.getA() && isMatrix(dot.getA());
  });
}

/// What evaluating a column of `value` anew takes, in arithmetic ops, up to some limit.
static int64_t costOf(Value value, int64_t limit = 8) {
  Operation *op = value.getDefiningOp();
  if (!op || !isColumnwise(op) || limit <= 0)
    return 0;
  int64_t cost = isa<tile::ExpDiffOp>(op)                  ? limit
                 : op->hasTrait<OpTrait::Elementwise>() ? 1
                                                        : 0;
  for (Value operand : op->getOperands())
    if (isMatrix(operand))
      cost += costOf(operand, limit - cost);
  return cost;
}

/// Whether the columnwise result `value` is put in a buffer where it is defined.
static bool isMaterialised(Value value) {
  bool isConsumed = false;
  for (OpOperand &use : value.getUses()) {
    if (auto dot = dyn_cast<tile::DotOp>(use.getOwner()); dot && use.getOperandNumber() < 2)
      return true;
    isConsumed |= !isColumnwise(use.getOwner());
  }
  return isConsumed && !value.hasOneUse() && costOf(value) >= 8;
}

/// The ops that read the columns of `value`, directly or by way of expressions.
static void findConsumers(Value value, SetVector<Operation *> &consumers) {
  for (Operation *user : value.getUsers()) {
    if (isColumnwise(user) && !isMaterialised(user->getResult(0)))
      findConsumers(user->getResult(0), consumers);
    else
      consumers.insert(user);
  }
}

/// The values in buffers whose columns `value` is computed from.
static void findLeaves(Value value, SetVector<Value> &leaves) {
  Operation *op = value.getDefiningOp();
  if (!op || !isColumnwise(op) || isMaterialised(value)) {
    leaves.insert(value);
    return;
  }
  for (Value operand : op->getOperands())
    if (isMatrix(operand))
      findLeaves(operand, leaves);
}

/// Whether `value`, in a buffer, is read for the last time by `op`: the buffer is free for what
/// `op` makes of it, column by column.
static bool diesAt(Value value, Operation *op) {
  if (value.getParentBlock() != op->getBlock())
    return false;
  SetVector<Operation *> consumers;
  findConsumers(value, consumers);
  return llvm::all_of(consumers, [&](Operation *consumer) {
    Operation *ancestor = op->getBlock()->findAncestorOpInBlock(*consumer);
    if (ancestor == op)
      return consumer == op || isa<scf::IfOp>(op);
    return ancestor && ancestor->isBeforeInBlock(op);
  });
}

//===----------------------------------------------------------------------===//
// The emitter
//===----------------------------------------------------------------------===//

namespace {
/// Where a column is being computed, and what of it is there already.
struct Column {
  OpBuilder &b;
  Value number;
  DenseMap<Value, Value> computed;

  Column(OpBuilder &b, Value number) : b(b), number(number) {}
};

class TileEmitter {
public:
  TileEmitter(OpBuilder &allocations, IRMapping &mapping,
              const DenseMap<Value, Memory> &memories, VectorRegisters registers)
      : allocations(allocations), mapping(mapping), memories(memories), registers(registers) {}

  LogicalResult emitBlock(OpBuilder &b, Block &block, SmallVectorImpl<Operation *> *copied);

private:
  LogicalResult emit(OpBuilder &b, Operation *op);
  LogicalResult emitRead(OpBuilder &b, tile::ReadOp read);
  LogicalResult emitWrite(OpBuilder &b, tile::WriteOp write);
  void emitProduct(OpBuilder &b, tile::DotOp dot);
  void emitReduce(OpBuilder &b, tile::ReduceOp reduce);
  LogicalResult emitFor(OpBuilder &b, scf::ForOp loop);
  LogicalResult emitIf(OpBuilder &b, scf::IfOp op);
  void emitColumnwise(OpBuilder &b, Operation *op);

  /// A buffer of the shape and the elements of `type`.
  TileBuffer allocate(Location loc, RankedTensorType type);
  TileBuffer allocate(Location loc, Type element, int64_t rows, int64_t columns);
  /// The buffer for what `op` makes of `roots`: that of one which dies there and isn't `kept`.
  TileBuffer allocateFor(Operation *op, RankedTensorType type, ValueRange roots,
                         ValueRange kept = {});
  /// Writes the columns of `value`, a matrix, to `buffer`, and computes the reductions
  /// of it that can be had on the way.
  void fill(OpBuilder &b, Location loc, Value value, const TileBuffer &buffer,
            ArrayRef<tile::ReduceOp> reductions = {});
  /// `value` in a buffer.
  TileBuffer inBuffer(OpBuilder &b, Location loc, Value value);
  /// A vector in a buffer of one column.
  TileBuffer storeVector(OpBuilder &b, Location loc, Value vector);

  Value columnOf(Value value, Column &column);
  /// `op` on vectors in the place of tiles.
  Value emitElementwise(OpBuilder &b, Operation *op, ValueRange operands);
  /// How many columns of `value` are valid.
  Value columnCount(OpBuilder &b, Location loc, Value value);
  void noteBound(OpBuilder &b, Operation *op);

  /// A loop over columns; `sums` are carried, several at a time, and joined by `join`.
  SmallVector<Value> forColumns(OpBuilder &b, Location loc, Value count, ArrayRef<Value> sums,
                                function_ref<Value(OpBuilder &, unsigned, Value, Value)> join,
                                function_ref<SmallVector<Value>(OpBuilder &, Value)> body);
  SmallVector<Value> reduceColumns(OpBuilder &b, Location loc, Value value, Value count,
                                   ArrayRef<tile::ReduceOp> reductions, const TileBuffer *buffer);
  void forEach(OpBuilder &b, Location loc, Value count,
               function_ref<void(OpBuilder &, Value)> body);

  OpBuilder &allocations;
  IRMapping &mapping;
  const DenseMap<Value, Memory> &memories;
  VectorRegisters registers;
  DenseMap<Value, TileBuffer> buffers;
  /// Of broadcasts along columns: the vector, to be read number by number.
  DenseMap<Value, TileBuffer> numbers;
  DenseMap<Value, Value> bounds;
  int64_t allocated = 0;
  bool overflows = false;
};
} // namespace

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

TileBuffer TileEmitter::allocate(Location loc, Type element, int64_t rows, int64_t columns) {
  TileBuffer buffer{{}, element, rows, columns};
  int64_t bytes = llvm::alignTo(buffer.bytes(), MIXC_ALIGNMENT);
  allocated += bytes;
  overflows |= allocated > mostBufferBytes;
  Value one = arith::ConstantIntOp::create(allocations, loc, allocations.getI64Type(), 1);
  buffer.base = LLVM::AllocaOp::create(
      allocations, loc, LLVM::LLVMPointerType::get(allocations.getContext()),
      LLVM::LLVMArrayType::get(allocations.getI8Type(), bytes), one, MIXC_ALIGNMENT);
  return buffer;
}

TileBuffer TileEmitter::allocate(Location loc, RankedTensorType type) {
  return allocate(loc, type.getElementType(), type.getDimSize(0), type.getDimSize(1));
}

TileBuffer TileEmitter::allocateFor(Operation *op, RankedTensorType type, ValueRange roots,
                                    ValueRange kept) {
  SetVector<Value> leaves, keptLeaves;
  for (Value root : roots)
    if (isMatrix(root))
      findLeaves(root, leaves);
  for (Value value : kept)
    if (isMatrix(value))
      findLeaves(value, keptLeaves);
  for (Value leaf : leaves)
    if (leaf.getType() == type && buffers.contains(leaf) && !keptLeaves.contains(leaf) &&
        diesAt(leaf, op))
      return buffers.at(leaf);
  return allocate(op->getLoc(), type);
}

TileBuffer TileEmitter::storeVector(OpBuilder &b, Location loc, Value vector) {
  auto type = cast<VectorType>(vector.getType());
  TileBuffer buffer = allocate(loc, type.getElementType(), type.getDimSize(0), 1);
  buffer.storeColumn(b, loc, vector, arith::ConstantIndexOp::create(b, loc, 0));
  return buffer;
}

TileBuffer TileEmitter::inBuffer(OpBuilder &b, Location loc, Value value) {
  if (auto found = buffers.find(value); found != buffers.end())
    return found->second;
  TileBuffer buffer = allocate(loc, tileType(value));
  fill(b, loc, value, buffer);
  return buffer;
}

void TileEmitter::fill(OpBuilder &b, Location loc, Value value, const TileBuffer &buffer,
                       ArrayRef<tile::ReduceOp> reductions) {
  SmallVector<Value> results =
      reduceColumns(b, loc, value, columnCount(b, loc, value), reductions, &buffer);
  for (auto [reduction, result] : llvm::zip_equal(reductions, results)) {
    tile::ReduceOp reduce = reduction;
    mapping.map(reduce.getResult(), result);
  }
}

//===----------------------------------------------------------------------===//
// Columns
//===----------------------------------------------------------------------===//

Value TileEmitter::columnCount(OpBuilder &b, Location loc, Value value) {
  if (Value bound = bounds.lookup(value))
    return bound;
  return arith::ConstantIndexOp::create(b, loc, tileType(value).getDimSize(1));
}

void TileEmitter::noteBound(OpBuilder &b, Operation *op) {
  Value bound;
  for (Value operand : op->getOperands()) {
    Value other = isMatrix(operand) ? bounds.lookup(operand) : Value();
    if (!other || other == bound)
      continue;
    bound = bound ? arith::MinSIOp::create(b, op->getLoc(), bound, other).getResult() : other;
  }
  if (bound)
    bounds[op->getResult(0)] = bound;
}

Value TileEmitter::emitElementwise(OpBuilder &b, Operation *op, ValueRange operands) {
  IRMapping vectors;
  vectors.map(op->getOperands(), operands);
  VectorType type = vectorType(op->getResult(0).getType());
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    auto elements = cast<DenseElementsAttr>(constant.getValue());
    return arith::ConstantOp::create(
        b, op->getLoc(), type,
        isMatrix(constant) ? DenseElementsAttr::get(type, elements.getSplatValue<Attribute>())
        : elements.isSplat()
            ? DenseElementsAttr::get(type, elements.getSplatValue<Attribute>())
            : DenseElementsAttr::get(type, llvm::to_vector(elements.getValues<Attribute>())));
  }
  if (isa<tile::ExpDiffOp>(op))
    return emitExpDiff(b, op->getLoc(), operands[0], operands[1]);
  Operation *copy = b.clone(*op, vectors);
  copy->getResult(0).setType(type);
  return copy->getResult(0);
}

Value TileEmitter::columnOf(Value value, Column &column) {
  if (Value computed = column.computed.lookup(value))
    return computed;
  OpBuilder &b = column.b;
  Location loc = value.getLoc();
  int64_t rows = tileType(value).getDimSize(0);
  Value &&result = [&]() -> Value {
    if (auto found = buffers.find(value); found != buffers.end())
      return found->second.loadColumn(b, loc, column.number);
    Operation *op = value.getDefiningOp();
    if (auto scalar = dyn_cast<tensor::SplatOp>(op))
      return splat(b, loc, mapping.lookup(scalar.getInput()), rows);
    if (auto broadcast = dyn_cast<tile::BroadcastOp>(op)) {
      if (broadcast.getAlong() == 0)
        return mapping.lookup(broadcast.getValue());
      Value zero = arith::ConstantIndexOp::create(b, loc, 0);
      return splat(b, loc, numbers.at(value).loadElement(b, loc, column.number, zero), rows);
    }
    if (auto iota = dyn_cast<tile::IotaOp>(op)) {
      Value base = mapping.lookup(iota.getBase());
      if (iota.getAlong() == 0)
        return arith::AddIOp::create(b, loc, splat(b, loc, base, rows),
                                     laneNumbers(b, loc, rows));
      return splat(b, loc, arith::AddIOp::create(b, loc, base, column.number), rows);
    }
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(isMatrix(operand) ? columnOf(operand, column)
                                           : mapping.lookup(operand));
    return emitElementwise(b, op, operands);
  }();
  column.computed[value] = result;
  return result;
}

void TileEmitter::forEach(OpBuilder &b, Location loc, Value count,
                          function_ref<void(OpBuilder &, Value)> body) {
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  emitLoop(b, loc, zero, count, one, ValueRange(),
                     [&](OpBuilder &inner, Location loc, Value index, ValueRange) {
                       body(inner, index);
                       scf::YieldOp::create(inner, loc);
                     });
}

SmallVector<Value>
TileEmitter::forColumns(OpBuilder &b, Location loc, Value count, ArrayRef<Value> sums,
                        function_ref<Value(OpBuilder &, unsigned, Value, Value)> join,
                        function_ref<SmallVector<Value>(OpBuilder &, Value)> body) {
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  Value step = arith::ConstantIndexOp::create(b, loc, unrolledColumns);
  Value whole =
      arith::SubIOp::create(b, loc, count, arith::RemUIOp::create(b, loc, count, step));
  size_t number = sums.size();
  SmallVector<Value> all;
  for (int64_t k = 0; k < unrolledColumns; ++k)
    llvm::append_range(all, sums);
  auto doColumns = [&](OpBuilder &inner, Value first, ValueRange carried, int64_t columns) {
    SmallVector<Value> next(carried);
    for (int64_t k = 0; k < columns; ++k) {
      Value column = arith::AddIOp::create(inner, loc, first,
                                           arith::ConstantIndexOp::create(inner, loc, k));
      for (auto [s, value] : llvm::enumerate(body(inner, column)))
        next[k * number + s] = join(inner, s, next[k * number + s], value);
    }
    scf::YieldOp::create(inner, loc, next);
  };
  auto main = emitLoop(b, loc, zero, whole, step, all,
                                 [&](OpBuilder &inner, Location, Value first, ValueRange carried) {
                                   doColumns(inner, first, carried, unrolledColumns);
                                 });
  all = llvm::to_vector(ValueRange(main.getResults()));
  auto rest = emitLoop(b, loc, whole, count, one, ValueRange(all).take_front(number),
                                 [&](OpBuilder &inner, Location, Value first, ValueRange carried) {
                                   doColumns(inner, first, carried, 1);
                                 });
  SmallVector<Value> result(rest.getResults());
  for (int64_t k = 1; k < unrolledColumns; ++k)
    for (size_t s = 0; s < number; ++s)
      result[s] = join(b, s, result[s], all[k * number + s]);
  return result;
}

/// `a` and `b` combined.
static Value combine(OpBuilder &builder, Location loc, tile::ReduceKind kind, Value a, Value b) {
  Type element = getElementTypeOrSelf(a.getType());
  bool isFloat = isa<FloatType>(element);
  auto build = [&](auto real, auto integer) -> Value {
    if (isFloat)
      return decltype(real)::create(builder, loc, a, b);
    return decltype(integer)::create(builder, loc, a, b);
  };
  switch (kind) {
  case tile::ReduceKind::Sum:
    return build(arith::AddFOp(), arith::AddIOp());
  case tile::ReduceKind::Prod:
    return build(arith::MulFOp(), arith::MulIOp());
  case tile::ReduceKind::Max:
    if (element.isInteger(1))
      return arith::OrIOp::create(builder, loc, a, b);
    return build(arith::MaximumFOp(), arith::MaxSIOp());
  case tile::ReduceKind::Min:
    if (element.isInteger(1))
      return arith::AndIOp::create(builder, loc, a, b);
    return build(arith::MinimumFOp(), arith::MinSIOp());
  }
  llvm_unreachable("all kinds are named above");
}

/// What nothing combines to.
static TypedAttr identityOf(OpBuilder &b, tile::ReduceKind kind, Type element) {
  bool isMax = kind == tile::ReduceKind::Max, isMin = kind == tile::ReduceKind::Min;
  if (auto type = dyn_cast<FloatType>(element)) {
    if (isMax || isMin)
      return b.getFloatAttr(type, APFloat::getInf(type.getFloatSemantics(), isMax));
    return b.getFloatAttr(type, kind == tile::ReduceKind::Prod ? 1.0 : 0.0);
  }
  unsigned width = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  bool isBool = width == 1;
  if (isMax || isMin)
    return b.getIntegerAttr(element, isBool  ? APInt(1, isMin)
                                     : isMax ? APInt::getSignedMinValue(width)
                                             : APInt::getSignedMaxValue(width));
  return b.getIntegerAttr(element, APInt(width, kind == tile::ReduceKind::Prod));
}

SmallVector<Value> TileEmitter::reduceColumns(OpBuilder &b, Location loc, Value value, Value count,
                                              ArrayRef<tile::ReduceOp> reductions,
                                              const TileBuffer *buffer) {
  SmallVector<Value> identities;
  for (tile::ReduceOp reduce : reductions) {
    VectorType type = vectorType(reduce.getType());
    identities.push_back(arith::ConstantOp::create(
        b, loc, type,
        DenseElementsAttr::get(type, identityOf(b, reduce.getKind(), type.getElementType()))));
  }
  return forColumns(
      b, loc, count, identities,
      [&](OpBuilder &inner, unsigned k, Value x, Value y) {
        auto reduce = reductions[k];
        return combine(inner, loc, reduce.getKind(), x, y);
      },
      [&](OpBuilder &inner, Value number) {
        Column column{inner, number};
        Value vector = columnOf(value, column);
        if (buffer)
          buffer->storeColumn(inner, loc, vector, number);
        return SmallVector<Value>(reductions.size(), vector);
      });
}

//===----------------------------------------------------------------------===//
// One op
//===----------------------------------------------------------------------===//

/// The indices of the element `places` of a tile at `indices`.
static SmallVector<Value> indicesAt(OpBuilder &b, Location loc, ValueRange indices,
                                    ArrayRef<int64_t> along, ArrayRef<Value> places) {
  SmallVector<Value> result(indices);
  for (auto [index, axis] : llvm::zip_equal(result, along))
    if (axis >= 0)
      index = arith::AddIOp::create(b, loc, index, places[axis]);
  return result;
}

static SmallVector<Value> mapAll(const IRMapping &mapping, ValueRange values) {
  return llvm::map_to_vector(values, [&](Value v) { return mapping.lookupOrDefault(v); });
}

LogicalResult TileEmitter::emitRead(OpBuilder &b, tile::ReadOp read) {
  Location loc = read.getLoc();
  if (!memories.contains(read.getView()))
    return read.emitOpError("reads a tile of scratch, which the CPU can't: let tiles be values");
  SmallVector<Value> valid = mapAll(mapping, read.getValid());
  if (isMatrix(read))
    bounds[read] = valid[1];
  if (staysInMemory(read))
    return success();
  RankedTensorType type = tileType(read);
  TileBuffer buffer = allocate(loc, type.getElementType(), type.getDimSize(0),
                               isMatrix(read) ? type.getDimSize(1) : 1);
  const Memory &memory = memories.at(read.getView());
  SmallVector<Value> indices = mapAll(mapping, read.getIndices());
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  // The lanes behind the last row are computed with as well.
  VectorType vector = vectorType(type);
  Value zeros = arith::ConstantOp::create(b, loc, vector, cast<TypedAttr>(b.getZeroAttr(vector)));
  auto element = [&](OpBuilder &b, Value row, Value column) {
    Value scalar =
        memory.load(b, loc, indicesAt(b, loc, indices, read.getAlong(), {row, column}));
    buffer.storeElement(b, loc, scalar, row, column);
  };
  if (!isMatrix(read)) {
    buffer.storeColumn(b, loc, zeros, zero);
    forEach(b, loc, valid[0], [&](OpBuilder &inner, Value row) { element(inner, row, zero); });
    mapping.map(read.getResult(), buffer.loadColumn(b, loc, zero));
    return success();
  }
  forEach(b, loc, valid[1],
          [&](OpBuilder &inner, Value column) { buffer.storeColumn(inner, loc, zeros, column); });
  forEach(b, loc, valid[0], [&](OpBuilder &outer, Value row) {
    forEach(outer, loc, valid[1],
            [&](OpBuilder &inner, Value column) { element(inner, row, column); });
  });
  buffers[read] = buffer;
  return success();
}

LogicalResult TileEmitter::emitWrite(OpBuilder &b, tile::WriteOp write) {
  Location loc = write.getLoc();
  if (!memories.contains(write.getView()))
    return write.emitOpError("writes a tile to scratch, which the CPU can't: let tiles be values");
  const Memory &memory = memories.at(write.getView());
  SmallVector<Value> indices = mapAll(mapping, write.getIndices());
  SmallVector<Value> valid = mapAll(mapping, write.getValid());
  Value value = write.getValue(), zero = arith::ConstantIndexOp::create(b, loc, 0);
  TileBuffer buffer = isMatrix(value) ? inBuffer(b, loc, value)
                                      : storeVector(b, loc, mapping.lookup(value));
  auto element = [&](OpBuilder &b, Value row, Value column) {
    memory.store(b, loc, buffer.loadElement(b, loc, row, column),
                 indicesAt(b, loc, indices, write.getAlong(), {row, column}));
  };
  forEach(b, loc, valid[0], [&](OpBuilder &outer, Value row) {
    if (!isMatrix(value))
      return element(outer, row, zero);
    forEach(outer, loc, valid[1],
            [&](OpBuilder &inner, Value column) { element(inner, row, column); });
  });
  return success();
}

void TileEmitter::emitProduct(OpBuilder &b, tile::DotOp dot) {
  Location loc = dot.getLoc();
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIntOp::create(b, loc, b.getI64Type(), value);
  };
  Value count = mapping.lookup(dot.getValid());
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  int64_t contractA = dot.getContract()[0], contractB = dot.getContract()[1];
  Type element = tileType(dot).getElementType();

  // Of a vector as the left operand, what a product by one number at a time gives is a row; the
  // result is one vector whose lanes run along the other operand's free axis.
  Value left = dot.getA(), right = dot.getB();
  if (!isMatrix(left)) {
    std::swap(left, right);
    std::swap(contractA, contractB);
  }
  TileBuffer lanes = inBuffer(b, loc, left);
  if (contractA == 0) {
    TileBuffer turned = allocate(loc, element, lanes.columns, lanes.rows);
    Value columns = columnCount(b, loc, left);
    forEach(b, loc, count, [&](OpBuilder &outer, Value k) {
      forEach(outer, loc, columns, [&](OpBuilder &inner, Value lane) {
        turned.storeElement(inner, loc, lanes.loadElement(inner, loc, k, lane), lane, k);
      });
    });
    lanes = turned;
  }

  Value base, columnStride, stride, columns;
  auto read = right.getDefiningOp<tile::ReadOp>();
  if (!isMatrix(right)) {
    base = storeVector(b, loc, mapping.lookup(right)).base;
    columnStride = constant(0);
    stride = constant(1);
    columns = arith::ConstantIndexOp::create(b, loc, 1);
  } else if (read && staysInMemory(read)) {
    const Memory &memory = memories.at(read.getView());
    base = memory.address(b, loc, mapAll(mapping, read.getIndices()));
    Value strides[2];
    for (auto [axis, memoryStride] : llvm::zip_equal(read.getAlong(), memory.strides)) {
      if (axis < 0)
        continue;
      Value step = memoryStride ? memoryStride : constant(1);
      strides[axis] = strides[axis]
                          ? arith::AddIOp::create(b, loc, strides[axis], step).getResult()
                          : step;
    }
    columnStride = strides[1 - contractB];
    stride = strides[contractB];
    columns = mapping.lookupOrDefault(read.getValid()[1 - contractB]);
  } else {
    TileBuffer buffer = inBuffer(b, loc, right);
    base = buffer.base;
    columnStride = constant(contractB == 1 ? 1 : buffer.rows);
    stride = constant(contractB == 1 ? buffer.rows : 1);
    columns = contractB == 0 ? columnCount(b, loc, right)
              : read ? mapping.lookupOrDefault(read.getValid()[0])
                     : arith::ConstantIndexOp::create(b, loc, buffer.rows).getResult();
  }

  Value init = dot.getInit();
  if (!isMatrix(dot)) {
    // A block of one column, and its result at once.
    TileBuffer single = allocate(loc, element, lanes.rows, 1);
    emitDot(b, loc,
            {lanes, base, columnStride, stride, columns, count,
             [&](OpBuilder &, Value) { return mapping.lookup(init); },
             [&](OpBuilder &inner, Value column, Value vector) {
               single.storeColumn(inner, loc, vector, column);
             }},
            registers);
    mapping.map(dot.getResult(), single.loadColumn(b, loc, zero));
    return;
  }
  TileBuffer buffer = allocateFor(dot, tileType(dot), init, {left, right});
  emitDot(b, loc,
          {lanes, base, columnStride, stride, columns, count,
           [&](OpBuilder &inner, Value number) {
             Column column{inner, number};
             return columnOf(init, column);
           },
           [&](OpBuilder &inner, Value column, Value vector) {
             buffer.storeColumn(inner, loc, vector, column);
           }},
          registers);
  buffers[dot] = buffer;
  bounds[dot] = columns;
}

void TileEmitter::emitReduce(OpBuilder &b, tile::ReduceOp reduce) {
  if (mapping.contains(reduce.getResult()))
    return; // had when the tile was put in its buffer
  Location loc = reduce.getLoc();
  Value value = reduce.getValue(), valid = mapping.lookup(reduce.getValid());
  if (reduce.getAxis() == 1) {
    mapping.map(reduce.getResult(),
                reduceColumns(b, loc, value, valid, reduce, nullptr).front());
    return;
  }
  RankedTensorType type = tileType(value);
  Type element = type.getElementType();
  TileBuffer result = allocate(loc, element, type.getDimSize(1), 1);
  TileBuffer lanes = allocate(loc, element, type.getDimSize(0), 1);
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  Value identity = arith::ConstantOp::create(b, loc, identityOf(b, reduce.getKind(), element));
  forEach(b, loc, columnCount(b, loc, value), [&](OpBuilder &inner, Value number) {
    Column column{inner, number};
    lanes.storeColumn(inner, loc, columnOf(value, column), zero);
    auto loop = emitLoop(
        inner, loc, zero, valid, one, identity,
        [&](OpBuilder &innermost, Location, Value row, ValueRange sum) {
          Value next = lanes.loadElement(innermost, loc, row, zero);
          scf::YieldOp::create(innermost, loc,
                               combine(innermost, loc, reduce.getKind(), sum[0], next));
        });
    result.storeElement(inner, loc, loop.getResult(0), number, zero);
  });
  mapping.map(reduce.getResult(), result.loadColumn(b, loc, zero));
}

void TileEmitter::emitColumnwise(OpBuilder &b, Operation *op) {
  Location loc = op->getLoc();
  Value value = op->getResult(0);
  noteBound(b, op);
  if (auto broadcast = dyn_cast<tile::BroadcastOp>(op); broadcast && broadcast.getAlong() == 1)
    numbers[value] = storeVector(b, loc, mapping.lookup(broadcast.getValue()));
  if (!isMaterialised(value))
    return;
  // Reductions of all the columns that are computed come along.
  Value count = bounds.lookup(value);
  SmallVector<tile::ReduceOp> reductions;
  for (Operation *user : value.getUsers()) {
    auto reduce = dyn_cast<tile::ReduceOp>(user);
    if (reduce && reduce->getBlock() == op->getBlock() && reduce.getAxis() == 1 && count &&
        mapping.lookupOrNull(reduce.getValid()) == count)
      reductions.push_back(reduce);
  }
  TileBuffer buffer = allocateFor(op, tileType(value), op->getOperands());
  fill(b, loc, value, buffer, reductions);
  buffers[value] = buffer;
}

//===----------------------------------------------------------------------===//
// Loops and conditionals
//===----------------------------------------------------------------------===//

LogicalResult TileEmitter::emitFor(OpBuilder &b, scf::ForOp loop) {
  Location loc = loop.getLoc();
  SmallVector<Value> inits;
  for (auto [init, argument, result] :
       llvm::zip_equal(loop.getInitArgs(), loop.getRegionIterArgs(), loop.getResults())) {
    if (!isMatrix(init)) {
      inits.push_back(mapping.lookup(init));
      continue;
    }
    bool isThere = buffers.contains(init);
    TileBuffer buffer = allocateFor(loop, tileType(init), init);
    if (!isThere || buffers.at(init).base != buffer.base)
      fill(b, loc, init, buffer);
    buffers[argument] = buffers[result] = buffer;
  }
  LogicalResult isEmitted = success();
  auto body = [&](OpBuilder &inner, Location, Value index, ValueRange arguments) {
    mapping.map(loop.getInductionVar(), index);
    size_t next = 0;
    for (Value argument : loop.getRegionIterArgs())
      if (!isMatrix(argument))
        mapping.map(argument, arguments[next++]);
    isEmitted = emitBlock(inner, *loop.getBody(), nullptr);
    if (failed(isEmitted))
      return;
    SmallVector<Value> yielded;
    // What lies in another buffer, or is still to be computed from one, is safe once all is read.
    SmallVector<std::tuple<TileBuffer, Value, TileBuffer>> copies;
    auto isCarried = [&](Value base) {
      return llvm::any_of(loop.getRegionIterArgs(), [&](Value argument) {
        return isMatrix(argument) && buffers.at(argument).base == base;
      });
    };
    for (auto [value, argument] :
         llvm::zip_equal(loop.getYieldedValues(), loop.getRegionIterArgs())) {
      if (!isMatrix(value)) {
        yielded.push_back(mapping.lookup(value));
        continue;
      }
      TileBuffer target = buffers.at(argument);
      auto found = buffers.find(value);
      if (found != buffers.end() && found->second.base == target.base)
        continue;
      TileBuffer source = found != buffers.end() ? found->second : allocate(loc, tileType(value));
      if (found == buffers.end()) {
        fill(inner, loc, value, source);
      } else if (isCarried(source.base)) {
        source = allocate(loc, tileType(value));
        fill(inner, loc, value, source);
      }
      copies.push_back({source, columnCount(inner, loc, value), target});
    }
    for (auto [source, count, target] : copies)
      forEach(inner, loc, count, [&](OpBuilder &innermost, Value column) {
        target.storeColumn(innermost, loc, source.loadColumn(innermost, loc, column), column);
      });
    scf::YieldOp::create(inner, loc, yielded);
  };
  // In place: what lies between reads of memory looks at the blocks around.
  auto copy = emitLoop(b, loc, mapping.lookup(loop.getLowerBound()),
                       mapping.lookup(loop.getUpperBound()), mapping.lookup(loop.getStep()), inits,
                       body);
  size_t next = 0;
  for (Value result : loop.getResults())
    if (!isMatrix(result))
      mapping.map(result, copy.getResult(next++));
  return isEmitted;
}

LogicalResult TileEmitter::emitIf(OpBuilder &b, scf::IfOp op) {
  Location loc = op.getLoc();
  SmallVector<TileBuffer> targets;
  for (auto [k, result] : llvm::enumerate(op.getResults())) {
    if (!isMatrix(result))
      continue;
    SmallVector<Value> roots, others;
    for (Region *region : {&op.getThenRegion(), &op.getElseRegion()}) {
      auto yield = cast<scf::YieldOp>(region->front().getTerminator());
      for (auto [j, value] : llvm::enumerate(yield.getOperands()))
        (j == k ? roots : others).push_back(value);
    }
    buffers[result] = allocateFor(op, tileType(result), roots, others);
  }
  SmallVector<Type> types;
  for (Value result : op.getResults())
    if (!isMatrix(result))
      types.push_back(tileType(result) ? vectorType(result.getType()) : result.getType());
  // In place, as a loop is.
  auto copy = scf::IfOp::create(b, loc, types, mapping.lookup(op.getCondition()),
                                /*addThenBlock=*/true,
                                /*addElseBlock=*/!op.getElseRegion().empty());
  for (auto [region, target] : llvm::zip_equal(op->getRegions(), copy->getRegions())) {
    if (region.empty())
      continue;
    Block &block = target.front();
    block.clear();
    OpBuilder inner = OpBuilder::atBlockEnd(&block);
    if (failed(emitBlock(inner, region.front(), nullptr)))
      return failure();
    SmallVector<Value> yielded;
    for (auto [value, result] :
         llvm::zip_equal(region.front().getTerminator()->getOperands(), op.getResults())) {
      if (!isMatrix(value)) {
        yielded.push_back(mapping.lookup(value));
        continue;
      }
      auto found = buffers.find(value);
      TileBuffer place = buffers.at(result);
      if (found == buffers.end() || found->second.base != place.base)
        fill(inner, loc, value, place);
    }
    scf::YieldOp::create(inner, loc, yielded);
  }
  size_t next = 0;
  for (auto [k, result] : llvm::enumerate(op.getResults())) {
    if (!isMatrix(result)) {
      mapping.map(result, copy.getResult(next++));
      continue;
    }
    Value bound = bounds.lookup(op.thenYield().getOperand(k));
    if (bound && bound == bounds.lookup(op.elseYield().getOperand(k)))
      bounds[result] = bound;
  }
  return success();
}

LogicalResult TileEmitter::emit(OpBuilder &b, Operation *op) {
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](tile::ReadOp read) { return emitRead(b, read); })
      .Case([&](tile::WriteOp write) { return emitWrite(b, write); })
      .Case([&](tile::DotOp dot) {
        emitProduct(b, dot);
        return success();
      })
      .Case([&](tile::ReduceOp reduce) {
        emitReduce(b, reduce);
        return success();
      })
      .Case([&](scf::ForOp loop) { return emitFor(b, loop); })
      .Case([&](scf::IfOp conditional) { return emitIf(b, conditional); })
      .Default([&](Operation *op) -> LogicalResult {
        if (isColumnwise(op)) {
          emitColumnwise(b, op);
          return success();
        }
        if (op->getNumResults() != 1)
          return op->emitOpError("takes a tile, which the CPU can't lower here");
        Value result = op->getResult(0);
        Location loc = op->getLoc();
        if (auto scalar = dyn_cast<tensor::SplatOp>(op)) {
          mapping.map(result, splat(b, loc, mapping.lookup(scalar.getInput()),
                                    tileType(result).getDimSize(0)));
        } else if (auto iota = dyn_cast<tile::IotaOp>(op)) {
          int64_t count = tileType(result).getDimSize(0);
          mapping.map(result, arith::AddIOp::create(
                                  b, loc, splat(b, loc, mapping.lookup(iota.getBase()), count),
                                  laneNumbers(b, loc, count))
                                  .getResult());
        } else if (tileType(result) && (op->hasTrait<OpTrait::Elementwise>() ||
                                        isa<tile::ExpDiffOp, arith::ConstantOp>(op))) {
          mapping.map(result, emitElementwise(b, op, mapAll(mapping, op->getOperands())));
        } else {
          return op->emitOpError("takes a tile, which the CPU can't lower here");
        }
        return success();
      });
}

LogicalResult TileEmitter::emitBlock(OpBuilder &b, Block &block,
                                     SmallVectorImpl<Operation *> *copied) {
  for (Operation &op : block.without_terminator()) {
    if (!hasTile(&op)) {
      Operation *copy = b.clone(op, mapping);
      if (copied)
        copied->push_back(copy);
      continue;
    }
    if (failed(emit(b, &op)))
      return failure();
    if (overflows)
      return op.emitOpError("brings the kernel's tiles over 1 MiB: make them smaller");
    if (copied && op.getNumRegions() > 0)
      copied->push_back(&*std::prev(b.getInsertionPoint()));
  }
  return success();
}

LogicalResult mixc::lowering::cpu::emitTiles(OpBuilder &builder, OpBuilder &allocations,
                                             tile::KernelOp kernel, IRMapping &mapping,
                                             const DenseMap<Value, Memory> &memories,
                                             VectorRegisters registers,
                                             SmallVectorImpl<Operation *> &copied) {
  return TileEmitter(allocations, mapping, memories, registers)
      .emitBlock(builder, kernel.getBody().front(), &copied);
}
