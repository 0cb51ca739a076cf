# The packaged LLVM/MLIR 22 and the functions that build on it.
#
#   mixc_add_library(name SOURCES … [LINK …] [TABLEGEN …])
#   mixc_add_dialect(Mixer mixer SOURCES … [LINK …])       library MixcMixer
#   mixc_add_passes(MixcDerive)                            Passes.td → Passes.h.inc
#   mixc_add_tool(name SOURCES … [LINK …])                 program build/bin/name

set(MIXC_LLVM_PREFIX "/usr/lib/llvm-22" CACHE PATH "Prefix of the LLVM/MLIR install")
# The version file compares major.minor: "22" and ranges are refused.
find_package(MLIR 22.1 REQUIRED CONFIG HINTS "${MIXC_LLVM_PREFIX}")
list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
set(MLIR_BINARY_DIR "${PROJECT_BINARY_DIR}") # add_mlir_doc writes <build>/docs
include(TableGen)
include(AddLLVM)
include(AddMLIR)

# mlir_tablegen reads the paths of the directory; compilations get theirs from
# mixc_mlir, so that runtime/ cannot include MLIR by accident.
macro(mixc_tablegen_paths)
  include_directories("${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}")
  include_directories(SYSTEM ${MLIR_INCLUDE_DIRS})
endmacro()

# The one door to MLIR: the two shared libraries. The archives that MLIR also
# exports must not be named: mixed with the shared library they duplicate
# options and type ids.
add_library(mixc_mlir INTERFACE)
target_link_libraries(mixc_mlir INTERFACE MLIR LLVM)
separate_arguments(_defs NATIVE_COMMAND "${LLVM_DEFINITIONS}")
target_compile_options(mixc_mlir INTERFACE ${_defs})
target_include_directories(mixc_mlir INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}")
target_include_directories(mixc_mlir SYSTEM INTERFACE ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})

# One precompiled header for all that uses MLIR (cmake/pch.h).
add_library(mixc_pch OBJECT "${PROJECT_SOURCE_DIR}/cmake/pch.cpp")
target_link_libraries(mixc_pch PUBLIC mixc_mlir)
target_precompile_headers(mixc_pch PRIVATE "${PROJECT_SOURCE_DIR}/cmake/pch.h")
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Lets ccache and a fresh checkout reuse the header by content.
  target_compile_options(mixc_pch PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
endif()

# All generated headers: every MLIR library is compiled after them.
add_custom_target(mixc_generated)

# Common to libraries, tools and unit tests that use MLIR.
function(mixc_use_mlir name)
  target_link_libraries(${name} PUBLIC mixc_mlir)
  target_precompile_headers(${name} REUSE_FROM mixc_pch)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(${name} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
  add_dependencies(${name} mixc_generated)
endfunction()

function(mixc_add_library name)
  cmake_parse_arguments(A "" "" "SOURCES;LINK;TABLEGEN" ${ARGN})
  add_library(${name} STATIC ${A_SOURCES})
  mixc_use_mlir(${name})
  target_link_libraries(${name} PUBLIC ${A_LINK})
  if(A_TABLEGEN)
    add_dependencies(${name} ${A_TABLEGEN})
  endif()
endfunction()

# Generates from NAME.td: NAME{Dialect,Attrs,Types,Ops}.{h,cpp}.inc; the enums
# from NAMEEnums.td where there is one, else from NAME.td; the op interfaces
# from NAMEInterfaces.td where there is one.
function(mixc_add_dialect name mnemonic)
  cmake_parse_arguments(A "" "" "SOURCES;LINK" ${ARGN})
  mixc_tablegen_paths()
  set(enums ${name}.td)
  if(EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${name}Enums.td")
    set(enums ${name}Enums.td)
  endif()
  set(LLVM_TARGET_DEFINITIONS ${enums})
  mlir_tablegen(${name}Enums.h.inc -gen-enum-decls)
  mlir_tablegen(${name}Enums.cpp.inc -gen-enum-defs)
  if(EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${name}Interfaces.td")
    set(LLVM_TARGET_DEFINITIONS ${name}Interfaces.td)
    mlir_tablegen(${name}Interfaces.h.inc -gen-op-interface-decls)
    mlir_tablegen(${name}Interfaces.cpp.inc -gen-op-interface-defs)
  endif()
  set(LLVM_TARGET_DEFINITIONS ${name}.td)
  mlir_tablegen(${name}Dialect.h.inc -gen-dialect-decls -dialect=${mnemonic})
  mlir_tablegen(${name}Dialect.cpp.inc -gen-dialect-defs -dialect=${mnemonic})
  mlir_tablegen(${name}Attrs.h.inc -gen-attrdef-decls -attrdefs-dialect=${mnemonic})
  mlir_tablegen(${name}Attrs.cpp.inc -gen-attrdef-defs -attrdefs-dialect=${mnemonic})
  mlir_tablegen(${name}Types.h.inc -gen-typedef-decls -typedefs-dialect=${mnemonic})
  mlir_tablegen(${name}Types.cpp.inc -gen-typedef-defs -typedefs-dialect=${mnemonic})
  # -dialect does not filter ops: an included .td would bring its own along.
  mlir_tablegen(${name}Ops.h.inc -gen-op-decls "-op-include-regex=^${mnemonic}[.]")
  mlir_tablegen(${name}Ops.cpp.inc -gen-op-defs "-op-include-regex=^${mnemonic}[.]")
  add_public_tablegen_target(Mixc${name}IncGen)
  add_dependencies(mixc_generated Mixc${name}IncGen)
  add_mlir_doc(${name} ${name} dialects/ -gen-dialect-doc -dialect=${mnemonic})
  mixc_add_library(Mixc${name} SOURCES ${A_SOURCES} LINK ${A_LINK} TABLEGEN Mixc${name}IncGen)
endfunction()

# Passes.td of the current folder → Passes.h.inc; gives registerNAMEPasses()
# under GEN_PASS_REGISTRATION.
function(mixc_add_passes name)
  mixc_tablegen_paths()
  set(LLVM_TARGET_DEFINITIONS Passes.td)
  mlir_tablegen(Passes.h.inc -gen-pass-decls -name ${name})
  add_public_tablegen_target(${name}PassesIncGen)
  add_dependencies(mixc_generated ${name}PassesIncGen)
  add_mlir_doc(Passes ${name}Passes passes/ -gen-pass-doc)
endfunction()

function(mixc_add_tool name)
  cmake_parse_arguments(A "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${A_SOURCES})
  mixc_use_mlir(${name})
  target_link_libraries(${name} PRIVATE ${A_LINK})
  # libMLIR.so is not on the loader's path.
  set_target_properties(${name} PROPERTIES INSTALL_RPATH "${MIXC_LLVM_PREFIX}/lib")
endfunction()
