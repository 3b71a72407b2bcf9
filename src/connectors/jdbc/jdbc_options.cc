// The URL and the password may hold secrets: no message shows more of the URL than its beginning.
#include "connectors/jdbc/jdbc_options.h"

#include <string>

#include "base/strings.h"
#include "connectors/jdbc/dialect.h"

namespace sluice {
namespace {

using enum OptionType;

constexpr OptionSpec kOptions[] = {
    {.key = "url",
     .help = "The database: 'jdbc:mysql://HOST:PORT/DATABASE', 'jdbc:postgresql://…', "
             "'jdbc:sqlite:PATH'.",
     .required = true},
    {.key = "table-name",
     .help = "The table in the database; SCHEMA.TABLE on servers.",
     .required = true},
    {.key = "driver", .help = "Accepted; the driver follows from the URL."},
    {.key = "compatible-mode", .help = "Accepted; has no effect."},
    {.key = "username", .help = "The account on the server."},
    {.key = "password", .help = "Its password; write ${env:NAME} or ${file:PATH}."},
    {.key = "connection.max-retry-timeout",
     .type = kDuration,
     .default_value = "60s",
     .help = "How long a lost connection is tried again, whatever the numbers of retries say."},
    {.key = "scan.partition.column",
     .help =
         "A column of whole numbers by which the scan is cut into queries that run side by side."},
    {.key = "scan.partition.num", .type = kInt, .help = "Into how many."},
    {.key = "scan.partition.lower-bound",
     .type = kInt,
     .help = "The smallest value of the first partition; rows below are not read."},
    {.key = "scan.partition.upper-bound",
     .type = kInt,
     .help = "The largest value of the last partition; rows above are not read."},
    {.key = "scan.fetch-size",
     .type = kInt,
     .default_value = "0",
     .help = "Accepted; rows are read in batches."},
    {.key = "scan.auto-commit",
     .type = kBool,
     .default_value = "true",
     .help = "Accepted; a scan is one read transaction."},
    {.key = "lookup.cache",
     .type = kEnum,
     .default_value = "NONE",
     .help =
         "NONE asks for every batch, PARTIAL remembers what was asked for, FULL holds the table.",
     .choices = "NONE, PARTIAL, FULL"},
    {.key = "lookup.partial-cache.max-rows", .type = kInt, .help = "Keys remembered at most."},
    {.key = "lookup.partial-cache.expire-after-write",
     .type = kDuration,
     .help = "A key is asked for again this long after it was fetched."},
    {.key = "lookup.partial-cache.expire-after-access",
     .type = kDuration,
     .help = "A key is asked for again when it was not used for this long."},
    {.key = "lookup.partial-cache.cache-missing-key",
     .type = kBool,
     .default_value = "true",
     .help = "Remembers also that a key finds nothing."},
    {.key = "lookup.full-cache.reload-strategy",
     .type = kEnum,
     .default_value = "PERIODIC",
     .help = "When a FULL cache is loaded again.",
     .choices = "PERIODIC"},
    {.key = "lookup.full-cache.periodic-reload.interval",
     .type = kDuration,
     .help = "A FULL cache is loaded again this often; without it never."},
    {.key = "lookup.full-cache.periodic-reload.schedule-mode",
     .type = kEnum,
     .default_value = "FIXED_DELAY",
     .help = "The interval runs from the end of a load.",
     .choices = "FIXED_DELAY"},
    {.key = "lookup.full-cache.timed-reload.*", .support = OptionSupport::kNotYet},
    {.key = "lookup.cache.max-rows",
     .type = kInt,
     .help = "Older form of lookup.partial-cache.max-rows; needs lookup.cache.ttl too."},
    {.key = "lookup.cache.ttl",
     .type = kDuration,
     .help = "Older form of lookup.partial-cache.expire-after-write."},
    {.key = "lookup.cache.caching-missing-key",
     .type = kBool,
     .default_value = "true",
     .help = "Older form of lookup.partial-cache.cache-missing-key."},
    {.key = "lookup.max-retries",
     .type = kInt,
     .default_value = "3",
     .help = "How often a lookup is tried again when it fails for the moment."},
    {.key = "filter.handling.policy",
     .type = kEnum,
     .default_value = "always",
     .help = "Accepted; filters are computed here.",
     .choices = "always, never"},
    {.key = "sink.buffer-flush.max-rows",
     .type = kInt,
     .default_value = "100",
     .help = "A transaction ends when it has this many rows; 0: no bound."},
    {.key = "sink.buffer-flush.interval",
     .type = kDuration,
     .default_value = "1s",
     .help = "The longest that a row may wait; rows never wait while the database is idle."},
    {.key = "sink.max-retries",
     .type = kInt,
     .default_value = "3",
     .help = "How often a transaction is tried again when it fails for the moment."},
    {.key = "sink.parallelism", .type = kInt, .help = "Accepted; one task writes a table."},
    {.key = "sink.ignore-null-when-update",
     .type = kBool,
     .default_value = "false",
     .help = "A NULL does not overwrite the value of an existing row."},
    {.key = "sink.partial-update",
     .type = kBool,
     .default_value = "false",
     .help = "Only the columns that the INSERT names change in an existing row."},
    {.key = "sink.ignore-delete",
     .type = kBool,
     .default_value = "false",
     .help = "Deletions are left out."},
    {.key = "sink.ignore-existing",
     .type = kBool,
     .default_value = "false",
     .help = "A row whose key is there already is left out."},
    {.key = "sink.version-column",
     .help = "A row does not overwrite one with a greater value in this column."},
};

constexpr std::string_view kPartitionKeys[] = {"scan.partition.column", "scan.partition.num",
                                               "scan.partition.lower-bound",
                                               "scan.partition.upper-bound"};

bool IsStorable(const Type& type) { return !type.IsNested() && !type.IsInterval(); }

class Checker {
 public:
  explicit Checker(const TableInfo& table) : table_(table) {}

