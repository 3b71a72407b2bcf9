// sluice events: business events to try a job with, the same ones for the same seed.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "cli/topic_table.h"
#include "cli/verb.h"
#include "events/event_generator.h"
#include "types/text.h"
#include "types/value.h"

namespace sluice {
namespace {

// Standard output, or a file that is closed with the object.
class OutputFile {
 public:
  ~OutputFile() { Close().IgnoreError(); }

  Status Open(const std::string& path) {
    path_ = path;
    file_ = path == "-" ? stdout : std::fopen(path.c_str(), "wb");
    if (file_ != nullptr) return OkStatus();
    return absl::FailedPreconditionError(
        fmt::format("cannot write {}: {}", path, std::strerror(errno)));
  }

  Status Write(std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) == bytes.size()) return OkStatus();
    return WriteError();
  }

  // A full disk may show only here, when the last buffer is written.
  Status Close() {
    if (file_ == nullptr) return OkStatus();
    std::FILE* file = std::exchange(file_, nullptr);
    const int result = file == stdout ? std::fflush(file) : std::fclose(file);
    return result == 0 ? OkStatus() : WriteError();
  }

 private:
  Status WriteError() const {
    return absl::UnavailableError(fmt::format("writing {}: {}", path_, std::strerror(errno)));
  }

  std::string path_;
  std::FILE* file_ = nullptr;
};

class EventsVerb : public Verb {
 public:
  void Declare(CLI::App& command) override {
    command.add_option("--count", options_.count, "how many events")
        ->type_name("N")
        ->capture_default_str();
    command.add_option("--seed", options_.seed, "event n of a seed is the same on every machine")
        ->type_name("N")
        ->capture_default_str();
    command
        .add_option("--types", types_, "event types with weights; known are " + EventTypeNames())
        ->type_name("NAME:W,...")
        ->capture_default_str();
    command.add_option("--domain", options_.domain, "domain of the wrongbook events")
        ->type_name("NAME")
        ->capture_default_str();
    command
        .add_option("--bad-share", options_.bad_share,
                    "share of damaged events, 0 to 1: malformed JSON, missing fields, wrong types, "
                    "odd Unicode")
        ->type_name("SHARE")
        ->capture_default_str();
    command.add_flag("--payload-as-string", options_.payload_as_string,
                     "payload is a string that holds the JSON object");
    command
        .add_option("--start-time", options_.start_time_ms,
                    "`timestamp` of the first event, epoch milliseconds")
        ->type_name("MS")
        ->capture_default_str();
    command.add_option("--to", to_, "sends the events to a topic instead: kafka://HOST:PORT/TOPIC")
        ->type_name("TOPIC");
    command
        .add_option("--property", properties_,
                    "a property of Kafka's client, for instance for a password; repeatable")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false)
        ->take_all();
    command.add_option("--out", out_, "file to write; - is standard output")
        ->type_name("FILE")
        ->capture_default_str();
  }

  int Run() override {
    const Status status = Generate();
    return status.ok() ? 0 : Fail("events", status);
  }

 private:
  Status Generate() {
    SL_ASSIGN(options_.types, ParseEventTypes(types_));
    SL_ASSIGN(EventGenerator generator, EventGenerator::Make(options_));
    if (!to_.empty()) return Send(generator);
    OutputFile out;
    SL_TRY(out.Open(out_));
    std::string text;
    while (generator.Append(4096, &text) > 0) {
      SL_TRY(out.Write(text));
      text.clear();
    }
    return out.Close();
  }

  // Each event is a message without key.
  Status Send(EventGenerator& generator) {
    SL_ASSIGN(const TableInfo table, TopicTable(to_, properties_, {}));
    LoneTask task(table.name);
    SL_ASSIGN(auto sink, FindConnector("kafka")->make_sink(table, {.columns = {0, 1}},
                                                           *task.context().session));
    SL_TRY(sink->Open(task.context()));
    std::string text;
    while (generator.Append(kMaxBatchRows, &text) > 0) {
      SL_ASSIGN(Progress progress, sink->Write(LinesAsRows(text)));
      if (progress == Progress::kBlocked) task.WaitForWake();
      text.clear();
    }
    while (true) {
      SL_ASSIGN(const Progress progress, sink->Flush());
      if (progress == Progress::kNeedsInput) return sink->Close();
      task.WaitForWake();
    }
  }

  // Columns k, which is NULL, and v, a line.
  static Batch LinesAsRows(std::string_view text) {
    Batch batch;
    batch.num_rows = static_cast<int32_t>(std::count(text.begin(), text.end(), '\n'));
    VectorBuilder values(Type::Bytes(), batch.num_rows);
    for (int32_t row = 0; row < batch.num_rows; ++row) {
      const size_t end = text.find('\n');
      values.values<Text>()[row] = Text(values.arena().Copy(text.substr(0, end)));
      text.remove_prefix(end + 1);
    }
    batch.columns = {MakeConstant(Type::Bytes(), Value::Null(), batch.num_rows), values.Finish()};
    return batch;
  }

  EventOptions options_;
  std::string to_;
  std::vector<std::string> properties_;
  std::string types_ = "wrongbook_fix:80,wrongbook_add:15,other:5";
  std::string out_ = "-";
};

}  // namespace

VerbEntry Verb_events() {
  return {
      .name = "events",
      .group = "Make test data",
      .summary = "writes seeded business events as JSON lines",
      .description =
          "Writes business events as JSON lines, in the envelope that the jobs of examples/ read:\n"
          "{\"domain\", \"type\", \"timestamp\", \"eventId\", \"payload\"}. The keys in the "
          "payloads match the\n"
          "dimension tables of examples/wrongbook, with realistic misses.",
      .examples =
          "sluice events --count 1000000 --out events.jsonl\n"
          "sluice events --count 3  # a look at what they are like\n"
          "sluice events --seed 7 --types wrongbook_fix:80,wrongbook_add:15,other:5 --out "
          "events.jsonl\n"
          "sluice events --count 10000 --bad-share 0.01 --out bad.jsonl  # for dead letters\n"
          "sluice events --count 10000 --payload-as-string --out escaped.jsonl\n"
          "sluice events --count 10000 --to kafka://localhost:9092/business_event",
      .make = [] { return std::unique_ptr<Verb>(std::make_unique<EventsVerb>()); }};
}

}  // namespace sluice
