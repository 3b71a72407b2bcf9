// The csv format: its options, and what makes decoders and encoders of them.
#include <memory>
#include <string>

#include "formats/csv_decoder.h"
#include "formats/csv_encoder.h"
#include "formats/csv_settings.h"
#include "formats/format.h"

namespace sluice {
namespace {

constexpr OptionSpec kOptions[] = {
    {.key = "field-delimiter",
     .type = OptionType::kString,
     .default_value = ",",
     .help = "The character between fields; \\t is a tab."},
    {.key = "disable-quote-character",
     .type = OptionType::kBool,
     .default_value = "false",
     .help = "Takes quotes as part of the text."},
    {.key = "quote-character",
     .type = OptionType::kString,
     .default_value = "\"",
     .help = "The character around fields."},
    {.key = "allow-comments",
     .type = OptionType::kBool,
     .default_value = "false",
     .help = "Skips lines that start with '#'."},
    {.key = "ignore-parse-errors",
     .type = OptionType::kBool,
     .default_value = "false",
     .help = "Makes fields that cannot be read NULL and skips rows that cannot be read, instead of "
             "failing the job."},
    {.key = "array-element-delimiter",
     .type = OptionType::kString,
     .default_value = ";",
     .help = "The text between the elements of an array and the fields of a row."},
    {.key = "escape-character",
     .type = OptionType::kString,
     .help = "The character that takes the meaning from the next one."},
    {.key = "null-literal", .type = OptionType::kString, .help = "The text that stands for NULL."},
    {.key = "write-bigdecimal-in-scientific-notation",
     .type = OptionType::kBool,
     .default_value = "true",
     .help = "Without effect, as in Flink: DECIMAL is written as 1E+5, never as 100000."},
};

StatusOr<char> CharOption(const Options& options, std::string_view key) {
  std::string text = options.GetString(kOptions, key);
  if (text == "\\t") text = "\t";
  if (text.size() != 1) {
    return absl::InvalidArgumentError("Option 'csv." + std::string(key) +
                                      "' must be a string with single character, but was: " + text);
  }
  return text[0];
}

StatusOr<CsvSettings> SettingsOf(const Options& options) {
  CsvSettings settings;
  SL_ASSIGN(settings.field_delimiter, CharOption(options, "field-delimiter"));
  settings.has_quote = !options.GetBool(kOptions, "disable-quote-character");
  if (!settings.has_quote && options.Find("quote-character").has_value()) {
    return absl::InvalidArgumentError(
        "Format cannot define a quote character and disabled quote character at the same time.");
  }
  if (settings.has_quote) {
    SL_ASSIGN(settings.quote, CharOption(options, "quote-character"));
  }
  settings.allow_comments = options.GetBool(kOptions, "allow-comments");
  settings.ignore_parse_errors = options.GetBool(kOptions, "ignore-parse-errors");
  settings.element_delimiter = options.GetString(kOptions, "array-element-delimiter");
  if (options.Find("escape-character").has_value()) {
    SL_ASSIGN(settings.escape, CharOption(options, "escape-character"));
    settings.has_escape = true;
  }
  if (const auto literal = options.Find("null-literal")) {
    settings.null_literal = std::string(*literal);
    settings.has_null_literal = true;
  }
  return settings;
}

Status CheckType(const std::string& column, const Type& type, bool is_nested) {
  const bool is_list = type.kind() == TypeKind::kArray || type.kind() == TypeKind::kRow;
  if (type.kind() == TypeKind::kMap || type.kind() == TypeKind::kMultiset ||
      (is_list && is_nested)) {
    return absl::InvalidArgumentError("column '" + column + "': the csv format does not support " +
                                      type.ToString());
  }
  if (!is_list) return OkStatus();
  for (const Field& field : type.fields()) SL_TRY(CheckType(column, field.type, true));
  return OkStatus();
}

Status CheckSchema(const Options& options, const Schema& schema) {
  SL_TRY(SettingsOf(options).status());
  for (const Field& field : schema) SL_TRY(CheckType(field.name, field.type, false));
  return OkStatus();
}

StatusOr<std::unique_ptr<Decoder>> MakeDecoder(const Options& options, const DecodeSpec& spec,
                                               const Session&) {
  SL_TRY(CheckSchema(options, spec.table));
  SL_ASSIGN(CsvSettings settings, SettingsOf(options));
  return std::make_unique<CsvDecoder>(spec, settings);
}

StatusOr<std::unique_ptr<Encoder>> MakeEncoder(const Options& options, const Schema& schema,
                                               const Session& session) {
  SL_TRY(CheckSchema(options, schema));
  SL_ASSIGN(CsvSettings settings, SettingsOf(options));
  settings.quote_decimals = !session.Is2x();
  return std::make_unique<CsvEncoder>(schema, settings);
}

}  // namespace

Format Format_csv() {
  return {.name = "csv",
          .help = "One line of delimited fields a record.",
          .options = kOptions,
          .make_decoder = MakeDecoder,
          .make_encoder = MakeEncoder,
          .check_schema = CheckSchema};
}

}  // namespace sluice
