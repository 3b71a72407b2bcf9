// RowReader: turns the rows of a query into columns. Lenient where nothing is lost: numbers and
// texts of numbers for each other. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "connectors/connector.h"
#include "connectors/jdbc/connection.h"
#include "functions/session.h"
#include "types/time_zone.h"
#include "types/vector.h"

namespace sluice {

// One value as a database gives it. The text is only valid until the next one is fetched.
struct Cell {
  enum class Kind : uint8_t { kNull, kInteger, kNumber, kText };
  Kind kind = Kind::kNull;
  int64_t integer = 0;
  double number = 0;
  std::string_view text;  // characters or bytes
};

class RowReader {
 public:
  // `columns` of `table`, in the order of the query's. With `has_place` a whole number comes in
  // front of each row: which key has found it.
  RowReader(const TableInfo& table, const StoredTable& stored, const std::vector<int32_t>& columns,
            bool has_place, const Session& session);

  int32_t num_rows() const { return num_rows_; }
  // Results of the query a row.
  int32_t num_results() const { return static_cast<int32_t>(columns_.size()) + has_place_; }

  // Each result of a row, then EndRow. A value that does not fit its column's type fails.
  Status Add(int32_t result, const Cell& cell);
  void EndRow() { ++num_rows_; }

  // The rows so far; starts over.
  std::vector<Vector> Finish();
  // Which key has found each row; Finish takes them too.
  std::vector<int32_t>& places() { return places_; }

  // Of a result that is no place.
  const std::string& name(int32_t result) const { return columns_[result - has_place_].name; }
  bool WantsBytes(int32_t result) const {
    return result >= has_place_ && columns_[result - has_place_].type.layout() == Layout::kText;
  }

 private:
  struct Column {
    std::string name;
    Type type;
    bool is_instant;
  };

  void Start();
  bool Read(const Column& column, const Cell& cell, VectorBuilder& builder);
  bool ReadTime(const Column& column, const Cell& cell, VectorBuilder& builder);

  const std::string table_name_;
  const bool has_place_;
  std::vector<Column> columns_;
  ZoneConverter zone_;
  std::vector<VectorBuilder> builders_;
  std::vector<int32_t> places_;
  int32_t capacity_ = 0;
  int32_t num_rows_ = 0;
};

}  // namespace sluice
