//===- EvaluateTest.cpp - whole mixers ------------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EvaluateFixture.h"

#include <chrono>
#include <thread>

using namespace mixc::reference;

/// Causal attention with grouped heads; every second query of head 0 may be masked altogether.
static constexpr llvm::StringLiteral attention = R"(
  mixer.func @attention(%q "q": T<[s0, s1, s2], f32>, %k "k": T<[s3, s4, s2], f32>,
                        %v "v": T<[s3, s4, s5], f32>)
      -> ("o": T<[s0, s1, s5], f32>, "lse": T<[s0, s1], f32>)
      extents [<"H">, <"N">, <"D">, <"G">, <"M">, <"E">] {
    %s = mixer.eq "s" [h: s0, i: s1, j: s4] : f32 (%h, %i, %j) {
      %last = mixer.apply %i + s4 - s1
      %visible = arith.cmpi sle, %j, %last : index
      %r = scf.if %visible -> f32 {
        %x = mixer.reduce sum [d: s2] : f32 (%d) {
          %0 = mixer.at %q[%h, %i, %d] : T<[s0, s1, s2], f32>
          %1 = mixer.at %k[%h floordiv (s0 floordiv s3), %j, %d] : T<[s3, s4, s2], f32>
          %2 = arith.mulf %0, %1 : f32
          mixer.yield %2 : f32
        }
        scf.yield %x : f32
      } else {
        %inf = arith.constant 0xFF800000 : f32
        scf.yield %inf : f32
      }
      mixer.yield %r : f32
    }
    %o = mixer.eq "o" [h: s0, i: s1, e: s5] : f32 (%h, %i, %e) {
      %r = mixer.reduce sum [j: s4] : f32 (%j) {
        %p = mixer.along softmax [c: s4] at (%j) : f32 (%c) {
          %0 = mixer.at %s[%h, %i, %c] : T<[s0, s1, s4], f32>
          mixer.yield %0 : f32
        }
        %1 = mixer.at %v[%h floordiv (s0 floordiv s3), %j, %e] : T<[s3, s4, s5], f32>
        %2 = arith.mulf %p, %1 : f32
        mixer.yield %2 : f32
      }
      mixer.yield %r : f32
    }
    %lse = mixer.eq "lse" [h: s0, i: s1] : f32 (%h, %i) {
      %r = mixer.reduce logsumexp [j: s4] : f32 (%j) {
        %0 = mixer.at %s[%h, %i, %j] : T<[s0, s1, s4], f32>
        mixer.yield %0 : f32
      }
      mixer.yield %r : f32
    }
    mixer.return %o, %lse : T<[s0, s1, s5], f32>, T<[s0, s1], f32>
  })";

namespace {
struct Attention {
  int64_t H = 4, N = 5, D = 3, G = 2, M = 4, E = 2;
  std::vector<double> q = rounded(noise(H * N * D, 1)), k = rounded(noise(G * M * D, 2)),
                      v = rounded(noise(G * M * E, 3));

  static std::vector<double> rounded(std::vector<double> x) {
    for (double &value : x)
      value = static_cast<float>(value);
    return x;
  }

  void give(Mixer &mixer) const {
    mixer.with("q", tensor(Element::F32, {H, N, D}, q));
    mixer.with("k", tensor(Element::F32, {G, M, D}, k));
    mixer.with("v", tensor(Element::F32, {G, M, E}, v));
  }

  /// The formula; a row that sees no key is 0 with a logarithm of -inf.
  void formula(std::vector<double> &o, std::vector<double> &lse) const {
    for (int64_t h = 0; h < H; ++h)
      for (int64_t i = 0; i < N; ++i) {
        int64_t g = h / (H / G);
        std::vector<double> p;
        double total = 0;
        for (int64_t j = 0; j <= i + M - N; ++j) {
          double s = 0;
          for (int64_t d = 0; d < D; ++d)
            s += q[(h * N + i) * D + d] * k[(g * M + j) * D + d];
          p.push_back(std::exp(s));
          total += p.back();
        }
        lse.push_back(std::log(total));
        for (int64_t e = 0; e < E; ++e) {
          double sum = 0;
          for (size_t j = 0; j < p.size(); ++j)
            sum += p[j] / total * v[(g * M + j) * E + e];
          o.push_back(sum);
        }
      }
  }
};
} // namespace

TEST(Evaluate, CausalAttentionWithMoreQueriesThanKeys) {
  Attention problem;
  Mixer mixer(attention);
  problem.give(mixer);
  std::vector<double> o, lse;
  problem.formula(o, lse);
  // The first query sees no key.
  ASSERT_EQ(lse[0], -inf);
  expectNear(mixer.values(0), o, 1e-7);
  expectNear(mixer.values(1), lse, 1e-7);
  expectNear(mixer.values<float>(0), o, 1e-6);
  expectNear(mixer.values<float>(1), lse, 1e-6);
}

