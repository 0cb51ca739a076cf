//===- Names.h - what names mean while a mixer is emitted --------*- C++ -*-===//
//
// A mixer's scope holds its params, extents, tensors, lets and defs; inside an
// expression, environments hold the indices and the arguments of functions.
//
// A tensor has versions: an argument or a definition is the first, each `:=` makes a
// next one. A read means the version that stands above it; where none does, the
// definition below it, which only a recurrence allows.
//
// A unit is what is emitted as a whole: all equations of one definition, all scatters
// into one target, an overwrite, a call, a let that reads tensors.
//
//===----------------------------------------------------------------------===//
#ifndef MIXC_FRONTENDS_MIX_NAMES_H
#define MIXC_FRONTENDS_MIX_NAMES_H

#include "frontends/mix/Scalars.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"

#include <deque>

namespace mixc::mix {

struct MixerScope;
struct Tensor;
struct Unit;

/// The range of an index or an axis, half open; unknown without bounds.
struct IndexRange {
  mlir::AffineExpr lo, hi;
  std::string from; ///< where it comes from: "axis 2 of `k`", counted from 0
  Span span;        ///< and where that stands

  bool known() const { return hi != nullptr; }
  friend bool operator==(const IndexRange &a, const IndexRange &b) {
    return a.lo == b.lo && a.hi == b.hi;
  }
};

/// A name inside an expression: an index or an argument of a function.
struct Local {
  llvm::StringRef name;
  Span span;
  Scalar scalar;
  bool isIndex = false;
  IndexRange range; ///< of an index
};

/// The names around an expression, innermost first.
struct Env {
  const Env *outer = nullptr;
  MixerScope *mixer = nullptr; ///< none in a definition of a file
  /// The statement that the expression belongs to: later names are not in scope.
  unsigned position = 0;
  llvm::SmallVector<Local, 4> locals;

  const Local *find(llvm::StringRef name) const {
    for (const Env *env = this; env; env = env->outer)
      for (const Local &local : env->locals)
        if (local.name == name)
          return &local;
    return nullptr;
  }
};

/// The time axes of a recurrence, for one of its tensors, while it is being emitted.
struct TimeLevel {
  llvm::SmallVector<unsigned, 2> axes;
  llvm::SmallVector<mlir::AffineExpr, 2> times; ///< their dims
  mlir::Value history; ///< with the steps so far; none if only this step is read
};

/// One value of a tensor.
struct Version {
  Tensor *tensor = nullptr;
  Unit *unit = nullptr; ///< none for an argument
  mlir::Value value;    ///< the whole tensor, once it is there
  /// The recurrences that are being emitted around it, outermost first.
  llvm::SmallVector<TimeLevel, 1> levels;
  mlir::Value slice; ///< this step's value, once it is there
};

/// A corner of a tensor's hull that no equation defines: slices at both constants,
/// but none at both.
struct Corner {
  unsigned axes[2];
  mlir::AffineExpr constants[2];
  bool above[2]; ///< the constant lies above the range, not below it
};

struct Tensor {
  enum class Origin { Argument, Output, Declared, Defined, Table };

  std::string name;
  Span span;
  Origin origin = Origin::Defined;
  mlir::Type element; ///< null as long as it is not inferred
  /// The range that an index alone in this place has; boundaries below 0 or above do not count.
  llvm::SmallVector<IndexRange, 4> axes;
  /// The axes with all boundaries: what can be read. Set when the tensor is emitted.
  llvm::SmallVector<mlir::AffineExpr, 4> lower, upper;
  llvm::SmallVector<Corner, 0> corners;
  bool ranked = false; ///< the number of axes is known
  bool failed = false; ///< an equation was meant to define it, and an error was reported
  llvm::SmallVector<std::unique_ptr<Version>, 1> versions;

  bool hasShape() const { return origin != Origin::Defined; }
  Version *at(unsigned position) const;
};

/// A subscript on the left of an equation.
struct LeftSubscript {
  enum class Kind { Index, Constant, Expression };
  Kind kind = Kind::Index;
  Ident name;                ///< of an index
  mlir::AffineExpr constant; ///< over extents
  IndexRange range;          ///< of an index: as written, later as inferred
  const Expr *expr = nullptr;
  Span span;
};

/// An equation with its left side understood.
struct Piece {
  const Equation *equation = nullptr;
  unsigned position = 0;
  llvm::SmallVector<LeftSubscript, 4> left;
  /// Of a scatter: all indices in the order of the left side, each once.
  llvm::SmallVector<LeftSubscript, 4> indices;

  bool isConstant(unsigned axis) const { return left[axis].kind == LeftSubscript::Kind::Constant; }
  bool isGeneral() const {
    return llvm::none_of(
        left, [](const LeftSubscript &s) { return s.kind == LeftSubscript::Kind::Constant; });
  }
};

struct Unit {
  enum class Kind { Define, Scatter, Overwrite, Call, Let };

  Kind kind = Kind::Define;
  unsigned first = 0, last = 0; ///< the statements that it is made of
  const Stmt *statement = nullptr;
  llvm::SmallVector<Piece, 2> pieces;
  llvm::SmallVector<Version *, 1> defines; ///< null for an output that a call discards
  llvm::SetVector<Unit *> reads;
  bool failed = false; ///< an error was reported; what reads it stays silent

  /// The equation of a definition with indices everywhere.
  const Piece &general() const {
    const Piece *general =
        llvm::find_if(pieces, [](const Piece &piece) { return piece.isGeneral(); });
    return general == pieces.end() ? pieces.back() : *general;
  }
};

/// What a name of a mixer's scope is.
struct Name {
  enum class Kind { Param, Extent, Tensor, Let, Def };

  Kind kind = Kind::Param;
  Span span = {};
  unsigned position = 0; ///< its statement, counted from 1; 0 for the header
  Scalar scalar = {};    ///< of a param or an extent
  Tensor *tensor = nullptr;
  const Let *let = nullptr;
  const Def *def = nullptr;
  const Param *param = nullptr;
};

struct MixerScope {
  const Mixer *mixer = nullptr;
  llvm::StringMap<Name> names;
  /// Enum values and the params that have them.
  llvm::StringMap<llvm::SmallVector<const Param *, 1>> enumValues;
  std::deque<Tensor> tensors;
  std::vector<std::unique_ptr<Unit>> units;
  mlir::Type generic; ///< the element type of tensors without one
  unsigned depth = 0; ///< of calls
  unsigned bound = 0; ///< the params that have their values, or an error in place of one

  bool isBound(const Param &param) const { return &param < mixer->params.data() + bound; }
  const Name *find(llvm::StringRef name) const {
    auto at = names.find(name);
    return at == names.end() ? nullptr : &at->second;
  }
};

} // namespace mixc::mix

#endif // MIXC_FRONTENDS_MIX_NAMES_H
