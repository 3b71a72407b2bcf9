#include "connectors/kafka/kafka_offsets.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "base/strings.h"
#include "connectors/kafka/kafka.h"

namespace sluice {
namespace {

using Offsets = std::map<KafkaPartition, int64_t>;

std::string Mode(const TableInfo& table, std::string_view key) {
  std::string mode = table.options.GetString(KafkaOptions(), key);
  std::transform(mode.begin(), mode.end(), mode.begin(), ToLowerAscii);
  return mode;
}

bool TakeNumber(std::string_view* text, std::string_view label, int64_t* number) {
  if (!text->starts_with(label)) return false;
  text->remove_prefix(label.size());
  const size_t end = std::min(text->find_first_of(",;"), text->size());
  const std::string_view digits = text->substr(0, end);
  text->remove_prefix(end);
  return absl::SimpleAtoi(absl::string_view(digits.data(), digits.size()), number) && *number >= 0;
}

// 'auto.offset.reset' as the user gave it, or what the startup mode stands for.
std::string ResetOf(const TableInfo& table) {
  const std::string mode = Mode(table, "scan.startup.mode");
  if (mode == "earliest-offset") return "earliest";
  if (mode == "latest-offset") return "latest";
  return KafkaProperty(table.options, "auto.offset.reset", "none");
}

class Resolver {
 public:
  Resolver(const TableInfo& table, KafkaClient& client, std::vector<KafkaRange>* ranges)
      : table_(table), client_(client), ranges_(*ranges) {
    for (const KafkaRange& range : ranges_) partitions_.push_back(range.partition);
  }

  Status AskBounds() {
    for (KafkaRange& range : ranges_) {
      SL_ASSIGN(const auto bounds, client_.Bounds(range.partition));
      firsts_[range.partition] = bounds.first;
      range.known_end = bounds.second;
    }
    return OkStatus();
  }

  void BeginAtFirst() {
    for (KafkaRange& range : ranges_) range.begin = firsts_[range.partition];
  }

  Status FindBegins() {
    const std::string mode = Mode(table_, "scan.startup.mode");
    if (mode == "earliest-offset") {
      BeginAtFirst();
    } else if (mode == "latest-offset") {
      for (KafkaRange& range : ranges_) range.begin = range.known_end;
    } else if (mode == "timestamp") {
      SL_ASSIGN(const Offsets found, AtTime("scan.startup.timestamp-millis"));
      for (KafkaRange& range : ranges_) range.begin = ValueOr(found, range, range.known_end);
    } else if (mode == "specific-offsets") {
      return BeginAtSpecific();
    } else {
      return BeginAtCommitted();
    }
    return OkStatus();
  }

  Status FindEnds() {
    const std::string mode = Mode(table_, "scan.bounded.mode");
    if (mode == "latest-offset") {
      for (KafkaRange& range : ranges_) range.end = range.known_end;
    } else if (mode == "timestamp") {
      SL_ASSIGN(const Offsets found, AtTime("scan.bounded.timestamp-millis"));
      for (KafkaRange& range : ranges_) range.end = ValueOr(found, range, range.known_end);
    } else if (mode == "specific-offsets") {
      SL_ASSIGN(const auto given, Specific("scan.bounded.specific-offsets"));
      for (KafkaRange& range : ranges_) {
        const auto found = given.find(range.partition.partition);
        if (found != given.end()) range.end = found->second;
      }
    } else if (mode == "group-offsets") {
      SL_TRY(CheckGroup("scan.bounded.mode"));
      SL_ASSIGN(const Offsets committed, client_.Committed(partitions_));
      for (KafkaRange& range : ranges_) {
        range.end = ValueOr(committed, range, -1);
        if (range.end >= 0) continue;
        return absl::FailedPreconditionError(
            StrCat("Partition ", PartitionName(range.partition),
                   " should stop at committed offset. But there is no committed offset of this "
                   "partition for group ",
                   Group()));
      }
    }
    return OkStatus();
  }

 private:
  std::string Group() const { return KafkaProperty(table_.options, "group.id", ""); }

  Status CheckGroup(std::string_view option) const {
    if (!Group().empty()) return OkStatus();
    return absl::InvalidArgumentError(
        StrCat("'", option,
               "' = 'group-offsets' needs the group whose offsets are meant: set "
               "'properties.group.id', or another mode"));
  }

  static int64_t ValueOr(const Offsets& offsets, const KafkaRange& range, int64_t fallback) {
    const auto found = offsets.find(range.partition);
    return found == offsets.end() ? fallback : found->second;
  }

  StatusOr<Offsets> AtTime(std::string_view option) {
    return client_.OffsetsAt(partitions_, table_.options.FindInt(option).value_or(0));
  }

  StatusOr<std::map<int32_t, int64_t>> Specific(std::string_view option) const {
    return ParseSpecificOffsets(option, table_.options.Find(option).value_or(""));
  }

  // Partitions that the list leaves out go on where the group left them, else at their first
  // message: Flink's SpecifiedOffsetsInitializer.
  Status BeginAtSpecific() {
    SL_ASSIGN(const auto given, Specific("scan.startup.specific-offsets"));
    Offsets committed;
    if (!Group().empty()) {
      SL_ASSIGN(committed, client_.Committed(partitions_));
    }
    for (KafkaRange& range : ranges_) {
      const auto found = given.find(range.partition.partition);
      range.begin = found != given.end() ? found->second
                                         : ValueOr(committed, range, firsts_[range.partition]);
    }
    return OkStatus();
  }

