//===- Block.h - a block of threads -----------------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs the threads of a block on one thread of the host, always in the same order.
//
// Where a kernel never waits, one fibre runs its threads one after the other. Else each thread is a
// fibre that runs until it waits: warp after warp, within a warp lane after lane, and each warp as
// far as it gets by itself. An instruction of a warp is executed when no lane of it can go on
// without: of several that are waited for, the first in the program. A barrier opens when all
// threads of the block wait at it.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_RUNTIME_EMULATOR_BLOCK_H
#define MIXC_RUNTIME_EMULATOR_BLOCK_H

#include "runtime/emulator/Fibre.h"
#include "runtime/emulator/Module.h"
#include "runtime/emulator/Region.h"

#include <deque>
#include <memory>
#include <optional>

namespace mixc::runtime::emulator {

class Block;

/// What is common to the threads of a launch.
struct Grid {
  const Code *code;
  const Kernel *kernel;
  const char *name;
  const uint64_t *parameters;
  /// By parameter: the memory of the pointers among them.
  std::vector<Region> regions;
  /// The scratch memory of all threads, and which parameter it is.
  uintptr_t scratch;
  size_t scratchBytes;
  size_t scratchParameter;
  uint32_t blocks, blockSize;
  Era era;
};

/// Finds the memory around an address; null where there is none.
using FindRegion = const Region *(*)(void *device, uintptr_t address);

} // namespace mixc::runtime::emulator

/// A thread of a block; of a kernel that never waits, one stands for all.
struct mixc_emu_thread {
  mixc_emu_ids ids{};
  mixc::runtime::emulator::Block *block = nullptr;
  uint32_t index = 0;
  uint32_t warpEpoch = 0;
  mixc::runtime::emulator::Region scratch;

  enum State { Ready, AtBarrier, AtCollective, Done } state = Done;
  /// Where it waits.
  uint32_t site = 0;
  mixc_emu_body body = nullptr;
  uint64_t mask = 0;
  const uint64_t *operands = nullptr;
  uint64_t *results = nullptr;

  mixc::runtime::emulator::Fibre fibre;

  /// Memory of the thread's variables; the first `numPrivate` are in use.
  struct Private {
    mixc::runtime::emulator::Region region;
    std::vector<unsigned char> bytes, written;
  };
  std::deque<Private> privates;
  size_t numPrivate = 0;
};

/// The threads of a warp at one instruction.
struct mixc_emu_group {
  uint32_t width;
  uint64_t active;
  mixc_emu_thread *const *lanes;

  bool isActive(uint32_t lane) const { return lane < width && (active >> lane & 1); }
  uint64_t operand(uint32_t lane, unsigned k) const { return lanes[lane]->operands[k]; }
  void set(uint32_t lane, unsigned k, uint64_t value) { lanes[lane]->results[k] = value; }
  /// The operand of lane `from`, read by lane `by`: a fault where nobody is there.
  uint64_t operandOf(uint32_t from, unsigned k, uint32_t by);
  /// Calls `function(lane)` for each lane that takes part.
  template <typename Function> void each(Function function) {
    for (uint32_t lane = 0; lane < width; ++lane)
      if (isActive(lane))
        function(lane);
  }
};

namespace mixc::runtime::emulator {

using Thread = mixc_emu_thread;
using Group = mixc_emu_group;

class Block {
public:
  Block(FindRegion find, void *device) : findRegion(find), device(device) {}

  /// Runs block number `number`; false after a fault.
  bool run(const Grid &grid, uint32_t number);

  /// What went wrong. Only the first fault is noted.
  const std::optional<Fault> &fault() const { return fault_; }
  void clearFault() { fault_.reset(); }

  // What threads ask for.
  void access(Thread &thread, const Region *region, uintptr_t address, size_t bytes, Access kind,
              uint32_t site);
  const Region *parameter(Thread &thread, uint32_t parameter);
  const Region *shared(uint32_t variable) const { return &sharedRegions[variable]; }
  const Region *allocate(Thread &thread, size_t bytes);
  void waitAtBarrier(Thread &thread, uint32_t site);
  void waitForWarp(Thread &thread);

  /// Notes the fault.
  void fail(const Thread &thread, const std::string &text, uint32_t site,
            std::vector<Fault::Note> notes = {});
  /// A thread as reports name it.
  std::string nameOf(uint32_t block, uint32_t thread) const;
  const Place &placeOf(uint32_t site) const;

private:
  void prepare(Thread &thread, uint32_t index);
  void makeShared();
  void runInOrder();
  void runFibres();
  /// Runs a warp as far as it gets without the others.
  void runWarp(uint32_t first, uint32_t count);
  /// Executes what the lanes wait for; false where none waits for anything.
  bool runCollective(Thread *const *lanes, uint32_t count);
  void openBarrier();
  [[noreturn]] void leave(Thread &thread);
  void reportConflict(const Thread &thread, const Region &region, uintptr_t address, size_t bytes,
                      const Stamp &stamp, const Conflict &conflict);

  FindRegion findRegion;
  void *device;
  const Grid *grid = nullptr;
  const Code *sharedOf = nullptr;
  uint32_t number = 0, epoch = 0, sharedEra = 0;
  std::deque<Thread> threads;
  std::unique_ptr<unsigned char, void (*)(void *)> sharedMemory{nullptr, nullptr};
  size_t sharedBytes = 0;
  std::unique_ptr<Shadow> sharedShadow;
  std::vector<Region> sharedRegions;
  /// For the scratch of the block's threads: which bytes were written.
  std::vector<unsigned char> scratchWritten;
  std::optional<Fault> fault_;
};

} // namespace mixc::runtime::emulator

#endif // MIXC_RUNTIME_EMULATOR_BLOCK_H
