//===- DrawTest.cpp - random arguments ------------------------------------===//

#include "compiler/driver/Draw.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstring>

using namespace mixc::driver;
using namespace mixc::reference;

static HostTensor drawn(Element element, int64_t count, uint64_t seed = 0,
                        llvm::StringRef name = "x", int64_t range = 10) {
  HostTensor tensor = llvm::cantFail(HostTensor::make(element, {count}));
  draw(tensor, seed, name, range);
  return tensor;
}

static bool sameValues(const HostTensor &a, const HostTensor &b, int64_t count) {
  return std::memcmp(a.data, b.data, count * byteSize(a.element)) == 0;
}

TEST(Draw, DependsOnSeedNameAndPositionAlone) {
  HostTensor x = drawn(Element::F32, 100);
  EXPECT_TRUE(sameValues(x, drawn(Element::F32, 200), 100));
  EXPECT_FALSE(sameValues(x, drawn(Element::F32, 100, 1), 100));
  EXPECT_FALSE(sameValues(x, drawn(Element::F32, 100, 0, "y"), 100));
}

TEST(Draw, FloatsAreStandardNormal) {
  constexpr int64_t count = 100000;
  HostTensor x = drawn(Element::F64, count);
  double sum = 0, squares = 0, fourth = 0;
  for (int64_t k = 0; k != count; ++k) {
    double value = x.get({k});
    ASSERT_TRUE(std::isfinite(value));
    sum += value;
    squares += value * value;
    fourth += value * value * value * value;
  }
  EXPECT_NEAR(sum / count, 0, 0.02);
  EXPECT_NEAR(squares / count, 1, 0.02);
  EXPECT_NEAR(fourth / count, 3, 0.15);
}

TEST(Draw, IntegersCoverTheirRangeEvenly) {
  constexpr int64_t count = 10000;
  HostTensor x = drawn(Element::I32, count, 0, "ids", 5);
  int64_t seen[5] = {};
  for (int64_t k = 0; k != count; ++k) {
    ASSERT_GE(x.getInt({k}), 0);
    ASSERT_LT(x.getInt({k}), 5);
    ++seen[x.getInt({k})];
  }
  for (int64_t times : seen)
    EXPECT_NEAR(static_cast<double>(times), count / 5.0, 200);
}

TEST(Draw, IntegersStayInTheirType) {
  HostTensor x = drawn(Element::I4, 1000, 0, "ids", 100);
  for (int64_t k = 0; k != 1000; ++k)
    EXPECT_GE(x.getInt({k}), 0);
}

TEST(Draw, BoolsAreFair) {
  HostTensor x = drawn(Element::Bool, 10000);
  int64_t set = 0;
  for (int64_t k = 0; k != 10000; ++k)
    set += x.getInt({k});
  EXPECT_NEAR(static_cast<double>(set), 5000, 200);
}

TEST(Draw, NothingFitsAnEmptyTensor) { EXPECT_EQ(drawn(Element::F32, 0).numElements(), 0); }
