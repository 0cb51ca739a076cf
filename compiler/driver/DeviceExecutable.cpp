//===- DeviceExecutable.cpp - a mixer that runs on a device ---------------===//
//
// Part of the mixc project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/DeviceExecutable.h"
#include "compiler/driver/Failure.h"
#include "compiler/driver/GpuCode.h"
#include "compiler/driver/Outputs.h"
#include "lowering/emulator/Compile.h"
#include "runtime/DeviceHost.h"
#include "runtime/emulator/EmulatorDevice.h"

#include <deque>

using namespace llvm;
using namespace mixc::reference;

namespace mixc::driver {

namespace {

/// The bytes between the first and the last value of a tensor, both included.
struct Extent {
  /// From the tensor's data; not positive.
  int64_t begin = 0;
  size_t bytes = 0;

  explicit Extent(const HostTensor &tensor) {
    if (tensor.numElements() == 0)
      return;
    int64_t first = 0, last = 0;
    for (auto [size, stride] : zip(tensor.shape, tensor.strides))
      (stride < 0 ? first : last) += (size - 1) * stride;
    begin = first * byteSize(tensor.element);
    bytes = static_cast<size_t>((last - first + 1) * byteSize(tensor.element));
  }
};

class DeviceExecutable : public Executable {
public:
  DeviceExecutable(mixer::FuncOp func, LoadedMixer loaded)
      : mixer(std::move(loaded)), host(*mixer.device, *mixer.module) {
    for (StringRef name : argumentsOfCode(func))
      addBuffer(name);
    numArguments = buffers.size();
    for (StringRef name : outputNames(func)) {
      addBuffer(name);
      isWhole.push_back(!isIndirect(func, name));
    }
  }

  int64_t workspaceBytes(ArrayRef<int64_t> extents) const override {
    return mixer.plan->workspaceBytes(extents.data());
  }

  Error run(const Inputs &inputs, MutableArrayRef<HostTensor> outputs) override;

private:
  void addBuffer(StringRef name) {
    names.push_back(name.str());
    buffers.emplace_back(*mixer.device, "`" + name.str() + "`");
  }
  Error noMemory(StringRef what, size_t bytes) {
    return refusal("the device has no memory for the " + Twine(bytes) + " bytes of " + what);
  }
  /// Gives `tensor` the memory of buffer `position` on the device.
  Expected<mixc_view> place(const HostTensor &tensor, size_t position);
  Error runPlan(ArrayRef<mixc_view> views, ArrayRef<int64_t> extents);
  Error fetch(HostTensor &output, size_t position);

  LoadedMixer mixer;
  runtime::DeviceHost host;
  /// Of the arguments, then the outputs.
  std::vector<std::string> names;
  std::deque<runtime::DeviceBuffer> buffers;
  size_t numArguments;
  /// Whether all places of an output hold an element.
  std::vector<bool> isWhole;
};

} // namespace

Expected<mixc_view> DeviceExecutable::place(const HostTensor &tensor, size_t position) {
  Extent extent(tensor);
  if (!buffers[position].reserve(std::max<size_t>(1, extent.bytes)))
    return noMemory("`" + names[position] + "`", extent.bytes);
  auto *begin = static_cast<std::byte *>(buffers[position].data());
  return mixc_view{begin - extent.begin, tensor.shape.data(), tensor.strides.data()};
}

Error DeviceExecutable::runPlan(ArrayRef<mixc_view> views, ArrayRef<int64_t> extents) {
  int64_t bytes = workspaceBytes(extents);
  if (bytes < 0 || !host.reserveWorkspace(static_cast<size_t>(bytes)))
    return noMemory("temporaries", bytes);
  int32_t failed = mixer.plan->run(views.data(), extents.data(), host.workspace(), host.getHost());
  if (int32_t late = host.finish(); failed == 0)
    failed = late;
  if (failed == 0)
    return Error::success();
  if (failed == MIXC_OUT_OF_MEMORY)
    return refusal("the device has no memory for the scratch of a kernel");
  if (failed < 0)
    return make_error<DeviceFault>(mixer.device->fault());
  return unmetCondition(mixer.plan->getCheckMessage(failed));
}

Error DeviceExecutable::fetch(HostTensor &output, size_t position) {
  Extent extent(output);
  const void *memory = buffers[position].data();
  // What lies between the elements is nobody's.
  SmallVector<int64_t> index(output.rank(), 0);
  size_t bytes = static_cast<size_t>(byteSize(output.element));
  int64_t left = isWhole[position - numArguments] ? output.numElements() : 0;
  for (; left > 0; --left) {
    const auto *element = static_cast<const std::byte *>(memory) - extent.begin +
                          output.offsetOf(index) * static_cast<int64_t>(bytes);
    if (mixer.device->findUnwritten(element, bytes) >= 0)
      return make_error<DeviceFault>(runtime::Fault{
          "no kernel writes `" + names[position] + "` at " + shapeString(index), {}, {}});
    for (size_t axis = index.size(); axis-- > 0;) {
      if (++index[axis] < output.shape[axis])
        break;
      index[axis] = 0;
    }
  }
  if (mixer.device->copyOut(output.data + extent.begin, memory, extent.bytes))
    return make_error<DeviceFault>(mixer.device->fault());
  return Error::success();
}

Error DeviceExecutable::run(const Inputs &inputs, MutableArrayRef<HostTensor> outputs) {
  SmallVector<mixc_view> views;
  for (size_t position = 0; position < numArguments; ++position) {
    auto found = inputs.call.arguments.find(names[position]);
    if (found == inputs.call.arguments.end()) {
      views.push_back({nullptr, nullptr, nullptr});
      continue;
    }
    const HostTensor &argument = found->second;
    auto view = place(argument, position);
    if (!view)
      return view.takeError();
    Extent extent(argument);
    if (mixer.device->copyIn(buffers[position].data(), argument.data + extent.begin, extent.bytes))
      return make_error<DeviceFault>(mixer.device->fault());
    views.push_back(*view);
  }
  for (auto [k, output] : enumerate(outputs)) {
    auto view = place(output, numArguments + k);
    if (!view)
      return view.takeError();
    views.push_back(*view);
  }
  if (Error error = runPlan(views, inputs.extents))
    return error;
  for (auto [k, output] : enumerate(outputs))
    if (Error error = fetch(output, numArguments + k))
      return error;
  return Error::success();
}

std::unique_ptr<Executable> makeDeviceExecutable(mixer::FuncOp func, LoadedMixer mixer) {
  return std::make_unique<DeviceExecutable>(func, std::move(mixer));
}

Expected<LoadedMixer> loadIntoEmulator(mixer::FuncOp func, const CompileOptions &options) {
  auto target = gpuTarget(options.target);
  if (!target)
    return target.takeError();
  auto module = compileToPlan(func, options);
  if (!module)
    return module.takeError();
  auto finished = lowerToGpu(**module, *target);
  if (!finished)
    return finished.takeError();
  auto emulated = lowering::emulator::compile(**module, **finished, target->warp);
  if (!emulated)
    return refusal(toString(emulated.takeError()));
  LoadedMixer mixer;
  mixer.plan = std::move(emulated->plan);
  auto device = std::make_unique<runtime::emulator::EmulatorDevice>();
  mixer.module =
      std::make_unique<runtime::emulator::EmulatorModule>(*device, std::move(emulated->code));
  mixer.device = std::move(device);
  return mixer;
}

} // namespace mixc::driver
