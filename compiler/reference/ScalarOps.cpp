//===- ScalarOps.cpp - what the scalar ops of bodies compute --------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/BodyCompiler.h"
#include "compiler/reference/Functions.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::reference;

//===----------------------------------------------------------------------===//
// Instructions from functions
//===----------------------------------------------------------------------===//

/// Calls `Fn` on operands held as `In...`.
template <typename Real, typename Out, typename Fn, typename... In>
static bool runScalar(Frame<Real> &frame, const Instruction<Real> &in) {
  [&]<size_t... k>(std::index_sequence<k...>) {
    frame.slots[in.result].template as<Out>() =
        static_cast<Out>(Fn()(frame.slots[in.operands[k]].template as<In>()...));
  }(std::index_sequence_for<In...>());
  return true;
}

template <typename Real>
template <typename Out, typename... In, typename Fn>
void BodyCompiler<Real>::scalar(Operation *op, Fn) {
  emit(&runScalar<Real, Out, Fn, In...>, slotOf(op->getResult(0)), slotsOf(op->getOperands()));
}

/// How many arguments the ops of one function take is known from the function.
template <typename Fn, typename T>
constexpr int arity = std::is_invocable_v<Fn, T>         ? 1
                      : std::is_invocable_v<Fn, T, T>    ? 2
                      : std::is_invocable_v<Fn, T, T, T> ? 3
                                                         : 0;

template <typename Real>
template <typename Fn>
void BodyCompiler<Real>::real(Operation *op, Fn fn) {
  auto emitFor = [&](auto type) {
    using T = decltype(type);
    using R = std::invoke_result_t<decltype([](auto fn, auto x) {
                                     if constexpr (arity<decltype(fn), decltype(x)> == 1)
                                       return fn(x);
                                     else if constexpr (arity<decltype(fn), decltype(x)> == 2)
                                       return fn(x, x);
                                     else
                                       return fn(x, x, x);
                                   }),
                                   Fn, T>;
    // Comparisons give truth values, which are integers.
    using Out = std::conditional_t<std::is_same_v<R, bool>, int64_t, R>;
    if constexpr (arity<Fn, T> == 1)
      scalar<Out, T>(op, fn);
    else if constexpr (arity<Fn, T> == 2)
      scalar<Out, T, T>(op, fn);
    else
      scalar<Out, T, T, T>(op, fn);
  };
  switch (kindOf(op->getOperand(0))) {
  case Kind::Single:
    return emitFor(Real());
  case Kind::Double:
    return emitFor(double());
  default:
    fail(op->getLoc(), "`" + op->getName().getStringRef() + "` takes real floats");
  }
}

template <typename Real>
template <typename Fn>
void BodyCompiler<Real>::complexTo(Operation *op, Fn fn) {
  auto emitFor = [&](auto type) {
    using T = decltype(type);
    if constexpr (arity<Fn, T> == 1) {
      using R = std::invoke_result_t<Fn, T>;
      scalar<R, T>(op, fn);
    } else {
      using R = std::invoke_result_t<Fn, T, T>;
      using Out = std::conditional_t<std::is_same_v<R, bool>, int64_t, R>;
      scalar<Out, T, T>(op, fn);
    }
  };
  switch (kindOf(op->getOperand(0))) {
  case Kind::ComplexSingle:
    return emitFor(std::complex<Real>());
  case Kind::ComplexDouble:
    return emitFor(std::complex<double>());
  default:
    fail(op->getLoc(), "`" + op->getName().getStringRef() + "` takes complex numbers");
  }
}

template <typename Real>
template <typename Fn>
void BodyCompiler<Real>::integer(Operation *op, Fn fn) {
  for (Value operand : op->getOperands())
    if (Kind kind = kindOf(operand); kind != Kind::Integer && kind != Kind::Bool)
      return fail(op->getLoc(), "`" + op->getName().getStringRef() + "` takes integers");
  if constexpr (arity<Fn, int64_t> == 1)
    scalar<int64_t, int64_t>(op, fn);
  else
    scalar<int64_t, int64_t, int64_t>(op, fn);
}

//===----------------------------------------------------------------------===//
// Choices and comparisons
//===----------------------------------------------------------------------===//

template <typename Real> static bool runSelect(Frame<Real> &frame, const Instruction<Real> &in) {
  frame.slots[in.result] = frame.slots[in.operands[frame.slots[in.operands[0]].integer ? 1 : 2]];
  return true;
}

