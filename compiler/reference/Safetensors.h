//===- Safetensors.h - named tensors after a JSON header ------------------===//
//
//   <length of the header, 8 bytes> {"q": {"dtype": "BF16", "shape": [2, 3],
//   "data_offsets": [0, 12]}, ...} <the values, one tensor after the other>
//
// Format: github.com/huggingface/safetensors. As there, the tensors cover the
// bytes after the header exactly: no gap, no byte in two tensors.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_REFERENCE_SAFETENSORS_H
#define MIXC_COMPILER_REFERENCE_SAFETENSORS_H

#include "compiler/reference/FileBytes.h"
#include "compiler/reference/Tensor.h"

#include <utility>
#include <vector>

namespace mixc::reference {

/// Longest header that is read; about a hundred thousand tensors.
inline constexpr uint64_t safetensorsHeaderLimit = uint64_t(16) << 20;

struct SafetensorsEntry {
  std::string name;
  /// As in the file: `BF16`.
  std::string dtype;
  llvm::SmallVector<int64_t> shape;
  /// The tensor's values.
  llvm::StringRef bytes;
};

/// The tensors in the order of their values in the file. Types and shapes are
/// checked by `loadSafetensor`, so that one odd tensor spoils no other.
llvm::Expected<std::vector<SafetensorsEntry>> listSafetensors(const FileBytes &file);

llvm::Expected<HostTensor> loadSafetensor(const FileBytes &file, const SafetensorsEntry &entry);

/// Writes the tensors, the widest elements first and then by name, so that each
/// is aligned to its element. Their names must differ. `i4` is stored as I8.
llvm::Error writeSafetensorsTo(llvm::raw_ostream &os,
                               llvm::ArrayRef<std::pair<std::string, HostTensor>> tensors);

} // namespace mixc::reference

#endif // MIXC_COMPILER_REFERENCE_SAFETENSORS_H
