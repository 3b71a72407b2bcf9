// Framing against a few lines that do it in the plain way: all short texts, all small chunks, all
// ways to cut them in two ranges.
#include "connectors/filesystem/record_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluice {
namespace {

class TextReader : public ByteReader {
 public:
  TextReader(std::string text, int64_t offset) : text_(std::move(text)), next_(offset) {}
  StatusOr<int64_t> Read(char* target, int64_t size) override {
    const int64_t n = std::min<int64_t>(size, static_cast<int64_t>(text_.size()) - next_);
    std::copy_n(text_.data() + next_, n, target);
    next_ += n;
    return n;
  }

 private:
  const std::string text_;
  int64_t next_;
};

struct Record {
  int64_t offset;
  std::string text;
  friend bool operator==(const Record&, const Record&) = default;
  friend void PrintTo(const Record& record, std::ostream* out) {
    *out << record.offset << ":" << testing::PrintToString(record.text);
  }
};

std::vector<Record> Expected(const std::string& text, int64_t begin, int64_t end, char quote) {
  std::vector<Record> records;
  bool in_quotes = false;
  size_t start = 0;
  size_t behind_closing = 0;  // of the last closing quote
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && quote != '\0' && text[i] == quote) {
      if (in_quotes) {
        in_quotes = false;
        behind_closing = i + 1;
      } else {
        in_quotes = i == start || text[i - 1] == ',' || behind_closing == i;
      }
    }
    const bool at_end = i == text.size();
    if (!at_end && (text[i] != '\n' || in_quotes)) continue;
    if (at_end && start == i) break;
    std::string record = text.substr(start, i - start);
    if (record.ends_with('\r')) record.pop_back();
    if (static_cast<int64_t>(start) >= begin && static_cast<int64_t>(start) < end) {
      records.push_back({static_cast<int64_t>(start), record});
    }
    start = i + 1;
  }
  return records;
}

std::vector<Record> ReadRange(const std::string& text, int64_t begin, int64_t end,
                              const FramingOptions& options, ChunkPool* pool,
                              int* num_too_long = nullptr) {
  const int64_t from = std::max<int64_t>(begin - 1, 0);
  RecordReader reader(std::make_unique<TextReader>(text, from), "x", begin, end, options, pool);
  std::vector<Record> records;
  for (bool at_end = false; !at_end;) {
    auto block = reader.Next();
    EXPECT_TRUE(block.ok());
    for (size_t i = 0; i < block->records.records.size(); ++i) {
      records.push_back({block->records.offsets[i], std::string(block->records.records[i])});
    }
    if (block->too_long && num_too_long != nullptr) ++*num_too_long;
    at_end = block->at_end;
  }
  return records;
}

// All texts over the alphabet up to this length.
std::vector<std::string> AllTexts(std::string_view alphabet, size_t max_length) {
  std::vector<std::string> texts{""};
  for (size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].size() == max_length) break;
    for (char c : alphabet) texts.push_back(texts[i] + c);
  }
  return texts;
}

TEST(RecordReaderTest, CutsEveryTextAtItsLineEndsWhateverTheChunks) {
  for (const std::string& text : AllTexts("a\r\n", 6)) {
    for (int64_t chunk_bytes = 1; chunk_bytes <= 7; ++chunk_bytes) {
      ChunkPool pool(chunk_bytes);
      ASSERT_EQ(ReadRange(text, 0, INT64_MAX, {}, &pool), Expected(text, 0, INT64_MAX, '\0'))
          << testing::PrintToString(text) << " chunk " << chunk_bytes;
    }
  }
}

TEST(RecordReaderTest, AdjoiningRangesGiveEachRecordOnce) {
  for (const std::string& text : AllTexts("a\n", 7)) {
    for (int64_t cut = 0; cut <= static_cast<int64_t>(text.size()); ++cut) {
      for (int64_t chunk_bytes : {1, 2, 3, 64}) {
        ChunkPool pool(chunk_bytes);
        ASSERT_EQ(ReadRange(text, 0, cut, {}, &pool), Expected(text, 0, cut, '\0'))
            << testing::PrintToString(text) << " cut " << cut << " chunk " << chunk_bytes;
        ASSERT_EQ(ReadRange(text, cut, INT64_MAX, {}, &pool), Expected(text, cut, INT64_MAX, '\0'))
            << testing::PrintToString(text) << " cut " << cut << " chunk " << chunk_bytes;
      }
    }
  }
}

TEST(RecordReaderTest, QuotedLineEndsBelongToTheRecord) {
  const FramingOptions options{.quote = '"'};
  for (const std::string& text : AllTexts("a\"\n,", 6)) {
    for (int64_t chunk_bytes : {1, 2, 3, 64}) {
      ChunkPool pool(chunk_bytes);
      ASSERT_EQ(ReadRange(text, 0, INT64_MAX, options, &pool), Expected(text, 0, INT64_MAX, '"'))
          << testing::PrintToString(text) << " chunk " << chunk_bytes;
    }
  }
}

TEST(RecordReaderTest, ARecordThatIsTooLongIsCutAndTheNextOnesAreWhole) {
  const FramingOptions options{.max_record_bytes = 3};
  for (int64_t chunk_bytes = 1; chunk_bytes <= 20; ++chunk_bytes) {
    ChunkPool pool(chunk_bytes);
    int num_too_long = 0;
    const std::vector<Record> expected = {{0, "ab"}, {3, "123"}, {13, "cde"}, {17, "123"}};
    EXPECT_EQ(ReadRange("ab\n123456789\ncde\n1234", 0, INT64_MAX, options, &pool, &num_too_long),
              expected)
        << "chunk " << chunk_bytes;
    EXPECT_EQ(num_too_long, 2) << "chunk " << chunk_bytes;
  }
}

TEST(RecordReaderTest, BlocksHoldABatchAtMostAndStayReadable) {
  std::string text;
  for (int i = 0; i < 3 * kMaxBatchRows; ++i) text += std::to_string(i) + "\n";
  ChunkPool pool(1 << 16);
  std::vector<RawRecords> blocks;
  RecordReader reader(std::make_unique<TextReader>(text, 0), "x", 0, INT64_MAX, {}, &pool);
  for (bool at_end = false; !at_end;) {
    auto block = reader.Next();
    ASSERT_TRUE(block.ok());
    EXPECT_LE(block->records.records.size(), size_t{kMaxBatchRows});
    at_end = block->at_end;
    blocks.push_back(std::move(block->records));
  }
  EXPECT_EQ(reader.position(), static_cast<int64_t>(text.size()));
  int next = 0;
  for (const RawRecords& block : blocks) {
    for (std::string_view record : block.records) EXPECT_EQ(record, std::to_string(next++));
  }
  EXPECT_EQ(next, 3 * kMaxBatchRows);
}

TEST(ChunkPoolTest, ChunksAreUsedAgainAlsoAfterThePoolIsGone) {
  auto pool = std::make_unique<ChunkPool>(100);
  std::shared_ptr<char> first = pool->Take(100);
  const char* address = first.get();
  first.reset();
  std::shared_ptr<char> second = pool->Take(50);
  EXPECT_EQ(second.get(), address);
  EXPECT_NE(pool->Take(100).get(), address);
  pool.reset();
  second.get()[99] = 'x';
}

}  // namespace
}  // namespace sluice
