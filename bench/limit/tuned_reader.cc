// What costs: per line one pass over its blocks, one comparison of its literals, and for wanted
// lines eight bytes at a time of each number. There is no loop over the fields of a line that
// depends on what the line says.
#include "bench/limit/tuned_reader.h"

#include <algorithm>
#include <climits>
#include <cstring>
#include <utility>

namespace sluice::limit {
namespace {

constexpr uint64_t kZeros = 0x3030303030303030u;

bool AreDigits(uint64_t chars) {
  constexpr uint64_t kHigh = 0xf0f0f0f0f0f0f0f0u;
  return ((chars & kHigh) | (((chars + 0x0606060606060606u) & kHigh) >> 4)) == 0x3333333333333333u;
}

// The value of eight digits, the first in the lowest byte: pairs, then fours, then all.
uint64_t ValueOf(uint64_t chars) {
  chars -= kZeros;
  chars = chars * 10 + (chars >> 8);
  constexpr uint64_t kPairs = 0x000000ff000000ffu;
  constexpr uint64_t kMultiplier1 = 100 + (uint64_t{1'000'000} << 32),
                     kMultiplier2 = 1 + (uint64_t{10'000} << 32);
  return ((chars & kPairs) * kMultiplier1 + ((chars >> 16) & kPairs) * kMultiplier2) >> 32;
}

// Up to 16 digits without a leading zero. Reads eight bytes before the token.
bool ParseDigits(std::string_view token, int64_t* value) {
  const size_t size = token.size();
  if (size - 1 >= 16) return false;
  uint64_t last, first = kZeros;
  std::memcpy(&last, token.data() + size - 8, sizeof(last));
  if (size <= 8) {
    const uint64_t mask = ~uint64_t{0} << (64 - 8 * size);
    last = (last & mask) | (kZeros & ~mask);
  } else {
    std::memcpy(&first, token.data() + size - 16, sizeof(first));
    const uint64_t mask = ~uint64_t{0} << (128 - 8 * size);
    first = (first & mask) | (kZeros & ~mask);
  }
  if (!AreDigits(last) || !AreDigits(first) || (size > 1 && token.front() == '0')) return false;
  *value = static_cast<int64_t>(ValueOf(first) * 100'000'000 + ValueOf(last));
  return true;
}

bool HasBackslash(std::string_view text) {
  return std::memchr(text.data(), '\\', text.size()) != nullptr;
}

// Whether a text is the content of one JSON string: escaped quotes only, no control characters.
bool IsStringContent(std::string_view text) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"' || static_cast<unsigned char>(text[at]) < 0x20) return false;
    if (text[at] == '\\' && ++at == text.size()) return false;
  }
  return true;
}

}  // namespace

void TunedReader::Begin(std::string_view chunk) {
  const size_t num_lines_before = index_.num_lines;
  if (num_other_form_ * 2 > num_lines_before) {
    form_ = form_ == PayloadForm::kObject ? PayloadForm::kString : PayloadForm::kObject;
  }
  num_other_form_ = 0;
  arena_.Clear();
  chunk_ = chunk;
  PrepareIndex(chunk, &index_);
  kernel_.index(chunk, form_, &index_);
  line_ = 0;
  mark_ = 0;
}

Verdict TunedReader::Next(EventFields* event, bool* from_generic) {
  const int32_t* marks = index_.marks.data() + mark_;
  const size_t num_marks = index_.line_ends[line_] - mark_;
  mark_ = index_.line_ends[line_++];
  const auto begin = static_cast<size_t>(marks[0] + 1), end = static_cast<size_t>(marks[num_marks]);
  const uint8_t notes = NotesOf(begin, end);
  *from_generic = false;
  if ((notes & kOddBlock) == 0) {
    const Fit fit = TryShapes(marks, num_marks, (notes & kEscapeBlock) != 0, event);
    if (fit != Fit::kNone) [[likely]]
      return fit == Fit::kWanted ? Verdict::kWanted : Verdict::kFiltered;
  }
  *from_generic = true;
  ++num_generic_;
  const std::string_view line = chunk_.substr(begin, end - begin);
  const Verdict verdict = generic_.Read(line, event);
  if (verdict != Verdict::kDead) {
    NoteForm(line);
    if ((notes & kOddBlock) == 0) Learn(marks, num_marks);
  }
  return verdict;
}

// The notes of the blocks that the line and its line end touch, together.
uint8_t TunedReader::NotesOf(size_t begin, size_t end) const {
  const size_t first = begin / kBlockBytes, num_blocks = end / kBlockBytes - first + 1;
  const uint8_t* notes = index_.notes.data() + first;
  if (num_blocks > 8) {
    uint8_t all = 0;
    for (size_t i = 0; i < num_blocks; ++i) all |= notes[i];
    return all;
  }
  uint64_t all;
  std::memcpy(&all, notes, sizeof(all));
  all <<= 64 - 8 * num_blocks;
  constexpr uint64_t kEach = 0x0101010101010101u;
  return static_cast<uint8_t>(((all & kEach * kOddBlock) != 0 ? kOddBlock : 0) |
                              ((all & kEach * kEscapeBlock) != 0 ? kEscapeBlock : 0));
}

TunedReader::Fit TunedReader::TryShapes(const int32_t* marks, size_t num_marks, bool has_escapes,
                                        EventFields* event) {
  std::vector<Shape>& bucket = shapes_[static_cast<size_t>(form_)][num_marks % kNumBuckets];
  for (Shape& shape : bucket) {
    if (shape.num_marks != num_marks ||
        !kernel_.match(shape.literals.data(), shape.literals.size(), chunk_.data(), marks)) {
      continue;
    }
    for (const Slot& slot : shape.scalars) {
      const std::string_view token = slot.In(chunk_.data(), marks);
      int64_t ignored;
      if (!ParseDigits(token, &ignored) && !IsPlainScalar(token)) return Fit::kNone;
    }
    // Their closing quotes could be quotes of the payload's kind, which are escaped.
    for (const Slot& slot : shape.envelope_texts) {
      const std::string_view text = slot.In(chunk_.data(), marks);
      if (!text.empty() && text.back() == '\\') return Fit::kNone;
    }
    if (has_escapes) {
      for (const Slot& slot : shape.payload_texts) {
        if (HasBackslash(slot.In(chunk_.data(), marks))) return Fit::kNone;
      }
    }
    ++shape.num_hits;
    return shape.passes ? Project(shape, marks, has_escapes, event) : Fit::kFiltered;
  }
  return Fit::kNone;
}

// Replaces a text that has escapes by what it reads as: escaped twice inside of a payload in a
// string.
bool TunedReader::Decode(bool is_escaped_twice, std::string_view* text) {
  if (text->empty() || !HasBackslash(*text)) return true;
  std::string plain;
  if (!Unescape(*text, &plain)) return false;
  if (is_escaped_twice) {
    std::string inner = std::exchange(plain, std::string());
    if (!IsStringContent(inner) || !Unescape(inner, &plain)) return false;
  }
  *text = arena_.Keep(std::move(plain));
  return true;
}

TunedReader::Fit TunedReader::Project(const Shape& shape, const int32_t* marks, bool has_escapes,
                                      EventFields* event) {
  const char* chunk = chunk_.data();
  Integer numbers[kNumFields - kNumTextFields];
  for (int field = kNumTextFields; field < kNumFields; ++field) {
    Integer& number = numbers[field - kNumTextFields];
    number.is_null = !shape.has_field[field];
    if (!number.is_null && !ParseDigits(shape.fields[field].In(chunk, marks), &number.value))
      return Fit::kNone;
  }
  const auto number = [&](Field field) { return numbers[field - kNumTextFields]; };
  const auto text = [&](Field field) {
    return shape.has_field[field] ? shape.fields[field].In(chunk, marks) : std::string_view();
  };
  if (number(kFieldIsDelete).value != 0)
    return number(kFieldIsDelete).value <= INT_MAX ? Fit::kFiltered : Fit::kNone;
  if (number(kFieldFixResult).value > INT_MAX) return Fit::kNone;
  event->event_id = text(kFieldEventId);
  event->wrong_id = text(kFieldWrongId);
  event->user_id = text(kFieldUserId);
  event->subject = text(kFieldSubject);
  event->question = text(kFieldQuestion);
  event->pattern_id = text(kFieldPatternId);
  event->fix_result_text = text(kFieldFixResult);
  event->event_time = number(kFieldTimestamp);
  event->id = number(kFieldId);
  event->collect_time = number(kFieldCollectTime);
  event->fix_time = number(kFieldFixTime);
  event->fix_result = number(kFieldFixResult);
  if (!has_escapes) return Fit::kWanted;
  const bool twice = shape.form == PayloadForm::kString;
  const bool ok = Decode(false, &event->event_id) && Decode(twice, &event->wrong_id) &&
                  Decode(twice, &event->user_id) && Decode(twice, &event->subject) &&
                  Decode(twice, &event->question) && Decode(twice, &event->pattern_id);
  return ok ? Fit::kWanted : Fit::kNone;
}

void TunedReader::NoteForm(std::string_view line) {
  const bool in_string = line.find(R"("payload":"{\")") != std::string_view::npos;
  const PayloadForm form = in_string ? PayloadForm::kString : PayloadForm::kObject;
  if (form != form_) ++num_other_form_;
}

// A full bucket loses the shape that fitted least.
void TunedReader::Learn(const int32_t* marks, size_t num_marks) {
  std::optional<Shape> shape = LearnShape(chunk_.data(), marks, num_marks, form_);
  if (!shape.has_value()) return;
  std::vector<Shape>& bucket = shapes_[static_cast<size_t>(form_)][num_marks % kNumBuckets];
  if (bucket.size() < kBucketShapes) {
    bucket.push_back(*std::move(shape));
    return;
  }
  const auto fewer = [](const Shape& a, const Shape& b) { return a.num_hits < b.num_hits; };
  *std::min_element(bucket.begin(), bucket.end(), fewer) = *std::move(shape);
  for (Shape& each : bucket) each.num_hits /= 2;
}

}  // namespace sluice::limit
