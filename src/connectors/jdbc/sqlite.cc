// SQLite: the dialect, and what fits into its loosely typed columns.
#include <algorithm>

#include "base/strings.h"
#include "connectors/jdbc/dialect.h"
#include "connectors/jdbc/sqlite_connection.h"

namespace sluice {
namespace {

// Keys are asked for in groups of these sizes, so that four prepared statements serve all requests.
constexpr int32_t kLookupSizes[] = {512, 64, 8, 1};

// What SQLite makes of values stored in a column that is declared like this.
enum class Affinity : uint8_t { kInteger, kText, kBlob, kReal, kNumeric };

bool HasPart(std::string_view text, std::string_view part) {
  for (size_t i = 0; i + part.size() <= text.size(); ++i) {
    if (EqualsIgnoreCase(text.substr(i, part.size()), part)) return true;
  }
  return false;
}

// The rules of https://www.sqlite.org/datatype3.html, section 3.1.
Affinity AffinityOf(std::string_view declared) {
  if (HasPart(declared, "INT")) return Affinity::kInteger;
  for (std::string_view part : {"CHAR", "CLOB", "TEXT"}) {
    if (HasPart(declared, part)) return Affinity::kText;
  }
  if (HasPart(declared, "BLOB")) return Affinity::kBlob;
  for (std::string_view part : {"REAL", "FLOA", "DOUB"}) {
    if (HasPart(declared, part)) return Affinity::kReal;
  }
  return Affinity::kNumeric;
}

bool Fits(const Type& type, const StoredColumn& column, bool written) {
  const std::string_view declared = column.type;
  if (declared.empty()) return true;
  const Affinity affinity = AffinityOf(declared);
  if (type.IsBinary()) return affinity == Affinity::kBlob;
  if (affinity == Affinity::kBlob) return false;
  if (type.IsCharacter()) return affinity == Affinity::kText || affinity == Affinity::kNumeric;
  if (type.kind() == TypeKind::kDecimal) {
    // SQLite keeps 15 digits of a number that is not whole.
    return affinity == Affinity::kText || !written || type.precision() <= 15;
  }
  if (type.kind() == TypeKind::kDate || type.kind() == TypeKind::kTime || type.IsTimestamp()) {
    return affinity != Affinity::kReal && (affinity != Affinity::kInteger || !written);
  }
  return affinity != Affinity::kText;
}

std::vector<OptionProblem> Check(const TableInfo& table) {
  const std::string_view url = *table.options.Find("url");
  std::string_view message;
  if (url == "jdbc:sqlite:" || url == "jdbc:sqlite::memory:") {
    message = "the URL names no database file";
  } else if (url.find('?') != std::string_view::npos) {
    message = "parameters behind '?' in the URL are not supported";
  }
  if (message.empty()) return {};
  return {{"url", ErrorCode::kInvalidOption, std::string(message), "write 'jdbc:sqlite:PATH'"}};
}

}  // namespace

Dialect SqliteDialect() {
  return {.name = "SQLite",
          .url_prefix = "jdbc:sqlite:",
          // Keeps SQLite from looping over the table instead.
          .lookup_join = " CROSS JOIN ",
          .repeats_keys = true,
          .lookup_sizes = kLookupSizes,
          .connect = ConnectSqlite,
          .fits = Fits,
          .check = Check,
          .warnings = [](const TableInfo&, const Session&) { return std::vector<std::string>(); }};
}

}  // namespace sluice
