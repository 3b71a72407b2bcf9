#include "connectors/jdbc/table_writer.h"

#include <algorithm>
#include <utility>

#include "base/error_code.h"
#include "base/strings.h"
#include "connectors/jdbc/sql_text.h"
#include "connectors/jdbc/value_text.h"
#include "types/text.h"

namespace sluice {
namespace {

constexpr size_t kShownBytes = 100;

}  // namespace

TableWriter::TableWriter(const TableInfo& table, UpsertRules rules, const Session& session)
    : table_(table),
      dialect_(DialectOf(table)),
      rules_(std::move(rules)),
      session_(session),
      needs_(rules_.Needs()) {}

void TableWriter::Use(TableSession opened) {
  connection_ = std::move(opened.connection);
  const SqlText sql(dialect_, table_, opened.stored);
  upsert_ = sql.Upsert(rules_);
  if (rules_.has_key()) delete_ = sql.Delete(rules_);
}

Status TableWriter::Open() {
  SL_ASSIGN(TableSession opened, OpenTableAtStart(table_, needs_, session_));
  if (opened.connection != nullptr) Use(std::move(opened));
  return OkStatus();
}

Status TableWriter::Connect() {
  if (connection_ != nullptr) return OkStatus();
  SL_ASSIGN(TableSession opened, OpenTable(table_, needs_, session_));
  Use(std::move(opened));
  return OkStatus();
}

Status TableWriter::DropIfLost(const Status& status) {
  if (absl::IsUnavailable(status)) connection_ = nullptr;
  return status;
}

Status TableWriter::Write(std::span<const Batch> batches, std::vector<RejectedRows>* rejected) {
  SL_TRY(Connect());
  std::vector<RowRef> rows;
  for (size_t b = 0; b < batches.size(); ++b) {
    for (int32_t row = 0; row < batches[b].num_rows; ++row) {
      rows.push_back({static_cast<int32_t>(b), row});
    }
  }
  std::vector<Refused> refused;
  SL_TRY(DropIfLost(WriteRows(batches, rows, &refused)));
  std::sort(refused.begin(), refused.end(),
            [](const Refused& a, const Refused& b) { return a.row.batch < b.row.batch; });
  int32_t last_batch = -1;
  for (const Refused& each : refused) {
    const Batch& batch = batches[each.row.batch];
    if (std::exchange(last_batch, each.row.batch) != each.row.batch) {
      rejected->push_back({.batch = batch});
    }
    rejected->back().errors.Add(
        each.row.row, ErrorCode::kRowRefused,
        StrCat("table ", table_.name, ShowKey(batch, each.row.row), ": ", each.reason));
  }
  return OkStatus();
}

Status TableWriter::Sync() {
  if (connection_ == nullptr) return OkStatus();  // what was committed stays so
  return DropIfLost(connection_->Sync());
}

// Halves the rows until the bad ones stand alone.
Status TableWriter::WriteRows(std::span<const Batch> batches, std::span<const RowRef> rows,
                              std::vector<Refused>* refused) {
  const std::vector<WriteStep> steps = Plan(batches, rows);
  if (steps.empty()) return OkStatus();
  const Status status = connection_->Write(batches, steps);
  if (!IsBadRow(status)) return status;
  if (rows.size() == 1) {
    refused->push_back({rows[0], StrCat(status.message())});
    return OkStatus();
  }
  const size_t half = rows.size() / 2;
  SL_TRY(WriteRows(batches, rows.first(half), refused));
  return WriteRows(batches, rows.subspan(half), refused);
}

std::vector<WriteStep> TableWriter::Plan(std::span<const Batch> batches,
                                         std::span<const RowRef> rows) const {
  std::vector<WriteStep> steps;
  const WaveStyle style{.repeats_keys = dialect_.repeats_keys, .same_order = dialect_.is_server};
  for (Wave& wave : PlanWaves(batches, rows, rules_, style)) {
    if (!wave.deletes.empty()) steps.push_back({&delete_, std::move(wave.deletes)});
    if (!wave.upserts.empty()) steps.push_back({&upsert_, std::move(wave.upserts)});
  }
  return steps;
}

std::string TableWriter::ShowKey(const Batch& batch, int32_t row) const {
  std::string shown;
  ValueText text(session_);
  for (size_t k = 0; k < rules_.key_places.size(); ++k) {
    const Vector& column = batch.columns[rules_.key_places[k]];
    StrAppend(&shown, k == 0 ? ", key " : ", ", table_.columns[table_.primary_key[k]].name, " = ");
    if (column.IsNull(row)) {
      StrAppend(&shown, "NULL");
    } else if (column.type().IsCharacter()) {
      const VectorView<Text> view = column.View<Text>();
      StrAppend(&shown, "'", view[row].view().substr(0, kShownBytes), "'");
    } else {
      char buffer[ValueText::kMaxBytes];
      StrAppend(&shown, std::string_view(buffer, text.Write(column, row, false, buffer)));
    }
  }
  return shown;
}

}  // namespace sluice
