# sluice_commit: the version of the project and the commit it was built from, as two functions of cli/version.h. Git is
# asked at each build, but only one small file is compiled again, and only when the answer differs.
set(version_file ${CMAKE_CURRENT_BINARY_DIR}/commit.cc)
add_custom_target(sluice_ask_git
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${CMAKE_SOURCE_DIR} -DVERSION=${PROJECT_VERSION} -DOUT=${version_file}
          -P ${CMAKE_SOURCE_DIR}/cmake/WriteVersion.cmake
  BYPRODUCTS ${version_file}
  COMMENT "Asking git for the commit"
  VERBATIM)
add_library(sluice_commit STATIC ${version_file})
add_dependencies(sluice_commit sluice_ask_git)
target_include_directories(sluice_commit PRIVATE ${CMAKE_SOURCE_DIR}/src)
