#include "runtime/row_error_policy.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "testing.h"

namespace sluice {
namespace {

class FixedEnv : public Env {
 public:
  int64_t WallMs() const override { return 1'700'000'000'123; }
  int64_t MonotonicUs() const override { return 0; }
};

RawRecords Records(std::vector<std::string_view> records) {
  RawRecords block;
  block.origin = std::make_shared<const std::string>("in.json");
  int64_t offset = 0;
  for (std::string_view record : records) {
    block.records.push_back(record);
    block.offsets.push_back(offset);
    offset += static_cast<int64_t>(record.size()) + 1;
  }
  return block;
}

class DeadLettersTest : public testing::Test {
 protected:
  DeadLettersTest() : path_(testing::TempDir() + "/letters-" + RandomUuid() + ".jsonl") {
    auto letters = DeadLetters::Open(path_, std::make_shared<const Session>(), &env_, &metrics_);
    letters_ = *std::move(letters);
  }
  ~DeadLettersTest() override { std::remove(path_.c_str()); }
  std::string Written() {
    EXPECT_TRUE(letters_->Flush().ok());
    std::ostringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }
  const std::string path_;
  FixedEnv env_;
  Metrics metrics_;
  std::unique_ptr<DeadLetters> letters_;
};

TEST_F(DeadLettersTest, KeepsRecordsWithTheirPositionAndReason) {
  RowErrors errors;
  errors.Add(1, ErrorCode::kBadRecord, "no \"value\"");
  ASSERT_TRUE(letters_->OnRecordErrors("Source: t", Records({"{}", "{\"a\":\n"}), errors).ok());
  EXPECT_EQ(Written(),
            "{\"time\":\"2023-11-14T22:13:20.123Z\",\"operator\":\"Source: t\",\"code\":\"SL3001\","
            "\"reason\":\"no \\\"value\\\"\",\"origin\":\"in.json\",\"offset\":3,"
            "\"record\":\"{\\\"a\\\":\\n\"}\n");
  EXPECT_EQ(metrics_.Total(metric::kDeadLetters), 1);
}

TEST_F(DeadLettersTest, BytesThatAreNotUtf8AreBase64) {
  RowErrors errors;
  errors.Add(0, ErrorCode::kBadRecord, "bad");
  ASSERT_TRUE(
      letters_->OnRecordErrors("s", Records({std::string_view("\xff\x00\x01", 3)}), errors).ok());
  EXPECT_NE(Written().find("\"recordBase64\":\"/wAB\""), std::string::npos);
}

TEST_F(DeadLettersTest, ARowIsStoredAsTheRecordItCameFrom) {
  Batch batch = NumberBatch({7, 8});
  VectorBuilder indexes(Type::Int().NotNull(), 2);
  indexes.values<int32_t>()[0] = 1;
  indexes.values<int32_t>()[1] = 0;
  batch.origins = {std::make_shared<const RawRecords>(Records({"first", "second"})),
                   indexes.Finish()};
  RowErrors errors;
  errors.Add(0, ErrorCode::kBadExpression, "x");
  ASSERT_TRUE(letters_->OnRowErrors("Calc", batch, errors).ok());
  EXPECT_NE(Written().find("\"offset\":6,\"record\":\"second\""), std::string::npos);
}

TEST_F(DeadLettersTest, ARowWithoutOriginIsStoredAsItsValues) {
  Batch batch;
  batch.columns = {Numbers({7}), Texts({"a\"b"})};
  batch.num_rows = 1;
  RowErrors errors;
  errors.Add(0, ErrorCode::kBadExpression, "x");
  ASSERT_TRUE(letters_->OnRowErrors("Calc", batch, errors).ok());
  EXPECT_NE(Written().find("\"record\":[\"7\",\"a\\\"b\"]}"), std::string::npos);
}

TEST(FailJobTest, NamesRecordPositionAndCode) {
  FailJob policy(std::make_shared<const Session>());
  RowErrors errors;
  EXPECT_TRUE(policy.OnRecordErrors("s", Records({"a"}), errors).ok());
  errors.Add(1, ErrorCode::kBadRecord, "no JSON");
  const Status status = policy.OnRecordErrors("s", Records({"a", "x\ny"}), errors);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(std::string(status.message()).starts_with("SL3001 no JSON (in.json at 2: x\\ny)."))
      << status;
}

TEST(FailJobTest, ShowsARecordAsItIsButForWhatATerminalObeys) {
  FailJob policy(std::make_shared<const Session>());
  RowErrors errors;
  errors.Add(0, ErrorCode::kBadRecord, "bad");
  const auto shown = [&](std::string_view record) {
    const Status status = policy.OnRecordErrors("s", Records({record}), errors);
    const std::string message(status.message());
    const size_t begin = message.find("at 0: ") + 6;
    return message.substr(begin, message.find("). ") - begin);
  };
  EXPECT_EQ(shown(R"({"错题":"解方程😀\n"})"), R"({"错题":"解方程😀\n"})");
  EXPECT_EQ(shown("\x1b[31m\x7f\xc2\x9b\t"), "\\x1b[31m\\x7f\\xc2\\x9b\\t");
  EXPECT_EQ(shown("a\xff\xe9\x94"), "a\\xff\\xe9\\x94");
  std::string text(199, 'x');
  text.append("错题");
  const std::string cut = shown(text);
  EXPECT_TRUE(cut.ends_with("xx错… (205 bytes)")) << cut;
}

TEST(FailJobTest, ShowsARowAsJson) {
  FailJob policy(std::make_shared<const Session>());
  Batch batch;
  batch.columns = {Numbers({7}), Texts({"错\"题\n"})};
  batch.num_rows = 1;
  RowErrors errors;
  errors.Add(0, ErrorCode::kBadExpression, "cannot cast '错\"\x1b'");
  const std::string message(policy.OnRowErrors("Calc", batch, errors).message());
  EXPECT_NE(message.find(R"(cannot cast '错"\x1b' ()"), std::string::npos) << message;
  EXPECT_NE(message.find(R"((row ["7","错\"题\n"]))"), std::string::npos) << message;
}

}  // namespace
}  // namespace sluice
