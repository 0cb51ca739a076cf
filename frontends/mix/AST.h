//===- AST.h - the syntax tree of a .mix file --------------------*- C++ -*-===//
//
// The tree says what was written, checked against the grammar and nothing else: a
// name is not resolved, a type not derived. Two hierarchies, both opened with
// `llvm::isa`, `cast` and `dyn_cast`:
//
//   Expr   IntLit FloatLit BoolLit Inf Pi NameRef Access Call Reduce Unary Binary If
//   Stmt   Import Mixer (in a file), Def (in both), Let TensorDecl Equation CallStmt
//
// Parentheses that the user wrote are a count on the expression that they enclose,
// so that no stage has to look through a node of their own. Comments are a list on
// the file, in order of place: the formatter puts them back by their offsets.
//
// The height of an expression is bounded by the parser (`maxHeight`), so that a
// stage may walk it by recursion.
//
//===----------------------------------------------------------------------===//
#ifndef MIXC_FRONTENDS_MIX_AST_H
#define MIXC_FRONTENDS_MIX_AST_H

#include "frontends/mix/Source.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Casting.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mixc::mix {

/// No expression tree is higher than this, counted in nodes.
inline constexpr unsigned maxHeight = 512;

/// A name and where it stands. A name that the parser could not find (after an
/// error) is empty; such a tree is never handed out as good.
struct Ident {
  std::string text;
  Span span;
};

/// The element types of the language.
enum class ElementType {
  F64,
  F32,
  F16,
  BF16,
  F8E4M3,
  F8E5M2,
  I64,
  I32,
  I16,
  I8,
  U8,
  I4,
  Bool,
  C64
};

/// The element type that `word` spells, e.g. `bf16`.
std::optional<ElementType> elementType(llvm::StringRef word);
/// How the language spells `type`.
llvm::StringRef spelling(ElementType type);

/// An element type as written.
struct ElementRef {
  ElementType type = ElementType::F32;
  Span span;
};

//===----------------------------------------------------------------------===//
// Expressions
//===----------------------------------------------------------------------===//

/// The base of all expressions.
struct Expr {
  enum class Kind {
    IntLit,
    FloatLit,
    BoolLit,
    Inf,
    Pi,
    NameRef,
    Access,
    Call,
    Reduce,
    Unary,
    Binary,
    If
  };

  virtual ~Expr() = default;
  Kind kind() const { return kind_; }

  /// The whole text, the user's parentheses around it included.
  Span span;
  /// How many pairs of parentheses the user put directly around it.
  unsigned parens = 0;
  /// The nodes on the longest way down, this one included: at most `maxHeight`.
  unsigned height = 1;

protected:
  Expr(Kind kind, Span span) : span(span), kind_(kind) {}

private:
  const Kind kind_;
};

using ExprPtr = std::unique_ptr<Expr>;

/// `12`. The value is not negative, with one exception: in `-9223372036854775808`
/// the literal holds INT64_MIN, so a minus before it must be taken with wrap-around.
struct IntLit : Expr {
  IntLit(Span span, int64_t value) : Expr(Kind::IntLit, span), value(value) {}
  static bool classof(const Expr *e) { return e->kind() == Kind::IntLit; }

  int64_t value;
};

/// `0.5`, `1e-6`: the text, since the type that the literal meets decides how it is
/// rounded, and its value as f64 (finite).
struct FloatLit : Expr {
  FloatLit(Span span, std::string text, double value)
      : Expr(Kind::FloatLit, span), text(std::move(text)), value(value) {}
  static bool classof(const Expr *e) { return e->kind() == Kind::FloatLit; }

  std::string text;
  double value;
};

/// `true`, `false`.
struct BoolLit : Expr {
  BoolLit(Span span, bool value) : Expr(Kind::BoolLit, span), value(value) {}
  static bool classof(const Expr *e) { return e->kind() == Kind::BoolLit; }

  bool value;
};

