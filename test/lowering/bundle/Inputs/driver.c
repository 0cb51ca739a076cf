/* Calls a bundle in all the ways that its header offers: run in a folder with NAME.raw for every
 * argument that is given, it writes NAME.dense.raw and NAME.strided.raw for every output. What can
 * be compared here, it compares. */
#define _POSIX_C_SOURCE 200112L
#include "generated.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPECT(condition)                                                                          \
  do                                                                                               \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "line %d: %s does not hold\n", __LINE__, #condition);                        \
      exit(1);                                                                                     \
    }                                                                                              \
  while (0)

static void expect_done(int32_t code, int line) {
  if (code) {
    fprintf(stderr, "line %d: error %d: %s\n", line, (int)code, DO(error)(code));
    exit(1);
  }
}
#define DONE(code) expect_done(code, __LINE__)

static int64_t count_elements(const tensor *t) {
  int64_t count = 1;
  for (int axis = 0; axis < t->rank; ++axis)
    count *= t->shape[axis];
  return count;
}

static size_t count_bytes(const tensor *t) {
  return (size_t)count_elements(t) * (size_t)t->element;
}

static void *allocate(size_t bytes) {
  void *memory = NULL;
  EXPECT(posix_memalign(&memory, MIXC_BUNDLE_ALIGNMENT, bytes + 1) == 0);
  memset(memory, 0xff, bytes + 1);
  return memory;
}

static FILE *open_file(const char *name, const char *suffix, const char *mode) {
  char path[256];
  snprintf(path, sizeof path, "%s%s", name, suffix);
  return fopen(path, mode);
}

/* The place of the element with this number, row-major, in a strided tensor. */
static int64_t place(const tensor *t, int64_t element, const int64_t *strides) {
  int64_t at = 0;
  for (int axis = t->rank; axis-- > 0; element /= t->shape[axis])
    at += element % t->shape[axis] * strides[axis];
  return at;
}

/* The arguments from their files, which are row-major; outputs full of 0xff. */
static void load(call *args) {
  tensors ts = list(args);
  for (int k = 0; k < ts.count; ++k) {
    tensor *t = &ts.all[k];
    char *data = allocate(count_bytes(t));
    if (!t->output) {
      FILE *file = open_file(t->name, ".raw", "rb");
      EXPECT(file || t->optional);
      if (!file) {
        free(data);
        *t->data = NULL;
        continue;
      }
      for (int64_t k = 0; k < count_elements(t); ++k)
        EXPECT(fread(data + place(t, k, t->strides) * t->element, (size_t)t->element, 1, file));
      EXPECT(fgetc(file) == EOF);
      fclose(file);
    }
    *t->data = data;
  }
}

static void clear_outputs(call *args) {
  tensors ts = list(args);
  for (int k = 0; k < ts.count; ++k)
    if (ts.all[k].output)
      *ts.all[k].data = allocate(count_bytes(&ts.all[k]));
}

static void expect_same_outputs(call *one, call *other) {
  tensors a = list(one), b = list(other);
  for (int k = 0; k < a.count; ++k)
    if (a.all[k].output)
      EXPECT(memcmp(*a.all[k].data, *b.all[k].data, count_bytes(&a.all[k])) == 0);
}

/* Stores `from` anew in `to`: axes in reverse order, a gap behind every row, arguments from
 * back to front. Returns where the memory begins. */
static void *spread(const tensor *from, tensor *to) {
  int64_t stride = 3, first = 0, count = count_elements(from);
  for (int axis = 0; axis < from->rank; ++axis) {
    int64_t n = from->shape[axis];
    to->strides[axis] = to->output ? stride : -stride;
    first += to->output ? 0 : stride * (n > 0 ? n - 1 : 0);
    stride = stride * (n > 0 ? n : 1) + 1;
  }
  size_t size = (size_t)to->element;
  char *memory = allocate((size_t)stride * size), *data = memory + first * (int64_t)size;
  for (int64_t k = 0; k < count && !to->output; ++k)
    memcpy(data + place(to, k, to->strides) * (int64_t)size,
           (const char *)*from->data + place(from, k, from->strides) * (int64_t)size, size);
  *to->data = data;
  return memory;
}

