//===- Header.cpp - a bundle's interface for C and C++ --------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lowering/bundle/Text.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace mixc::lowering;
using namespace mixc::lowering::bundle;

// The file that the launcher is compiled with; the path is the build's.
__asm__(".section .rodata\n"
        "mixc_bundle_host_begin:\n"
        ".incbin \"" MIXC_BUNDLE_HOST_HEADER "\"\n"
        "mixc_bundle_host_end:\n"
        ".previous\n");
extern "C" const char mixc_bundle_host_begin[], mixc_bundle_host_end[];

/// The part of bundle_host.h that is for bundles.
static StringRef sharedText() {
  StringRef text(mixc_bundle_host_begin, mixc_bundle_host_end - mixc_bundle_host_begin);
  constexpr StringRef line = "/* ----";
  text = text.substr(text.find(line));
  text = text.substr(text.find('\n') + 1);
  return text.substr(0, text.find(line));
}

std::string bundle::fieldName(StringRef name) {
  // Keywords of C11 and C++23 that are not keywords of the language of specs, and what <stddef.h>
  // and <stdint.h> define.
  static constexpr StringRef taken[] = {
      "alignas",   "alignof",    "and",      "and_eq",    "asm",     "auto",      "bitand",
      "bitor",     "break",      "case",     "catch",     "char",    "class",     "co_await",
      "co_return", "co_yield",   "compl",    "concept",   "const",   "consteval", "constexpr",
      "constinit", "const_cast", "continue", "decltype",  "default", "delete",    "do",
      "double",    "enum",       "explicit", "export",    "extern",  "float",     "for",
      "friend",    "goto",       "inline",   "long",      "mutable", "namespace", "new",
      "noexcept",  "not",        "not_eq",   "NULL",      "nullptr", "offsetof",  "operator",
      "or",        "or_eq",      "private",  "protected", "public",  "register",  "requires",
      "restrict",  "return",     "short",    "signed",    "sizeof",  "static",    "struct",
      "switch",    "template",   "this",     "throw",     "try",     "typedef",   "typeid",
      "typename",  "typeof",     "union",    "unsigned",  "using",   "virtual",   "void",
      "volatile",  "wchar_t",    "while",    "xor",       "xor_eq",  "linux",     "unix",
      "bool",      "int",        "if",       "else",      "true",    "false",     "import",
      "module"};
  return name.str() + (is_contained(taken, name) ? "_" : "");
}

StringRef bundle::elementInC(const Tensor &tensor) {
  return StringSwitch<StringRef>(tensor.element)
      .Cases({"f32", "c64"}, "float")
      .Case("f64", "double")
      .Cases({"bf16", "f16"}, "uint16_t")
      .Cases({"u8", "bool", "f8e4m3", "f8e5m2"}, "uint8_t")
      .Cases({"i8", "i4"}, "int8_t")
      .Case("i16", "int16_t")
      .Case("i32", "int32_t")
      .Case("i64", "int64_t");
}

/// What a reader must know of an element whose type in C does not say it.
static StringRef elementNote(StringRef element) {
  return StringSwitch<StringRef>(element)
      .Case("bf16", "bf16, as its bits")
      .Case("f16", "f16, as its bits")
      .Case("c64", "c64: real and imaginary parts, which count as one element")
      .Case("bool", "bool: 0 or 1")
      .Case("i4", "i4: -8 to 7")
      .Default(element);
}

/// Text for a comment: nothing in it ends or begins one.
static std::string commented(StringRef text) {
  std::string result;
  for (size_t k = 0; k != text.size(); ++k) {
    bool meets =
        k > 0 && ((text[k - 1] == '*' && text[k] == '/') || (text[k - 1] == '/' && text[k] == '*'));
    result += meets ? " " : "";
    result += text[k];
  }
  return result;
}

static std::string shape(const Tensor &tensor) {
  return "[" + join(tensor.shapeAsWritten, ", ") + "]";
}

namespace {
class HeaderWriter {
public:
  HeaderWriter(const Interface &interface, const GpuCode *gpu)
      : interface(interface), gpu(gpu), name(interface.name), os(text) {}

  std::string write();

private:
  void writeTitle();
  void writeSignature();
  void writeArgs();
  void writeTensor(const Tensor &tensor, bool isOutput);
  void writeFunctions();
  void writeComment(StringRef line) { os << (" * " + StringRef(commented(line))).str() << '\n'; }

  const Interface &interface;
  const GpuCode *gpu;
  StringRef name;
  std::string text;
  raw_string_ostream os;
};
} // namespace

void HeaderWriter::writeSignature() {
  std::string params;
  for (const Param &param : interface.params)
    params += (params.empty() ? "<" : ", ") + param.name + " = " + param.value;
  writeComment(("    " + name + params + (params.empty() ? "" : ">") + "(").str());
  auto list = [&](ArrayRef<Tensor> tensors) {
    for (const Tensor &tensor : tensors)
      writeComment("        " + tensor.name + ": " + tensor.element + shape(tensor) +
                   (tensor.initial ? " = " + *tensor.initial : "") +
                   (&tensor == &tensors.back() ? "" : ","));
  };
  list(interface.arguments);
  writeComment("    ) -> (");
  list(interface.outputs);
  writeComment("    )");
  if (!interface.where.empty())
    writeComment("    where " + join(interface.where, ", "));
}

