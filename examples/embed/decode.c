/* A mixer inside a C program: gated linear attention, first over a whole text, then token by token,
 * as a language model generates. Both are the same bundle: what differs is the number of tokens,
 * and that the state after a call, S1, is the state before the next one, S0. README.md has the
 * command that builds and runs it. */
#include "gla.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { HEADS = 4, TOKENS = 64, KEYS = 32, VALUES = 48 };

static float q[HEADS][TOKENS][KEYS], k[HEADS][TOKENS][KEYS], g[HEADS][TOKENS][KEYS];
static float v[HEADS][TOKENS][VALUES];
static float prefilled[HEADS][TOKENS][VALUES], decoded[HEADS][TOKENS][VALUES];
static float states[2][HEADS][KEYS][VALUES];

static float draw(void) { return (float)rand() / (float)RAND_MAX - 0.5f; }

/* The threads that we lend: those of OpenMP, one for each piece. */
static int32_t parallel_for(void *context, int32_t pieces, void (*piece)(void *data, int32_t k),
                            void *data) {
  (void)context;
#pragma omp parallel for schedule(static, 1)
  for (int32_t number = 0; number < pieces; ++number)
    piece(data, number);
  return 0;
}

static void expect(int32_t error) {
  if (error) {
    fprintf(stderr, "gla: %s\n", gla_error(error));
    exit(1);
  }
}

/* The call for tokens `from` to `from + count`, in the arrays above as they lie: a step along the
 * tokens is a row, a step along the heads a matrix. */
static gla_args call(int64_t from, int64_t count, float (*o)[TOKENS][VALUES]) {
  gla_args args = {.B = 1, .H = HEADS, .N = count, .K = KEYS, .V = VALUES};
  expect(gla_dense(&args));
  args.q.data = &q[0][from][0];
  args.k.data = &k[0][from][0];
  args.g.data = &g[0][from][0];
  args.v.data = &v[0][from][0];
  args.o.data = &o[0][from][0];
  args.q.strides[1] = args.k.strides[1] = args.g.strides[1] = TOKENS * KEYS;
  args.v.strides[1] = args.o.strides[1] = TOKENS * VALUES;
  return args;
}

int main(void) {
  for (int h = 0; h < HEADS; ++h)
    for (int n = 0; n < TOKENS; ++n) {
      for (int d = 0; d < KEYS; ++d) {
        q[h][n][d] = draw();
        k[h][n][d] = draw();
        g[h][n][d] = -0.1f * fabsf(draw()); /* the logarithm of the decay */
      }
      for (int e = 0; e < VALUES; ++e)
        v[h][n][e] = draw();
    }

  /* One workspace serves all calls: none is longer than the first. */
  const mixc_bundle_host host = {.pieces = HEADS, .parallel_for = parallel_for};
  gla_args args = call(0, TOKENS, prefilled);
  int64_t bytes = gla_workspace_size(&args, &host);
  expect(bytes < 0 ? (int32_t)-bytes : 0);
  void *workspace = bytes ? aligned_alloc(MIXC_BUNDLE_ALIGNMENT, (size_t)bytes) : NULL;
  if (bytes && !workspace)
    return 1;

  /* The whole text at once; without S0 the state is zero before it. */
  args.S1.data = &states[0][0][0][0];
  expect(gla_launch(&args, workspace, &host));

  /* The same, token by token. */
  for (int n = 0; n < TOKENS; ++n) {
    args = call(n, 1, decoded);
    args.S0.data = n ? &states[n % 2][0][0][0] : NULL;
    args.S1.data = &states[(n + 1) % 2][0][0][0];
    expect(gla_launch(&args, workspace, &host));
  }
  free(workspace);

  float difference = 0;
  for (int h = 0; h < HEADS; ++h)
    for (int n = 0; n < TOKENS; ++n)
      for (int e = 0; e < VALUES; ++e)
        difference = fmaxf(difference, fabsf(prefilled[h][n][e] - decoded[h][n][e]));
  printf("%d tokens at once and one by one: the outputs differ by %.1e at most\n", TOKENS,
         (double)difference);
  return difference < 1e-5f ? 0 : 1;
}
