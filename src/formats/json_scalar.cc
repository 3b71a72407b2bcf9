#include "formats/json_scalar.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "base/check.h"
#include "json/json_text.h"
#include "types/civil_time.h"
#include "types/decimal.h"
#include "types/number_text.h"
#include "types/text.h"

namespace sluice {

std::string_view StringContent(const JsonScalar& value, Arena& arena) {
  if (!value.escaped) return value.raw;
  char* target = arena.Allocate(value.raw.size());
  const size_t size = UnescapeJson(value.raw, target);
  arena.Trim(value.raw.size(), size);
  return {target, size};
}

namespace {

bool IsNumber(JsonToken kind) { return kind == JsonToken::kInt || kind == JsonToken::kFloat; }

// The content of a value as a short text, for what is parsed from it: JsonParser.getText().
class ScalarText {
 public:
  explicit ScalarText(const JsonScalar& value) : view_(value.raw) {
    if (!value.escaped) return;
    unescaped_.resize(value.raw.size());
    unescaped_.resize(UnescapeJson(value.raw, unescaped_.data()));
    view_ = unescaped_;
  }
  std::string_view view() const { return view_; }
  std::string_view trimmed() const { return JavaTrim(view_); }

 private:
  std::string unescaped_;
  std::string_view view_;
};

// getIntValue and getLongValue of a number token: a fraction is cut off.
bool NumberToInteger(const JsonScalar& value, int64_t min, int64_t max, int64_t* result) {
  if (value.kind == JsonToken::kInt) return ParseJavaInteger(value.raw, min, max, result);
  const double number = JsonNumberToDouble(value.raw);
  if (!(number >= static_cast<double>(min) && number <= static_cast<double>(max))) return false;
  // The largest long is no double: what rounds up to 2^63 saturates.
  *result = number >= 9223372036854775808.0 ? std::numeric_limits<int64_t>::max()
                                            : static_cast<int64_t>(number);
  return true;
}

template <typename T>
bool ConvertInteger(const JsonScalar& value, VectorBuilder& out, int32_t row) {
  constexpr int64_t kMin = std::numeric_limits<T>::min();
  constexpr int64_t kMax = std::numeric_limits<T>::max();
  int64_t result = 0;
  // Only INT and BIGINT take a number with a fraction.
  const bool as_number =
      value.kind == JsonToken::kInt || (value.kind == JsonToken::kFloat && sizeof(T) >= 4);
  if (as_number ? !NumberToInteger(value, kMin, kMax, &result)
                : !ParseJavaInteger(ScalarText(value).trimmed(), kMin, kMax, &result)) {
    return false;
  }
  out.values<T>()[row] = static_cast<T>(result);
  return true;
}

bool ConvertDouble(const JsonScalar& value, VectorBuilder& out, int32_t row) {
  double* result = &out.values<double>()[row];
  if (IsNumber(value.kind)) {
    *result = JsonNumberToDouble(value.raw);
    return true;
  }
  return ParseDouble(ScalarText(value).trimmed(), result);
}

bool ConvertFloat(const JsonScalar& value, VectorBuilder& out, int32_t row) {
  float* result = &out.values<float>()[row];
  if (value.kind == JsonToken::kFloat) {
    // Rounded twice, by way of a double, as in Java.
    *result = static_cast<float>(JsonNumberToDouble(value.raw));
    return true;
  }
  return ParseFloat(ScalarText(value).trimmed(), result);
}

JsonConversion ConvertDecimal(const JsonScalar& value, VectorBuilder& out, int32_t row) {
  const Type& type = out.type();
  Int128 unscaled = 0;
  if (value.kind != JsonToken::kString && !IsNumber(value.kind)) return JsonConversion::kFailed;
  switch (ParseDecimal(ScalarText(value).trimmed(), type.precision(), type.scale(), &unscaled)) {
    case DecimalParse::kNotANumber: return JsonConversion::kFailed;
    case DecimalParse::kOverflow: return JsonConversion::kNull;
    case DecimalParse::kOk: break;
  }
  if (type.layout() == Layout::kInt128) {
    out.values<Int128>()[row] = unscaled;
  } else {
    out.values<int64_t>()[row] = static_cast<int64_t>(unscaled);
  }
  return JsonConversion::kValue;
}

bool ConvertBytes(const JsonScalar& value, VectorBuilder& out, int32_t row) {
  std::string bytes;
  if (value.kind != JsonToken::kString || !DecodeBase64(ScalarText(value).view(), &bytes))
    return false;
  out.values<Text>()[row] =
      Text(bytes.size() > Text::kInlineBytes ? out.arena().Copy(bytes) : std::string_view(bytes));
  return true;
}

bool ConvertTimestamp(const JsonScalar& value, const JsonDecodeSettings& settings,
                      VectorBuilder& out, int32_t row) {
  const bool with_zone = out.type().kind() == TypeKind::kTimestampLtz;
  Timestamp timestamp;
  if (!ParseFormatTimestamp(ScalarText(value).view(), settings.timestamps, with_zone, &timestamp))
    return false;
  timestamp = TruncateTimestamp(timestamp, out.type().precision());
  out.values<Timestamp>()[row] = timestamp;
  return true;
}

void ConvertString(const JsonScalar& value, const JsonDecodeSettings& settings, VectorBuilder& out,
                   int32_t row) {
  if (value.escaped) {
    out.values<Text>()[row] = Text(StringContent(value, out.arena()));
  } else if (settings.tree && IsNumber(value.kind)) {
    std::string text;
    AppendJsonNumber(value.raw, value.kind == JsonToken::kFloat, settings.tree_floats, &text);
    out.values<Text>()[row] = Text(out.arena().Copy(text));
  } else {
    out.values<Text>()[row] = Text(value.raw);
  }
}

bool ConvertPlain(const JsonScalar& value, const JsonDecodeSettings& settings, VectorBuilder& out,
                  int32_t row) {
  switch (out.type().kind()) {
    case TypeKind::kBoolean:
      out.values<int8_t>()[row] =
          value.kind == JsonToken::kTrue ||
          (value.kind != JsonToken::kFalse && ParseJavaBoolean(ScalarText(value).trimmed()));
      return true;
    case TypeKind::kTinyInt: return ConvertInteger<int8_t>(value, out, row);
    case TypeKind::kSmallInt: return ConvertInteger<int16_t>(value, out, row);
    case TypeKind::kInt:
    case TypeKind::kIntervalYearMonth: return ConvertInteger<int32_t>(value, out, row);
    case TypeKind::kBigInt:
    case TypeKind::kIntervalDayTime: return ConvertInteger<int64_t>(value, out, row);
    case TypeKind::kFloat: return ConvertFloat(value, out, row);
    case TypeKind::kDouble: return ConvertDouble(value, out, row);
    case TypeKind::kChar:
    case TypeKind::kVarChar: ConvertString(value, settings, out, row); return true;
    case TypeKind::kBinary:
    case TypeKind::kVarBinary: return ConvertBytes(value, out, row);
    case TypeKind::kDate:
      return ParseIsoDate(ScalarText(value).view(), &out.values<int32_t>()[row]);
    case TypeKind::kTime:
      return ParseSqlTime(ScalarText(value).view(), settings.keep_time_millis,
                          &out.values<int32_t>()[row]);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz: return ConvertTimestamp(value, settings, out, row);
    default: SL_CHECK(!out.type().IsNested()); return false;
  }
}

}  // namespace

JsonConversion ConvertJsonScalar(const JsonScalar& value, const JsonDecodeSettings& settings,
                                 VectorBuilder& out, int32_t row) {
  if (out.type().kind() == TypeKind::kNull) return JsonConversion::kNull;
  if (out.type().kind() == TypeKind::kDecimal) return ConvertDecimal(value, out, row);
  return ConvertPlain(value, settings, out, row) ? JsonConversion::kValue : JsonConversion::kFailed;
}

bool WriteJsonValue(const JsonScalar& value, const JsonDecodeSettings& settings, bool in_text,
                    VectorBuilder& out, int32_t row) {
  Text* text = &out.values<Text>()[row];
  switch (value.kind) {
    case JsonToken::kString:
      *text = Text(value.escaped ? StringContent(value, out.arena()) : value.raw);
      return true;
    case JsonToken::kInt:
      *text = Text(value.raw == "-0" ? std::string_view("0") : value.raw);
      return true;
    case JsonToken::kFloat: {
      std::string number;
      const bool is_double = settings.value_floats == JsonFloats::kDouble;
      AppendJsonNumber(value.raw, true,
                       in_text || is_double ? settings.value_floats : settings.tree_floats,
                       &number);
      if (!in_text && !is_double && number.back() != 'y') {
        // The text of the object, read again; an infinity is a string by now.
        const std::string first = std::move(number);
        number.clear();
        AppendJsonNumber(first, first.find_first_of(".E") != std::string::npos,
                         settings.value_floats, &number);
      }
      *text = Text(number.size() > Text::kInlineBytes ? out.arena().Copy(number)
                                                      : std::string_view(number));
      return true;
    }
    case JsonToken::kTrue: *text = Text("true"); return true;
    case JsonToken::kFalse: *text = Text("false"); return true;
    default: return false;
  }
}

}  // namespace sluice
