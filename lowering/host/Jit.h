//===- Jit.h - compiling a plan and running it ------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A plan and its kernels as code in this process.
//
//     auto code = compile(module, lowered, CpuTarget::native());
//     auto plan = load(std::move(*code));
//     int64_t bytes = plan->workspaceBytes(extents);
//     if (int32_t failed = plan->run(views, extents, workspace, pool.getHost()))
//       report(plan->getCheckMessage(failed));
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_LOWERING_HOST_JIT_H
#define MIXC_LOWERING_HOST_JIT_H

#include "lowering/host/Target.h"
#include "runtime/kernel.h"

#include "mlir/IR/BuiltinOps.h"

#include <memory>
#include <string>
#include <vector>

namespace llvm::orc {
class LLJIT;
} // namespace llvm::orc

namespace mixc::lowering::host {

/// A mixer in memory. Its functions are those of runtime/kernel.h and may be called by any number
/// of threads at once.
class CompiledPlan {
public:
  CompiledPlan(std::unique_ptr<llvm::orc::LLJIT> jit, mixc_plan plan, mixc_plan_workspace workspace,
               std::vector<std::string> messages);
  ~CompiledPlan();

  /// The bytes of workspace that `run` needs with these extents.
  int64_t workspaceBytes(const int64_t *extents) const { return workspace(extents); }

  /// Runs the mixer: 0, the number of a condition that does not hold, or MIXC_OUT_OF_MEMORY.
  /// `memory` is aligned to MIXC_ALIGNMENT.
  int32_t run(const mixc_view *views, const int64_t *extents, void *memory,
              const mixc_host *host) const {
    return plan(views, extents, memory, host);
  }

  /// The address of another function of the module.
  llvm::Expected<void *> lookup(llvm::StringRef name) const;

  /// What `run` means by returning `code`, other than 0: the text of that condition.
  llvm::StringRef getCheckMessage(int32_t code) const {
    if (code <= 0)
      return "not enough memory";
    return messages.at(code - 1);
  }

private:
  std::unique_ptr<llvm::orc::LLJIT> jit;
  mixc_plan plan;
  mixc_plan_workspace workspace;
  std::vector<std::string> messages;
};

/// A function of this program that compiled code may call.
struct Symbol {
  const char *name;
  void *address;
};

/// A plan as machine code outside of any process.
struct PlanCode {
  /// Of the plan's function.
  std::string name;
  /// The texts of its conditions, in their order.
  std::vector<std::string> messages;
  /// An object file.
  llvm::SmallVector<char, 0> object;
};

/// Compiles a module for `target`. `module` holds one `plan.func`; `lowered` is what became of it,
/// in the LLVM dialect.
llvm::Expected<PlanCode> compile(mlir::ModuleOp module, mlir::ModuleOp lowered,
                                 const CpuTarget &target);

/// Loads code that was compiled for this machine.
llvm::Expected<std::unique_ptr<CompiledPlan>> load(PlanCode code,
                                                   llvm::ArrayRef<Symbol> symbols = {});

} // namespace mixc::lowering::host

#endif // MIXC_LOWERING_HOST_JIT_H
