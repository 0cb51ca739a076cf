//===- Npy.h - one array in NumPy's format --------------------------------===//
//
// Magic, version, and a Python dict as text, padded so that the values after it
// start at a multiple of 64:
//
//   \x93NUMPY 1 0 <length> {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
//
// Format: numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_REFERENCE_NPY_H
#define MIXC_COMPILER_REFERENCE_NPY_H

#include "compiler/reference/FileBytes.h"
#include "compiler/reference/Tensor.h"

namespace mixc::reference {

/// Reads a whole `.npy` file (or member of a `.npz`) of version 1, 2 or 3, in
/// either byte order and either axis order; the result is row-major.
llvm::Expected<HostTensor> parseNpy(const FileBytes &file);

/// What a `.npy` file of a tensor holds: the bytes of `header`, then those of
/// `values`, which is row-major.
struct NpyImage {
  std::string header;
  HostTensor values;
};

/// NumPy has no bf16, f8 or i4: these are stored as f4, f4 and i1, which hold
/// their values exactly.
llvm::Expected<NpyImage> toNpy(const HostTensor &tensor);

} // namespace mixc::reference

#endif // MIXC_COMPILER_REFERENCE_NPY_H
