//===- Loop.h - points of index ranges, and rows of values ------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The ops that bind indices visit the points of their ranges in row-major order. Those whose value
// at one position depends on a whole row (softmax, argtop, fft) are evaluated at every position of
// it; they keep the rows that they have seen, by the values of the scalars that the row depends on,
// so that a row's body is evaluated once.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_REFERENCE_LOOP_H
#define MIXC_COMPILER_REFERENCE_LOOP_H

#include "compiler/reference/Program.h"

#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/STLExtras.h"

#include <unordered_map>

namespace mixc::reference {

template <typename Real> struct Loop : Detail {
  Loop(mlir::Location location) : location(location) {}

  mlir::Location location;
  llvm::SmallVector<Linear> lower, upper;
  llvm::SmallVector<SlotId> indices;
  Code<Real> body;
  SlotId yielded = 0;
};

/// The bounds of a loop at the point where it stands.
struct Box {
  llvm::SmallVector<int64_t, 4> lower, upper;

  bool isEmpty() const {
    for (size_t k = 0; k < lower.size(); ++k)
      if (upper[k] <= lower[k])
        return true;
    return false;
  }
};

template <typename Real> bool evaluateBox(Frame<Real> &frame, const Loop<Real> &loop, Box &box) {
  size_t rank = loop.indices.size();
  box.lower.resize(rank);
  box.upper.resize(rank);
  for (size_t k = 0; k < rank; ++k)
    if (!loop.lower[k].evaluate(frame.slots, box.lower[k]) ||
        !loop.upper[k].evaluate(frame.slots, box.upper[k]))
      return frame.fail(loop.location, overflowText);
  return true;
}

/// Calls `visit` with the value of the body at each point of `box`, in row-major order.
template <typename Real, typename Visit>
bool forEachPoint(Frame<Real> &frame, const Loop<Real> &loop, const Box &box, Visit visit) {
  if (box.isEmpty())
    return true;
  size_t rank = loop.indices.size();
  for (size_t k = 0; k < rank; ++k)
    frame.slots[loop.indices[k]].integer = box.lower[k];
  while (true) {
    if (!execute(loop.body, frame) || !frame.proceed(loop.location))
      return false;
    visit(frame.slots[loop.yielded]);
    size_t k = rank;
    while (true) {
      int64_t &index = frame.slots[loop.indices[k - 1]].integer;
      if (++index < box.upper[k - 1])
        break;
      index = box.lower[k - 1];
      if (--k == 0)
        return true;
    }
  }
}

/// Room in `values` for one value a point of `box`: a row that memory cannot hold is refused before
/// its first value is computed.
template <typename Real, typename T>
bool makeRoom(Frame<Real> &frame, const Loop<Real> &loop, const Box &box, std::vector<T> &values) {
  if (box.isEmpty())
    return true;
  // Nobody has 2^63 of them.
  int64_t points = 1;
  for (auto [lower, upper] : llvm::zip_equal(box.lower, box.upper)) {
    int64_t size;
    if (__builtin_sub_overflow(upper, lower, &size) ||
        __builtin_mul_overflow(points, size, &points))
      return frame.fail(loop.location, "a row of 2^63 or more values does not fit memory");
  }
  try {
    values.reserve(points);
  } catch (const std::exception &) { // bad_alloc, length_error
    return frame.fail(loop.location,
                      "a row of " + llvm::Twine(points) + " values does not fit memory");
  }
  return true;
}

template <typename Real> struct RowLoop : Loop<Real> {
  using Loop<Real>::Loop;
  /// The scalars that the row depends on.
  llvm::SmallVector<SlotId> depends;
  unsigned memo = 0;
};

/// The rows that an op has seen, the last one first to be asked.
template <typename Row> class RowMemo : public Memo {
public:
  using Key = llvm::SmallVector<uint64_t, 8>;

  Row *find(const Key &key) {
    if (last && *lastKey == key)
      return last;
    auto found = rows.find(key);
    if (found == rows.end())
      return nullptr;
    remember(*found);
    return last;
  }

  Row &insert(Key key, Row row) {
    // Beyond this many values the old rows go: memory stays bounded, and rows are rarely asked for
    // that late.
    constexpr size_t capacity = size_t(1) << 21;
    size += row.size() + 16;
    if (size > capacity) {
      rows.clear();
      size = row.size() + 16;
    }
    remember(*rows.try_emplace(std::move(key), std::move(row)).first);
    return *last;
  }

private:
  struct Hash {
    size_t operator()(const Key &key) const {
      return llvm::hash_combine_range(key.begin(), key.end());
    }
  };
  template <typename Entry> void remember(Entry &entry) {
    lastKey = &entry.first;
    last = &entry.second;
  }

  std::unordered_map<Key, Row, Hash> rows;
  const Key *lastKey = nullptr;
  Row *last = nullptr;
  size_t size = 0;
};

/// The row of `loop` at the current point, made by `make(row)` (false: failed) where it has not
/// been seen. Null where that failed.
template <typename Row, typename Real, typename Make>
Row *findRow(Frame<Real> &frame, const RowLoop<Real> &loop, Make make) {
  std::unique_ptr<Memo> &slot = frame.memos[loop.memo];
  if (!slot)
    slot = std::make_unique<RowMemo<Row>>();
  auto &memo = static_cast<RowMemo<Row> &>(*slot);
  typename RowMemo<Row>::Key key;
  for (SlotId id : loop.depends) {
    uint64_t words[2];
    static_assert(sizeof(Slot) == sizeof words);
    std::memcpy(words, &frame.slots[id], sizeof words);
    key.append({words[0], words[1]});
  }
  if (Row *row = memo.find(key))
    return row;
  Row row;
  if (!make(row))
    return nullptr;
  return &memo.insert(std::move(key), std::move(row));
}

} // namespace mixc::reference

#endif // MIXC_COMPILER_REFERENCE_LOOP_H
