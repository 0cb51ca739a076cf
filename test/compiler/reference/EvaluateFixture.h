//===- EvaluateFixture.h - mixers as text, evaluated ------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_TEST_COMPILER_REFERENCE_EVALUATEFIXTURE_H
#define MIXC_TEST_COMPILER_REFERENCE_EVALUATEFIXTURE_H

#include "compiler/reference/Evaluate.h"
#include "compiler/reference/EvaluationError.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

#include <cmath>
#include <limits>

namespace mixc::reference {

inline constexpr double inf = std::numeric_limits<double>::infinity();
inline constexpr double NaN = std::numeric_limits<double>::quiet_NaN();

/// A tensor with these values in row-major order.
inline HostTensor tensor(Element element, llvm::ArrayRef<int64_t> shape,
                         llvm::ArrayRef<double> values) {
  HostTensor result = llvm::cantFail(HostTensor::make(element, shape));
  EXPECT_EQ(static_cast<int64_t>(values.size()), result.numElements());
  for (size_t k = 0; k < values.size(); ++k)
    encode(element, values[k], result.data + k * byteSize(element));
  return result;
}
inline HostTensor vector(llvm::ArrayRef<double> values, Element element = Element::F64) {
  return tensor(element, {static_cast<int64_t>(values.size())}, values);
}
inline HostTensor scalar(double value, Element element = Element::F32) {
  return tensor(element, {}, {value});
}

/// The values in row-major order; of complex numbers real and imaginary parts in turn.
inline std::vector<double> valuesOf(const HostTensor &tensor) {
  std::vector<double> values;
  for (int64_t k = 0; k < tensor.numElements(); ++k) {
    const std::byte *from = tensor.data + k * byteSize(tensor.element);
    if (!isComplex(tensor.element)) {
      values.push_back(decode(tensor.element, from));
      continue;
    }
    std::complex<double> value = decodeComplex(tensor.element, from);
    values.insert(values.end(), {value.real(), value.imag()});
  }
  return values;
}

/// Pseudo-random numbers in [-1, 1), the same everywhere.
inline std::vector<double> noise(size_t count, uint64_t seed = 1) {
  std::vector<double> values;
  for (size_t k = 0; k < count; ++k) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    values.push_back(static_cast<double>(seed >> 40) * 0x1p-23 - 1);
  }
  return values;
}

/// NaN equals NaN here; others within `tolerance`, relative above 1.
inline void expectNear(llvm::ArrayRef<double> actual, llvm::ArrayRef<double> expected,
                       double tolerance = 1e-14) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t k = 0; k < actual.size(); ++k) {
    if (std::isnan(expected[k])) {
      EXPECT_TRUE(std::isnan(actual[k])) << "value " << k << " is " << actual[k];
    } else if (std::isinf(expected[k])) {
      EXPECT_EQ(actual[k], expected[k]) << "value " << k;
    } else {
      EXPECT_NEAR(actual[k], expected[k], tolerance * std::max(1.0, std::fabs(expected[k])))
          << "value " << k;
    }
  }
}

/// A mixer written in the dialect's syntax, and a call of it. `T<` in the text stands for
/// `!mixer.tensor<`.
class Mixer {
public:
  explicit Mixer(llvm::StringRef text) {
    context.loadDialect<mixer::MixerDialect, mlir::arith::ArithDialect, mlir::math::MathDialect,
                        mlir::complex::ComplexDialect, mlir::scf::SCFDialect>();
    std::string expanded;
    for (size_t at = 0; at < text.size(); ++at)
      expanded += text.substr(at).starts_with("T<") ? "!mixer.tensor" : text.substr(at, 1).str();
    module = mlir::parseSourceString<mlir::ModuleOp>(expanded, &context, "test.mix");
    EXPECT_TRUE(module) << expanded;
  }

  Mixer &with(llvm::StringRef name, HostTensor value) {
    call.arguments[name] = std::move(value);
    return *this;
  }
  Mixer &dim(llvm::StringRef name, int64_t value) {
    call.dims[name] = value;
    return *this;
  }

  mixer::FuncOp func() { return *module->getOps<mixer::FuncOp>().begin(); }

  template <typename Real = double> llvm::Expected<llvm::SmallVector<HostTensor>> run() {
    return evaluate<Real>(func(), call);
  }

  /// The values of output `k`, which must have been computed.
  template <typename Real = double> std::vector<double> values(unsigned k = 0) {
    llvm::Expected<llvm::SmallVector<HostTensor>> outputs = run<Real>();
    if (outputs)
      return valuesOf((*outputs)[k]);
    ADD_FAILURE() << llvm::toString(outputs.takeError());
    return {};
  }

  /// The error of the call, empty where there is none.
  std::string error() {
    llvm::Expected<llvm::SmallVector<HostTensor>> outputs = run();
    return outputs ? "" : llvm::toString(outputs.takeError());
  }

  Call call;

private:
  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

/// The mixer `y[i] = body`, where the body reads `%x` = x[i] of type `in` and ends with `%r` of
/// type `out`.
inline std::string pointwise(llvm::StringRef in, llvm::StringRef out, llvm::StringRef body,
                             llvm::StringRef inElement = "", llvm::StringRef outElement = "") {
  std::string from = (inElement.empty() ? in : inElement).str();
  std::string to = (outElement.empty() ? out : outElement).str();
  return ("mixer.func @f(%x_ \"x\": T<[s0], " + from + ">) -> (\"y\": T<[s0], " + to +
          ">) extents [<\"N\">] {\n  %y = mixer.eq \"y\" [i: s0] : " + to +
          " (%i) {\n    %x = mixer.at %x_[%i] : T<[s0], " + from + ">\n    " + body.str() +
          "\n    mixer.yield %r : " + out.str() + "\n  }\n  mixer.return %y : T<[s0], " + to +
          ">\n}\n");
}

} // namespace mixc::reference

#endif // MIXC_TEST_COMPILER_REFERENCE_EVALUATEFIXTURE_H
