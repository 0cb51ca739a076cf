//===- Interface.cpp - what emulated code calls ---------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/emulator/interface.h"

#include "runtime/emulator/Block.h"

using namespace mixc::runtime::emulator;

void mixc_emu_read(Thread *thread, const Region *region, const void *address, uint64_t bytes,
                   uint32_t site) {
  thread->block->access(*thread, region, reinterpret_cast<uintptr_t>(address), bytes, Access::Read,
                        site);
}
void mixc_emu_write(Thread *thread, const Region *region, const void *address, uint64_t bytes,
                    uint32_t site) {
  thread->block->access(*thread, region, reinterpret_cast<uintptr_t>(address), bytes, Access::Write,
                        site);
}
void mixc_emu_atomic(Thread *thread, const Region *region, const void *address, uint64_t bytes,
                     uint32_t site) {
  thread->block->access(*thread, region, reinterpret_cast<uintptr_t>(address), bytes,
                        Access::Atomic, site);
}

const Region *mixc_emu_parameter(Thread *thread, uint32_t parameter) {
  return thread->block->parameter(*thread, parameter);
}
const Region *mixc_emu_shared(Thread *thread, uint32_t variable) {
  return thread->block->shared(variable);
}
const Region *mixc_emu_alloca(Thread *thread, uint64_t bytes) {
  return thread->block->allocate(*thread, bytes);
}

void mixc_emu_barrier(Thread *thread, uint32_t site) {
  thread->block->waitAtBarrier(*thread, site);
}

void mixc_emu_collective(Thread *thread, mixc_emu_body body, uint64_t mask,
                         const uint64_t *operands, uint64_t *results, uint32_t site) {
  thread->body = body;
  thread->mask = mask;
  thread->operands = operands;
  thread->results = results;
  thread->site = site;
  thread->block->waitForWarp(*thread);
}

std::span<const Symbol> mixc::runtime::emulator::symbols() {
#define ENTRY(name)                                                                                \
  {                                                                                                \
    #name, reinterpret_cast<void *>(&name)                                                         \
  }
  static const Symbol table[] = {
      ENTRY(mixc_emu_read),      ENTRY(mixc_emu_write),         ENTRY(mixc_emu_atomic),
      ENTRY(mixc_emu_parameter), ENTRY(mixc_emu_shared),        ENTRY(mixc_emu_alloca),
      ENTRY(mixc_emu_barrier),   ENTRY(mixc_emu_collective),    ENTRY(mixc_emu_shfl),
      ENTRY(mixc_emu_vote),      ENTRY(mixc_emu_syncwarp),      ENTRY(mixc_emu_bpermute),
      ENTRY(mixc_emu_readlane),  ENTRY(mixc_emu_readfirstlane), ENTRY(mixc_emu_ballot),
      ENTRY(mixc_emu_dpp),       ENTRY(mixc_emu_swizzle),       ENTRY(mixc_emu_permlanex16)};
#undef ENTRY
  return table;
}
