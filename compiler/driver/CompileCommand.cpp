//===- CompileCommand.cpp - mixc compile ----------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/BundleInterface.h"
#include "compiler/driver/Commands.h"
#include "compiler/driver/Emit.h"
#include "compiler/driver/Extents.h"
#include "compiler/driver/Failure.h"
#include "compiler/driver/GpuCode.h"
#include "compiler/driver/Report.h"
#include "compiler/driver/Spec.h"
#include "compiler/driver/StagedFiles.h"
#include "compiler/driver/Storage.h"
#include "dialects/plan/Plan.h"
#include "lowering/bundle/Bundle.h"

#include "mlir/IR/Matchers.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace mixc::driver {

namespace {

struct ExportOptions {
  std::vector<std::string> files;
  std::optional<std::string> folder;
  SpecOptions spec;

  void declare(OptionTable &table) {
    table.value("o", "DIR", folder, "the folder of the bundle; made where it is missing");
    spec.declare(table);
    table.operands("FILE", files, 1, 1);
  }

  Error resolve() {
    if (Error error = spec.resolve())
      return error;
    if (spec.emit)
      return Error::success();
    if (!folder)
      return usageError("`mixc compile` needs a folder for the bundle", {"write `-o DIR`"});
    if (spec.threads)
      return usageError("`--threads` is not for `mixc compile`: a bundle runs on the threads that "
                        "its caller lends");
    if (spec.target.kind == TargetKind::Reference || spec.target.kind == TargetKind::Emulator)
      return refusal("target `" + spec.target.text() +
                     "`: bundles are for `cpu`, `cuda` and `hip` targets");
    return Error::success();
  }
};

/// What the options say to the compiler: the sizes that are given are fixed, or those of them that
/// `--static` names.
Expected<CompileOptions> compilation(mixer::FuncOp func, const SpecOptions &options) {
  if (Error error = checkDims(func, options.dims))
    return error;
  CompileOptions result;
  result.target = options.target;
  result.schedule = options.schedule;
  result.sizes = options.dims;
  result.staticExtents = options.staticExtents;
  for (unsigned k = 0; k != func.getNumExtents(); ++k) {
    mixer::ExtentAttr extent = func.getExtent(k);
    StringRef name = extent.getName().getValue();
    bool isDerived = extent.getKind() != mixer::ExtentKind::dynamic;
    if (options.dims.contains(name) && isDerived)
      return usageError("`--dim " + name + "`: that extent follows from others");
    if (is_contained(options.staticExtents, name) && !options.dims.contains(name))
      return usageError("`--static " + name + "` fixes an extent whose size is not given",
                        {("give it: `--dim " + name + "=...`").str()});
    if (options.dims.contains(name) && options.staticExtents.empty())
      result.staticExtents.push_back(name.str());
  }
  return result;
}

/// A bundle of a plan and its kernels for `target`; of GPUs of one vendor it may name several.
Expected<lowering::bundle::Bundle> makeBundle(mlir::ModuleOp module,
                                              const lowering::bundle::Interface &interface,
                                              const Target &target) {
  if (target.kind == TargetKind::Cpu) {
    auto processor = lowering::host::CpuTarget::get(
        target.architecture.empty() ? "native" : target.architecture);
    if (!processor)
      return processor.takeError();
    return lowering::bundle::makeCpuBundle(module, interface, *processor);
  }
  std::vector<lowering::gpu::Target> gpus;
  SmallVector<StringRef> architectures;
  StringRef(target.architecture).split(architectures, ',');
  for (StringRef architecture : architectures) {
    auto gpu = gpuTarget({target.kind, architecture.str()});
    if (!gpu)
      return gpu.takeError();
    if (any_of(gpus, [&](const lowering::gpu::Target &other) { return other.arch == gpu->arch; }))
      return usageError("target `" + target.text() + "` names `" + gpu->arch + "` twice");
    gpus.push_back(std::move(*gpu));
  }
  return lowering::bundle::makeGpuBundle(module, interface, gpus);
}

/// An error where the sizes that are fixed break a condition: no call of the bundle would do.
Error checkFixed(mlir::ModuleOp module) {
  plan::FuncOp plan = *module.getOps<plan::FuncOp>().begin();
  for (auto check : plan.getBody().getOps<plan::CheckOp>())
    if (mlir::matchPattern(check.getCondition(), mlir::m_Zero()))
      return inputError("the sizes given do not satisfy `" + check.getMessage() + "`");
  return Error::success();
}

/// A folder that is there, whole or not at all: what was made for it goes away without `keep`.
class NewFolder {
public:
  ~NewFolder() {
    for (const std::string &folder : made)
      sys::fs::remove(folder);
  }

