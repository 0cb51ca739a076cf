//===- BodyEmitter.cpp - scalar bodies of equations as code ---------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/BodyEmitter.h"

#include "compiler/schedule/Access.h"
#include "compiler/schedule/LoopOrder.h"
#include "compiler/schedule/ScalarCode.h"
#include "dialects/mixer/IndexExpr.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

/// A sum over fewer points, known when it is compiled, is added up in order; a longer one in lanes,
/// as many as the target likes.
static constexpr int64_t fewestForLanes = 16;

//===----------------------------------------------------------------------===//
// Memory of what is there
//===----------------------------------------------------------------------===//

bool BodyEmitter::KeyLess::operator()(const Key &a, const Key &b) const {
  if (a.first != b.first)
    return std::less<const void *>()(a.first, b.first);
  return std::lexicographical_compare(a.second.begin(), a.second.end(), b.second.begin(),
                                      b.second.end(), [](AffineExpr x, AffineExpr y) {
                                        return std::less<const void *>()(x.getAsOpaquePointer(),
                                                                         y.getAsOpaquePointer());
                                      });
}

Value BodyEmitter::known(const Key &key) {
  auto found = memory.find(key);
  if (found == memory.end())
    return {};
  // Code is emitted in order, so whatever stands in a block around the insertion point stands
  // before it.
  Region *here = builder.getInsertionBlock()->getParent();
  for (Value value : llvm::reverse(found->second)) {
    Block *block = value.getParentBlock();
    if (block == builder.getInsertionBlock() || (block->getParent()->isProperAncestor(here)))
      return value;
  }
  return {};
}

void BodyEmitter::remember(Key key, Value value) { memory[std::move(key)].push_back(value); }

//===----------------------------------------------------------------------===//
// Index values
//===----------------------------------------------------------------------===//

AffineExpr BodyEmitter::leaf(Value value) {
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return constantExpr(constant.getSExtValue());
  auto [entry, isNew] = leafNumbers.insert({value, leaves.size()});
  if (isNew)
    leaves.push_back(value);
  return getAffineDimExpr(entry->second, builder.getContext());
}

Value BodyEmitter::materialise(AffineExpr expr, Location loc) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return leaves[dim.getPosition()];
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
    return extent(symbol.getPosition());
  Key key{nullptr, {expr}};
  if (Value value = known(key))
    return value;
  // At the outermost place where its leaves are there: a division must not stand in an inner loop.
  OpBuilder::InsertionGuard guard(builder);
  Block *outermost = outermostBlock(expr);
  for (Operation *op = builder.getInsertionBlock()->getParentOp();
       op && builder.getInsertionBlock() != outermost; op = op->getParentOp())
    builder.setInsertionPoint(op);
  Value value = compute(expr, loc);
  remember(std::move(key), value);
  return value;
}

Block *BodyEmitter::outermostBlock(AffineExpr expr) {
  Block *block = topBlock();
  expr.walk([&](AffineExpr part) {
    auto dim = dyn_cast<AffineDimExpr>(part);
    if (!dim)
      return;
    Block *bound = leaves[dim.getPosition()].getParentBlock();
    if (block->getParent()->isProperAncestor(bound->getParent()))
      block = bound;
  });
  return block;
}

Value BodyEmitter::materialiseApart(AffineExpr expr, Location loc) {
  auto kept = std::exchange(memory, {});
  Value value = materialise(expr, loc);
  memory = std::move(kept);
  return value;
}