/// `inf`.
struct Inf : Expr {
  explicit Inf(Span span) : Expr(Kind::Inf, span) {}
  static bool classof(const Expr *e) { return e->kind() == Kind::Inf; }
};

/// `pi`.
struct Pi : Expr {
  explicit Pi(Span span) : Expr(Kind::Pi, span) {}
  static bool classof(const Expr *e) { return e->kind() == Kind::Pi; }
};

/// A bare name: an index, `let`, scalar, param, extent, enum value or rank-0 tensor.
struct NameRef : Expr {
  NameRef(Span span, std::string name) : Expr(Kind::NameRef, span), name(std::move(name)) {}
  static bool classof(const Expr *e) { return e->kind() == Kind::NameRef; }

  std::string name;
};

/// `q[b, h, i + 1]`: a read of a tensor or of a `let` table.
struct Access : Expr {
  Access(Span span, Ident name, std::vector<ExprPtr> subscripts)
      : Expr(Kind::Access, span), name(std::move(name)), subscripts(std::move(subscripts)) {}
  static bool classof(const Expr *e) { return e->kind() == Kind::Access; }

  Ident name;
  std::vector<ExprPtr> subscripts; ///< at least one
};

/// An argument of a call, a reduction or a mixer: `x` or `name=x`.
struct Argument {
  std::optional<Ident> name;
  ExprPtr value;
  Span span;
};

/// `f(x, y)`: a scalar function, a `def` or an index function. `cast(bf16, x)` has
/// the type in `element` and only `x` among the arguments; `pad(x[...], 0)` is a
/// call of two arguments, the first an `Access`.
struct Call : Expr {
  Call(Span span, Ident callee, std::optional<ElementRef> element, std::vector<Argument> args)
      : Expr(Kind::Call, span), callee(std::move(callee)), element(element), args(std::move(args)) {
  }
  static bool classof(const Expr *e) { return e->kind() == Kind::Call; }

  Ident callee;
  std::optional<ElementRef> element;
  std::vector<Argument> args; ///< may be empty; positional ones stand first
};

/// The operations written `op[indices](expr)`.
enum class Reducer {
  Sum,
  Prod,
  Mean,
  Max,
  Min,
  Any,
  All,
  ArgMax,
  ArgMin,
  LogSumExp, // to a value
  Softmax,
  Normalize,
  RMSNorm,
  LayerNorm, // along an axis
  ArgTop,
  Kth, // order statistics
  FFT,
  IFFT,
  RFFT,
  IRFFT,
  DCT,
  IDCT // transforms
};

std::optional<Reducer> reducer(llvm::StringRef word);
llvm::StringRef spelling(Reducer op);

/// An index that a reduction runs over, with the range written with it if any.
struct Binder {
  Ident name;
  ExprPtr lo, hi; ///< both or neither; half open
  Span span;

  bool hasRange() const { return hi != nullptr; }
};

/// `sum[d, u in 0..W](body)`, `argtop[c](score, rank=t)`, `fft[n](x, at=f)`.
struct Reduce : Expr {
  Reduce(Span span, Reducer op, Ident name, std::vector<Binder> binders, ExprPtr body,
         std::vector<Argument> options)
      : Expr(Kind::Reduce, span), op(op), name(std::move(name)), binders(std::move(binders)),
        body(std::move(body)), options(std::move(options)) {}
  static bool classof(const Expr *e) { return e->kind() == Kind::Reduce; }

  Reducer op;
  Ident name;                  ///< the operation's name as written
  std::vector<Binder> binders; ///< at least one
  ExprPtr body;
  std::vector<Argument> options; ///< all named (`rank=`, `at=`, `eps=`), unchecked
};

enum class UnaryOp { Neg, Not };

/// `-x`, `!x`.
struct Unary : Expr {
  Unary(Span span, UnaryOp op, ExprPtr operand)
      : Expr(Kind::Unary, span), op(op), operand(std::move(operand)) {}
  static bool classof(const Expr *e) { return e->kind() == Kind::Unary; }

  UnaryOp op;
  ExprPtr operand;
};

