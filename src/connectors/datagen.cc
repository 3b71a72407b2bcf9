// datagen: rows of random or counted values, at a given rate; options and defaults as in Flink.
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "connectors/connector.h"
#include "connectors/datagen_column.h"

namespace sluice {
namespace {

constexpr int64_t kTickUs = 10'000;

constexpr OptionSpec kOptions[] = {
    {.key = "rows-per-second",
     .type = OptionType::kInt,
     .default_value = "10000",
     .help = "Rows made each second, by all instances together."},
    {.key = "number-of-rows",
     .type = OptionType::kInt,
     .help = "Rows in all; without it, and without a sequence, the table has no end."},
    {.key = "scan.parallelism",
     .type = OptionType::kInt,
     .help = "Parallel instances of the source."},
    {.key = "fields.*",
     .help = "fields.<column>.{kind, min, max, start, end, length, max-past, null-rate, var-len}."},
};

class DatagenSource : public Source {
 public:
  DatagenSource(const TableInfo& table, const ScanSpec& spec, const Session& session)
      : table_(table), spec_(spec), session_(session) {}

  Status Open(const SourcePosition& resume_from, TaskContext& context) override {
    context_ = &context;
    key_ = absl::StrCat("datagen-", context.subtask);
    if (auto made = resume_from.offsets.find(key_); made != resume_from.offsets.end()) {
      num_made_ = made->second;
    }
    const int64_t instances = context.parallelism;
    rows_per_second_ =
        std::max(static_cast<double>(table_.options.GetInt(kOptions, "rows-per-second")) /
                     static_cast<double>(instances),
                 1e-3);
    if (const auto total = table_.options.FindInt("number-of-rows")) {
      const bool one_more = context.subtask < *total % instances;
      num_rows_ = *total / instances + (one_more ? 1 : 0);
    }
    std::vector<bool> wanted(table_.columns.size(), false);
    for (int32_t column : spec_.columns) wanted[column] = true;
    for (size_t c = 0; c < table_.columns.size(); ++c) {
      const TableColumn& column = table_.columns[c];
      DatagenPlace place{
          .options = table_.options.WithPrefix(absl::StrCat("fields.", column.name, ".")),
          .instance = context.subtask,
          .instances = context.parallelism,
          .session = &session_,
          .env = context.env};
      SL_ASSIGN(auto generator, MakeDatagenColumn(column.type, place));
      // A sequence bounds the table, also one that nobody reads.
      if (const auto length = generator->num_values()) {
        num_rows_ = std::min(num_rows_.value_or(INT64_MAX), *length);
      }
      generators_.push_back(wanted[c] ? std::move(generator) : nullptr);
    }
    start_us_ = context.env->MonotonicUs();
    return OkStatus();
  }

  StatusOr<Progress> Poll(SourceOutput& out) override {
    const int64_t left = num_rows_.has_value() ? *num_rows_ - num_made_ : kMaxBatchRows;
    if (left <= 0) return Progress::kFinished;
    const int64_t now_us = context_->env->MonotonicUs();
    const double elapsed_s = static_cast<double>(now_us - start_us_ + kTickUs) / 1e6;
    const auto allowed = static_cast<int64_t>(std::ceil(elapsed_s * rows_per_second_)) - num_sent_;
    const auto num_rows = static_cast<int32_t>(std::min({left, allowed, int64_t{kMaxBatchRows}}));
    if (num_rows <= 0) {
      context_->wake_at(now_us + kTickUs);
      return Progress::kBlocked;
    }
    Batch batch;
    batch.num_rows = num_rows;
    for (int32_t column : spec_.columns) {
      VectorBuilder builder(table_.columns[column].type, num_rows);
      generators_[column]->Fill(num_made_, 0, num_rows, builder);
      batch.columns.push_back(builder.Finish());
    }
    out.batch = std::move(batch);
    num_made_ += num_rows;
    num_sent_ += num_rows;
    return num_rows_.has_value() && num_made_ == *num_rows_ ? Progress::kFinished
                                                            : Progress::kHasMore;
  }

  SourcePosition Position() const override { return {{{key_, num_made_}}}; }

 private:
  const TableInfo table_;
  const ScanSpec spec_;
  const Session& session_;
  TaskContext* context_ = nullptr;
  std::string key_;
  double rows_per_second_ = 0;
  std::optional<int64_t> num_rows_;                         // of this instance
  std::vector<std::unique_ptr<DatagenColumn>> generators_;  // null: nobody reads the column
  int64_t start_us_ = 0;
  int64_t num_made_ = 0;  // ever
  int64_t num_sent_ = 0;  // since the start
};

StatusOr<std::unique_ptr<Source>> MakeDatagenSource(const TableInfo& table, const ScanSpec& spec,
                                                    const Session& session) {
  return std::make_unique<DatagenSource>(table, spec, session);
}

bool IsSequence(const Options& options, const std::string& column) {
  return options.Find(absl::StrCat("fields.", column, ".kind")) == "sequence";
}

bool IsBounded(const TableInfo& table) {
  if (table.options.Find("number-of-rows").has_value()) return true;
  return std::any_of(table.columns.begin(), table.columns.end(), [&](const TableColumn& column) {
    return IsSequence(table.options, column.name);
  });
}

// Every fields.<column>.<attribute> names a column, and every column's attributes make sense.
std::vector<OptionProblem> Check(const TableInfo& table) {
  std::vector<OptionProblem> problems;
  std::vector<std::string_view> names;
  for (const TableColumn& column : table.columns) names.push_back(column.name);
  for (const auto& [key, value] : table.options.values()) {
    if (!key.starts_with("fields.")) continue;
    const bool known = std::any_of(names.begin(), names.end(), [&](std::string_view name) {
      return std::string_view(key).substr(7).starts_with(std::string(name) + ".");
    });
    if (known) continue;
    const std::string column = key.substr(7, key.find('.', 7) - 7);
    const std::string nearest = NearestOf(column, names);
    problems.push_back({key, ErrorCode::kUnknownOption,
                        absl::StrCat("option '", key, "': there is no column '", column, "'"),
                        nearest.empty() ? "" : absl::StrCat("did you mean '", nearest, "'?")});
  }
  for (const TableColumn& column : table.columns) {
    const std::string prefix = absl::StrCat("fields.", column.name, ".");
    CheckDatagenColumn(column.type, prefix, table.options.WithPrefix(prefix), &problems);
  }
  return problems;
}

}  // namespace

Connector Connector_datagen() {
  return {.name = "datagen",
          .help = "Rows of random or counted values, at a given rate.",
          .options = kOptions,
          .make_source = MakeDatagenSource,
          .is_bounded = IsBounded,
          .check = Check};
}

}  // namespace sluice
