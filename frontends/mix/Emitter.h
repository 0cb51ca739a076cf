//===- Emitter.h - from the tree to the mixer dialect ------------*- C++ -*-===//
//
// The stages, each in its file; they check while they emit, so that a rule of the
// language stands in one place:
//
//   Header.cpp      params, extents, arguments, defaults, `where`
//   Collect.cpp     the names of a body; its statements as units; what reads what
//   Left.cpp        left sides: indices, constants, their ranges, what is covered
//   Ranges.cpp      the range of an index without a written one
//   Lookup.cpp      what a bare name is
//   Expressions.cpp Functions.cpp Reductions.cpp Reads.cpp   expressions
//   Equations.cpp   definitions, scatters, overwrites
//   Recurrence.cpp  the time axes of a group of definitions (Recurrence.h)
//   Steps.cpp       a recurrence as `mixer.recur`
//   Calls.cpp       calls of mixers
//   Bounds.cpp      what the bounds analysis found, as diagnostics
//
// After an error, a Scalar is an error and a unit has failed: what depends on it
// stays silent, the rest is still checked.
//
//===----------------------------------------------------------------------===//
#ifndef MIXC_FRONTENDS_MIX_EMITTER_H
#define MIXC_FRONTENDS_MIX_EMITTER_H

#include "frontends/mix/Frontend.h"
#include "frontends/mix/Names.h"
#include "frontends/mix/Recurrence.h"

#include <set>

namespace mixc::mixer {
struct BoundsError;
class Facts;
} // namespace mixc::mixer

namespace mixc::mix {

/// Warns of params, lets, functions and tensors of `mixer` that nothing reads. A name that begins
/// with `_` is meant to be so.
void warnOfUnused(const Mixer &mixer, Diagnostics &diags);

class Emitter {
public:
  Emitter(mixer::FuncOp func, const Module &module, const Options &options, Diagnostics &diags)
      : s(func, diags), func(func), module(module), options(options), diags(&diags) {
    s.holds = [this](mlir::AffineExpr expr) { return proves(expr); };
  }

  /// Emits `mixer` into the function. Errors are in the diagnostics.
  void run(const Mixer &mixer);
  /// Checks the names in the file's definitions, whether they are called or not.
  void checkDefinitions();
  /// Reports what is not shown to be in bounds; after `run`, on verified IR.
  void checkBounds();

  /// What the axes are at which an equation has no index of its own: times and
  /// constants.
  using Fixed = llvm::SmallDenseMap<unsigned, mlir::AffineExpr>;

private:
  //===--------------------------------------------------------------------===//
  // Header.cpp
  //===--------------------------------------------------------------------===//

  /// Gives the params their values: what `given` gives, else their defaults.
  void bindParams(MixerScope &scope, llvm::function_ref<Scalar(const Param &)> given);
  /// The value that the command line gives a param; an error, not reported, where it is none.
  Scalar givenParam(const Param &param, llvm::StringRef text);
  /// `value` as a value of `param`; an error where it is none.
  Scalar checkParam(const Param &param, Scalar value, Span span);
  /// Emits `expr`, which should be constant, without leaving anything behind.
  Scalar emitConstant(const Expr &expr, Env &env);
  /// The extents of a mixer, numbered by their first places in the header.
  void declareExtents(MixerScope &scope);
  void declareTensors(MixerScope &scope);
  void declareShape(MixerScope &scope, const TensorDecl &decl, unsigned position);
  void addArguments(MixerScope &scope);
  /// The default of an argument: literals take the type of what they meet, here the argument's.
  Scalar emitDefault(const Tensor &argument, const Expr &init, Env &env);
  void emitDefaults(MixerScope &scope);
  void emitWhere(MixerScope &scope);
  /// Adds a `mixer.fact` of what `condition` emits in its body; none where it is
  /// true anyway.
  void addFact(llvm::StringRef text, Span span, llvm::function_ref<Scalar()> condition);
  /// An op that is not in the function yet.
  template <typename Op, typename... Args> Op aside(Span span, Args &&...args) {
    mlir::OpBuilder::InsertionGuard guard(s.builder);
    s.builder.clearInsertionPoint();
    return Op::create(s.builder, s.loc(span), std::forward<Args>(args)...);
  }
  void setExtents();
  mlir::AffineExpr addExtent(llvm::StringRef name, mixer::ExtentKind kind,
                             llvm::ArrayRef<mlir::AffineExpr> args);
  mlir::Type elementOf(const TypeRef &type, MixerScope &scope);
  llvm::SmallVector<IndexRange, 4> shapeOf(const TypeRef &type, Env &env, bool &failed);
  /// Declares the extents that `expr` names for the first time.
  void findExtents(const Expr &expr, MixerScope &scope);
  /// A symbol for `min` or `max` of two sizes.
  mlir::AffineExpr derivedExtent(bool max, mlir::AffineExpr a, mlir::AffineExpr b);
  /// `expr` with every `min` and `max` of sizes in it as a derived extent; null where
  /// it is made of anything else.
  mlir::AffineExpr sizeOfValue(mlir::AffineExpr expr);

