// ProcessorFolder: the processors of a job as its folder holds them, one file NAME@VERSION.sql
// each.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace sluice {

struct ProcessorText {
  std::string name;  // "wrongbook_fix@1.2"
  std::string file;
  std::string text;
};

class ProcessorFolder {
 public:
  // Reads all *.sql files; NotFound if there is no such folder.
  static StatusOr<ProcessorFolder> Read(const std::string& folder);
  explicit ProcessorFolder(std::map<std::string, ProcessorText> processors = {})
      : processors_(std::move(processors)) {}

  // What a route means by `reference`: a name with or without a version (then the highest), what
  // `aliases` maps, or the name of a Java class (com.…WrongbookFixProcessor is wrongbook_fix).
  // NotFound says what there is.
  StatusOr<const ProcessorText*> Find(const std::string& reference,
                                      const std::map<std::string, std::string>& aliases) const;

  const std::map<std::string, ProcessorText>& processors() const { return processors_; }

 private:
  const ProcessorText* FindHighest(std::string_view name) const;

  std::map<std::string, ProcessorText> processors_;  // by name@version
};

// "com.acme.impl.WrongbookFixProcessor" -> "wrongbook_fix".
std::string ProcessorOfClass(std::string_view class_name);
// True if version a comes before b: numbers in them count as numbers, so 1.9 comes before 1.10.
bool VersionBefore(std::string_view a, std::string_view b);

}  // namespace sluice
