//===- PlanEmitter.cpp - a scheduled mixer as a plan and kernels ----------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/KernelEmitter.h"
#include "compiler/schedule/Passes.h"
#include "compiler/schedule/ScalarCode.h"
#include "compiler/schedule/TileEmitter.h"
#include "dialects/mixer/Remark.h"

#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace mixc;
using namespace mixc::schedule;

namespace mixc::schedule {
#define GEN_PASS_DEF_SCHEDULEEMIT
#include "compiler/schedule/Passes.h.inc"
} // namespace mixc::schedule

namespace {

class PlanEmitter : public BodyEmitter {
public:
  PlanEmitter(ModuleOp module, mixer::FuncOp func, const Schedule &schedule, ArrayRef<int64_t> dims,
              StringRef pass, bool checked, bool tiles)
      : BodyEmitter(OpBuilder(func)), module(module), func(func), schedule(schedule), dims(dims),
        pass(pass), checked(checked), tiles(tiles && !checked), reads(func) {}

  void run();

private:
  Block *topBlock() override { return &plan.getBody().front(); }
  Value extent(unsigned position) override { return plan.getExtents()[position]; }
  Value read(Value tensor, ArrayRef<AffineExpr> subscripts, Location loc) override;

  Value view(Value argument) {
    return plan.getViews()[cast<BlockArgument>(argument).getArgNumber()];
  }
  void addViews();
  void emitChecks();
  void emitUnitChecks();
  void makeBuffers();
  void clearFaults();
  void checkFaults();
  void emitSteps(ArrayRef<Step> steps);
  std::optional<KernelLaunch> emitTiles(StringRef name, const Group &group);
  void emitLoop(const Step &step);
  void emitLaunch(KernelLaunch launch, Location loc);
  std::string kernelName(StringRef part);

  ModuleOp module;
  mixer::FuncOp func;
  const Schedule &schedule;
  ArrayRef<int64_t> dims;
  StringRef pass;
  bool checked, tiles;
  FaultNotes faults;
  Reads reads;
  Homes homes;
  plan::FuncOp plan;
  /// Time indices of the loops around, and their values.
  SmallVector<std::pair<Value, Value>> times;
  llvm::StringMap<unsigned> names;
};

} // namespace

/// The view of a whole argument, output or temporary.
static tile::ViewType viewType(mixer::MixerTensorType type, bool unit) {
  return tile::ViewType::get(type.getContext(), type.getRank(), type.getElement(),
                             unit && type.getRank() > 0);
}

void PlanEmitter::run() {
  Location loc = func.getLoc();
  SmallVector<Attribute> extentNames;
  for (Attribute extent : func.getExtents())
    extentNames.push_back(cast<mixer::ExtentAttr>(extent).getName());
  plan = plan::FuncOp::create(builder, loc, func.getSymName(), builder.getArrayAttr(extentNames),
                              func.getArgNames(), func.getResultNames());
  if (Attribute storage = func->getAttr("storage"))
    plan->setAttr("storage", storage);
  Block &body = plan.getBody().emplaceBlock();
  for (size_t k = 0; k < extentNames.size(); ++k)
    body.addArgument(builder.getIndexType(), loc);
  addViews();
  builder.setInsertionPointToStart(&body);

  for (BlockArgument argument : func.getBody().getArguments())
    homes[argument] = {view(argument), std::nullopt, 0};
  emitChecks();
  makeBuffers();
  if (checked)
    clearFaults();
  emitSteps(schedule.steps);
  checkFaults();
  plan::ReturnOp::create(builder, loc);
  func.erase();
}

