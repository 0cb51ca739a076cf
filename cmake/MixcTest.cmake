# Tests and fuzzers.
#
#   mixc_add_unittest(name SOURCES … [LINK …] [NO_MLIR])   GoogleTest, run by ctest
#   mixc_add_fuzzer(name SOURCES … [LINK …])               libFuzzer, built by the fuzz preset

find_package(GTest REQUIRED)
find_package(Threads REQUIRED)
include(GoogleTest)

option(MIXC_FUZZ "Build the fuzzers" OFF)

function(mixc_add_unittest name)
  cmake_parse_arguments(A "NO_MLIR" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${A_SOURCES})
  if(A_NO_MLIR)
    target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}")
  else()
    mixc_use_mlir(${name})
  endif()
  target_link_libraries(${name} PRIVATE ${A_LINK} GTest::gtest_main Threads::Threads)
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/test/bin")
  # Asks the program for its tests when ctest runs, not when it is linked.
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST NO_PRETTY_VALUES
    TEST_PREFIX "${name}/")
endfunction()

function(mixc_add_fuzzer name)
  cmake_parse_arguments(A "" "" "SOURCES;LINK" ${ARGN})
  if(NOT MIXC_FUZZ)
    return()
  endif()
  add_executable(${name} ${A_SOURCES})
  mixc_use_mlir(${name})
  target_link_libraries(${name} PRIVATE ${A_LINK})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/fuzz")
endfunction()