/* Writes an output, and checks that nothing was written between its elements. */
static void save(const tensor *t, const char *suffix, const char *memory, size_t bytes) {
  FILE *file = open_file(t->name, suffix, "wb");
  EXPECT(file);
  size_t size = (size_t)t->element;
  char *touched = calloc(bytes + 1, 1);
  EXPECT(touched);
  for (int64_t k = 0; k < count_elements(t); ++k) {
    const char *at = (const char *)*t->data + place(t, k, t->strides) * (int64_t)size;
    EXPECT(fwrite(at, size, 1, file) == 1);
    memset(touched + (at - memory), 1, size);
  }
  for (size_t k = 0; k < bytes; ++k)
    EXPECT(touched[k] || memory[k] == (char)0xff);
  free(touched);
  EXPECT(fclose(file) == 0);
}

/* A host with threads: one for each piece. */
typedef struct task {
  void (*piece)(void *, int32_t);
  void *data;
  int32_t k;
} task;

static int parallel_for_calls;

static void *run_task(void *argument) {
  task *t = (task *)argument;
  t->piece(t->data, t->k);
  return NULL;
}

static int32_t parallel_for(void *context, int32_t pieces, void (*piece)(void *, int32_t),
                            void *data) {
  task tasks[8];
  pthread_t threads[8];
  EXPECT(context == &parallel_for_calls && pieces <= 3);
  ++parallel_for_calls;
  for (int32_t k = pieces; k-- > 0;) {
    tasks[k] = (task){piece, data, k};
    EXPECT(pthread_create(&threads[k], NULL, run_task, &tasks[k]) == 0);
  }
  for (int32_t k = 0; k < pieces; ++k)
    pthread_join(threads[k], NULL);
  return 0;
}

static int32_t fail(void *context, int32_t pieces, void (*piece)(void *, int32_t), void *data) {
  (void)context, (void)pieces, (void)piece, (void)data;
  return -7;
}

static int allocations;
static void *host_allocate(void *context, size_t bytes, size_t alignment) {
  (void)context;
  EXPECT(alignment == MIXC_BUNDLE_ALIGNMENT);
  ++allocations;
  return allocate(bytes);
}
static void host_release(void *context, void *memory) {
  (void)context;
  --allocations;
  free(memory);
}
static void *no_memory(void *context, size_t bytes, size_t alignment) {
  (void)context, (void)bytes, (void)alignment;
  return NULL;
}

/* The two calls that run at once. */
static void *launch_again(void *argument) {
  for (int k = 0; k < 20; ++k) {
    void *workspace = allocate((size_t)DO(workspace_size)((call *)argument, NULL));
    DONE(DO(launch)((call *)argument, workspace, NULL));
    free(workspace);
  }
  return NULL;
}

static void test_errors(const call *good) {
  EXPECT(DO(check)(NULL) == MIXC_BUNDLE_NO_ARGUMENTS);
  EXPECT(DO(launch)(NULL, NULL, NULL) == MIXC_BUNDLE_NO_ARGUMENTS);
  EXPECT(DO(workspace_size)(NULL, NULL) == -MIXC_BUNDLE_NO_ARGUMENTS);
  EXPECT(strcmp(DO(error)(0), "no error") == 0);
  EXPECT(strcmp(DO(error)(100000), "no error of this bundle") == 0);

  call args = *good;
  tensors ts = list(&args);
  char text[256];
  for (int k = 0; k < ts.count; ++k) {
    tensor *t = &ts.all[k];
    const void *data = *t->data;
    if (!data || count_elements(t) == 0)
      continue;
    if (!t->optional) {
      *t->data = NULL;
      snprintf(text, sizeof text, "`%s` is null", t->name);
      EXPECT(strcmp(DO(error)(DO(check)(&args)), text) == 0);
    }
    if (t->element > 1) {
      *t->data = (const char *)data + 1;
      EXPECT(strstr(DO(error)(DO(check)(&args)), "is not aligned"));
    }
    *t->data = data;
    for (int axis = 0; axis < t->rank; ++axis) {
      ++t->shape[axis];
      snprintf(text, sizeof text, "axis %d of `%s` is not ", axis, t->name);
      EXPECT(strstr(DO(error)(DO(check)(&args)), text) == DO(error)(DO(check)(&args)));
      --t->shape[axis];
      int64_t stride = t->strides[axis];
      t->strides[axis] = INT64_MIN;
      EXPECT(t->shape[axis] < 2 || strstr(DO(error)(DO(check)(&args)), "strides"));
      t->strides[axis] = 0;
      EXPECT((t->output && t->shape[axis] > 1) == (DO(check)(&args) != 0));
      t->strides[axis] = stride;
    }
    if (t->output) {
      *t->data = *ts.all[0].data;
      EXPECT(count_elements(&ts.all[0]) == 0 || !*t->data ||
             strstr(DO(error)(DO(check)(&args)), "begins where another tensor does"));
      *t->data = data;
    }
  }
  DONE(DO(check)(&args));
  EXPECT(memcmp(&args, good, sizeof args) == 0);

  mixc_bundle_host host = {.pieces = 3, .parallel_for = fail};
  int64_t bytes = DO(workspace_size)(good, &host);
  char *workspace = allocate((size_t)bytes);
  EXPECT(bytes == 0 || DO(launch)(good, workspace + 8, &host) == MIXC_BUNDLE_WORKSPACE_ALIGNMENT);
  int32_t code = DO(launch)(good, workspace, &host);
  EXPECT(code == -7 || code == 0); /* 0: no kernel has more than a point */
  EXPECT(strstr(DO(error)(-7), "parallel_for"));
  free(workspace);
  EXPECT(bytes == 0 || DO(launch)(good, NULL, &host) == MIXC_BUNDLE_NO_WORKSPACE);
  EXPECT(bytes == 0 || DO(launch)(good, NULL, NULL) == MIXC_BUNDLE_NO_WORKSPACE ||
         DO(workspace_size)(good, NULL) == 0);
  host.allocate = no_memory;
  host.release = host_release;
  EXPECT(bytes == 0 || DO(launch)(good, NULL, &host) == MIXC_BUNDLE_OUT_OF_MEMORY);
}

