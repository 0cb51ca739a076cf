//===- RoundTripTest.cpp - printed mixers mean the same -------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Of every spec: emit, print, emit what was printed, evaluate both on the same tiny random
// arguments; the outputs are equal bit for bit. The same with the derived equations, and for
// storage in f32 and bf16. MIXC_ROUND_TRIP names folders with further specs, separated by colons.
//
//===----------------------------------------------------------------------===//

#include "compiler/derive/Passes.h"
#include "compiler/driver/Draw.h"
#include "compiler/reference/Evaluate.h"
#include "dialects/mixer/text/MixText.h"
#include "frontends/mix/Frontend.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "gtest/gtest.h"

#include <cstdlib>
#include <filesystem>
#include <random>

using namespace mlir;
using namespace mixc;
namespace fs = std::filesystem;

namespace {

/// A spec as emitted from text.
struct Spec {
  mix::SourceManager sources;
  mix::Diagnostics diags{sources};
  std::unique_ptr<mix::Module> module;
  OwningOpRef<ModuleOp> ir;

  Spec(MLIRContext &context, const mix::Options &options, StringRef path, StringRef text) {
    module = text.empty() ? mix::Module::load(sources, path, diags)
                          : mix::Module::load(sources, sources.addText(path, text), diags);
    if (module)
      ir = mix::emit(context, *module, options, diags);
  }
  mixer::FuncOp func() { return *ir->getOps<mixer::FuncOp>().begin(); }
  std::string errors() {
    std::string text;
    llvm::raw_string_ostream os(text);
    diags.print(os);
    return text;
  }
};

using Outputs = llvm::SmallVector<reference::HostTensor>;

/// Random arguments for `func` at random extents, for which it has a value; none where there is
/// no such call among the first few hundred.
std::optional<std::pair<reference::Call, Outputs>> findCall(mixer::FuncOp func, unsigned seed) {
  std::mt19937 random(seed);
  for (int trial = 0; trial < 400; ++trial) {
    reference::Call call;
    SmallVector<int64_t> sizes;
    for (Attribute attr : func.getExtents()) {
      auto extent = cast<mixer::ExtentAttr>(attr);
      std::optional<int64_t> size;
      if (extent.getKind() == mixer::ExtentKind::dynamic) {
        size = 1 + random() % (trial < 100 ? 4 : trial < 200 ? 8 : 16);
        call.dims[extent.getName()] = *size;
      } else {
        SmallVector<int64_t> operands;
        for (AffineExpr operand : extent.getArgs())
          operands.push_back(reference::evaluateExtent(operand, sizes).value_or(0));
        size = extent.getKind() == mixer::ExtentKind::max ? *llvm::max_element(operands)
                                                          : *llvm::min_element(operands);
      }
      sizes.push_back(*size);
    }
    bool fits = true;
    for (auto [position, argument] : llvm::enumerate(func.getBody().getArguments())) {
      auto type = cast<mixer::MixerTensorType>(argument.getType());
      SmallVector<int64_t> shape;
      int64_t points = 1;
      for (AffineExpr upper : type.getUpper()) {
        shape.push_back(reference::evaluateExtent(upper, sizes).value_or(-1));
        fits &= shape.back() >= 0;
        points *= shape.back();
      }
      fits = fits && points < 20000;
      if (!fits)
        break;
      StringRef name = cast<StringAttr>(func.getArgNames()[position]).getValue();
      if (func.getArgOptional()[position] && trial % 2)
        continue;
      auto tensor = llvm::cantFail(reference::HostTensor::make(
          *reference::parseElement(mixer::elementName(type.getElement())), shape));
      driver::draw(tensor, seed + trial, name, driver::subscriptRange(func, position, sizes));
      call.arguments[name] = std::move(tensor);
    }
    if (!fits)
      continue;
    if (auto outputs = reference::evaluate<double>(func, call))
      return std::pair(std::move(call), std::move(*outputs));
    else
      llvm::consumeError(outputs.takeError());
  }
  return std::nullopt;
}

bool sameBits(const reference::HostTensor &a, const reference::HostTensor &b) {
  return a.shape == b.shape && a.element == b.element &&
         std::memcmp(a.data, b.data, a.numBytes()) == 0;
}

/// Prints `func`, emits the text and evaluates it on `call`.
void expectSame(mixer::FuncOp func, const reference::Call &call, const Outputs &expected) {
  FailureOr<std::string> text = mixer::printMix(func);
  ASSERT_TRUE(succeeded(text));
  mix::Options options;
  options.openParams = true; // A param of the text was an extent.
  Spec again(*func.getContext(), options, "printed.mix", *text);
  ASSERT_TRUE(again.ir) << *text << again.errors();
  auto outputs = reference::evaluate<double>(again.func(), call);
  ASSERT_TRUE(static_cast<bool>(outputs)) << *text << llvm::toString(outputs.takeError());
  ASSERT_EQ(outputs->size(), expected.size());
  for (auto [k, output] : llvm::enumerate(*outputs))
    EXPECT_TRUE(sameBits(output, expected[k])) << "output " << k << " of\n" << *text;
}

std::unique_ptr<MLIRContext> makeContext() {
  auto context = std::make_unique<MLIRContext>(MLIRContext::Threading::DISABLED);
  context->loadDialect<mixer::MixerDialect, arith::ArithDialect, math::MathDialect,
                       complex::ComplexDialect, scf::SCFDialect>();
  return context;
}

std::vector<std::string> specs() {
  std::vector<std::string> folders = {MIXC_SOURCE_DIR "/examples",
                                      MIXC_SOURCE_DIR "/test/dialects/mixer/text/Inputs"};
  if (const char *more = std::getenv("MIXC_ROUND_TRIP")) {
    SmallVector<StringRef> names;
    StringRef(more).split(names, ':');
    folders.insert(folders.end(), names.begin(), names.end());
  }
  std::vector<std::string> paths;
  for (const std::string &folder : folders)
    for (const fs::directory_entry &entry : fs::recursive_directory_iterator(folder))
      if (entry.path().extension() == ".mix")
        paths.push_back(entry.path().string());
  llvm::sort(paths);
  return paths;
}

/// Small values for the params, so that small extents meet the conditions; else their defaults.
mix::Options optionsFor(const mix::Mixer &mixer, unsigned attempt) {
  mix::Options options;
  std::mt19937 random(attempt);
  for (const mix::Param &param : mixer.params) {
    std::string &value = options.params[param.name.text];
    bool keep = param.init && (attempt == 0 || param.type != mix::ParamType::Int);
    if (keep)
      options.params.erase(param.name.text);
    else if (param.type == mix::ParamType::Int)
      value = std::to_string(attempt == 1 ? 2 : 1 + random() % 4);
    else if (param.type == mix::ParamType::Bool)
      value = attempt % 2 ? "true" : "false";
    else
      value = param.type == mix::ParamType::F32 ? "0.5" : param.values.front().text;
  }
  return options;
}

class RoundTrip : public testing::TestWithParam<std::string> {};

TEST_P(RoundTrip, KeepsTheMeaning) {
  auto context = makeContext();
  auto load = [&](const mix::Options &options) {
    return std::make_unique<Spec>(*context, options, GetParam(), "");
  };
  auto parsed = load({});
  if (!parsed->module)
    GTEST_SKIP() << parsed->errors();
  unsigned mixers = 0, calls = 0;
  for (const mix::Mixer *mixer : parsed->module->mixers()) {
    ++mixers;
    for (mix::ElementType element : {mix::ElementType::F32, mix::ElementType::BF16}) {
      for (unsigned attempt = 0; attempt < 8; ++attempt) {
        mix::Options options = optionsFor(*mixer, attempt);
        options.mixer = mixer->name.text;
        options.genericElement = element;
        auto spec = load(options);
        if (!spec->ir)
          continue;
        auto found = findCall(spec->func(), attempt + 1);
        if (!found)
          continue;
        ++calls;
        auto &[call, outputs] = *found;
        {
          SCOPED_TRACE("as written");
          expectSame(spec->func(), call, outputs);
        }
        PassManager derivation(context.get());
        derive::buildDerivation(derivation);
        ASSERT_TRUE(succeeded(derivation.run(*spec->ir)));
        auto derived = reference::evaluate<double>(spec->func(), call);
        ASSERT_TRUE(static_cast<bool>(derived)) << llvm::toString(derived.takeError());
        SCOPED_TRACE("as derived");
        expectSame(spec->func(), call, *derived);
        break;
      }
    }
  }
  if (mixers && !calls)
    GTEST_SKIP() << "no call found " << parsed->errors();
}

INSTANTIATE_TEST_SUITE_P(Specs, RoundTrip, testing::ValuesIn(specs()), [](const auto &info) {
  std::string name;
  for (char c : fs::path(info.param).stem().string())
    name += llvm::isAlnum(c) ? c : '_';
  return name + "_" + std::to_string(info.index);
});

/// What passes make and the front end does not.
TEST(RoundTripOfPasses, KeepsTheMeaning) {
  auto context = makeContext();
  auto ir = parseSourceFile<ModuleOp>(
      MIXC_SOURCE_DIR "/test/dialects/mixer/text/Inputs/passes.mlir", context.get());
  ASSERT_TRUE(ir);
  for (mixer::FuncOp func : ir->getOps<mixer::FuncOp>()) {
    SCOPED_TRACE(func.getSymName().str());
    auto found = findCall(func, 1);
    ASSERT_TRUE(found);
    expectSame(func, found->first, found->second);
  }
}

} // namespace
