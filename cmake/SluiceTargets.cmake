# The targets of the tree: sluice_library for a folder of src/, sluice_test for a folder of tests/unit/.

# Warnings are errors for g++, the compiler of record; clang, which only builds the fuzz targets, may think otherwise. Not
# in Release: at -O3 g++ 12 warns of writes behind arrays that it made up itself while it unrolled a loop.
set(SLUICE_WARNINGS -Wall -Wextra -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT CMAKE_BUILD_TYPE STREQUAL "Release")
  list(APPEND SLUICE_WARNINGS -Werror)
endif()

# Everywhere or nowhere: a precompiled header only serves files that are compiled with the same macros.
add_compile_options(-pthread)

# The standard headers that nearly every file includes, precompiled once: 0.08 s a file instead of 0.55 s. None of ours,
# so that a change of the project never rebuilds them. Sources still include what they use: `headers_alone` proves it.
set(SLUICE_STANDARD_HEADERS
    <algorithm> <array> <cstdint> <cstring> <limits> <memory> <optional> <span> <string> <string_view> <type_traits>
    <utility> <vector>)
add_library(sluice_precompiled OBJECT ${CMAKE_SOURCE_DIR}/cmake/precompiled.cc)
target_compile_options(sluice_precompiled PRIVATE -fno-exceptions)
target_precompile_headers(sluice_precompiled PRIVATE ${SLUICE_STANDARD_HEADERS})

# GoogleTest costs 1.4 s a file.
add_library(sluice_precompiled_test OBJECT ${CMAKE_SOURCE_DIR}/cmake/precompiled_test.cc)
target_link_libraries(sluice_precompiled_test PRIVATE GTest::gtest)
target_precompile_headers(sluice_precompiled_test PRIVATE ${SLUICE_STANDARD_HEADERS} <gtest/gtest.h>)

# sluice_library(name SOURCES … DEPS …): one static library per folder of src/, included as "folder/file.h". Compiled
# without exceptions, but for the files named *_edge.cc, which wrap a library that throws. A folder may have headers only.
function(sluice_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  if(NOT ARG_SOURCES)
    add_library(sluice_${name} INTERFACE)
    target_include_directories(sluice_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(sluice_${name} INTERFACE ${ARG_DEPS})
    return()
  endif()
  add_library(sluice_${name} STATIC ${ARG_SOURCES})
  target_include_directories(sluice_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_compile_options(sluice_${name} PRIVATE ${SLUICE_WARNINGS} -fno-exceptions)
  target_precompile_headers(sluice_${name} REUSE_FROM sluice_precompiled)
  target_link_libraries(sluice_${name} PUBLIC ${ARG_DEPS})
  foreach(source ${ARG_SOURCES})
    if(source MATCHES "_edge\\.cc$")
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS -fexceptions SKIP_PRECOMPILE_HEADERS ON)
    endif()
  endforeach()
endfunction()

# What the sanitizer builds make: all unit tests, and those that start threads.
add_custom_target(unit_tests)
add_custom_target(thread_tests)

# sluice_test(name SOURCES … DEPS … [LABELS threads]): one GoogleTest binary per folder, run by ctest as one test. What
# carries the label `threads` also runs under ThreadSanitizer.
function(sluice_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;LABELS" ${ARGN})
  add_executable(test_${name} ${ARG_SOURCES})
  target_compile_options(test_${name} PRIVATE ${SLUICE_WARNINGS})
  if(CMAKE_BUILD_TYPE MATCHES "Asan|Tsan")
    # As in src/functions/CMakeLists.txt: g++ 12 misjudges variants here.
    target_compile_options(test_${name} PRIVATE -Wno-maybe-uninitialized)
  endif()
  target_precompile_headers(test_${name} REUSE_FROM sluice_precompiled_test)
  target_link_libraries(test_${name} PRIVATE ${ARG_DEPS} GTest::gtest GTest::gtest_main)
  add_test(NAME ${name} COMMAND test_${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "unit;${ARG_LABELS}")
  add_dependencies(unit_tests test_${name})
  if("threads" IN_LIST ARG_LABELS)
    add_dependencies(thread_tests test_${name})
  endif()
endfunction()

# headers_alone: compiles every header of src/ by itself and without the precompiled one, to prove that each includes what
# it uses. Part of `make test`, not of the ordinary build.
function(sluice_headers_alone)
  file(GLOB headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/src/*/*.h
       ${CMAKE_SOURCE_DIR}/src/*/*/*.h)
  foreach(header ${headers})
    set(source ${CMAKE_BINARY_DIR}/headers_alone/${header}.cc)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${header}\"\n")
    list(APPEND sources ${source})
    if(header MATCHES "_edge\\.h$")
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS -fexceptions)
    endif()
  endforeach()
  add_library(headers_alone OBJECT EXCLUDE_FROM_ALL ${sources})
  target_include_directories(headers_alone PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_compile_options(headers_alone PRIVATE ${SLUICE_WARNINGS} -fno-exceptions)
endfunction()