  //===--------------------------------------------------------------------===//
  // Collect.cpp
  //===--------------------------------------------------------------------===//

  void collect(MixerScope &scope);
  bool declare(MixerScope &scope, const Ident &ident, Name name);
  Tensor &addTensor(MixerScope &scope, const Ident &name, Tensor::Origin origin);
  Unit &addUnit(MixerScope &scope, Unit::Kind kind, const Stmt &statement, unsigned position);
  Version &addVersion(Tensor &tensor, Unit &unit);
  void collectLet(MixerScope &scope, const Let &let, unsigned position);
  void emitTable(const Let &let, Tensor &tensor);
  void collectEquation(MixerScope &scope, const Equation &equation, unsigned position);
  /// The unit that `equation` belongs to, an old or a new one; null after an error.
  Unit *unitFor(MixerScope &scope, const Equation &equation, Tensor &tensor, unsigned position);
  void collectCall(MixerScope &scope, const CallStmt &call, unsigned position);
  /// Whether evaluating `expr` reads a tensor with subscripts or reduces.
  bool touchesData(const Expr &expr, Env &env);

  //===--------------------------------------------------------------------===//
  // Body.cpp
  //===--------------------------------------------------------------------===//

  void emitBody(MixerScope &scope);
  /// Adds to `reader` what `expr` reads when it stands in statement `position`.
  void findReads(const Expr &expr, MixerScope &scope, unsigned position, Unit &reader,
                 std::set<const void *> &seen);
  void emitGroup(MixerScope &scope, llvm::ArrayRef<Unit *> group);

  //===--------------------------------------------------------------------===//
  // Left.cpp
  //===--------------------------------------------------------------------===//

  bool understandLeft(MixerScope &scope, Piece &piece, bool scatter);
  bool understandSubscript(MixerScope &scope, Piece &piece, const Subscript &subscript,
                           bool scatter);
  /// Adds the indices in a computed subscript of a scatter.
  void findIndices(const Expr &expr, MixerScope &scope, Piece &piece,
                   llvm::SmallVectorImpl<llvm::StringRef> &bound);
  /// Gives all indices of `units`, which define tensors, their ranges.
  bool inferLeft(MixerScope &scope, llvm::ArrayRef<Unit *> units);
  bool inferIndices(MixerScope &scope, Unit &unit);
  /// Gives the axes of a definition their hulls and checks what is covered.
  bool coverLeft(MixerScope &scope, Unit &unit);
  bool coverAxis(MixerScope &scope, Unit &unit, unsigned axis);
  bool checkTwice(Unit &unit);
  void findCorners(Unit &unit);
  /// Where a constant on a left side lies: below the range of the other equation
  /// (-1), in it (0), above it (1).
  int sideOf(mlir::AffineExpr constant, const IndexRange &range);

