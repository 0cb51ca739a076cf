/* What the tests in C of the runtime share: an expectation that is printed where it fails. */

#ifndef MIXC_TEST_RUNTIME_GPU_EXPECT_H
#define MIXC_TEST_RUNTIME_GPU_EXPECT_H

#include <mixc/runtime.h>

#include <stdio.h>

static int failures = 0;

static void expect(int holds, const char *what, int line) {
  if (holds)
    return;
  ++failures;
  fprintf(stderr, "line %d: expected %s; last error: %s\n", line, what, mixc_error_text());
}
#define EXPECT(condition) expect(condition, #condition, __LINE__)

#endif
