#include "operators/table_sink.h"

#include "operator_testing.h"

namespace sluice {
namespace {

// What a sink was asked for: values of the first column, "flush", "close".
std::vector<std::string>* calls = nullptr;
int flushes_to_wait = 0;

class RecordingSink : public Sink {
 public:
  Status Open(TaskContext&) override { return OkStatus(); }
  StatusOr<Progress> Write(const Batch& batch) override {
    for (int32_t row = 0; row < batch.num_rows; ++row) {
      const Value value = GetValue(batch.columns[0], row);
      calls->push_back(value.is_null() ? "null" : value.as_text());
    }
    return Progress::kNeedsInput;
  }
  StatusOr<Progress> Flush() override {
    if (flushes_to_wait-- > 0) return Progress::kBlocked;
    calls->push_back("flush");
    return Progress::kNeedsInput;
  }
  Status Close() override {
    calls->push_back("close");
    return OkStatus();
  }
};

class TableSinkTest : public OperatorTest {
 protected:
  TableSinkTest() {
    calls = &calls_;
    flushes_to_wait = 0;
    connector_.make_sink = [](const TableInfo&, const SinkSpec&,
                              const Session&) -> StatusOr<std::unique_ptr<Sink>> {
      return std::make_unique<RecordingSink>();
    };
  }
  std::unique_ptr<Operator> Open(const Type& type,
                                 NotNullEnforcer not_null = NotNullEnforcer::kError,
                                 TypeLengthEnforcer length = TypeLengthEnforcer::kIgnore) {
    TableSinkSpec spec;
    spec.connector = &connector_;
    spec.table.name = "t";
    spec.table.columns = {{"a", type}};
    spec.sink.columns = {0};
    spec.not_null = not_null;
    spec.type_length = length;
    auto sink = MakeTableSink(std::move(spec));
    EXPECT_TRUE(sink->Open(context_).ok());
    return sink;
  }
  static Batch Of(const std::vector<Value>& values) {
    return Columns({Column(Type::String(), values)});
  }
  Connector connector_;
  std::vector<std::string> calls_;
};

TEST_F(TableSinkTest, FlushesAtBarriersAndClosesAtTheEnd) {
  auto sink = Open(Type::String());
  Feed(*sink, Of({Value::OfText("a"), Value::Null()}));
  flushes_to_wait = 1;
  ASSERT_TRUE(sink->OnControl(0, {.kind = ControlKind::kBarrier, .epoch = 1}).ok());
  SingleOutput out;
  EXPECT_EQ(*sink->Advance(out), Progress::kBlocked);
  EXPECT_EQ(*sink->Advance(out), Progress::kNeedsInput);
  EXPECT_EQ(*sink->Advance(out), Progress::kNeedsInput);
  ASSERT_TRUE(sink->OnControl(0, {.kind = ControlKind::kEndOfInput}).ok());
  Drain(*sink);
  EXPECT_EQ(calls_, (std::vector<std::string>{"a", "null", "flush", "flush", "close"}));
  EXPECT_EQ(Counted(metric::kRecordsOut), 2);
}

TEST_F(TableSinkTest, NullsForANotNullColumnAreErrors) {
  auto sink = Open(Type::String().NotNull());
  Feed(*sink, Of({Value::OfText("a"), Value::Null(), Value::OfText("b")}));
  EXPECT_EQ(calls_, (std::vector<std::string>{"a", "b"}));
  ASSERT_EQ(errors_.errors.size(), 1u);
  EXPECT_EQ(errors_.errors[0].code, ErrorCode::kNotNullViolation);
  EXPECT_EQ(Counted(metric::kRecordsOut), 2);
}

TEST_F(TableSinkTest, NullsForANotNullColumnCanBeDropped) {
  auto sink = Open(Type::String().NotNull(), NotNullEnforcer::kDrop);
  Feed(*sink, Of({Value::Null(), Value::OfText("a")}));
  Feed(*sink, Of({Value::Null()}));
  EXPECT_EQ(calls_, std::vector<std::string>{"a"});
  EXPECT_TRUE(errors_.errors.empty());
  EXPECT_EQ(Counted(metric::kRecordsDropped), 2);
}

TEST_F(TableSinkTest, TrimsAndPadsToTheDeclaredLength) {
  auto trim = [&](const Type& type, const std::string& text) {
    calls_.clear();
    auto sink = Open(type, NotNullEnforcer::kError, TypeLengthEnforcer::kTrimPad);
    Feed(*sink, Of({Value::OfText("ok"), Value::OfText(text), Value::Null()}));
    EXPECT_EQ(calls_.back(), "null");
    return calls_[1];
  };
  EXPECT_EQ(trim(Type::VarChar(3), "abcdef"), "abc");
  EXPECT_EQ(trim(Type::VarChar(3), "错题本子"), "错题本");
  EXPECT_EQ(trim(Type::VarChar(4), "错题本"), "错题本");
  EXPECT_EQ(trim(Type::Char(5), "错"), "错    ");
  EXPECT_EQ(trim(Type::VarBinary(3), "abcdef"), "abc");
  EXPECT_EQ(trim(Type::Binary(3), "a"), std::string("a\0\0", 3));
}

TEST_F(TableSinkTest, AWrongLengthCanBeAnError) {
  auto sink = Open(Type::Char(2), NotNullEnforcer::kError, TypeLengthEnforcer::kError);
  Feed(*sink, Of({Value::OfText("ab"), Value::OfText("a"), Value::OfText("abc")}));
  EXPECT_EQ(calls_, std::vector<std::string>{"ab"});
  ASSERT_EQ(errors_.errors.size(), 2u);
  EXPECT_EQ(errors_.errors[0].code, ErrorCode::kTypeLengthViolation);
}

TEST_F(TableSinkTest, LongValuesPassWhenNobodyLooks) {
  auto sink = Open(Type::VarChar(1));
  Feed(*sink, Of({Value::OfText("abc")}));
  EXPECT_EQ(calls_, std::vector<std::string>{"abc"});
}

}  // namespace
}  // namespace sluice