TEST(Evaluate, ExtentsMayBeZero) {
  Attention problem;
  problem.M = 0;
  problem.k.clear();
  problem.v.clear();
  Mixer mixer(attention);
  problem.give(mixer);
  expectNear(mixer.values(0), std::vector<double>(40, 0.0));
  expectNear(mixer.values(1), std::vector<double>(20, -inf));
}

TEST(Evaluate, ThreadsDoNotChangeABit) {
  Attention problem;
  problem.N = problem.M = 40;
  problem.D = 16;
  problem.q = problem.rounded(noise(problem.H * problem.N * problem.D, 4));
  problem.k = problem.rounded(noise(problem.G * problem.M * problem.D, 5));
  problem.v = problem.rounded(noise(problem.G * problem.M * problem.E, 6));
  Mixer mixer(attention);
  problem.give(mixer);
  std::vector<double> o, lse;
  problem.formula(o, lse);
  std::vector<double> first = mixer.values<float>();
  expectNear(first, o, 1e-5);
  for (int repeat = 0; repeat < 3; ++repeat)
    EXPECT_EQ(mixer.values<float>(), first);
}

TEST(Evaluate, ArgumentsMayHaveAnyStrides) {
  Attention problem;
  Mixer dense(attention), strided(attention);
  problem.give(dense);
  problem.give(strided);
  // q as it lies in memory where the two inner axes are swapped.
  HostTensor &q = strided.call.arguments["q"];
  HostTensor swapped = tensor(Element::F32, {problem.H, problem.D, problem.N},
                              std::vector<double>(problem.q.size(), 0));
  for (int64_t h = 0; h < problem.H; ++h)
    for (int64_t i = 0; i < problem.N; ++i)
      for (int64_t d = 0; d < problem.D; ++d)
        swapped.set({h, d, i}, q.get({h, i, d}));
  std::swap(swapped.shape[1], swapped.shape[2]);
  std::swap(swapped.strides[1], swapped.strides[2]);
  q = swapped;
  EXPECT_EQ(strided.values(), dense.values());
}

TEST(Evaluate, AnEvaluationCanBeCancelled) {
  Attention problem;
  problem.N = problem.M = 2000;
  problem.D = 64;
  problem.q = noise(problem.H * problem.N * problem.D, 4);
  problem.k = noise(problem.G * problem.M * problem.D, 5);
  problem.v = noise(problem.G * problem.M * problem.E, 6);
  Mixer mixer(attention);
  problem.give(mixer);
  std::atomic<bool> cancel = false;
  mixer.call.cancel = &cancel;
  std::thread watch([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    cancel = true;
  });
  EXPECT_NE(mixer.error().find("cancelled"), std::string::npos);
  watch.join();
}

TEST(Evaluate, IntermediatesRoundToNarrowElementsOnly) {
  auto twice = [](llvm::StringRef element) {
    std::string type = ("T<[s0], " + element + ">").str();
    return R"(
      mixer.func @f(%x "x": T<[s0], f32>) -> ("y": T<[s0], f64>) extents [<"N">] {
        %t = mixer.eq "t" [i: s0] : )" +
           element.str() + R"( (%i) {
          %0 = mixer.at %x[%i] : T<[s0], f32>
          %1 = arith.mulf %0, %0 : f32
          mixer.yield %1 : f32
        }
        %y = mixer.eq "y" [i: s0] : f64 (%i) {
          %0 = mixer.at %t[%i] : )" +
           type + R"(
          %1 = arith.extf %0 : f32 to f64
          mixer.yield %1 : f64
        }
        mixer.return %y : T<[s0], f64>
      })";
  };
  double x = 1 + 0x1p-20;
  expectNear(Mixer(twice("f32")).with("x", vector({x}, Element::F32)).values(), {x * x}, 0);
  expectNear(Mixer(twice("bf16")).with("x", vector({1 + 0x3p-9}, Element::F32)).values(),
             {1 + 0x1p-6}, 0);
  expectNear(Mixer(twice("f32")).with("x", vector({x}, Element::F32)).values<float>(),
             {static_cast<float>(x) * static_cast<float>(x)}, 0);
}

