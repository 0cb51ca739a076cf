//===- Interface.cpp - bundles from C -------------------------------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/gpu/Interface.h"
#include "runtime/bundle/Library.h"
#include "runtime/include/mixc/bundle.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <vector>

using namespace mixc::runtime;
using namespace mixc::runtime::gpu;

struct mixc_bundle {
  std::unique_ptr<Library> library;

  const mixc_bundle_record &record() const { return library->record(); }
  int32_t numTensors() const { return record().num_arguments + record().num_outputs; }
};

namespace {
/// A word of a call's arguments.
union Word {
  int64_t integer;
  void *data;
};

/// A tensor among the words of a call.
struct Slot {
  const mixc_bundle_tensor_record *tensor;
  /// Of its first word, which is its data.
  size_t word;
};
} // namespace

struct mixc_call {
  const mixc_bundle *bundle;
  std::vector<Word> words;
  std::vector<Slot> places;
  /// Which tensors have been set.
  std::vector<bool> isSet;
  std::optional<mixc_bundle_host> host;

  const mixc_bundle_record &record() const { return bundle->record(); }
};

/// Refuses null where an object or a place for a result is wanted.
#define REQUIRE(...)                                                                               \
  if (isAnyNull(__VA_ARGS__))                                                                      \
  return fail(MIXC_BAD_ARGUMENT, std::string(__func__) + ": an argument is null")

static bool isAnyNull(const auto *...arguments) { return (!arguments || ...); }

//===----------------------------------------------------------------------===//
// Bundles
//===----------------------------------------------------------------------===//

int32_t mixc_bundle_open(const char *path, mixc_bundle **bundle) {
  REQUIRE(path, bundle);
  Library::Refusal refusal;
  auto library = Library::open(path, refusal);
  if (!library)
    return fail(refusal.code, refusal.text);
  *bundle = new mixc_bundle{std::move(library)};
  return MIXC_DONE;
}

void mixc_bundle_close(mixc_bundle *bundle) { delete bundle; }

static const char *deviceKind(const mixc_bundle_record &record) {
  return record.kind == MIXC_BUNDLE_CPU ? "cpu" : record.kind == MIXC_BUNDLE_CUDA ? "cuda" : "hip";
}

int32_t mixc_bundle_describe(const mixc_bundle *bundle, mixc_bundle_info *info) {
  REQUIRE(bundle, info);
  const mixc_bundle_record &record = bundle->record();
  *info = {record.name,        record.target,        record.dtype,      deviceKind(record),
           record.num_extents, record.num_arguments, record.num_outputs};
  return MIXC_DONE;
}

static int32_t noNumber(const char *what, int32_t number, int32_t count) {
  return fail(MIXC_BAD_ARGUMENT, std::string("there is no ") + what + " " + std::to_string(number) +
                                     ": the bundle has " + std::to_string(count));
}

int32_t mixc_bundle_extent(const mixc_bundle *bundle, int32_t number, mixc_extent_info *info) {
  REQUIRE(bundle, info);
  const mixc_bundle_record &record = bundle->record();
  if (number < 0 || number >= record.num_extents)
    return noNumber("extent", number, record.num_extents);
  *info = {record.extents[number].name, record.extents[number].fixed};
  return MIXC_DONE;
}

int32_t mixc_bundle_tensor(const mixc_bundle *bundle, int32_t number, mixc_tensor_info *info) {
  REQUIRE(bundle, info);
  const mixc_bundle_record &record = bundle->record();
  if (number < 0 || number >= bundle->numTensors())
    return noNumber("tensor", number, bundle->numTensors());
  const mixc_bundle_tensor_record &tensor = record.tensors[number];
  *info = {tensor.name,
           tensor.shape,
           elementNumber(tensor.element),
           tensor.rank,
           number >= record.num_arguments,
           tensor.optional};
  return MIXC_DONE;
}

