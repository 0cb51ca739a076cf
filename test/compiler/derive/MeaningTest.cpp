//===- MeaningTest.cpp - every pass keeps the meaning ---------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Inv 2: of every spec, evaluates the equations as written and after each pass of the derivation,
// on the same tiny random arguments, extents of 0 and 1 among them. Sums are reordered, so the
// values agree to rounding. And what is read stays provably in bounds.
//
//===----------------------------------------------------------------------===//

#include "compiler/derive/Passes.h"
#include "compiler/driver/Draw.h"
#include "compiler/driver/Extents.h"
#include "compiler/reference/Evaluate.h"
#include "dialects/mixer/analysis/Bounds.h"
#include "frontends/mix/Frontend.h"

#include "mlir/Pass/PassInstrumentation.h"
#include "mlir/Pass/PassManager.h"
#include "gtest/gtest.h"

#include <filesystem>
#include <random>

using namespace mlir;
using namespace mixc;
namespace fs = std::filesystem;

namespace {

using Outputs = llvm::SmallVector<reference::HostTensor>;

/// A call of a mixer and what it gives.
struct Example {
  reference::Call call;
  Outputs outputs;
};

/// Random arguments at the extents `sizes`, a fraction of the optional ones left out; none where
/// some shape is no shape or large.
std::optional<reference::Call> drawCall(mixer::FuncOp func, ArrayRef<int64_t> sizes,
                                        unsigned seed) {
  reference::Call call;
  for (auto [position, attr] : llvm::enumerate(func.getExtents()))
    if (auto extent = cast<mixer::ExtentAttr>(attr); extent.getKind() == mixer::ExtentKind::dynamic)
      call.dims[extent.getName()] = sizes[position];
  for (auto [position, argument] : llvm::enumerate(func.getBody().getArguments())) {
    auto type = cast<mixer::MixerTensorType>(argument.getType());
    StringRef name = cast<StringAttr>(func.getArgNames()[position]).getValue();
    auto shape = driver::shapeAt(type, name, sizes);
    if (!shape) {
      llvm::consumeError(shape.takeError());
      return std::nullopt;
    }
    auto tensor = llvm::cantFail(reference::HostTensor::make(driver::elementOf(type), *shape));
    if (tensor.numElements() > 20000)
      return std::nullopt;
    if (func.getArgOptional()[position] && seed % 2)
      continue;
    driver::draw(tensor, seed, name, driver::subscriptRange(func, position, sizes));
    call.arguments[name] = std::move(tensor);
  }
  return call;
}

/// The first random call with extents from `least` on for which `func` has a value.
std::optional<Example> findExample(mixer::FuncOp func, int64_t least) {
  std::mt19937 random(1);
  for (unsigned trial = 0; trial < 400; ++trial) {
    int64_t count = trial < 100 ? 4 : trial < 200 ? 8 : 16;
    llvm::StringMap<int64_t> dims;
    for (Attribute attr : func.getExtents())
      if (auto extent = cast<mixer::ExtentAttr>(attr);
          extent.getKind() == mixer::ExtentKind::dynamic)
        dims[extent.getName()] = least + random() % count;
    auto sizes = driver::completeExtents(func, dims);
    if (!sizes) {
      llvm::consumeError(sizes.takeError());
      continue;
    }
    std::optional<reference::Call> call = drawCall(func, *sizes, trial);
    if (!call)
      continue;
    auto outputs = reference::evaluate<double>(func, *call);
    if (outputs)
      return Example{std::move(*call), std::move(*outputs)};
    llvm::consumeError(outputs.takeError());
  }
  return std::nullopt;
}

/// The parts of all values.
std::vector<double> valuesOf(const reference::HostTensor &tensor) {
  std::vector<double> values;
  for (int64_t k = 0; k < tensor.numElements(); ++k) {
    const std::byte *from = tensor.data + k * reference::byteSize(tensor.element);
    if (reference::isComplex(tensor.element)) {
      auto value = reference::decodeComplex(tensor.element, from);
      values.insert(values.end(), {value.real(), value.imag()});
    } else {
      values.push_back(reference::decode(tensor.element, from));
    }
  }
  return values;
}

/// What an output may differ by, against its largest value: sums are reordered, and outputs in f32
/// are rounded.
double tolerance(reference::Element element) {
  switch (element) {
  case reference::Element::F64:
    return 1e-12;
  case reference::Element::F32:
  case reference::Element::C64:
    return 2e-7;
  case reference::Element::F16:
    return 2e-3;
  case reference::Element::BF16:
    return 2e-2;
  default:
    return 0;
  }
}

void expectEqual(const reference::HostTensor &actual, const reference::HostTensor &expected) {
  ASSERT_EQ(actual.element, expected.element);
  ASSERT_EQ(ArrayRef(actual.shape), ArrayRef(expected.shape));
  std::vector<double> got = valuesOf(actual), want = valuesOf(expected);
  double largest = 0;
  for (double value : want)
    largest = std::isfinite(value) ? std::max(largest, std::fabs(value)) : largest;
  for (size_t k = 0; k < want.size(); ++k) {
    if (std::isnan(want[k]) || std::isinf(want[k]))
      ASSERT_TRUE(std::isnan(want[k]) ? std::isnan(got[k]) : got[k] == want[k])
          << "value " << k << ": " << got[k];
    else
      ASSERT_NEAR(got[k], want[k], tolerance(actual.element) * largest) << "value " << k;
  }
}

/// Evaluates the function after each pass.
class Evaluation : public PassInstrumentation {
public:
  explicit Evaluation(ArrayRef<Example> examples) : examples(examples) {}

