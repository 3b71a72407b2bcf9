// Decodes messages whose keys hold columns: values first, then the keys of the messages that are
// left, and the two side by side. As in Flink's DynamicKafkaDeserializationSchema a message gives a
// row for each pair of a key row and a value row, and none where the key gives none.
#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "connectors/kafka/kafka.h"
#include "connectors/table_format.h"

namespace sluice {
namespace {

class KeyValueDecoder : public Decoder {
 public:
  // places[i]: column i of the result is key column ~places[i] if negative, else a value column.
  KeyValueDecoder(std::unique_ptr<Decoder> keys, std::unique_ptr<Decoder> values,
                  std::vector<int32_t> places, bool key_may_be_null)
      : keys_(std::move(keys)),
        values_(std::move(values)),
        places_(std::move(places)),
        key_may_be_null_(key_may_be_null) {}

  StatusOr<size_t> Decode(const RawRecords& records, size_t first, DecodeOutput& out) override {
    SL_ASSIGN(const size_t next, values_->Decode(records, first, value_));
    out = DecodeOutput();
    out.num_filtered = value_.num_filtered;
    out.num_skipped = value_.num_skipped;
    out.errors = std::move(value_.errors);
    CollectKeys(records, &out);
    SL_ASSIGN(const size_t decoded, keys_->Decode(key_records_, 0, key_));
    if (decoded != key_records_.records.size())
      return absl::UnimplementedError("keys of several rows each are too long for one batch");
    out.num_filtered += key_.num_filtered;
    out.num_skipped += key_.num_skipped;
    for (const RowError& error : key_.errors.errors())
      out.errors.Add(record_of_key_[error.row], error.code, StrCat("in the key: ", error.detail));
    SL_TRY(Pair(&out));
    return next;
  }

 private:
  int32_t RecordOfValue(int32_t row) const {
    return value_.record_of_row.empty() ? row : value_.record_of_row[row];
  }
  int32_t RecordOfKey(int32_t row) const {
    return record_of_key_[key_.record_of_row.empty() ? row : key_.record_of_row[row]];
  }

  // The keys of the messages that have rows.
  void CollectKeys(const RawRecords& records, DecodeOutput* out) {
    key_records_.pin = records.pin;
    key_records_.origin = records.origin;
    key_records_.records.clear();
    record_of_key_.clear();
    int32_t last = -1;
    for (int32_t row = 0; row < value_.num_rows; ++row) {
      const int32_t record = RecordOfValue(row);
      if (record == std::exchange(last, record)) continue;
      if (records.keys[record].data() == nullptr && !key_may_be_null_) {
        ++out->num_skipped;
        continue;
      }
      key_records_.records.push_back(records.keys[record]);
      record_of_key_.push_back(record);
    }
  }

  Status Pair(DecodeOutput* out) {
    std::vector<int32_t> value_rows, key_rows;
    int32_t key_begin = 0;
    for (int32_t row = 0; row < value_.num_rows; ++row) {
      const int32_t record = RecordOfValue(row);
      while (key_begin < key_.num_rows && RecordOfKey(key_begin) < record) ++key_begin;
      for (int32_t key = key_begin; key < key_.num_rows && RecordOfKey(key) == record; ++key) {
        value_rows.push_back(row);
        key_rows.push_back(key);
        out->record_of_row.push_back(record);
      }
    }
    if (value_rows.size() > static_cast<size_t>(kMaxBatchRows))
      return absl::UnimplementedError("keys of several rows each are too long for one batch");
    out->num_rows = static_cast<int32_t>(value_rows.size());
    for (const int32_t place : places_) {
      out->columns.push_back(place >= 0
                                 ? Selected(value_.columns[place], value_.num_rows, value_rows)
                                 : Selected(key_.columns[~place], key_.num_rows, key_rows));
    }
    return OkStatus();
  }

  static Vector Selected(const Vector& column, int32_t num_rows, const std::vector<int32_t>& rows) {
    // Equal numbers of ascending, distinct rows are all rows.
    if (static_cast<int32_t>(rows.size()) == num_rows &&
        std::adjacent_find(rows.begin(), rows.end()) == rows.end()) {
      return column;
    }
    std::shared_ptr<int32_t[]> selection(new int32_t[rows.size()]);
    std::copy(rows.begin(), rows.end(), selection.get());
    return column.Select(selection, static_cast<int32_t>(rows.size()));
  }

  const std::unique_ptr<Decoder> keys_;
  const std::unique_ptr<Decoder> values_;
  const std::vector<int32_t> places_;
  const bool key_may_be_null_;
  DecodeOutput value_;
  DecodeOutput key_;
  RawRecords key_records_;
  std::vector<int32_t> record_of_key_;
};

constexpr int32_t kNoPlace = INT32_MIN;

// The columns of the plan that one format holds, under the names that they have in it; of those
// that have no place yet.
DecodeSpec Part(const TableInfo& table, const TableFormat& format, bool is_key,
                const DecodeSpec& spec, std::vector<int32_t>* places) {
  DecodeSpec part{.table = format.schema, .columns = {}, .filters = {}};
  for (size_t i = 0; i < spec.columns.size(); ++i) {
    if ((*places)[i] != kNoPlace) continue;
    DecodedColumn column = spec.columns[i];
    for (size_t c = 0; c < format.columns.size(); ++c) {
      if (table.columns[format.columns[c]].name != column.path[0]) continue;
      const auto place = static_cast<int32_t>(part.columns.size());
      for (const DecodeFilter& filter : spec.filters) {
        if (filter.column == static_cast<int32_t>(i))
          part.filters.push_back({.column = place, .values = filter.values});
      }
      column.path[0] = format.schema[c].name;
      part.columns.push_back(std::move(column));
      (*places)[i] = is_key ? ~place : place;
      break;
    }
  }
  return part;
}

}  // namespace

StatusOr<std::unique_ptr<Decoder>> MakeKafkaDecoder(const TableInfo& table, const DecodeSpec& spec,
                                                    const Session& session) {
  const TableFormat value = *ValueFormatOf(table);
  const auto key = KeyFormatOf(table);
  if (!key.has_value()) return value.Find()->make_decoder(value.OwnOptions(table), spec, session);
  std::vector<int32_t> places(spec.columns.size(), kNoPlace);
  // A column that is in both is read from the value.
  const DecodeSpec value_part = Part(table, value, /*is_key=*/false, spec, &places);
  const DecodeSpec key_part = Part(table, *key, /*is_key=*/true, spec, &places);
  SL_ASSIGN(auto keys, key->Find()->make_decoder(key->OwnOptions(table), key_part, session));
  SL_ASSIGN(auto values, value.Find()->make_decoder(value.OwnOptions(table), value_part, session));
  return std::make_unique<KeyValueDecoder>(std::move(keys), std::move(values), std::move(places),
                                           key->name == "raw");
}

}  // namespace sluice
