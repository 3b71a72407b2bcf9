// Lookup in a table: all keys of a request in a few queries, or the whole table in blocks. Runs on
// the I/O pool. After a lost connection the next call connects anew.
#include <algorithm>
#include <numeric>
#include <utility>

#include "base/log.h"
#include "base/strings.h"
#include "connectors/jdbc/dialect.h"
#include "connectors/jdbc/jdbc.h"
#include "connectors/jdbc/row_reader.h"
#include "connectors/jdbc/sql_text.h"

namespace sluice {
namespace {

class JdbcLookup : public LookupSource {
 public:
  JdbcLookup(const TableInfo& table, const LookupSpec& spec, const Session& session)
      : table_(table),
        dialect_(DialectOf(table)),
        spec_(spec),
        session_(session),
        needs_(NeedsOf(spec)) {}

  Status Open(TaskContext&) override {
    SL_ASSIGN(TableSession opened, OpenTableAtStart(table_, needs_, session_));
    if (opened.connection != nullptr) Use(std::move(opened));
    return OkStatus();
  }

  Status Lookup(const std::vector<Vector>& keys, int32_t num_keys, LookupReply& out) override {
    return Told(Checked([&] { return TryLookup(keys, num_keys, out); }));
  }

  Status ScanAll(LookupReply& out, bool& done) override {
    return Told(Checked([&] { return TryScanAll(out, done); }));
  }

  int64_t RetryWindowMs() const override { return sluice::RetryWindowMs(table_); }

 private:
  void Use(TableSession opened) {
    stored_ = std::move(opened.stored);
    connection_ = std::move(opened.connection);
    lookup_sql_ = SqlText(dialect_, table_, stored_).Lookup(spec_);
  }

  // Whoever waits for rows learns why.
  Status Told(const Status& status) const {
    if (IsRetryable(status)) {
      LogWarning(StrCat("lookup in table ", table_.name, ": ", status.message()));
    }
    return status;
  }

  // Connects when need be; a connection that has failed is dropped, and with it a scan.
  template <typename Try>
  Status Checked(Try attempt) {
    if (connection_ == nullptr) {
      scanning_ = false;
      SL_ASSIGN(TableSession opened, OpenTable(table_, needs_, session_));
      Use(std::move(opened));
    }
    const Status status = attempt();
    if (status.ok()) return status;
    if (absl::IsUnavailable(status)) {
      connection_ = nullptr;
    } else {
      connection_->EndQuery();
    }
    scanning_ = false;
    return status;
  }

  Status TryLookup(const std::vector<Vector>& keys, int32_t num_keys, LookupReply& out) {
    const Batch batch{.columns = keys, .num_rows = num_keys};
    std::vector<RowRef> all(num_keys);
    for (int32_t k = 0; k < num_keys; ++k) all[k].row = k;
    RowReader reader(table_, stored_, spec_.columns, /*has_place=*/true, session_);
    for (int32_t first = 0; first < num_keys;) {
      const int32_t size = GroupSize(num_keys - first);
      const auto first_row = static_cast<size_t>(reader.num_rows());
      SL_TRY(connection_->Query(
          lookup_sql_, {.batches = {&batch, 1}, .rows = std::span(all).subspan(first, size)}));
      bool more = true;
      while (more) {
        SL_ASSIGN(more, connection_->Fetch(reader, INT32_MAX));
      }
      std::vector<int32_t>& places = reader.places();
      for (size_t row = first_row; row < places.size(); ++row) places[row] += first;
      first += size;
    }
    out.num_rows = reader.num_rows();
    out.key_of_row = std::move(reader.places());
    out.columns = reader.Finish();
    SortByKey(out);
    return OkStatus();
  }

  int32_t GroupSize(int32_t num_keys) const {
    if (dialect_.any_lookup_size) return std::min(num_keys, dialect_.lookup_sizes.front());
    const auto num_columns = static_cast<int32_t>(spec_.key_columns.size());
    for (int32_t size : dialect_.lookup_sizes) {
      if (size <= num_keys && size * num_columns <= connection_->max_parameters()) return size;
    }
    return 1;
  }

  // Databases mostly answer in the order of the keys, but only some promise it.
  static void SortByKey(LookupReply& reply) {
    const std::vector<int32_t>& key_of_row = reply.key_of_row;
    if (std::is_sorted(key_of_row.begin(), key_of_row.end())) return;
    const std::shared_ptr<int32_t[]> order(new int32_t[reply.num_rows]);
    std::iota(order.get(), order.get() + reply.num_rows, 0);
    std::stable_sort(order.get(), order.get() + reply.num_rows,
                     [&](int32_t a, int32_t b) { return key_of_row[a] < key_of_row[b]; });
    for (Vector& column : reply.columns) column = column.Select(order, reply.num_rows);
    std::sort(reply.key_of_row.begin(), reply.key_of_row.end());
  }

  Status TryScanAll(LookupReply& out, bool& done) {
    if (!scanning_) {
      SL_TRY(connection_->Query(
          SqlText(dialect_, table_, stored_).Select(spec_.columns, std::nullopt), {}));
      scanning_ = true;
    }
    RowReader reader(table_, stored_, spec_.columns, /*has_place=*/false, session_);
    SL_ASSIGN(scanning_, connection_->Fetch(reader, kMaxBatchRows));
    done = !scanning_;
    out = LookupReply();
    out.num_rows = reader.num_rows();
    out.columns = reader.Finish();
    return OkStatus();
  }

  const TableInfo table_;
  const Dialect& dialect_;
  const LookupSpec spec_;
  const Session session_;
  const TableNeeds needs_;
  std::unique_ptr<Connection> connection_;  // null: not connected
  // Of the connection.
  StoredTable stored_;
  ValuesSql lookup_sql_;
  bool scanning_ = false;
};

}  // namespace

StatusOr<std::unique_ptr<LookupSource>> MakeJdbcLookup(const TableInfo& table,
                                                       const LookupSpec& spec,
                                                       const Session& session) {
  return std::make_unique<JdbcLookup>(table, spec, session);
}

}  // namespace sluice
