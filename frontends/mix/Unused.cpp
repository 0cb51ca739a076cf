//===- Unused.cpp - names that nothing reads -------------------------------===//
#include "frontends/mix/Emitter.h"

#include "llvm/ADT/StringSet.h"

using namespace llvm;

namespace mixc::mix {

/// Adds to `names` whatever `expr` may mean by its words.
static void namesIn(const Expr &expr, StringSet<> &names) {
  if (auto *ref = dyn_cast<NameRef>(&expr))
    names.insert(ref->name);
  else if (auto *access = dyn_cast<Access>(&expr))
    names.insert(access->name.text);
  else if (auto *call = dyn_cast<Call>(&expr))
    names.insert(call->callee.text);
  forEachChild(expr, [&](const Expr &child) { namesIn(child, names); });
}

/// Adds the names that `statement` reads, what it defines apart.
static void namesIn(const Stmt &statement, StringSet<> &names) {
  auto read = [&](const ExprPtr &expr) {
    if (expr)
      namesIn(*expr, names);
  };
  if (auto *let = dyn_cast<Let>(&statement)) {
    read(let->value);
  } else if (auto *def = dyn_cast<Def>(&statement)) {
    read(def->value);
  } else if (auto *decl = dyn_cast<TensorDecl>(&statement)) {
    for_each(decl->type.shape, read);
  } else if (auto *equation = dyn_cast<Equation>(&statement)) {
    read(equation->value);
    for (const Subscript &subscript : equation->subscripts) {
      read(subscript.value);
      read(subscript.lo);
      read(subscript.hi);
    }
  } else if (auto *call = dyn_cast<CallStmt>(&statement)) {
    for (const std::vector<Argument> *arguments : {&call->params, &call->args})
      for (const Argument &argument : *arguments)
        read(argument.value);
  }
}

void warnOfUnused(const Mixer &mixer, Diagnostics &diags) {
  StringSet<> used;
  for (const Param &param : mixer.params)
    if (param.init)
      namesIn(*param.init, used);
  for (const std::vector<ArgGroup> *groups : {&mixer.args, &mixer.outs})
    for (const ArgGroup &group : *groups) {
      for (const ExprPtr &size : group.type.shape)
        namesIn(*size, used);
      if (group.init)
        namesIn(*group.init, used);
    }
  for (const Where &where : mixer.where)
    namesIn(*where.cond, used);
  for (const StmtPtr &statement : mixer.body)
    namesIn(*statement, used);
  for (const ArgGroup &group : mixer.outs)
    for (const Ident &name : group.names)
      used.insert(name.text);

  // Once a name, where it stands first.
  auto define = [&](const Ident &name, StringRef what, StringRef advice) {
    if (name.text.front() != '_' && used.insert(name.text).second)
      diags.warning(name.span, what + " `" + name.text + "` is never read").note(advice);
  };
  StringRef advice = "remove it, or begin its name with `_`";
  for (const Param &param : mixer.params)
    define(param.name, "the param", advice);
  for (const StmtPtr &statement : mixer.body) {
    if (auto *let = dyn_cast<Let>(statement.get()))
      define(let->name, "the `let`", advice);
    else if (auto *def = dyn_cast<Def>(statement.get()))
      define(def->name, "the function", advice);
    else if (auto *decl = dyn_cast<TensorDecl>(statement.get()))
      define(decl->name, "the tensor", advice);
    else if (auto *equation = dyn_cast<Equation>(statement.get()))
      define(equation->target, "the tensor", advice);
    else if (auto *call = dyn_cast<CallStmt>(statement.get()))
      for (const Ident &target : call->targets)
        define(target, "the tensor", "write `_` in its place");
  }
}

} // namespace mixc::mix