Value BodyEmitter::compute(AffineExpr expr, Location loc) {
  ScalarCode code(builder, loc);
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return code.index(constant.getValue());
  auto binary = cast<AffineBinaryOpExpr>(expr);
  AffineExpr right = binary.getRHS();
  // x + y * -1 is a difference.
  if (expr.getKind() == AffineExprKind::Add)
    if (auto product = dyn_cast<AffineBinaryOpExpr>(right);
        product && product.getKind() == AffineExprKind::Mul && product.getRHS() == constantExpr(-1))
      return arith::SubIOp::create(builder, loc, materialise(binary.getLHS(), loc),
                                   materialise(product.getLHS(), loc));
  Value lhs = materialise(binary.getLHS(), loc), rhs = materialise(right, loc);
  bool positive = isa<AffineConstantExpr>(right) && cast<AffineConstantExpr>(right).getValue() > 0;
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    return arith::AddIOp::create(builder, loc, lhs, rhs);
  case AffineExprKind::Mul:
    return arith::MulIOp::create(builder, loc, lhs, rhs);
  case AffineExprKind::FloorDiv:
    return code.floorDiv(lhs, rhs, positive);
  case AffineExprKind::Mod:
    return code.floorMod(lhs, rhs, positive);
  case AffineExprKind::CeilDiv: {
    Value negated = arith::SubIOp::create(builder, loc, code.index(0), lhs);
    return arith::SubIOp::create(builder, loc, code.index(0),
                                 code.floorDiv(negated, rhs, positive));
  }
  default:
    llvm_unreachable("no binary expression");
  }
}

/// Whether an integer of the code depends on more than extents, points of the grid and loops over
/// such.
static bool isData(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp());
    if (!loop)
      return false; // the kernel's
    return argument != loop.getInductionVar() || isData(loop.getLowerBound()) ||
           isData(loop.getUpperBound());
  }
  Operation *op = value.getDefiningOp();
  return !isa<arith::ArithDialect>(op->getDialect()) || llvm::any_of(op->getOperands(), isData);
}

bool BodyEmitter::dependsOnData(AffineExpr expr) {
  bool depends = false;
  expr.walk([&](AffineExpr part) {
    if (auto dim = dyn_cast<AffineDimExpr>(part))
      depends |= isData(leaves[dim.getPosition()]);
  });
  return depends;
}

AffineExpr BodyEmitter::indexOf(Value value, Env &env) {
  if (auto found = env.indices.find(value); found != env.indices.end())
    return found->second;
  if (auto found = globalIndices.find(value); found != globalIndices.end())
    return found->second;
  llvm_unreachable("an integer that was not emitted");
}

Value BodyEmitter::scalarOf(Value value, Env &env) {
  if (value.getType().isIndex())
    return materialise(indexOf(value, env), value.getLoc());
  return env.scalars.lookup(value);
}

SmallVector<AffineExpr> BodyEmitter::applyMap(AffineMap map, ValueRange operands, Env &env) {
  SmallVector<AffineExpr> dims, results;
  for (Value operand : operands)
    dims.push_back(indexOf(operand, env));
  for (AffineExpr expr : map.getResults())
    results.push_back(expr.replaceDims(dims));
  return results;
}

