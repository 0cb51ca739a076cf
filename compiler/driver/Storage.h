//===- Storage.h - calls whose tensors lie as the user says -----*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Inputs and outputs of the command line are plain tensors, in the shapes of the spec. Compiled
// code gets them as `--storage` says: in another order of axes, packed, or paged. Here they are put
// there and read back.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_DRIVER_STORAGE_H
#define MIXC_COMPILER_DRIVER_STORAGE_H

#include "compiler/driver/Inputs.h"
#include "compiler/driver/Layout.h"
#include "compiler/driver/Outputs.h"
#include "compiler/driver/Target.h"

namespace mixc::driver {

/// Checks that `layouts` speak of arguments and outputs of `func` that can lie like that. Notes in
/// `func`, for the schedule, which tensors have stride 1 along the last axis, and which are packed
/// or paged.
llvm::Error setStorage(mixer::FuncOp func, const Layouts &layouts);

/// A packed or paged tensor of a mixer.
struct IndirectTensor {
  llvm::StringRef name;
  mixer::MixerTensorType type;
  const Layout *layout;
  bool isOutput;

  /// Of the argument that compiled code takes for it behind those of the spec, and of its extent.
  std::string tableName() const;
  std::string boundName() const;
};

/// In the order in which compiled code has their tables and extents.
std::vector<IndirectTensor> indirectTensors(mixer::FuncOp func, const Layouts &layouts);

/// The strides of a dense tensor of `shape` whose axes lie in memory in this order, or, where it is
/// empty, in theirs.
llvm::SmallVector<int64_t> stridesOf(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<unsigned> order);

class StoredCall {
public:
  /// `inputs` in the memory of `target`; the reference takes tensors as they are. Reads the tables,
  /// and checks every number in them.
  static llvm::Expected<StoredCall> make(mixer::FuncOp func, Inputs inputs, const Layouts &layouts,
                                         const Target &target);

  /// The arguments as the spec sees them: 0 where a packed or paged one has no element.
  const Inputs &plain() const { return given; }
  /// As compiled code takes them.
  const Inputs &stored() const { return isDirect ? given : placed; }

  /// Memory for the outputs, each byte 0xff.
  llvm::Expected<GuardedOutputs> makeOutputs() const;
  /// The outputs as the spec sees them, out of that memory.
  llvm::Expected<llvm::SmallVector<reference::HostTensor>>
  readOutputs(llvm::ArrayRef<reference::HostTensor> outputs) const;
  /// Sets to 0 what packed and paged outputs have no element for.
  void clip(llvm::MutableArrayRef<reference::HostTensor> outputs) const;

private:
  /// A tensor that lies by a table, at the extents of the call.
  struct Indirect {
    Layout layout;
    reference::HostTensor table; ///< i32
    int64_t bound;               ///< the length of the packed axis, or the pages

    /// Where the element at `index` lies; false: nowhere.
    bool find(llvm::ArrayRef<int64_t> index, llvm::SmallVectorImpl<int64_t> &at) const;
    llvm::SmallVector<int64_t> shapeOf(llvm::ArrayRef<int64_t> plain) const;
  };

  llvm::Error readTable(const IndirectTensor &tensor);
  llvm::Error checkOffsets(const IndirectTensor &tensor, Indirect &indirect, int64_t length) const;
  llvm::Error checkPages(const IndirectTensor &tensor, Indirect &indirect) const;
  llvm::Error place(llvm::StringRef name, const Layout &layout);
  llvm::Error placeIndirect(llvm::StringRef name, const Indirect &indirect);
  void clip(reference::HostTensor &tensor, const Indirect &indirect) const;
  const Indirect *indirectOf(llvm::StringRef name) const;

  mutable mixer::FuncOp func;
  Layouts layouts;
  Inputs given, placed;
  bool isDirect = false;
  llvm::StringMap<Indirect> indirects;
};

} // namespace mixc::driver

#endif // MIXC_COMPILER_DRIVER_STORAGE_H
