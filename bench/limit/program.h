// What the two limit programs have in common around their loop: the command line and the report.
#pragma once

#include <cstdio>

#include "bench/limit/wide_table.h"

namespace sluice::limit {

// The exit code of a program that was asked for instructions that the machine lacks.
constexpr int kNoKernel = 77;

struct Arguments {
  const char* events = nullptr;
  const char* database = nullptr;
  std::FILE* rows = nullptr;  // where --rows says; "-" is standard output
};

// PROGRAM EVENTS DATABASE [--rows PATH]. Ends the program on misuse.
Arguments ParseArguments(int argc, char** argv);

// Closes the rows and prints the totals as one JSON line: on standard output, or on standard error
// when rows go there.
void Report(const Arguments& arguments, const Totals& totals);

}  // namespace sluice::limit
