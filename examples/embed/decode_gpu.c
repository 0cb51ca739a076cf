/* The program of decode.c on a GPU: the tensors are in its memory, and the calls go into a stream
 * one behind the other; the host waits once, at the end. Memory and streams are those of
 * mixc/runtime.h here; those of any other library do as well. With the bundle of README.md:
 *
 *     gcc -std=c11 -O2 -Wall -Wextra -I build/embed-gpu -I runtime/include \
 *       examples/embed/decode_gpu.c build/embed-gpu/gla.o build/lib/libMixcRuntime.a \
 *       -lstdc++ -ldl -lpthread -lm -o build/embed-gpu/decode
 */
#include "gla.h"

#include <mixc/runtime.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { HEADS = 4, TOKENS = 64, KEYS = 32, VALUES = 48 };
enum { KEY_COUNT = HEADS * TOKENS * KEYS, VALUE_COUNT = HEADS * TOKENS * VALUES };

/* On the host, and on the device. */
static float keys[KEY_COUNT], values[VALUE_COUNT], prefilled[VALUE_COUNT], decoded[VALUE_COUNT];
static float *q, *k, *g, *v, *at_once, *one_by_one, *states[2];

static float draw(void) { return (float)rand() / (float)RAND_MAX - 0.5f; }

static void expect_runtime(int32_t code) {
  if (code != MIXC_DONE) {
    fprintf(stderr, "%s\n", mixc_error_text());
    exit(1);
  }
}

static void expect(int32_t error) {
  if (error) {
    fprintf(stderr, "gla: %s\n", gla_error(error));
    exit(1);
  }
}

static float *allocate(mixc_device *device, size_t count) {
  void *memory = NULL;
  expect_runtime(mixc_memory_allocate(device, count * sizeof(float), &memory));
  return memory;
}

/* The call for tokens `from` to `from + count`. */
static gla_args call(int64_t from, int64_t count, float *o) {
  gla_args args = {.B = 1, .H = HEADS, .N = count, .K = KEYS, .V = VALUES};
  expect(gla_dense(&args));
  args.q.data = q + from * KEYS;
  args.k.data = k + from * KEYS;
  args.g.data = g + from * KEYS;
  args.v.data = v + from * VALUES;
  args.o.data = o + from * VALUES;
  args.q.strides[1] = args.k.strides[1] = args.g.strides[1] = TOKENS * KEYS;
  args.v.strides[1] = args.o.strides[1] = TOKENS * VALUES;
  return args;
}

int main(int argc, char **argv) {
  mixc_device *device = NULL;
  mixc_stream *stream = NULL;
  void *handle = NULL;
  expect_runtime(mixc_device_open(argc > 1 ? argv[1] : "cuda", 0, &device));
  expect_runtime(mixc_stream_create(device, &stream));
  expect_runtime(mixc_stream_enter(stream, &handle));

  float **inputs[] = {&q, &k, &g};
  for (int number = 0; number < 3; ++number) {
    for (int i = 0; i < KEY_COUNT; ++i)
      keys[i] = number < 2 ? draw() : -0.1f * fabsf(draw()); /* the logarithm of the decay */
    *inputs[number] = allocate(device, KEY_COUNT);
    expect_runtime(mixc_copy_in(stream, *inputs[number], keys, sizeof keys));
  }
  for (int i = 0; i < VALUE_COUNT; ++i)
    values[i] = draw();
  v = allocate(device, VALUE_COUNT);
  expect_runtime(mixc_copy_in(stream, v, values, sizeof values));
  at_once = allocate(device, VALUE_COUNT);
  one_by_one = allocate(device, VALUE_COUNT);
  for (int number = 0; number < 2; ++number)
    states[number] = allocate(device, HEADS * KEYS * VALUES);

  /* One workspace serves all calls: none is longer than the first. */
  gla_args args = call(0, TOKENS, at_once);
  int64_t bytes = gla_workspace_size(&args);
  expect(bytes < 0 ? (int32_t)-bytes : 0);
  mixc_workspace *workspace = NULL;
  void *memory = NULL;
  expect_runtime(mixc_workspace_create(device, &workspace));
  expect_runtime(mixc_workspace_reserve(workspace, (size_t)bytes, &memory));

  /* The whole text at once; without S0 the state is zero before it. */
  args.S1.data = states[0];
  expect(gla_launch(&args, memory, handle));

  /* The same, token by token. */
  for (int n = 0; n < TOKENS; ++n) {
    args = call(n, 1, one_by_one);
    args.S0.data = n ? states[n % 2] : NULL;
    args.S1.data = states[(n + 1) % 2];
    expect(gla_launch(&args, memory, handle));
  }

  expect_runtime(mixc_copy_out(stream, prefilled, at_once, sizeof prefilled));
  expect_runtime(mixc_copy_out(stream, decoded, one_by_one, sizeof decoded));
  float difference = 0;
  for (int i = 0; i < VALUE_COUNT; ++i)
    difference = fmaxf(difference, fabsf(prefilled[i] - decoded[i]));
  printf("%d tokens at once and one by one: the outputs differ by %.1e at most\n", TOKENS,
         (double)difference);

  float *all[] = {q, k, g, v, at_once, one_by_one, states[0], states[1]};
  for (size_t number = 0; number < sizeof all / sizeof *all; ++number)
    mixc_memory_release(device, all[number]);
  mixc_workspace_destroy(workspace);
  mixc_stream_destroy(stream);
  mixc_device_close(device);
  return difference < 1e-5f ? 0 : 1;
}
