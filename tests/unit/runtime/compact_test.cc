#include "runtime/compact.h"

#include <gtest/gtest.h>

#include "testing.h"

namespace sluice {
namespace {

TEST(CompactTest, ConcatenatesColumnsKindsAndMarks) {
  Batch a = NumberBatch({1, 2, 3});
  a.marks = {{1, 10}};
  Batch b = NumberBatch({4, 5});
  std::shared_ptr<RowKind[]> kinds(new RowKind[2]{RowKind::kDelete, RowKind::kUpdateAfter});
  b.row_kinds = kinds;
  b.marks = {{-1, 11}, {1, 12}};
  const Batch batches[] = {a, b};
  const Batch all = Concatenate(batches);
  EXPECT_EQ(NumbersOf(all), (std::vector<int64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(all.kind(0), RowKind::kInsert);
  EXPECT_EQ(all.kind(3), RowKind::kDelete);
  ASSERT_EQ(all.marks.size(), 3u);
  EXPECT_EQ(all.marks[1].row, 2);
  EXPECT_EQ(all.marks[2].row, 4);
}

TEST(CompactTest, KnowsWhatABatchUsesAndPins) {
  std::vector<std::string> texts(1000, std::string(100, 'x'));
  Batch batch;
  batch.columns = {Texts(texts)};
  batch.num_rows = 1000;
  batch.pinned_bytes = 1 << 20;
  EXPECT_EQ(UsedBytes(batch), 1000 * 116);
  EXPECT_EQ(PinnedBytes(batch), (1 << 20) + 16'000);
  std::shared_ptr<int32_t[]> rows(new int32_t[2]{5, 6});
  Batch few = batch.Select(rows, 2);
  EXPECT_EQ(UsedBytes(few), 2 * 116);
  EXPECT_EQ(PinnedBytes(few), (1 << 20) + 16'000);
  few = Concatenate({&few, 1});
  EXPECT_EQ(PinnedBytes(few), 2 * 16);
  EXPECT_EQ(few.columns[0].View<Text>()[1].view(), texts[6]);
}

}  // namespace
}  // namespace sluice
