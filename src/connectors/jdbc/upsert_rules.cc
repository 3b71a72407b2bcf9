#include "connectors/jdbc/upsert_rules.h"

#include <algorithm>
#include <unordered_map>

#include "base/strings.h"
#include "connectors/jdbc/jdbc_options.h"
#include "types/hash.h"

namespace sluice {
namespace {

// The key columns of all batches, and the hash of every row's key.
struct Keys {
  Keys(std::span<const Batch> batches, const std::vector<int32_t>& places) {
    for (const Batch& batch : batches) {
      std::vector<Vector>& key = columns.emplace_back();
      for (int32_t place : places) key.push_back(batch.columns[place]);
      std::vector<uint64_t>& hash = hashes.emplace_back(batch.num_rows);
      HashRows(key, batch.num_rows, hash.data());
    }
  }

  std::vector<std::vector<Vector>> columns;
  std::vector<std::vector<uint64_t>> hashes;
};

struct KeyHash {
  const Keys* keys;
  size_t operator()(const RowRef& ref) const { return keys->hashes[ref.batch][ref.row]; }
};
struct SameKey {
  const Keys* keys;
  bool operator()(const RowRef& a, const RowRef& b) const {
    return RowsEqual(keys->columns[a.batch], a.row, keys->columns[b.batch], b.row);
  }
};

bool IsDelete(std::span<const Batch> batches, RowRef ref) {
  return batches[ref.batch].kind(ref.row) == RowKind::kDelete;
}

// Of a wave: changes in the order in which their keys first came.
using Changes = std::vector<RowRef>;

// Where the latest change of a key is.
struct Latest {
  size_t wave;
  size_t position;
  bool is_delete;
};

std::vector<Changes> PlanChanges(std::span<const Batch> batches, std::span<const RowRef> rows,
                                 const UpsertRules& rules, WaveStyle style) {
  const Keys keys(batches, rules.key_places);
  std::unordered_map<RowRef, Latest, KeyHash, SameKey> latest(rows.size() * 2, KeyHash{&keys},
                                                              SameKey{&keys});
  std::vector<Changes> waves;
  for (const RowRef& ref : rows) {
    if (batches[ref.batch].kind(ref.row) == RowKind::kUpdateBefore) continue;
    const bool is_delete = IsDelete(batches, ref);
    if (is_delete && rules.ignore_delete) continue;
    const auto [found, is_new] = latest.try_emplace(ref);
    Latest& at = found->second;
    size_t wave = 0;
    if (!is_new) {
      const bool same_kind = at.is_delete == is_delete;
      if (rules.LastCounts() || (same_kind && rules.LastOfKindCounts())) {
        waves[at.wave][at.position] = ref;
        at.is_delete = is_delete;
        continue;
      }
      wave = same_kind && style.repeats_keys ? at.wave : at.wave + 1;
    }
    if (wave == waves.size()) waves.emplace_back();
    at = {.wave = wave, .position = waves[wave].size(), .is_delete = is_delete};
    waves[wave].push_back(ref);
  }
  const KeyHash hash{&keys};
  for (Changes& changes : waves) {
    if (!style.same_order) break;
    std::stable_sort(changes.begin(), changes.end(),
                     [&](const RowRef& a, const RowRef& b) { return hash(a) < hash(b); });
  }
  return waves;
}

}  // namespace

TableNeeds UpsertRules::Needs() const {
  TableNeeds needs{.columns = {}, .written = true, .upsert = has_key()};
  for (const Column& column : columns) needs.columns.push_back(column.column);
  return needs;
}

StatusOr<UpsertRules> MakeUpsertRules(const TableInfo& table, const SinkSpec& spec) {
  UpsertRules rules;
  rules.partial = table.options.GetBool(JdbcOptions(), "sink.partial-update");
  rules.ignore_null = table.options.GetBool(JdbcOptions(), "sink.ignore-null-when-update");
  rules.ignore_delete = table.options.GetBool(JdbcOptions(), "sink.ignore-delete");
  rules.ignore_existing = table.options.GetBool(JdbcOptions(), "sink.ignore-existing");
  if (const auto version = table.options.Find("sink.version-column")) {
    rules.version_column = FindColumn(table, *version);
  }
  const auto place_of = [&](int32_t column) {
    const auto given = std::find(spec.columns.begin(), spec.columns.end(), column);
    return given == spec.columns.end() ? -1 : static_cast<int32_t>(given - spec.columns.begin());
  };
  for (size_t c = 0; c < table.columns.size(); ++c) {
    const auto column = static_cast<int32_t>(c);
    const int32_t place = place_of(column);
    if (place >= 0 ||
        (table.columns[c].role == ColumnRole::kPhysical && !rules.partial && !rules.ignore_null)) {
      rules.columns.push_back({column, place});
    }
  }
  for (int32_t column : table.primary_key) rules.key_places.push_back(place_of(column));
  std::vector<int32_t> needed = table.primary_key;
  if (rules.version_column >= 0) {
    rules.version_place = place_of(rules.version_column);
    needed.push_back(rules.version_column);
  }
  for (int32_t column : needed) {
    if (place_of(column) >= 0) continue;
    return absl::InvalidArgumentError(
        StrCat("table ", table.name, ": the INSERT gives no value for '",
               table.columns[column].name, "', which decides what row is written"));
  }
  return rules;
}

std::vector<Wave> PlanWaves(std::span<const Batch> batches, std::span<const RowRef> rows,
                            const UpsertRules& rules, WaveStyle style) {
  std::vector<Wave> waves;
  if (!rules.has_key()) {
    Wave& wave = waves.emplace_back();
    for (const RowRef& ref : rows) {
      const RowKind kind = batches[ref.batch].kind(ref.row);
      if (kind == RowKind::kInsert || kind == RowKind::kUpdateAfter) wave.upserts.push_back(ref);
    }
    return waves;
  }
  for (const Changes& changes : PlanChanges(batches, rows, rules, style)) {
    Wave& wave = waves.emplace_back();
    for (const RowRef& ref : changes) {
      (IsDelete(batches, ref) ? wave.deletes : wave.upserts).push_back(ref);
    }
  }
  return waves;
}

}  // namespace sluice
