#include "rows.h"

#include "base/json_text.h"
#include "base/strings.h"
#include "nlohmann/json.hpp"

namespace sluice::golden {

namespace {

constexpr int kMaxShown = 12;

bool IsKind(std::string_view text) {
  return text == "+I" || text == "-U" || text == "+U" || text == "-D";
}

std::string Show(const Row& row) { return StrCat(row.sink, " [", StrJoin(row.values, ","), "]"); }

using Counts = std::map<std::string, int64_t>;

// Rows of which one side has more than the other.
std::string Differences(const Counts& expected, const Counts& actual) {
  std::string text;
  int num_differences = 0;
  const auto note = [&](std::string_view what, const std::string& row, int64_t count) {
    if (++num_differences > kMaxShown) return;
    StrAppend(&text, "  ", what, count == 1 ? "" : StrCat(" ", count, " times"), ": ", row, "\n");
  };
  for (const auto& [row, count] : expected) {
    const auto found = actual.find(row);
    const int64_t rest = count - (found == actual.end() ? 0 : found->second);
    if (rest > 0) note("missing   ", row, rest);
  }
  for (const auto& [row, count] : actual) {
    const auto found = expected.find(row);
    const int64_t rest = count - (found == expected.end() ? 0 : found->second);
    if (rest > 0) note("unexpected", row, rest);
  }
  if (num_differences > kMaxShown)
    StrAppend(&text, "  and ", num_differences - kMaxShown, " more\n");
  return text;
}

// The table that changes add up to, as counts of its rows.
class Table {
 public:
  explicit Table(const KeysBySink& keys) : keys_(keys) {}

  void Apply(const Row& row) {
    const bool adds = row.kind.empty() || row.kind.starts_with('+');
    const auto key = keys_.find(row.sink);
    if (key != keys_.end() && !row.kind.empty()) {
      ApplyByKey(row, key->second, adds);
      return;
    }
    const std::string shown = Show(row);
    int64_t& count = counts_[shown];
    count += adds ? 1 : -1;
    if (count < 0)
      StrAppend(&problems_, "  taken away before it came: ", row.kind, " ", shown, "\n");
    if (count == 0) counts_.erase(shown);
  }

  Counts TakeCounts() {
    for (const auto& [key, row] : rows_by_key_) ++counts_[row];
    return std::move(counts_);
  }
  const std::string& problems() const { return problems_; }

 private:
  void ApplyByKey(const Row& row, const std::vector<int32_t>& key, bool adds) {
    std::string text = row.sink;
    for (int32_t column : key) StrAppend(&text, ",", row.values.at(column));
    if (row.kind == "-U") StrAppend(&problems_, "  -U into a table with a key: ", Show(row), "\n");
    if (adds) {
      rows_by_key_[text] = Show(row);
    } else {
      rows_by_key_.erase(text);
    }
  }

  const KeysBySink& keys_;
  Counts counts_;
  std::map<std::string, std::string> rows_by_key_;
  std::string problems_;
};

}  // namespace

Row MakeLineRow(const std::string& sink, std::string_view line) {
  Row row{.sink = sink, .kind = "", .values = {""}};
  if (line.size() > 2 && line[2] == '[' && IsKind(line.substr(0, 2))) {
    row.kind = std::string(line.substr(0, 2));
    line.remove_prefix(2);
  }
  AppendJsonString(line, &row.values[0]);
  return row;
}

StatusOr<Row> ParseRow(std::string_view line, bool has_sink) {
  const nlohmann::json parsed = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_array()) return absl::DataLossError(StrCat("no JSON array: ", line));
  Row row;
  size_t next = 0;
  if (has_sink && next < parsed.size() && parsed[next].is_string())
    row.sink = parsed[next++].get<std::string>();
  if (next < parsed.size() && parsed[next].is_string() &&
      IsKind(parsed[next].get_ref<const std::string&>())) {
    row.kind = parsed[next++].get<std::string>();
  }
  const bool is_line = row.kind.empty() && parsed.size() == next + 1 && parsed[next].is_string();
  if (is_line) return MakeLineRow(row.sink, parsed[next].get_ref<const std::string&>());
  for (; next < parsed.size(); ++next) {
    std::string value = "null";
    if (parsed[next].is_string()) {
      value.clear();
      AppendJsonString(parsed[next].get_ref<const std::string&>(), &value);
    }
    row.values.push_back(std::move(value));
  }
  return row;
}

std::string CompareRows(const std::vector<Row>& expected, const std::vector<Row>& actual,
                        bool append, const KeysBySink& keys) {
  static const KeysBySink kNoKeys;
  Table expected_table(append ? kNoKeys : keys);
  Table actual_table(append ? kNoKeys : keys);
  std::string problems;
  for (const Row& row : expected) expected_table.Apply(row);
  for (const Row& row : actual) {
    if (append && !row.kind.empty() && row.kind != "+I")
      StrAppend(&problems, "  no insert: ", row.kind, " ", Show(row), "\n");
    actual_table.Apply(row);
  }
  StrAppend(&problems, actual_table.problems());
  return StrCat(problems, Differences(expected_table.TakeCounts(), actual_table.TakeCounts()));
}

}  // namespace sluice::golden
