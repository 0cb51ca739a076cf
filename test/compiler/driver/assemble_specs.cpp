//===- assemble_specs.cpp - whether specs become code of GPUs -------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//     assemble_specs [--dtype TYPE] [--arch ARCH]... FILE...
//
// compiles the last mixer of every file, for no sizes in particular, to the code that a driver
// loads: a cubin, by `ptxas`, or a code object, by LLVM's linker. Prints what fails, and at the end
// how many did not. Exit status 1 where one failed.
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Executable.h"
#include "compiler/driver/GpuCode.h"
#include "compiler/driver/Spec.h"

#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace mixc;
using namespace mixc::driver;

/// The sizes of the code of one spec for each architecture.
static Error assemble(StringRef path, mix::ElementType dtype, ArrayRef<std::string> archs) {
  auto spec = Spec::load(path);
  if (!spec)
    return spec.takeError();
  SpecOptions options;
  options.dtype = dtype;
  auto func = (*spec)->emit(options);
  if (!func)
    return func.takeError();
  CompileOptions compile = compileOptions(*func, options, {});
  compile.target.kind = TargetKind::Emulator; // what every GPU can take
  auto module = compileToPlan(*func, compile);
  if (!module)
    return module.takeError();
  for (const std::string &arch : archs) {
    auto target = lowering::gpu::Target::get(arch);
    if (!target)
      return target.takeError();
    auto finished = lowerToGpu(**module, *target);
    if (!finished)
      return createStringError(arch + ": " + toString(finished.takeError()));
    auto code = gpuBinary(**finished, *target);
    if (!code)
      return createStringError(arch + ": " + toString(code.takeError()));
    if (!StringRef(code->data(), code->size())
             .starts_with("\x7f"
                          "ELF"))
      return createStringError(arch + ": the code is no ELF file: no `ptxas`?");
  }
  return Error::success();
}

int main(int argc, char **argv) {
  std::vector<std::string> archs, files;
  mix::ElementType dtype = mix::ElementType::F32;
  for (int k = 1; k < argc; ++k) {
    StringRef argument = argv[k];
    if (argument == "--arch" && k + 1 < argc)
      archs.push_back(argv[++k]);
    else if (argument == "--dtype" && k + 1 < argc)
      dtype = *mix::elementType(argv[++k]);
    else
      files.push_back(argument.str());
  }
  unsigned done = 0;
  for (const std::string &file : files) {
    if (Error error = assemble(file, dtype, archs))
      outs() << file << ": " << toString(std::move(error)) << '\n';
    else
      ++done;
    outs().flush();
  }
  outs() << done << " of " << files.size() << " specs assembled for " << join(archs, ", ") << '\n';
  return done == files.size() ? 0 : 1;
}
