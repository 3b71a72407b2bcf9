#include "operators/lookup_join.h"

#include <map>
#include <random>

#include "operator_testing.h"

namespace sluice {
namespace {

struct DimensionRow {
  int64_t id;
  std::string name;
  int64_t kind;
};

// The table behind the lookups: answers, counts, and fails on demand.
struct FakeStore {
  std::vector<DimensionRow> rows;
  std::vector<std::vector<int64_t>> requests;
  std::vector<Status> failures;  // of the next calls
  int64_t version = 0;
  int num_scans = 0;
} store;

class FakeLookup : public LookupSource {
 public:
  explicit FakeLookup(LookupSpec spec) : spec_(std::move(spec)) {}
  Status Open(TaskContext&) override { return OkStatus(); }

  Status Lookup(const std::vector<Vector>& keys, int32_t num_keys, LookupReply& out) override {
    SL_TRY(NextFailure());
    std::vector<int64_t> asked;
    std::vector<DimensionRow> found;
    for (int32_t k = 0; k < num_keys; ++k) {
      asked.push_back(keys[0].View<int64_t>()[k]);
      for (const DimensionRow& row : store.rows) {
        if (row.id != asked.back()) continue;
        found.push_back(row);
        out.key_of_row.push_back(k);
      }
    }
    store.requests.push_back(asked);
    Fill(found, out);
    return OkStatus();
  }

  Status ScanAll(LookupReply& out, bool& done) override {
    SL_TRY(NextFailure());
    ++store.num_scans;
    Fill(store.rows, out);
    done = true;
    return OkStatus();
  }

  int64_t ContentVersion() override { return store.version; }

 private:
  static Status NextFailure() {
    if (store.failures.empty()) return OkStatus();
    const Status failure = store.failures.front();
    store.failures.erase(store.failures.begin());
    return failure;
  }
  void Fill(const std::vector<DimensionRow>& rows, LookupReply& out) const {
    out.num_rows = static_cast<int32_t>(rows.size());
    for (int32_t column : spec_.columns) {
      std::vector<Value> values;
      for (const DimensionRow& row : rows) {
        values.push_back(column == 1 ? Value::OfText(row.name)
                                     : Value::OfInt(column == 0 ? row.id : row.kind));
      }
      const Type types[] = {Type::BigInt(), Type::String(), Type::Int()};
      out.columns.push_back(Column(types[column], values));
    }
  }
  const LookupSpec spec_;
};

// Work runs when the test says so.
class ManualPool : public IoPool {
 public:
  void Run(std::function<void()> work) override { waiting.push_back(std::move(work)); }
  void RunAll() {
    std::vector<std::function<void()>> works;
    works.swap(waiting);
    for (auto& work : works) work();
  }
  std::vector<std::function<void()>> waiting;
};

class ManualEnv : public Env {
 public:
  int64_t WallMs() const override { return now_ms; }
  int64_t MonotonicUs() const override { return now_ms * 1000; }
  int64_t now_ms = 1'700'000'000'000;
};

class LookupJoinTest : public OperatorTest {
 protected:
  LookupJoinTest() {
    store = FakeStore();
    store.rows = {{1, "one", 0},
                  {2, "two, which is a long name 数学🏆", 1},
                  {3, "three a", 0},
                  {3, "three b", 1},
                  {3, "three c", 0}};
    connector_.name = "fake";
    connector_.make_lookup = [](const TableInfo&, const LookupSpec& spec,
                                const Session&) -> StatusOr<std::unique_ptr<LookupSource>> {
      return std::make_unique<FakeLookup>(spec);
    };
    context_.env = &env_;
    context_.io_pool = &pool_;
    context_.wake = [this] { ++num_wakes_; };
    spec_.connector = &connector_;
    spec_.table.name = "dim";
    spec_.table.columns = {{"id", Type::BigInt()}, {"name", Type::String()}, {"kind", Type::Int()}};
    spec_.lookup = {.key_columns = {0}, .columns = {1, 2}};
    spec_.keys = {MakeColumn(0, Type::BigInt())};
    spec_.num_input_columns = 2;
    spec_.output_input = {0, 1};
    spec_.output_lookup = {0};
    spec_.left_outer = true;
    spec_.cache.kind = LookupCache::kPartial;
  }

