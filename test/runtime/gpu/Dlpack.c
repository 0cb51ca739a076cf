/* Tensors of other libraries, in and out, as a program in C sees them: prints what failed. Run with
 * a driver that has no GPU (FakeDriver.cpp). */

#include "Expect.h"

#include <mixc/dlpack.h>

#include <string.h>

static float values[12];
static int64_t shape[2] = {3, 4};
static int64_t strides[2] = {-4, 1};
static int deleted = 0;

static mixc_dl_managed make(void) {
  mixc_dl_managed managed = {{values, 1, 0, 2, 2, 32, 1, shape, NULL, 0}, NULL, NULL};
  return managed;
}

static void expect_refused(const mixc_dl_managed *managed, const char *text, int line) {
  mixc_tensor tensor;
  memset(&tensor, 1, sizeof tensor);
  mixc_tensor before = tensor;
  int32_t code = mixc_tensor_borrow(managed, NULL, MIXC_F32, MIXC_WRITE, &tensor);
  expect(code == MIXC_BAD_ARGUMENT && strstr(mixc_error_text(), text), text, line);
  expect(memcmp(&before, &tensor, sizeof tensor) == 0, "no change after an error", line);
}
#define EXPECT_REFUSED(text) expect_refused(&managed, text, __LINE__)

static void test_borrow(void) {
  mixc_tensor tensor;
  mixc_dl_managed managed = make();
  EXPECT(mixc_tensor_borrow(&managed, NULL, MIXC_F32, MIXC_WRITE, &tensor) == MIXC_DONE);
  EXPECT(tensor.data == values && tensor.rank == 2 && tensor.element == MIXC_F32);
  EXPECT(tensor.extents[0] == 3 && tensor.extents[1] == 4);
  EXPECT(tensor.strides[0] == 4 && tensor.strides[1] == 1);

  /* Backwards from the last row. */
  managed.tensor.strides = strides;
  managed.tensor.byte_offset = 8 * sizeof(float);
  EXPECT(mixc_tensor_borrow(&managed, NULL, MIXC_F32, MIXC_WRITE, &tensor) == MIXC_DONE);
  EXPECT(tensor.data == values + 8 && tensor.strides[0] == -4 && tensor.strides[1] == 1);

  /* Elements that repeat may be read, not written. */
  int64_t repeated[2] = {0, 1};
  managed.tensor.strides = repeated;
  EXPECT(mixc_tensor_borrow(&managed, NULL, MIXC_F32, MIXC_READ, &tensor) == MIXC_DONE);
  EXPECT_REFUSED("put two elements into one place");

  /* Nothing needs no data; a scalar has no shape. */
  int64_t none[2] = {0, 4};
  managed = make();
  managed.tensor.shape = none;
  managed.tensor.data = NULL;
  EXPECT(mixc_tensor_borrow(&managed, NULL, MIXC_F32, MIXC_WRITE, &tensor) == MIXC_DONE);
  EXPECT(tensor.data == NULL);
  managed = make();
  managed.tensor.ndim = 0;
  managed.tensor.shape = NULL;
  EXPECT(mixc_tensor_borrow(&managed, NULL, MIXC_F32, MIXC_WRITE, &tensor) == MIXC_DONE);
  EXPECT(tensor.rank == 0 && tensor.data == values);
}

static void test_refusals(void) {
  mixc_dl_managed managed = make();
  managed.tensor.type_bits = 64;
  EXPECT_REFUSED("the tensor has elements of type f64, not f32");
  managed.tensor.type_bits = 24;
  EXPECT_REFUSED("the tensor has elements of type code 2 of 24 bits, not f32");
  managed = make();
  managed.tensor.type_lanes = 4;
  EXPECT_REFUSED("vectors of 4 as elements");
  managed = make();
  managed.tensor.device_type = 2;
  managed.tensor.device_id = 1;
  EXPECT_REFUSED("in memory of type 2, device 1, not in that of the host");
  managed = make();
  managed.tensor.byte_offset = 2;
  EXPECT_REFUSED("not aligned to 4 bytes");
  managed = make();
  managed.tensor.data = NULL;
  managed.tensor.byte_offset = 4;
  EXPECT_REFUSED("has elements and no data");
  managed = make();
  managed.tensor.ndim = MIXC_MAX_RANK + 1;
  EXPECT_REFUSED("17 axes");
  managed.tensor.ndim = 2;
  managed.tensor.shape = NULL;
  EXPECT_REFUSED("2 axes and no shape");
  int64_t large[2] = {INT64_MAX, 3}, negative[2] = {3, -1};
  managed.tensor.shape = negative;
  EXPECT_REFUSED("axis 1 has the negative size -1");
  managed.tensor.shape = large;
  EXPECT_REFUSED("does not fit 64 bits");

  mixc_tensor tensor;
  managed = make();
  EXPECT(mixc_tensor_borrow(NULL, NULL, MIXC_F32, MIXC_READ, &tensor) == MIXC_BAD_ARGUMENT);
  EXPECT(mixc_tensor_borrow(&managed, NULL, 99, MIXC_READ, &tensor) == MIXC_BAD_ARGUMENT);
  EXPECT(mixc_tensor_borrow(&managed, NULL, MIXC_F32, 7, &tensor) == MIXC_BAD_ARGUMENT);
}

