//===- Module.h - a file with what it imports --------------------*- C++ -*-===//
//
// A module owns the trees of a file and of the files that it imports, directly or
// not. A file is read once, however often it is imported; a circle is an error.
// What a name means at a place of a file is found by `lookup`: the definitions and
// mixers that stand above the place, or that an import above it brings.
//
//===----------------------------------------------------------------------===//
#ifndef MIXC_FRONTENDS_MIX_MODULE_H
#define MIXC_FRONTENDS_MIX_MODULE_H

#include "frontends/mix/AST.h"
#include "frontends/mix/Diagnostics.h"

#include "llvm/ADT/StringMap.h"

#include <map>

namespace mixc::mix {

class Module {
public:
  /// Reads `path` and what it imports. Null after an error in any of them.
  static std::unique_ptr<Module> load(SourceManager &sources, llvm::StringRef path,
                                      Diagnostics &diags);
  /// The same for a file that `sources` has already.
  static std::unique_ptr<Module> load(SourceManager &sources, FileId file, Diagnostics &diags);

  /// The file that was asked for.
  const File &file() const { return *files_.back(); }
  /// Its mixers.
  std::vector<const Mixer *> mixers() const { return file().mixers(); }
  /// The mixer `name` of the file, the last one without a name; null if there is none.
  const Mixer *mixer(std::optional<llvm::StringRef> name) const;

  /// The `Def` or `Mixer` that `name` means at `place`; null if there is none.
  const Stmt *lookup(llvm::StringRef name, Span place) const;
  /// The names of all that can be looked up at `place`, mixers or definitions.
  std::vector<llvm::StringRef> visible(Span place, Stmt::Kind kind) const;

private:
  /// A name of a file, from `begin` on.
  struct Entry {
    const Stmt *item;
    uint32_t begin;
  };
  class Loader;

  std::vector<std::unique_ptr<File>> files_; ///< imported ones first
  std::map<FileId, llvm::StringMap<Entry>> scopes_;
};

/// The name of a definition or a mixer.
const Ident &nameOf(const Stmt &item);

} // namespace mixc::mix

#endif // MIXC_FRONTENDS_MIX_MODULE_H