/// The function that a predicate of arith.cmpf stands for, handed to `action`.
template <typename Action>
static void withPredicate(arith::CmpFPredicate predicate, Action action) {
  using P = arith::CmpFPredicate;
  switch (predicate) {
  case P::AlwaysFalse:
    return action([](auto, auto) { return false; });
  case P::OEQ:
    return action([](auto a, auto b) { return a == b; });
  case P::OGT:
    return action([](auto a, auto b) { return a > b; });
  case P::OGE:
    return action([](auto a, auto b) { return a >= b; });
  case P::OLT:
    return action([](auto a, auto b) { return a < b; });
  case P::OLE:
    return action([](auto a, auto b) { return a <= b; });
  case P::ONE:
    return action([](auto a, auto b) { return a < b || a > b; });
  case P::ORD:
    return action([](auto a, auto b) { return !std::isunordered(a, b); });
  case P::UEQ:
    return action([](auto a, auto b) { return !(a < b || a > b); });
  case P::UGT:
    return action([](auto a, auto b) { return !(a <= b); });
  case P::UGE:
    return action([](auto a, auto b) { return !(a < b); });
  case P::ULT:
    return action([](auto a, auto b) { return !(a >= b); });
  case P::ULE:
    return action([](auto a, auto b) { return !(a > b); });
  case P::UNE:
    return action([](auto a, auto b) { return a != b; });
  case P::UNO:
    return action([](auto a, auto b) { return std::isunordered(a, b); });
  case P::AlwaysTrue:
    return action([](auto, auto) { return true; });
  }
}

template <typename Action>
static void withPredicate(arith::CmpIPredicate predicate, Action action) {
  using P = arith::CmpIPredicate;
  auto asUnsigned = [](int64_t x) { return static_cast<uint64_t>(x); };
  using U = decltype(asUnsigned);
  switch (predicate) {
  case P::eq:
    return action([](int64_t a, int64_t b) { return a == b; });
  case P::ne:
    return action([](int64_t a, int64_t b) { return a != b; });
  case P::slt:
    return action([](int64_t a, int64_t b) { return a < b; });
  case P::sle:
    return action([](int64_t a, int64_t b) { return a <= b; });
  case P::sgt:
    return action([](int64_t a, int64_t b) { return a > b; });
  case P::sge:
    return action([](int64_t a, int64_t b) { return a >= b; });
  case P::ult:
    return action([](int64_t a, int64_t b) { return U()(a) < U()(b); });
  case P::ule:
    return action([](int64_t a, int64_t b) { return U()(a) <= U()(b); });
  case P::ugt:
    return action([](int64_t a, int64_t b) { return U()(a) > U()(b); });
  case P::uge:
    return action([](int64_t a, int64_t b) { return U()(a) >= U()(b); });
  }
}

//===----------------------------------------------------------------------===//
// mixer.fn, mixer.philox
//===----------------------------------------------------------------------===//

namespace {

template <typename Real> bool runPower(Frame<Real> &frame, const Instruction<Real> &in) {
  int64_t exponent = frame.slots[in.operands[1]].integer;
  if (exponent < 0)
    return frame.fail(static_cast<const Place &>(*in.detail).location,
                      "an integer is raised to the power " + Twine(exponent) +
                          "; its exponent is 0 or more");
  frame.slots[in.result].integer = wrapPower(frame.slots[in.operands[0]].integer, exponent);
  return true;
}

struct PhiloxDetail : Detail {
  SmallVector<SlotId> counter;
};

template <typename Real> bool runPhilox(Frame<Real> &frame, const Instruction<Real> &in) {
  SmallVector<int64_t, 4> counter;
  for (SlotId id : static_cast<const PhiloxDetail &>(*in.detail).counter)
    counter.push_back(frame.slots[id].integer);
  frame.slots[in.result].template as<Real>() = static_cast<Real>(philoxUniform(
      frame.slots[in.operands[0]].integer, std::span(counter.data(), counter.size())));
  return true;
}

} // namespace

