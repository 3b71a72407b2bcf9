// sluice topic: a look at a Kafka topic.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/json_text.h"
#include "cli/topic_table.h"
#include "cli/verb.h"
#include "types/timestamp.h"

namespace sluice {
namespace {

class TopicVerb : public Verb {
 public:
  void Declare(CLI::App& command) override {
    command.add_option("action", action_, "peek shows messages, count says how many there are")
        ->type_name("peek|count")
        ->required()
        ->check(CLI::IsMember({"peek", "count"}));
    command.add_option("topic", url_, "kafka://HOST:PORT/TOPIC")->type_name("TOPIC")->required();
    command.add_option("--limit", limit_, "peek: how many messages at most")
        ->type_name("N")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    command
        .add_option("--from", from_,
                    "peek: where to begin, partition:0,offset:42; else at the first")
        ->type_name("OFFSETS");
    command
        .add_option("--property", properties_,
                    "a property of Kafka's client, for instance for a password; repeatable")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false)
        ->take_all();
  }

  int Run() override {
    const Status status = Look();
    return status.ok() ? 0 : Fail("topic", status);
  }

 private:
  Status Look() {
    std::map<std::string, std::string> options = {{"scan.startup.mode", "earliest-offset"},
                                                  {"scan.bounded.mode", "latest-offset"}};
    if (!from_.empty()) {
      options["scan.startup.mode"] = "specific-offsets";
      options["scan.startup.specific-offsets"] = from_;
    }
    SL_ASSIGN(TableInfo table, TopicTable(url_, properties_, std::move(options)));
    table.columns.push_back({"ts", Type::TimestampLtz(3), ColumnRole::kMetadata, "timestamp"});
    LoneTask task(table.name);
    SL_ASSIGN(auto source, FindConnector("kafka")->make_source(table, {.columns = {2}},
                                                               *task.context().session));
    SL_TRY(source->Open({}, task.context()));
    int64_t shown = 0;
    while (true) {
      SourceOutput out;
      SL_ASSIGN(const Progress progress, source->Poll(out));
      const int64_t num_records =
          out.records.has_value() ? static_cast<int64_t>(out.records->records.size()) : 0;
      if (action_ == "count") {
        // What waits behind the first block, and that block.
        fmt::print("{}\n", out.lag_records + num_records);
        return OkStatus();
      }
      for (int64_t i = 0; i < num_records && shown < limit_; ++i, ++shown)
        Show(*out.records, static_cast<size_t>(i));
      if (progress == Progress::kFinished || shown == limit_) return OkStatus();
      if (progress == Progress::kBlocked) task.WaitForWake();
    }
  }

  static void AppendBytes(std::string_view bytes, std::string* line) {
    if (bytes.data() == nullptr) {
      line->append("null");
    } else {
      AppendJsonString(bytes, line);
    }
  }

  static void Show(const RawRecords& records, size_t i) {
    std::string line = "{\"from\":";
    AppendJsonString(*records.origin, &line);
    line += fmt::format(",\"offset\":{},\"timestamp\":{},\"key\":", records.offsets[i],
                        records.metadata[0].View<Timestamp>()[static_cast<int32_t>(i)].millis);
    AppendBytes(records.keys[i], &line);
    line += ",\"value\":";
    AppendBytes(records.records[i], &line);
    fmt::print("{}}}\n", line);
  }

  std::string action_;
  std::string url_;
  int64_t limit_ = 10;
  std::string from_;
  std::vector<std::string> properties_;
};

}  // namespace

VerbEntry Verb_topic() {
  return {
      .name = "topic",
      .group = "Make test data",
      .summary = "shows or counts the messages of a Kafka topic",
      .description =
          "peek shows messages of a Kafka topic as JSON lines, partition after partition; count "
          "says how\n"
          "many offsets the topic spans. Nothing is written, no group takes part.",
      .examples =
          "sluice topic count kafka://localhost:9092/orders\n"
          "sluice topic peek kafka://localhost:9092/orders --limit 3\n"
          "sluice topic peek kafka://localhost:9092/orders --from "
          "partition:0,offset:42",
      .make = [] { return std::unique_ptr<Verb>(std::make_unique<TopicVerb>()); }};
}

}  // namespace sluice
