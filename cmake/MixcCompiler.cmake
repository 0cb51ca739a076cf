# Flags, linker, compiler cache and sanitizers: everything about the host
# compiler that is the same for all folders, with or without LLVM.

# One code model for libraries and programs, so that they share the
# precompiled header.
add_compile_options(-fPIC -Wall -Wextra -Wno-unused-parameter)
add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,Clang>:-fcolor-diagnostics>)
# libstdc++ 12 deprecates what its own stable_sort calls, and clang reports it at
# every use; this takes only the library's own deprecations away.
add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,Clang>:-U__DEPRECATED>)
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g1")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_link_options(-fuse-ld=lld)
endif()

option(MIXC_CCACHE "Compile through ccache where it is installed" ON)
find_program(MIXC_CCACHE_PROGRAM ccache)
if(MIXC_CCACHE AND MIXC_CCACHE_PROGRAM)
  # The sloppiness that ccache asks for with precompiled headers.
  set(_launcher "${CMAKE_COMMAND}" -E env
    "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime"
    "${MIXC_CCACHE_PROGRAM}")
  set(CMAKE_C_COMPILER_LAUNCHER "${_launcher}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${_launcher}")
endif()

set(MIXC_SANITIZE "" CACHE STRING
  "Sanitizers for our own code, comma separated (address,undefined)")
if(MIXC_SANITIZE)
  add_compile_options("-fsanitize=${MIXC_SANITIZE}" -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  add_link_options("-fsanitize=${MIXC_SANITIZE}")
endif()

# mixc_add_folders(DIR…): the folders that have a CMakeLists.txt, in this
# order. The next build notices when one appears.
function(mixc_add_folders)
  foreach(dir IN LISTS ARGN)
    file(GLOB present CONFIGURE_DEPENDS
      "${CMAKE_CURRENT_SOURCE_DIR}/${dir}/CMakeLists.txt")
    if(present)
      add_subdirectory(${dir})
    endif()
  endforeach()
endfunction()

# mixc_add_runtime_library(name [SHARED|STATIC|OBJECT] SOURCES … [LINK …])
# A library without LLVM: no MLIR headers, no precompiled header.
function(mixc_add_runtime_library name)
  cmake_parse_arguments(A "SHARED;STATIC;OBJECT" "" "SOURCES;LINK" ${ARGN})
  set(kind STATIC)
  if(A_SHARED)
    set(kind SHARED)
  elseif(A_OBJECT)
    set(kind OBJECT)
  endif()
  add_library(${name} ${kind} ${A_SOURCES})
  target_include_directories(${name} PUBLIC "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PUBLIC ${A_LINK})
endfunction()