  void Open() {
    op_ = MakeLookupJoin(spec_);
    ASSERT_TRUE(op_->Open(context_).ok());
  }
  // Keys (-1: NULL) with the numbers of their rows.
  static Batch Keys(const std::vector<int64_t>& keys) {
    std::vector<Value> values, numbers;
    for (size_t i = 0; i < keys.size(); ++i) {
      values.push_back(keys[i] < 0 ? Value() : Value::OfInt(keys[i]));
      numbers.push_back(Value::OfInt(static_cast<int64_t>(i)));
    }
    return Columns({Column(Type::BigInt(), values), Column(Type::BigInt(), numbers)});
  }
  static std::string Show(const Vector& column, int32_t row) {
    const Value value = GetValue(column, row);
    if (value.is_null()) return "-";
    return column.type().IsCharacter() ? value.as_text() : std::to_string(value.as_int());
  }
  // Feeds and runs what is asked for; "row:name" of each row that comes out.
  std::vector<std::string> Join(Batch batch) {
    std::vector<std::string> shown;
    EXPECT_TRUE(op_->AddInput(0, std::move(batch)).ok());
    for (int round = 0; round < 100; ++round) {
      SingleOutput out;
      const auto progress = op_->Advance(out);
      EXPECT_TRUE(progress.ok()) << progress.status();
      if (!progress.ok()) break;
      if (out.batch.has_value()) {
        EXPECT_LE(out.batch->num_rows, kMaxBatchRows);
        for (int32_t row = 0; row < out.batch->num_rows; ++row) {
          shown.push_back(Show(out.batch->columns[1], row) + ":" +
                          Show(out.batch->columns[2], row));
        }
      }
      if (*progress == Progress::kNeedsInput) break;
      if (*progress == Progress::kBlocked) pool_.RunAll();
    }
    return shown;
  }
  using Rows = std::vector<std::string>;

