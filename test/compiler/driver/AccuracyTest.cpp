//===- AccuracyTest.cpp - the numerics contract ---------------------------===//

#include "compiler/driver/Accuracy.h"

#include "gtest/gtest.h"

#include <cmath>

using namespace mixc::driver;
using namespace mixc::reference;

static constexpr double inf = INFINITY, undefined = NAN;

static HostTensor row(Element element, llvm::ArrayRef<double> values) {
  HostTensor tensor =
      llvm::cantFail(HostTensor::make(element, {static_cast<int64_t>(values.size())}));
  for (auto [k, value] : llvm::enumerate(values))
    tensor.set({static_cast<int64_t>(k)}, value);
  return tensor;
}

static Accuracy measured(Element element, llvm::ArrayRef<double> result,
                         llvm::ArrayRef<double> reference, llvm::ArrayRef<double> direct) {
  return llvm::cantFail(
      measure(row(element, result), row(element, reference), row(element, direct)));
}

TEST(Accuracy, IsTheRatioOfErrorsToThoseOfTheDirectEvaluation) {
  Accuracy a = measured(Element::F64, {1, 2.3, 4}, {1, 2, 4}, {1, 2, 4.1});
  EXPECT_NEAR(a.maxAbs, 0.3, 1e-15);
  EXPECT_NEAR(a.relL2, 0.3 / std::sqrt(21.0), 1e-15);
  EXPECT_NEAR(a.ratio, 3, 1e-12);
  EXPECT_FALSE(a.holds());
}

TEST(Accuracy, TakesTheWorseOfMaximumAndL2) {
  // One large error against many: the maxima are equal, the norms differ by 2.
  Accuracy a = measured(Element::F64, {1.1, 1.1, 1.1, 1.1}, {1, 1, 1, 1}, {1.1, 1, 1, 1});
  EXPECT_NEAR(a.ratio, 2, 1e-12);
}

TEST(Accuracy, AllowsTwiceHalfAnUlpWhereTheDirectEvaluationIsExact) {
  // Half an ulp of bf16, relative to the largest value.
  Accuracy one = measured(Element::BF16, {1.0078125, 1}, {1, 1}, {1, 1});
  EXPECT_NEAR(one.ratio, 0x1p-7 / 0x1p-8, 1e-12);
  EXPECT_TRUE(one.holds());
  EXPECT_FALSE(measured(Element::BF16, {1.015625, 1}, {1, 1}, {1, 1}).holds());
}

TEST(Accuracy, AnUlpOfSubnormalNumbersIsNoSmallerThanTheirDistance) {
  double ulp = 0x1p-9; // of f8e4m3 below 2^-6
  EXPECT_TRUE(measured(Element::F8E4M3, {2 * ulp, ulp}, {ulp, ulp}, {ulp, ulp}).holds());
  EXPECT_FALSE(measured(Element::F8E4M3, {4 * ulp, ulp}, {ulp, ulp}, {ulp, ulp}).holds());
}

TEST(Accuracy, NoErrorAlwaysHolds) {
  EXPECT_EQ(measured(Element::F32, {0, 0}, {0, 0}, {0, 0}).ratio, 0);
  EXPECT_EQ(measured(Element::F32, {}, {}, {}).ratio, 0);
}

TEST(Accuracy, AnyErrorBreaksWhereAllIsZero) {
  EXPECT_EQ(measured(Element::F32, {1e-30}, {0}, {0}).ratio, inf);
}

TEST(Accuracy, IntegersMustBeRightWhereTheDirectEvaluationIs) {
  EXPECT_EQ(measured(Element::I32, {1, 2}, {1, 2}, {1, 2}).ratio, 0);
  EXPECT_EQ(measured(Element::I32, {1, 3}, {1, 2}, {1, 2}).ratio, inf);
  EXPECT_TRUE(measured(Element::I32, {1, 3}, {1, 2}, {1, 3}).holds());
  EXPECT_EQ(measured(Element::Bool, {1, 0}, {1, 1}, {1, 1}).ratio, inf);
}

TEST(Accuracy, ComparesLargeIntegersExactly) {
  HostTensor a = row(Element::I64, {0}), b = row(Element::I64, {0});
  a.setInt({0}, (int64_t(1) << 60) + 1);
  b.setInt({0}, int64_t(1) << 60);
  EXPECT_EQ(llvm::cantFail(measure(a, b, b)).maxAbs, 1);
}

TEST(Accuracy, NaNIsAllowedOnlyWhereTheReferenceHasIt) {
  EXPECT_TRUE(measured(Element::F32, {undefined, 1}, {undefined, 1}, {undefined, 1}).holds());
  EXPECT_EQ(measured(Element::F32, {undefined, 1}, {undefined, 1}, {undefined, 1}).nans, 1);
  EXPECT_TRUE(measured(Element::F32, {7, 1}, {undefined, 1}, {undefined, 1}).holds());
  Accuracy a = measured(Element::F32, {1, undefined, undefined}, {1, 2, 3}, {1, undefined, 3});
  EXPECT_EQ(a.ratio, inf);
  EXPECT_EQ(a.misplaced, 2);
  EXPECT_EQ(a.nans, 2);
  EXPECT_EQ(a.firstMisplaced, (llvm::SmallVector<int64_t>{1}));
}

TEST(Accuracy, InfinitiesMustAgreeUnlessPlainLoopsOverflow) {
  EXPECT_TRUE(measured(Element::F32, {-inf, 1}, {-inf, 1}, {-inf, 1}).holds());
  EXPECT_FALSE(measured(Element::F32, {inf, 1}, {-inf, 1}, {-inf, 1}).holds());
  EXPECT_FALSE(measured(Element::F32, {3, 1}, {-inf, 1}, {-inf, 1}).holds());
  EXPECT_FALSE(measured(Element::F32, {inf, 1}, {3, 1}, {3, 1}).holds());
  EXPECT_TRUE(measured(Element::F16, {inf, 1}, {65504, 1}, {inf, 1}).holds());
}

TEST(Accuracy, CountsComplexDistances) {
  HostTensor a = row(Element::C64, {0}), b = row(Element::C64, {0});
  a.setComplex({0}, {3, 4});
  b.setComplex({0}, {0, 0});
  EXPECT_EQ(llvm::cantFail(measure(a, b, b)).maxAbs, 5);
}

TEST(Accuracy, SeesThroughStrides) {
  HostTensor a = llvm::cantFail(HostTensor::make(Element::F32, {2, 3}));
  for (int64_t k = 0; k != 6; ++k)
    a.set({k / 3, k % 3}, static_cast<double>(k));
  HostTensor transposed = a;
  transposed.shape = {3, 2};
  transposed.strides = {1, 3};
  HostTensor copy = llvm::cantFail(transposed.contiguous());
  EXPECT_EQ(llvm::cantFail(measure(transposed, copy, copy)).ratio, 0);
}
