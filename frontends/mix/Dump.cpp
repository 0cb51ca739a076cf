//===- Dump.cpp - the tree as text, for tests -----------------------------===//
#include "frontends/mix/AST.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace mixc::mix {

namespace {

class Dumper {
public:
  explicit Dumper(raw_ostream &os) : os(os) {}

  void file(const File &file) {
    for (const StmtPtr &item : file.items)
      stmt(*item);
  }

  void expr(const Expr &e) {
    line(head(e) + (e.parens ? " parens=" + std::to_string(e.parens) : ""));
    Deeper deeper(*this);
    if (const auto *reduce = dyn_cast<Reduce>(&e)) {
      for (const Binder &b : reduce->binders)
        binder(b.name.text, b.lo.get(), b.hi.get());
      expr(*reduce->body);
      return arguments(reduce->options);
    }
    if (const auto *call = dyn_cast<Call>(&e))
      return arguments(call->args);
    forEachChild(e, [&](const Expr &child) { expr(child); });
  }

private:
  struct Deeper {
    explicit Deeper(Dumper &d) : d(d) { ++d.depth; }
    ~Deeper() { --d.depth; }
    Dumper &d;
  };

  void line(const Twine &text) { os.indent(2 * depth) << text << '\n'; }

  static std::string head(const Expr &e) {
    return TypeSwitch<const Expr *, std::string>(&e)
        .Case([](const IntLit *x) { return "int " + std::to_string(x->value); })
        .Case([](const FloatLit *x) { return "float " + x->text; })
        .Case([](const BoolLit *x) { return std::string(x->value ? "true" : "false"); })
        .Case([](const Inf *) { return std::string("inf"); })
        .Case([](const Pi *) { return std::string("pi"); })
        .Case([](const NameRef *x) { return "name " + x->name; })
        .Case([](const Access *x) { return "access " + x->name.text; })
        .Case([](const Call *x) {
          return "call " + x->callee.text +
                 (x->element ? " " + spelling(x->element->type).str() : "");
        })
        .Case([](const Reduce *x) { return "reduce " + spelling(x->op).str(); })
        .Case([](const Unary *x) { return std::string(x->op == UnaryOp::Neg ? "neg" : "not"); })
        .Case([](const Binary *x) { return "binary " + spelling(x->op).str(); })
        .Case([](const If *) { return std::string("if"); });
  }

  void binder(StringRef name, const Expr *lo, const Expr *hi) {
    line("index " + name);
    if (!hi)
      return;
    Deeper deeper(*this);
    expr(*lo);
    expr(*hi);
  }

  void arguments(ArrayRef<Argument> args) {
    for (const Argument &arg : args) {
      if (!arg.name) {
        expr(*arg.value);
        continue;
      }
      line("argument " + arg.name->text);
      Deeper deeper(*this);
      expr(*arg.value);
    }
  }

  static std::string words(ArrayRef<Ident> names) {
    std::string list;
    for (const Ident &name : names)
      list += " " + name.text;
    return list;
  }

  void type(const TypeRef &type) {
    line("type " + (type.element ? spelling(type.element->type) : "generic") +
         (type.hasShape ? " tensor" : " scalar"));
    Deeper deeper(*this);
    for (const ExprPtr &extent : type.shape)
      expr(*extent);
  }

  void group(StringRef what, const ArgGroup &group) {
    line(what + words(group.names));
    Deeper deeper(*this);
    type(group.type);
    if (group.init)
      expr(*group.init);
  }

  void param(const Param &param) {
    constexpr StringLiteral names[] = {"int", "bool", "f32", "enum"};
    line("param " + param.name.text + " " + names[unsigned(param.type)] + words(param.values));
    Deeper deeper(*this);
    if (param.init)
      expr(*param.init);
  }

  void mixer(const Mixer &mixer) {
    line("mixer " + mixer.name.text);
    Deeper deeper(*this);
    for (const std::string &text : mixer.doc)
      line("doc " + text);
    for (const std::string &text : mixer.cites)
      line("cite " + text);
    for (const Param &p : mixer.params)
      param(p);
    for (const ArgGroup &g : mixer.args)
      group("arg", g);
    for (const ArgGroup &g : mixer.outs)
      group("out", g);
    for (const Where &where : mixer.where) {
      line("where");
      Deeper deeper(*this);
      expr(*where.cond);
    }
    for (const StmtPtr &s : mixer.body)
      stmt(*s);
  }

  void equation(const Equation &equation) {
    line("equation " + equation.target.text + " " + spelling(equation.op));
    Deeper deeper(*this);
    for (const Subscript &subscript : equation.subscripts)
      if (subscript.hasRange())
        binder(subscript.name->text, subscript.lo.get(), subscript.hi.get());
      else
        expr(*subscript.value);
    line("value");
    expr(*equation.value);
  }

  void stmt(const Stmt &s) {
    if (const auto *m = dyn_cast<Mixer>(&s))
      return mixer(*m);
    if (const auto *e = dyn_cast<Equation>(&s))
      return equation(*e);
    TypeSwitch<const Stmt *>(&s)
        .Case([&](const Import *import) { line("import \"" + import->path + "\""); })
        .Case([&](const Def *def) {
          line("def " + def->name.text + words(def->params));
          Deeper deeper(*this);
          expr(*def->value);
        })
        .Case([&](const Let *let) {
          constexpr StringLiteral names[] = {"scalar", "function", "table"};
          line("let " + names[unsigned(let->form)] + " " + let->name.text + words(let->params));
          Deeper deeper(*this);
          if (let->value)
            expr(*let->value);
          for (const ExprPtr &entry : let->table)
            expr(*entry);
        })
        .Case([&](const TensorDecl *decl) {
          line("tensor " + decl->name.text);
          Deeper deeper(*this);
          type(decl->type);
        })
        .Case([&](const CallStmt *call) {
          line("call " + call->callee.text + " ->" + words(call->targets));
          Deeper deeper(*this);
          for (const Argument &arg : call->params) {
            line("param " + arg.name->text);
            Deeper deeper(*this);
            expr(*arg.value);
          }
          arguments(call->args);
        });
  }

  raw_ostream &os;
  unsigned depth = 0;
};

} // namespace

std::string dump(const File &file) {
  std::string text;
  raw_string_ostream os(text);
  Dumper(os).file(file);
  return text;
}

std::string dump(const Expr &expr) {
  std::string text;
  raw_string_ostream os(text);
  Dumper(os).expr(expr);
  return text;
}

} // namespace mixc::mix
