// --output table|json|text of the verbs that print rows.
#pragma once

#include "cli/result_printer.h"

namespace CLI {
class App;
}  // namespace CLI

namespace sluice {

void DeclareOutputOption(CLI::App& command, OutputFormat* format);

}  // namespace sluice
