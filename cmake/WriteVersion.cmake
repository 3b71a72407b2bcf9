# Run by SluiceVersion.cmake at build time: cmake -DSOURCE=… -DVERSION=… -DOUT=… -P WriteVersion.cmake
# Whoever builds may ask, so that `sudo make install` does not take the commit for unknown.
execute_process(
  COMMAND git -c safe.directory=* describe --always --dirty --abbrev=12 --exclude=*
  WORKING_DIRECTORY ${SOURCE}
  OUTPUT_VARIABLE commit
  RESULT_VARIABLE result
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT result EQUAL 0)
  set(commit "unknown")
endif()
file(CONFIGURE OUTPUT ${OUT} CONTENT [=[
// Written by cmake/WriteVersion.cmake.
#include "cli/version.h"

namespace sluice {
std::string_view SluiceVersion() { return "@VERSION@"; }
std::string_view SluiceCommit() { return "@commit@"; }
}  // namespace sluice
]=] @ONLY)