TEST(Evaluate, ComplexNumbersOfDoublesAreIntermediates) {
  // c64 met by f64: stored, cast and transformed as a pair of doubles.
  Mixer mixer(R"(
    mixer.func @f(%x "x": T<[s0], f64>, %z "z": T<[s0], complex<f32>>)
        -> ("y": T<[s0], f64>, "w": T<[s0], complex<f32>>) extents [<"N">] {
      %t = mixer.eq "t" [i: s0] : complex<f64> (%i) {
        %0 = mixer.at %x[%i] : T<[s0], f64>
        %1 = mixer.cast %0 to complex<f64> : f64 -> complex<f64>
        %2 = mixer.at %z[%i] : T<[s0], complex<f32>>
        %3 = mixer.cast %2 to complex<f64> : complex<f32> -> complex<f64>
        %4 = complex.mul %1, %3 : complex<f64>
        mixer.yield %4 : complex<f64>
      }
      %u = mixer.scatter sum "u" [i: s0] : T<[1], complex<f64>> (%i) {
        %0 = mixer.at %t[%i] : T<[s0], complex<f64>>
        %c0 = arith.constant 0 : index
        mixer.yield %c0, %0 : index, complex<f64>
      }
      %y = mixer.eq "y" [i: s0] : f64 (%i) {
        %0 = mixer.at %u[0] : T<[1], complex<f64>>
        %1 = mixer.at %t[%i] : T<[s0], complex<f64>>
        %2 = complex.sub %0, %1 : complex<f64>
        %3 = complex.im %2 : complex<f64>
        mixer.yield %3 : f64
      }
      %w = mixer.eq "w" [f: s0] : complex<f32> (%f) {
        %0 = mixer.transform fft [n: s0] at %f length s0 : complex<f64> (%n) {
          %1 = mixer.at %t[%n] : T<[s0], complex<f64>>
          mixer.yield %1 : complex<f64>
        }
        %2 = mixer.cast %0 to complex<f32> : complex<f64> -> complex<f32>
        mixer.yield %2 : complex<f32>
      }
      mixer.return %y, %w : T<[s0], f64>, T<[s0], complex<f32>>
    })");
  double x0 = 1 + 0x1p-40, x1 = 3 - 0x1p-45;
  HostTensor z = llvm::cantFail(HostTensor::make(Element::C64, {2}));
  encodeComplex(Element::C64, {1, 2}, z.data);
  encodeComplex(Element::C64, {-3, 5}, z.data + byteSize(Element::C64));
  mixer.with("x", vector({x0, x1})).with("z", z);
  expectNear(mixer.values(), {5 * x1, 2 * x0}, 0);
  // In the direct evaluation f32 is narrow, but f64 is not.
  expectNear(mixer.values<float>(), {5 * x1, 2 * x0}, 0);
  auto narrow = [](double value) { return double(static_cast<float>(value)); };
  expectNear(
      mixer.values(1),
      {narrow(x0 - 3 * x1), narrow(2 * x0 + 5 * x1), narrow(x0 + 3 * x1), narrow(2 * x0 - 5 * x1)},
      0);
}

TEST(Evaluate, RowsThatDoNotFitMemoryAreRefused) {
  auto over = [](llvm::StringRef op, llvm::StringRef type) {
    std::string text = (R"(
      mixer.func @f() -> ("y": T<[2], )" +
                        type + R"(>) extents [<"N">, <"M">] {
        %y = mixer.eq "y" [i: 2] : )" +
                        type + " (%i) {\n%r = " + op + R"( (%c) {
            %s = arith.constant 1.0 : f32
            mixer.yield %s : f32
          }
          mixer.yield %r : )" +
                        (type == "i64" ? "index" : type) + R"(
        }
        mixer.return %y : T<[2], )" +
                        type + R"(>
      })")
                           .str();
    return Mixer(text).dim("N", int64_t(1) << 50).dim("M", INT64_MAX).error();
  };
  auto expectRefused = [](const std::string &error, const std::string &count) {
    EXPECT_NE(error.find("a row of " + count + " values does not fit memory"), std::string::npos)
        << error;
  };
  expectRefused(over("mixer.reduce logsumexp [c: s0] : f32", "f32"), "1125899906842624");
  expectRefused(over("mixer.along softmax [c: s0] at (%i) : f32", "f32"), "1125899906842624");
  expectRefused(over("mixer.order argtop [c: s0] rank %i : index", "i64"), "1125899906842624");
  expectRefused(over("mixer.along softmax [c: -4 to s1] at (%i) : f32", "f32"), "2^63 or more");
  std::string transform =
      over("mixer.transform rfft [c: s0] at %i length s0 : complex<f32>", "complex<f32>");
  EXPECT_NE(transform.find("beyond the reference"), std::string::npos) << transform;
}

TEST(Evaluate, AnOutputMayBeAnArgumentOrReadAgain) {
  Mixer mixer(R"(
    mixer.func @f(%x "x": T<[s0], bf16>) -> ("x1": T<[s0], bf16>, "y": T<[s0], i8>) extents [<"N">] {
      %y = mixer.eq "y" [i: s0] : i8 (%i) {
        %0 = mixer.at %x[%i] : T<[s0], bf16>
        %1 = mixer.cast %0 to i64 : f32 -> index
        mixer.yield %1 : index
      }
      mixer.return %x, %y : T<[s0], bf16>, T<[s0], i8>
    })");
  mixer.with("x", vector({1.5, 1000, -3}, Element::BF16));
  expectNear(mixer.values(0), {1.5, 1000, -3}, 0);
  expectNear(mixer.values(1), {1, 127, -3}, 0);
}