  Status BeginAtCommitted() {
    SL_TRY(CheckGroup("scan.startup.mode"));
    SL_ASSIGN(const Offsets committed, client_.Committed(partitions_));
    const std::string reset = ResetOf(table_);
    for (KafkaRange& range : ranges_) {
      const int64_t fallback = reset == "earliest" ? firsts_[range.partition]
                               : reset == "latest" ? range.known_end
                                                   : -1;
      range.begin = ValueOr(committed, range, fallback);
      if (range.begin >= 0) continue;
      return absl::FailedPreconditionError(StrCat(
          "the group ", Group(), " has no committed offset for ", PartitionName(range.partition),
          "; set 'properties.auto.offset.reset' = 'earliest' or 'latest' for such partitions, or "
          "another 'scan.startup.mode'"));
    }
    return OkStatus();
  }

  const TableInfo& table_;
  KafkaClient& client_;
  std::vector<KafkaRange>& ranges_;
  std::vector<KafkaPartition> partitions_;
  Offsets firsts_;
};

// A mode that needs another option.
void Require(const TableInfo& table, std::string_view mode_key, std::string_view mode,
             std::string_view option, std::vector<OptionProblem>* problems) {
  if (Mode(table, mode_key) != mode || table.options.Find(option).has_value()) return;
  problems->push_back({std::string(mode_key), ErrorCode::kMissingOption,
                       StrCat("'", option, "' is required in '", mode, "' mode but missing."),
                       StrCat("add '", option, "'")});
}

}  // namespace

StatusOr<std::map<int32_t, int64_t>> ParseSpecificOffsets(std::string_view option,
                                                          std::string_view text) {
  std::map<int32_t, int64_t> offsets;
  std::string_view rest = text;
  while (true) {
    int64_t partition = 0, offset = 0;
    const bool ok = TakeNumber(&rest, "partition:", &partition) && partition <= INT32_MAX &&
                    rest.starts_with(',') && (rest.remove_prefix(1), true) &&
                    TakeNumber(&rest, "offset:", &offset) &&
                    (rest.empty() || rest.starts_with(';'));
    if (!ok) {
      return absl::InvalidArgumentError(
          StrCat("Invalid properties '", option,
                 "' should follow the format 'partition:0,offset:42;partition:1,offset:300', but "
                 "is '",
                 text, "'."));
    }
    offsets[static_cast<int32_t>(partition)] = offset;
    if (!rest.empty()) rest.remove_prefix(1);
    if (rest.empty()) return offsets;
  }
}

bool IsBoundedKafkaTable(const TableInfo& table) {
  return Mode(table, "scan.bounded.mode") != "unbounded";
}

std::string OffsetResetOf(const TableInfo& table) {
  const std::string reset = ResetOf(table);
  return reset == "earliest" || reset == "latest" ? reset : "error";
}

std::vector<OptionProblem> CheckKafkaModes(const TableInfo& table) {
  std::vector<OptionProblem> problems;
  for (const std::string_view side : {"startup", "bounded"}) {
    const std::string mode = StrCat("scan.", side, ".mode");
    const std::string offsets = StrCat("scan.", side, ".specific-offsets");
    Require(table, mode, "timestamp", StrCat("scan.", side, ".timestamp-millis"), &problems);
    Require(table, mode, "specific-offsets", offsets, &problems);
    const auto given = table.options.Find(offsets);
    if (!given.has_value() || Mode(table, mode) != "specific-offsets") continue;
    const Status parsed = ParseSpecificOffsets(offsets, *given).status();
    if (!parsed.ok()) {
      problems.push_back({offsets, ErrorCode::kInvalidOption, std::string(parsed.message()), ""});
    }
    const std::string_view topics = table.options.Find("topic").value_or(";");
    if (topics.find(';') != std::string_view::npos) {
      problems.push_back({mode, ErrorCode::kInvalidOption,
                          "Currently Kafka source only supports specific offset for single topic.",
                          "name one topic"});
    }
  }
  const std::string reset = KafkaProperty(table.options, "auto.offset.reset", "none");
  if (reset != "earliest" && reset != "latest" && reset != "none") {
    problems.push_back({"properties.auto.offset.reset", ErrorCode::kInvalidOption,
                        StrCat("'properties.auto.offset.reset' can be 'latest', 'earliest' or "
                               "'none', not '",
                               reset, "'"),
                        "correct the value"});
  }
  return problems;
}

StatusOr<std::vector<KafkaRange>> ResolveRanges(const TableInfo& table, KafkaClient& client,
                                                const std::vector<KafkaPartition>& partitions,
                                                const SourcePosition& resume_from, bool appeared) {
  std::vector<KafkaRange> resumed, fresh;
  for (const KafkaPartition& partition : partitions) {
    const auto found = resume_from.offsets.find(PartitionName(partition));
    if (found == resume_from.offsets.end()) {
      fresh.push_back({.partition = partition});
    } else {
      resumed.push_back({.partition = partition, .begin = found->second});
    }
  }
  Resolver fresh_ones(table, client, &fresh);
  SL_TRY(fresh_ones.AskBounds());
  // What a restarted job has not read before appeared while it was down.
  if (appeared || !resume_from.offsets.empty()) {
    fresh_ones.BeginAtFirst();
  } else if (!fresh.empty()) {
    SL_TRY(fresh_ones.FindBegins());
  }
  std::vector<KafkaRange> ranges = std::move(fresh);
  if (!resumed.empty()) {
    Resolver resumed_ones(table, client, &resumed);
    SL_TRY(resumed_ones.AskBounds());
    ranges.insert(ranges.end(), resumed.begin(), resumed.end());
  }
  if (!ranges.empty()) SL_TRY(Resolver(table, client, &ranges).FindEnds());
  return ranges;
}

}  // namespace sluice
