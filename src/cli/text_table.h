// TextTable: rows in a frame. Columns are as wide as what they were fitted to; longer cells of rows
// that come later stick out.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace sluice {

using TableCells = std::vector<std::optional<std::string>>;  // nothing: NULL

struct TableStyle {
  bool color = false;
  int max_cell_columns = 0;  // longer cells are cut; 0: never
};

class TextTable {
 public:
  TextTable(std::vector<std::string> header, std::vector<bool> right_aligned, TableStyle style);

  // Makes the columns wide enough for these cells.
  void Fit(const TableCells& cells);
  std::string Top() const;  // the frame and the header
  std::string Row(const TableCells& cells) const;
  std::string Bottom() const;

 private:
  std::string Shown(const std::optional<std::string>& cell) const;
  std::string Rule() const;
  void AppendCell(const std::string& shown, size_t column, std::string_view color,
                  std::string* out) const;

  const std::vector<std::string> header_;
  const std::vector<bool> right_aligned_;
  const TableStyle style_;
  std::vector<int> widths_;
};

}  // namespace sluice
