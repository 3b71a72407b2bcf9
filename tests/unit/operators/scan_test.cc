#include "operators/scan.h"

#include "operator_testing.h"

namespace sluice {
namespace {

// Blocks of records as a test wants them; one metadata column, the number of the block.
struct Script {
  std::vector<std::vector<std::string>> blocks;
  bool too_long = false;  // the last block
};
Script* script = nullptr;

class ScriptedSource : public Source {
 public:
  Status Open(const SourcePosition&, TaskContext&) override { return OkStatus(); }
  StatusOr<Progress> Poll(SourceOutput& out) override {
    const size_t block = next_++;
    RawRecords records;
    records.origin = std::make_shared<const std::string>("origin");
    for (const std::string& record : script->blocks[block]) {
      records.records.push_back(record);
      records.offsets.push_back(static_cast<int64_t>(records.offsets.size()));
    }
    const auto size = static_cast<int32_t>(records.records.size());
    records.metadata = {
        MakeConstant(Type::BigInt(), Value::OfInt(static_cast<int64_t>(block)), size)};
    if (size > 0) out.records = std::move(records);
    const bool last = next_ == script->blocks.size();
    if (last && script->too_long) out.errors.Add(0, ErrorCode::kRecordTooLong, "long");
    return last ? Progress::kFinished : Progress::kHasMore;
  }
  SourcePosition Position() const override { return {{{"block", static_cast<int64_t>(next_)}}}; }

 private:
  size_t next_ = 0;
};

// Two records a call. "-": filtered, "_": skipped, "!": an error; else the record itself.
class ScriptedDecoder : public Decoder {
 public:
  StatusOr<size_t> Decode(const RawRecords& records, size_t first, DecodeOutput& out) override {
    out = DecodeOutput();
    const size_t end = std::min(first + 2, records.records.size());
    std::vector<Value> values;
    for (size_t i = first; i < end; ++i) {
      const std::string record(records.records[i]);
      const auto index = static_cast<int32_t>(i);
      if (record == "-") {
        ++out.num_filtered;
      } else if (record == "_") {
        ++out.num_skipped;
      } else if (record == "!") {
        out.errors.Add(index, ErrorCode::kBadRecord, "bad");
      } else {
        values.push_back(Value::OfText(record));
        out.record_of_row.push_back(index);
      }
    }
    out.num_rows = static_cast<int32_t>(values.size());
    out.columns = {Column(Type::String(), values)};
    return end;
  }
};

class ScanTest : public OperatorTest {
 protected:
  ScanTest() {
    script = &script_;
    connector_.raw_source = true;
    connector_.make_source = [](const TableInfo&, const ScanSpec&,
                                const Session&) -> StatusOr<std::unique_ptr<Source>> {
      return std::make_unique<ScriptedSource>();
    };
    format_.make_decoder = [](const Options&, const DecodeSpec&,
                              const Session&) -> StatusOr<std::unique_ptr<Decoder>> {
      return std::make_unique<ScriptedDecoder>();
    };
  }
  std::unique_ptr<SourceOperator> Open(std::vector<int32_t> output = {}) {
    TableScanSpec spec;
    spec.connector = &connector_;
    spec.format = &format_;
    spec.output = std::move(output);
    auto scan = MakeScan(std::move(spec), {});
    EXPECT_TRUE(scan->Open(context_).ok());
    return scan;
  }
  static std::vector<std::string> Texts(const std::vector<Batch>& batches) {
    std::vector<std::string> texts;
    for (const Batch& batch : batches) {
      for (int32_t row = 0; row < batch.num_rows; ++row) {
        texts.push_back(GetValue(batch.columns[0], row).as_text());
      }
    }
    return texts;
  }
  Script script_;
  Connector connector_;
  Format format_;
};

TEST_F(ScanTest, CountsEveryRecordAsRowFilteredSkippedOrDead) {
  script_.blocks = {{"a", "-", "b", "!", "_"}, {}, {"c"}};
  auto scan = Open();
  EXPECT_EQ(Texts(Drain(*scan)), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(Counted(metric::kRecordsIn), 6);
  EXPECT_EQ(Counted(metric::kRecordsFiltered), 1);
  EXPECT_EQ(Counted(metric::kRecordsSkipped), 1);
  EXPECT_EQ(Counted(metric::kBytesIn), 6);
  ASSERT_EQ(errors_.errors.size(), 1u);
  EXPECT_EQ(errors_.errors[0].row, 3);
}

TEST_F(ScanTest, ThePositionIsBehindWholeBlocksOnly) {
  script_.blocks = {{"a", "b", "c"}, {"d"}};
  auto scan = Open();
  SingleOutput out;
  EXPECT_EQ(*scan->Advance(out), Progress::kHasMore);  // a, b
  EXPECT_TRUE(scan->Position().offsets.empty());
  EXPECT_EQ(*scan->Advance(out), Progress::kHasMore);  // c
  EXPECT_EQ(scan->Position().offsets.at("block"), 1);
  EXPECT_EQ(*scan->Advance(out), Progress::kFinished);  // d
  EXPECT_EQ(scan->Position().offsets.at("block"), 2);
  EXPECT_EQ(*scan->Advance(out), Progress::kFinished);
}

TEST_F(ScanTest, PutsDecodedAndMetadataColumnsInOrder) {
  script_.blocks = {{"a"}, {"-", "b"}};
  auto scan = Open({~0, 0});
  const std::vector<Batch> batches = Drain(*scan);
  ASSERT_EQ(batches.size(), 2u);
  EXPECT_EQ(GetValue(batches[1].columns[0], 0), Value::OfInt(1));
  EXPECT_EQ(GetValue(batches[1].columns[1], 0), Value::OfText("b"));
}

TEST_F(ScanTest, KeepsOriginsForDeadLetters) {
  script_.blocks = {{"-", "a", "b"}};
  errors_.keeps_origins = true;
  auto scan = Open();
  const std::vector<Batch> batches = Drain(*scan);
  ASSERT_EQ(batches.size(), 2u);
  EXPECT_EQ(GetValue(batches[0].origins.indexes, 0), Value::OfInt(1));
  EXPECT_EQ(GetValue(batches[1].origins.indexes, 0), Value::OfInt(2));
  EXPECT_EQ(batches[0].origins.records->records[1], "a");
}

TEST_F(ScanTest, ABlockThatTheSourceFoundBadIsNotDecoded) {
  script_.blocks = {{"a"}, {"much too lo"}};
  script_.too_long = true;
  auto scan = Open();
  EXPECT_EQ(Texts(Drain(*scan)), std::vector<std::string>{"a"});
  ASSERT_EQ(errors_.errors.size(), 1u);
  EXPECT_EQ(errors_.errors[0].code, ErrorCode::kRecordTooLong);
  EXPECT_EQ(Counted(metric::kRecordsIn), 2);
}

}  // namespace
}  // namespace sluice
