// What a kernel writes a row's text with, and how it says that a row fails. See
// functions/kernels.h; runs on the thread of its task.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "types/text.h"
#include "types/vector.h"

namespace sluice {

// Why one row fails. Fail() returns false, so that a function ends with `return failure.Fail("…")`.
class RowFailure {
 public:
  bool Fail(std::string detail) {
    failed_ = true;
    detail_ = std::move(detail);
    return false;
  }
  bool failed() const { return failed_; }
  std::string TakeDetail() {
    failed_ = false;
    return std::move(detail_);
  }

 private:
  bool failed_ = false;
  std::string detail_;
};

// Writes the text of one row after the other straight into the arena of the result.
class StringWriter {
 public:
  // The longest text that a function may make; more is a row error.
  static constexpr int64_t kMaxBytes = int64_t{64} << 20;

  explicit StringWriter(VectorBuilder& out) : out_(out), values_(out.values<Text>()) {}
  StringWriter(const StringWriter&) = delete;
  StringWriter& operator=(const StringWriter&) = delete;

  // Makes room for `bytes` more. False, and the row fails, when the text would be longer than
  // kMaxBytes.
  [[nodiscard]] bool Reserve(int64_t bytes) {
    if (bytes <= capacity_ - size_) return true;
    return Grow(bytes);
  }
  void Append(std::string_view text) {
    char* target = Extend(static_cast<int64_t>(text.size()));
    if (target != nullptr && !text.empty()) std::memcpy(target, text.data(), text.size());
  }
  void Append(char c) {
    char* target = Extend(1);
    if (target != nullptr) *target = c;
  }
  // `bytes` more, to be written by the caller; null when that is too long.
  char* Extend(int64_t bytes) {
    if (!Reserve(bytes)) return nullptr;
    char* target = data_ + size_;
    size_ += bytes;
    return target;
  }
  // Drops all but the first `bytes` of what was appended.
  void Truncate(int64_t bytes) { size_ = bytes; }
  // The whole result is `part`, a piece of an argument: nothing is copied.
  void Refer(std::string_view part) {
    referred_ = part;
    refers_ = true;
    referred_any_ = true;
  }

  int64_t size() const { return size_; }
  char* data() { return data_; }
  std::string_view view() const { return {data_, static_cast<size_t>(size_)}; }
  bool too_long() const { return too_long_; }

  // Ends the row: what was written becomes its value, or is dropped when `keep` is false.
  void FinishRow(int32_t row, bool keep) {
    if (!keep) size_ = 0;
    if (keep && refers_) {
      values_[row] = Text(referred_);
    } else {
      values_[row] = Text(view());
    }
    if (capacity_ != 0) {
      const bool stays = !refers_ && size_ > Text::kInlineBytes;
      out_.arena().Trim(static_cast<size_t>(capacity_), stays ? static_cast<size_t>(size_) : 0);
    }
    data_ = nullptr;
    capacity_ = size_ = 0;
    refers_ = too_long_ = false;
  }
  // True once a row was Refer-red: the arguments must then be pinned.
  bool referred_any() const { return referred_any_; }

 private:
  bool Grow(int64_t bytes) {
    if (size_ + bytes > kMaxBytes) {
      too_long_ = true;
      return false;
    }
    // The latest allocation is given back first, so that the arena mostly extends it where it lies.
    const int64_t capacity = std::max({size_ + bytes, capacity_ * 2, int64_t{64}});
    if (capacity_ != 0) out_.arena().Trim(static_cast<size_t>(capacity_), 0);
    char* data = out_.arena().Allocate(static_cast<size_t>(capacity));
    if (data != data_ && size_ != 0) std::memcpy(data, data_, static_cast<size_t>(size_));
    data_ = data;
    capacity_ = capacity;
    return true;
  }

  VectorBuilder& out_;
  Text* values_;
  char* data_ = nullptr;
  int64_t capacity_ = 0;
  int64_t size_ = 0;
  std::string_view referred_;
  bool refers_ = false;
  bool referred_any_ = false;
  bool too_long_ = false;
};

}  // namespace sluice
