// A golden case file, read: README.md beside it is the reference of its format.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/status.h"

namespace sluice::golden {

// What some Flink versions answered to a case.
struct Expectation {
  std::string kind;   // "append", "changelog", "error validation", "error runtime"
  std::string types;  // "INT, STRING"; empty for scripts and errors
  std::vector<std::string> stamps;
  std::vector<std::string> lines;

  bool IsError() const { return kind.starts_with("error"); }
  bool HasStamp(const std::string& stamp) const;
};

// A query or a script.
struct Case {
  std::string name;
  int32_t line = 0;
  bool is_script = false;
  std::string text;
  int32_t num_settings = 0;  // how many of the file's settings and tables stand above it
  int32_t num_tables = 0;
  std::vector<Expectation> expectations;

  // Null if this version was never recorded.
  const Expectation* Find(const std::string& stamp) const;
};

struct Input {
  std::string table;
  std::string text;       // one record a line
  std::string file_name;  // beside the case file; `text` is empty then
};

struct CaseFile {
  std::string name;  // "casts/from_text.test"
  std::filesystem::path path;
  std::vector<std::pair<std::string, std::string>> settings;
  std::vector<std::string> tables;  // the bodies of `-- table` sections
  std::vector<Input> inputs;
  std::vector<Case> cases;
};

StatusOr<CaseFile> ReadCaseFile(const std::filesystem::path& root,
                                const std::filesystem::path& path);

}  // namespace sluice::golden
