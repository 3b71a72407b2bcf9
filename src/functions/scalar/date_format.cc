// DATE_FORMAT(time, format). A TIMESTAMP, and a TIMESTAMP_LTZ in the session's zone, go through
// java.time's formatter; text is read as yyyy-MM-dd HH:mm:ss and written through SimpleDateFormat.
#include "functions/compiled_text.h"
#include "functions/kernels.h"
#include "types/java_time_format.h"
#include "types/simple_date_format.h"

namespace sluice {

namespace {

using TimeFormats = TextCompiler<DateTimeFormat, DateTimeFormat::Compile>;
using TextFormats = TextCompiler<SimpleDateFormat, SimpleDateFormat::Compile>;

void FormatTimestamps(const EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                      RowErrors& errors) {
  const VectorView<Timestamp> times = args[0].View<Timestamp>();
  const VectorView<Text> patterns = args[1].View<Text>();
  const bool is_instant = args[0].type().kind() == TypeKind::kTimestampLtz;
  ZoneConverter zone(context.session.zone);
  TimeFormats formats(context);
  StringWriter writer(out);
  std::string text;
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const StatusOr<DateTimeFormat>& format = formats.For(patterns[row].view());
    if (!format.ok()) return FailRow(out, row, std::string(format.status().message()), errors);
    text.clear();
    const Timestamp local = is_instant ? zone.ToLocal(times[row]) : times[row];
    if (!format->Format(local, &text)) {
      return FailRow(out, row, "DATE_FORMAT cannot write a field of its format", errors);
    }
    writer.Append(text);
    writer.FinishRow(row, true);
  });
}

void FormatTexts(const EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                 RowErrors& errors) {
  static const SimpleDateFormat* const kDefault =
      new SimpleDateFormat(*SimpleDateFormat::Compile("yyyy-MM-dd HH:mm:ss"));
  const VectorView<Text> texts = args[0].View<Text>();
  const VectorView<Text> patterns = args[1].View<Text>();
  ZoneConverter zone(context.session.zone);
  TextFormats formats(context);
  StringWriter writer(out);
  std::string text;
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const StatusOr<SimpleDateFormat>& format = formats.For(patterns[row].view());
    if (!format.ok()) return FailRow(out, row, std::string(format.status().message()), errors);
    const std::optional<int64_t> instant_ms =
        kDefault->Parse(texts[row].view(), zone, context.now_ms);
    if (!instant_ms.has_value()) return SetNullRow(out, row);
    text.clear();
    format->Format(*instant_ms, zone, &text);
    writer.Append(text);
    writer.FinishRow(row, true);
  });
}

void DateFormat(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                RowErrors& errors) {
  if (args[0].type().IsTimestamp()) return FormatTimestamps(context, args, out, errors);
  FormatTexts(context, args, out, errors);
}

StatusOr<std::unique_ptr<FunctionState>> Prepare(const FunctionCall& call) {
  return call.arg_types[0].IsTimestamp() ? TimeFormats::Prepare(call, 1)
                                         : TextFormats::Prepare(call, 1);
}

}  // namespace

void Register_date_format(FunctionRegistry& registry) {
  registry.Add({.name = "DATE_FORMAT",
                .signature = "(TIMESTAMP, STRING) -> STRING; (TIMESTAMP_LTZ, STRING) -> STRING; "
                             "(STRING, STRING) -> STRING NULLABLE",
                .kernel = DateFormat,
                .help = "A time as text, by a Java date format.",
                .example = "DATE_FORMAT(TIMESTAMP '2024-02-29 03:04:05', 'yyyy-MM-dd HH:00:00') = "
                           "'2024-02-29 03:00:00'",
                .can_fail = true,
                .prepare = Prepare});
}

}  // namespace sluice
