#include "plan/settings.h"

#include <algorithm>

#include "base/error_code.h"
#include "base/strings.h"
#include "types/time_zone.h"

namespace sluice {

namespace {

constexpr std::string_view kNoCheckpoints =
    "at-least-once: sinks are flushed at every interval and at the end, but there are no "
    "checkpoints yet";
constexpr std::string_view kNoTtl =
    "state is kept for ever: results are at least as complete as with a TTL";
constexpr std::string_view kNoMiniBatch = "one change per key and batch is emitted in any case";
constexpr std::string_view kNoTuning = "Sluice plans this by itself; results are the same";
constexpr std::string_view kNoAsync = "lookups are always asynchronous, ordered and bounded";
constexpr std::string_view kNoRestart =
    "a failed job ends with exit code 1; restart it from outside";

// Sorted by key.
constexpr SettingSpec kSettings[] = {
    {{.key = "dead-letter.path",
      .help = "Where records and rows that cannot be processed are stored, as JSON lines."},
     ""},
    {{.key = "execution.checkpointing.interval",
      .type = OptionType::kDuration,
      .help = "How often sinks are flushed."},
     kNoCheckpoints},
    {{.key = "execution.checkpointing.max-concurrent-checkpoints", .type = OptionType::kInt},
     kNoCheckpoints},
    {{.key = "execution.checkpointing.min-pause", .type = OptionType::kDuration}, kNoCheckpoints},
    {{.key = "execution.checkpointing.mode",
      .type = OptionType::kEnum,
      .default_value = "EXACTLY_ONCE",
      .choices = "EXACTLY_ONCE, AT_LEAST_ONCE"},
     kNoCheckpoints},
    {{.key = "execution.checkpointing.timeout", .type = OptionType::kDuration}, kNoCheckpoints},
    {{.key = "execution.runtime-mode",
      .type = OptionType::kEnum,
      .default_value = "STREAMING",
      .choices = "STREAMING, BATCH, AUTOMATIC"},
     "streaming mode: the same final result, as a changelog"},
    {{.key = "parallelism.default",
      .type = OptionType::kInt,
      .default_value = "1",
      .help = "Number of workers; -p overrides it."},
     ""},
    {{.key = "pipeline.auto-watermark-interval",
      .type = OptionType::kDuration,
      .default_value = "200 ms"},
     "watermarks have no reader yet: nothing that runs depends on event time"},
    {{.key = "pipeline.name", .help = "The name of the job."}, ""},
    {{.key = "pipeline.operator-chaining.enabled",
      .type = OptionType::kBool,
      .default_value = "true"},
     kNoTuning},
    {{.key = "restart-strategy*"}, kNoRestart},
    {{.key = "state.*"}, kNoCheckpoints},
    {{.key = "state.dir",
      .help = "Where the job keeps how far it has read, to go on there when it is started again."},
     ""},
    {{.key = "table.exec.async-lookup.*"}, kNoAsync},
    {{.key = "table.exec.legacy-cast-behaviour",
      .type = OptionType::kEnum,
      .default_value = "DISABLED",
      .help = "ENABLED: a failing CAST gives NULL.",
      .choices = "ENABLED, DISABLED"},
     ""},
    {{.key = "table.exec.mini-batch.*"}, kNoMiniBatch},
    {{.key = "table.exec.resource.default-parallelism",
      .type = OptionType::kInt,
      .default_value = "-1"},
     "all operators have the parallelism of the job"},
    {{.key = "table.exec.sink.keyed-shuffle", .type = OptionType::kString}, kNoTuning},
    {{.key = "table.exec.sink.not-null-enforcer",
      .type = OptionType::kEnum,
      .default_value = "ERROR",
      .help = "What NULL for a NOT NULL column does: fail the job, or drop the row.",
      .choices = "ERROR, DROP"},
     ""},
    {{.key = "table.exec.sink.require-on-conflict",
      .type = OptionType::kBool,
      .default_value = "true"},
     "an append-only query into a sink with a primary key is always accepted"},
    {{.key = "table.exec.sink.type-length-enforcer",
      .type = OptionType::kEnum,
      .default_value = "IGNORE",
      .help = "What a text too long for its column does.",
      .choices = "IGNORE, TRIM_PAD, ERROR"},
     ""},
    {{.key = "table.exec.sink.upsert-materialize",
      .type = OptionType::kEnum,
      .default_value = "AUTO",
      .help = "Whether rows are kept per sink key when the changes have another key.",
      .choices = "NONE, AUTO, FORCE"},
     ""},
    {{.key = "table.exec.source.idle-timeout",
      .type = OptionType::kDuration,
      .default_value = "0 ms"},
     "watermarks have no reader yet: nothing that runs depends on event time"},
    {{.key = "table.exec.state.ttl", .type = OptionType::kDuration, .default_value = "0 ms"},
     kNoTtl},
    {{.key = "table.local-time-zone",
      .help = "The zone of TIMESTAMP_LTZ; the system's by default."},
     ""},
    {{.key = "table.optimizer.*"}, kNoTuning},
    {{.key = "table.sql-dialect",
      .type = OptionType::kEnum,
      .default_value = "default",
      .choices = "default"},
     ""},
};

bool Matches(std::string_view pattern, std::string_view key) {
  if (pattern.ends_with('*')) return key.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == key;
}

}  // namespace

std::span<const SettingSpec> AllSettings() { return kSettings; }

const SettingSpec* FindSetting(std::string_view key) {
  const SettingSpec* found = nullptr;
  for (const SettingSpec& spec : kSettings) {
    if (spec.option.key == key) return &spec;
    if (Matches(spec.option.key, key)) found = &spec;
  }
  return found;
}

Status Settings::Set(const std::string& key, const std::string& value) {
  const SettingSpec* spec = FindSetting(key);
  if (spec != nullptr) {
    const OptionSpec specs[] = {spec->option};
    for (const OptionProblem& problem :
         CheckOptions(Options(std::map<std::string, std::string>{{key, value}}), specs, {})) {
      return absl::InvalidArgumentError(problem.message);
    }
  }
  if (key == "table.local-time-zone") SL_TRY(FindTimeZone(value).status());
  values_[key] = value;
  return OkStatus();
}

std::string Settings::Get(std::string_view key) const {
  const auto found = values_.find(std::string(key));
  if (found != values_.end()) return found->second;
  const SettingSpec* spec = FindSetting(key);
  return spec == nullptr ? "" : std::string(spec->option.default_value);
}

StatusOr<std::shared_ptr<const Session>> Settings::MakeSession(FlinkVersion version) const {
  auto session = std::make_shared<Session>();
  session->flink_version = version;
  session->legacy_casts = EqualsIgnoreCase(Get("table.exec.legacy-cast-behaviour"), "ENABLED");
  session->zone_name = Get("table.local-time-zone");
  if (session->zone_name.empty()) {
    session->zone = absl::LocalTimeZone();
    session->zone_name = session->zone.name();
  } else {
    SL_ASSIGN(session->zone, FindTimeZone(session->zone_name));
  }
  return std::shared_ptr<const Session>(std::move(session));
}

NotNullEnforcer Settings::not_null_enforcer() const {
  const bool drop = EqualsIgnoreCase(Get("table.exec.sink.not-null-enforcer"), "DROP");
  return drop ? NotNullEnforcer::kDrop : NotNullEnforcer::kError;
}

TypeLengthEnforcer Settings::type_length_enforcer() const {
  const std::string value = Get("table.exec.sink.type-length-enforcer");
  if (EqualsIgnoreCase(value, "TRIM_PAD")) return TypeLengthEnforcer::kTrimPad;
  if (EqualsIgnoreCase(value, "ERROR")) return TypeLengthEnforcer::kError;
  return TypeLengthEnforcer::kIgnore;
}

int64_t Settings::flush_interval_ms() const {
  constexpr int64_t kDefaultMs = 5000;
  const auto parsed = ParseDurationMs(Get("execution.checkpointing.interval"));
  return parsed.ok() && *parsed > 0 ? *parsed : kDefaultMs;
}

std::vector<std::string> Settings::WeakerPromises() const {
  std::vector<std::string> lines;
  for (const auto& [key, value] : values_) {
    const SettingSpec* spec = FindSetting(key);
    if (spec == nullptr || spec->delivered_instead.empty()) continue;
    lines.push_back(StrCat(ErrorCodeName(ErrorCode::kLintWeakerPromise), " ", key, " = ", value,
                           ": ", spec->delivered_instead));
  }
  return lines;
}

}  // namespace sluice