template <typename Real> void BodyCompiler<Real>::compileFn(mixer::FnOp op) {
  using mixer::FnKind;
  bool isInteger = kindOf(op->getOperand(0)) == Kind::Integer;
  switch (op.getKind()) {
  case FnKind::sign:
    return isInteger ? integer(op, [](int64_t x) { return sign(x); })
                     : real(op, [](auto x) { return sign(x); });
  case FnKind::relu:
    return isInteger ? integer(op, [](int64_t x) { return relu(x); })
                     : real(op, [](auto x) { return relu(x); });
  case FnKind::sigmoid:
    return real(op, [](auto x) { return sigmoid(x); });
  case FnKind::logsigmoid:
    return real(op, [](auto x) { return logsigmoid(x); });
  case FnKind::silu:
    return real(op, [](auto x) { return silu(x); });
  case FnKind::gelu:
    return real(op, [](auto x) { return gelu(x); });
  case FnKind::gelu_tanh:
    return real(op, [](auto x) { return geluTanh(x); });
  case FnKind::elu:
    return real(op, [](auto x) { return elu(x); });
  case FnKind::softplus:
    return real(op, [](auto x) { return softplus(x); });
  case FnKind::erfinv:
    return real(op, [](auto x) { return static_cast<decltype(x)>(erfinv(x)); });
  case FnKind::recip0:
    return real(op, [](auto x) { return recip0(x); });
  case FnKind::cis:
    return real(op, [](auto x) { return std::complex(std::cos(x), std::sin(x)); });
  case FnKind::detach:
    return convert(op);
  case FnKind::floordiv:
    return integer(op, [](int64_t a, int64_t b) { return floorDiv(a, b); });
  case FnKind::floormod:
    return integer(op, [](int64_t a, int64_t b) { return floorMod(a, b); });
  case FnKind::ipow:
    return emit(&runPower<Real>, slotOf(op.getResult()), slotsOf(op.getArgs()),
                add(std::make_unique<Place>(op.getLoc())));
  }
}

//===----------------------------------------------------------------------===//
// All ops
//===----------------------------------------------------------------------===//

