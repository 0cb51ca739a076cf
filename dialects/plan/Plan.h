//===- Plan.h - the plan dialect --------------------------------*- C++ -*-===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The host function of a mixer. Plan.td says what each op means.
//
//===----------------------------------------------------------------------===//

#ifndef MIXC_DIALECTS_PLAN_PLAN_H
#define MIXC_DIALECTS_PLAN_PLAN_H

#include "dialects/tile/Tile.h"

#include "dialects/plan/PlanDialect.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/plan/PlanAttrs.h.inc"

#define GET_OP_CLASSES
#include "dialects/plan/PlanOps.h.inc"

#endif // MIXC_DIALECTS_PLAN_PLAN_H
