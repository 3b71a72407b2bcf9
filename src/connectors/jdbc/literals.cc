#include "connectors/jdbc/literals.h"

#include <cmath>

#include "base/strings.h"
#include "types/text.h"

namespace sluice {

void LiteralWriter::AppendText(std::string_view text, std::string* out) const {
  out->push_back('\'');
  const std::string_view escaped =
      style_ == LiteralStyle::kMysql ? std::string_view("'\\\0\n\r\x1a", 6) : std::string_view("'");
  while (true) {
    const size_t next = text.find_first_of(escaped);
    out->append(text.substr(0, next));
    if (next == std::string_view::npos) break;
    switch (text[next]) {
      case '\'': out->append("''"); break;
      case '\\': out->append("\\\\"); break;
      case '\0': out->append("\\0"); break;
      case '\n': out->append("\\n"); break;
      case '\r': out->append("\\r"); break;
      default: out->append("\\Z"); break;
    }
    text.remove_prefix(next + 1);
  }
  out->push_back('\'');
}

void LiteralWriter::AppendBytes(std::string_view bytes, std::string* out) const {
  constexpr char kDigits[] = "0123456789abcdef";
  out->append(style_ == LiteralStyle::kMysql ? "X'" : "'\\x");
  for (char c : bytes) {
    out->push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
    out->push_back(kDigits[c & 15]);
  }
  out->push_back('\'');
}

Status LiteralWriter::Append(const Vector& column, int32_t row, bool is_instant, std::string* out) {
  if (column.IsNull(row)) {
    out->append("NULL");
    return OkStatus();
  }
  const Type& type = column.type();
  if (type.layout() == Layout::kText) {
    const VectorView<Text> view = column.View<Text>();
    const std::string_view text = view[row].view();
    if (type.IsBinary()) {
      AppendBytes(text, out);
      return OkStatus();
    }
    if (style_ == LiteralStyle::kPostgres && text.find('\0') != std::string_view::npos) {
      return BadRowError("a text contains the character NUL, which PostgreSQL cannot store");
    }
    AppendText(text, out);
    return OkStatus();
  }
  if (type.IsApproximate() && style_ == LiteralStyle::kMysql &&
      !std::isfinite(NumberAt(column, row))) {
    return BadRowError("a number is NaN or infinite, which MySQL cannot store");
  }
  char buffer[ValueText::kMaxBytes];
  const size_t size = text_.Write(column, row, is_instant, buffer);
  if (size == 0) return absl::InternalError("a type that no database column holds");
  const bool bare =
      style_ == LiteralStyle::kMysql && (type.IsNumeric() || type.kind() == TypeKind::kBoolean);
  if (!bare) out->push_back('\'');
  out->append(buffer, size);
  if (!bare) out->push_back('\'');
  return OkStatus();
}

StatusOr<size_t> LiteralWriter::AppendStatement(const ValuesSql& sql, const ValueRows& rows,
                                                size_t first, size_t max_bytes, std::string* out) {
  const size_t begin = out->size();
  // A key that the database has no literal for finds nothing, as NULL does.
  const bool is_lookup = !sql.row.empty() && sql.row.front().place == ValuesSql::kRowNumber;
  out->append(sql.before);
  size_t at = first;
  for (; at < rows.rows.size(); ++at) {
    if (at > first) {
      if (out->size() - begin >= max_bytes) break;
      out->append(sql.between);
    }
    const RowRef ref = rows.rows[at];
    const Batch& batch = rows.batches[ref.batch];
    for (const ValuesSql::Slot& slot : sql.row) {
      out->append(slot.text);
      if (slot.place == ValuesSql::kRowNumber) {
        StrAppend(out, at);
      } else {
        const Status status = Append(batch.columns[slot.place], ref.row, slot.is_instant, out);
        if (is_lookup && IsBadRow(status)) {
          out->append("NULL");
        } else {
          SL_TRY(status);
        }
      }
    }
    out->append(sql.row_end);
  }
  out->append(sql.after);
  return at;
}

}  // namespace sluice
