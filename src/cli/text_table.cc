#include "cli/text_table.h"

#include <algorithm>

#include "cli/terminal.h"

namespace sluice {
namespace {

// A cell stays on its line: control characters are shown as in SQL's and C's escapes.
std::string Escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
    }
  }
  return out;
}

}  // namespace

TextTable::TextTable(std::vector<std::string> header, std::vector<bool> right_aligned,
                     TableStyle style)
    : header_(std::move(header)), right_aligned_(std::move(right_aligned)), style_(style) {
  for (const std::string& name : header_) widths_.push_back(DisplayWidth(Shown(name)));
}

std::string TextTable::Shown(const std::optional<std::string>& cell) const {
  if (!cell.has_value()) return "NULL";
  const std::string text = Escaped(*cell);
  return style_.max_cell_columns > 0 ? CutToWidth(text, style_.max_cell_columns) : text;
}

void TextTable::Fit(const TableCells& cells) {
  for (size_t i = 0; i < cells.size(); ++i) {
    widths_[i] = std::max(widths_[i], DisplayWidth(Shown(cells[i])));
  }
}

std::string TextTable::Rule() const {
  std::string out = "+";
  for (const int width : widths_) {
    out.append(width + 2, '-');
    out.push_back('+');
  }
  return out + "\n";
}

void TextTable::AppendCell(const std::string& shown, size_t column, std::string_view color,
                           std::string* out) const {
  const std::string padding(std::max(widths_[column] - DisplayWidth(shown), 0), ' ');
  const bool colored = style_.color && !color.empty();
  out->push_back(' ');
  if (right_aligned_[column]) out->append(padding);
  if (colored) out->append("\033[").append(color).append("m");
  out->append(shown);
  if (colored) out->append("\033[0m");
  if (!right_aligned_[column]) out->append(padding);
  out->append(" |");
}

std::string TextTable::Top() const {
  std::string out = Rule() + "|";
  for (size_t i = 0; i < header_.size(); ++i) AppendCell(Shown(header_[i]), i, "1", &out);
  return out + "\n" + Rule();
}

std::string TextTable::Row(const TableCells& cells) const {
  std::string out = "|";
  for (size_t i = 0; i < cells.size(); ++i) {
    AppendCell(Shown(cells[i]), i, cells[i].has_value() ? "" : "2", &out);
  }
  return out + "\n";
}

std::string TextTable::Bottom() const { return Rule(); }

}  // namespace sluice
