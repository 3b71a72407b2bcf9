// UNIX_TIMESTAMP, FROM_UNIXTIME and CONVERT_TZ: seconds since 1970 and text, through
// SimpleDateFormat.
#include "functions/compiled_text.h"
#include "functions/kernels.h"
#include "types/simple_date_format.h"

namespace sluice {

namespace {

using Formats = TextCompiler<SimpleDateFormat, SimpleDateFormat::Compile>;

const SimpleDateFormat& DefaultFormat() {
  static const SimpleDateFormat* const kFormat =
      new SimpleDateFormat(*SimpleDateFormat::Compile("yyyy-MM-dd HH:mm:ss"));
  return *kFormat;
}

// The format of a row: argument `arg`, or the default if there is none. Null: it cannot be
// compiled, and the row has failed.
class FormatOfRow {
 public:
  FormatOfRow(const EvalContext& context, std::span<const Vector> args, size_t arg)
      : formats_(context) {
    if (arg < args.size()) patterns_ = args[arg].View<Text>();
  }
  const SimpleDateFormat* Get(int32_t row, VectorBuilder& out, RowErrors& errors) {
    if (!patterns_.has_value()) return &DefaultFormat();
    const StatusOr<SimpleDateFormat>& format = formats_.For((*patterns_)[row].view());
    if (format.ok()) return &*format;
    FailRow(out, row, std::string(format.status().message()), errors);
    return nullptr;
  }

 private:
  Formats formats_;
  std::optional<VectorView<Text>> patterns_;
};

void UnixTimestamp(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                   RowErrors& errors) {
  auto* values = out.values<int64_t>();
  if (args.empty()) {
    std::fill_n(values, context.num_rows, context.now_ms / 1000);
    return;
  }
  const VectorView<Text> texts = args[0].View<Text>();
  ZoneConverter zone(context.session.zone);
  FormatOfRow formats(context, args, 1);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const SimpleDateFormat* format = formats.Get(row, out, errors);
    if (format == nullptr) return;
    const std::optional<int64_t> instant_ms =
        format->Parse(texts[row].view(), zone, context.now_ms);
    // What Flink gives for text that it cannot read.
    values[row] = instant_ms.has_value() ? *instant_ms / 1000 : INT64_MIN;
  });
}

void FromUnixtime(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                  RowErrors& errors) {
  const VectorView<int64_t> seconds = args[0].View<int64_t>();
  ZoneConverter zone(context.session.zone);
  FormatOfRow formats(context, args, 1);
  StringWriter writer(out);
  std::string text;
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const SimpleDateFormat* format = formats.Get(row, out, errors);
    if (format == nullptr) return;
    text.clear();
    format->Format(static_cast<int64_t>(static_cast<uint64_t>(seconds[row]) * 1000), zone, &text);
    writer.Append(text);
    writer.FinishRow(row, true);
  });
}

// A zone by the name that the row before had, too: names are mostly literals.
class ZoneOfRow {
 public:
  ZoneConverter& Get(std::string_view name) {
    if (!zone_.has_value() || name != name_) {
      name_ = name;
      zone_.emplace(FindLegacyTimeZone(name));
    }
    return *zone_;
  }

 private:
  std::string name_;
  std::optional<ZoneConverter> zone_;
};

void ConvertTz(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  const VectorView<Text> texts = args[0].View<Text>();
  const VectorView<Text> from_names = args[1].View<Text>();
  const VectorView<Text> to_names = args[2].View<Text>();
  ZoneOfRow from;
  ZoneOfRow to;
  StringWriter writer(out);
  std::string text;
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const std::optional<int64_t> instant_ms =
        DefaultFormat().Parse(texts[row].view(), from.Get(from_names[row].view()), context.now_ms);
    if (!instant_ms.has_value()) return SetNullRow(out, row);
    text.clear();
    DefaultFormat().Format(*instant_ms, to.Get(to_names[row].view()), &text);
    writer.Append(text);
    writer.FinishRow(row, true);
  });
}

StatusOr<std::unique_ptr<FunctionState>> PrepareFormat(const FunctionCall& call) {
  return Formats::Prepare(call, 1);
}

}  // namespace

void Register_unix_time(FunctionRegistry& registry) {
  registry.Add(
      {.name = "UNIX_TIMESTAMP",
       .signature = "() -> BIGINT NOT NULL; (STRING[, STRING]) -> BIGINT",
       .kernel = UnixTimestamp,
       .help = "Seconds since 1970: of now, or of a text in the session's zone, by a format.",
       .example = "UNIX_TIMESTAMP('1970-01-01 00:00:05', 'yyyy-MM-dd HH:mm:ss') = 5",
       .deterministic = false,
       .can_fail = true,
       .prepare = PrepareFormat});
  registry.Add({.name = "FROM_UNIXTIME",
                .signature = "(BIGINT[, STRING]) -> STRING",
                .kernel = FromUnixtime,
                .help = "Seconds since 1970 as text in the session's zone, by a format.",
                .example = "FROM_UNIXTIME(5) = '1970-01-01 00:00:05'",
                .can_fail = true,
                .prepare = PrepareFormat});
  registry.Add({.name = "CONVERT_TZ",
                .signature = "(STRING, STRING, STRING) -> STRING NULLABLE",
                .kernel = ConvertTz,
                .help = "The text of a local time in one zone as that in another.",
                .example = "CONVERT_TZ('1970-01-01 00:00:00', 'UTC', 'America/Los_Angeles') = "
                           "'1969-12-31 16:00:00'"});
}

}  // namespace sluice
