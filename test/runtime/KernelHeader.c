/* The interface of compiled mixers is plain C: a host written in C serves. */

#include "runtime/kernel.h"

_Static_assert(sizeof(mixc_view) == 3 * sizeof(void *),
               "three pointers, as the compiler lays it out");

static int32_t launchInOrder(const mixc_host *host, mixc_kernel kernel, const mixc_view *views,
                             const int64_t *scalars, int64_t points, int64_t scratch_bytes) {
  (void)host;
  (void)scratch_bytes;
  for (int64_t point = 0; point < points; ++point)
    kernel(views, scalars, point, point + 1, 0);
  return 0;
}

const mixc_host hostInC = {launchInOrder, 0, 0};
