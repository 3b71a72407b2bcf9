// sluice functions: the functions of the SQL dialect, as they describe themselves.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cctype>
#include <cstdio>

#include "base/options.h"
#include "cli/terminal.h"
#include "cli/verb.h"
#include "functions/aggregate_function.h"
#include "functions/scalar_function.h"

namespace sluice {
namespace {

struct FunctionText {
  std::string_view name;
  std::string_view signature;
  std::string_view help;
  std::string_view example;
  bool is_aggregate;
};

std::vector<FunctionText> AllFunctions() {
  std::vector<FunctionText> all;
  for (const ScalarFunction* function : FunctionRegistry::Get().All()) {
    all.push_back({function->name, function->signature, function->help, function->example, false});
  }
  for (const AggregateFunction* function : AggregateRegistry::Get().All()) {
    all.push_back({function->name, function->signature, function->help, function->example, true});
  }
  return all;
}

// A cell of a Markdown table.
std::string MarkdownCell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

// As code; empty stays empty.
std::string MarkdownCode(std::string_view text) {
  return text.empty() ? "" : fmt::format("`{}`", MarkdownCell(text));
}

class FunctionsVerb : public Verb {
 public:
  void Declare(CLI::App& command) override {
    command.add_option("name", name_, "one function, in full")->type_name("NAME");
    command.add_flag("--markdown", markdown_, "a table for documents");
  }

  int Run() override {
    const std::vector<FunctionText> all = AllFunctions();
    if (!name_.empty()) return PrintOne(all);
    if (markdown_) {
      PrintMarkdown(all, false);
      PrintMarkdown(all, true);
      return 0;
    }
    for (const FunctionText& function : all) {
      fmt::print("{:<24} {}{}\n", function.name, function.is_aggregate ? "(aggregate) " : "",
                 function.help);
    }
    return 0;
  }

 private:
  static void PrintMarkdown(const std::vector<FunctionText>& all, bool aggregates) {
    fmt::print("{}## {}\n\n| function | signature | what it gives | example |\n|---|---|---|---|\n",
               aggregates ? "\n" : "", aggregates ? "Aggregate functions" : "Scalar functions");
    for (const FunctionText& function : all) {
      if (function.is_aggregate != aggregates) continue;
      fmt::print("| {} | {} | {} | {} |\n", MarkdownCode(function.name),
                 MarkdownCode(function.signature), MarkdownCell(function.help),
                 MarkdownCode(function.example));
    }
  }

  int PrintOne(const std::vector<FunctionText>& all) const {
    std::string wanted = name_;
    for (char& c : wanted) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    std::vector<std::string_view> names;
    bool found = false;
    for (const FunctionText& function : all) {
      names.push_back(function.name);
      if (function.name != wanted) continue;
      found = true;
      fmt::print("{}{}\n\n  {}\n", function.name, function.is_aggregate ? " (aggregate)" : "",
                 function.help);
      PrintPart("Signature", function.signature);
      PrintPart("Example", function.example);
    }
    if (found) return 0;
    const std::string nearest = NearestOf(wanted, names);
    return Fail("functions",
                absl::NotFoundError(fmt::format(
                    "there is no function {}{}", wanted,
                    nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest))));
  }

  static void PrintPart(std::string_view heading, std::string_view text) {
    if (text.empty()) return;
    fmt::print("\n{}\n", heading);
    while (!text.empty()) {
      const size_t end = std::min(text.find("; "), text.size());
      fmt::print("  {}\n", text.substr(0, end));
      text.remove_prefix(std::min(end + 2, text.size()));
    }
  }

  std::string name_;
  bool markdown_ = false;
};

}  // namespace

VerbEntry Verb_functions() {
  return {.name = "functions",
          .group = "Look up",
          .summary = "the SQL functions and what they do",
          .description = "Lists all scalar and aggregate functions, or tells all about one.",
          .examples =
              "sluice functions\n"
              "sluice functions JSON_VALUE\n"
              "sluice functions --markdown > functions.md",
          .make = [] { return std::unique_ptr<Verb>(std::make_unique<FunctionsVerb>()); }};
}

}  // namespace sluice