  //===--------------------------------------------------------------------===//
  // Ranges.cpp
  //===--------------------------------------------------------------------===//

  /// The extents that `index` may have by where it stands in `exprs`.
  void findRanges(llvm::StringRef index, const Expr &expr, Env &env,
                  llvm::SmallVectorImpl<IndexRange> &found);
  void findRangesInFunctions(llvm::StringRef index, const Expr &expr, Env &env,
                             llvm::SmallVectorImpl<IndexRange> &found, unsigned level);
  IndexRange transformRange(const Reduce &reduce, Env &env);
  /// The range of an index that has none written; unknown, with an error unless
  /// `quiet`, where it stands alone nowhere or two extents disagree.
  IndexRange inferRange(const Ident &index, llvm::ArrayRef<const Expr *> exprs, Env &env,
                        bool quiet = false);

  //===--------------------------------------------------------------------===//
  // Lookup.cpp
  //===--------------------------------------------------------------------===//

  Scalar lookup(const NameRef &ref, Env &env);
  Tensor *tensorNamed(llvm::StringRef name, Env &env);
  /// Reports `message`, that `name` is unknown, with what it is called here (`habit`), the
  /// candidate that was probably meant, or what to do `otherwise`.
  Scalar unknown(const llvm::Twine &message, llvm::StringRef name, Span span,
                 llvm::ArrayRef<llvm::StringRef> candidates, llvm::StringRef habit,
                 const llvm::Twine &otherwise);
  /// Whether no error has said yet that `name` is unknown to this statement.
  bool isNews(llvm::StringRef name, Env &env);
  /// Reports that the let `ref` is read above its definition.
  Scalar tooEarly(const NameRef &ref, const Name &known, Env &env);
  Scalar unknownName(const NameRef &ref, Env &env);
  std::vector<llvm::StringRef> namesInScope(Env &env);
  /// Whether `name` may be given to an index or argument here.
  bool checkNewLocal(const Ident &name, Env &env, llvm::StringRef what);
  /// Warns where the new local hides a scalar of the mixer.
  void warnOfHidden(const Ident &name, Env &env, llvm::StringRef what);

  //===--------------------------------------------------------------------===//
  // Expressions.cpp
  //===--------------------------------------------------------------------===//

  Scalar emit(const Expr &expr, Env &env);
  /// Counts what is emitted; false, and once an error, where it has become too much.
  bool spend(unsigned cost, Span span);
  Scalar emitBinary(const Binary &expr, Env &env);
  Scalar emitLogical(const Binary &expr, Env &env);
  const Param *enumParam(const Expr &expr, Env &env);
  Scalar emitEnumComparison(const Binary &expr, const Param *left, const Param *right, Env &env);
  Scalar emitIf(const If &expr, Env &env);
  Scalar emitPower(const Scalar &a, const Scalar &b, Span span);
  Scalar emitCondition(const Expr &expr, Env &env, llvm::StringRef what);
  /// An integer, as an index expression; null after an error.
  mlir::AffineExpr emitIndex(const Expr &expr, Env &env, const llvm::Twine &what);
  /// An integer of extents and params; null after an error.
  mlir::AffineExpr emitSize(const Expr &expr, Env &env, const llvm::Twine &what);
  Scalar emitNumber(const Expr &expr, Env &env, const llvm::Twine &what);
  /// `c ? a : b` with both branches emitted by `branches[0]` and `branches[1]`.
  Scalar emitChoice(const Scalar &condition, Span span, llvm::function_ref<Scalar()> thenBranch,
                    llvm::function_ref<Scalar()> elseBranch, Span thenSpan, Span elseSpan);

  //===--------------------------------------------------------------------===//
  // Functions.cpp
  //===--------------------------------------------------------------------===//