/// Adds the arguments and outputs to the plan. Those that the attribute `unit` of the mixer names
/// are said to have stride 1 along the last axis, but for arguments that may be left out: their
/// defaults have not.
void PlanEmitter::addViews() {
  SmallVector<StringRef> unit;
  if (auto names = func->getAttrOfType<ArrayAttr>("unit"))
    llvm::append_range(unit, names.getAsValueRange<StringAttr>());
  auto add = [&](Attribute name, Type type, bool optional) {
    bool isUnit = !optional && llvm::is_contained(unit, cast<StringAttr>(name).getValue());
    plan.getBody().addArgument(viewType(cast<mixer::MixerTensorType>(type), isUnit), func.getLoc());
  };
  for (auto [name, argument, optional] :
       llvm::zip_equal(func.getArgNames(), func.getBody().getArguments(), func.getArgOptional()))
    add(name, argument.getType(), optional);
  for (auto [name, type] : llvm::zip_equal(func.getResultNames(), func.getResultTypes()))
    add(name, cast<TypeAttr>(type).getValue(), /*optional=*/false);
}

Value PlanEmitter::read(Value tensor, ArrayRef<AffineExpr> subscripts, Location loc) {
  const Home &home = homes.find(tensor)->second;
  SmallVector<Value> indices;
  for (AffineExpr expr :
       placeInHome(home, cast<mixer::MixerTensorType>(tensor.getType()), subscripts))
    indices.push_back(materialise(expr, loc));
  auto type = cast<tile::ViewType>(home.view.getType());
  return tile::LoadOp::create(builder, loc, type.getComputeType(), home.view, indices);
}

void PlanEmitter::emitChecks() {
  for (auto [position, attr] : llvm::enumerate(func.getExtents())) {
    auto extent = cast<mixer::ExtentAttr>(attr);
    if (extent.getKind() != mixer::ExtentKind::fixed)
      continue;
    int64_t value = cast<AffineConstantExpr>(extent.getArgs().front()).getValue();
    ScalarCode code(builder, func.getLoc());
    Value same =
        code.compare(arith::CmpIPredicate::eq, plan.getExtents()[position], code.index(value));
    std::string text =
        extent.getName().str() + " == " + std::to_string(value) + ", fixed at compile time";
    plan::CheckOp::create(builder, func.getLoc(), same, text);
  }
  emitUnitChecks();
  for (Operation &op : func.getBody().front()) {
    if (auto fact = dyn_cast<mixer::FactOp>(op)) {
      Env env;
      emitBlock(fact.getBody().front(), env);
      Value holds = scalarOf(fact.getBody().front().getTerminator()->getOperand(0), env);
      plan::CheckOp::create(builder, fact.getLoc(), holds, fact.getMessage());
    } else if (auto value = dyn_cast<mixer::DefaultOp>(op)) {
      Env env;
      emitBlock(value.getBody().front(), env);
      Value scalar = scalarOf(value.getBody().front().getTerminator()->getOperand(0), env);
      Value view = homes[value.getArgument()].view;
      homes[value.getResult()] = {
          plan::DefaultOp::create(builder, value.getLoc(), view.getType(), view, scalar),
          std::nullopt, 0};
    }
  }
}

/// What the views' types say of the caller's strides holds.
void PlanEmitter::emitUnitChecks() {
  SmallVector<Type> types(func.getBody().getArgumentTypes());
  for (Attribute type : func.getResultTypes())
    types.push_back(cast<TypeAttr>(type).getValue());
  ArrayAttr arguments = func.getArgNames(), results = func.getResultNames();
  for (auto [k, view] : llvm::enumerate(plan.getViews())) {
    if (!cast<tile::ViewType>(view.getType()).getUnit())
      continue;
    auto type = cast<mixer::MixerTensorType>(types[k]);
    Location loc = view.getLoc();
    ScalarCode code(builder, loc);
    Value stride = plan::StrideOp::create(builder, loc, builder.getIndexType(), view,
                                          static_cast<uint64_t>(type.getRank() - 1));
    Value size = materialise(type.getUpper().back() - type.getLower().back(), loc);
    // Along an axis of one element any stride will do.
    Value one = code.index(1);
    Value holds =
        arith::OrIOp::create(builder, loc, code.compare(arith::CmpIPredicate::eq, stride, one),
                             code.compare(arith::CmpIPredicate::sle, size, one));
    auto name =
        cast<StringAttr>(k < arguments.size() ? arguments[k] : results[k - arguments.size()]);
    plan::CheckOp::create(builder, loc, holds, "stride 1 along the last axis of " + name.str());
  }
}

