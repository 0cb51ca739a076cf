//===- FileBytes.h - the bytes of a file, every read checked --------------===//
//
// What the tensor file readers look through: bytes that someone else wrote, of
// which nothing is believed before it has been compared with the length.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_REFERENCE_FILEBYTES_H
#define MIXC_COMPILER_REFERENCE_FILEBYTES_H

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/Error.h"

#include <string>

namespace mixc::reference {

struct FileBytes {
  /// The file, and the member inside it if it is an archive, for messages.
  std::string name;
  llvm::StringRef bytes;

  uint64_t size() const { return bytes.size(); }

  /// `NAME: WHAT`.
  llvm::Error error(const llvm::Twine &what) const {
    return llvm::createStringError(llvm::Twine(name) + ": " + what);
  }

  /// `length` bytes from `offset`, which hold `what`.
  llvm::Expected<llvm::StringRef> slice(uint64_t offset, uint64_t length,
                                        const llvm::Twine &what) const {
    if (offset > size() || length > size() - offset)
      return error("cut short: " + what + " takes " + llvm::Twine(length) + " bytes from byte " +
                   llvm::Twine(offset) + ", and there are " + llvm::Twine(size()) +
                   "; save or copy the file again");
    return bytes.substr(offset, length);
  }
};

/// The little-endian integer at `offset` of a slice that is known to hold it.
template <typename T> T littleEndianAt(llvm::StringRef slice, size_t offset) {
  assert(offset + sizeof(T) <= slice.size() && "slice is shorter than its use");
  return llvm::support::endian::read<T, llvm::endianness::little>(slice.data() + offset);
}

} // namespace mixc::reference

#endif // MIXC_COMPILER_REFERENCE_FILEBYTES_H