  Scalar emitCall(const Call &call, Env &env);
  /// A function that a call means: of the mixer, else of the file.
  struct Function {
    llvm::ArrayRef<Ident> params;
    const Expr *body = nullptr;
    const void *key = nullptr;
    MixerScope *mixer = nullptr; ///< where it captures names
    unsigned position = 0;
  };
  /// The function that `call` means, called with as many arguments as it takes.
  std::optional<Function> functionOf(const Call &call, Env &env);
  bool checkBuiltinCall(const struct Builtin &function, const Call &call);
  /// Reports unknown names in `expr`, the body of a function that may never be called.
  void checkNames(const Expr &expr, Env &env);
  void checkFunction(llvm::ArrayRef<Ident> params, const Expr &body, Env &env);
  Scalar emitBuiltin(const struct Builtin &function, const Call &call, Env &env);
  /// `body` with the arguments in `inner`, emitted once for equal arguments.
  Scalar inlined(const void *function, const Expr &body, Env &inner, Span call);
  Scalar emitCast(const Call &call, Scalar value);
  Scalar emitUnary(const struct Builtin &function, Scalar x, Span span);

  //===--------------------------------------------------------------------===//
  // Reductions.cpp
  //===--------------------------------------------------------------------===//

  struct Bound;
  Scalar emitReduce(const Reduce &expr, Env &env);
  bool bindIndices(const Reduce &expr, Env &env, Bound &bound);
  mlir::Operation *emitFold(const Reduce &expr, Env &env, Bound &bound);
  mlir::Operation *emitAlong(const Reduce &expr, Env &env, Bound &bound);
  mlir::Operation *emitOrder(const Reduce &expr, Env &env, Bound &bound);
  mlir::Operation *emitTransform(const Reduce &expr, Env &env, Bound &bound);
  /// Emits the body; `typeFor` says what it yields for a value. Null after an error.
  mlir::Type emitBoundBody(const Reduce &expr, Env &env, Bound &bound, mlir::Region &region,
                           llvm::function_ref<mlir::Type(const Scalar &)> typeFor);
  mlir::Type realFor(const Reduce &expr, const Scalar &value);
  void requireRank(const Argument &given, mlir::AffineExpr rank, const IndexRange &candidates,
                   Env &env);
  /// The option `name=` of `expr`; null without one, which is an error where `needed` says for
  /// what.
  const Argument *option(const Reduce &expr, llvm::StringRef name, llvm::StringRef needed = "");

  //===--------------------------------------------------------------------===//
  // Reads.cpp
  //===--------------------------------------------------------------------===//

  Scalar emitAccess(const Access &access, Env &env);
  Tensor *accessed(const Ident &name, Env &env);
  bool rangesOver(mlir::AffineExpr subscript, mlir::AffineExpr lower, mlir::AffineExpr upper);
  void recordRead(Version &version, const Scalar &result, Span span);
  /// The reads recorded so far, and: those since then are gone with their ops.
  size_t markReads() const { return recorder ? recorder->reads.size() : 0; }
  void forgetReads(size_t mark) {
    if (recorder)
      recorder->reads.truncate(mark);
  }
  Scalar emitPad(const Call &call, Env &env);
  /// The subscripts of an access; empty after an error.
  std::optional<llvm::SmallVector<mlir::AffineExpr>> subscriptsOf(const Access &access,
                                                                  Tensor &tensor, Env &env);
  Scalar read(Tensor &tensor, llvm::ArrayRef<mlir::AffineExpr> subscripts, Span span,
              llvm::ArrayRef<Span> spans, unsigned position);
  Scalar readValue(mlir::Value tensor, llvm::ArrayRef<mlir::AffineExpr> subscripts, Span span,
                   llvm::ArrayRef<Span> spans);

  //===--------------------------------------------------------------------===//
  // Equations.cpp
  //===--------------------------------------------------------------------===//

