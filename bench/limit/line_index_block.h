// The loop over the blocks of a chunk, written once for all kernels. A Block gives the masks of 64
// bytes, bit 0 being the first byte.
//
// Included by each kernel inside of its own target options; the types of the kernels keep the
// instances apart.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

#include "bench/limit/line_index.h"

namespace sluice::limit {

// Which quotes are marks and which blocks are odd, from the backslashes before each quote.
// REQUIRES: consecutive blocks.
template <PayloadForm form>
struct QuoteRules {
  uint64_t earlier = 0;  // backslashes of the block before

  struct Result {
    uint64_t marks;
    uint64_t odd;
    uint64_t escapes;
  };

  [[gnu::always_inline]] inline Result Apply(uint64_t quotes, uint64_t backslashes) {
    const auto shifted = [&](int n) { return backslashes << n | earlier >> (64 - n); };
    const uint64_t one = shifted(1), two = shifted(2) & one;
    Result result;
    if constexpr (form == PayloadForm::kObject) {
      result = {quotes & ~one, quotes & two, backslashes};
    } else {
      // One backslash: a quote of the payload itself. Three: content of one of its strings. Else:
      // for the generic reader.
      const uint64_t three = two & shifted(3), four = three & shifted(4);
      const uint64_t payload_quotes = quotes & one & ~two;
      result = {quotes & ~two, quotes & two & (~three | four),
                backslashes & ~(payload_quotes >> 1)};
    }
    earlier = backslashes;
    return result;
  }
};

// REQUIRES: see Kernel::index.
template <typename Block, PayloadForm form>
[[gnu::always_inline]] inline void IndexBlocks(std::string_view chunk, LineIndex* index) {
  int32_t* out = index->marks.data();
  uint32_t* line_end = index->line_ends.data();
  *out++ = -1;
  QuoteRules<form> rules;
  uint64_t earlier_high = 0;
  for (size_t at = 0; at < chunk.size(); at += kBlockBytes) {
    const Block block(chunk.data() + at);
    const uint64_t line_ends = block.Equal('\n');
    const auto quotes = rules.Apply(block.Equal('"'), block.Equal('\\'));
    const uint64_t high = block.HighBits();
    bool is_odd = (quotes.odd | (block.Controls() & ~line_ends)) != 0;
    // A character that the block before left unfinished may end in a block without any high bit.
    if ((high | earlier_high >> 61) != 0) is_odd |= block.IsBadUtf8();
    earlier_high = high;
    index->notes[at / kBlockBytes] =
        static_cast<uint8_t>((is_odd ? kOddBlock : 0) | (quotes.escapes != 0 ? kEscapeBlock : 0));

    const uint64_t marks = quotes.marks | line_ends;
    const auto first = static_cast<uint32_t>(out - index->marks.data());
    for (uint64_t left = line_ends; left != 0; left &= left - 1) {
      *line_end++ = first + static_cast<uint32_t>(std::popcount(marks & (left ^ (left - 1)) >> 1));
    }
    out = Block::WriteMarks(marks, static_cast<int32_t>(at), out);
  }
  for (size_t i = 0; i < 8; ++i)
    index->notes[(chunk.size() + kBlockBytes - 1) / kBlockBytes + i] = 0;
  index->num_marks = static_cast<size_t>(out - index->marks.data());
  index->num_lines = static_cast<size_t>(line_end - index->line_ends.data());
}

}  // namespace sluice::limit
