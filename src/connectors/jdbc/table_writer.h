// TableWriter: writes batches of changes into a table, one transaction a call: upserts and deletes
// by primary key, plain inserts without one. Keeps its connection; after a lost one the next call
// connects anew. Used by one thread at a time.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "connectors/connector.h"
#include "connectors/jdbc/connection.h"
#include "connectors/jdbc/dialect.h"
#include "connectors/jdbc/jdbc.h"
#include "connectors/jdbc/upsert_rules.h"

namespace sluice {

class TableWriter {
 public:
  TableWriter(const TableInfo& table, UpsertRules rules, const Session& session);

  Status Open();
  // All or nothing, but for the rows that the database refuses for what is in them: these are
  // appended to `rejected`, and all others are written. After a failure the same call can be
  // repeated.
  Status Write(std::span<const Batch> batches, std::vector<RejectedRows>* rejected);
  Status Sync();

 private:
  struct Refused {
    RowRef row;
    std::string reason;
  };

  void Use(TableSession opened);
  Status Connect();
  Status WriteRows(std::span<const Batch> batches, std::span<const RowRef> rows,
                   std::vector<Refused>* refused);
  std::vector<WriteStep> Plan(std::span<const Batch> batches, std::span<const RowRef> rows) const;
  std::string ShowKey(const Batch& batch, int32_t row) const;
  Status DropIfLost(const Status& status);

  const TableInfo table_;
  const Dialect& dialect_;
  const UpsertRules rules_;
  const Session session_;
  const TableNeeds needs_;
  std::unique_ptr<Connection> connection_;  // null: not connected
  // Of the connection.
  ValuesSql upsert_;
  ValuesSql delete_;
};

}  // namespace sluice