  std::vector<OptionProblem> Check() {
    CheckUrl();
    CheckColumns();
    CheckScan();
    CheckLookup();
    CheckSink();
    return std::move(problems_);
  }

 private:
  void Add(std::string_view key, ErrorCode code, std::string message, std::string remedy) {
    problems_.push_back({std::string(key), code, std::move(message), std::move(remedy)});
  }
  bool Has(std::string_view key) const { return table_.options.Find(key).has_value(); }

  void CheckUrl() {
    const auto url = table_.options.Find("url");
    if (!url.has_value()) return;
    const Dialect* dialect = FindDialect(*url);
    if (dialect == nullptr) {
      Add("url", ErrorCode::kInvalidOption, "the URL names no database that is known",
          "write 'jdbc:mysql://HOST/DATABASE', 'jdbc:postgresql://HOST/DATABASE' or "
          "'jdbc:sqlite:PATH'");
      return;
    }
    for (OptionProblem& problem : dialect->check(table_)) problems_.push_back(std::move(problem));
  }

  void CheckColumns() {
    for (const TableColumn& column : table_.columns) {
      if (column.role != ColumnRole::kPhysical || IsStorable(column.type)) continue;
      Add("", ErrorCode::kUnsupportedType,
          StrCat("column '", column.name, "' is ", column.type.ToString(),
                 ", which a database column cannot hold"),
          "store it as STRING");
    }
  }

  void CheckScan() {
    int num_given = 0;
    for (std::string_view key : kPartitionKeys) num_given += Has(key);
    if (num_given == 0) return;
    for (std::string_view key : kPartitionKeys) {
      if (!Has(key)) {
        Add(key, ErrorCode::kMissingOption, StrCat("'", key, "' is missing"),
            "give all four scan.partition options, or none");
      }
    }
    if (num_given < 4) return;
    const std::string name(*table_.options.Find("scan.partition.column"));
    const int32_t column = FindColumn(table_, name);
    if (column < 0 || !table_.columns[column].type.IsInteger()) {
      Add("scan.partition.column", ErrorCode::kInvalidOption,
          StrCat("'", name, "' is no column of whole numbers"), "name an integer column");
    }
    if (table_.options.FindInt("scan.partition.num").value_or(1) < 1) {
      Add("scan.partition.num", ErrorCode::kInvalidOption, "there must be at least one partition",
          "give a number above 0");
    }
    if (table_.options.FindInt("scan.partition.lower-bound").value_or(0) >
        table_.options.FindInt("scan.partition.upper-bound").value_or(0)) {
      Add("scan.partition.lower-bound", ErrorCode::kInvalidOption,
          "the lower bound is above the upper bound", "exchange them");
    }
  }

  void CheckLookup() {
    const bool old_rows = Has("lookup.cache.max-rows");
    if (old_rows == Has("lookup.cache.ttl")) return;
    const std::string_view missing = old_rows ? "lookup.cache.ttl" : "lookup.cache.max-rows";
    Add(missing, ErrorCode::kMissingOption, StrCat("'", missing, "' is missing"),
        "lookup.cache.max-rows and lookup.cache.ttl only work together");
  }

  void CheckSink() {
    for (std::string_view key : {"sink.partial-update", "sink.ignore-null-when-update",
                                 "sink.ignore-existing", "sink.version-column"}) {
      if (!Has(key) || !table_.primary_key.empty()) continue;
      Add(key, ErrorCode::kInvalidOption, StrCat("'", key, "' needs a primary key"),
          "add PRIMARY KEY (…) NOT ENFORCED");
    }
    const auto version = table_.options.Find("sink.version-column");
    if (version.has_value() && FindColumn(table_, *version) < 0) {
      Add("sink.version-column", ErrorCode::kUnknownColumn,
          StrCat("the table has no column '", *version, "'"), "name a column of the table");
    }
  }

  const TableInfo& table_;
  std::vector<OptionProblem> problems_;
};

}  // namespace

std::span<const OptionSpec> JdbcOptions() { return kOptions; }

std::vector<OptionProblem> CheckJdbcOptions(const TableInfo& table) {
  return Checker(table).Check();
}

int32_t FindColumn(const TableInfo& table, std::string_view name) {
  for (size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].name == name) return static_cast<int32_t>(i);
  }
  return -1;
}

}  // namespace sluice