void PlanEmitter::makeBuffers() {
  SmallVector<Operation *> readers;
  func.walk([&](Operation *op) {
    if (reads.contains(op))
      readers.push_back(op);
  });
  unsigned numArgs = func.getBody().getNumArguments();
  for (auto [k, result] : llvm::enumerate(func.getReturn().getResults())) {
    Value tensor = canonicalTensor(result);
    if (!homes.contains(tensor))
      homes[tensor] = {plan.getViews()[numArgs + k], std::nullopt, 0};
  }
  for (Value tensor : schedule.stored) {
    if (homes.contains(tensor))
      continue;
    auto type = cast<mixer::MixerTensorType>(tensor.getType());
    Home home;
    if (auto recur = tensor.getDefiningOp<mixer::RecurOp>()) {
      unsigned carry = cast<OpResult>(tensor).getResultNumber();
      Kept kept =
          findKept(recur, carry, reads, readers, /*inPlace=*/!schedule.planLoops.contains(recur));
      if (!kept.all) {
        home.ringAxis = timeAxisOf(recur, carry, 0);
        home.ringSize = kept.steps;
      }
    }
    SmallVector<Value> sizes;
    for (auto [axis, lower, upper] : llvm::enumerate(type.getLower(), type.getUpper())) {
      AffineExpr size = home.ringAxis == axis ? constantExpr(home.ringSize) : upper - lower;
      ScalarCode code(builder, tensor.getLoc());
      sizes.push_back(code.max(materialise(size, tensor.getLoc()), code.index(0)));
    }
    Operation *def = tensor.getDefiningOp();
    StringAttr name =
        isa<mixer::RecurOp>(def)
            ? cast<StringAttr>(
                  cast<mixer::RecurOp>(def).getNames()[cast<OpResult>(tensor).getResultNumber()])
            : def->getAttrOfType<StringAttr>("name");
    home.view = plan::BufferOp::create(builder, tensor.getLoc(), viewType(type, true), name, sizes,
                                       IntegerAttr());
    homes[tensor] = home;
  }
}

void PlanEmitter::clearFaults() {
  Location loc = func.getLoc();
  auto type = tile::ViewType::get(builder.getContext(), 1, builder.getI64Type(), /*unit=*/true);
  faults.view = plan::BufferOp::create(builder, loc, type, builder.getStringAttr("faults"),
                                       ScalarCode(builder, loc).index(1), IntegerAttr());
  Group point;
  emitLaunch(KernelEmitter(module, kernelName("clear"), point, reads, homes, &faults).emitClear(),
             loc);
}

void PlanEmitter::checkFaults() {
  if (faults.places.empty())
    return;
  Location loc = func.getLoc();
  ScalarCode code(builder, loc);
  Value place =
      tile::LoadOp::create(builder, loc, builder.getIndexType(), faults.view, code.index(0));
  for (auto [k, text] : llvm::enumerate(faults.places))
    plan::CheckOp::create(builder, loc,
                          code.compare(arith::CmpIPredicate::ne, place, code.index(k + 1)), text);
}

std::string PlanEmitter::kernelName(StringRef part) {
  std::string name = (func.getSymName() + "." + part).str();
  unsigned count = names[name]++;
  return count == 0 ? name : name + "." + std::to_string(count);
}