  ManualEnv env_;
  ManualPool pool_;
  Connector connector_;
  LookupJoinSpec spec_;
  std::unique_ptr<Operator> op_;
  int num_wakes_ = 0;
};

TEST_F(LookupJoinTest, LeftKeepsRowsWithoutMatchAndTheOrder) {
  Open();
  EXPECT_EQ(Join(Keys({3, 9, 1, -1, 3})),
            (Rows{"0:three a", "0:three b", "0:three c", "1:-", "2:one", "3:-", "4:three a",
                  "4:three b", "4:three c"}));
  ASSERT_EQ(store.requests.size(), 1u);
  EXPECT_EQ(store.requests[0], (std::vector<int64_t>{3, 9, 1}));  // each once, no NULL
}

TEST_F(LookupJoinTest, InnerDropsThem) {
  spec_.left_outer = false;
  Open();
  EXPECT_EQ(Join(Keys({2, 9, -1, 1})), (Rows{"0:two, which is a long name 数学🏆", "3:one"}));
  EXPECT_EQ(Counted(metric::kRecordsFiltered), 2);
}

TEST_F(LookupJoinTest, WaitsWithoutBlockingAndGoesOnWhenWoken) {
  Open();
  ASSERT_TRUE(op_->AddInput(0, Keys({1})).ok());
  SingleOutput out;
  EXPECT_EQ(*op_->Advance(out), Progress::kBlocked);
  EXPECT_EQ(*op_->Advance(out), Progress::kBlocked);
  EXPECT_FALSE(out.batch.has_value());
  EXPECT_EQ(pool_.waiting.size(), 1u);
  pool_.RunAll();
  EXPECT_EQ(num_wakes_, 1);
  EXPECT_EQ(*op_->Advance(out), Progress::kNeedsInput);
  ASSERT_TRUE(out.batch.has_value());
}

TEST_F(LookupJoinTest, PartialCacheRemembersAlsoWhatIsNotThere) {
  Open();
  Join(Keys({1, 9}));
  EXPECT_EQ(Join(Keys({9, 1, 1})), (Rows{"0:-", "1:one", "2:one"}));
  EXPECT_EQ(store.requests.size(), 1u);
  EXPECT_EQ(Counted(metric::kLookupMisses), 2);
  EXPECT_EQ(Counted(metric::kLookupHits), 3);
}

TEST_F(LookupJoinTest, MissingKeysCanBeLeftOutOfTheCache) {
  spec_.cache.cache_missing_key = false;
  Open();
  Join(Keys({1, 9}));
  Join(Keys({1, 9}));
  EXPECT_EQ(store.requests, (std::vector<std::vector<int64_t>>{{1, 9}, {9}}));
}

TEST_F(LookupJoinTest, NoCacheAsksForEveryBatchOnce) {
  spec_.cache.kind = LookupCache::kNone;
  Open();
  Join(Keys({1, 1, 2}));
  store.rows[0].name = "uno";
  EXPECT_EQ(Join(Keys({1, 1})), (Rows{"0:uno", "1:uno"}));
  EXPECT_EQ(store.requests, (std::vector<std::vector<int64_t>>{{1, 2}, {1}}));
}

TEST_F(LookupJoinTest, ExpiresAfterWrite) {
  spec_.cache.expire_after_write_ms = 1000;
  Open();
  Join(Keys({1}));
  store.rows[0].name = "uno";
  env_.now_ms += 999;
  EXPECT_EQ(Join(Keys({1})), (Rows{"0:one"}));
  env_.now_ms += 1;
  EXPECT_EQ(Join(Keys({1})), (Rows{"0:uno"}));
}

TEST_F(LookupJoinTest, ExpiresAfterAccess) {
  spec_.cache.expire_after_access_ms = 1000;
  Open();
  Join(Keys({1}));
  for (int i = 0; i < 5; ++i) {
    env_.now_ms += 900;
    Join(Keys({1}));
  }
  EXPECT_EQ(store.requests.size(), 1u);
  env_.now_ms += 1000;
  Join(Keys({1}));
  EXPECT_EQ(store.requests.size(), 2u);
}

TEST_F(LookupJoinTest, EvictsDownToTheBound) {
  spec_.cache.max_rows = 2;
  Open();
  Join(Keys({1, 2, 3, 9}));
  store.requests.clear();
  Join(Keys({1, 2, 3, 9}));
  ASSERT_EQ(store.requests.size(), 1u);
  EXPECT_EQ(store.requests[0].size(), 2u);
}

TEST_F(LookupJoinTest, TriesAgainThenSaysWhatFailed) {
  spec_.max_retries = 2;
  Open();
  store.failures = {absl::UnavailableError("busy"), absl::UnavailableError("busy")};
  ASSERT_TRUE(op_->AddInput(0, Keys({1})).ok());
  SingleOutput out;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(*op_->Advance(out), Progress::kBlocked);
    pool_.RunAll();
    EXPECT_EQ(*op_->Advance(out), Progress::kBlocked);  // pauses
    EXPECT_TRUE(pool_.waiting.empty());
    env_.now_ms += 1000;
  }
  EXPECT_EQ(*op_->Advance(out), Progress::kBlocked);
  pool_.RunAll();
  EXPECT_EQ(*op_->Advance(out), Progress::kNeedsInput);

  store.failures = {absl::InvalidArgumentError("no such column")};
  ASSERT_TRUE(op_->AddInput(0, Keys({7, 8})).ok());
  EXPECT_EQ(*op_->Advance(out), Progress::kBlocked);
  pool_.RunAll();
  const auto failed = op_->Advance(out);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.status().message(),
            "SL3006 lookup in table dim for id = 7 (and 1 other keys) failed after 1 try: no such "
            "column");
}

TEST_F(LookupJoinTest, FullCacheIsLoadedOnceAndReloadedWhenTheContentChanges) {
  spec_.cache.kind = LookupCache::kFull;
  store.version = 1;
  Open();
  EXPECT_EQ(Join(Keys({3, 9, 1, -1})),
            (Rows{"0:three a", "0:three b", "0:three c", "1:-", "2:one", "3:-"}));
  EXPECT_TRUE(store.requests.empty());
  EXPECT_EQ(store.num_scans, 1);

  env_.now_ms += 1000;
  ASSERT_LE(op_->NextTimerMs(), env_.now_ms);
  ASSERT_TRUE(op_->OnTimer(env_.now_ms).ok());
  pool_.RunAll();
  Join(Keys({1}));
  EXPECT_EQ(store.num_scans, 1);  // nothing has changed

  store.rows[0].name = "uno";
  store.version = 2;
  env_.now_ms += 1000;
  ASSERT_TRUE(op_->OnTimer(env_.now_ms).ok());
  EXPECT_EQ(Join(Keys({1})), (Rows{"0:one"}));  // while the new content is being read
  pool_.RunAll();
  EXPECT_EQ(Join(Keys({1})), (Rows{"0:uno"}));
}

