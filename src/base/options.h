// Options of tables ('connector' = 'kafka' …): what a module takes, what a user gave, and the check
// of the one against the other.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error_code.h"
#include "base/status.h"

namespace sluice {

enum class OptionType : uint8_t { kString, kBool, kInt, kDouble, kDuration, kMemory, kEnum };
enum class OptionSupport : uint8_t {
  kYes,
  kNotYet
};  // kNotYet: Flink has it, Sluice refuses it by name

struct OptionSpec {
  std::string_view key;  // a key that ends in "*" stands for all keys with that prefix
  OptionType type = OptionType::kString;
  std::string_view default_value;  // in the text form that users write; empty: none
  std::string_view help;           // one sentence, for docs
  bool required = false;
  OptionSupport support = OptionSupport::kYes;
  std::string_view choices;  // of kEnum: "NONE, PARTIAL, FULL", compared without case
};

struct OptionProblem {
  std::string key;  // the option that the user wrote, or the missing one
  ErrorCode code;
  std::string message;
  std::string remedy;
};

class Options {
 public:
  Options() = default;
  explicit Options(std::map<std::string, std::string> values) : values_(std::move(values)) {}

  const std::map<std::string, std::string>& values() const { return values_; }
  void Set(std::string key, std::string value) { values_[std::move(key)] = std::move(value); }
  std::optional<std::string_view> Find(std::string_view key) const;
  // The options whose keys start with `prefix`, without it.
  Options WithPrefix(std::string_view prefix) const;

  // The value given or the default of `specs`, converted. REQUIRES: CheckOptions found nothing, and
  // the option has a spec of that type with a default (the Find… forms: absent is allowed).
  std::string GetString(std::span<const OptionSpec> specs, std::string_view key) const;
  bool GetBool(std::span<const OptionSpec> specs, std::string_view key) const;
  int64_t GetInt(std::span<const OptionSpec> specs, std::string_view key) const;
  int64_t GetDurationMs(std::span<const OptionSpec> specs, std::string_view key) const;
  int64_t GetMemoryBytes(std::span<const OptionSpec> specs, std::string_view key) const;
  std::optional<int64_t> FindInt(std::string_view key) const;
  std::optional<int64_t> FindDurationMs(std::string_view key) const;

 private:
  std::map<std::string, std::string> values_;
};

// Everything wrong with `given`: unknown keys (with the nearest known one), keys not supported yet,
// missing ones, bad values. `also_known` are keys that somebody else checks ("connector", the
// format's).
std::vector<OptionProblem> CheckOptions(const Options& given, std::span<const OptionSpec> specs,
                                        std::span<const std::string_view> also_known);

// "30 min", "1 h", "500ms", "10" (ms); as Flink's TimeUtils. InvalidArgument otherwise.
StatusOr<int64_t> ParseDurationMs(std::string_view text);
// "128mb", "64 kb", "1024"; as Flink's MemorySize.
StatusOr<int64_t> ParseMemoryBytes(std::string_view text);
StatusOr<bool> ParseBool(std::string_view text);

// The candidate most like `name` (case does not count), or "" when none is close enough to be
// meant.
std::string NearestOf(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace sluice
