//===- Block.cpp - a block of threads -------------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/emulator/Block.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>

using namespace mixc::runtime;
using namespace mixc::runtime::emulator;

//===----------------------------------------------------------------------===//
// Preparation
//===----------------------------------------------------------------------===//

/// Each variable aligned to, and apart from its neighbour by, a line of shadow.
static constexpr size_t sharedAlignment = 64;

static size_t aligned(size_t bytes) {
  return (bytes + sharedAlignment - 1) / sharedAlignment * sharedAlignment;
}

void Block::makeShared() {
  const Code &code = *grid->code;
  if (sharedOf != &code) {
    sharedOf = &code;
    sharedRegions.clear();
    sharedBytes = 0;
    for (const SharedVariable &variable : code.shared)
      sharedBytes += aligned(variable.bytes);
    sharedMemory = {static_cast<unsigned char *>(std::aligned_alloc(
                        sharedAlignment, std::max(sharedBytes, sharedAlignment))),
                    std::free};
    auto at = reinterpret_cast<uintptr_t>(sharedMemory.get());
    sharedShadow = std::make_unique<Shadow>(at, sharedBytes, /*transient=*/true);
    for (const SharedVariable &variable : code.shared) {
      Region region;
      region.begin = at;
      region.end = at + variable.bytes;
      region.name = "shared variable `" + variable.name + "`";
      region.shadow = sharedShadow.get();
      region.ofBlock = true;
      sharedRegions.push_back(std::move(region));
      at += aligned(variable.bytes);
    }
  }
  // Not a number: what is read before it is written shows.
  std::memset(sharedMemory.get(), 0xff, sharedBytes);
  ++sharedEra;
}

