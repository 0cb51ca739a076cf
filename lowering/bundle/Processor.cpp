//===- Processor.cpp - what a bundle asks of a processor ------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/bundle/Processor.h"

#include "llvm/MC/MCSubtargetInfo.h"

using namespace mixc::lowering;

namespace {
struct Feature {
  const char *name; ///< in LLVM
  uint32_t mixc_bundle_processor::*word;
  int bit;
};
} // namespace

using Words = mixc_bundle_processor;

/// Where cpuid tells of the features that code generators make use of unasked.
static constexpr Feature features[] = {{"sse3", &Words::leaf1_ecx, 0},
                                       {"pclmul", &Words::leaf1_ecx, 1},
                                       {"ssse3", &Words::leaf1_ecx, 9},
                                       {"fma", &Words::leaf1_ecx, 12},
                                       {"cx16", &Words::leaf1_ecx, 13},
                                       {"sse4.1", &Words::leaf1_ecx, 19},
                                       {"sse4.2", &Words::leaf1_ecx, 20},
                                       {"movbe", &Words::leaf1_ecx, 22},
                                       {"popcnt", &Words::leaf1_ecx, 23},
                                       {"aes", &Words::leaf1_ecx, 25},
                                       {"avx", &Words::leaf1_ecx, 28},
                                       {"f16c", &Words::leaf1_ecx, 29},
                                       {"bmi", &Words::leaf7_ebx, 3},
                                       {"avx2", &Words::leaf7_ebx, 5},
                                       {"bmi2", &Words::leaf7_ebx, 8},
                                       {"avx512f", &Words::leaf7_ebx, 16},
                                       {"avx512dq", &Words::leaf7_ebx, 17},
                                       {"adx", &Words::leaf7_ebx, 19},
                                       {"avx512ifma", &Words::leaf7_ebx, 21},
                                       {"avx512cd", &Words::leaf7_ebx, 28},
                                       {"avx512bw", &Words::leaf7_ebx, 30},
                                       {"avx512vl", &Words::leaf7_ebx, 31},
                                       {"avx512vbmi", &Words::leaf7_ecx, 1},
                                       {"avx512vbmi2", &Words::leaf7_ecx, 6},
                                       {"gfni", &Words::leaf7_ecx, 8},
                                       {"vaes", &Words::leaf7_ecx, 9},
                                       {"vpclmulqdq", &Words::leaf7_ecx, 10},
                                       {"avx512vnni", &Words::leaf7_ecx, 11},
                                       {"avx512bitalg", &Words::leaf7_ecx, 12},
                                       {"avx512vpopcntdq", &Words::leaf7_ecx, 14},
                                       {"avx512fp16", &Words::leaf7_edx, 23},
                                       {"avxvnni", &Words::leaf7_1_eax, 4},
                                       {"avx512bf16", &Words::leaf7_1_eax, 5},
                                       {"avxifma", &Words::leaf7_1_eax, 23},
                                       {"avxvnniint8", &Words::leaf7_1_edx, 4},
                                       {"avxneconvert", &Words::leaf7_1_edx, 5},
                                       {"avxvnniint16", &Words::leaf7_1_edx, 10},
                                       {"lzcnt", &Words::extended_ecx, 5},
                                       {"sse4a", &Words::extended_ecx, 6},
                                       {"xop", &Words::extended_ecx, 11},
                                       {"fma4", &Words::extended_ecx, 16},
                                       {"tbm", &Words::extended_ecx, 21},
                                       // What the system saves when it changes threads.
                                       {"avx", &Words::xcr0, 1},
                                       {"avx", &Words::xcr0, 2},
                                       {"avx512f", &Words::xcr0, 5},
                                       {"avx512f", &Words::xcr0, 6},
                                       {"avx512f", &Words::xcr0, 7}};

llvm::Expected<mixc_bundle_processor> bundle::processorOf(const host::CpuTarget &target) {
  auto machine = host::createTargetMachine(target);
  if (!machine)
    return machine.takeError();
  mixc_bundle_processor words = {};
  if ((*machine)->getTargetTriple().isX86())
    for (const Feature &feature : features)
      if ((*machine)->getMCSubtargetInfo()->checkFeatures(std::string("+") + feature.name))
        words.*feature.word |= uint32_t(1) << feature.bit;
  return words;
}
