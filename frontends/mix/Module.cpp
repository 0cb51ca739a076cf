//===- Module.cpp - a file with what it imports ---------------------------===//
#include "frontends/mix/Module.h"

#include "frontends/mix/Builtins.h"
#include "frontends/mix/Parser.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace mixc::mix {

const Ident &nameOf(const Stmt &item) {
  if (auto *def = dyn_cast<Def>(&item))
    return def->name;
  return cast<Mixer>(item).name;
}

/// Reads files in depth-first order; `open` holds those on the way down.
class Module::Loader {
public:
  Loader(Module &module, SourceManager &sources, Diagnostics &diags)
      : module(module), sources(sources), diags(diags) {}

  void load(FileId id) {
    auto file = std::make_unique<File>(parse(sources, id, diags));
    StringMap<Entry> &scope = module.scopes_[id];
    for (const StmtPtr &item : file->items) {
      if (auto *import = dyn_cast<Import>(item.get()))
        bring(*import, sources.file(id).path(), scope);
      else
        declare(*item, item->span.begin, nameOf(*item).span, scope);
    }
    module.files_.push_back(std::move(file));
  }

  /// Files by what identifies them on disk.
  std::map<sys::fs::UniqueID, FileId> seen;
  std::vector<FileId> open;

private:
  void declare(const Stmt &item, uint32_t begin, Span place, StringMap<Entry> &scope) {
    const Ident &name = nameOf(item);
    if (isBuiltin(name.text)) {
      diags.error(name.span, "`" + name.text + "` is the name of a builtin")
          .note("choose another name");
      return;
    }
    auto [at, isNew] = scope.try_emplace(name.text, Entry{&item, begin});
    if (isNew || at->second.item == &item)
      return;
    auto error = diags.error(place, "`" + name.text + "` is defined twice");
    error.note(nameOf(*at->second.item).span,
               "the other definition is here: give one of them another name");
    if (place != name.span)
      error.note(name.span, "the import brings this one");
  }

  void bring(const Import &import, StringRef importer, StringMap<Entry> &scope) {
    SmallString<256> path(import.path);
    if (sys::path::is_relative(path)) {
      path = sys::path::parent_path(importer);
      sys::path::append(path, import.path);
    }
    sys::fs::UniqueID identity;
    if (std::error_code error = sys::fs::getUniqueID(path, identity)) {
      diags
          .error(import.pathSpan,
                 "can't read `" + path + "`: " + StringRef(error.message()).lower())
          .note("the path is relative to the importing file");
      return;
    }
    auto [at, isNew] = seen.try_emplace(identity, Span::nowhere);
    if (isNew) {
      Expected<FileId> id = sources.open(path);
      if (!id) {
        diags.error(import.pathSpan, toString(id.takeError()))
            .note("the path is relative to the importing file");
        return;
      }
      at->second = *id;
      open.push_back(*id);
      load(*id);
      open.pop_back();
    } else if (is_contained(open, at->second)) {
      diags.error(import.pathSpan, "`" + import.path + "` imports this file, which imports it")
          .note("move what both need to a third file");
      return;
    }
    if (at->second == Span::nowhere)
      return;
    for (auto &[name, entry] : module.scopes_[at->second])
      declare(*entry.item, import.span.begin, import.pathSpan, scope);
  }

  Module &module;
  SourceManager &sources;
  Diagnostics &diags;
};

std::unique_ptr<Module> Module::load(SourceManager &sources, StringRef path, Diagnostics &diags) {
  Expected<FileId> id = sources.open(path);
  if (id)
    return load(sources, *id, diags);
  diags.error({}, toString(id.takeError())).note("give the path of a `.mix` file that can be read");
  return nullptr;
}

std::unique_ptr<Module> Module::load(SourceManager &sources, FileId file, Diagnostics &diags) {
  auto module = std::make_unique<Module>();
  Loader loader(*module, sources, diags);
  sys::fs::UniqueID identity;
  if (!sys::fs::getUniqueID(sources.file(file).path(), identity))
    loader.seen[identity] = file;
  loader.open.push_back(file);
  loader.load(file);
  return diags.hasErrors() ? nullptr : std::move(module);
}

const Mixer *Module::mixer(std::optional<StringRef> name) const {
  std::vector<const Mixer *> all = mixers();
  if (!name)
    return all.empty() ? nullptr : all.back();
  auto at = find_if(all, [&](const Mixer *mixer) { return mixer->name.text == *name; });
  return at == all.end() ? nullptr : *at;
}

const Stmt *Module::lookup(StringRef name, Span place) const {
  auto scope = scopes_.find(place.file);
  if (scope == scopes_.end())
    return nullptr;
  auto at = scope->second.find(name);
  // An item begins where it stands: it does not see itself.
  return at != scope->second.end() && at->second.begin < place.begin &&
                 !(at->second.item->span.file == place.file &&
                   at->second.item->span.contains(place.begin))
             ? at->second.item
             : nullptr;
}

std::vector<StringRef> Module::visible(Span place, Stmt::Kind kind) const {
  std::vector<StringRef> names;
  if (auto scope = scopes_.find(place.file); scope != scopes_.end())
    for (auto &[name, entry] : scope->second)
      if (entry.item->kind() == kind && lookup(name, place))
        names.push_back(name);
  llvm::sort(names);
  return names;
}

} // namespace mixc::mix
