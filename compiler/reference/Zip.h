//===- Zip.h - zip archives of tensors ------------------------------------===//
//
// As much of zip as `.npz` files use: members stored or deflated, sizes beyond
// 4 GiB (zip64), no encryption, one disk. The directory at the end of the file
// is the truth; a member's own header only says where its data begins.
//
//   [member header, data]...  [directory]  [zip64 end, locator]  [end]
//
// Format: APPNOTE.TXT 6.3.10 (PKWARE), sections 4.3 and 4.5.3.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_COMPILER_REFERENCE_ZIP_H
#define MIXC_COMPILER_REFERENCE_ZIP_H

#include "compiler/reference/FileBytes.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>
#include <vector>

namespace mixc::reference {

struct ZipMember {
  std::string name;
  bool deflated;
  uint32_t crc;
  uint64_t storedSize;
  uint64_t size;
  /// Of the member's own header, from the start of the file.
  uint64_t headerOffset;
};

/// The members in the order of the directory. Their sizes are plausible: all
/// together they fit the file, and none inflates more than deflate can.
llvm::Expected<std::vector<ZipMember>> listZip(const FileBytes &file);

struct ZipContents {
  llvm::StringRef bytes;
  /// Holds what was inflated; a stored member is read in place.
  std::shared_ptr<void> storage;
};

/// The bytes of one member, their checksum verified.
llvm::Expected<ZipContents> readZipMember(const FileBytes &file, const ZipMember &member);

/// Writes members one after the other, stored. No dates: the same tensors give
/// the same file.
class ZipWriter {
public:
  /// Sizes and offsets from `zip64From` on are written as zip64; what a 32-bit
  /// field cannot say, unless a test wants small archives of that kind.
  explicit ZipWriter(llvm::raw_ostream &os, uint64_t zip64From = UINT32_MAX)
      : os(os), start(os.tell()), zip64From(zip64From) {}

  /// `name` has at most 65535 bytes; the member is `parts` joined.
  void add(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> parts);

  /// Writes the directory; nothing may be added afterwards.
  void finish();

private:
  llvm::raw_ostream &os;
  uint64_t start;
  uint64_t zip64From;
  std::vector<ZipMember> members;
};

} // namespace mixc::reference

#endif // MIXC_COMPILER_REFERENCE_ZIP_H
