// Text: a 16-byte view of a string or byte sequence, in Arrow's string-view layout. Up to 12 bytes
// lie in the view itself; longer text is pointed to and is owned by whatever the vector pins (a
// source chunk, an arena). Equality mostly needs the first 8 bytes.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace sluice {

class Text {
 public:
  static constexpr uint32_t kInlineBytes = 12;

  Text() : length_(0), inlined_{} {}
  // Points into `text` when it is longer than kInlineBytes: its bytes must outlive this view.
  explicit Text(std::string_view text) : length_(static_cast<uint32_t>(text.size())) {
    if (length_ <= kInlineBytes) {
      std::memset(inlined_, 0, sizeof(inlined_));
      if (length_ != 0) std::memcpy(inlined_, text.data(), length_);
    } else {
      std::memcpy(inlined_, text.data(), 4);
      const char* data = text.data();
      std::memcpy(inlined_ + 4, &data, sizeof(data));
    }
  }

  uint32_t size() const { return length_; }
  bool is_inline() const { return length_ <= kInlineBytes; }
  // Valid as long as this object (inline) or the pinned bytes: never call on a temporary.
  const char* data() const {
    if (is_inline()) return inlined_;
    const char* data;
    std::memcpy(&data, inlined_ + 4, sizeof(data));
    return data;
  }
  std::string_view view() const { return {data(), length_}; }

  friend bool operator==(const Text& a, const Text& b) {
    uint64_t head_a, head_b, tail_a, tail_b;
    std::memcpy(&head_a, &a, 8);
    std::memcpy(&head_b, &b, 8);
    if (head_a != head_b) return false;
    std::memcpy(&tail_a, a.inlined_ + 4, 8);
    std::memcpy(&tail_b, b.inlined_ + 4, 8);
    if (tail_a == tail_b) return true;
    return !a.is_inline() && std::memcmp(a.data() + 4, b.data() + 4, a.length_ - 4) == 0;
  }

 private:
  uint32_t length_;
  char inlined_[12];  // the text, zero-padded; or its first 4 bytes and the pointer
};
static_assert(sizeof(Text) == 16);

}  // namespace sluice
