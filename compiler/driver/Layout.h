//===- Layout.h - how a tensor lies in memory -------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The value of `--storage NAME=…`. Three forms:
//
//   0.2.1.3                              its axes, from outermost to innermost
//   packed(axis=2,offsets=FILE)          variable length: axis 0 counts sequences, which lie one
//   behind
//                                        the other along `axis`; sequence b has the places from
//                                        offsets[b] to offsets[b+1]
//   paged(axis=2,block=16,table=FILE)    `axis` is cut into blocks, and block c of sequence b lies
//   in
//                                        page table[b, c] of a pool; -1: nowhere
//
// Elements behind the end of a sequence, or in no page, are 0 where they are read, and are not
// written.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_LAYOUT_H
#define MIXC_COMPILER_DRIVER_LAYOUT_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <string>

namespace mixc::driver {

struct Layout {
  enum Form { Strided, Packed, Paged };

  Form form = Strided;
  /// The axes, from outermost to innermost. Of packed and paged tensors axis 0, which is first,
  /// counts nothing, or the pages; empty: as in the spec.
  llvm::SmallVector<unsigned> order;
  /// The axis that is packed or cut into blocks.
  unsigned axis = 0;
  int64_t block = 0;
  /// The pages of the pool; else as many as the table has places.
  std::optional<int64_t> pages;
  /// The file of the offsets or of the table; empty where none is given.
  std::string file;
  /// As on the command line.
  std::string text;

  bool isIndirect() const { return form != Strided; }
};

/// By tensor.
using Layouts = llvm::StringMap<Layout>;

/// Reads `NAME=…`, the value of `--storage`, into `layouts`.
llvm::Error parseLayout(llvm::StringRef text, Layouts &layouts);

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_LAYOUT_H
