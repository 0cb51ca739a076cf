/* A program in C that uses a GPU: prints what failed; its exit status says whether anything did.
 * Run with a driver that has no GPU (FakeDriver.cpp). */

#include "Expect.h"

#include <string.h>

static const char image[] = ".entry scale(\n .param .u64 p0,\n .param .u64 p1\n)\n";

static void use_device(mixc_device *device) {
  mixc_device_info info;
  EXPECT(mixc_device_describe(device, &info) == MIXC_DONE);
  EXPECT(strcmp(info.name, "Fake gfx GPU") == 0 && strcmp(info.architecture, "sm_90") == 0);
  EXPECT(info.units == 3 && info.memory_bytes == 1 << 20);

  mixc_stream *stream = NULL, *other = NULL;
  EXPECT(mixc_stream_create(device, &stream) == MIXC_DONE);
  EXPECT(mixc_stream_create(device, &other) == MIXC_DONE);
  int32_t values[3] = {1, 2, 3}, back[3] = {0, 0, 0};
  void *memory = NULL, *more = NULL;
  mixc_workspace *workspace = NULL;
  EXPECT(mixc_memory_allocate(device, sizeof values, &memory) == MIXC_DONE);
  EXPECT(mixc_workspace_create(device, &workspace) == MIXC_DONE);
  EXPECT(mixc_workspace_reserve(workspace, sizeof values, &more) == MIXC_DONE && more);
  EXPECT(mixc_copy_in(stream, memory, values, sizeof values) == MIXC_DONE);
  EXPECT(mixc_copy(stream, more, memory, sizeof values) == MIXC_DONE);
  EXPECT(mixc_copy_out(stream, back, more, sizeof values) == MIXC_DONE);
  EXPECT(memcmp(values, back, sizeof values) == 0);

  mixc_event *begin = NULL, *end = NULL;
  double seconds = 0;
  EXPECT(mixc_event_create(device, &begin) == MIXC_DONE);
  EXPECT(mixc_event_create(device, &end) == MIXC_DONE);
  EXPECT(mixc_event_record(begin, stream) == MIXC_DONE);
  void *handle = NULL, *second = NULL;
  EXPECT(mixc_stream_enter(stream, &handle) == MIXC_DONE && handle);
  EXPECT(mixc_stream_enter(other, &second) == MIXC_DONE && second && second != handle);
  EXPECT(mixc_stream_enter(NULL, &handle) == MIXC_BAD_ARGUMENT);

  mixc_module *module = NULL;
  EXPECT(mixc_module_load(device, image, sizeof image - 1, &module) == MIXC_DONE);
  uint64_t parameters[2] = {(uint64_t)(uintptr_t)memory, 3};
  EXPECT(mixc_launch(module, stream, "scale", 1, 32, parameters, 2) == MIXC_DONE);
  EXPECT(mixc_launch(module, stream, "none", 1, 32, parameters, 2) == MIXC_FAILED);
  EXPECT(strstr(mixc_error_text(), "finding the kernel `none`") != NULL);

  EXPECT(mixc_event_record(end, stream) == MIXC_DONE);
  EXPECT(mixc_stream_wait(other, end) == MIXC_DONE);
  EXPECT(mixc_event_synchronise(end) == MIXC_DONE);
  EXPECT(mixc_event_elapsed(begin, end, &seconds) == MIXC_DONE && seconds == 0.25);
  EXPECT(mixc_stream_synchronise(stream) == MIXC_DONE);

  mixc_module_unload(module);
  mixc_event_destroy(begin);
  mixc_event_destroy(end);
  mixc_workspace_destroy(workspace);
  mixc_memory_release(device, memory);
  mixc_stream_destroy(stream);
  mixc_stream_destroy(other);
}

int main(void) {
  mixc_device *device = NULL;
  EXPECT(mixc_device_open("tpu", 0, &device) == MIXC_BAD_ARGUMENT);
  EXPECT(strcmp(mixc_error_text(), "there is no kind of device `tpu`: `cuda` and `hip` are") == 0);
  EXPECT(mixc_device_open("cuda", 0, NULL) == MIXC_BAD_ARGUMENT);
  EXPECT(strcmp(mixc_error_text(), "mixc_device_open: an argument is null") == 0);
  EXPECT(mixc_device_open("cuda", 7, &device) == MIXC_NOT_AVAILABLE);
  EXPECT(strcmp(mixc_error_text(), "there is no device 7: the driver has 1") == 0);
  EXPECT(mixc_device_open("cuda", 0, &device) == MIXC_DONE);
  if (device)
    use_device(device);
  mixc_device_close(device);

  mixc_memory_release(NULL, NULL);
  mixc_stream_destroy(NULL);
  mixc_event_destroy(NULL);
  mixc_module_unload(NULL);
  mixc_workspace_destroy(NULL);
  mixc_device_close(NULL);
  return failures != 0;
}
