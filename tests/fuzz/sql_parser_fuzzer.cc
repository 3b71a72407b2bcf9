// Fuzz target: any bytes through the SQL parser, its printer and the rendering of its findings.
// What parses must print to a text that parses again and prints the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/check.h"
#include "sql/parser.h"
#include "sql/printer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  sluice::ParsedScript script = sluice::ParseScript(text);
  sluice::RenderDiagnostics(text, "fuzz.sql", script.diagnostics);
  for (const sluice::ast::Statement& statement : script.statements) {
    const auto* query = std::get_if<sluice::ast::QueryPtr>(&statement.body);
    if (!query) continue;
    std::string printed = sluice::ToSql(**query);
    sluice::ParsedScript again = sluice::ParseScript(printed);
    // The parentheses that the printed form adds may nest deeper than the parser allows.
    if (!again.ok() && again.diagnostics[0].code == sluice::ErrorCode::kTooDeep) continue;
    SL_CHECK(again.ok() && again.statements.size() == 1);
    const auto* same = std::get_if<sluice::ast::QueryPtr>(&again.statements[0].body);
    SL_CHECK(same && sluice::ToSql(**same) == printed);
  }
  return 0;
}