void PlanEmitter::emitSteps(ArrayRef<Step> steps) {
  for (const Step &step : steps) {
    if (step.loop) {
      emitLoop(step);
      continue;
    }
    Operation *last = step.group->members.back();
    StringRef part = isa<mixer::RecurOp>(last)
                         ? cast<StringAttr>(cast<mixer::RecurOp>(last).getNames()[0]).getValue()
                         : last->getAttrOfType<StringAttr>("name").getValue();
    std::string name = kernelName(part);
    if (std::optional<KernelLaunch> launch = emitTiles(name, *step.group)) {
      emitLaunch(std::move(*launch), last->getLoc());
      continue;
    }
    KernelEmitter kernel(module, name, *step.group, reads, homes, checked ? &faults : nullptr);
    for (auto [time, value] : times)
      kernel.addTime(time, value);
    emitLaunch(kernel.emitGroup(), last->getLoc());
  }
}

/// The kernel of a group over larger tiles, where it has a form that pays: rows enough for one, and
/// a product of two. Columns of the result are blocked too where they are an axis of the grid.
std::optional<KernelLaunch> PlanEmitter::emitTiles(StringRef name, const Group &group) {
  if (!tiles)
    return std::nullopt;
  auto remark = [&](mixer::Outcome outcome, const Twine &text) {
    if (auto remark = mixer::remark(group.members.back(), outcome, pass, "tile"))
      remark << mlir::remark::reason("{0}", text.str());
  };
  std::string why = "there is one point", shortage;
  for (TileSizes sizes : candidateTiles(group)) {
    // Columns are the axis in front of the rows.
    Group blocked{group.members, group.grid};
    for (GridAxis &axis : blocked.grid)
      axis.block = 0;
    GridAxis &rows = blocked.grid.back();
    GridAxis *columns = sizes.columns ? &rows - 1 : nullptr;
    rows.block = sizes.rows;
    if (columns)
      columns->block = sizes.columns;
    auto isShort = [&](const GridAxis *axis, int64_t fewest) {
      std::optional<int64_t> length =
          axis ? valueOf(axis->upper - axis->lower, dims) : std::optional<int64_t>();
      if (!length || *length >= fewest)
        return false;
      shortage = llvm::formatv("{0} {1} leave most of a tile of {2} empty", *length, axis->name,
                               axis->block);
      return true;
    };
    if (isShort(&rows, sizes.rows / 4) || isShort(columns, fewestColumns))
      continue;
    TileEmitter emitter(module, name, blocked, reads, homes, sizes);
    for (auto [time, value] : times)
      emitter.addTime(time, value);
    FailureOr<KernelLaunch> launch = emitter.emitTiles();
    if (failed(launch)) {
      why = emitter.why();
      continue;
    }
    std::string text = llvm::formatv("{0} {1}", sizes.rows, rows.name);
    if (columns)
      text += llvm::formatv(" x {0} {1}", sizes.columns, columns->name);
    remark(mixer::Outcome::fired,
           llvm::formatv("tiles of {0} and blocks of {1} keys", text, sizes.keys));
    for (const TileEmitter::Note &note : emitter.notes())
      if (auto remark = mixer::remark(
              note.eq, note.joined ? mixer::Outcome::fired : mixer::Outcome::left, pass, "fold"))
        remark << mlir::remark::reason("{0}", note.text);
    return std::move(*launch);
  }
  remark(mixer::Outcome::left,
         "one point at a time: " + why + (shortage.empty() ? "" : ", and " + shortage));
  return std::nullopt;
}

