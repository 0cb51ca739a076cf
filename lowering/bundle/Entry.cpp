//===- Entry.cpp - the exported functions of a bundle ---------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/bundle/Entry.h"

#include "lowering/bundle/Functions.h"
#include "lowering/bundle/Launcher.h"
#include "lowering/bundle/Processor.h"
#include "lowering/bundle/Sizes.h"
#include "lowering/host/Codegen.h"
#include "runtime/bundle/Record.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Linker/Linker.h"

using namespace llvm;
using namespace mixc::lowering;
using namespace mixc::lowering::bundle;

// Launcher.c and GpuLauncher.c, compiled; the paths are the build's.
__asm__(".section .rodata\n"
        "mixc_launcher_begin:\n"
        ".incbin \"" MIXC_LAUNCHER_FOLDER "/Launcher.bc\"\n"
        "mixc_launcher_end:\n"
        "mixc_gpu_launcher_begin:\n"
        ".incbin \"" MIXC_LAUNCHER_FOLDER "/GpuLauncher.bc\"\n"
        "mixc_gpu_launcher_end:\n"
        ".previous\n");
extern "C" const char mixc_launcher_begin[], mixc_launcher_end[];
extern "C" const char mixc_gpu_launcher_begin[], mixc_gpu_launcher_end[];

static Error linkLauncher(Module &module, StringRef bytes) {
  auto launcher = parseBitcodeFile(MemoryBufferRef(bytes, "launcher"), module.getContext());
  if (!launcher)
    return launcher.takeError();
  (*launcher)->setTargetTriple(module.getTargetTriple());
  (*launcher)->setDataLayout(module.getDataLayout());
  (*launcher)->setSourceFileName(module.getSourceFileName());
  if (Linker::linkModules(module, std::move(*launcher)))
    return createStringError("the launcher of bundles does not link");
  return Error::success();
}

namespace {
/// Writes the structs of Launcher.h as constants.
class Tables {
public:
  Tables(Module &module, const Interface &interface, const Errors &errors,
         const mixc_bundle_processor &processor, const GpuCode *gpu)
      : module(module), context(module.getContext()), interface(interface), errors(errors),
        processor(processor), gpu(gpu) {}

  GlobalVariable *emit();
  /// mixc_bundle_record, once the functions are there.
  void exportRecord();

private:
  Constant *integer(int64_t value) {
    return ConstantInt::getSigned(Type::getInt32Ty(context), value);
  }
  Constant *integers(std::initializer_list<int64_t> values) {
    SmallVector<Constant *> fields;
    for (int64_t value : values)
      fields.push_back(integer(value));
    return ConstantStruct::getAnon(context, fields);
  }
  Constant *words(ArrayRef<uint32_t> values) {
    SmallVector<Constant *> fields;
    for (uint32_t value : values)
      fields.push_back(ConstantInt::get(Type::getInt32Ty(context), value));
    return ConstantStruct::getAnon(context, fields);
  }
  GlobalVariable *global(Constant *value, StringRef name) {
    return new GlobalVariable(module, value->getType(), /*isConstant=*/true,
                              GlobalValue::PrivateLinkage, value, name);
  }
  /// An array of values of one type; null without any.
  Constant *array(ArrayRef<Constant *> values, StringRef name) {
    if (values.empty())
      return ConstantPointerNull::get(PointerType::get(context, 0));
    auto *type = ArrayType::get(values.front()->getType(), values.size());
    return global(ConstantArray::get(type, values), name);
  }
  Constant *string(StringRef text) {
    return global(ConstantDataArray::getString(context, text), "text");
  }
  Constant *strings(ArrayRef<std::string> texts, StringRef name) {
    SmallVector<Constant *> all;
    for (const std::string &text : texts)
      all.push_back(string(text));
    return array(all, name);
  }
  Constant *wide(int64_t value) { return ConstantInt::getSigned(Type::getInt64Ty(context), value); }
  Constant *function(StringRef name) { return module.getFunction(name); }
  Constant *emitGpu();
  void addTensor(const Tensor &tensor, bool isOutput);

