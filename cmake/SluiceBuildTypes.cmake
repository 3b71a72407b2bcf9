# Build types: Dev (fast to compile, the default), Release (what users run), Asan and Tsan (what CI proves with), Fuzz
# (clang with libFuzzer). `make build`, `make test` and `make fuzz` choose among them.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Dev)
endif()
set(SLUICE_FLAGS_DEV "-O1 -g1")
set(SLUICE_FLAGS_RELEASE "-O3 -g1 -DNDEBUG")
set(SLUICE_FLAGS_ASAN
    "-O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer")
set(SLUICE_FLAGS_TSAN "-O1 -g1 -fsanitize=thread -fno-omit-frame-pointer")
set(SLUICE_FLAGS_FUZZ
    "-O1 -g1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer")

# One binary for every x86-64 machine since 2009: SSE4.2 is the floor, wider kernels are chosen at run time. Other
# architectures take the compiler's own baseline.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  string(APPEND SLUICE_FLAGS_RELEASE " -march=x86-64-v2")
endif()

string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type)
if(NOT DEFINED SLUICE_FLAGS_${build_type})
  message(FATAL_ERROR "CMAKE_BUILD_TYPE is '${CMAKE_BUILD_TYPE}'; there are Dev, Release, Asan, Tsan and Fuzz")
endif()
set(CMAKE_CXX_FLAGS_${build_type} "${SLUICE_FLAGS_${build_type}}")
set(CMAKE_C_FLAGS_${build_type} "${SLUICE_FLAGS_${build_type}}")

find_program(SLUICE_CCACHE ccache)
if(SLUICE_CCACHE)
  # Build folders of one checkout share objects: paths are taken relative to the checkout and the working folder is left
  # out of the hash. The sloppiness is what ccache needs to work with precompiled headers; no source uses __TIME__.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${SLUICE_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()
find_program(SLUICE_MOLD mold)
if(SLUICE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