void BodyEmitter::bind(Value value, Value result, Env &env) {
  if (value.getType().isIndex())
    env.indices[value] = leaf(result);
  else
    env.scalars[value] = result;
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

void BodyEmitter::emitBlock(Block &block, Env &env) {
  for (Operation &op : block.without_terminator())
    emitOp(&op, env);
}

/// Integer arithmetic that stays an expression.
static AffineExpr foldIndex(Operation *op, function_ref<AffineExpr(Value)> indexOf) {
  if (op->getNumResults() != 1 || !op->getResult(0).getType().isIndex() ||
      op->getNumOperands() != 2 || !llvm::all_of(op->getOperandTypes(), llvm::IsaPred<IndexType>))
    return {};
  AffineExpr x = indexOf(op->getOperand(0)), y = indexOf(op->getOperand(1));
  if (isa<arith::AddIOp>(op))
    return x + y;
  if (isa<arith::SubIOp>(op))
    return x - y;
  if (isa<arith::MulIOp>(op) && (x.isSymbolicOrConstant() || y.isSymbolicOrConstant()))
    return x * y;
  auto fn = dyn_cast<mixer::FnOp>(op);
  auto constant = dyn_cast<AffineConstantExpr>(y);
  bool divides = y.isSymbolicOrConstant() && (!constant || constant.getValue() > 0);
  if (fn && fn.getKind() == mixer::FnKind::floordiv && divides)
    return x.floorDiv(y);
  if (fn && fn.getKind() == mixer::FnKind::floormod && divides)
    return x % y;
  return {};
}

/// The sum that the product `op` is fused into, an addition or a reduction, when it is one.
///
/// The text decides, not the target: a product is fused into the sum that is its only reader in the
/// same body. Never across equations, because an equation's value is rounded and is the same for
/// all who read it. And never into a difference, which cancels: what it cancels against was
/// rounded, as in exp(c * x - m) with m a maximum of c * x.
static Operation *sumOf(Operation *op) {
  if (!isa<arith::MulFOp>(op) || !op->hasOneUse())
    return nullptr;
  Operation *user = *op->getUsers().begin();
  if (user->getBlock() != op->getBlock())
    return nullptr;
  if (auto sum = dyn_cast<arith::AddFOp>(user)) {
    // Of two products the first.
    Operation *first = sum.getLhs().getDefiningOp();
    bool isSecond = first != op && first && sumOf(first) == user;
    return isSecond ? nullptr : user;
  }
  auto reduce = dyn_cast<mixer::ReduceOp>(user->getParentOp());
  bool isSummed = isa<mixer::YieldOp>(user) && reduce && reduce.getKind() == mixer::ReduceKind::sum;
  return isSummed ? reduce.getOperation() : nullptr;
}

void BodyEmitter::emitOp(Operation *op, Env &env) {
  Location loc = op->getLoc();
  ScalarCode code(builder, loc);
  APInt constant;
  if (op->getNumResults() == 1 && op->getResult(0).getType().isIndex() &&
      matchPattern(op->getResult(0), m_ConstantInt(&constant))) {
    env.indices[op->getResult(0)] = constantExpr(constant.getSExtValue());
    return;
  }
  if (AffineExpr expr = foldIndex(op, [&](Value value) { return indexOf(value, env); })) {
    env.indices[op->getResult(0)] = expr;
    return;
  }
  if (sumOf(op))
    return;
  llvm::TypeSwitch<Operation *>(op)
      .Case([&](arith::AddFOp sum) { bind(sum, emitSum(sum, env), env); })
      .Case([&](mixer::ApplyOp apply) {
        env.indices[apply] = applyMap(apply.getMap(), apply.getIndices(), env).front();
      })
      .Case([&](mixer::AtOp at) {
        bind(at, readTensor(at.getTensor(), applyMap(at.getMap(), at.getIndices(), env), loc), env);
      })
      .Case([&](mixer::ReduceOp reduce) { bind(reduce, emitReduce(reduce, env), env); })
      .Case([&](mixer::OrderOp order) { bind(order, emitOrder(order, env), env); })
      .Case([&](mixer::CastOp cast) {
        bind(cast,
             tile::RoundOp::create(builder, loc, cast.getResult().getType(),
                                   scalarOf(cast.getValue(), env), cast.getElementAttr()),
             env);
      })
      .Case([&](mixer::ExpDiffOp op) {
        bind(op, code.expDiff(scalarOf(op.getX(), env), scalarOf(op.getM(), env)), env);
      })
      .Case([&](mixer::FnOp fn) { bind(fn, emitFunction(fn, env), env); })
      .Case([&](mixer::PhiloxOp philox) { bind(philox, emitPhilox(philox, env), env); })
      .Case([&](scf::IfOp conditional) { emitIf(conditional, env); })
      .Default([&](Operation *) {
        // arith, math and complex mean here what they mean there.
        IRMapping mapping;
        for (Value operand : op->getOperands())
          mapping.map(operand, scalarOf(operand, env));
        Operation *clone = builder.clone(*op, mapping);
        for (auto [result, copy] : llvm::zip_equal(op->getResults(), clone->getResults()))
          bind(result, copy, env);
      });
}

Value BodyEmitter::emitSum(arith::AddFOp sum, Env &env) {
  ScalarCode code(builder, sum.getLoc());
  for (auto [term, rest] : {std::pair(sum.getLhs(), sum.getRhs()), {sum.getRhs(), sum.getLhs()}})
    if (auto product = term.getDefiningOp<arith::MulFOp>(); product && sumOf(product))
      return code.mulAdd(scalarOf(product.getLhs(), env), scalarOf(product.getRhs(), env),
                         scalarOf(rest, env));
  return code.add(scalarOf(sum.getLhs(), env), scalarOf(sum.getRhs(), env));
}

Value BodyEmitter::emitFunction(mixer::FnOp fn, Env &env) {
  ScalarCode code(builder, fn.getLoc());
  SmallVector<Value> args;
  for (Value arg : fn.getArgs())
    args.push_back(scalarOf(arg, env));
  switch (fn.getKind()) {
  case mixer::FnKind::floordiv:
    return code.floorDiv(args[0], args[1]);
  case mixer::FnKind::floormod:
    return code.floorMod(args[0], args[1]);
  case mixer::FnKind::ipow:
    return code.integerPower(args[0], args[1]);
  default:
    return code.function(fn.getKind(), args[0]);
  }
}

Value BodyEmitter::emitPhilox(mixer::PhiloxOp philox, Env &env) {
  SmallVector<Value> counter;
  for (Value value : philox.getCounter())
    counter.push_back(scalarOf(value, env));
  return ScalarCode(builder, philox.getLoc()).philox(scalarOf(philox.getSeed(), env), counter);
}

void BodyEmitter::emitIf(scf::IfOp op, Env &env) {
  auto copy = scf::IfOp::create(builder, op.getLoc(), op.getResultTypes(),
                                scalarOf(op.getCondition(), env), /*withElseRegion=*/true);
  for (auto [from, to] : {std::pair(&op.getThenRegion(), &copy.getThenRegion()),
                          std::pair(&op.getElseRegion(), &copy.getElseRegion())}) {
    OpBuilder::InsertionGuard guard(builder);
    Block &block = to->front();
    if (block.mightHaveTerminator())
      block.getTerminator()->erase();
    builder.setInsertionPointToEnd(&block);
    emitBlock(from->front(), env);
    SmallVector<Value> values;
    for (Value value : from->front().getTerminator()->getOperands())
      values.push_back(scalarOf(value, env));
    scf::YieldOp::create(builder, op.getLoc(), values);
  }
  for (auto [result, value] : llvm::zip_equal(op.getResults(), copy.getResults()))
    bind(result, value, env);
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

Value BodyEmitter::round(Value value, Type element, Location loc) {
  if (mixer::computeType(element) == element || element.isInteger(64))
    return value;
  return tile::RoundOp::create(builder, loc, value.getType(), value, TypeAttr::get(element));
}

Value BodyEmitter::evaluate(mixer::EqOp eq, ArrayRef<AffineExpr> subscripts) {
  Key key{eq.getOperation(), SmallVector<AffineExpr, 4>(subscripts)};
  if (Value value = known(key))
    return value;
  Env env;
  for (auto [index, subscript] : llvm::zip_equal(eq.getBody().getArguments(), subscripts))
    env.indices[index] = subscript;
  emitBlock(eq.getBody().front(), env);
  Value value = scalarOf(eq.getYield().getValues().front(), env);
  value = round(value, eq.getType().getElement(), eq.getLoc());
  remember(std::move(key), value);
  return value;
}

Value BodyEmitter::readTensor(Value tensor, ArrayRef<AffineExpr> subscripts, Location loc) {
  if (isInlined(tensor))
    return evaluate(tensor.getDefiningOp<mixer::EqOp>(), subscripts);
  if (auto table = tensor.getDefiningOp<mixer::TableOp>())
    return readTable(table, subscripts.front(), loc);
  return read(tensor, subscripts, loc);
}

Value BodyEmitter::readTable(mixer::TableOp table, AffineExpr subscript, Location loc) {
  ScalarCode code(builder, loc);
  Value position = materialise(subscript, loc);
  auto type = cast<mixer::MixerTensorType>(table.getResult().getType());
  Value result;
  for (auto [k, entry] : llvm::enumerate(table.getValue().getValues<Attribute>())) {
    Value value;
    if (auto integer = dyn_cast<IntegerAttr>(entry); integer && type.getComputeType().isIndex())
      value = code.index(integer.getInt());
    else
      value = arith::ConstantOp::create(builder, loc, cast<TypedAttr>(entry));
    Value here = code.compare(arith::CmpIPredicate::eq, position, code.index(k));
    result = result ? code.select(here, value, result) : value;
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

SmallVector<BodyEmitter::Range> BodyEmitter::rangesOf(const mixer::Binding &binding, Env &env) {
  SmallVector<AffineExpr> lower = applyMap(binding.lower, binding.lowerOperands, env);
  SmallVector<AffineExpr> upper = applyMap(binding.upper, binding.upperOperands, env);
  SmallVector<Range> ranges;
  for (auto [index, lo, hi] : llvm::zip_equal(binding.indices(), lower, upper))
    ranges.push_back({index, lo, hi});
  return ranges;
}

SmallVector<Value> BodyEmitter::emitLoops(ArrayRef<Range> ranges, ValueRange accumulators, Env &env,
                                          Location loc,
                                          function_ref<SmallVector<Value>(ValueRange)> body) {
  if (ranges.empty())
    return body(accumulators);
  const Range &range = ranges.front();
  Value lower = materialise(range.lower, loc), upper = materialise(range.upper, loc);
  Value step = ScalarCode(builder, loc).index(1);
  auto loop = scf::ForOp::create(builder, loc, lower, upper, step, accumulators);
  OpBuilder::InsertionGuard guard(builder);
  Block *block = loop.getBody();
  if (block->mightHaveTerminator() && !block->empty())
    block->getTerminator()->erase();
  builder.setInsertionPointToEnd(block);
  env.indices[range.index] = leaf(loop.getInductionVar());
  SmallVector<Value> results =
      emitLoops(ranges.drop_front(), loop.getRegionIterArgs(), env, loc, body);
  scf::YieldOp::create(builder, loc, results);
  return SmallVector<Value>(loop.getResults());
}

SmallVector<Value> BodyEmitter::accumulate(mixer::ReduceOp reduce, ValueRange accumulators,
                                           Env &env, function_ref<Value()> position,
                                           bool reassociate) {
  Location loc = reduce.getLoc();
  mixer::Binding binding = *mixer::getBinding(reduce);
  emitBlock(*binding.body, env);
  Value yielded = binding.yielded();
  if (auto product = yielded.getDefiningOp<arith::MulFOp>(); product && sumOf(product))
    return {ScalarCode(builder, loc)
                .mulAdd(scalarOf(product.getLhs(), env), scalarOf(product.getRhs(), env),
                        accumulators.front(), reassociate)};
  return Combiner(reduce.getKind(), yielded.getType())
      .combine(builder, loc, accumulators, scalarOf(yielded, env), position, reassociate);
}

Value BodyEmitter::emitReduce(mixer::ReduceOp reduce, Env &env) {
  Location loc = reduce.getLoc();
  mixer::Binding binding = *mixer::getBinding(reduce);
  Combiner combiner(reduce.getKind(), binding.yielded().getType());
  // The place of the point in row-major order, of the ranges as written.
  SmallVector<Range> written = rangesOf(binding, env);
  SmallVector<Value> sizes, lowers;
  bool needsPlace = !combiner.isPlain();
  if (needsPlace)
    for (const Range &range : written) {
      lowers.push_back(materialise(range.lower, loc));
      sizes.push_back(materialise(range.upper - range.lower, loc));
    }
  auto position = [&]() -> Value {
    Value place;
    for (auto [k, range] : llvm::enumerate(written)) {
      Value index = materialise(env.indices[range.index], loc);
      Value offset = arith::SubIOp::create(builder, loc, index, lowers[k]);
      place = place ? arith::AddIOp::create(builder, loc,
                                            arith::MulIOp::create(builder, loc, place, sizes[k]),
                                            offset)
                          .getResult()
                    : offset;
    }
    return place;
  };
  SmallVector<Range> ranges(written);
  bool inLanes = true;
  if (auto eq = dyn_cast<mixer::EqOp>(reduce->getParentOp()); eq && wholeReduction(eq) == reduce) {
    auto lanes = eq->getAttrOfType<IntegerAttr>(lanesAttr);
    inLanes = lanes != nullptr;
    if (lanes && combiner.isPlain()) // else the first of the best wins: in the order as written
      std::stable_partition(ranges.begin(), ranges.end(), [&](const Range &range) {
        return range.index != binding.indices()[lanes.getInt()];
      });
  }
  // Too short for lanes: in order, so that an optimiser that writes the loop out keeps it.
  AffineMap size = simplifyAffineMap(mixer::indexMap(builder.getContext(), leaves.size(),
                                                     ranges.back().upper - ranges.back().lower));
  auto count = dyn_cast<AffineConstantExpr>(size.getResult(0));
  inLanes &= !count || count.getValue() >= fewestForLanes;
  SmallVector<Value> totals =
      emitLoops(ranges, combiner.identity(builder, loc), env, loc, [&](ValueRange accumulators) {
        return accumulate(reduce, accumulators, env, position, /*reassociate=*/inLanes);
      });
  return combiner.result(totals);
}

Value BodyEmitter::emitOrder(mixer::OrderOp order, Env &env) {
  // Without memory for a sort: the candidate that exactly `rank` others precede.
  Location loc = order.getLoc();
  ScalarCode code(builder, loc);
  mixer::Binding binding = *mixer::getBinding(order);
  SmallVector<Range> ranges = rangesOf(binding, env);
  Value rank = scalarOf(order.getRank(), env);
  bool isInteger = binding.yielded().getType().isIndex();
  auto score = [&] {
    emitBlock(*binding.body, env);
    return scalarOf(binding.yielded(), env);
  };
  auto precedes = [&](Value a, Value i, Value b, Value j) -> Value {
    Value earlier = code.compare(arith::CmpIPredicate::slt, i, j);
    if (isInteger) {
      Value larger = code.compare(arith::CmpIPredicate::sgt, a, b);
      Value tie = code.compare(arith::CmpIPredicate::eq, a, b);
      return arith::OrIOp::create(builder, loc, larger,
                                  arith::AndIOp::create(builder, loc, tie, earlier));
    }
    auto compare = [&](arith::CmpFPredicate p, Value x, Value y) { return code.compare(p, x, y); };
    Value aNumber = compare(arith::CmpFPredicate::ORD, a, a),
          bNaN = compare(arith::CmpFPredicate::UNO, b, b);
    Value larger = arith::OrIOp::create(builder, loc, compare(arith::CmpFPredicate::OGT, a, b),
                                        arith::AndIOp::create(builder, loc, aNumber, bNaN));
    Value aNaN = compare(arith::CmpFPredicate::UNO, a, a);
    Value tie = arith::OrIOp::create(builder, loc, compare(arith::CmpFPredicate::OEQ, a, b),
                                     arith::AndIOp::create(builder, loc, aNaN, bNaN));
    return arith::OrIOp::create(builder, loc, larger,
                                arith::AndIOp::create(builder, loc, tie, earlier));
  };
  Type type = order.getType();
  bool wantsIndex = order.getKind() == mixer::OrderKind::argtop;
  Value none = wantsIndex  ? materialise(ranges[0].lower, loc)
               : isInteger ? code.index(0)
                           : code.constant(type, NAN);
  SmallVector<Value> found =
      emitLoops(ranges, none, env, loc, [&](ValueRange state) -> SmallVector<Value> {
        AffineExpr candidate = env.indices[ranges[0].index];
        Value mine = score(), place = materialise(candidate, loc);
        Value before =
            emitLoops(ranges, code.index(0), env, loc, [&](ValueRange count) -> SmallVector<Value> {
              Value other = score();
              Value beats =
                  precedes(other, materialise(env.indices[ranges[0].index], loc), mine, place);
              Value one = code.select(beats, code.index(1), code.index(0));
              return {arith::AddIOp::create(builder, loc, count[0], one)};
            }).front();
        env.indices[ranges[0].index] = candidate;
        Value isIt = code.compare(arith::CmpIPredicate::eq, before, rank);
        return {code.select(isIt, wantsIndex ? place : mine, state[0])};
      });
  return found.front();
}