  void emitUnit(MixerScope &scope, Unit &unit);
  void emitLet(MixerScope &scope, Unit &unit);
  /// A rank-0 tensor of the value of `expr`; null after an error.
  mlir::Value emitScalarEquation(MixerScope &scope, const Expr &expr, llvm::StringRef name,
                                 mlir::Type element, unsigned position, Span span);
  void emitScatter(MixerScope &scope, Unit &unit);
  void emitOverwrite(MixerScope &scope, Unit &unit);
  mlir::Value emitScatterOp(MixerScope &scope, const Piece &piece, Tensor &tensor,
                            mlir::Type element, mlir::Value init);
  /// `mixer.eq` for `pieces` of `tensor` over the axes that are not fixed: their hulls,
  /// or the ranges of the one piece. Null after an error.
  mlir::Value emitEquation(MixerScope &scope, Tensor &tensor, llvm::ArrayRef<const Piece *> pieces,
                           const Fixed &fixed, bool ownRanges = false);
  /// The value at `indices`: of the first piece that has it.
  Scalar emitPieces(MixerScope &scope, llvm::ArrayRef<const Piece *> pieces,
                    llvm::ArrayRef<mlir::AffineExpr> indices);
  llvm::SmallVector<const Piece *> inOrder(llvm::ArrayRef<Piece> pieces);
  /// `value` as a tensor of `element` stores it; null after an error.
  mlir::Value store(Scalar value, mlir::Type element, Span span, llvm::StringRef name);
  mixer::MixerTensorType typeOf(const Tensor &tensor, mlir::Type element);
  /// `mixer.eq` over all of `tensor`; null after an error.
  mlir::Value emitPointwise(const Tensor &tensor, mlir::Type element, Span span,
                            llvm::function_ref<Scalar(llvm::ArrayRef<mlir::AffineExpr>)> value);
  /// `value`, which has other boundaries or another element type, as `tensor` has it.
  mlir::Value conform(mlir::Value value, const Tensor &tensor, Span span);
  void emitOutputs(MixerScope &scope);
  void reportUndefined(MixerScope &scope, const Tensor &output);

  //===--------------------------------------------------------------------===//
  // Recurrence.cpp, Steps.cpp
  //===--------------------------------------------------------------------===//

  bool emitRecurrence(MixerScope &scope, llvm::ArrayRef<Unit *> group);
  /// Emits the group over all axes with stand-ins for its tensors, until their element
  /// types are settled; leaves that in the function, and what it read in `reads`.
  bool emitStandIns(MixerScope &scope, llvm::ArrayRef<Unit *> group, GroupReads &reads);
  void eraseStandIns(llvm::ArrayRef<Unit *> group, GroupReads &reads, unsigned mark);
  bool emitSteps(MixerScope &scope, const RecurrencePlan &plan);
  bool emitStep(MixerScope &scope, const RecurrencePlan &plan, const RecurrencePlan::Step &step,
                mlir::ValueRange times);
  /// Whether `piece` is an initial slice: constant at a time and outside of its range.
  bool isInitial(const RecurrencePlan &plan, Unit &unit, const Piece &piece);

  //===--------------------------------------------------------------------===//
  // Calls.cpp
  //===--------------------------------------------------------------------===//

  void emitMixerCall(MixerScope &scope, Unit &unit);
  /// The callee's arguments, in its order, with what is given for each (null: its default).
  struct Actual;
  bool matchArguments(const CallStmt &call, const Mixer &callee,
                      llvm::SmallVectorImpl<Actual> &actuals);
  bool bindCallParams(MixerScope &caller, MixerScope &inner, const CallStmt &call,
                      unsigned position);
  /// Finds or makes the tensor that is given for an argument.
  bool findActual(MixerScope &caller, Actual &actual, unsigned position);
  bool bindCallExtents(MixerScope &inner, const CallStmt &call, llvm::ArrayRef<Actual> actuals);
  void requireEqual(mlir::AffineExpr a, mlir::AffineExpr b, const llvm::Twine &what, Span span);
  bool giveArguments(MixerScope &inner, llvm::ArrayRef<Actual> actuals);
  bool takeOutputs(MixerScope &inner, const CallStmt &call, Unit &unit);