  Module &module;
  LLVMContext &context;
  const Interface &interface;
  const Errors &errors;
  const mixc_bundle_processor &processor;
  const GpuCode *gpu;
  SmallVector<Constant *> tensors, axes;
};
} // namespace

void Tables::addTensor(const Tensor &tensor, bool isOutput) {
  const TensorErrors &numbers = errors.tensors[tensors.size()];
  tensors.push_back(
      integers({static_cast<int64_t>(tensor.shape.size()), elementBytes(tensor),
                elementAlignment(tensor), tensor.initial.has_value(), isOutput, numbers.noData,
                numbers.misaligned, numbers.strides, numbers.shared}));
  for (auto [axis, size] : enumerate(tensor.shape)) {
    auto symbol = dyn_cast<mlir::AffineSymbolExpr>(size);
    axes.push_back(integers({symbol ? symbol.getPosition() : -1, numbers.axes[axis],
                             static_cast<int64_t>(tensor.order[axis])}));
  }
}

/// mixc_bundle_gpu of this mixer, or null.
Constant *Tables::emitGpu() {
  if (!gpu)
    return ConstantPointerNull::get(PointerType::get(context, 0));
  SmallVector<Constant *> images, kernels;
  for (const GpuImage &image : gpu->images) {
    StringRef code(image.code.data(), image.code.size());
    GlobalVariable *data =
        global(ConstantDataArray::getString(context, code, /*AddNull=*/false), "code");
    data->setAlignment(Align(4096)); // as the sections of a code object want it
    images.push_back(data);
  }
  int32_t block = 0;
  for (const GpuKernel &kernel : gpu->kernels) {
    kernels.push_back(module.getNamedGlobal(kernel.symbol));
    block = std::max(block, kernel.block);
  }
  Constant *fields[] = {array(images, "images"),
                        array(kernels, "kernels"),
                        strings(errors.device, "device_texts"),
                        integer(images.size()),
                        integer(kernels.size()),
                        integer(errors.device.size()),
                        integer(gpu->vendor == gpu::Vendor::Amd),
                        integer(block)};
  return global(ConstantStruct::getAnon(context, fields), "gpu");
}

GlobalVariable *Tables::emit() {
  SmallVector<Constant *> extents;
  for (auto [extent, code] : zip(interface.extents, errors.extents))
    extents.push_back(integers({extent.kind != Extent::Given, code}));
  for (const Tensor &tensor : interface.arguments)
    addTensor(tensor, false);
  for (const Tensor &tensor : interface.outputs)
    addTensor(tensor, true);

  FunctionNames names(interface.name);
  addSizes(module, interface, names.sizes);
  Constant *fields[] = {array(extents, "extents"),
                        array(tensors, "tensors"),
                        array(axes, "axes"),
                        strings(errors.texts, "texts"),
                        function(names.sizes),
                        function(names.temporaries),
                        function(names.scratch),
                        function(names.conditions),
                        function(names.plan),
                        emitGpu(),
                        integer(extents.size()),
                        integer(tensors.size()),
                        integer(axes.size()),
                        integer(errors.texts.size()),
                        integer(errors.conditions),
                        words({processor.leaf1_ecx, processor.leaf7_ebx, processor.leaf7_ecx,
                               processor.leaf7_edx, processor.leaf7_1_eax, processor.leaf7_1_edx,
                               processor.extended_ecx, processor.xcr0})};
  return global(ConstantStruct::getAnon(context, fields), "mixer");
}

