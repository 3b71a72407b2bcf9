// The parser walks text and marks side by side. Between two values lies a gap, whose text becomes
// literals; a gap is placed by a mark that it holds, so one that holds none (between two numbers of
// an array) ends the learning.
#include "bench/limit/record_shape.h"

#include <algorithm>
#include <cstring>

namespace sluice::limit {
namespace {

constexpr int kMaxDepth = 16;
constexpr size_t kMaxLineBytes = 4096;
constexpr uint32_t kNoMark = ~0u;

constexpr std::string_view kFieldKeys[kNumFields] = {
    "eventId",   "wrongId", "userId",   "subject",     "question", "patternId",
    "timestamp", "id",      "isDelete", "collectTime", "fixTime",  "fixResult"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Where in the document a value stands.
enum class Place : uint8_t { kEnvelope, kPayload, kElsewhere };

class Learner {
 public:
  Learner(const char* chunk, const int32_t* marks, size_t num_marks, PayloadForm form)
      : chunk_(chunk),
        marks_(marks),
        num_marks_(static_cast<uint32_t>(num_marks)),
        at_(marks[0] + 1),
        gap_begin_(at_) {
    shape_.form = form;
    shape_.num_marks = num_marks_;
  }

  std::optional<Shape> Learn() {
    const int32_t line_end = marks_[num_marks_];
    if (static_cast<size_t>(line_end - at_) > kMaxLineBytes) return std::nullopt;
    if (!Object(Place::kEnvelope, 0) || at_ != line_end || mark_ != num_marks_) return std::nullopt;
    if (!CloseGap(line_end + 1)) return std::nullopt;
    shape_.passes = domain_ == "wrongbook" && type_ == "wrongbook_fix";
    if (shape_.passes && (unusual_ || !payload_read_ || !shape_.has_field[kFieldEventId]))
      return std::nullopt;
    if (!shape_.has_field[kFieldIsDelete]) shape_.passes = false;
    if (!shape_.passes) Discard();
    return std::move(shape_);
  }

 private:
  char Peek() const { return chunk_[at_]; }
  bool Take(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }

  // Goes over one quote of the current level, which must be the next mark.
  bool TakeQuote() {
    const int32_t quote = at_ + (in_string_ ? 1 : 0);
    if (mark_ >= num_marks_ || marks_[mark_] != quote || chunk_[quote] != '"' ||
        (in_string_ && Peek() != '\\'))
      return false;
    if (gap_mark_ == kNoMark) PlaceGap(mark_);
    ++mark_;
    at_ = quote + 1;
    return true;
  }

  // Goes over a string up to its closing quote, whose mark becomes the next.
  bool TakeContent(std::string_view* content) {
    const int32_t begin = at_;
    if (mark_ >= num_marks_) return false;
    const int32_t quote = marks_[mark_];
    at_ = quote - (in_string_ ? 1 : 0);
    if (chunk_[quote] != '"' || at_ < begin || (chunk_[quote - 1] == '\\') != in_string_)
      return false;
    *content = {chunk_ + begin, static_cast<size_t>(at_ - begin)};
    return true;
  }

  bool TakeScalar(std::string_view* token) {
    const int32_t begin = at_;
    while (Peek() != ',' && Peek() != '}' && Peek() != ']' && Peek() != '\n') ++at_;
    *token = {chunk_ + begin, static_cast<size_t>(at_ - begin)};
    return IsPlainScalar(*token);
  }

  // The gap's place is known by its distance to a mark; a scalar before it ends where it begins.
  void PlaceGap(uint32_t mark) {
    gap_mark_ = mark;
    if (open_scalar_ == nullptr) return;
    open_scalar_->end_mark = mark;
    open_scalar_->end_offset = gap_begin_ - marks_[mark];
    if (kept_scalar_ != kNumFields) {
      shape_.fields[kept_scalar_] = scalar_;
    } else {
      shape_.scalars.push_back(scalar_);
    }
    open_scalar_ = nullptr;
  }

  // Ends the gap before `end` and makes literals of it.
  bool CloseGap(int32_t end) {
    if (gap_mark_ == kNoMark && end == marks_[num_marks_] + 1) PlaceGap(num_marks_);
    if (gap_mark_ == kNoMark) return false;
    for (int32_t begin = gap_begin_; begin < end;
         begin += static_cast<int32_t>(sizeof(Literal::text))) {
      const auto size = std::min(sizeof(Literal::text), static_cast<size_t>(end - begin));
      Literal literal = {.mark = gap_mark_, .offset = begin - marks_[gap_mark_]};
      std::memcpy(literal.text, chunk_ + begin, size);
      std::memset(literal.mask, 0xff, size);
      shape_.literals.push_back(literal);
    }
    return true;
  }

  void BeginGap(uint32_t mark) {
    gap_begin_ = at_;
    gap_mark_ = mark;
  }

  bool TextSlot(Field field) {
    std::string_view content;
    const uint32_t open = mark_;
    if (!TakeQuote() || !CloseGap(at_)) return false;
    const int32_t begin = at_;
    const uint32_t close = mark_;
    if (!TakeContent(&content)) return false;
    const Slot slot = {open, begin - marks_[open], close, at_ - marks_[close]};
    BeginGap(close);
    if (!TakeQuote()) return false;
    if (shape_.form == PayloadForm::kString && !in_string_) shape_.envelope_texts.push_back(slot);
    if (field < kNumTextFields) {
      shape_.fields[field] = slot;
    } else {
      unusual_ |= field != kNumFields;  // a number in a string
      if (in_string_) shape_.payload_texts.push_back(slot);
    }
    return true;
  }

  bool ScalarSlot(Field field) {
    const int32_t begin = at_;
    std::string_view token;
    if (!TakeScalar(&token)) return false;
    if (field != kNumFields && token == "null") {  // part of the gap: this shape has it so
      shape_.has_field[field] = false;
      return true;
    }
    if (field < kNumTextFields) unusual_ = true;
    const int32_t end = at_;
    at_ = begin;
    if (!CloseGap(begin)) return false;
    scalar_ = {gap_mark_, begin - marks_[gap_mark_], 0, 0};
    kept_scalar_ = field >= kNumTextFields ? field : kNumFields;
    open_scalar_ = &scalar_;
    at_ = end;
    BeginGap(kNoMark);
    return true;
  }

  bool Value(Place place, std::string_view key, int depth) {
    const Field field = FieldOf(place, key);
    if (field != kNumFields) {
      if (seen_[field]) return false;
      seen_[field] = shape_.has_field[field] = true;
    }
    if (place == Place::kEnvelope && key == "payload") return Payload(depth);
    if (place == Place::kEnvelope && (key == "domain" || key == "type")) {
      std::string_view& value = key == "domain" ? domain_ : type_;
      const bool ok = value.data() == nullptr && TakeQuote() && TakeContent(&value) && TakeQuote();
      return ok && value.find('\\') == std::string_view::npos;
    }
    switch (Peek()) {
      case '{':
      case '[':
        unusual_ |= field != kNumFields;
        return Peek() == '{' ? Object(Place::kElsewhere, depth) : Array(depth);
      default: return IsQuote() ? TextSlot(field) : ScalarSlot(field);
    }
  }

  bool IsQuote() const { return Peek() == (in_string_ ? '\\' : '"'); }

  bool Payload(int depth) {
    if (payload_seen_) return false;
    payload_seen_ = true;
    if (shape_.form == PayloadForm::kObject) {
      payload_read_ = Peek() == '{';
      return payload_read_ ? Object(Place::kPayload, depth) : Value(Place::kElsewhere, {}, depth);
    }
    if (!TakeQuote()) return false;
    in_string_ = payload_read_ = true;
    if (!Object(Place::kPayload, depth)) return false;
    in_string_ = false;
    return TakeQuote();
  }

  bool Object(Place place, int depth) {
    if (depth > kMaxDepth || !Take('{')) return false;
    if (Take('}')) return true;
    do {
      std::string_view key;
      if (!TakeQuote() || !TakeContent(&key) || !TakeQuote() || !Take(':')) return false;
      if (key.find('\\') != std::string_view::npos || !Value(place, key, depth + 1)) return false;
    } while (Take(','));
    return Take('}');
  }

  bool Array(int depth) {
    if (depth > kMaxDepth || !Take('[')) return false;
    if (Take(']')) return true;
    do {
      if (!Value(Place::kElsewhere, {}, depth + 1)) return false;
    } while (Take(','));
    return Take(']');
  }

  static Field FieldOf(Place place, std::string_view key) {
    if (place == Place::kElsewhere) return kNumFields;
    for (int field = 0; field < kNumFields; ++field) {
      const bool in_envelope = field == kFieldEventId || field == kFieldTimestamp;
      if (key == kFieldKeys[field] && in_envelope == (place == Place::kEnvelope))
        return static_cast<Field>(field);
    }
    return kNumFields;
  }

  // A record that does not pass has no columns; its numbers still must look like numbers.
  void Discard() {
    for (int field = 0; field < kNumFields; ++field) {
      if (!shape_.has_field[field]) continue;
      if (field >= kNumTextFields && shape_.fields[field].end_mark != 0)
        shape_.scalars.push_back(shape_.fields[field]);
      if (field < kNumTextFields && field != kFieldEventId && shape_.form == PayloadForm::kString &&
          shape_.fields[field].end_mark != 0) {
        shape_.payload_texts.push_back(shape_.fields[field]);
      }
    }
  }

  const char* chunk_;
  const int32_t* marks_;
  uint32_t num_marks_;
  int32_t at_;
  uint32_t mark_ = 1;  // the next mark at or behind at_

  int32_t gap_begin_;
  uint32_t gap_mark_ = 0;  // which places the gap, or kNoMark
  Slot scalar_;            // the scalar before the gap
  Slot* open_scalar_ = nullptr;
  Field kept_scalar_ = kNumFields;

  bool in_string_ = false;  // inside of a payload in a string
  bool payload_seen_ = false;
  bool payload_read_ = false;
  bool unusual_ = false;  // a column of another type than the fast path takes
  bool seen_[kNumFields] = {};
  std::string_view domain_, type_;
  Shape shape_;
};

}  // namespace

bool IsPlainScalar(std::string_view token) {
  if (token == "true" || token == "false" || token == "null") return true;
  if (token.empty() || (token.front() != '-' && !IsDigit(token.front()))) return false;
  return std::all_of(token.begin(), token.end(), [](char c) {
    return IsDigit(c) || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
  });
}

std::optional<Shape> LearnShape(const char* chunk, const int32_t* marks, size_t num_marks,
                                PayloadForm form) {
  return Learner(chunk, marks, num_marks, form).Learn();
}

}  // namespace sluice::limit
