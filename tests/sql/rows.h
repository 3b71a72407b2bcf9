// Rows as golden files write them, and what makes two sets of them equal.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace sluice::golden {

// One line of an expectation, or one row that came out.
struct Row {
  std::string sink;                 // of rows of scripts; "" for those of a query
  std::string kind;                 // "+I", "-U", "+U", "-D"; "" for a line of a file
  std::vector<std::string> values;  // each as it stands in JSON: "null", "\"1\""
};

// A JSON array as tests/sql/README.md describes it; DataLoss for anything else. The kind that a
// printed line begins with counts as that of the row.
StatusOr<Row> ParseRow(std::string_view line, bool has_sink);

// A line of a file, or of what print wrote.
Row MakeLineRow(const std::string& sink, std::string_view line);

// Positions of the primary key in the rows of each sink that has one.
using KeysBySink = std::map<std::string, std::vector<int32_t>>;

// What is wrong with `actual`, for people; "" if nothing is. `append`: the same rows in any order,
// none but inserts. Otherwise the tables that the changes add up to: by key where there is one, and
// a row must be there before it is taken away.
std::string CompareRows(const std::vector<Row>& expected, const std::vector<Row>& actual,
                        bool append, const KeysBySink& keys);

}  // namespace sluice::golden
