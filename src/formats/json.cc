// The json format: its options, and what makes decoders and encoders of them.
#include <memory>
#include <string>

#include "formats/format.h"
#include "formats/json_decoder.h"
#include "formats/json_encoder.h"
#include "formats/json_settings.h"

namespace sluice {
namespace {

constexpr OptionSpec kOptions[] = {
    {.key = "fail-on-missing-field",
     .type = OptionType::kBool,
     .default_value = "false",
     .help =
         "Whether a record that lacks a field of the table is an error; else the field is NULL."},
    {.key = "ignore-parse-errors",
     .type = OptionType::kBool,
     .default_value = "false",
     .help = "Makes fields that cannot be read NULL and skips records that cannot be read, instead "
             "of failing the job."},
    {.key = "timestamp-format.standard",
     .type = OptionType::kEnum,
     .default_value = "SQL",
     .help = "The text of timestamps: '2024-01-02 03:04:05.678' (SQL) or '2024-01-02T03:04:05.678' "
             "(ISO-8601).",
     .choices = "SQL, ISO-8601"},
    {.key = "map-null-key.mode",
     .type = OptionType::kEnum,
     .default_value = "FAIL",
     .help = "What to do when a map to be written has a NULL key.",
     .choices = "FAIL, DROP, LITERAL"},
    {.key = "map-null-key.literal",
     .type = OptionType::kString,
     .default_value = "null",
     .help = "The key written for NULL when map-null-key.mode is LITERAL."},
    {.key = "encode.decimal-as-plain-number",
     .type = OptionType::kBool,
     .default_value = "false",
     .help = "Writes DECIMAL as 0.00000027 instead of 2.7E-7."},
    {.key = "encode.ignore-null-fields",
     .type = OptionType::kBool,
     .default_value = "false",
     .help = "Leaves fields that are NULL out instead of writing null."},
    {.key = "decode.json-parser.enabled",
     .type = OptionType::kBool,
     .default_value = "true",
     .help = "False: numbers for STRING columns are normalised (12.50 becomes 12.5), as Flink's "
             "older decoder does."},
};

std::string_view Describe(TypeKind kind) { return kind == TypeKind::kMap ? "MAP" : "MULTISET"; }

// Flink's JSON converters take any type but maps whose keys are no text.
Status CheckType(const std::string& column, const Type& type) {
  if (type.kind() == TypeKind::kMap || type.kind() == TypeKind::kMultiset) {
    const Type& key = type.kind() == TypeKind::kMap ? type.key() : type.element();
    if (!key.IsCharacter()) {
      return absl::InvalidArgumentError(
          "column '" + column + "': the json format takes only text as the key of a " +
          std::string(Describe(type.kind())) + ", not " + key.ToString());
    }
  }
  if (!type.IsNested()) return OkStatus();
  for (const Field& field : type.fields()) SL_TRY(CheckType(column, field.type));
  return OkStatus();
}

Status CheckSchema(const Options& options, const Schema& schema) {
  if (options.GetBool(kOptions, "fail-on-missing-field") &&
      options.GetBool(kOptions, "ignore-parse-errors")) {
    return absl::InvalidArgumentError(
        "fail-on-missing-field and ignore-parse-errors shouldn't both be true");
  }
  for (const Field& field : schema) SL_TRY(CheckType(field.name, field.type));
  return OkStatus();
}

TimestampStandard StandardOf(const Options& options) {
  return options.GetString(kOptions, "timestamp-format.standard") == "SQL"
             ? TimestampStandard::kSql
             : TimestampStandard::kIso8601;
}

bool HasDecimal(const Type& type) {
  if (type.kind() == TypeKind::kDecimal) return true;
  if (!type.IsNested()) return false;
  for (const Field& field : type.fields()) {
    if (HasDecimal(field.type)) return true;
  }
  return false;
}

StatusOr<std::unique_ptr<Decoder>> MakeDecoder(const Options& options, const DecodeSpec& spec,
                                               const Session& session) {
  SL_TRY(CheckSchema(options, spec.table));
  JsonDecodeSettings settings;
  settings.ignore_parse_errors = options.GetBool(kOptions, "ignore-parse-errors");
  settings.fail_on_missing_field = options.GetBool(kOptions, "fail-on-missing-field");
  settings.tree = !options.GetBool(kOptions, "decode.json-parser.enabled");
  settings.timestamps = StandardOf(options);
  settings.keep_time_millis = session.Is2x();
  settings.value_floats = session.Is2x() ? JsonFloats::kBigDecimal : JsonFloats::kDouble;
  if (session.Is2x()) {
    settings.limits = settings.text_limits = JsonLimits::OfFlink2();
    settings.text_limits.int_exponents = true;
  }
  for (const Field& field : spec.table) {
    if (HasDecimal(field.type)) settings.tree_floats = JsonFloats::kBigDecimalStripped;
  }
  return std::make_unique<JsonDecoder>(spec, settings);
}

StatusOr<std::unique_ptr<Encoder>> MakeEncoder(const Options& options, const Schema& schema,
                                               const Session& session) {
  SL_TRY(CheckSchema(options, schema));
  JsonEncodeSettings settings;
  settings.timestamps = StandardOf(options);
  const std::string mode = options.GetString(kOptions, "map-null-key.mode");
  settings.map_null_keys = mode == "DROP"      ? MapNullKeys::kDrop
                           : mode == "LITERAL" ? MapNullKeys::kLiteral
                                               : MapNullKeys::kFail;
  settings.map_null_literal = options.GetString(kOptions, "map-null-key.literal");
  settings.plain_decimals = options.GetBool(kOptions, "encode.decimal-as-plain-number");
  settings.strip_decimals = !settings.plain_decimals || !session.Is2x();
  settings.ignore_null_fields = options.GetBool(kOptions, "encode.ignore-null-fields");
  return std::make_unique<JsonEncoder>(schema, settings);
}

}  // namespace

Format Format_json() {
  return {.name = "json",
          .help = "One JSON object a record.",
          .options = kOptions,
          .make_decoder = MakeDecoder,
          .make_encoder = MakeEncoder,
          .check_schema = CheckSchema,
          .can_push_down = true};
}

}  // namespace sluice
