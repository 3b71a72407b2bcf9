// Changelogs for the tests of operators with state: random ones, what they materialise to, and a
// harness that feeds an operator batch by batch.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/env.h"
#include "base/metrics.h"
#include "operator_testing.h"
#include "operators/operator.h"
#include "types/value.h"

namespace sluice {

using Row = std::vector<Value>;

struct Change {
  RowKind kind;
  Row row;
};

inline Value Int(int64_t value) { return Value::OfInt(value); }
inline Value Str(std::string value) { return Value::OfText(std::move(value)); }
inline const Value kNull;

inline std::string Show(const Value& value) {
  if (value.is_null()) return "NULL";
  if (std::holds_alternative<int64_t>(value.variant())) return std::to_string(value.as_int());
  if (std::holds_alternative<double>(value.variant())) return std::to_string(value.as_double());
  return "'" + value.as_text() + "'";
}
inline std::string Show(const Row& row) {
  std::string shown;
  for (const Value& value : row) shown += (shown.empty() ? "" : ", ") + Show(value);
  return shown;
}
inline std::string Show(const Change& change) {
  return std::string(RowKindName(change.kind)) + " " + Show(change.row);
}
inline std::vector<std::string> Show(const std::vector<Change>& changes) {
  std::vector<std::string> shown;
  for (const Change& change : changes) shown.push_back(Show(change));
  return shown;
}

inline bool Adds(const Change& change) {
  return change.kind == RowKind::kInsert || change.kind == RowKind::kUpdateAfter;
}

// How often each row occurs. No row is ever taken away before it was added.
class Materialized {
 public:
  void Apply(const std::vector<Change>& changes) {
    for (const Change& change : changes) {
      int& count = counts_[Show(change.row)];
      count += Adds(change) ? 1 : -1;
      EXPECT_GE(count, 0) << "retracts what is not there: " << Show(change);
      if (count == 0) counts_.erase(Show(change.row));
    }
  }
  void Add(const Row& row) { ++counts_[Show(row)]; }
  friend bool operator==(const Materialized&, const Materialized&) = default;
  const std::map<std::string, int>& counts() const { return counts_; }

 private:
  std::map<std::string, int> counts_;
};

// A valid changelog: its deletes are of rows that live. Rows come from `make_row`.
class RandomChangelog {
 public:
  template <typename MakeRow>
  static std::vector<Change> Make(std::mt19937& random, int size, bool append_only,
                                  MakeRow make_row) {
    std::vector<Change> changes;
    std::vector<Row> live;
    while (static_cast<int>(changes.size()) < size) {
      const uint32_t dice = append_only || live.empty() ? 0 : random() % 10;
      if (dice < 5) {
        live.push_back(make_row());
        changes.push_back({RowKind::kInsert, live.back()});
        continue;
      }
      std::swap(live[random() % live.size()], live.back());
      changes.push_back({dice < 7 ? RowKind::kDelete : RowKind::kUpdateBefore, live.back()});
      live.pop_back();
      if (dice < 7) continue;
      live.push_back(make_row());
      changes.push_back({RowKind::kUpdateAfter, live.back()});
    }
    return changes;
  }
};

// The live rows of a changelog, in order of arrival; a retraction takes the oldest equal row.
class LiveRowsModel {
 public:
  void Apply(const Change& change) {
    if (Adds(change)) return rows_.push_back(change.row);
    const auto found = std::find(rows_.begin(), rows_.end(), change.row);
    if (found != rows_.end()) rows_.erase(found);
  }
  const std::vector<Row>& rows() const { return rows_; }

 private:
  std::vector<Row> rows_;
};

inline Batch MakeBatch(const std::vector<Type>& types, const std::vector<Change>& changes) {
  Batch batch;
  batch.num_rows = static_cast<int32_t>(changes.size());
  for (size_t c = 0; c < types.size(); ++c) {
    VectorBuilder builder(types[c], batch.num_rows);
    for (int32_t i = 0; i < batch.num_rows; ++i) SetValue(builder, i, changes[i].row[c]);
    batch.columns.push_back(builder.Finish());
  }
  std::shared_ptr<RowKind[]> kinds(new RowKind[changes.size()]);
  for (size_t i = 0; i < changes.size(); ++i) kinds[i] = changes[i].kind;
  batch.row_kinds = std::move(kinds);
  return batch;
}

// Feeds one operator as its task would.
class OperatorHarness : public Output {
 public:
  explicit OperatorHarness(std::unique_ptr<Operator> op) : operator_(std::move(op)) {
    context_.session = &session_;
    context_.env = Env::Posix();
    context_.metrics = &metrics_;
    context_.operator_name = "tested";
    context_.errors = &errors_;
    EXPECT_TRUE(operator_->Open(context_).ok());
  }

  // The changes that this batch makes.
  std::vector<Change> Push(int input, const std::vector<Type>& types,
                           const std::vector<Change>& changes) {
    output_.clear();
    EXPECT_TRUE(operator_->AddInput(input, MakeBatch(types, changes)).ok());
    for (;;) {
      num_emitted_ = 0;
      const StatusOr<Progress> progress = operator_->Advance(*this);
      EXPECT_TRUE(progress.ok()) << progress.status();
      EXPECT_LE(num_emitted_, 1);
      if (!progress.ok() || *progress != Progress::kHasMore) break;
    }
    return output_;
  }
  std::vector<std::string> PushAndShow(int input, const std::vector<Type>& types,
                                       const std::vector<Change>& changes) {
    return Show(Push(input, types, changes));
  }

  void EmitTo(int32_t, Batch batch) override {
    ++num_emitted_;
    EXPECT_GT(batch.num_rows, 0);
    EXPECT_LE(batch.num_rows, kMaxBatchRows);
    for (int32_t i = 0; i < batch.num_rows; ++i) {
      Change change{batch.kind(i), {}};
      for (const Vector& column : batch.columns) {
        EXPECT_EQ(column.num_rows(), batch.num_rows);
        change.row.push_back(GetValue(column, i));
      }
      output_.push_back(std::move(change));
    }
  }

  const std::vector<RowError>& row_errors() const { return errors_.errors; }

 private:
  Session session_;
  Metrics metrics_;
  ErrorCollector errors_;
  OperatorContext context_;
  std::unique_ptr<Operator> operator_;
  std::vector<Change> output_;
  int num_emitted_ = 0;
};

// The batch sizes every property is checked with.
inline constexpr size_t kBatchSizes[] = {1, 3, 2048};

// Enough changes for batches of this size; not more, as the models compute all anew per batch.
inline int NumChangesFor(size_t batch_size) { return batch_size > 100 ? 5000 : 300; }

// Calls `work` with each stretch of `batch_size` changes.
template <typename Work>
void ForEachBatch(const std::vector<Change>& changes, size_t batch_size, Work work) {
  for (size_t begin = 0; begin < changes.size(); begin += batch_size) {
    const size_t end = std::min(changes.size(), begin + batch_size);
    work(std::vector<Change>(changes.begin() + begin, changes.begin() + end));
  }
}

}  // namespace sluice
