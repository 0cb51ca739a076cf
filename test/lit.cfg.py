"""lit's view of the tests: files with RUN lines below test/.

Substitutions: mixc, mixc-opt, FileCheck, not, split-file, %python,
%src_root (the source tree), %build_root. Folders named Inputs hold inputs.
"""

import os
import shutil

import lit.formats
from lit.llvm import llvm_config

config.name = "mixc"
config.test_format = lit.formats.ShTest()
config.suffixes = [".mix", ".mlir", ".test"]
config.excludes = ["Inputs", "conformance", "fuzz", "CMakeLists.txt"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.mixc_build_dir, "test")

config.substitutions.append(("%python", f'"{config.python_executable}"'))
config.substitutions.append(("%src_root", config.mixc_source_dir))
config.substitutions.append(("%build_root", config.mixc_build_dir))

bin_dir = os.path.join(config.mixc_build_dir, "bin")
llvm_config.with_environment("PATH", [bin_dir, config.llvm_tools_dir], append_path=True)
llvm_config.with_environment("NO_COLOR", "1")
llvm_config.with_system_environment(
    ["HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "MIXC_PYTHON", "CUDA_HOME"]
)

# Tests compile what they run, and leave the user's cache alone.
llvm_config.with_environment("MIXC_CACHE_DIR", os.path.join(config.test_exec_root, "cache"))
llvm_config.with_environment("MIXC_CACHE_LIMIT", "0")

tools = ["FileCheck", "not", "split-file"]
# A tool that this tree does not build is not substituted.
tools += [t for t in ("mixc", "mixc-opt") if os.path.exists(os.path.join(bin_dir, t))]
llvm_config.add_tool_substitutions(tools, [bin_dir, config.llvm_tools_dir])

if config.mixc_sanitize:
    config.available_features.add("sanitize")

# NVIDIA's assembler, where lowering/cuda/Assembler.cpp finds it.
cuda_folders = [os.path.join(os.environ.get("CUDA_HOME", "/nowhere"), "bin"), "/usr/local/cuda/bin"]
if shutil.which("ptxas", path=os.pathsep.join([os.environ.get("PATH", ""), *cuda_folders])):
    config.available_features.add("ptxas")

# ./dev test --all: the slow tests, marked REQUIRES: all.
if lit_config.params.get("all"):
    config.available_features.add("all")