  void runAfterPass(Pass *pass, Operation *op) override {
    auto func = dyn_cast<mixer::FuncOp>(op);
    if (!func || testing::Test::HasFatalFailure())
      return;
    SCOPED_TRACE("after " + pass->getArgument().str());
    for (const Example &example : examples) {
      std::string sizes;
      for (const auto &[name, size] : example.call.dims)
        sizes += name.str() + "=" + std::to_string(size) + " ";
      SCOPED_TRACE(sizes);
      auto outputs = reference::evaluate<double>(func, example.call);
      ASSERT_TRUE(static_cast<bool>(outputs)) << llvm::toString(outputs.takeError());
      for (auto [k, output] : llvm::enumerate(*outputs)) {
        SCOPED_TRACE("output " + std::to_string(k));
        expectEqual(output, example.outputs[k]);
      }
    }
    mixer::checkBounds(func, [&](const mixer::BoundsError &error) {
      ADD_FAILURE() << "not proved of " << error.tensor << ": " << error.openFact;
    });
  }

private:
  ArrayRef<Example> examples;
};

/// Small values for the params, so that small extents meet the conditions; else their defaults.
mix::Options optionsFor(const mix::Mixer &mixer, unsigned attempt) {
  mix::Options options;
  options.mixer = mixer.name.text;
  // Complex numbers are stored in single precision only.
  options.genericElement = attempt % 2 ? mix::ElementType::F32 : mix::ElementType::F64;
  attempt /= 2;
  for (const mix::Param &param : mixer.params) {
    bool isInt = param.type == mix::ParamType::Int;
    if (isInt && (attempt > 0 || !param.init))
      options.params[param.name.text] = std::to_string(1 + attempt % 4);
    else if (!param.init)
      options.params[param.name.text] = param.type == mix::ParamType::Bool ? "true"
                                        : param.type == mix::ParamType::F32
                                            ? "0.5"
                                            : param.values.front().text;
  }
  return options;
}

std::vector<std::string> specs() {
  std::vector<std::string> paths;
  for (const char *folder : {MIXC_SOURCE_DIR "/examples", MIXC_SOURCE_DIR "/test"})
    for (const fs::directory_entry &entry : fs::recursive_directory_iterator(folder))
      if (entry.path().extension() == ".mix")
        paths.push_back(entry.path().string());
  llvm::sort(paths);
  return paths;
}

class Meaning : public testing::TestWithParam<std::string> {};

TEST_P(Meaning, IsKeptByEachPass) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<mixer::MixerDialect, arith::ArithDialect, math::MathDialect,
                      complex::ComplexDialect, scf::SCFDialect>();
  mix::SourceManager sources;
  mix::Diagnostics diags(sources);
  std::unique_ptr<mix::Module> module = mix::Module::load(sources, GetParam(), diags);
  if (!module)
    GTEST_SKIP() << "a test of errors";
  unsigned evaluated = 0, mixers = 0;
  for (const mix::Mixer *mixer : module->mixers()) {
    SCOPED_TRACE(mixer->name.text);
    ++mixers;
    for (unsigned attempt = 0; attempt < 10; ++attempt) {
      mix::Diagnostics local(sources);
      OwningOpRef<ModuleOp> ir = mix::emit(context, *module, optionsFor(*mixer, attempt), local);
      if (!ir)
        continue;
      mixer::FuncOp func = *ir->getOps<mixer::FuncOp>().begin();
      std::vector<Example> examples;
      for (int64_t least : {2, 1, 0})
        if (auto example = findExample(func, least))
          examples.push_back(std::move(*example));
      if (examples.empty())
        continue;
      ++evaluated;
      PassManager derivation(&context);
      derivation.addInstrumentation(std::make_unique<Evaluation>(examples));
      derive::buildDerivation(derivation);
      ASSERT_TRUE(succeeded(derivation.run(*ir)));
      if (testing::Test::HasFailure())
        return;
      break;
    }
  }
  bool isOwn = StringRef(GetParam()).contains("/examples/") ||
               StringRef(GetParam()).contains("/derive/Inputs/");
  if (isOwn)
    EXPECT_EQ(evaluated, mixers) << "no call found for some mixer";
  else if (!evaluated)
    GTEST_SKIP() << "no call found";
}

INSTANTIATE_TEST_SUITE_P(Specs, Meaning, testing::ValuesIn(specs()), [](const auto &info) {
  std::string name;
  for (char c : fs::path(info.param).stem().string())
    name += llvm::isAlnum(c) ? c : '_';
  return name + "_" + std::to_string(info.index);
});

} // namespace
