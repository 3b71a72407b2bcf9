#include "cli/row_text.h"

#include "base/json_text.h"
#include "functions/cast.h"

namespace sluice {
namespace {

void AppendJsonValue(const Session& session, const Vector& vector, int32_t row, std::string* out);

void AppendJsonList(const Session& session, const Vector& vector, int32_t row, std::string* out) {
  const ListEntry entry = vector.View<ListEntry>()[row];
  out->push_back('[');
  for (int32_t i = 0; i < entry.length; ++i) {
    if (i > 0) out->push_back(',');
    AppendJsonValue(session, vector.child(0), entry.offset + i, out);
  }
  out->push_back(']');
}

// MAP and MULTISET, with the text of the keys.
void AppendJsonMap(const Session& session, const Vector& vector, int32_t row, std::string* out) {
  const ListEntry entry = vector.View<ListEntry>()[row];
  out->push_back('{');
  for (int32_t i = 0; i < entry.length; ++i) {
    if (i > 0) out->push_back(',');
    AppendJsonString(CellText(session, vector.child(0), entry.offset + i).value_or("null"), out);
    out->push_back(':');
    AppendJsonValue(session, vector.child(1), entry.offset + i, out);
  }
  out->push_back('}');
}

void AppendJsonFields(const Session& session, const Vector& vector, int32_t row, std::string* out) {
  const int32_t body_row = vector.Rows().RowAt(row);
  const auto& fields = vector.type().fields();
  out->push_back('{');
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out->push_back(',');
    AppendJsonString(fields[i].name, out);
    out->push_back(':');
    AppendJsonValue(session, vector.child(static_cast<int>(i)), body_row, out);
  }
  out->push_back('}');
}

// The text of a number as JSON can hold it: NaN and Infinity are texts there.
void AppendJsonNumber(std::string_view text, std::string* out) {
  if (text.find_first_not_of("0123456789+-.eE") == std::string_view::npos) {
    out->append(text);
  } else {
    AppendJsonString(text, out);
  }
}

void AppendJsonValue(const Session& session, const Vector& vector, int32_t row, std::string* out) {
  if (vector.IsNull(row)) {
    out->append("null");
    return;
  }
  const Type& type = vector.type();
  switch (type.kind()) {
    case TypeKind::kArray: return AppendJsonList(session, vector, row, out);
    case TypeKind::kMap:
    case TypeKind::kMultiset: return AppendJsonMap(session, vector, row, out);
    case TypeKind::kRow: return AppendJsonFields(session, vector, row, out);
    case TypeKind::kBoolean:
      out->append(vector.View<int8_t>()[row] != 0 ? "true" : "false");
      return;
    default: break;
  }
  std::string text;
  AppendAsString(session, vector, row, &text);
  if (type.IsNumeric()) {
    AppendJsonNumber(text, out);
  } else {
    AppendJsonString(text, out);
  }
}

}  // namespace

std::optional<std::string> CellText(const Session& session, const Vector& vector, int32_t row) {
  if (vector.IsNull(row)) return std::nullopt;
  std::string text;
  AppendAsString(session, vector, row, &text);
  return text;
}

void AppendTextLine(const Session& session, const Batch& batch, int32_t row, bool with_kind,
                    std::string* out) {
  out->push_back('[');
  if (with_kind) AppendJsonString(RowKindName(batch.kind(row)), out);
  std::string text;
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    if (i > 0 || with_kind) out->push_back(',');
    if (batch.columns[i].IsNull(row)) {
      out->append("null");
      continue;
    }
    text.clear();
    AppendAsString(session, batch.columns[i], row, &text);
    AppendJsonString(text, out);
  }
  out->append("]\n");
}

void AppendJsonLine(const Session& session, const PlanColumns& columns, const Batch& batch,
                    int32_t row, bool with_kind, std::string* out) {
  out->push_back('{');
  if (with_kind) {
    out->append("\"op\":");
    AppendJsonString(RowKindName(batch.kind(row)), out);
  }
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    if (i > 0 || with_kind) out->push_back(',');
    AppendJsonString(columns[i].name, out);
    out->push_back(':');
    AppendJsonValue(session, batch.columns[i], row, out);
  }
  out->append("}\n");
}

}  // namespace sluice
