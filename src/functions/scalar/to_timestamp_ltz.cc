// TO_TIMESTAMP_LTZ(number, precision): 0 counts seconds, 3 milliseconds; outside the years 0 to
// 9999 the result is NULL. Flink 2.x counts in any precision up to 9, and reads text.
#include <cmath>

#include "absl/strings/str_cat.h"
#include "functions/kernels.h"
#include "functions/lenient_timestamp.h"
#include "types/civil_time.h"
#include "types/decimal.h"
#include "types/java_time_format.h"
#include "types/time_zone.h"

namespace sluice {

namespace {

constexpr int64_t kMinEpochSeconds = kMinEpochMillis / 1000;
constexpr int64_t kMaxEpochSeconds = kMaxEpochMillis / 1000;

int64_t PowerOfTen64(int exponent) { return static_cast<int64_t>(PowerOfTen(exponent)); }

// Java's (long) of a double.
int64_t SaturatingInt64(double value) {
  if (std::isnan(value)) return 0;
  if (value >= 9223372036854775808.0) return INT64_MAX;
  return value < -9223372036854775808.0 ? INT64_MIN : static_cast<int64_t>(value);
}

bool FromMillis(int64_t millis, Timestamp& out) {
  out = {.millis = millis};
  return millis >= kMinEpochMillis && millis <= kMaxEpochMillis;
}

bool FromUnits(int64_t units, int precision, bool is_2x, Timestamp& out) {
  if (!is_2x && precision == 3) return FromMillis(units, out);
  const int64_t factor = PowerOfTen64(precision);
  const int64_t seconds = FloorDiv(units, factor);
  if (seconds < kMinEpochSeconds || seconds > kMaxEpochSeconds) return false;
  const int64_t nanos = FloorMod(units, factor) * PowerOfTen64(9 - precision);
  out = {.millis = seconds * 1000 + nanos / 1000000,
         .nanos_of_milli = static_cast<int32_t>(nanos % 1000000)};
  return true;
}

bool FromDouble(double units, int precision, bool is_2x, Timestamp& out) {
  if (is_2x) {
    const double seconds = units / std::pow(10, precision);
    if (seconds < kMinEpochSeconds || seconds > kMaxEpochSeconds) return false;
    return FromUnits(SaturatingInt64(units * std::pow(10, 9 - precision)), 9, true, out);
  }
  if (precision == 3) return FromMillis(SaturatingInt64(units), out);
  if (!(units >= kMinEpochSeconds && units <= kMaxEpochSeconds)) return false;
  return FromMillis(SaturatingInt64(units * 1000), out);
}

// The digits before the point; BigDecimal.longValue keeps the low 64 bits, and in 1.20 seconds are
// then multiplied without a check.
bool FromDecimal(Int128 units, int precision, bool is_2x, Timestamp& out) {
  const int64_t whole = static_cast<int64_t>(units);
  if (is_2x || precision == 3) return FromUnits(whole, precision, is_2x, out);
  return FromMillis(static_cast<int64_t>(static_cast<uint64_t>(whole) * 1000), out);
}

template <typename T>
void ConvertRows(const EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                 RowErrors& errors) {
  const bool is_2x = context.session.Is2x();
  const VectorView<T> units = args[0].View<T>();
  const Type& type = args[0].type();
  const Int128 scale = type.kind() == TypeKind::kDecimal ? PowerOfTen(type.scale()) : 1;
  auto* values = out.values<Timestamp>();
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const int32_t precision = args.size() < 2 ? 3 : args[1].View<int32_t>()[row];
    if (precision < 0 || precision > 9 || (!is_2x && precision != 0 && precision != 3)) {
      return FailRow(out, row,
                     absl::StrCat("TO_TIMESTAMP_LTZ does not take the precision ", precision,
                                  ": write 0 for seconds or 3 for milliseconds"),
                     errors);
    }
    bool made;
    if constexpr (std::is_floating_point_v<T>) {
      made = FromDouble(units[row], precision, is_2x, values[row]);
    } else if (type.kind() == TypeKind::kDecimal) {
      made = FromDecimal(units[row] / scale, precision, is_2x, values[row]);
    } else {
      made = FromUnits(static_cast<int64_t>(units[row]), precision, is_2x, values[row]);
    }
    if (!made) SetNullRow(out, row);
  });
}