void HeaderWriter::writeTitle() {
  os << "/* " << name << ", compiled by mixc " << interface.version << " for " << interface.target
     << ".\n *\n";
  for (const std::string &line : interface.doc)
    os << (line.empty() ? " *\n" : " * " + commented(line) + "\n");
  if (!interface.cites.empty())
    os << " *\n";
  for (const std::string &cite : interface.cites)
    writeComment("    " + cite);
  os << " *\n";
  writeSignature();
  for (const Extent &extent : interface.extents)
    if (extent.fixed)
      writeComment("    " + extent.name + " is " + std::to_string(*extent.fixed) +
                   " in this bundle");
  os << " */\n";
}

void HeaderWriter::writeTensor(const Tensor &tensor, bool isOutput) {
  os << "  struct {\n    " << (isOutput ? "" : "const ") << elementInC(tensor) << " *data;\n";
  if (size_t rank = tensor.shape.size())
    os << "    int64_t shape[" << rank << "], strides[" << rank << "];\n";
  os << "  } " << fieldName(tensor.name) << "; /* "
     << commented(shape(tensor) + ", " + elementNote(tensor.element).str()) << " */\n";
  if (!tensor.note.empty())
    os << "  /* " << commented(tensor.note) << " */\n";
  if (tensor.initial)
    os << "  /* `" << tensor.name << "` may be left out, with `data` NULL: it then is "
       << commented(*tensor.initial) << ". */\n";
}

void HeaderWriter::writeArgs() {
  os << "/* A call. Shapes count elements; so do strides, of any sign, 0 where elements repeat. "
        "`data` "
        "is the\n"
        " * element at index 0 of every axis, aligned as its type; it may be NULL where a tensor "
        "has "
        "no\n"
        " * elements. Outputs share memory with nothing; all their elements are written."
     << (gpu ? " All\n * `data` is in the memory of the device, or where the device can reach it."
             : "")
     << " */\ntypedef struct " << name << "_args {\n";
  bool first = true;
  for (const Extent &extent : interface.extents) {
    if (extent.kind != Extent::Given)
      continue;
    os << "  int64_t " << fieldName(extent.name) << ";";
    os << (first ? " /* the extents: sizes that shapes are made of */\n" : "\n");
    first = false;
  }
  os << "\n  /* Arguments. */\n";
  for (const Tensor &tensor : interface.arguments)
    writeTensor(tensor, false);
  os << "\n  /* Outputs. */\n";
  for (const Tensor &tensor : interface.outputs)
    writeTensor(tensor, true);
  os << "} " << name << "_args;\n";
}

/// The functions, `@` being the mixer's name. Those that all bundles have alike:
static constexpr StringRef functions = R"(
/* Sets every shape and stride from the extents, for tensors that are dense. Returns 0, or an error. */
int32_t @_dense(@_args *args);

/* Sets the extents from the shapes of the arguments, and shapes and dense strides of the outputs.
 * What no shape tells stays as it is. Returns 0, or an error. */
int32_t @_bind(@_args *args);

/* What an error means, for people. */
const char *@_error(int32_t error);
)";

/// On the CPU.
static constexpr StringRef cpuFunctions = R"(
/* The first thing that is wrong with a call: 0, or an error. Of the tensors it reads at most those
 * without axes. */
int32_t @_check(const @_args *args);

/* The bytes of workspace that a launch with this host (NULL: none) needs; negative: an error,
 * negated. Looks at the extents only. */
int64_t @_workspace_size(const @_args *args, const mixc_bundle_host *host);

/* Checks the call and computes the outputs. `workspace` is aligned to MIXC_BUNDLE_ALIGNMENT bytes,
 * and no one else's until the function returns; NULL where the host allocates one, or its size is
 * 0. Without a host (NULL) everything runs in the calling thread. Returns 0; an error, in which case
 * nothing was written; or the negative number that parallel_for has returned. May be called by any
 * number of threads at once. */
int32_t @_launch(const @_args *args, void *workspace, const mixc_bundle_host *host);
)";

/// On a GPU; `$` is the type of a stream.
static constexpr StringRef gpuFunctions = R"(
/* The first thing that is wrong with a call: 0, or an error. Where a condition of the mixer is about
 * a tensor without axes, reads that, in the default stream; else needs no device. */
int32_t @_check(const @_args *args);

/* The bytes of workspace that a launch needs; negative: an error, negated. Looks at the extents
 * only. */
int64_t @_workspace_size(const @_args *args);

/* Checks the call and puts its kernels into `stream` (a $; NULL: the default one), on the device
 * that is current in this thread. `workspace` is memory of the device, aligned to
 * MIXC_BUNDLE_ALIGNMENT bytes, and no one else's until the stream is done with the launch; NULL where
 * its size is 0. The first launch on a device loads the code there. Returns 0, or an error; what goes
 * wrong in a kernel later, the stream tells. May be called by any number of threads at once. */
int32_t @_launch(const @_args *args, void *workspace, void *stream);
)";

void HeaderWriter::writeFunctions() {
  bool isAmd = gpu && gpu->vendor == gpu::Vendor::Amd;
  for (StringRef text : {functions, gpu ? gpuFunctions : cpuFunctions})
    for (char c : text) {
      if (c == '@')
        os << name;
      else if (c == '$')
        os << (isAmd ? "hipStream_t" : "CUstream");
      else
        os << c;
    }
}

std::string HeaderWriter::write() {
  writeTitle();
  os << "#ifndef MIXC_BUNDLE_OF_" << name << "\n#define MIXC_BUNDLE_OF_" << name << "\n\n"
     << "#include <stddef.h>\n#include <stdint.h>\n\n"
     << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
     << sharedText() << '\n';
  writeArgs();
  writeFunctions();
  os << "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
  return text;
}

std::string bundle::writeHeader(const Interface &interface, const GpuCode *gpu) {
  return HeaderWriter(interface, gpu).write();
}
