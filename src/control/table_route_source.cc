// Routes in a table of a SQLite database, in either of the forms that jobs have: the plain one (id,
// event_type, processor_class, enabled, hot_deployable, priority, version, create_time) and the
// fuller one (id, domain, event_type, processor_class, output_config, is_enabled, priority,
// create_time, update_time). The table is only read.
#include <sqlite3.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "absl/strings/ascii.h"
#include "base/strings.h"
#include "control/route_source.h"

namespace sluice {
namespace {

using Row = std::map<std::string, std::optional<std::string>>;  // by lower-case column

// Flags as tables hold them: 1, '1', true, 'Y', a BIT(1) byte.
std::optional<bool> AsFlag(const std::string& text) {
  const std::string lower = absl::AsciiStrToLower(text);
  if (lower == "1" || lower == "true" || lower == "y" || lower == "yes" || lower == "on" ||
      lower == std::string(1, '\x01'))
    return true;
  if (lower == "0" || lower == "false" || lower == "n" || lower == "no" || lower == "off" ||
      lower == std::string(1, '\0') || lower.empty())
    return false;
  return std::nullopt;
}

class RowReader {
 public:
  explicit RowReader(const Row& row) : row_(row) {}

  bool Has(const std::string& column) const { return row_.contains(column); }
  std::string Text(const std::string& column) {
    const auto found = row_.find(column);
    return found == row_.end() ? "" : found->second.value_or("");
  }
  int64_t Number(const std::string& column, int64_t otherwise) {
    const std::string text = Text(column);
    if (text.empty()) return otherwise;
    int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
      Reject(StrCat(column, " is no whole number"));
    return number;
  }
  bool Flag(const std::string& column, bool otherwise) {
    const auto found = row_.find(column);
    if (found == row_.end() || !found->second.has_value()) return otherwise;
    const auto flag = AsFlag(*found->second);
    if (!flag.has_value()) Reject(StrCat(column, " is no flag"));
    return flag.value_or(false);
  }
  void Reject(std::string reason) {
    if (reason_.empty()) reason_ = std::move(reason);
  }
  const std::string& reason() const { return reason_; }

 private:
  const Row& row_;
  std::string reason_;
};

void AddRoute(const Row& row, RouteSet* set) {
  RowReader reader(row);
  RouteSpec route;
  route.id = reader.Number("id", 0);
  route.row = reader.Text("id");
  route.domain = reader.Text("domain");
  route.event_type = reader.Text("event_type");
  route.processor = reader.Text("processor_class");
  route.priority = reader.Number("priority", 100);
  route.enabled = reader.Flag(reader.Has("is_enabled") ? "is_enabled" : "enabled", true);
  route.hot_deployable = reader.Flag("hot_deployable", true);
  auto sinks = ParseOutputConfig(reader.Text("output_config"));
  if (sinks.ok()) {
    route.sinks = *std::move(sinks);
  } else {
    reader.Reject(std::string(sinks.status().message()));
  }
  if (route.event_type.empty()) reader.Reject("event_type is empty");
  if (reader.Has("domain") && route.domain.empty()) reader.Reject("domain is empty");
  if (route.enabled && route.processor.empty()) reader.Reject("processor_class is empty");
  if (reader.reason().empty()) {
    set->routes.push_back(std::move(route));
  } else {
    set->rejected.push_back({RouteKey(route), route.id, reader.reason(), route.row});
  }
}

class TableRouteSource : public RouteSource {
 public:
  TableRouteSource(std::string database, std::string table)
      : database_(std::move(database)), table_(std::move(table)) {}
  ~TableRouteSource() override { sqlite3_close(connection_); }

  StatusOr<RouteSet> Read() override {
    SL_TRY(Connect());
    std::string quoted;
    for (const char c : table_) quoted.append(c == '"' ? 2 : 1, c);
    sqlite3_stmt* statement = nullptr;
    const std::string sql = StrCat("SELECT * FROM \"", quoted, "\" ORDER BY 1");
    if (sqlite3_prepare_v2(connection_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
      return Failure();
    RouteSet set;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) AddRoute(RowOf(statement), &set);
    const bool has_columns = HasColumns(statement);
    sqlite3_finalize(statement);
    if (code != SQLITE_DONE) return Failure();
    if (!has_columns) {
      return absl::InvalidArgumentError(
          StrCat("the table ", table_, " in ", database_,
                 " is no routing table: it needs the columns event_type and processor_class"));
    }
    return set;
  }

 private:
  Status Connect() {
    if (connection_ != nullptr) return OkStatus();
    const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(database_.c_str(), &connection_, flags, nullptr) == SQLITE_OK) {
      sqlite3_busy_timeout(connection_, 2000);
      return OkStatus();
    }
    const Status failure = Failure();
    sqlite3_close(std::exchange(connection_, nullptr));
    return failure;
  }

  Status Failure() const {
    return absl::UnavailableError(StrCat("the routes cannot be read from ", table_, " in ",
                                         database_, ": ", sqlite3_errmsg(connection_)));
  }

  static bool HasColumns(sqlite3_stmt* statement) {
    int found = 0;
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      const std::string name = absl::AsciiStrToLower(sqlite3_column_name(statement, i));
      found += name == "event_type" || name == "processor_class";
    }
    return found == 2;
  }

  static Row RowOf(sqlite3_stmt* statement) {
    Row row;
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      std::optional<std::string>& value =
          row[absl::AsciiStrToLower(sqlite3_column_name(statement, i))];
      if (sqlite3_column_type(statement, i) == SQLITE_NULL) continue;
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, i));
      value.emplace(bytes == nullptr ? "" : bytes,
                    bytes == nullptr ? 0 : static_cast<size_t>(sqlite3_column_bytes(statement, i)));
    }
    return row;
  }

  const std::string database_;
  const std::string table_;
  sqlite3* connection_ = nullptr;
};

}  // namespace

std::unique_ptr<RouteSource> MakeTableRouteSource(std::string database, std::string table) {
  return std::make_unique<TableRouteSource>(std::move(database), std::move(table));
}

}  // namespace sluice
