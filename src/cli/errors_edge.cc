// sluice errors: what the codes in messages stand for.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cctype>
#include <cstdio>

#include "base/error_code.h"
#include "cli/verb.h"

namespace sluice {
namespace {

// What the first digits of a code say.
std::string_view AreaOf(int number) {
  if (number < 1100) return "Reading SQL text";
  if (number < 1200) return "Names and validation";
  if (number < 1300) return "Types and functions";
  if (number < 2000) return "Connectors, formats, options";
  if (number < 3000) return "Lint: legal, but probably not meant";
  return "At run time";
}

class ErrorsVerb : public Verb {
 public:
  void Declare(CLI::App& command) override {
    command.add_option("code", code_, "one code: SL1203 or 1203")->type_name("CODE");
    command.add_flag("--markdown", markdown_, "tables for documents");
  }

  int Run() override {
    if (!code_.empty()) return PrintOne();
    std::string_view area;
    for (const ErrorCodeEntry& entry : AllErrorCodes()) {
      const std::string_view its_area = AreaOf(static_cast<int>(entry.code));
      if (its_area != area) PrintHeading(its_area, area.empty());
      area = its_area;
      const std::string code = ErrorCodeName(entry.code);
      if (markdown_) {
        fmt::print("| {} | {} | {} |\n", code, entry.title, entry.remedy);
      } else {
        fmt::print("  {}  {}\n          {}\n", code, entry.title, entry.remedy);
      }
    }
    return 0;
  }

 private:
  void PrintHeading(std::string_view area, bool is_first) const {
    fmt::print("{}", is_first ? "" : "\n");
    if (markdown_) {
      fmt::print("## {}\n\n| code | what happened | what to do |\n|---|---|---|\n", area);
    } else {
      fmt::print("{}\n", area);
    }
  }

  int PrintOne() const {
    std::string wanted = code_;
    for (char& c : wanted) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    if (!wanted.starts_with("SL")) wanted.insert(0, "SL");
    for (const ErrorCodeEntry& entry : AllErrorCodes()) {
      if (ErrorCodeName(entry.code) != wanted) continue;
      fmt::print("{} ({})\n  {}\n  {}\n", wanted, AreaOf(static_cast<int>(entry.code)), entry.title,
                 entry.remedy);
      return 0;
    }
    return Fail("errors", absl::NotFoundError(fmt::format("there is no code {}", wanted)));
  }

  std::string code_;
  bool markdown_ = false;
};

}  // namespace

VerbEntry Verb_errors() {
  return {
      .name = "errors",
      .group = "Look up",
      .summary = "the error codes and what to do about them",
      .description =
          "Lists all codes that stand in messages, or explains one. A code keeps its meaning for "
          "ever.",
      .examples =
          "sluice errors SL1203\n"
          "sluice errors\n"
          "sluice errors --markdown > errors.md",
      .make = [] { return std::unique_ptr<Verb>(std::make_unique<ErrorsVerb>()); }};
}

}  // namespace sluice