template <typename Real> bool BodyCompiler<Real>::compileScalar(Operation *op) {
  bool known = true;
  llvm::TypeSwitch<Operation *>(op)
      // Constants and choices.
      .Case([&](arith::ConstantOp op) { compileConstant(op, op.getValue()); })
      .Case([&](complex::ConstantOp op) { compileConstant(op, op.getValue()); })
      .Case([&](arith::SelectOp op) {
        emit(&runSelect<Real>, slotOf(op.getResult()), slotsOf(op->getOperands()));
      })
      .Case([&](arith::CmpFOp op) {
        withPredicate(op.getPredicate(), [&](auto fn) { real(op, fn); });
      })
      .Case([&](arith::CmpIOp op) {
        withPredicate(op.getPredicate(), [&](auto fn) { integer(op, fn); });
      })
      // Conversions.
      .template Case<arith::IndexCastOp, arith::IndexCastUIOp, arith::SIToFPOp, arith::UIToFPOp,
                     arith::FPToSIOp, arith::ExtFOp, arith::TruncFOp, arith::ExtUIOp>(
          [&](Operation *op) { convert(op); })
      .Case([&](mixer::CastOp op) { compileCast(op); })
      // Reals.
      .Case([&](arith::AddFOp op) { real(op, [](auto a, auto b) { return a + b; }); })
      .Case([&](arith::SubFOp op) { real(op, [](auto a, auto b) { return a - b; }); })
      .Case([&](arith::MulFOp op) { real(op, [](auto a, auto b) { return a * b; }); })
      .Case([&](arith::DivFOp op) { real(op, [](auto a, auto b) { return a / b; }); })
      .Case([&](arith::NegFOp op) { real(op, [](auto x) { return -x; }); })
      .Case([&](arith::MaximumFOp op) { real(op, [](auto a, auto b) { return maximum(a, b); }); })
      .Case([&](arith::MinimumFOp op) { real(op, [](auto a, auto b) { return minimum(a, b); }); })
      .Case([&](math::AbsFOp op) { real(op, [](auto x) { return std::fabs(x); }); })
      .Case([&](math::ExpOp op) { real(op, [](auto x) { return std::exp(x); }); })
      .Case([&](math::Exp2Op op) { real(op, [](auto x) { return std::exp2(x); }); })
      .Case([&](math::ExpM1Op op) { real(op, [](auto x) { return std::expm1(x); }); })
      .Case([&](math::LogOp op) { real(op, [](auto x) { return std::log(x); }); })
      .Case([&](math::Log2Op op) { real(op, [](auto x) { return std::log2(x); }); })
      .Case([&](math::Log1pOp op) { real(op, [](auto x) { return std::log1p(x); }); })
      .Case([&](math::SqrtOp op) { real(op, [](auto x) { return std::sqrt(x); }); })
      .Case(
          [&](math::RsqrtOp op) { real(op, [](auto x) { return decltype(x)(1) / std::sqrt(x); }); })
      .Case([&](math::FloorOp op) { real(op, [](auto x) { return std::floor(x); }); })
      .Case([&](math::CeilOp op) { real(op, [](auto x) { return std::ceil(x); }); })
      .Case([&](math::RoundEvenOp op) { real(op, [](auto x) { return std::nearbyint(x); }); })
      .Case([&](math::TruncOp op) { real(op, [](auto x) { return std::trunc(x); }); })
      .Case([&](math::SinOp op) { real(op, [](auto x) { return std::sin(x); }); })
      .Case([&](math::CosOp op) { real(op, [](auto x) { return std::cos(x); }); })
      .Case([&](math::TanhOp op) { real(op, [](auto x) { return std::tanh(x); }); })
      .Case([&](math::ErfOp op) { real(op, [](auto x) { return std::erf(x); }); })
      .Case([&](math::ErfcOp op) { real(op, [](auto x) { return std::erfc(x); }); })
      .Case([&](math::PowFOp op) { real(op, [](auto a, auto b) { return std::pow(a, b); }); })
      .Case([&](math::FmaOp op) {
        real(op, [](auto a, auto b, auto c) { return std::fma(a, b, c); });
      })
      .Case([&](mixer::ExpDiffOp op) {
        real(op, [](auto x, auto m) { return expDifference(x, m); });
      })
      .Case([&](mixer::FnOp op) { compileFn(op); })
      .Case([&](mixer::PhiloxOp op) {
        auto *detail = add(std::make_unique<PhiloxDetail>());
        if (op.getCounter().size() > 4)
          return fail(op.getLoc(), "a philox counter has up to four integers");
        detail->counter = slotsOf(op.getCounter());
        emit(&runPhilox<Real>, slotOf(op.getResult()), {slotOf(op.getSeed())}, detail);
      })
      // Integers and truth values.
      .Case([&](arith::AddIOp op) {
        integer(op, [](int64_t a, int64_t b) { return wrapAdd(a, b); });
      })
      .Case([&](arith::SubIOp op) {
        integer(op, [](int64_t a, int64_t b) { return wrapSub(a, b); });
      })
      .Case([&](arith::MulIOp op) {
        integer(op, [](int64_t a, int64_t b) { return wrapMul(a, b); });
      })
      .Case([&](arith::MaxSIOp op) {
        integer(op, [](int64_t a, int64_t b) { return maximum(a, b); });
      })
      .Case([&](arith::MinSIOp op) {
        integer(op, [](int64_t a, int64_t b) { return minimum(a, b); });
      })
      .Case([&](arith::AndIOp op) { integer(op, [](int64_t a, int64_t b) { return a & b; }); })
      .Case([&](arith::OrIOp op) { integer(op, [](int64_t a, int64_t b) { return a | b; }); })
      .Case([&](arith::XOrIOp op) { integer(op, [](int64_t a, int64_t b) { return a ^ b; }); })
      .Case([&](math::AbsIOp op) {
        integer(op, [](int64_t x) { return x < 0 ? wrapSub(0, x) : x; });
      })
      // Complex numbers.
      .Case([&](complex::CreateOp op) {
        real(op, [](auto re, auto im) { return std::complex(re, im); });
      })
      .Case([&](complex::ReOp op) { complexTo(op, [](auto z) { return z.real(); }); })
      .Case([&](complex::ImOp op) { complexTo(op, [](auto z) { return z.imag(); }); })
      .Case([&](complex::AbsOp op) { complexTo(op, [](auto z) { return std::abs(z); }); })
      .Case([&](complex::ConjOp op) { complexTo(op, [](auto z) { return std::conj(z); }); })
      .Case([&](complex::NegOp op) { complexTo(op, [](auto z) { return -z; }); })
      .Case([&](complex::ExpOp op) { complexTo(op, [](auto z) { return std::exp(z); }); })
      .Case([&](complex::AddOp op) { complexTo(op, [](auto a, auto b) { return a + b; }); })
      .Case([&](complex::SubOp op) { complexTo(op, [](auto a, auto b) { return a - b; }); })
      .Case(
          [&](complex::MulOp op) { complexTo(op, [](auto a, auto b) { return multiply(a, b); }); })
      .Case([&](complex::DivOp op) { complexTo(op, [](auto a, auto b) { return a / b; }); })
      .Case([&](complex::EqualOp op) { complexTo(op, [](auto a, auto b) { return a == b; }); })
      .Case([&](complex::NotEqualOp op) { complexTo(op, [](auto a, auto b) { return a != b; }); })
      .Default([&](Operation *) { known = false; });
  return known;
}

template void BodyCompiler<float>::compileFn(mixer::FnOp);
template void BodyCompiler<double>::compileFn(mixer::FnOp);
template bool BodyCompiler<float>::compileScalar(Operation *);
template bool BodyCompiler<double>::compileScalar(Operation *);
