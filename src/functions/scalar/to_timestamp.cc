// TO_TIMESTAMP and TO_DATE: text to time; what cannot be read is NULL.
#include "functions/compiled_text.h"
#include "functions/kernels.h"
#include "functions/lenient_timestamp.h"
#include "types/java_time_format.h"
#include "types/simple_date_format.h"

namespace sluice {

namespace {

using TimeFormats = TextCompiler<DateTimeFormat, DateTimeFormat::Compile>;
using DateFormats = TextCompiler<SimpleDateFormat, SimpleDateFormat::Compile>;

constexpr int kPrecision = 3;

bool ParseDefault(std::string_view text, Timestamp& out) {
  const std::optional<Timestamp> parsed = ParseTimestamp(text, kPrecision);
  if (parsed.has_value()) out = *parsed;
  return parsed.has_value();
}

void ToTimestamp(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                 RowErrors& errors) {
  if (args.size() == 1) return Unary<std::string_view, ParseDefault>(context, args, out, errors);
  const VectorView<Text> texts = args[0].View<Text>();
  const VectorView<Text> patterns = args[1].View<Text>();
  auto* values = out.values<Timestamp>();
  TimeFormats formats(context);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const StatusOr<DateTimeFormat>& format = formats.For(patterns[row].view());
    if (!format.ok()) return SetNullRow(out, row);
    std::optional<Timestamp> parsed = format->Parse(texts[row].view(), kPrecision);
    if (!parsed.has_value()) parsed = ParseLenientTimestamp(texts[row].view());
    if (!parsed.has_value()) return SetNullRow(out, row);
    values[row] = *parsed;
  });
}

// What DateTimeUtils.parseDate makes of Long.MIN_VALUE, its mark for text that does not fit the
// format; the year 1705471.
constexpr int32_t kUnreadableDate = 622191233;

bool DateOf(std::string_view text, int32_t& out) {
  const std::optional<int32_t> days = ParseDate(text);
  if (days.has_value()) out = *days;
  return days.has_value();
}

void ToDate(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
            RowErrors& errors) {
  if (args.size() == 1) return Unary<std::string_view, DateOf>(context, args, out, errors);
  const VectorView<Text> texts = args[0].View<Text>();
  const VectorView<Text> patterns = args[1].View<Text>();
  auto* values = out.values<int32_t>();
  ZoneConverter utc(absl::UTCTimeZone());
  DateFormats formats(context);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const StatusOr<SimpleDateFormat>& format = formats.For(patterns[row].view());
    if (!format.ok()) return SetNullRow(out, row);
    const std::optional<int64_t> millis = format->Parse(texts[row].view(), utc, context.now_ms);
    values[row] = millis.has_value() ? static_cast<int32_t>(FloorDiv(*millis, kMillisPerDay))
                                     : kUnreadableDate;
  });
}

}  // namespace

void Register_to_timestamp(FunctionRegistry& registry) {
  registry.Add(
      {.name = "TO_TIMESTAMP",
       .signature = "(STRING[, STRING]) -> TIMESTAMP(3) NULLABLE",
       .kernel = ToTimestamp,
       .help = "The local timestamp that a text shows, by a format (yyyy-MM-dd HH:mm:ss if none is "
               "given).",
       .example = "TO_TIMESTAMP('20240229', 'yyyyMMdd') = TIMESTAMP '2024-02-29 00:00:00'",
       .prepare = [](const FunctionCall& call) -> StatusOr<std::unique_ptr<FunctionState>> {
         return TimeFormats::Prepare(call, 1);
       }});
  registry.Add(
      {.name = "TO_DATE",
       .signature = "(STRING[, STRING]) -> DATE NULLABLE",
       .kernel = ToDate,
       .help = "The date that a text shows, by a format (yyyy-MM-dd if none is given).",
       .example = "TO_DATE('29.02.2024', 'dd.MM.yyyy') = DATE '2024-02-29'",
       .prepare = [](const FunctionCall& call) -> StatusOr<std::unique_ptr<FunctionState>> {
         return DateFormats::Prepare(call, 1);
       }});
}

}  // namespace sluice