enum class BinaryOp { Add, Sub, Mul, Div, Mod, Pow, Eq, Ne, Lt, Le, Gt, Ge, And, Or };

llvm::StringRef spelling(BinaryOp op);
inline bool isComparison(BinaryOp op) { return op >= BinaryOp::Eq && op <= BinaryOp::Ge; }

/// `a + b`.
struct Binary : Expr {
  Binary(Span span, BinaryOp op, Span opSpan, ExprPtr lhs, ExprPtr rhs)
      : Expr(Kind::Binary, span), op(op), opSpan(opSpan), lhs(std::move(lhs)), rhs(std::move(rhs)) {
  }
  static bool classof(const Expr *e) { return e->kind() == Kind::Binary; }

  BinaryOp op;
  Span opSpan;
  ExprPtr lhs, rhs;
};

/// `if c then a else b`.
struct If : Expr {
  If(Span span, ExprPtr cond, ExprPtr thenValue, ExprPtr elseValue)
      : Expr(Kind::If, span), cond(std::move(cond)), thenValue(std::move(thenValue)),
        elseValue(std::move(elseValue)) {}
  static bool classof(const Expr *e) { return e->kind() == Kind::If; }

  ExprPtr cond, thenValue, elseValue;
};

/// Calls `visit` for each direct part of `expr`, in the order of the text: the
/// bounds of binders, then the body, then the options.
void forEachChild(const Expr &expr, llvm::function_ref<void(const Expr &)> visit);

//===----------------------------------------------------------------------===//
// Statements and what a file holds
//===----------------------------------------------------------------------===//

/// The base of statements, definitions, imports and mixers.
struct Stmt {
  enum class Kind { Import, Mixer, Def, Let, TensorDecl, Equation, CallStmt };

  virtual ~Stmt() = default;
  Kind kind() const { return kind_; }

  Span span; ///< from the first token to the last

protected:
  Stmt(Kind kind, Span span) : span(span), kind_(kind) {}

private:
  const Kind kind_;
};

using StmtPtr = std::unique_ptr<Stmt>;

/// `import "other.mix"`.
struct Import : Stmt {
  explicit Import(Span span = {}) : Stmt(Kind::Import, span) {}
  static bool classof(const Stmt *s) { return s->kind() == Kind::Import; }

  std::string path; ///< without the quotes
  Span pathSpan;    ///< with them
};

/// `def f(x, y) = expr`, in a file or in a mixer's body.
struct Def : Stmt {
  explicit Def(Span span = {}) : Stmt(Kind::Def, span) {}
  static bool classof(const Stmt *s) { return s->kind() == Kind::Def; }

  Ident name;
  std::vector<Ident> params; ///< at least one
  ExprPtr value;
};

/// `let w = expr`, `let g(h) = expr`, `let taps = [1, 1, 3]`.
struct Let : Stmt {
  enum class Form { Scalar, Function, Table };

  explicit Let(Span span = {}) : Stmt(Kind::Let, span) {}
  static bool classof(const Stmt *s) { return s->kind() == Kind::Let; }

  Form form = Form::Scalar;
  Ident name;
  std::vector<Ident> params;  ///< of a function: at least one
  ExprPtr value;              ///< of a scalar or a function
  std::vector<ExprPtr> table; ///< of a table: at least one literal, a `Unary` minus
                              ///< around those that are negative
  Span tableSpan;             ///< the brackets of a table
};

/// `f32[B, C, E]`, `[B, C]`, `i32`: the part behind a `:`.
struct TypeRef {
  std::optional<ElementRef> element;
  bool hasShape = false;      ///< brackets are there; false: a scalar
  std::vector<ExprPtr> shape; ///< may be empty with brackets (rank 0)
  Span span;
};

/// `tensor y: f32[B, C, E]`.
struct TensorDecl : Stmt {
  explicit TensorDecl(Span span = {}) : Stmt(Kind::TensorDecl, span) {}
  static bool classof(const Stmt *s) { return s->kind() == Kind::TensorDecl; }