int main(void) {
  call args = extents();
  DONE(DO(dense)(&args));
  load(&args);
  DONE(DO(check)(&args));
  call unbound = args;
  DONE(DO(bind)(&unbound));
  EXPECT(memcmp(&unbound, &args, sizeof args) == 0);

  /* In the calling thread. */
  int64_t bytes = DO(workspace_size)(&args, NULL);
  EXPECT(bytes == WORKSPACE(1));
  char *workspace = allocate((size_t)bytes);
  DONE(DO(launch)(&args, workspace, NULL));
  EXPECT(workspace[bytes] == (char)0xff);
  tensors ts = list(&args);
  for (int k = 0; k < ts.count; ++k)
    if (ts.all[k].output)
      save(&ts.all[k], ".dense.raw", (const char *)*ts.all[k].data, count_bytes(&ts.all[k]) + 1);

  /* On the host's threads, in its memory. */
  mixc_bundle_host host = {&parallel_for_calls, 3, parallel_for, host_allocate, host_release};
  EXPECT(DO(workspace_size)(&args, &host) == WORKSPACE(3));
  call parallel = args;
  clear_outputs(&parallel);
  DONE(DO(launch)(&parallel, NULL, &host));
  EXPECT(allocations == 0);
  expect_same_outputs(&args, &parallel);

  /* Twice at once. */
  call one = args, other = args;
  clear_outputs(&one);
  clear_outputs(&other);
  pthread_t thread;
  EXPECT(pthread_create(&thread, NULL, launch_again, &one) == 0);
  launch_again(&other);
  pthread_join(thread, NULL);
  expect_same_outputs(&args, &one);
  expect_same_outputs(&args, &other);

  /* Strided. */
  call strided = args;
  tensors spread_ts = list(&strided);
  char *memory[MAX_TENSORS];
  size_t sizes[MAX_TENSORS];
  for (int k = 0; k < ts.count; ++k)
    if (*ts.all[k].data) {
      memory[k] = spread(&ts.all[k], &spread_ts.all[k]);
      int64_t last = 0;
      for (int axis = 0; axis < ts.all[k].rank; ++axis)
        last += spread_ts.all[k].strides[axis] * (ts.all[k].shape[axis] - 1);
      sizes[k] = count_elements(&ts.all[k]) ? (size_t)(last + 1) * (size_t)ts.all[k].element : 0;
    }
  DONE(DO(launch)(&strided, workspace, NULL));
  for (int k = 0; k < ts.count; ++k)
    if (ts.all[k].output)
      save(&spread_ts.all[k], ".strided.raw", memory[k], sizes[k]);

  test_errors(&args);
  return 0;
}
