// The 'properties.*' of a table, which are named as Kafka's Java client names them, in librdkafka's
// names. Nothing is dropped silently: what cannot be honoured is a warning, what would make the
// client do something else than asked is a problem. Neither ever quotes a value that may be secret.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/options.h"

namespace sluice {

enum class KafkaRole : uint8_t { kConsumer, kProducer };

struct KafkaProperties {
  std::vector<std::pair<std::string, std::string>> settings;  // of librdkafka, in order
  std::vector<std::string> warnings;
  std::vector<OptionProblem> problems;
};

// `table_options` as the user wrote them. The defaults of `role` come first among the settings.
KafkaProperties TranslateKafkaProperties(const Options& table_options, KafkaRole role);

// The options of a table without 'properties.' in front, and a default where there is none.
std::string KafkaProperty(const Options& table_options, std::string_view key,
                          std::string_view fallback);

}  // namespace sluice
