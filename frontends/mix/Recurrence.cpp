//===- Recurrence.cpp - the time of a group of definitions ----------------===//
#include "frontends/mix/Recurrence.h"
