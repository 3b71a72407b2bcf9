// The configuration of a job: what SET statements and --set change. Which keys exist, which of them
// do something, and what is delivered instead of a promise that is not kept yet.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/flink_version.h"
#include "base/options.h"
#include "functions/session.h"
#include "operators/table_sink.h"

namespace sluice {

struct SettingSpec {
  OptionSpec option;
  // Empty: the key does what Flink does with it. Else one line: what is delivered instead.
  std::string_view delivered_instead;
};

// All keys that are known, by name.
std::span<const SettingSpec> AllSettings();

class Settings {
 public:
  // InvalidArgument for a value that the key cannot have. An unknown key is kept, and found by
  // IsKnownSetting.
  Status Set(const std::string& key, const std::string& value);
  void Reset(const std::string& key) { values_.erase(key); }
  void ResetAll() { values_.clear(); }
  const std::map<std::string, std::string>& values() const { return values_; }

  // The value set or Flink's default, "" if neither.
  std::string Get(std::string_view key) const;

  // InvalidArgument for a zone that does not exist.
  StatusOr<std::shared_ptr<const Session>> MakeSession(FlinkVersion version) const;
  NotNullEnforcer not_null_enforcer() const;
  TypeLengthEnforcer type_length_enforcer() const;
  int64_t flush_interval_ms() const;

  // One line for each key that was set and whose promise is not kept.
  std::vector<std::string> WeakerPromises() const;

 private:
  std::map<std::string, std::string> values_;
};

const SettingSpec* FindSetting(std::string_view key);

}  // namespace sluice
