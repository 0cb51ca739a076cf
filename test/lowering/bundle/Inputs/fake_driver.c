/* A driver of GPUs on the memory of the host, with the functions that a bundle calls: CUDA's, or
 * with -DHIP those of HIP. It counts the calls, keeps the parameters of the last launch, and runs
 * one kernel itself: y[i] = scale * x[i], which the test calls `scaled_y`. */
#include "fake_driver.h"

#include <string.h>

#ifdef HIP
#define NAME(cuda, hip) hip
#else
#define NAME(cuda, hip) cuda
#endif

fake fake_driver;

int NAME(cuCtxGetCurrent, hipGetDevice)(void *context) {
#ifdef HIP
  *(int *)context = fake_driver.context - 1;
  return fake_driver.context ? 0 : 100;
#else
  *(void **)context = (void *)(uintptr_t)fake_driver.context;
  return 0;
#endif
}

#ifndef HIP
int cuCtxGetId(void *context, uint64_t *id) {
  *id = 1000 + (uintptr_t)context;
  return 0;
}
#endif

int NAME(cuModuleLoadData, hipModuleLoadData)(void **module, const void *image) {
  int is_elf = memcmp(image, "\177ELF", 4) == 0;
  if (fake_driver.takes_nothing || (is_elf && fake_driver.takes_text_only)) {
    ++fake_driver.refused;
    return 209;
  }
  ++fake_driver.loaded;
  fake_driver.text = is_elf ? 0 : (const char *)image;
  *module = (void *)image;
  return 0;
}

int NAME(cuModuleGetFunction, hipModuleGetFunction)(void **function, void *module,
                                                    const char *name) {
  (void)module;
  *function = (void *)name;
  return 0;
}

/* The parameters of the kernel that runs here: `scale`; `x` and its stride; `y` and its; N; what
 * follows says how the rows are dealt out. */
static void run_scaled(const uint64_t *p) {
  const float *scale = (const float *)p[0], *x = (const float *)p[1];
  float *y = (float *)p[3];
  for (int64_t i = 0; i < (int64_t)p[5]; ++i)
    y[i * (int64_t)p[4]] = *scale * x[i * (int64_t)p[2]];
}

/* As PTX declares them; of other code the test knows how many there are. */
static int count_parameters(const char *name) {
  char entry[128];
  if (!fake_driver.text)
    return fake_driver.count;
  strcat(strcat(strcpy(entry, ".entry "), name), "(");
  const char *at = strstr(fake_driver.text, entry), *end = strchr(at, ')');
  int count = 0;
  for (; (at = strstr(at, ".param")) && at < end; ++at)
    ++count;
  return count;
}

int NAME(cuLaunchKernel, hipModuleLaunchKernel)(void *function, unsigned blocks, unsigned y,
                                                unsigned z, unsigned threads, unsigned ty,
                                                unsigned tz, unsigned shared, void *stream,
                                                void **parameters, void **extra) {
  if (fake_driver.fails)
    return 719;
  if (y != 1 || z != 1 || ty != 1 || tz != 1 || shared || extra || !blocks)
    return 1;
  strcpy(fake_driver.kernel, function);
  int count = fake_driver.count = count_parameters(function);
  for (int k = 0; k < count; ++k)
    fake_driver.parameters[k] = *(uint64_t *)parameters[k];
  /* The scratch is there, all of it. */
  uint64_t *scratch = &fake_driver.parameters[count - 2];
  if (scratch[1])
    memset((void *)scratch[0], 0xee, (size_t)(blocks * threads * scratch[1]));
  fake_driver.scratch = blocks * threads * scratch[1];
  fake_driver.blocks = blocks;
  fake_driver.threads = threads;
  fake_driver.stream = stream;
  ++fake_driver.launches;
  if (strcmp(function, "scaled_y") == 0)
    run_scaled(fake_driver.parameters);
  return 0;
}

int NAME(cuMemsetD32Async, hipMemsetD32Async)(void *to, unsigned value, size_t count,
                                              void *stream) {
  (void)stream;
  for (size_t k = 0; k < count; ++k)
    memcpy((char *)to + 4 * k, &value, 4);
  ++fake_driver.filled;
  return 0;
}

int NAME(cuMemsetD8Async, hipMemsetD8Async)(void *to, unsigned char value, size_t count,
                                            void *stream) {
  (void)stream;
  memset(to, value, count);
  ++fake_driver.filled;
  return 0;
}

int NAME(cuMemcpyDtoHAsync_v2, hipMemcpyDtoHAsync)(void *to, const void *from, size_t bytes,
                                                   void *stream) {
  (void)stream;
  memcpy(to, from, bytes);
  ++fake_driver.fetched;
  return 0;
}

int NAME(cuStreamSynchronize, hipStreamSynchronize)(void *stream) {
  (void)stream;
  ++fake_driver.waited;
  return 0;
}

int NAME(cuGetErrorString, hipDrvGetErrorString)(int error, const char **text) {
  *text = error == 719 ? "the kernel has failed" : "another error";
  return 0;
}
