//===- Body.cpp - the units of a mixer, in the order of their reads -------===//
#include "frontends/mix/Emitter.h"

#include "mlir/IR/Iterators.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace mixc::mixer;

namespace mixc::mix {

std::vector<std::vector<Unit *>>
groupsOf(ArrayRef<Unit *> units,
         llvm::function_ref<void(Unit *, llvm::function_ref<void(Unit *)>)> next) {
  // Tarjan's algorithm; the way down is a list, since a file may be long.
  struct Node {
    unsigned number = 0, low = 0;
    bool onStack = false;
    SmallVector<Unit *> next;
    size_t taken = 0;
  };
  llvm::DenseMap<Unit *, unsigned> numbers;
  std::vector<Node> nodes(units.size());
  for (auto [k, unit] : llvm::enumerate(units))
    numbers[unit] = k;
  for (auto [unit, node] : llvm::zip_equal(units, nodes))
    next(unit, [&](Unit *read) {
      if (numbers.contains(read))
        node.next.push_back(read);
    });
  std::vector<std::vector<Unit *>> groups;
  std::vector<unsigned> stack, way;
  unsigned count = 0;
  auto enter = [&](unsigned k) {
    nodes[k].number = nodes[k].low = ++count;
    nodes[k].onStack = true;
    stack.push_back(k);
    way.push_back(k);
  };
  for (unsigned root = 0; root < nodes.size(); ++root) {
    if (nodes[root].number)
      continue;
    enter(root);
    while (!way.empty()) {
      unsigned k = way.back();
      Node &node = nodes[k];
      if (node.taken < node.next.size()) {
        unsigned to = numbers[node.next[node.taken++]];
        if (!nodes[to].number)
          enter(to);
        else if (nodes[to].onStack)
          node.low = std::min(node.low, nodes[to].number);
        continue;
      }
      way.pop_back();
      if (!way.empty())
        nodes[way.back()].low = std::min(nodes[way.back()].low, node.low);
      if (node.low != node.number)
        continue;
      std::vector<unsigned> members;
      do {
        members.push_back(stack.back());
        nodes[stack.back()].onStack = false;
        stack.pop_back();
      } while (members.back() != k);
      llvm::sort(members);
      groups.emplace_back();
      for (unsigned member : members)
        groups.back().push_back(units[member]);
    }
  }
  return groups;
}

void Emitter::findReads(const Expr &expr, MixerScope &scope, unsigned position, Unit &reader,
                        std::set<const void *> &seen) {
  StringRef name;
  if (auto *ref = dyn_cast<NameRef>(&expr))
    name = ref->name;
  else if (auto *access = dyn_cast<Access>(&expr))
    name = access->name.text;
  else if (auto *call = dyn_cast<Call>(&expr))
    name = call->callee.text;
  if (const Name *known = name.empty() ? nullptr : scope.find(name)) {
    bool whole = isa<NameRef>(expr) && known->tensor && !known->tensor->axes.empty();
    if (known->tensor && !(whole && reader.kind != Unit::Kind::Call)) {
      if (Version *version = known->tensor->at(position); version && version->unit)
        reader.reads.insert(version->unit);
    }
    const Expr *body = known->def                     ? known->def->value.get()
                       : known->let && !known->tensor ? known->let->value.get()
                                                      : nullptr;
    if (body && known->position < position && seen.insert(body).second)
      findReads(*body, scope, known->position, reader, seen);
  }
  forEachChild(expr, [&](const Expr &child) { findReads(child, scope, position, reader, seen); });
}

void Emitter::emitBody(MixerScope &scope) {
  SmallVector<Unit *> units;
  for (const std::unique_ptr<Unit> &unit : scope.units) {
    units.push_back(unit.get());
    std::set<const void *> seen;
    auto reads = [&](const Expr &expr, unsigned position) {
      findReads(expr, scope, position, *unit, seen);
    };
    for (const Piece &piece : unit->pieces) {
      reads(*piece.equation->value, piece.position);
      for (const Subscript &left : piece.equation->subscripts)
        if (left.value)
          reads(*left.value, piece.position);
    }
    if (auto *let = dyn_cast<Let>(unit->statement))
      reads(*let->value, unit->first);
    if (auto *call = dyn_cast<CallStmt>(unit->statement))
      for (const Argument &argument : call->args)
        reads(*argument.value, unit->first);
    if (unit->kind == Unit::Kind::Overwrite)
      unit->reads.insert(unit->defines.front()->tensor->at(unit->first)->unit);
  }
  auto groups = groupsOf(units, [](Unit *unit, llvm::function_ref<void(Unit *)> visit) {
    for (Unit *read : unit->reads)
      visit(read);
  });
  for (const std::vector<Unit *> &group : groups)
    emitGroup(scope, group);
}

void Emitter::emitGroup(MixerScope &scope, ArrayRef<Unit *> group) {
  auto fail = [&] {
    for (Unit *unit : group)
      unit->failed = true;
  };
  if (llvm::any_of(group, [](Unit *unit) { return unit->failed; }))
    return fail();
  unsigned errors = diags->errorCount();
  bool recurs = group.size() > 1 || group.front()->reads.contains(group.front());
  Unit &first = *group.front();
  if (recurs && !llvm::all_of(group, [](Unit *u) { return u->kind == Unit::Kind::Define; })) {
    auto *other = *llvm::find_if(group, [](Unit *u) { return u->kind != Unit::Kind::Define; });
    auto error = diags->error(other->statement->span,
                              "this takes part in a recurrence, which is made of definitions");
    if (other != &first)
      error.note(first.statement->span,
                 "it reads, and is read by, this: one of them needs another name");
    else if (group.size() > 1)
      error.note(group[1]->statement->span,
                 "it reads, and is read by, this: one of them needs another name");
    else
      error.note("it reads what it defines: define that by an equation under another name");
    return fail();
  }
  bool defined = true;
  if (recurs) {
    defined = inferLeft(scope, group) &&
              llvm::all_of(group, [&](Unit *unit) { return coverLeft(scope, *unit); }) &&
              emitRecurrence(scope, group);
  } else if (first.kind == Unit::Kind::Define) {
    if (inferLeft(scope, group) && coverLeft(scope, first))
      emitUnit(scope, first);
  } else {
    emitUnit(scope, first);
  }
  if (!recurs)
    defined = llvm::all_of(first.defines, [](Version *v) { return !v || v->value; });
  if (diags->errorCount() != errors || !defined)
    fail();
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

/// Erases what nothing reads: values that folded away, branches not taken.
static void eraseDead(FuncOp func) {
  func.walk<WalkOrder::PostOrder, mlir::ReverseIterator>([](Operation *op) {
    if (!isa<EqOp, ScatterOp, RecurOp, DefaultOp, FactOp>(op) && isOpTriviallyDead(op))
      op->erase();
  });
}

void Emitter::run(const Mixer &mixer) {
  MixerScope &scope = scopes.emplace_back();
  scope.mixer = &mixer;
  scope.generic = mixc::mixer::elementType(s.context(), mix::spelling(options.genericElement));
  s.plain = scope.generic.isF64() ? s.f64 : s.f32;
  if (!options.openParams)
    checkParams(mixer, options.params, *diags);
  bindParams(scope, [&](const Param &param) -> Scalar {
    if (auto given = options.params.find(param.name.text); given != options.params.end())
      return givenParam(param, given->second);
    bool isNumber = param.type == ParamType::Int || param.type == ParamType::F32;
    return options.openParams && isNumber && !param.init
               ? s.index(addExtent(param.name.text, ExtentKind::dynamic, {}))
               : Scalar();
  });
  declareExtents(scope);
  declareTensors(scope);
  if (broken)
    return;
  addArguments(scope);
  emitDefaults(scope);
  emitWhere(scope);
  collect(scope);
  if (broken)
    return;
  emitBody(scope);
  emitOutputs(scope);
  if (!diags->hasErrors())
    eraseDead(func);
}

} // namespace mixc::mix