  Ident name;
  TypeRef type;
};

/// A subscript of an equation's left side: `expr`, or `ident in lo..hi`.
struct Subscript {
  ExprPtr value;             ///< the first form, also for a bare index (`NameRef`)
  std::optional<Ident> name; ///< the second form, with
  ExprPtr lo, hi;            ///< its range
  Span span;

  bool hasRange() const { return hi != nullptr; }
};

enum class EquationOp { Define, Overwrite, Add, Max, Min }; // = := += max= min=

llvm::StringRef spelling(EquationOp op);

/// `y[b, n, t in 0..16] = expr` and its siblings; no subscripts: a rank-0 tensor.
struct Equation : Stmt {
  explicit Equation(Span span = {}) : Stmt(Kind::Equation, span) {}
  static bool classof(const Stmt *s) { return s->kind() == Kind::Equation; }

  Ident target;
  std::vector<Subscript> subscripts;
  Span targetSpan; ///< the left side, subscripts included
  EquationOp op = EquationOp::Define;
  Span opSpan;
  ExprPtr value;
};

/// `(o1, _) = attention<causal=false>(q, kc, v=vc)`.
struct CallStmt : Stmt {
  explicit CallStmt(Span span = {}) : Stmt(Kind::CallStmt, span) {}
  static bool classof(const Stmt *s) { return s->kind() == Kind::CallStmt; }

  std::vector<Ident> targets; ///< at least one; `_` discards the output
  Ident callee;
  std::vector<Argument> params; ///< all named; empty without `<...>`
  Span paramsSpan;              ///< `<...>`; nowhere without it
  std::vector<Argument> args;   ///< at least one; positional ones stand first
};

enum class ParamType { Int, Bool, F32, Enum };

/// A param of a mixer: `window: int = 0`, `act: {relu, softmax} = relu`.
struct Param {
  Ident name;
  ParamType type = ParamType::Int;
  Span typeSpan;
  std::vector<Ident> values; ///< of an enum: at least one
  ExprPtr init;              ///< null without a default; any expression
  Span span;
};

/// `q, k: [B, H, N, D]`: arguments or outputs that share a type and a default. The
/// grouping is the user's; for the meaning each name stands for itself.
struct ArgGroup {
  std::vector<Ident> names;
  TypeRef type;
  ExprPtr init; ///< null without a default; never on an output
  Span span;
};

/// One condition of a `where`.
struct Where {
  ExprPtr cond;
  std::string text; ///< the source text on one line, as a refusal quotes it
};

/// `mixer name<params>(args) -> (outs) where ... { body }`.
struct Mixer : Stmt {
  explicit Mixer(Span span = {}) : Stmt(Kind::Mixer, span) {}
  static bool classof(const Stmt *s) { return s->kind() == Kind::Mixer; }

  std::vector<std::string> doc;   ///< the lines of its `///` comment, `@cite` ones apart
  std::vector<std::string> cites; ///< what follows each `@cite`
  Ident name;
  std::vector<Param> params;
  Span paramsSpan; ///< `<...>`; nowhere without it
  std::vector<ArgGroup> args;
  std::vector<ArgGroup> outs;
  std::vector<Where> where;
  std::vector<StmtPtr> body;
  Span bodySpan; ///< the braces
};

/// A comment, from its slashes to the end of its line (exclusive).
struct Comment {
  Span span;
  bool doc = false;     ///< `///`
  bool ownLine = false; ///< nothing but blanks before it on its line
};

/// A parsed file.
struct File {
  FileId id = Span::nowhere;
  std::vector<StmtPtr> items; ///< `Import`, `Def`, `Mixer`, in order
  std::vector<Comment> comments;

  std::vector<const Mixer *> mixers() const;
};

/// Prints the tree, one node a line, without places: equal dumps mean equal trees.
/// Parentheses are shown; comments and the layout are not.
std::string dump(const File &file);
std::string dump(const Expr &expr);

} // namespace mixc::mix

#endif // MIXC_FRONTENDS_MIX_AST_H
