#include "functions/json_node.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <vector>

#include "json/json_number.h"
#include "json/json_text.h"
#include "json/tree.h"
#include "types/civil_time.h"
#include "types/decimal.h"
#include "types/number_text.h"
#include "types/text.h"

namespace sluice {
namespace {

void AppendInteger(int64_t value, std::string* out) {
  char buffer[24];
  out->append(buffer, std::to_chars(buffer, buffer + sizeof(buffer), value).ptr);
}

// `text` is Double.toString or Float.toString of the value.
void AppendFloating(std::string_view text, bool is_finite, bool is_2x, std::string* out) {
  if (!is_finite) {
    AppendJacksonString(text, out);
  } else if (is_2x) {
    AppendJsonNumber(text, true, JsonFloats::kBigDecimal, out);
  } else {
    out->append(text);
  }
}

void AppendDecimal(const Vector& vector, int32_t row, bool is_2x, std::string* out) {
  Int128 unscaled = vector.type().layout() == Layout::kInt128 ? vector.View<Int128>()[row]
                                                              : vector.View<int64_t>()[row];
  int64_t scale = vector.type().scale();
  if (!is_2x) {
    if (unscaled == 0) scale = 0;
    for (; unscaled != 0 && unscaled % 10 == 0; unscaled /= 10) --scale;
  }
  const bool negative = unscaled < 0;
  char buffer[kMaxDecimalText];
  const std::string_view digits(buffer, FormatDecimal(negative ? -unscaled : unscaled, 0, buffer));
  AppendBigDecimal(negative, digits, scale, out);
}

// ISO_LOCAL_DATE_TIME, with a Z for an instant.
void AppendTimestamp(const Timestamp& timestamp, bool is_instant, std::string* out) {
  char buffer[kMaxTimestampText];
  std::string text(buffer, static_cast<size_t>(WriteTimestamp(timestamp, 9, buffer) - buffer));
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  std::replace(text.begin(), text.end(), ' ', 'T');
  if (is_instant) text.push_back('Z');
  AppendJacksonString(text, out);
}

struct LessAsJava {
  bool operator()(const std::string& a, const std::string& b) const { return JavaLess(a, b); }
};

// Members are given as their JSON text; of equal names the last counts.
void AppendObject(const std::map<std::string, std::string, LessAsJava>& members, std::string* out) {
  out->push_back('{');
  for (const auto& [name, text] : members) {
    if (&name != &members.begin()->first) out->push_back(',');
    AppendJacksonString(name, out);
    out->push_back(':');
    out->append(text);
  }
  out->push_back('}');
}

}  // namespace

bool MakesJson(std::string_view function) {
  return function == "JSON_OBJECT" || function == "JSON_ARRAY";
}

Status CheckJsonNode(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kDate:
    case TypeKind::kTime:
    case TypeKind::kIntervalYearMonth:
    case TypeKind::kIntervalDayTime:
      return absl::InvalidArgumentError("Type '" + type.ToString() +
                                        "' is not scalar or cannot be converted into JSON.");
    default: break;
  }
  if (!type.IsNested()) return OkStatus();
  for (const Field& field : type.fields()) SL_TRY(CheckJsonNode(field.type));
  return OkStatus();
}

namespace {

// Keys that are no text, and NULL, are the key "null", as Jackson writes them; the last one counts.
void AppendMap(const Vector& vector, int32_t row, const JsonNodeStyle& style, std::string* out) {
  const ListEntry entry = vector.View<ListEntry>()[row];
  std::map<std::string, std::string, LessAsJava> members;
  for (int32_t i = entry.offset; i < entry.offset + entry.length; ++i) {
    std::string key = "null";
    if (!vector.child(0).IsNull(i) && vector.child(0).type().IsCharacter()) {
      key = std::string(vector.child(0).View<Text>()[i].view());
    }
    members[key].clear();
    AppendJsonNode(vector.child(1), i, style, &members[key]);
  }
  AppendObject(members, out);
}

}  // namespace

void AppendJsonNode(const Vector& vector, int32_t row, const JsonNodeStyle& style,
                    std::string* out) {
  if (vector.IsNull(row)) {
    out->append("null");
    return;
  }
  const Type& type = vector.type();
  char buffer[kMaxNumberText];
  switch (type.kind()) {
    case TypeKind::kBoolean:
      out->append(vector.View<int8_t>()[row] != 0 ? "true" : "false");
      return;
    case TypeKind::kTinyInt: return AppendInteger(vector.View<int8_t>()[row], out);
    case TypeKind::kSmallInt: return AppendInteger(vector.View<int16_t>()[row], out);
    case TypeKind::kInt: return AppendInteger(vector.View<int32_t>()[row], out);
    case TypeKind::kBigInt: return AppendInteger(vector.View<int64_t>()[row], out);
    case TypeKind::kFloat: {
      // BigDecimal.valueOf takes the float as a double.
      const float value = vector.View<float>()[row];
      const size_t size = style.is_2x ? FormatDouble(value, buffer) : FormatFloat(value, buffer);
      return AppendFloating({buffer, size}, std::isfinite(value), style.is_2x, out);
    }
    case TypeKind::kDouble: {
      const double value = vector.View<double>()[row];
      return AppendFloating({buffer, FormatDouble(value, buffer)}, std::isfinite(value),
                            style.is_2x, out);
    }
    case TypeKind::kDecimal: return AppendDecimal(vector, row, style.is_2x, out);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz:
      return AppendTimestamp(vector.View<Timestamp>()[row], type.kind() == TypeKind::kTimestampLtz,
                             out);
    case TypeKind::kArray: {
      const ListEntry entry = vector.View<ListEntry>()[row];
      out->push_back('[');
      for (int32_t i = 0; i < entry.length; ++i) {
        if (i != 0) out->push_back(',');
        AppendJsonNode(vector.child(0), entry.offset + i, style, out);
      }
      out->push_back(']');
      return;
    }
    case TypeKind::kMap: return AppendMap(vector, row, style, out);
    case TypeKind::kRow: {
      std::map<std::string, std::string, LessAsJava> members;
      const int32_t at = vector.Rows().RowAt(row);
      for (size_t i = 0; i < type.fields().size(); ++i) {
        AppendJsonNode(vector.child(static_cast<int>(i)), at, style,
                       &members[type.fields()[i].name]);
      }
      return AppendObject(members, out);
    }
    default: break;
  }
  const std::string_view text = vector.View<Text>()[row].view();
  if (style.is_document) {
    out->append(text);
  } else {
    AppendJacksonString(text, out);
  }
}

}  // namespace sluice