  Error make(StringRef path) {
    if (sys::fs::exists(path) && !sys::fs::is_directory(path))
      return inputError("can't make the folder `" + path + "`: a file has that name",
                        {"name another folder with `-o`"});
    for (StringRef at = path; !at.empty() && !sys::fs::exists(at); at = sys::path::parent_path(at))
      made.push_back(at.str());
    if (std::error_code code =
            sys::fs::create_directories(path, /*IgnoreExisting=*/true, sys::fs::all_all))
      return inputError("can't make the folder `" + path + "`: " + reasonOf(code),
                        {"check the folders above it and their permissions"});
    return Error::success();
  }
  void keep() { made.clear(); }

private:
  std::vector<std::string> made; ///< the innermost first
};

Error writeFile(StringRef path, StringRef contents) {
  std::error_code code;
  raw_fd_ostream os(path, code);
  if (!code) {
    os << contents;
    os.close();
    code = os.error();
    os.clear_error();
  }
  return code ? writeError(path, code) : Error::success();
}

/// Writes the files of a bundle, all or none, and gives their paths.
Expected<std::vector<std::string>> writeBundle(StringRef folder, StringRef name,
                                               const lowering::bundle::Bundle &bundle) {
  auto bytes = [](ArrayRef<char> data) { return StringRef(data.data(), data.size()); };
  const std::pair<StringRef, StringRef> contents[] = {{".h", bundle.header},
                                                      {".o", bytes(bundle.object)},
                                                      {".a", bytes(bundle.archive)},
                                                      {".so", bytes(bundle.shared)},
                                                      {".json", bundle.manifest}};
  NewFolder made;
  if (Error error = made.make(folder))
    return error;
  StagedFiles staged;
  std::vector<std::string> paths;
  for (auto [suffix, text] : contents) {
    SmallString<256> path(folder);
    sys::path::append(path, name + suffix);
    if (sys::fs::is_directory(path))
      return inputError("can't write `" + path + "`: it is a folder",
                        {"move it away, or name another folder with `-o`"});
    if (Error error = staged.add(path, [&](StringRef file) { return writeFile(file, text); }))
      return error;
    paths.push_back(path.str().str());
  }
  if (Error error = staged.keep())
    return error;
  made.keep();
  return paths;
}

Error exportSpec(Spec &spec, const ExportOptions &options) {
  Stopwatch compiling;
  auto func = spec.emit(options.spec);
  if (!func)
    return func.takeError();
  auto compile = compilation(*func, options.spec);
  if (!compile)
    return compile.takeError();
  if (Error error = setStorage(*func, options.spec.storage))
    return error;
  // The storage is how callers will mostly have it: code that takes any stride takes theirs.
  (*func)->removeAttr("unit");
  if (options.spec.emit)
    return emitStage(spec, *func, *options.spec.emit, *compile);

  auto plan = compileToPlan(*func, *compile);
  if (!plan)
    return plan.takeError();
  if (Error error = checkFixed(**plan))
    return error;
  lowering::bundle::Interface interface = bundleInterface(spec, *func, options.spec, *compile);
  auto bundle = makeBundle(**plan, interface, compile->target);
  if (!bundle)
    return bundle.takeError();
  double seconds = compiling.seconds();
  auto paths = writeBundle(*options.folder, interface.name, *bundle);
  if (!paths)
    return paths.takeError();

  if (options.spec.json) {
    printJSON(json::Object{{"mixer", interface.name},
                           {"target", interface.target},
                           {"dtype", interface.dtype},
                           {"compile_s", seconds},
                           {"files", json::Array(*paths)}});
    return Error::success();
  }
  outs() << interface.name << " for " << interface.target << ", " << interface.dtype
         << ": compiled in " << secondsText(seconds) << '\n';
  for (const std::string &path : *paths)
    outs() << "  " << path << '\n';
  return Error::success();
}

int compileFile(Arguments arguments) {
  OptionTable table(compileCommand);
  ExportOptions options;
  options.declare(table);
  if (Error error = table.parse(arguments))
    return report(std::move(error));
  if (table.helped())
    return 0;
  if (Error error = options.resolve())
    return report(std::move(error));
  auto spec = Spec::load(options.files.front());
  if (!spec)
    return report(spec.takeError());
  return report(exportSpec(**spec, options), &(*spec)->sources());
}

} // namespace

const Command compileCommand{
    "compile",
    "FILE -o DIR [options]",
    "exports a mixer for other programs: a header, an object file, a manifest",
    "The folder gets NAME.h, NAME.o, NAME.a and NAME.so (the same as libraries, to link and to "
    "open at run time) and NAME.json, NAME being the "
    "mixer's. They need nothing of mixc. Sizes that `--dim` gives are fixed in the code; with "
    "`--static` only those that it names, and the others are what the code should be fast for. "
    "`--storage` sets the strides that NAME_dense() gives; others are taken all the same. A packed "
    "or paged tensor gets its offsets or its table as one more argument. For GPUs "
    "the object holds the device code, and opens the driver by itself; several architectures of "
    "one "
    "vendor stand behind each other.\n"
    "All files appear together, or none does.",
    "mixc compile examples/softmax/attention.mix -o build/attention\n"
    "mixc compile examples/recurrent/gla.mix -o build/gla --target cpu:x86-64-v3 --dtype bf16 "
    "--dim "
    "K=64,V=64\n"
    "mixc compile examples/softmax/attention.mix -o build/cuda --target cuda:sm_80,sm_90a\n",
    compileFile};

} // namespace mixc::driver
