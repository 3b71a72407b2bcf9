// Connection: one session with a database, whatever its kind; and the statements that it runs: SQL
// over rows of values, which a session binds or writes out as it sees fit.
//
// A failure says by its code what to do: Unavailable = the session is lost or useless, connect
// again; DeadlineExceeded, ResourceExhausted = the session stands, try again; a bad row
// (IsBadRow) = the database refuses a value, nothing was written; anything else = somebody must
// act.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "types/batch.h"

namespace sluice {

class RowReader;

// A row of a batch among several.
struct RowRef {
  int32_t batch = 0;
  int32_t row = 0;
};
struct ValueRows {
  std::span<const Batch> batches;
  std::span<const RowRef> rows;
};

// before row between row … after. A row is texts with values between them.
struct ValuesSql {
  static constexpr int32_t kRowNumber = -1;  // the place of the row among those of the statement
  struct Slot {
    std::string text;         // in front of the value
    int32_t place = 0;        // column of the batch, or kRowNumber
    bool is_instant = false;  // as StoredColumn
  };

  std::string before;
  std::vector<Slot> row;
  std::string row_end;
  std::string between;
  std::string after;
};

struct WriteStep {
  const ValuesSql* sql = nullptr;
  std::vector<RowRef> rows;
};

struct StoredColumn {
  std::string name;          // as the database spells it
  std::string type;          // as the database shows it: "varchar(20)"
  std::string base_type;     // without its parameters: "varchar"
  std::string matching;      // of lookups: how an asked value becomes comparable; empty: as it is
  bool needs_value = false;  // NOT NULL without a default
  bool generated = false;    // computed by the database
  bool is_instant = false;   // holds an instant, which the session shows in UTC; else local time
};

struct StoredTable {
  std::string quoted_name;
  std::vector<StoredColumn> columns;  // none: there is no such table
  std::vector<std::vector<std::string>> unique_keys;

  // By its name, case does not count where only one matches; null: none.
  const StoredColumn* Find(std::string_view name) const;
};

class Connection {
 public:
  virtual ~Connection() = default;
  virtual StatusOr<StoredTable> Describe() = 0;
  // Once, before the first Write.
  virtual Status PrepareForWriting() { return OkStatus(); }
  // All steps in one transaction, in this order; all or nothing.
  virtual Status Write(std::span<const Batch> batches, std::span<const WriteStep> steps) = 0;
  // Everything written survives a power failure of the database's machine, as far as it promises.
  virtual Status Sync() { return OkStatus(); }
  // Starts a query; one at a time. Without rows it is `sql.before` alone.
  virtual Status Query(const ValuesSql& sql, const ValueRows& rows) = 0;
  // Adds rows until the reader has `max_rows`; false when there are no more, and the query is over.
  virtual StatusOr<bool> Fetch(RowReader& reader, int32_t max_rows) = 0;
  // Ends a query that nobody wants to read on, if there is one.
  virtual void EndQuery() = 0;
  // Most values that a query may have.
  virtual int32_t max_parameters() const { return INT32_MAX; }
};

// The database refuses a row for what is in it.
Status BadRowError(std::string_view message);
bool IsBadRow(const Status& status);

}  // namespace sluice
