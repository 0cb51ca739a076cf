//===- ScattersTest.cpp - contributions to computed points ----------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EvaluateFixture.h"

using namespace mixc::reference;

/// y[to[t]] <kind>= x[t], for y of C values.
static std::string scatter(llvm::StringRef kind, llvm::StringRef element, llvm::StringRef scalar) {
  std::string type = "T<[s1], " + element.str() + ">";
  bool over = kind == "overwrite";
  return R"(
    mixer.func @f(%x "x": T<[s0], f32>, %to "to": T<[s0], i32>)" +
         (over ? ", %init \"init\": " + type : std::string()) + R"() -> ("y": )" + type +
         R"() extents [<"N">, <"C">] {
      %y = mixer.scatter )" +
         kind.str() + R"( "y" [t: s0])" + (over ? " over %init" : "") + " : " + type + R"( (%t) {
        %r = mixer.at %to[%t] : T<[s0], i32>
        %v = mixer.at %x[%t] : T<[s0], f32>)" +
         (scalar == "index" ? "\n%w = mixer.cast %v to i64 : f32 -> index" : "") + R"(
        mixer.yield %r, )" +
         (scalar == "index" ? "%w" : "%v") + " : index, " + scalar.str() + R"(
      }
      mixer.return %y : )" +
         type + "\n}";
}

static HostTensor f32(llvm::ArrayRef<double> x) { return vector(x, Element::F32); }
static HostTensor i32(llvm::ArrayRef<double> x) { return vector(x, Element::I32); }

TEST(Scatters, CombineWhatMeets) {
  auto run = [](llvm::StringRef kind) {
    return Mixer(scatter(kind, "f32", "f32"))
        .with("x", f32({1, 2, -4, 8}))
        .with("to", i32({0, 2, 0, 2}))
        .dim("C", 3)
        .values();
  };
  expectNear(run("sum"), {-3, 0, 10});
  expectNear(run("max"), {1, -inf, 8});
  expectNear(run("min"), {-4, inf, 2});
}

TEST(Scatters, OfOverwritesTheLaterStands) {
  Mixer mixer(scatter("overwrite", "f32", "f32"));
  mixer.with("x", f32({1, 2, 3})).with("to", i32({0, 2, 0})).with("init", f32({7, 8, 9}));
  expectNear(mixer.values(), {3, 8, 2});
}

TEST(Scatters, RoundOnceAtTheEnd) {
  // Each addend alone is lost in bf16; together they are not.
  Mixer mixer(scatter("sum", "bf16", "f32"));
  mixer.with("x", f32({1, 0x1p-9, 0x1p-9, 0x1p-9, 0x1p-9})).with("to", i32({0, 0, 0, 0, 0}));
  mixer.dim("C", 1);
  expectNear(mixer.values(), {1 + 0x1p-7}, 0);
}

TEST(Scatters, IntegersSaturateAtTheEnd) {
  Mixer mixer(scatter("sum", "i8", "index"));
  mixer.with("x", f32({100, 100, -90})).with("to", i32({0, 0, 0})).dim("C", 2);
  expectNear(mixer.values(), {110, 0}, 0);
  mixer.with("x", f32({100, 100, 0}));
  expectNear(mixer.values(), {127, 0}, 0);
}

TEST(Scatters, NaNStays) {
  Mixer mixer(scatter("max", "f32", "f32"));
  mixer.with("x", f32({1, NaN, 2})).with("to", i32({0, 0, 0})).dim("C", 1);
  expectNear(mixer.values(), {NaN});
}

TEST(Scatters, ATargetOutOfBoundsIsRefused) {
  Mixer mixer(scatter("sum", "f32", "f32"));
  mixer.with("x", f32({1})).with("to", i32({3})).dim("C", 3);
  EXPECT_NE(mixer.error().find("`y[3]` is out of bounds: subscript 0 is 3, its range is 0 to 3"),
            std::string::npos);
}
