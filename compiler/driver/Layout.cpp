//===- Layout.cpp - how a tensor lies in memory ---------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Layout.h"

#include "compiler/driver/CommandLine.h"
#include "compiler/driver/Failure.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallSet.h"

using namespace llvm;

namespace mixc::driver {

/// Appends to `axes`, which holds those below `first`, the others, each once.
static Error parseOrder(StringRef order, unsigned first, const Twine &what, StringRef example,
                        SmallVectorImpl<unsigned> &axes) {
  SmallSet<unsigned, 8> seen;
  std::string way = ("write each axis once, outermost first: `" + example + "`").str();
  for (StringRef part : split(order, '.')) {
    unsigned axis;
    if (part.getAsInteger(10, axis) || axis < first || !seen.insert(axis).second)
      return usageError(what + " is not an order of axes", {way});
    axes.push_back(axis);
  }
  if (*std::max_element(axes.begin(), axes.end()) != axes.size() - 1)
    return usageError(what + " leaves axes out", {way});
  return Error::success();
}

/// The part of `packed(…)` and `paged(…)` between the parentheses.
static Error parseFields(StringRef fields, const std::string &what, Layout &layout) {
  bool isPacked = layout.form == Layout::Packed;
  StringRef file = isPacked ? "offsets" : "table";
  std::vector<StringRef> known{"axis", file, "order"};
  if (!isPacked)
    known.insert(known.end(), {"block", "pages"});
  std::string example =
      isPacked ? "packed(axis=2,offsets=FILE)" : "paged(axis=2,block=16,table=FILE)";
  SmallSet<StringRef, 8> given;
  for (StringRef field : split(fields, ',')) {
    auto [key, value] = field.split('=');
    if (!is_contained(known, key))
      return usageError(what + " has no part `" + key + "`", suggestions(key, known, "parts"));
    if (value.empty() || !given.insert(key).second)
      return usageError(what + " gives `" + key + "` " + (value.empty() ? "no value" : "twice"),
                        {"write `" + example + "`"});
    if (key == file) {
      layout.file = value.str();
    } else if (key == "order") {
      layout.order.push_back(0);
      if (Error error = parseOrder(value, 1, what + ": `order`", "order=2.1.3", layout.order))
        return error;
    } else {
      int64_t number, least = key == "pages" ? 0 : 1;
      if (value.getAsInteger(10, number) || number < least || number > INT32_MAX)
        return usageError(what + ": `" + key + "` wants an integer from " + Twine(least) + " to " +
                          Twine(INT32_MAX) + ", but got `" + value + "`");
      if (key == "axis")
        layout.axis = static_cast<unsigned>(number);
      else if (key == "block")
        layout.block = number;
      else
        layout.pages = number;
    }
  }
  for (StringRef key : {"axis", "block"})
    if (!given.contains(key) && is_contained(known, key))
      return usageError(what + " has no `" + key + "`", {"write `" + example + "`"});
  return Error::success();
}

Error parseLayout(StringRef text, Layouts &layouts) {
  auto assignment = splitAssignment("storage", text);
  if (!assignment)
    return assignment.takeError();
  auto &[name, value] = *assignment;
  Layout layout;
  layout.text = value;
  std::string what = ("`--storage " + text + "`").str();
  auto [head, fields] = StringRef(value).split('(');
  if (head == "packed" || head == "paged") {
    layout.form = head == "packed" ? Layout::Packed : Layout::Paged;
    if (!fields.consume_back(")"))
      return usageError(what + " has no `)` at its end");
    if (Error error = parseFields(fields, what, layout))
      return error;
  } else if (StringRef(value).contains(',')) {
    return usageError(what + " gives more than one tensor", {"repeat `--storage`, once a tensor"});
  } else if (Error error =
                 parseOrder(value, 0, what, ("--storage " + name + "=0.2.1.3"), layout.order)) {
    return error;
  }
  auto [at, inserted] = layouts.try_emplace(name, layout);
  if (!inserted && at->second.text != layout.text)
    return usageError("`--storage` gives `" + name + "` twice, as " + at->second.text + " and as " +
                      layout.text);
  return Error::success();
}

} // namespace mixc::driver
