#include "connectors/jdbc/sqlite.h"

#include "connectors/jdbc/dialect.h"

namespace sluice {

Dialect SqliteDialect() {
  return {.url_prefix = "jdbc:sqlite:",
          .make_source = MakeSqliteSource,
          .make_sink = MakeSqliteSink,
          .make_lookup = MakeSqliteLookup};
}

}  // namespace sluice