void PlanEmitter::emitLoop(const Step &step) {
  mixer::RecurOp recur = step.loop;
  Location loc = recur.getLoc();
  for (unsigned init : boundariesInOrder(recur)) {
    // A kernel over the slice's points: one boundary element each.
    auto type = cast<mixer::MixerTensorType>(recur.getInits()[init].getType());
    Group points;
    points.members = {};
    Value history = recur.getHistories()[recur.getInitCarry()[init]];
    auto map = cast<AffineMapAttr>(recur.getInitMaps()[init]).getValue();
    for (unsigned axis = 0; axis + 1 < type.getRank(); ++axis)
      for (auto [historyAxis, expr] : llvm::enumerate(map.getResults()))
        if (expr == builder.getAffineDimExpr(axis)) {
          GridAxis grid;
          auto slice = recur.getInits()[init].getDefiningOp<mixer::EqOp>();
          grid.name = slice ? cast<StringAttr>(slice.getIndexNames()[axis]).getValue() : "i";
          grid.lower = type.getLower()[axis];
          grid.upper = type.getUpper()[axis];
          grid.axisOf[history] = historyAxis;
          points.grid.push_back(std::move(grid));
        }
    auto name = cast<StringAttr>(recur.getNames()[recur.getInitCarry()[init]]).getValue();
    KernelEmitter kernel(module, kernelName((name + ".init").str()), points, reads, homes,
                         checked ? &faults : nullptr);
    for (auto [time, value] : times)
      kernel.addTime(time, value);
    emitLaunch(kernel.emitInit(recur, init), loc);
  }
  Env env;
  Block steps;
  SmallVector<Range> loops;
  for (unsigned time = 0; time < recur.getNumTimes(); ++time)
    loops.push_back({steps.addArgument(builder.getIndexType(), loc),
                     recur.getLower().getResult(time), recur.getUpper().getResult(time)});
  size_t depth = times.size();
  emitLoops(loops, {}, env, loc, [&](ValueRange) -> SmallVector<Value> {
    for (auto [time, range] : llvm::zip_equal(recur.getTimes(), loops)) {
      AffineExpr index = env.indices[range.index];
      if (recur.getReverse()[time.getArgNumber()])
        index = range.lower + range.upper - 1 - index;
      times.push_back({time, materialise(index, loc)});
    }
    emitSteps(step.body);
    return {};
  });
  times.truncate(depth);
}

void PlanEmitter::emitLaunch(KernelLaunch launch, Location loc) {
  // What no one else reads is in registers and scratch: a kernel that writes nothing is not needed.
  if (!llvm::is_contained(launch.kernel.getOutputs(), true)) {
    launch.kernel.erase();
    return;
  }
  SmallVector<Value> grid, arguments;
  for (AffineExpr size : launch.grid)
    grid.push_back(materialise(size, loc));
  for (const KernelLaunch::Argument &argument : launch.arguments)
    arguments.push_back(argument.extent ? extent(*argument.extent)
                        : argument.view ? argument.view
                                        : argument.time);
  ScalarCode code(builder, loc);
  Value scratch = code.index(0);
  for (AffineExpr bytes : launch.scratch)
    scratch = arith::AddIOp::create(builder, loc, scratch,
                                    code.max(materialise(bytes, loc), code.index(0)));
  plan::LaunchOp::create(builder, loc, launch.kernel.getSymName(), grid, arguments, scratch);
}

namespace {
struct ScheduleEmit : schedule::impl::ScheduleEmitBase<ScheduleEmit> {
  using ScheduleEmitBase::ScheduleEmitBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (mixer::FuncOp func : llvm::make_early_inc_range(module.getOps<mixer::FuncOp>())) {
      SmallVector<int64_t> dims;
      if (auto hint = func->getAttrOfType<DenseI64ArrayAttr>("dims"))
        dims.assign(hint.asArrayRef().begin(), hint.asArrayRef().end());
      Schedule schedule = makeSchedule(func, dims, getArgument());
      PlanEmitter(module, func, schedule, dims, getArgument(), checked, tiles).run();
    }
  }
};
} // namespace

void schedule::buildSchedule(OpPassManager &pm, bool checked, bool tiles) {
  pm.nest<mixer::FuncOp>().addPass(createSchedulePlace());
  pm.addPass(createScheduleEmit({checked, tiles}));
  pm.addPass(createScheduleStorage());
}