void Block::prepare(Thread &thread, uint32_t index) {
  thread.block = this;
  thread.index = index;
  thread.warpEpoch = 0;
  thread.numPrivate = 0;
  thread.ids = {{index, 0, 0},        {grid->blockSize, 1, 1},       {number, 0, 0},
                {grid->blocks, 1, 1}, index % grid->code->warpWidth, grid->code->warpWidth};
  uint64_t inGrid = uint64_t(number) * grid->blockSize + index;
  thread.scratch.begin = grid->scratch + inGrid * grid->scratchBytes;
  thread.scratch.end = thread.scratch.begin + grid->scratchBytes;
  thread.scratch.written = scratchWritten.data() + index * grid->scratchBytes;
  thread.scratch.isFresh = true;
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

bool Block::run(const Grid &wanted, uint32_t block) {
  grid = &wanted;
  number = block;
  epoch = 0;
  makeShared();
  scratchWritten.resize(std::max(scratchWritten.size(), grid->blockSize * grid->scratchBytes));
  while (threads.size() < (grid->kernel->waits ? grid->blockSize : 1)) {
    threads.emplace_back();
    threads.back().scratch.name = "scratch memory";
  }
  if (grid->kernel->waits)
    runFibres();
  else
    runInOrder();
  return !fault_;
}

void Block::runInOrder() {
  Thread &thread = threads.front();
  thread.block = this;
  thread.fibre.start(
      [](void *argument) {
        auto &thread = *static_cast<Thread *>(argument);
        Block &block = *thread.block;
        const Grid &grid = *block.grid;
        for (uint32_t index = 0; index < grid.blockSize; ++index) {
          block.prepare(thread, index);
          grid.kernel->function(&thread, grid.parameters);
        }
      },
      &thread);
  thread.fibre.resume();
}

void Block::runFibres() {
  for (uint32_t index = 0; index < grid->blockSize; ++index) {
    Thread &thread = threads[index];
    prepare(thread, index);
    thread.state = Thread::Ready;
    thread.fibre.start(
        [](void *argument) {
          auto &thread = *static_cast<Thread *>(argument);
          const Grid &grid = *thread.block->grid;
          grid.kernel->function(&thread, grid.parameters);
          thread.state = Thread::Done;
        },
        &thread);
  }
  uint32_t width = grid->code->warpWidth;
  auto isDone = [](const Thread &thread) { return thread.state == Thread::Done; };
  auto end = threads.begin() + grid->blockSize;
  do {
    for (uint32_t first = 0; first < grid->blockSize && !fault_; first += width)
      runWarp(first, std::min(width, grid->blockSize - first));
    if (fault_ || std::all_of(threads.begin(), end, isDone))
      return;
    openBarrier();
  } while (!fault_);
}

void Block::runWarp(uint32_t first, uint32_t count) {
  Thread *lanes[64];
  for (uint32_t lane = 0; lane < count; ++lane)
    lanes[lane] = &threads[first + lane];
  do {
    for (uint32_t lane = 0; lane < count; ++lane)
      if (lanes[lane]->state == Thread::Ready) {
        lanes[lane]->fibre.resume();
        if (fault_)
          return;
      }
  } while (runCollective(lanes, count) && !fault_);
}

void Block::openBarrier() {
  const Thread &first = threads.front();
  const Thread *waits = nullptr, *other = nullptr;
  for (uint32_t index = 0; index < grid->blockSize; ++index) {
    const Thread &thread = threads[index];
    if (thread.state == Thread::AtBarrier && !waits)
      waits = &thread;
    if (thread.state != first.state || thread.site != first.site)
      other = other ? other : &thread;
  }
  if (!other) {
    ++epoch;
    for (uint32_t index = 0; index < grid->blockSize; ++index)
      threads[index].state = Thread::Ready;
    return;
  }
  // All are done or at a barrier, and not all at one: `first` and `other` differ.
  other = waits == &first ? other : &first;
  std::string where = nameOf(number, other->index) +
                      (other->state == Thread::Done ? " has ended" : " waits at another barrier");
  fail(*waits, "waits at a barrier that not all threads of its block reach", waits->site,
       {{where, other->state == Thread::Done ? Place() : placeOf(other->site)}});
}

//===----------------------------------------------------------------------===//
// Instructions of a warp
//===----------------------------------------------------------------------===//

bool Block::runCollective(Thread *const *lanes, uint32_t count) {
  // What is waited for, in the order of the program.
  std::vector<const Thread *> waited;
  uint64_t live = 0;
  for (uint32_t lane = 0; lane < count; ++lane) {
    if (lanes[lane]->state != Thread::Done)
      live |= uint64_t(1) << lane;
    if (lanes[lane]->state == Thread::AtCollective)
      waited.push_back(lanes[lane]);
  }
  std::stable_sort(waited.begin(), waited.end(),
                   [](const Thread *a, const Thread *b) { return a->site < b->site; });

  const Thread *stuck = nullptr;
  uint64_t missing = 0;
  for (const Thread *wanted : waited) {
    uint64_t active = 0;
    for (uint32_t lane = 0; lane < count; ++lane)
      if (lanes[lane]->state == Thread::AtCollective && lanes[lane]->site == wanted->site &&
          lanes[lane]->mask == wanted->mask)
        active |= uint64_t(1) << lane;
    uint64_t absent = wanted->mask & live & ~active;
    if (absent) {
      if (!stuck) {
        stuck = wanted;
        missing = absent;
      }
      continue;
    }
    Group group{grid->code->warpWidth, active, lanes};
    wanted->body(&group);
    group.each([&](uint32_t lane) { lanes[lane]->state = Thread::Ready; });
    return true;
  }
  if (!stuck)
    return false;

  auto lane = static_cast<uint32_t>(std::countr_zero(missing));
  const Thread &absent = *lanes[lane];
  fail(*stuck,
       "waits for lane " + std::to_string(lane) +
           " of its warp, which is in the mask of the instruction but does not reach it",
       stuck->site, {{nameOf(number, absent.index) + " waits elsewhere", placeOf(absent.site)}});
  return true;
}

uint64_t Group::operandOf(uint32_t from, unsigned k, uint32_t by) {
  if (isActive(from))
    return operand(from, k);
  const Thread &reader = *lanes[by];
  reader.block->fail(reader,
                     "reads lane " + std::to_string(from) + " of its warp, which is not active",
                     reader.site);
  return 0;
}

void Block::waitAtBarrier(Thread &thread, uint32_t site) {
  thread.site = site;
  thread.state = Thread::AtBarrier;
  thread.fibre.suspend();
}

void Block::waitForWarp(Thread &thread) {
  if (thread.mask && !(thread.mask >> thread.ids.lane & 1)) {
    fail(thread, "executes an instruction of its warp without being in the mask", thread.site);
    leave(thread);
  }
  thread.state = Thread::AtCollective;
  thread.fibre.suspend();
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

const Region *Block::parameter(Thread &thread, uint32_t parameter) {
  return parameter == grid->scratchParameter ? &thread.scratch : &grid->regions[parameter];
}

const Region *Block::allocate(Thread &thread, size_t bytes) {
  if (thread.numPrivate == thread.privates.size())
    thread.privates.emplace_back();
  Thread::Private &memory = thread.privates[thread.numPrivate++];
  // Longer by what it takes to align it.
  memory.bytes.resize(std::max(memory.bytes.size(), bytes + MIXC_ALIGNMENT));
  memory.written.resize(std::max(memory.written.size(), bytes));
  memory.region.name = "a variable of the thread";
  memory.region.begin = (reinterpret_cast<uintptr_t>(memory.bytes.data()) + MIXC_ALIGNMENT - 1) &
                        -uintptr_t(MIXC_ALIGNMENT);
  memory.region.end = memory.region.begin + bytes;
  memory.region.written = memory.written.data();
  memory.region.isFresh = true;
  return &memory.region;
}

/// Notes the access of memory that one thread alone sees; false where it reads what was not
/// written.
static bool accessPrivate(const Region &region, uintptr_t address, size_t bytes, Access kind) {
  if (region.isFresh) {
    std::memset(region.written, 0, region.end - region.begin);
    region.isFresh = false;
  }
  unsigned char *written = region.written + (address - region.begin);
  if (kind != Access::Write && std::find(written, written + bytes, 0) != written + bytes)
    return false;
  if (kind != Access::Read)
    std::memset(written, 1, bytes);
  return true;
}

static const char *verb(Access kind) {
  switch (kind) {
  case Access::Read:
    return "reads";
  case Access::Write:
    return "writes";
  case Access::Atomic:
    return "changes atomically";
  }
  return "";
}

static std::string accessText(Access kind, size_t bytes, const Region &region, uintptr_t address) {
  auto offset = static_cast<int64_t>(address - region.begin);
  return std::string(verb(kind)) + " " + std::to_string(bytes) + " bytes at offset " +
         std::to_string(offset) + " of " + region.name;
}

void Block::access(Thread &thread, const Region *region, uintptr_t address, size_t bytes,
                   Access kind, uint32_t site) {
  if (!region)
    region = findRegion(device, address);
  if (!region) {
    fail(thread, std::string(verb(kind)) + " where no memory is", site);
    leave(thread);
  }
  if (address < region->begin || address > region->end || bytes > region->end - address) {
    fail(thread,
         accessText(kind, bytes, *region, address) + ", which has " +
             std::to_string(region->end - region->begin),
         site);
    leave(thread);
  }
  if (region->shadow) {
    Stamp stamp{number, epoch, thread.warpEpoch, site, static_cast<uint16_t>(thread.index), kind};
    Era era = region->ofBlock ? Era{sharedEra, grid->era.warpWidth} : grid->era;
    Conflict conflict = region->shadow->access(address, bytes, stamp, era);
    if (conflict.kind != Conflict::None) {
      reportConflict(thread, *region, address, bytes, stamp, conflict);
      leave(thread);
    }
  } else if (!accessPrivate(*region, address, bytes, kind)) {
    reportConflict(thread, *region, address, bytes, {0, 0, 0, site, 0, kind},
                   {Conflict::NeverWritten, {}});
    leave(thread);
  }
}

//===----------------------------------------------------------------------===//
// Reports
//===----------------------------------------------------------------------===//

std::string Block::nameOf(uint32_t block, uint32_t thread) const {
  return "block " + std::to_string(block) + ", thread " + std::to_string(thread);
}

const Place &Block::placeOf(uint32_t site) const { return grid->code->sites[site]; }

void Block::fail(const Thread &thread, const std::string &text, uint32_t site,
                 std::vector<Fault::Note> notes) {
  if (!fault_)
    fault_ = Fault{"kernel `" + std::string(grid->name) + "`, " + nameOf(number, thread.index) +
                       ": " + text,
                   placeOf(site), std::move(notes)};
}

void Block::reportConflict(const Thread &thread, const Region &region, uintptr_t address,
                           size_t bytes, const Stamp &stamp, const Conflict &conflict) {
  std::string text = accessText(stamp.kind, bytes, region, address);
  if (conflict.kind == Conflict::NeverWritten)
    return fail(thread, text + ", where nobody has written", stamp.site);
  const Stamp &other = conflict.other;
  std::string why = other.block != stamp.block ? "; nothing orders the threads of two blocks"
                                               : "; no barrier lies between the two";
  fail(thread, text + " in a race with another thread", stamp.site,
       {{nameOf(other.block, other.thread) + " " + verb(other.kind) + " it" + why,
         placeOf(other.site)}});
}

void Block::leave(Thread &thread) {
  thread.fibre.suspend();
  std::abort(); // Nobody resumes a thread after its fault.
}