// 2.x: text[, format[, zone]]; without a zone it is UTC.
void ConvertTexts(const EvalContext& context, std::span<const Vector> args, VectorBuilder& out) {
  const VectorView<Text> texts = args[0].View<Text>();
  auto* values = out.values<Timestamp>();
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    std::optional<Timestamp> local;
    if (args.size() == 1) {
      local = ParseTimestamp(texts[row].view(), 3);
    } else {
      const Text& pattern = args[1].View<Text>()[row];
      const StatusOr<DateTimeFormat> format = DateTimeFormat::Compile(pattern.view());
      if (format.ok()) local = format->Parse(texts[row].view(), 9);
      if (format.ok() && !local.has_value()) local = ParseLenientTimestamp(texts[row].view());
    }
    absl::TimeZone zone = absl::UTCTimeZone();
    if (args.size() > 2) {
      const Text& name = args[2].View<Text>()[row];
      const StatusOr<absl::TimeZone> found = FindTimeZone(name.view());
      if (!found.ok())
        local.reset();
      else
        zone = *found;
    }
    if (!local.has_value()) return SetNullRow(out, row);
    values[row] = ZoneConverter(zone).ToInstant(*local);
  });
}

void ToTimestampLtz(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                    RowErrors& errors) {
  switch (args[0].type().layout()) {
    case Layout::kInt8: return ConvertRows<int8_t>(context, args, out, errors);
    case Layout::kInt16: return ConvertRows<int16_t>(context, args, out, errors);
    case Layout::kInt32: return ConvertRows<int32_t>(context, args, out, errors);
    case Layout::kInt64: return ConvertRows<int64_t>(context, args, out, errors);
    case Layout::kInt128: return ConvertRows<Int128>(context, args, out, errors);
    case Layout::kFloat: return ConvertRows<float>(context, args, out, errors);
    case Layout::kDouble: return ConvertRows<double>(context, args, out, errors);
    default: return ConvertTexts(context, args, out);
  }
}

StatusOr<Signature> Infer(const FunctionCall& call) {
  const size_t num_args = call.arg_types.size();
  const bool is_2x = call.session->Is2x();
  const Type result = Type::TimestampLtz(3);
  if (num_args > 0 && call.arg_types[0].kind() == TypeKind::kNull && num_args <= 2) {
    std::vector<Type> args = {Type::BigInt()};
    if (num_args == 2) args.push_back(Type::Int());
    return Signature{args, result};
  }
  if (num_args > 0 && call.arg_types[0].IsNumeric() && num_args <= 2 && (num_args == 2 || is_2x)) {
    std::vector<Type> args = {call.arg_types[0]};
    if (num_args == 2) {
      if (!call.arg_types[1].IsInteger() || call.arg_types[1].kind() == TypeKind::kBigInt) {
        return absl::InvalidArgumentError("TO_TIMESTAMP_LTZ takes its precision as an INT");
      }
      args.push_back(Type::Int().WithNullable(call.arg_types[1].nullable()));
    }
    return Signature{args, result};
  }
  if (is_2x && num_args >= 1 && num_args <= 3) {
    bool all_text = true;
    for (const Type& type : call.arg_types) all_text &= type.IsCharacter();
    if (all_text) return Signature{call.arg_types, result};
  }
  return absl::InvalidArgumentError(
      is_2x ? "TO_TIMESTAMP_LTZ takes (NUMERIC[, INT]) or (STRING[, STRING[, STRING]])"
            : "TO_TIMESTAMP_LTZ takes (NUMERIC, INT): seconds with 0, milliseconds with 3. "
              "For text write CAST(TO_TIMESTAMP(text) AS TIMESTAMP_LTZ(3))");
}

}  // namespace

void Register_to_timestamp_ltz(FunctionRegistry& registry) {
  registry.Add(
      {.name = "TO_TIMESTAMP_LTZ",
       .signature = "(NUMERIC, INT) -> TIMESTAMP_LTZ(3) NULLABLE",
       .kernel = ToTimestampLtz,
       .help = "The instant some seconds (precision 0) or milliseconds (precision 3) after 1970.",
       .example = "TO_TIMESTAMP_LTZ(1000, 3) = TO_TIMESTAMP_LTZ(1, 0)",
       .can_fail = true,
       .infer = Infer});
}

}  // namespace sluice
