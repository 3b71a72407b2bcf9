// Where the quotes and the line ends of a chunk are, found 64 bytes at a time, with what a record
// check has to know of the bytes between them.
//
// Nothing here depends on whether a position is inside of a string: a quote escaped by one
// backslash is content (or, where the payload is a string, one of the payload's own quotes), and
// what the marks mean is decided by comparing the text between them with a learned shape. All of
// the chunk is validated as UTF-8. Immutable tables; a kernel may be used by many threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sluice::limit {

constexpr size_t kBlockBytes = 64;

// What is noted of a block, one byte each.
constexpr uint8_t kOddBlock =
    1;  // bytes that only the generic reader may judge: no UTF-8, control characters, \\"
constexpr uint8_t kEscapeBlock = 2;  // a backslash in the content of a string

// The marks of one chunk. marks[0] is -1; each line ends with the mark of its line end.
struct LineIndex {
  std::vector<int32_t> marks;
  std::vector<uint32_t> line_ends;  // as indices into marks
  std::vector<uint8_t> notes;       // one per block, and eight zero bytes behind them
  size_t num_marks = 0;
  size_t num_lines = 0;
};

// 32 bytes of text that are the same in all records of a shape, at an offset from a mark. Bytes
// outside of the mask differ.
struct alignas(32) Literal {
  uint8_t text[32];
  uint8_t mask[32];
  uint32_t mark;
  int32_t offset;
};

enum class PayloadForm : uint8_t { kObject, kString };

struct Kernel {
  std::string_view name;
  // REQUIRES: the chunk ends with a line end, is below 2 GB, and has 64 readable bytes before and
  // behind it: zeros and blanks. The vectors of `index` have room, see PrepareIndex.
  void (*index)(std::string_view chunk, PayloadForm form, LineIndex* index);
  bool (*match)(const Literal* literals, size_t num_literals, const char* chunk,
                const int32_t* marks);
};

// Makes room for a chunk; the memory is reused.
void PrepareIndex(std::string_view chunk, LineIndex* index);

// The best kernel that this machine runs, or the one of that name: "avx512", "avx2" or "portable".
// Null when there is none.
const Kernel* FindKernel(std::string_view name);

}  // namespace sluice::limit
