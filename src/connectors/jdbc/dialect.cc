#include "connectors/jdbc/dialect.h"

#include "base/check.h"
#include "connectors/jdbc/jdbc_options.h"

namespace sluice {

std::string Dialect::Quote(std::string_view name) const {
  std::string quoted(1, quote);
  for (char c : name) quoted.append(c == quote ? 2 : 1, c);
  return quoted + quote;
}

const Dialect* FindDialect(std::string_view url) {
  static const auto* const kDialects =
      new std::vector<Dialect>{SqliteDialect(), MysqlDialect(), PostgresDialect()};
  for (const Dialect& dialect : *kDialects) {
    if (url.starts_with(dialect.url_prefix)) return &dialect;
  }
  return nullptr;
}

const Dialect& DialectOf(const TableInfo& table) {
  const Dialect* dialect = FindDialect(table.options.GetString(JdbcOptions(), "url"));
  SL_CHECK(dialect != nullptr);
  return *dialect;
}

}  // namespace sluice
