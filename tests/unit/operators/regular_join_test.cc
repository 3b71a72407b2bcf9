#include "operators/regular_join.h"

#include "changelog_testing.h"

namespace sluice {
namespace {

using Shown = std::vector<std::string>;

const std::vector<Type> kLeftTypes = {Type::Int(), Type::String()};
const std::vector<Type> kRightTypes = {Type::Int(), Type::String().NotNull()};

constexpr int kLeft = 0;
constexpr int kRight = 1;

const std::vector<Type>& TypesOf(int side) { return side == kLeft ? kLeftTypes : kRightTypes; }

RegularJoinSpec Spec(JoinType type) {
  return {.type = type,
          .left_keys = {0},
          .right_keys = {0},
          .left_types = kLeftTypes,
          .right_types = kRightTypes};
}

// left text < right text
ExprPtr TextsAscend() {
  const ScalarFunction* less = FunctionRegistry::Get().Find("<");
  return *MakeCall(*less, {MakeColumn(1, kLeftTypes[1]), MakeColumn(3, kRightTypes[1])}, Session());
}

Change Plus(Value key, Value text) { return {RowKind::kInsert, {key, text}}; }
Change Minus(Value key, Value text) { return {RowKind::kDelete, {key, text}}; }

class JoinHarness : public OperatorHarness {
 public:
  explicit JoinHarness(RegularJoinSpec spec) : OperatorHarness(MakeRegularJoin(std::move(spec))) {}
  Shown Left(const std::vector<Change>& changes) { return PushAndShow(kLeft, kLeftTypes, changes); }
  Shown Right(const std::vector<Change>& changes) {
    return PushAndShow(kRight, kRightTypes, changes);
  }
};

TEST(RegularJoin, InnerKeepsTheKindsOfItsInput) {
  JoinHarness join(Spec(JoinType::kInner));
  EXPECT_EQ(join.Left({Plus(Int(1), Str("a")), Plus(kNull, Str("n"))}), Shown{});
  EXPECT_EQ(join.Right({Plus(Int(1), Str("x")), Plus(kNull, Str("y"))}),
            (Shown{"+I 1, 'a', 1, 'x'"}));
  EXPECT_EQ(join.Right({{RowKind::kUpdateBefore, {Int(1), Str("x")}},
                        {RowKind::kUpdateAfter, {Int(1), Str("z")}}}),
            (Shown{"-U 1, 'a', 1, 'x'", "+U 1, 'a', 1, 'z'"}));
  EXPECT_EQ(join.Left({Minus(Int(1), Str("a")), Minus(Int(1), Str("unknown"))}),
            (Shown{"-D 1, 'a', 1, 'z'"}));
}

TEST(RegularJoin, LeftPadsUntilTheFirstMatch) {
  JoinHarness join(Spec(JoinType::kLeft));
  EXPECT_EQ(join.Left({Plus(Int(1), Str("a")), Plus(kNull, Str("n"))}),
            (Shown{"+I 1, 'a', NULL, NULL", "+I NULL, 'n', NULL, NULL"}));
  EXPECT_EQ(join.Right({Plus(Int(1), Str("x")), Plus(Int(1), Str("y"))}),
            (Shown{"-D 1, 'a', NULL, NULL", "+I 1, 'a', 1, 'x'", "+I 1, 'a', 1, 'y'"}));
  EXPECT_EQ(join.Right({Minus(Int(1), Str("x")), Minus(Int(1), Str("y"))}),
            (Shown{"-D 1, 'a', 1, 'x'", "-D 1, 'a', 1, 'y'", "+I 1, 'a', NULL, NULL"}));
  EXPECT_EQ(join.Left({Minus(kNull, Str("n")), Minus(Int(1), Str("a"))}),
            (Shown{"-D NULL, 'n', NULL, NULL", "-D 1, 'a', NULL, NULL"}));
}

TEST(RegularJoin, FullPadsBothSides) {
  JoinHarness join(Spec(JoinType::kFull));
  EXPECT_EQ(join.Right({Plus(Int(1), Str("x"))}), (Shown{"+I NULL, NULL, 1, 'x'"}));
  EXPECT_EQ(join.Left({Plus(Int(1), Str("a")), Plus(Int(2), Str("b"))}),
            (Shown{"-D NULL, NULL, 1, 'x'", "+I 1, 'a', 1, 'x'", "+I 2, 'b', NULL, NULL"}));
  EXPECT_EQ(join.Left({Minus(Int(1), Str("a"))}),
            (Shown{"-D 1, 'a', 1, 'x'", "+I NULL, NULL, 1, 'x'"}));
}

TEST(RegularJoin, SemiAndAntiDecideByFirstAndLastMatch) {
  JoinHarness semi(Spec(JoinType::kSemi));
  JoinHarness anti(Spec(JoinType::kAnti));
  EXPECT_EQ(semi.Left({Plus(Int(1), Str("a")), Plus(kNull, Str("n"))}), Shown{});
  EXPECT_EQ(anti.Left({Plus(Int(1), Str("a")), Plus(kNull, Str("n"))}),
            (Shown{"+I 1, 'a'", "+I NULL, 'n'"}));
  const std::vector<Change> two = {Plus(Int(1), Str("x")), Plus(Int(1), Str("x"))};
  EXPECT_EQ(semi.Right(two), (Shown{"+I 1, 'a'"}));
  EXPECT_EQ(anti.Right(two), (Shown{"-D 1, 'a'"}));
  EXPECT_EQ(semi.Right({Minus(Int(1), Str("x"))}), Shown{});
  EXPECT_EQ(anti.Right({Minus(Int(1), Str("x"))}), Shown{});
  EXPECT_EQ(semi.Right({Minus(Int(1), Str("x"))}), (Shown{"-D 1, 'a'"}));
  EXPECT_EQ(anti.Right({Minus(Int(1), Str("x"))}), (Shown{"+I 1, 'a'"}));
}

TEST(RegularJoin, NullsAreEqualWhereTheKeyIsNullSafe) {
  RegularJoinSpec spec = Spec(JoinType::kInner);
  spec.null_safe = {true};
  JoinHarness join(spec);
  EXPECT_EQ(join.Left({Plus(kNull, Str("n")), Plus(Int(1), Str("a"))}), Shown{});
  EXPECT_EQ(join.Right({Plus(kNull, Str("x"))}), (Shown{"+I NULL, 'n', NULL, 'x'"}));
  EXPECT_EQ(join.Left({Minus(kNull, Str("n"))}), (Shown{"-D NULL, 'n', NULL, 'x'"}));
}

TEST(RegularJoin, NotInKnowsThatNullMayBeEqual) {
  RegularJoinSpec spec = Spec(JoinType::kAnti);
  spec.null_aware = true;
  JoinHarness join(spec);
  EXPECT_EQ(join.Left({Plus(Int(1), Str("a")), Plus(kNull, Str("n"))}),
            (Shown{"+I 1, 'a'", "+I NULL, 'n'"}));
  EXPECT_EQ(join.Right({Plus(Int(2), Str("x"))}), (Shown{"-D NULL, 'n'"}));
  EXPECT_EQ(join.Right({Plus(kNull, Str("y"))}), (Shown{"-D 1, 'a'"}));
  EXPECT_EQ(join.Left({Plus(Int(3), Str("b"))}), Shown{});
  EXPECT_EQ(join.Right({Minus(kNull, Str("y"))}), (Shown{"+I 1, 'a'", "+I 3, 'b'"}));
}

TEST(RegularJoin, FanOutIsHandedOutInBatches) {
  RegularJoinSpec spec = Spec(JoinType::kLeft);
  spec.left_keys.clear();
  spec.right_keys.clear();
  JoinHarness join(spec);
  std::vector<Change> rows(10000, Plus(Int(1), Str("same")));
  for (int i = 0; i < 10000; ++i) rows.push_back(Plus(Int(i), Str("x")));
  ForEachBatch(rows, 2000, [&](const std::vector<Change>& batch) { join.Right(batch); });
  const auto output = join.Push(kLeft, kLeftTypes, {Plus(Int(1), Str("a")), Plus(kNull, kNull)});
  EXPECT_EQ(output.size(), 40000u);
  EXPECT_EQ(join.Right({Plus(Int(7), Str("last"))}).size(), 2u);
}

TEST(RegularJoin, RowsThatCannotBeJudgedAreErrors) {
  const ScalarFunction* divide = FunctionRegistry::Get().Find("/");
  const ScalarFunction* greater = FunctionRegistry::Get().Find(">");
  const ExprPtr ten = MakeLiteral(Int(10), Type::Int());
  const ExprPtr ratio = *MakeCall(*divide, {ten, MakeColumn(0, Type::Int())}, Session());
  RegularJoinSpec spec = Spec(JoinType::kInner);
  spec.condition = *MakeCall(*greater, {ratio, MakeLiteral(Int(1), Type::Int())}, Session());
  JoinHarness join(spec);
  join.Right({Plus(Int(0), Str("x")), Plus(Int(2), Str("y"))});
  EXPECT_EQ(join.Left({Plus(Int(2), Str("a")), Plus(Int(0), Str("b"))}),
            (Shown{"+I 2, 'a', 2, 'y'"}));
  ASSERT_EQ(join.row_errors().size(), 1u);
  EXPECT_EQ(join.row_errors()[0].row, 1);
}

bool Matches(const RegularJoinSpec& spec, const Row& left, const Row& right) {
  if (!spec.left_keys.empty()) {
    const bool any_null = left[0].is_null() || right[0].is_null();
    const bool null_safe = !spec.null_safe.empty() && spec.null_safe[0];
    if (any_null && !null_safe ? !spec.null_aware : left[0] != right[0]) return false;
  }
  if (spec.condition == nullptr) return true;
  return !left[1].is_null() && left[1].as_text() < right[1].as_text();
}

Row Concat(Row left, const Row& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Materialized Recompute(const RegularJoinSpec& spec, const std::vector<Row>& left,
                       const std::vector<Row>& right) {
  const bool pads_right = spec.type == JoinType::kLeft || spec.type == JoinType::kFull;
  const bool pads_left = spec.type == JoinType::kRight || spec.type == JoinType::kFull;
  const bool one_sided = spec.type == JoinType::kSemi || spec.type == JoinType::kAnti;
  std::vector<bool> right_matched(right.size(), false);
  Materialized expected;
  for (const Row& l : left) {
    bool matched = false;
    for (size_t r = 0; r < right.size(); ++r) {
      if (!Matches(spec, l, right[r])) continue;
      matched = right_matched[r] = true;
      if (!one_sided) expected.Add(Concat(l, right[r]));
    }
    if (one_sided && matched == (spec.type == JoinType::kSemi)) expected.Add(l);
    if (pads_right && !matched) expected.Add(Concat(l, {kNull, kNull}));
  }
  for (size_t r = 0; r < right.size() && pads_left; ++r) {
    if (!right_matched[r]) expected.Add(Concat({kNull, kNull}, right[r]));
  }
  return expected;
}

void CheckAgainstRecomputation(const RegularJoinSpec& spec, uint32_t seed, size_t batch_size) {
  std::mt19937 random(seed);
  const uint32_t num_keys = batch_size > 100 ? 400 : 6;
  const int size = spec.left_keys.empty() ? 150 : NumChangesFor(batch_size);
  std::vector<std::vector<Change>> inputs;
  for (const int side : {kLeft, kRight}) {
    inputs.push_back(RandomChangelog::Make(random, size, false, [&] {
      const uint32_t null_share = spec.null_aware || !spec.null_safe.empty() ? 60 : 8;
      const Value key = random() % null_share == 0 ? kNull : Int(random() % num_keys);
      const Value text = Str(std::string(13, static_cast<char>('a' + random() % 4)));
      return Row{key, side == kLeft && random() % 8 == 0 ? kNull : text};
    }));
  }
  OperatorHarness harness(MakeRegularJoin(spec));
  LiveRowsModel live[2];
  size_t next[2] = {0, 0};
  Materialized actual;
  while (next[kLeft] < inputs[kLeft].size() || next[kRight] < inputs[kRight].size()) {
    const int dice = static_cast<int>(random() % 2);
    const int side = next[dice] < inputs[dice].size() ? dice : 1 - dice;
    const size_t end = std::min(inputs[side].size(), next[side] + batch_size);
    const std::vector<Change> batch(inputs[side].begin() + next[side], inputs[side].begin() + end);
    next[side] = end;
    actual.Apply(harness.Push(side, TypesOf(side), batch));
    for (const Change& change : batch) live[side].Apply(change);
    ASSERT_EQ(actual.counts(), Recompute(spec, live[kLeft].rows(), live[kRight].rows()).counts());
  }
}

enum class NullRule : uint8_t { kStrict, kSafe, kAware };

TEST(RegularJoin, EqualsRecomputation) {
  uint32_t seed = 0;
  for (const JoinType type : {JoinType::kInner, JoinType::kLeft, JoinType::kRight, JoinType::kFull,
                              JoinType::kSemi, JoinType::kAnti}) {
    for (const bool conditional : {false, true}) {
      for (const bool keyed : {true, false}) {
        for (const NullRule rule : {NullRule::kStrict, NullRule::kSafe, NullRule::kAware}) {
          if (rule != NullRule::kStrict && !keyed) continue;
          if (rule == NullRule::kAware && type != JoinType::kAnti) continue;
          for (const size_t batch_size : kBatchSizes) {
            RegularJoinSpec spec = Spec(type);
            if (conditional) spec.condition = TextsAscend();
            if (!keyed) spec.left_keys = spec.right_keys = {};
            spec.null_aware = rule == NullRule::kAware;
            if (rule == NullRule::kSafe) spec.null_safe = {true};
            SCOPED_TRACE(testing::Message() << "type " << static_cast<int>(type) << " conditional "
                                            << conditional << " keyed " << keyed << " nulls "
                                            << static_cast<int>(rule) << " batch " << batch_size);
            CheckAgainstRecomputation(spec, ++seed, batch_size);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace sluice
