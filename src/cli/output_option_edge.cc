#include "cli/output_option.h"

#include <CLI/CLI.hpp>

#include "cli/option_checks.h"

namespace sluice {

void DeclareOutputOption(CLI::App& command, OutputFormat* format) {
  static const std::map<std::string, OutputFormat> kFormats = {{"table", OutputFormat::kTable},
                                                               {"json", OutputFormat::kJson},
                                                               {"text", OutputFormat::kText}};
  auto* option = command.add_option_function<std::string>(
      "--output", [format](const std::string& name) { *format = kFormats.at(name); },
      "how rows are printed: table; json, an object a line; text, an array a line with each value "
      "as CAST(x AS STRING)");
  option->default_str("table");
  TakesOneOf(option, "table|json|text");
}

}  // namespace sluice