int32_t mixc_bundle_find(const mixc_bundle *bundle, const char *name, int32_t *number) {
  REQUIRE(bundle, name, number);
  const mixc_bundle_record &record = bundle->record();
  for (int32_t k = 0; k < bundle->numTensors(); ++k)
    if (std::string_view(record.tensors[k].name) == name) {
      *number = k;
      return MIXC_DONE;
    }
  return fail(MIXC_BAD_ARGUMENT,
              std::string("`") + record.name + "` has no argument or output `" + name + "`");
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

int32_t mixc_call_create(const mixc_bundle *bundle, mixc_call **call) {
  REQUIRE(bundle, call);
  const mixc_bundle_record &record = bundle->record();
  auto made = std::make_unique<mixc_call>();
  made->bundle = bundle;
  size_t next = static_cast<size_t>(record.num_extents);
  for (int32_t k = 0; k < bundle->numTensors(); ++k) {
    made->places.push_back({&record.tensors[k], next});
    next += 1 + 2 * static_cast<size_t>(record.tensors[k].rank);
  }
  made->words.resize(next, Word{0});
  made->isSet.resize(made->places.size());
  *call = made.release();
  return MIXC_DONE;
}

void mixc_call_destroy(mixc_call *call) { delete call; }

int32_t mixc_call_set(mixc_call *call, const char *name, const mixc_tensor *tensor) {
  REQUIRE(call, name);
  int32_t number;
  if (int32_t failed = mixc_bundle_find(call->bundle, name, &number))
    return failed;
  auto [wanted, at] = call->places[number];
  if (!tensor) {
    if (!wanted->optional)
      return fail(MIXC_BAD_ARGUMENT,
                  std::string("`") + name + "` has no default, and can't be left out");
    call->words[at].data = nullptr;
    call->isSet[number] = false;
    return MIXC_DONE;
  }
  if (tensor->element != elementNumber(wanted->element))
    return fail(MIXC_BAD_ARGUMENT, std::string("`") + name + "` has elements of type " +
                                       wanted->element + ", not " + elementName(tensor->element));
  if (tensor->rank != wanted->rank)
    return fail(MIXC_BAD_ARGUMENT, std::string("`") + name + "` is " + wanted->shape +
                                       ", but the tensor has " + std::to_string(tensor->rank) +
                                       " axes");
  call->words[at].data = tensor->data;
  for (int32_t axis = 0; axis < wanted->rank; ++axis) {
    call->words[at + 1 + axis].integer = tensor->extents[axis];
    call->words[at + 1 + wanted->rank + axis].integer = tensor->strides[axis];
  }
  call->isSet[number] = true;
  return MIXC_DONE;
}

int32_t mixc_call_set_data(mixc_call *call, const char *name, void *data) {
  REQUIRE(call, name);
  int32_t number;
  if (int32_t failed = mixc_bundle_find(call->bundle, name, &number))
    return failed;
  call->words[call->places[number].word].data = data;
  return MIXC_DONE;
}

int32_t mixc_call_get(const mixc_call *call, const char *name, mixc_tensor *tensor) {
  REQUIRE(call, name, tensor);
  int32_t number;
  if (int32_t failed = mixc_bundle_find(call->bundle, name, &number))
    return failed;
  auto [from, at] = call->places[number];
  if (from->rank > MIXC_MAX_RANK)
    return fail(MIXC_BAD_ARGUMENT, std::string("`") + name + "` has " + std::to_string(from->rank) +
                                       " axes: a mixc_tensor has " + std::to_string(MIXC_MAX_RANK) +
                                       " at most");
  *tensor = {};
  tensor->data = call->words[at].data;
  tensor->element = elementNumber(from->element);
  tensor->rank = from->rank;
  for (int32_t axis = 0; axis < from->rank; ++axis) {
    tensor->extents[axis] = call->words[at + 1 + axis].integer;
    tensor->strides[axis] = call->words[at + 1 + from->rank + axis].integer;
  }
  return MIXC_DONE;
}

/// The word of an extent.
static int32_t findExtent(const mixc_call *call, const char *name, int32_t &number) {
  const mixc_bundle_record &record = call->record();
  for (number = 0; number < record.num_extents; ++number)
    if (std::string_view(record.extents[number].name) == name)
      return MIXC_DONE;
  return fail(MIXC_BAD_ARGUMENT, std::string("`") + record.name + "` has no extent `" + name + "`");
}

int32_t mixc_call_set_extent(mixc_call *call, const char *name, int64_t size) {
  REQUIRE(call, name);
  int32_t number;
  if (int32_t failed = findExtent(call, name, number))
    return failed;
  call->words[number].integer = size;
  return MIXC_DONE;
}

int32_t mixc_call_get_extent(const mixc_call *call, const char *name, int64_t *size) {
  REQUIRE(call, name, size);
  int32_t number;
  if (int32_t failed = findExtent(call, name, number))
    return failed;
  *size = call->words[number].integer;
  return MIXC_DONE;
}

/// What a function of the bundle returned, with the bundle's text; errors of drivers as the runtime
/// counts them.
static int32_t check(const mixc_bundle_record &record, int32_t error) {
  if (!error)
    return MIXC_DONE;
  int32_t code = error;
  if (error < 0)
    code = record.kind == MIXC_BUNDLE_CPU        ? MIXC_FAILED
           : error == MIXC_BUNDLE_NO_HOST_MEMORY ? MIXC_NO_MEMORY
           : error > MIXC_BUNDLE_DRIVER_ERROR    ? MIXC_NOT_AVAILABLE
                                                 : MIXC_FAILED;
  return fail(code, record.error(error));
}

int32_t mixc_call_bind(mixc_call *call) {
  REQUIRE(call);
  for (int32_t k = 0; k < call->record().num_arguments; ++k)
    if (!call->isSet[k] && !call->places[k].tensor->optional)
      return fail(MIXC_BAD_ARGUMENT, std::string("argument `") + call->places[k].tensor->name +
                                         "` is not set: call mixc_call_set before");
  return check(call->record(), call->record().bind(call->words.data()));
}

int32_t mixc_call_dense(mixc_call *call) {
  REQUIRE(call);
  return check(call->record(), call->record().dense(call->words.data()));
}

int32_t mixc_call_check(const mixc_call *call) {
  REQUIRE(call);
  return check(call->record(), call->record().check(call->words.data()));
}

int32_t mixc_call_lend(mixc_call *call, const mixc_bundle_host *host) {
  REQUIRE(call);
  if (call->record().kind != MIXC_BUNDLE_CPU)
    return fail(MIXC_BAD_ARGUMENT, std::string("the bundle is for ") + deviceKind(call->record()) +
                                       ": its launches use no threads");
  call->host = host ? std::optional(*host) : std::nullopt;
  return MIXC_DONE;
}

static void *allocate(void *, size_t bytes, size_t alignment) {
  return std::aligned_alloc(alignment, bytes);
}
static void release(void *, void *memory) { std::free(memory); }

/// The host of a launch: what was lent, and memory in any case.
static mixc_bundle_host hostOf(const mixc_call *call) {
  mixc_bundle_host host = call->host.value_or(mixc_bundle_host{});
  if (!host.allocate || !host.release) {
    host.allocate = allocate;
    host.release = release;
  }
  return host;
}

int32_t mixc_call_workspace_size(const mixc_call *call, size_t *bytes) {
  REQUIRE(call, bytes);
  const mixc_bundle_record &record = call->record();
  mixc_bundle_host host = hostOf(call);
  int64_t size = record.kind == MIXC_BUNDLE_CPU
                     ? record.workspace_size.cpu(call->words.data(), &host)
                     : record.workspace_size.gpu(call->words.data());
  if (size < 0)
    return check(record, static_cast<int32_t>(-size));
  *bytes = static_cast<size_t>(size);
  return MIXC_DONE;
}

int32_t mixc_call_launch(const mixc_call *call, void *workspace, mixc_stream *stream) {
  REQUIRE(call);
  const mixc_bundle_record &record = call->record();
  if (record.kind == MIXC_BUNDLE_CPU) {
    if (stream)
      return fail(MIXC_BAD_ARGUMENT, "the bundle is for the CPU: it takes no stream");
    mixc_bundle_host host = hostOf(call);
    return check(record, record.launch.cpu(call->words.data(), workspace, &host));
  }
  std::string kind = deviceKind(record);
  if (!stream)
    return fail(MIXC_BAD_ARGUMENT, "the bundle is for " + kind + ": it wants a stream");
  if ((stream->gpu->vendor() == Vendor::Amd) != (record.kind == MIXC_BUNDLE_HIP))
    return fail(MIXC_BAD_ARGUMENT,
                "the bundle is for " + kind + ", but the stream is of another kind of device");
  void *handle = nullptr;
  if (int32_t failed = mixc_stream_enter(stream, &handle))
    return failed;
  return check(record, record.launch.gpu(call->words.data(), workspace, handle));
}
