//===- TensorFile.h - tensors from and to files ---------------------------===//
//
//   format          read                          written
//   .npy            versions 1 to 3, both byte    version 1, row-major,
//                   and axis orders               little-endian
//   .npz            stored and deflated, zip64    stored
//   .safetensors    all types but sub-byte ones   types as they are
//
// Tensors that are read are row-major, in their own storage, aligned to 64
// bytes. Files are mapped, so that what is not asked for is not read. What a
// file says about itself is checked against its length before it is believed:
// a damaged file gives an error, which names the file, what was seen, what was
// expected and what to do. Element types that files or NumPy lack change as
// `StoredValues.h` and `Npy.h` say.
//
// A file is written under another name beside its own and renamed when it is
// whole, so that no half-written file is left and readers of the old one are
// not disturbed. A path that names a device or a pipe is refused.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_REFERENCE_TENSORFILE_H
#define MIXC_COMPILER_REFERENCE_TENSORFILE_H

#include "compiler/reference/Tensor.h"

#include <string>
#include <utility>
#include <vector>

namespace mixc::reference {

using NamedTensors = std::vector<std::pair<std::string, HostTensor>>;

/// The one array of a `.npy` file, whatever the path's extension.
llvm::Expected<HostTensor> readNpy(llvm::StringRef path);

/// The names of the tensors in a file, by its extension `.npy`, `.npz` or
/// `.safetensors`: a `.npy` has one, the file's name without the extension. In
/// the order of the file; none twice. Members of a `.npz` that are not arrays
/// are left out. No values are read.
llvm::Expected<std::vector<std::string>> listNames(llvm::StringRef path);

/// All tensors, in the order of `listNames`.
llvm::Expected<NamedTensors> readAll(llvm::StringRef path);

/// The tensors with these names, in this order; an error where one is missing.
llvm::Expected<NamedTensors> readNamed(llvm::StringRef path, llvm::ArrayRef<std::string> names);

/// Writes a `.npy` file. NumPy has no bf16, f8 and i4: these are written as
/// f4, f4 and i1; every other element as itself (f16 as f2).
llvm::Error writeNpy(llvm::StringRef path, const HostTensor &tensor);

/// Writes a `.npz` file, each element as `writeNpy` does.
llvm::Error writeNpz(llvm::StringRef path,
                     llvm::ArrayRef<std::pair<std::string, HostTensor>> tensors);

/// Writes a `.safetensors` file; `i4` as I8.
llvm::Error writeSafetensors(llvm::StringRef path,
                             llvm::ArrayRef<std::pair<std::string, HostTensor>> tensors);

} // namespace mixc::reference

#endif // MIXC_COMPILER_REFERENCE_TENSORFILE_H