void Tables::exportRecord() {
  SmallVector<Constant *> extents, tensors;
  for (const Extent &extent : interface.extents)
    if (extent.kind == Extent::Given)
      extents.push_back(
          ConstantStruct::getAnon({string(extent.name), wide(extent.fixed.value_or(-1))}));
  for (const auto *list : {&interface.arguments, &interface.outputs})
    for (const Tensor &tensor : *list)
      tensors.push_back(
          ConstantStruct::getAnon({string(tensor.name), string(tensor.element),
                                   string("[" + join(tensor.shapeAsWritten, ", ") + "]"),
                                   integer(static_cast<int64_t>(tensor.shape.size())),
                                   integer(tensor.initial.has_value())}));

  bool isAmd = gpu && gpu->vendor == gpu::Vendor::Amd;
  SmallVector<Constant *> fields{wide(MIXC_BUNDLE_MAGIC),
                                 integer(MIXC_BUNDLE_VERSION),
                                 integer(isAmd ? MIXC_BUNDLE_HIP
                                         : gpu ? MIXC_BUNDLE_CUDA
                                               : MIXC_BUNDLE_CPU),
                                 string(interface.name),
                                 string(interface.target),
                                 string(interface.dtype),
                                 array(extents, "given_extents"),
                                 array(tensors, "named_tensors"),
                                 integer(static_cast<int64_t>(extents.size())),
                                 integer(static_cast<int64_t>(interface.arguments.size())),
                                 integer(static_cast<int64_t>(interface.outputs.size()))};
  for (StringRef what : {"dense", "bind", "check", "workspace_size", "launch", "error"})
    fields.push_back(function(interface.name + "_" + what.str()));
  GlobalVariable *record = global(ConstantStruct::getAnon(fields), interface.name + "_bundle");
  record->setLinkage(GlobalValue::ExternalLinkage);
}

/// `NAME_what`: `general`, which is a function of the launcher, for this mixer, if the processor is
/// one that the code was compiled for; else the number of that error, negative from a function that
/// returns a size.
static void exportFunction(Module &module, const Interface &interface, GlobalVariable *mixer,
                           StringRef what, StringRef general) {
  Function *function = module.getFunction(general);
  FunctionType *type = function->getFunctionType();
  auto *exported = Function::Create(
      FunctionType::get(type->getReturnType(), type->params().drop_front(), /*isVarArg=*/false),
      Function::ExternalLinkage, interface.name + "_" + what, module);
  exported->addFnAttr(host::anyProcessor);
  IRBuilder<> builder(BasicBlock::Create(module.getContext(), "", exported));
  if (!function->hasFnAttribute(host::anyProcessor)) {
    Function *check = module.getFunction("mixc_bundle_processor_check");
    Value *code = builder.CreateCall(check, {mixer});
    auto *refuse = BasicBlock::Create(module.getContext(), "", exported);
    auto *run = BasicBlock::Create(module.getContext(), "", exported);
    builder.CreateCondBr(builder.CreateIsNull(code), run, refuse);
    builder.SetInsertPoint(refuse);
    Type *result = type->getReturnType();
    builder.CreateRet(
        result == code->getType() ? code : builder.CreateNeg(builder.CreateSExt(code, result)));
    builder.SetInsertPoint(run);
  }
  SmallVector<Value *> operands{mixer};
  for (Argument &argument : exported->args())
    operands.push_back(&argument);
  builder.CreateRet(builder.CreateCall(function, operands));
}

Error bundle::addEntry(Module &module, const Interface &interface, const Errors &errors,
                       const host::CpuTarget &target, const GpuCode *gpu) {
  auto processor = processorOf(target);
  if (!processor)
    return processor.takeError();
  StringRef bytes(mixc_launcher_begin, mixc_launcher_end - mixc_launcher_begin);
  if (Error error = linkLauncher(module, bytes))
    return error;
  StringRef gpuBytes(mixc_gpu_launcher_begin, mixc_gpu_launcher_end - mixc_gpu_launcher_begin);
  if (gpu)
    if (Error error = linkLauncher(module, gpuBytes))
      return error;
  for (Function &function : module)
    if (!function.isDeclaration())
      function.setLinkage(GlobalValue::InternalLinkage);
  Tables tables(module, interface, errors, *processor, gpu);
  GlobalVariable *mixer = tables.emit();
  for (StringRef name :
       {"mixc_bundle_processor_check", "mixc_bundle_error", "mixc_bundle_gpu_error"})
    if (Function *function = module.getFunction(name))
      function->addFnAttr(host::anyProcessor);
  for (StringRef what : {"dense", "bind"})
    exportFunction(module, interface, mixer, what, ("mixc_bundle_" + what).str());
  for (StringRef what : {"check", "workspace_size", "launch", "error"})
    exportFunction(module, interface, mixer, what,
                   ((gpu ? "mixc_bundle_gpu_" : "mixc_bundle_") + what).str());
  tables.exportRecord();
  return Error::success();
}