TEST_F(LookupJoinTest, FailedReloadKeepsTheContentOfBefore) {
  spec_.cache.kind = LookupCache::kFull;
  spec_.cache.reload_interval_ms = 5000;
  Open();
  Join(Keys({1}));
  store.failures = {absl::InvalidArgumentError("gone")};
  env_.now_ms += 5000;
  ASSERT_TRUE(op_->OnTimer(env_.now_ms).ok());
  pool_.RunAll();
  EXPECT_EQ(Join(Keys({1})), (Rows{"0:one"}));
  EXPECT_LT(op_->NextTimerMs(), INT64_MAX);
}

TEST_F(LookupJoinTest, KindsGoOn) {
  Open();
  Batch batch = Keys({3, 1});
  std::shared_ptr<RowKind[]> kinds(new RowKind[2]{RowKind::kDelete, RowKind::kUpdateAfter});
  batch.row_kinds = kinds;
  ASSERT_TRUE(op_->AddInput(0, batch).ok());
  SingleOutput out;
  EXPECT_EQ(*op_->Advance(out), Progress::kBlocked);
  pool_.RunAll();
  ASSERT_TRUE(op_->Advance(out).ok());
  ASSERT_TRUE(out.batch.has_value());
  ASSERT_EQ(out.batch->num_rows, 4);
  EXPECT_EQ(out.batch->kind(2), RowKind::kDelete);
  EXPECT_EQ(out.batch->kind(3), RowKind::kUpdateAfter);
}

TEST_F(LookupJoinTest, ManyMatchesAreSplit) {
  store.rows.clear();
  for (int i = 0; i < 3000; ++i) store.rows.push_back({5, "r" + std::to_string(i), 0});
  Open();
  const Rows joined = Join(Keys({5, 9, 5, 5}));
  ASSERT_EQ(joined.size(), 9001u);
  EXPECT_EQ(joined[2999], "0:r2999");
  EXPECT_EQ(joined[3000], "1:-");
  EXPECT_EQ(joined[9000], "3:r2999");
}

// Against a map, with long keys of their own batch sizes, evictions, expiry and merges.
TEST_F(LookupJoinTest, AgreesWithAMapOverManyBatches) {
  store.rows.clear();
  std::map<int64_t, std::vector<std::string>> expected;
  std::mt19937 random(7);
  for (int i = 0; i < 3000; ++i) {
    const int64_t id = static_cast<int64_t>(random() % 2000);
    const std::string name = "name of row number " + std::to_string(i);
    store.rows.push_back({id, name, 0});
    expected[id].push_back(name);
  }
  std::stable_sort(store.rows.begin(), store.rows.end(),
                   [](const DimensionRow& a, const DimensionRow& b) { return a.id < b.id; });
  spec_.cache.max_rows = 700;
  spec_.cache.expire_after_write_ms = 300;
  Open();
  for (int batch = 0; batch < 60; ++batch) {
    std::vector<int64_t> keys(1 + random() % 200);
    for (int64_t& key : keys) {
      key = static_cast<int64_t>(random() % (batch % 2 == 0 ? 2500 : 100)) - 1;
    }
    Rows wanted;
    for (size_t i = 0; i < keys.size(); ++i) {
      auto found = expected.find(keys[i]);
      if (found == expected.end()) wanted.push_back(std::to_string(i) + ":-");
      for (const std::string& name : found == expected.end() ? Rows() : found->second) {
        wanted.push_back(std::to_string(i) + ":" + name);
      }
    }
    ASSERT_EQ(Join(Keys(keys)), wanted) << "batch " << batch;
    env_.now_ms += 10;
  }
}

}  // namespace
}  // namespace sluice
