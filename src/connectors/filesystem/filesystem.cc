// filesystem: the options of the connector, their checks, and what it offers.
#include "connectors/filesystem/filesystem.h"

#include <re2/re2.h>

#include "absl/strings/str_cat.h"
#include "connectors/output_file.h"

namespace sluice {
namespace {

constexpr OptionSpec kOptions[] = {
    {.key = "path",
     .help = "A file, or a directory that is read with all below it.",
     .required = true},
    {.key = "source.monitor-interval",
     .type = OptionType::kDuration,
     .help = "Looks for new files this often; without it the source ends with the files it finds."},
    {.key = "source.path.regex-pattern",
     .help = "Only files whose whole path matches this regular expression are read."},
    {.key = "source.report-statistics",
     .type = OptionType::kEnum,
     .default_value = "ALL",
     .help = "Accepted for Flink's planner; has no effect.",
     .choices = "ALL, NONE"},
    {.key = "sink.rolling-policy.file-size",
     .type = OptionType::kMemory,
     .default_value = "128MB",
     .help = "A part file is closed when it has grown to this size."},
    {.key = "sink.rolling-policy.rollover-interval",
     .type = OptionType::kDuration,
     .default_value = "30 min",
     .help = "Accepted; part files are complete at every flush, which is more often."},
    {.key = "sink.rolling-policy.inactivity-interval",
     .type = OptionType::kDuration,
     .default_value = "30 min",
     .help = "Accepted; part files are complete at every flush, which is more often."},
    {.key = "sink.rolling-policy.check-interval",
     .type = OptionType::kDuration,
     .default_value = "1 min",
     .help = "Accepted; part files are complete at every flush, which is more often."},
    {.key = "sink.parallelism",
     .type = OptionType::kInt,
     .help = "Parallel instances of the sink."},
    {.key = "partition.default-name",
     .default_value = "__DEFAULT_PARTITION__",
     .help = "Folder for a partition value that is NULL or empty.",
     .support = OptionSupport::kNotYet},
    {.key = "partition.time-extractor.*", .support = OptionSupport::kNotYet},
    {.key = "sink.partition-commit.*", .support = OptionSupport::kNotYet},
    {.key = "sink.shuffle-by-partition.enable", .support = OptionSupport::kNotYet},
    {.key = "auto-compaction", .support = OptionSupport::kNotYet},
    {.key = "compaction.file-size", .support = OptionSupport::kNotYet},
    {.key = "compaction.parallelism", .support = OptionSupport::kNotYet},
};

constexpr std::string_view kMetadataKeys[] = {"file.path", "file.name", "file.size",
                                              "file.modification-time"};

const Type* MetadataType(std::string_view key) {
  static const Type* const kString = new Type(Type::String().NotNull());
  static const Type* const kSize = new Type(Type::BigInt().NotNull());
  static const Type* const kTime = new Type(Type::TimestampLtz(3).NotNull());
  if (key == "file.path" || key == "file.name") return kString;
  if (key == "file.size") return kSize;
  return key == "file.modification-time" ? kTime : nullptr;
}

std::vector<OptionProblem> Check(const TableInfo& table) {
  std::vector<OptionProblem> problems;
  if (const auto path = table.options.Find("path")) {
    Status local = LocalPath(*path).status();
    if (!local.ok()) {
      problems.push_back({"path", ErrorCode::kInvalidOption, std::string(local.message()),
                          "give the path of a local file or directory"});
    }
  }
  if (const auto pattern = table.options.Find("source.path.regex-pattern")) {
    const RE2 regex(re2::StringPiece(pattern->data(), pattern->size()), RE2::Quiet);
    if (!regex.ok()) {
      problems.push_back({"source.path.regex-pattern", ErrorCode::kUnsupportedPattern,
                          absl::StrCat("the pattern cannot be used: ", regex.error()),
                          "rewrite it without look-around and back-references"});
    }
  }
  if (!table.partitioned_by.empty()) {
    problems.push_back({"", ErrorCode::kUnsupportedOption,
                        "PARTITIONED BY is not supported for filesystem tables yet",
                        "leave it out; partition values would come from folder names"});
  }
  return problems;
}

}  // namespace

std::span<const OptionSpec> FilesystemOptions() { return kOptions; }

FramingOptions FileFraming(const TableInfo& table) {
  FramingOptions framing;
  const Options& options = table.options;
  if (options.Find("format") != "csv") return framing;
  const auto disabled = options.Find("csv.disable-quote-character");
  if (disabled.has_value() && ParseBool(*disabled).value_or(false)) return framing;
  const auto character = [&](std::string_view key, char fallback) {
    const auto value = options.Find(key);
    if (!value.has_value() || value->empty()) return fallback;
    return *value == "\\t" ? '\t' : value->front();
  };
  framing.quote = character("csv.quote-character", '"');
  framing.delimiter = character("csv.field-delimiter", ',');
  framing.escape = character("csv.escape-character", '\0');
  return framing;
}

Connector Connector_filesystem() {
  return {.name = "filesystem",
          .help = "Files: JSON lines, CSV or raw text; a directory is read whole.",
          .options = kOptions,
          .uses_format = true,
          .raw_source = true,
          .metadata_keys = kMetadataKeys,
          .make_source = MakeFilesystemSource,
          .make_sink = MakeFilesystemSink,
          .make_lookup = MakeFilesystemLookup,
          .sink_changelog = [](const TableInfo&) { return ChangelogSupport::kAppend; },
          .metadata_type = MetadataType,
          .is_bounded =
              [](const TableInfo& table) {
                return !table.options.Find("source.monitor-interval").has_value();
              },
          .check = Check};
}

}  // namespace sluice