  //===--------------------------------------------------------------------===//
  // Proofs.cpp, Bounds.cpp
  //===--------------------------------------------------------------------===//

  /// Reports reads of corners that no equation defines.
  void checkCorners(mixer::Facts &facts);
  /// Reports recurrences that lack boundaries; takes what that explains out of `found`.
  void reportBoundaries(mixer::Facts &facts, std::vector<mixer::BoundsError> &found);
  /// The left side of a slice of what a recurrence carries, at constants on axes of its history.
  std::string sliceText(mixer::RecurOp recur, unsigned carry,
                        llvm::ArrayRef<std::pair<unsigned, mlir::AffineExpr>> constants);
  /// Reports the open bounds of one read.
  void reportRead(mixer::Facts &facts, mixer::AtOp at, llvm::ArrayRef<mixer::BoundsError> open);
  /// Reports one of them where the read lies outside for sure; false where it need not.
  bool reportOutside(mixer::Facts &facts, mixer::AtOp at, const mixer::BoundsError &open,
                     llvm::StringRef what);
  /// `less <= more` for a `where`; `slack` is the difference.
  std::string requirement(mlir::AffineExpr less, mlir::AffineExpr more, mlir::AffineExpr slack);
  /// Reports an open bound of a scatter, a normaliser or a rank.
  void reportPosition(const mixer::BoundsError &open);
  /// The place of a subscript of an access, or of an index of a normaliser.
  Span subscriptSpan(mlir::Operation *op, unsigned axis);
  /// Whether `expr >= 0` holds at the insertion point.
  bool proves(mlir::AffineExpr expr);
  /// `expr` in the words of the source.
  std::string show(mlir::AffineExpr expr);
  std::string show(const IndexRange &range);

  ScalarBuilder s;
  mixer::FuncOp func;
  const Module &module;
  const Options &options;
  Diagnostics *diags;

  llvm::SmallVector<mlir::Attribute> extents;
  std::deque<MixerScope> scopes;
  /// Functions emitted in the open bodies, by a hash of what they were called with.
  struct Memo {
    const void *function;
    MixerScope *scope;
    llvm::SmallVector<Scalar, 4> arguments;
    Scalar result;
  };
  using MemoTable = llvm::ScopedHashTable<size_t, Memo>;
  MemoTable memo;
  MemoTable::ScopeTy memoRoot{memo};

  /// A body that is being emitted: an Inside, with its own memo.
  struct Body {
    Body(Emitter &emitter, mlir::Block *block) : inside(emitter.s, block), memo(emitter.memo) {}
    ScalarBuilder::Inside inside;
    MemoTable::ScopeTy memo;
  };

  /// Corners of histories without a value, by recurrence and carry; axes are theirs.
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<std::pair<unsigned, Corner>>> corners;
  /// A tensor that a recurrence carries, and which of its axes the history has.
  struct Carry {
    const Unit *unit;
    llvm::SmallVector<unsigned, 4> axes;
  };
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<Carry, 1>> recurrences;
  /// The unknown names reported, by where they were reported to and by statement.
  std::set<std::tuple<const Diagnostics *, const MixerScope *, unsigned, std::string>> reported;
  bool broken = false;            ///< a header so wrong that the body is not looked at
  bool inCondition = false;       ///< of a `where`
  GroupReads *recorder = nullptr; ///< of the recurrence that is being analysed
  unsigned depth = 0;             ///< of expressions within expressions, through functions
  unsigned effort = 0;            ///< expressions emitted
};

} // namespace mixc::mix

#endif // MIXC_FRONTENDS_MIX_EMITTER_H
