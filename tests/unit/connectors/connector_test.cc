#include "connectors/connector.h"

#include <set>

#include "connector_testing.h"

namespace sluice {
namespace {

TEST(ConnectorListTest, NamesAreUniqueAndEveryOneCanDoSomething) {
  std::set<std::string_view> names;
  for (const Connector& connector : AllConnectors()) {
    EXPECT_TRUE(names.insert(connector.name).second) << connector.name;
    EXPECT_FALSE(connector.help.empty()) << connector.name;
    EXPECT_TRUE(connector.make_source != nullptr || connector.make_sink != nullptr ||
                connector.make_lookup != nullptr)
        << connector.name;
    EXPECT_EQ(connector.make_sink == nullptr, connector.sink_changelog == nullptr)
        << connector.name;
    for (std::string_view key : connector.metadata_keys) {
      EXPECT_NE(connector.metadata_type(key), nullptr) << connector.name << " " << key;
    }
  }
  EXPECT_EQ(FindConnector("none"), nullptr);
}

// Of the connectors that run, every option is explained and every default is a value of its type.
TEST(ConnectorListTest, OptionsHaveHelpAndGoodDefaults) {
  for (const Connector& connector : AllConnectors()) {
    if (!connector.available) continue;
    Options defaults;
    for (const OptionSpec& option : connector.options) {
      if (option.support == OptionSupport::kNotYet) continue;
      EXPECT_FALSE(option.help.empty()) << connector.name << " " << option.key;
      if (!option.default_value.empty()) {
        defaults.Set(std::string(option.key), std::string(option.default_value));
      }
    }
    for (const OptionProblem& problem : CheckOptions(defaults, connector.options, {})) {
      EXPECT_EQ(problem.code, ErrorCode::kMissingOption)
          << connector.name << " " << problem.message;
    }
  }
}

TEST(ConnectorListTest, KnownConnectorsThatCannotRunSaySo) {
  const Session session;
  const Connector* kafka = FindConnector("upsert-kafka");
  ASSERT_NE(kafka, nullptr);
  EXPECT_FALSE(kafka->available);
  TableInfo table;
  table.name = "events";
  table.options.Set("connector", "upsert-kafka");
  const Status status = kafka->make_source(table, {}, session).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_TRUE(std::string(status.message())
                  .starts_with("SL1302 table events: connector 'upsert-kafka' is known"));
  const Options given({{"topic", "t"},
                       {"properties.bootstrap.servers", "b"},
                       {"key.format", "raw"},
                       {"value.format", "json"},
                       {"scan.bounded.mod", "latest-offset"}});
  const auto problems = CheckOptions(given, kafka->options, {});
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].remedy, "did you mean 'scan.bounded.mode'?");
}

}  // namespace
}  // namespace sluice
