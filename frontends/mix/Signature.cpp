//===- Signature.cpp - what a caller of a mixer needs to know -------------===//
#include "frontends/mix/Frontend.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace mixc::mix {

/// The text of `span`, on one line.
static std::string textOf(Span span, const SourceManager &sources) {
  SmallVector<StringRef> words;
  SplitString(sources.text(span), words);
  return join(words, " ");
}

static std::string typeText(const Param &param) {
  switch (param.type) {
  case ParamType::Int:
    return "int";
  case ParamType::Bool:
    return "bool";
  case ParamType::F32:
    return "f32";
  case ParamType::Enum:
    break;
  }
  return "{" + join(map_range(param.values, [](const Ident &v) { return v.text; }), ", ") + "}";
}

Signature signatureOf(const Mixer &mixer, const SourceManager &sources) {
  Signature signature;
  signature.name = mixer.name.text;
  signature.doc = mixer.doc;
  while (!signature.doc.empty() && signature.doc.back().empty())
    signature.doc.pop_back();
  signature.cites = mixer.cites;
  llvm::StringSet<> params;
  for (const Param &param : mixer.params) {
    params.insert(param.name.text);
    Signature::Param entry{param.name.text, typeText(param), std::nullopt};
    if (param.init)
      entry.init = textOf(param.init->span, sources);
    signature.params.push_back(std::move(entry));
  }
  SetVector<StringRef> extents;
  std::function<void(const Expr &)> findExtents = [&](const Expr &expr) {
    if (auto *ref = dyn_cast<NameRef>(&expr))
      if (isUpper(ref->name.front()) && !params.contains(ref->name))
        extents.insert(ref->name);
    forEachChild(expr, findExtents);
  };
  for (bool isArgument : {true, false})
    for (const ArgGroup &group : isArgument ? mixer.args : mixer.outs) {
      Signature::Tensor tensor;
      if (group.type.element)
        tensor.element = spelling(group.type.element->type).str();
      for (const ExprPtr &size : group.type.shape) {
        findExtents(*size);
        tensor.shape.push_back(textOf(size->span, sources));
      }
      if (group.init)
        tensor.init = textOf(group.init->span, sources);
      for (const Ident &name : group.names) {
        tensor.name = name.text;
        (isArgument ? signature.arguments : signature.outputs).push_back(tensor);
      }
    }
  for (StringRef extent : extents)
    signature.extents.push_back(extent.str());
  for (const Where &where : mixer.where)
    signature.where.push_back(where.text);
  return signature;
}

void Signature::print(raw_ostream &os) const {
  for (const std::string &line : doc)
    os << (line.empty() ? "///" : "/// ") << line << "\n";
  for (const std::string &cite : cites)
    os << "/// @cite " << cite << "\n";
  os << "mixer " << name;
  if (!params.empty()) {
    os << "<";
    interleaveComma(params, os, [&](const Param &param) {
      os << param.name << ": " << param.type;
      if (param.init)
        os << " = " << *param.init;
    });
    os << ">";
  }
  auto list = [&](ArrayRef<Tensor> tensors, bool isOutput) {
    interleaveComma(tensors, os, [&](const Tensor &tensor) {
      os << tensor.name << ": " << tensor.element.value_or("");
      if (!tensor.shape.empty() || isOutput)
        os << "[" << join(tensor.shape, ", ") << "]";
      if (tensor.init)
        os << " = " << *tensor.init;
    });
  };
  os << "(";
  list(arguments, /*isOutput=*/false);
  os << ") -> (";
  list(outputs, /*isOutput=*/true);
  os << ")\n";
  if (!where.empty())
    os << "  where " << join(where, ", ") << "\n";
}

json::Value Signature::toJSON() const {
  auto tensors = [](ArrayRef<Tensor> list, bool isArgument) {
    json::Array array;
    for (const Tensor &tensor : list) {
      json::Object object{{"name", tensor.name}, {"shape", json::Array(tensor.shape)}};
      object["element"] = tensor.element ? json::Value(*tensor.element) : json::Value(nullptr);
      if (isArgument) {
        object["optional"] = tensor.init.has_value();
        if (tensor.init)
          object["default"] = *tensor.init;
      }
      array.push_back(std::move(object));
    }
    return array;
  };
  json::Array paramList;
  for (const Param &param : params)
    paramList.push_back(
        json::Object{{"name", param.name},
                     {"type", param.type},
                     {"default", param.init ? json::Value(*param.init) : json::Value(nullptr)}});
  return json::Object{{"name", name},
                      {"doc", join(doc, "\n")},
                      {"cites", json::Array(cites)},
                      {"extents", json::Array(extents)},
                      {"params", std::move(paramList)},
                      {"arguments", tensors(arguments, true)},
                      {"outputs", tensors(outputs, false)},
                      {"where", json::Array(where)}};
}

} // namespace mixc::mix
