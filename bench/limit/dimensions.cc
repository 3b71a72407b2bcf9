// Reads the dimension tables through SQLite's C interface.
#include "bench/limit/dimensions.h"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>

namespace sluice::limit {
namespace {

constexpr size_t kBlockBytes = 1 << 16;
constexpr size_t kPadding = 16;

[[noreturn]] void Fail(const char* path, const char* reason) {
  std::fprintf(stderr, "cannot read dimensions from %s: %s\n", path, reason);
  std::exit(1);
}

// Calls `row` with the statement for each row of a query.
template <typename RowFunction>
void ForEachRow(sqlite3* database, const char* path, const char* sql, RowFunction row) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) != SQLITE_OK)
    Fail(path, sqlite3_errmsg(database));
  int code;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) row(statement);
  if (code != SQLITE_DONE) Fail(path, sqlite3_errmsg(database));
  sqlite3_finalize(statement);
}

std::string_view TextColumn(sqlite3_stmt* statement, int column) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
  return {text, static_cast<size_t>(sqlite3_column_bytes(statement, column))};
}

}  // namespace

std::string_view Dimensions::Keep(std::string_view text) {
  const size_t needed = text.size() + kPadding;
  if (text_left_ < needed) {
    text_left_ = std::max(kBlockBytes, needed);
    text_blocks_.push_back(std::make_unique<char[]>(text_left_));
  }
  const size_t capacity = std::max(kBlockBytes, needed);
  char* begin = text_blocks_.back().get() + (capacity - text_left_);
  std::memcpy(begin, text.data(), text.size());
  text_left_ -= text.size() + kPadding;
  return {begin, text.size()};
}

Dimensions::Dimensions(const char* database_path) {
  sqlite3* database = nullptr;
  if (sqlite3_open_v2(database_path, &database, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK) {
    Fail(database_path, sqlite3_errmsg(database));
  }
  ForEachRow(database, database_path, "SELECT id, name FROM pattern WHERE is_delete = 0",
             [&](sqlite3_stmt* row) {
               patterns_.push_back({Keep(TextColumn(row, 0)), Keep(TextColumn(row, 1))});
             });
  patterns_by_id_ = std::make_unique<TextIndex>(patterns_.size());
  for (uint32_t i = 0; i < patterns_.size(); ++i) patterns_by_id_->Add(patterns_[i].id, i);

  std::vector<std::string_view> pattern_ids;
  ForEachRow(
      database, database_path,
      "SELECT pt_id, teaching_type_id FROM teaching_type_pt WHERE is_delete = 0 ORDER BY pt_id, id",
      [&](sqlite3_stmt* row) {
        const std::string_view pattern_id = TextColumn(row, 0);
        const bool is_first = pattern_ids.empty() || pattern_ids.back() != pattern_id;
        pattern_ids.push_back(is_first ? Keep(pattern_id) : pattern_ids.back());
        if (!is_first) links_.back().is_last = false;
        links_.push_back({sqlite3_column_int64(row, 1), true});
      });
  links_by_pattern_ = std::make_unique<TextIndex>(links_.size());
  for (uint32_t i = 0; i < links_.size(); ++i) links_by_pattern_->Add(pattern_ids[i], i);

  ForEachRow(database, database_path, "SELECT id, name FROM teaching_type WHERE is_delete = 0",
             [&](sqlite3_stmt* row) {
               types_.push_back({sqlite3_column_int64(row, 0), Keep(TextColumn(row, 1))});
             });
  type_slots_.assign(std::bit_ceil(types_.size() * 2 + 1), TextIndex::kAbsent);
  type_mask_ = type_slots_.size() - 1;
  for (uint32_t i = 0; i < types_.size(); ++i) {
    size_t at = HashOf(types_[i].id) & type_mask_;
    while (type_slots_[at] != TextIndex::kAbsent) at = (at + 1) & type_mask_;
    type_slots_[at] = i;
  }
  sqlite3_close(database);
}

}  // namespace sluice::limit
