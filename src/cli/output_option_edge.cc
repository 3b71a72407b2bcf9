#include "cli/output_option.h"

#include <CLI/CLI.hpp>

namespace sluice {

void DeclareOutputOption(CLI::App& command, OutputFormat* format) {
  static const std::map<std::string, OutputFormat> kFormats = {{"table", OutputFormat::kTable},
                                                               {"json", OutputFormat::kJson},
                                                               {"text", OutputFormat::kText}};
  command
      .add_option("--output", *format,
                  "how rows are printed: table; json, an object a line; text, an array a line with "
                  "each value as CAST(x AS STRING) (table)")
      ->transform(CLI::CheckedTransformer(kFormats, CLI::ignore_case))
      ->type_name("table|json|text");
}

}  // namespace sluice
