//===- interface.h - what emulated code calls -------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Emulated kernels are functions of the host; each access to memory and each instruction that the
// host lacks is a call of a function below. They return when the thread may go on, and never where
// the thread did something wrong: the fault is noted and the launch ends.
//
// `site` numbers the places of a module's code. A pointer travels with the region that it came
// from: the memory it may be used for. A null region is looked up by the address.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_RUNTIME_EMULATOR_INTERFACE_H
#define MIXC_RUNTIME_EMULATOR_INTERFACE_H

#include <cstdint>
#include <span>

/// The place of a thread in its launch, which compiled code reads itself.
struct mixc_emu_ids {
  uint32_t thread[3], blockSize[3], block[3], blocks[3];
  uint32_t lane, warpWidth;
};

/// A thread; begins with its ids.
struct mixc_emu_thread;
/// Begins with the address of the memory.
struct mixc_emu_region;
/// Threads of one warp that execute one instruction together.
struct mixc_emu_group;

/// An emulated kernel; `parameters` are those of the launch, 8 bytes each.
using mixc_emu_kernel = void (*)(mixc_emu_thread *thread, const uint64_t *parameters);

/// The body of an instruction that a warp executes as one: reads the operands of the group's
/// threads, writes their results.
using mixc_emu_body = void (*)(mixc_emu_group *group);

extern "C" {

/// Access to `bytes` bytes at `address`.
void mixc_emu_read(mixc_emu_thread *thread, const mixc_emu_region *region, const void *address,
                   uint64_t bytes, uint32_t site);
void mixc_emu_write(mixc_emu_thread *thread, const mixc_emu_region *region, const void *address,
                    uint64_t bytes, uint32_t site);
void mixc_emu_atomic(mixc_emu_thread *thread, const mixc_emu_region *region, const void *address,
                     uint64_t bytes, uint32_t site);

/// The region of the pointer that is parameter number `parameter` of the kernel.
const mixc_emu_region *mixc_emu_parameter(mixc_emu_thread *thread, uint32_t parameter);
/// The region of shared variable number `variable` of the module.
const mixc_emu_region *mixc_emu_shared(mixc_emu_thread *thread, uint32_t variable);
/// New private memory, until the thread ends.
const mixc_emu_region *mixc_emu_alloca(mixc_emu_thread *thread, uint64_t bytes);

/// Waits for all threads of the block.
void mixc_emu_barrier(mixc_emu_thread *thread, uint32_t site);

/// An instruction of a warp. `mask` says which lanes must take part; 0: whichever do. `operands`
/// and `results` are this thread's, 8 bytes each.
void mixc_emu_collective(mixc_emu_thread *thread, mixc_emu_body body, uint64_t mask,
                         const uint64_t *operands, uint64_t *results, uint32_t site);

// Bodies. The operands stand behind each, then `->` and the results.

/// NVIDIA's shfl.sync: kind (0 bfly, 1 up, 2 down, 3 idx), value, lane or distance, clamp and
/// segment mask -> value, whether the source lay in range.
void mixc_emu_shfl(mixc_emu_group *group);
/// NVIDIA's vote.sync: kind (0 any, 1 all, 2 ballot, 3 uni), predicate -> the vote.
void mixc_emu_vote(mixc_emu_group *group);
/// NVIDIA's bar.warp.sync ->.
void mixc_emu_syncwarp(mixc_emu_group *group);
/// AMD's ds_bpermute: address (4 times a lane), value -> the value of that lane.
void mixc_emu_bpermute(mixc_emu_group *group);
/// AMD's v_readlane: value, lane -> the value of that lane.
void mixc_emu_readlane(mixc_emu_group *group);
/// AMD's v_readfirstlane: value -> that of the first active lane.
void mixc_emu_readfirstlane(mixc_emu_group *group);
/// AMD's ballot: predicate -> a bit for each active lane.
void mixc_emu_ballot(mixc_emu_group *group);
/// AMD's data parallel primitives: old value, value, control, row mask, bank mask, bound control ->
/// a value.
void mixc_emu_dpp(mixc_emu_group *group);
/// AMD's ds_swizzle: value, pattern -> a value.
void mixc_emu_swizzle(mixc_emu_group *group);
/// AMD's v_permlanex16: old value, value, lane selects low and high, fetch inactive, bound control
/// -> a value of the other row of 16.
void mixc_emu_permlanex16(mixc_emu_group *group);

} // extern "C"

namespace mixc::runtime::emulator {

/// The functions above, by their names.
struct Symbol {
  const char *name;
  void *address;
};
std::span<const Symbol> symbols();

} // namespace mixc::runtime::emulator

#endif // MIXC_RUNTIME_EMULATOR_INTERFACE_H