static void test_versions(void) {
  mixc_tensor tensor;
  mixc_dl_versioned versioned = {1, 2, NULL, NULL, 0, make().tensor};
  EXPECT(mixc_tensor_borrow_versioned(&versioned, NULL, MIXC_F32, MIXC_WRITE, &tensor) ==
         MIXC_DONE);
  versioned.flags = 1;
  EXPECT(mixc_tensor_borrow_versioned(&versioned, NULL, MIXC_F32, MIXC_READ, &tensor) == MIXC_DONE);
  EXPECT(mixc_tensor_borrow_versioned(&versioned, NULL, MIXC_F32, MIXC_WRITE, &tensor) ==
         MIXC_BAD_ARGUMENT);
  EXPECT(strcmp(mixc_error_text(), "the tensor is for reading only") == 0);
  versioned.major = 2;
  EXPECT(mixc_tensor_borrow_versioned(&versioned, NULL, MIXC_F32, MIXC_READ, &tensor) ==
         MIXC_BAD_ARGUMENT);
  EXPECT(strcmp(mixc_error_text(), "the tensor is of DLPack 2.2, 1 is known") == 0);
}

static void release(void *context) { deleted += *(int *)context; }

static void test_lend(mixc_device *device) {
  int once = 1;
  mixc_tensor tensor, again;
  mixc_dl_managed managed = make(), *lent = NULL;
  mixc_dl_versioned *versioned = NULL;
  managed.tensor.strides = strides;
  managed.tensor.byte_offset = 8 * sizeof(float);
  EXPECT(mixc_tensor_borrow(&managed, NULL, MIXC_F32, MIXC_WRITE, &tensor) == MIXC_DONE);

  EXPECT(mixc_tensor_lend(&tensor, NULL, release, &once, &lent) == MIXC_DONE);
  EXPECT(lent->tensor.device_type == 1 && lent->tensor.type_lanes == 1);
  EXPECT(mixc_tensor_borrow(lent, NULL, MIXC_F32, MIXC_WRITE, &again) == MIXC_DONE);
  EXPECT(memcmp(&tensor, &again, sizeof tensor) == 0);
  lent->deleter(lent);
  EXPECT(deleted == 1);

  /* In the memory of a device it is of that device alone. */
  EXPECT(mixc_tensor_lend_versioned(&tensor, device, NULL, NULL, &versioned) == MIXC_DONE);
  EXPECT(versioned->major == 1 && versioned->flags == 0);
  EXPECT(versioned->tensor.device_type == 2 && versioned->tensor.device_id == 0);
  EXPECT(mixc_tensor_borrow_versioned(versioned, device, MIXC_F32, MIXC_WRITE, &again) ==
         MIXC_DONE);
  EXPECT(mixc_tensor_borrow_versioned(versioned, NULL, MIXC_F32, MIXC_READ, &again) ==
         MIXC_BAD_ARGUMENT);
  versioned->tensor.device_id = 1;
  EXPECT(mixc_tensor_borrow_versioned(versioned, device, MIXC_F32, MIXC_READ, &again) ==
         MIXC_BAD_ARGUMENT);
  versioned->tensor.device_type = 13;
  EXPECT(mixc_tensor_borrow_versioned(versioned, device, MIXC_F32, MIXC_READ, &again) == MIXC_DONE);
  versioned->deleter(versioned);
  EXPECT(deleted == 1);

  tensor.element = 99;
  EXPECT(mixc_tensor_lend(&tensor, NULL, release, &once, &lent) == MIXC_BAD_ARGUMENT);
  EXPECT(mixc_tensor_lend(NULL, NULL, release, &once, &lent) == MIXC_BAD_ARGUMENT);
}

int main(void) {
  mixc_device *device = NULL;
  EXPECT(mixc_device_open("cuda", 0, &device) == MIXC_DONE);
  test_borrow();
  test_refusals();
  test_versions();
  if (device)
    test_lend(device);
  mixc_device_close(device);
  return failures != 0;
}
