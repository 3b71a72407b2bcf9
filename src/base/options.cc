#include "base/options.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/check.h"

namespace sluice {
namespace {

// Debian's Abseil has a string_view of its own.
absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }

struct Unit {
  std::string_view name;
  int64_t size;
};

// Duration units in nanoseconds, as in Flink's TimeUtils.
constexpr int64_t kNanosPerMs = 1'000'000;
constexpr Unit kDurationUnits[] = {
    {"d", 86'400'000 * kNanosPerMs},
    {"day", 86'400'000 * kNanosPerMs},
    {"days", 86'400'000 * kNanosPerMs},
    {"h", 3'600'000 * kNanosPerMs},
    {"hour", 3'600'000 * kNanosPerMs},
    {"hours", 3'600'000 * kNanosPerMs},
    {"m", 60'000 * kNanosPerMs},
    {"min", 60'000 * kNanosPerMs},
    {"minute", 60'000 * kNanosPerMs},
    {"minutes", 60'000 * kNanosPerMs},
    {"s", 1000 * kNanosPerMs},
    {"sec", 1000 * kNanosPerMs},
    {"secs", 1000 * kNanosPerMs},
    {"second", 1000 * kNanosPerMs},
    {"seconds", 1000 * kNanosPerMs},
    {"ms", kNanosPerMs},
    {"milli", kNanosPerMs},
    {"millis", kNanosPerMs},
    {"millisecond", kNanosPerMs},
    {"milliseconds", kNanosPerMs},
    {"", kNanosPerMs},
    {"µs", 1000},
    {"micro", 1000},
    {"micros", 1000},
    {"microsecond", 1000},
    {"microseconds", 1000},
    {"ns", 1},
    {"nano", 1},
    {"nanos", 1},
    {"nanosecond", 1},
    {"nanoseconds", 1},
};

// As in Flink's MemorySize.
constexpr Unit kMemoryUnits[] = {
    {"", 1},
    {"b", 1},
    {"bytes", 1},
    {"k", int64_t{1} << 10},
    {"kb", int64_t{1} << 10},
    {"kibibytes", int64_t{1} << 10},
    {"m", int64_t{1} << 20},
    {"mb", int64_t{1} << 20},
    {"mebibytes", int64_t{1} << 20},
    {"g", int64_t{1} << 30},
    {"gb", int64_t{1} << 30},
    {"gibibytes", int64_t{1} << 30},
    {"t", int64_t{1} << 40},
    {"tb", int64_t{1} << 40},
    {"tebibytes", int64_t{1} << 40},
};

// "12 kb" -> 12 × the size of its unit.
StatusOr<__int128> ParseWithUnit(std::string_view text, std::span<const Unit> units,
                                 std::string_view what) {
  const std::string trimmed(absl::StripAsciiWhitespace(ToAbsl(text)));
  size_t digits = 0;
  while (digits < trimmed.size() && absl::ascii_isdigit(trimmed[digits])) ++digits;
  int64_t number = 0;
  const bool is_number = digits > 0 && absl::SimpleAtoi(trimmed.substr(0, digits), &number);
  const std::string unit_name =
      absl::AsciiStrToLower(absl::StripAsciiWhitespace(trimmed.substr(digits)));
  for (const Unit& unit : units) {
    if (is_number && unit.name == unit_name) return __int128{number} * unit.size;
  }
  return absl::InvalidArgumentError(absl::StrCat("'", ToAbsl(text), "' is not ", ToAbsl(what)));
}

const OptionSpec* FindSpec(std::span<const OptionSpec> specs, std::string_view key) {
  const OptionSpec* wildcard = nullptr;
  for (const OptionSpec& spec : specs) {
    if (spec.key == key) return &spec;
    if (spec.key.ends_with('*') && key.starts_with(spec.key.substr(0, spec.key.size() - 1))) {
      wildcard = &spec;
    }
  }
  return wildcard;
}

bool IsChoice(std::string_view choices, std::string_view value) {
  for (absl::string_view choice : absl::StrSplit(ToAbsl(choices), ',')) {
    if (absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(choice), ToAbsl(value))) return true;
  }
  return false;
}

// What is wrong with the value; empty if nothing is.
std::string ValueProblem(const OptionSpec& spec, const std::string& value) {
  int64_t integer;
  double number;
  switch (spec.type) {
    case OptionType::kString: return "";
    case OptionType::kBool: return std::string(ParseBool(value).status().message());
    case OptionType::kInt:
      return absl::SimpleAtoi(value, &integer) ? ""
                                               : absl::StrCat("'", value, "' is not an integer");
    case OptionType::kDouble:
      return absl::SimpleAtod(value, &number) ? "" : absl::StrCat("'", value, "' is not a number");
    case OptionType::kDuration: return std::string(ParseDurationMs(value).status().message());
    case OptionType::kMemory: return std::string(ParseMemoryBytes(value).status().message());
    case OptionType::kEnum:
      return IsChoice(spec.choices, value)
                 ? ""
                 : absl::StrCat("'", value, "' is not one of ", ToAbsl(spec.choices));
  }
  return "";
}

OptionProblem UnknownOption(const std::string& key, std::span<const OptionSpec> specs,
                            std::span<const std::string_view> also_known) {
  std::vector<std::string_view> candidates(also_known.begin(), also_known.end());
  for (const OptionSpec& spec : specs) {
    if (!spec.key.ends_with('*')) candidates.push_back(spec.key);
  }
  const std::string nearest = NearestOf(key, candidates);
  return {key, ErrorCode::kUnknownOption, absl::StrCat("unknown option '", key, "'"),
          nearest.empty() ? std::string() : absl::StrCat("did you mean '", nearest, "'?")};
}

// The value that the user gave, or the default, which must exist.
std::string ValueOrDefault(const Options& options, std::span<const OptionSpec> specs,
                           std::string_view key) {
  if (auto given = options.Find(key)) return std::string(*given);
  const OptionSpec* spec = FindSpec(specs, key);
  SL_CHECK(spec != nullptr);
  return std::string(spec->default_value);
}

template <typename T>
T Checked(StatusOr<T> value) {
  SL_CHECK(value.ok());
  return *value;
}

// Optimal string alignment distance without case: insertions, deletions, substitutions, swaps of
// neighbours.
int EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::vector<int>> cost(a.size() + 1, std::vector<int>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) cost[i][0] = static_cast<int>(i);
  for (size_t j = 0; j <= b.size(); ++j) cost[0][j] = static_cast<int>(j);
  const auto same = [&](size_t i, size_t j) {
    return absl::ascii_tolower(a[i]) == absl::ascii_tolower(b[j]);
  };
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1,
                             cost[i - 1][j - 1] + (same(i - 1, j - 1) ? 0 : 1)});
      if (i > 1 && j > 1 && same(i - 1, j - 2) && same(i - 2, j - 1)) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::optional<std::string_view> Options::Find(std::string_view key) const {
  auto found = values_.find(std::string(key));
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

Options Options::WithPrefix(std::string_view prefix) const {
  Options result;
  for (const auto& [key, value] : values_) {
    if (std::string_view(key).starts_with(prefix)) result.Set(key.substr(prefix.size()), value);
  }
  return result;
}

std::string Options::GetString(std::span<const OptionSpec> specs, std::string_view key) const {
  return ValueOrDefault(*this, specs, key);
}
bool Options::GetBool(std::span<const OptionSpec> specs, std::string_view key) const {
  return Checked(ParseBool(ValueOrDefault(*this, specs, key)));
}
int64_t Options::GetInt(std::span<const OptionSpec> specs, std::string_view key) const {
  int64_t value = 0;
  SL_CHECK(absl::SimpleAtoi(ValueOrDefault(*this, specs, key), &value));
  return value;
}
int64_t Options::GetDurationMs(std::span<const OptionSpec> specs, std::string_view key) const {
  return Checked(ParseDurationMs(ValueOrDefault(*this, specs, key)));
}
int64_t Options::GetMemoryBytes(std::span<const OptionSpec> specs, std::string_view key) const {
  return Checked(ParseMemoryBytes(ValueOrDefault(*this, specs, key)));
}
std::optional<int64_t> Options::FindInt(std::string_view key) const {
  const auto text = Find(key);
  if (!text) return std::nullopt;
  int64_t value = 0;
  SL_CHECK(absl::SimpleAtoi(ToAbsl(*text), &value));
  return value;
}
std::optional<int64_t> Options::FindDurationMs(std::string_view key) const {
  const auto text = Find(key);
  if (!text) return std::nullopt;
  return Checked(ParseDurationMs(*text));
}

std::vector<OptionProblem> CheckOptions(const Options& given, std::span<const OptionSpec> specs,
                                        std::span<const std::string_view> also_known) {
  std::vector<OptionProblem> problems;
  for (const auto& [key, value] : given.values()) {
    const OptionSpec* spec = FindSpec(specs, key);
    if (spec == nullptr) {
      if (std::find(also_known.begin(), also_known.end(), key) == also_known.end()) {
        problems.push_back(UnknownOption(key, specs, also_known));
      }
      continue;
    }
    if (spec->support == OptionSupport::kNotYet) {
      problems.push_back({key, ErrorCode::kUnsupportedOption,
                          absl::StrCat("option '", key, "' is not supported yet"), "leave it out"});
      continue;
    }
    std::string problem = ValueProblem(*spec, value);
    if (!problem.empty()) {
      problems.push_back({key, ErrorCode::kInvalidOption,
                          absl::StrCat("option '", key, "': ", problem), std::string(spec->help)});
    }
  }
  for (const OptionSpec& spec : specs) {
    if (!spec.required || given.Find(spec.key)) continue;
    problems.push_back({std::string(spec.key), ErrorCode::kMissingOption,
                        absl::StrCat("option '", ToAbsl(spec.key), "' is required"),
                        std::string(spec.help)});
  }
  return problems;
}

StatusOr<int64_t> ParseDurationMs(std::string_view text) {
  SL_ASSIGN(const __int128 nanos,
            ParseWithUnit(text, kDurationUnits, "a duration such as '30 min', '10s' or '500 ms'"));
  const __int128 millis = nanos / kNanosPerMs;
  if (millis > INT64_MAX) return absl::InvalidArgumentError("the duration is too long");
  return static_cast<int64_t>(millis);
}

StatusOr<int64_t> ParseMemoryBytes(std::string_view text) {
  SL_ASSIGN(const __int128 bytes,
            ParseWithUnit(text, kMemoryUnits, "a size such as '128mb', '64 kb' or '1024'"));
  if (bytes > INT64_MAX) return absl::InvalidArgumentError("the size is too large");
  return static_cast<int64_t>(bytes);
}

StatusOr<bool> ParseBool(std::string_view text) {
  if (absl::EqualsIgnoreCase(ToAbsl(text), "true")) return true;
  if (absl::EqualsIgnoreCase(ToAbsl(text), "false")) return false;
  return absl::InvalidArgumentError(absl::StrCat("'", ToAbsl(text), "' is neither true nor false"));
}

std::string NearestOf(std::string_view name, std::span<const std::string_view> candidates) {
  // Longer names may be misspelt more: about one slip in three characters is still recognised.
  int best = 1 + static_cast<int>(name.size()) / 3;
  std::string_view nearest;
  for (std::string_view candidate : candidates) {
    const int distance = EditDistance(name, candidate);
    if (distance < best || (distance == best && nearest.empty())) {
      best = distance;
      nearest = candidate;
    }
  }
  return std::string(nearest);
}

}  // namespace sluice
