#include "formats/json_shapes.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "formats/json_shapes_gap.h"
#include "json/json_text.h"
#include "types/plain_digits.h"
#include "types/text.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace sluice {

#ifdef __SSE2__
inline uint64_t JsonShapes::Gap::EqualBytes(const char* at, size_t from) const {
  const __m128i want = _mm_load_si128(reinterpret_cast<const __m128i*>(literal + from));
  const __m128i got = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + from));
  return static_cast<uint64_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(want, got)));
}
#endif

inline bool JsonShapes::Gap::Matches(const char* at) const {
#ifdef __SSE2__
  uint64_t equal = EqualBytes(at, 0);
  if (length > 16) equal |= EqualBytes(at, 16) << 16;
  if (length > 32) equal |= EqualBytes(at, 32) << 32 | EqualBytes(at, 48) << 48;
  if ((~equal & mask) != 0) return false;
#else
  if (std::memcmp(at, literal, length) != 0) return false;
#endif
  // A gap into an object is longer: `"p":` does not stand for `"p":{"x":`.
  return at[length] != '{' || takes_object || action == Action::kEnd;
}

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

const char* SkipDigits(const char* pos, const char* end) {
  while (pos < end && IsDigit(*pos)) ++pos;
  return pos;
}

// Moves over a number at `pos`, which lies before `end`; null when it is malformed. The byte at
// `end` is readable.
const char* ScanNumber(const char* pos, const char* end, bool* is_float) {
  if (*pos == '-') ++pos;
  if (!IsDigit(*pos)) return nullptr;
  pos = *pos == '0' ? pos + 1 : SkipDigits(pos, end);
  *is_float = false;
  if (*pos == '.') {
    *is_float = true;
    if (!IsDigit(*++pos)) return nullptr;
    pos = SkipDigits(pos, end);
  }
  if (*pos == 'e' || *pos == 'E') {
    *is_float = true;
    ++pos;
    if (*pos == '+' || *pos == '-') ++pos;
    if (!IsDigit(*pos)) return nullptr;
    pos = SkipDigits(pos, end);
  }
  return pos;
}

// Newer versions of Jackson bound the digits and the exponents of numbers. What may be out of
// bounds is rare and left to the reader.
bool IsWithinLimits(std::string_view number) {
  return number.size() <= 11 ||
         (number.size() <= 500 && number.find_first_of("eE") == std::string_view::npos);
}

bool HasValidEscapes(std::string_view raw) {
  std::string out(raw.size(), '\0');
  return UnescapeJson(raw, out.data()) != kMalformedEscape;
}

// *target = Text(view), without a call for the copy of a short one. REQUIRES: 16 readable bytes at
// `data`.
inline void StoreText(Text* target, const char* data, size_t size) {
#ifdef __SSE2__
  if (size <= Text::kInlineBytes) {
    alignas(16) static constexpr uint8_t kOnes[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                                      0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    // The mask for n bytes ends with the table's ones: it starts 12 - n before their end.
    const __m128i mask =
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(kOnes + Text::kInlineBytes - size));
    const __m128i bytes =
        _mm_and_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(data)), mask);
    const __m128i view =
        _mm_or_si128(_mm_slli_si128(bytes, 4), _mm_cvtsi32_si128(static_cast<int>(size)));
    std::memcpy(static_cast<void*>(target), &view, sizeof(view));
    return;
  }
#endif
  *target = Text({data, size});
}

}  // namespace

JsonShapes::JsonShapes(JsonReader& reader, Target root, JsonControls controls,
                       const JsonDecodeSettings& settings)
    : reader_(reader),
      settings_(settings),
      controls_(controls),
      root_(root),
      containers_(1),
      gaps_(1) {
  gaps_[0].mask = ~uint64_t{0};  // never matches: no text holds that many NUL bytes between values
  gaps_[0].length = Gap::kMaxBytes - 1;
}

JsonShapes::JsonShapes(JsonReader& reader, const std::vector<DecodeFilter>& filters,
                       const JsonDecodeSettings& settings)
    : JsonShapes(reader, Target{.fields = &reader.fields()}, JsonControls::kAllow, settings) {
  for (const DecodeFilter& filter : filters) {
    Filter& own = filters_.emplace_back(Filter{.column = filter.column, .values = filter.values});
    for (const std::string& value : own.values) own.texts.emplace_back(value);
  }
  for (const JsonField& field : reader.fields()) {
    const int wants = (field.columns.empty() ? 0 : 1) + field.WantsParts() + field.WantsDocument();
    if (wants > 1 || field.columns.size() > 1) is_possible_ = false;
    // Which fields of a ROW are missing is known to the reader alone.
    if (field.WantsParts() && settings.fail_on_missing_field) is_possible_ = false;
    if (field.WantsDocument()) {
      inner_.emplace_back(&field.document, std::unique_ptr<JsonShapes>(
                                               new JsonShapes(reader, field.document, settings)));
    }
  }
}

JsonShapes::JsonShapes(JsonReader& reader, const JsonDocumentNode& root,
                       const JsonDecodeSettings& settings)
    : JsonShapes(reader, Target{.node = &root}, JsonControls::kReject, settings) {}

JsonShapes::~JsonShapes() = default;

int32_t JsonShapes::FindGap(const Gap& previous, const char* at) {
  for (const int32_t gap : previous.next) {
    if (gaps_[gap].Matches(at)) return gap;
  }
  for (const int32_t gap : containers_[previous.to].gaps) {
    if (!gaps_[gap].Matches(at)) continue;
    int32_t* next = gaps_[static_cast<size_t>(&previous - gaps_.data())].next;
    // The newest prediction goes second: a shape that is common stays first.
    std::copy_backward(next + 1, next + Gap::kPredictions - 1, next + Gap::kPredictions);
    next[next[0] == 0 ? 0 : 1] = gap;
    return gap;
  }
  return -1;
}

void JsonShapes::Index(std::string_view text) {
  text_ = text;
  blocks_.Scan(text);
  quote_ = blocks_.quotes();
}

JsonShapes::Outcome JsonShapes::Read(std::string_view record, JsonColumns& columns) {
  if (gaps_.size() == 1) return Outcome::kUnknown;
  if (controls_ == JsonControls::kReject && blocks_.has_control()) return Outcome::kUnknown;
  const auto at = static_cast<size_t>(record.data() - text_.data());
  const size_t end = at + record.size();
  while (*quote_ < at) ++quote_;
  has_escapes_ = blocks_.HasBackslash(at, end);
  const auto num_quotes = static_cast<size_t>(blocks_.quotes() + blocks_.num_quotes() - quote_);
  const JsonForms::Record whole{text_.data(), quote_, num_quotes, at, end};
  const JsonForms::Form* const form = forms_.Match(whole);
  if (form != nullptr) return ReadForm(*form, whole, columns);
  const Outcome outcome = Walk(at, end, columns);
  if (outcome != Outcome::kUnknown && ++num_walks_ >= next_form_) LearnForm(at, end);
  return outcome;
}

// The way through a record is predicted, not followed: where a value ends is told by the next
// quote, and so by how many quotes the gaps have. What the bytes say only confirms it, so that the
// processor looks at several values at once.
JsonShapes::Outcome JsonShapes::Walk(size_t at, size_t end, JsonColumns& columns) {
  ++record_;
  const char* const text = text_.data();
  const Gap* const gaps = gaps_.data();
  const Gap* gap = gaps;
  const uint32_t* quote = quote_;
  bool discard = false;
  for (;;) {
    const Gap* next = gaps + gap->next[0];
    if (!next->Matches(text + at)) [[unlikely]] {
      const int32_t found = FindGap(*gap, text + at);
      if (found < 0) return Outcome::kUnknown;
      next = gaps + found;
    }
    gap = next;
    at += gap->length;
    quote += gap->num_quotes;
    for (int i = 0; i < gap->num_slots; ++i) {
      uint64_t& seen_in = seen_in_[gap->slots[i]];
      if (seen_in == record_) return Outcome::kUnknown;
      seen_in = record_;
    }
    if (at >= end || gap->action == Action::kEnd) break;
    if (text[at] == '"') {
      const size_t close = quote[1];
      quote += 2;
      if (close >= end || !ReadString(*gap, at + 1, close, columns, discard))
        return Outcome::kUnknown;
      at = close + 1;
    } else {
      const Gap& likely = gaps[gap->next[0]];
      const size_t likely_end =
          (likely.num_quotes != 0 ? *quote - likely.first_quote : end - likely.length);
      if (ReadDigits(*gap, at, likely_end, columns, discard)) [[likely]] {
        at = likely_end;
      } else {
        at = ReadOddValue(*gap, at, end, columns, discard);
        if (at == kNotRead) return Outcome::kUnknown;
        while (*quote < at) ++quote;
      }
    }
    if (gap->filter >= 0 && !discard) discard = !PassesFilter(filters_[gap->filter], columns);
  }
  if (gap->action != Action::kEnd || !IsRestBlank(at, end)) return Outcome::kUnknown;
  if (settings_.fail_on_missing_field && root_.fields != nullptr && !SawAllFields())
    return Outcome::kUnknown;
  return discard ? Outcome::kFiltered : ApplyFilters(columns);
}

bool JsonShapes::IsRestBlank(size_t at, size_t end) const {
  while (at < end && IsJsonSpace(text_[at])) ++at;
  return at == end;
}

// Also those whose columns come out of a text that holds a document, or are not in the record.
JsonShapes::Outcome JsonShapes::ApplyFilters(JsonColumns& columns) const {
  for (const Filter& filter : filters_) {
    if (!PassesFilter(filter, columns)) return Outcome::kFiltered;
  }
  return Outcome::kRow;
}

// Takes the values out of a record whose form is known.
JsonShapes::Outcome JsonShapes::ReadForm(const JsonForms::Form& form,
                                         const JsonForms::Record& record, JsonColumns& columns) {
  quote_ += form.num_quotes;
  for (const JsonForms::String& string : form.strings) {
    const Gap& gap = gaps_[string.tag];
    if (gap.action == Action::kSkip && !has_escapes_) continue;
    if (!ReadString(gap, record.quotes[string.quote] + 1, record.quotes[string.quote + 1], columns,
                    false)) {
      return Outcome::kUnknown;
    }
    // Not before the rest has been looked at, if there is something to see.
    if (gap.filter >= 0 && !has_escapes_ && !PassesFilter(filters_[gap.filter], columns))
      return Outcome::kFiltered;
  }
  for (const JsonForms::Number& number : form.numbers) {
    const Gap& gap = gaps_[number.tag];
    if (gap.action == Action::kSkip) continue;
    const size_t begin = number.begin.In(record), end = form.EndOf(number, record);
    if (!ReadDigits(gap, begin, end, columns, false) &&
        ReadOddValue(gap, begin, record.end, columns, false) != end) {
      return Outcome::kUnknown;
    }
  }
  return ApplyFilters(columns);
}

bool JsonShapes::SawAllFields() const {
  return std::all_of(root_.fields->begin(), root_.fields->end(), [this](const JsonField& field) {
    const auto slot = slot_of_target_.find(&field);
    return slot != slot_of_target_.end() && seen_in_[slot->second] == record_;
  });
}

bool JsonShapes::PassesFilter(const Filter& filter, JsonColumns& columns) {
  if (!columns.Has(filter.column)) return false;
  const Text& text = static_cast<const Text*>(columns.values(filter.column))[columns.row()];
  for (const Text& value : filter.texts) {
    if (text == value) return true;
  }
  return false;
}

// The content of a string, which lies in [begin, close).
inline bool JsonShapes::ReadString(const Gap& gap, size_t begin, size_t close, JsonColumns& columns,
                                   bool discard) {
  const bool escaped = has_escapes_ && blocks_.HasBackslash(begin, close);
  const bool as_text = gap.action == Action::kJsonText || gap.action == Action::kText;
  if (escaped || !(as_text || gap.action == Action::kSkip)) {
    return ReadOddString(gap, text_.substr(begin, close - begin), escaped, columns, discard);
  }
  if (discard || gap.action == Action::kSkip) return true;
  StoreText(static_cast<Text*>(columns.values(gap.column)) + columns.row(), text_.data() + begin,
            close - begin);
  columns.Keep(gap.column);
  return true;
}

// True if [begin, end) are up to 15 digits that need no more than to be stored.
inline bool JsonShapes::ReadDigits(const Gap& gap, size_t begin, size_t end, JsonColumns& columns,
                                   bool discard) {
  const char* const digits = text_.data() + begin;
  const size_t count = end - begin;  // beyond all bounds when the prediction was wrong
  if (count - 1 >= 15 || CountDigits(digits) != count || (*digits == '0' && count != 1))
    return false;
  if (discard || gap.action == Action::kSkip) return true;
  if (gap.action == Action::kJsonText || gap.action == Action::kText) {
    StoreText(static_cast<Text*>(columns.values(gap.column)) + columns.row(), digits, count);
  } else if (gap.action != Action::kBigInt ||
             !ParsePlainDigits({digits, count},
                               static_cast<int64_t*>(columns.values(gap.column)) + columns.row())) {
    return false;
  }
  columns.Keep(gap.column);
  return true;
}

// All other values: returns the place behind it, or kNotRead where the reader must look.
size_t JsonShapes::ReadOddValue(const Gap& gap, size_t at, size_t end, JsonColumns& columns,
                                bool discard) {
  const char* const begin = text_.data() + at;
  const auto literal = [&](std::string_view word, JsonToken kind) {
    const bool is_read = std::memcmp(begin, word.data(), word.size()) == 0 &&
                         (discard || gap.action == Action::kSkip ||
                          StoreScalar(gap, kind, false, {begin, word.size()}, columns));
    return is_read ? at + word.size() : kNotRead;
  };
  switch (*begin) {
    case 't': return literal("true", JsonToken::kTrue);
    case 'f': return literal("false", JsonToken::kFalse);
    case 'n': return std::memcmp(begin, "null", 4) == 0 ? at + 4 : kNotRead;
    case '[':
    case '{': return ReadNested(gap, at, end, columns, discard);
    default: break;
  }
  bool is_float;
  const char* const number_end = ScanNumber(begin, text_.data() + end, &is_float);
  if (number_end == nullptr) return kNotRead;
  const std::string_view number(begin, static_cast<size_t>(number_end - begin));
  if (!IsWithinLimits(number)) return kNotRead;
  const bool is_read =
      discard || gap.action == Action::kSkip ||
      StoreScalar(gap, is_float ? JsonToken::kFloat : JsonToken::kInt, false, number, columns);
  return is_read ? at + number.size() : kNotRead;
}

bool JsonShapes::ReadOddString(const Gap& gap, std::string_view raw, bool escaped,
                               JsonColumns& columns, bool discard) {
  if (discard || gap.action == Action::kSkip) return !escaped || HasValidEscapes(raw);
  if (gap.action == Action::kDocument) return ReadDocument(gap, raw, escaped, columns);
  return (!escaped || HasValidEscapes(raw)) &&
         StoreScalar(gap, JsonToken::kString, escaped, raw, columns);
}

bool JsonShapes::StoreScalar(const Gap& gap, JsonToken kind, bool escaped, std::string_view raw,
                             JsonColumns& columns) {
  switch (gap.action) {
    case Action::kSkip:
    case Action::kDocument:
    case Action::kEnd: return true;
    case Action::kParts: return settings_.ignore_parse_errors;
    case Action::kJsonText:
      WriteJsonValue({kind, escaped, raw}, settings_, controls_ == JsonControls::kReject,
                     columns.builder(gap.column), columns.row());
      columns.Keep(gap.column);
      return true;
    case Action::kText:
    case Action::kBigInt:
    case Action::kConvert: break;
  }
  VectorBuilder& builder = columns.builder(gap.column);
  if (builder.type().IsNested()) return settings_.ignore_parse_errors;
  const JsonConversion result =
      ConvertJsonScalar({kind, escaped, raw}, settings_, builder, columns.row());
  if (result == JsonConversion::kValue) columns.Keep(gap.column);
  return result != JsonConversion::kFailed || settings_.ignore_parse_errors;
}

size_t JsonShapes::ReadNested(const Gap& gap, size_t at, size_t end, JsonColumns& columns,
                              bool discard) {
  if (text_[at] == '{' && !gap.takes_object) return kNotRead;
  const bool is_stored = gap.action == Action::kText || gap.action == Action::kBigInt ||
                         gap.action == Action::kConvert;
  // Where a scalar column meets an array, the reader knows what Flink makes of it.
  if (gap.action == Action::kParts || (is_stored && !gap.takes_object)) return kNotRead;
  cursor_.Reset(text_.substr(at, end - at), controls_);
  JsonLimits limits = controls_ == JsonControls::kAllow ? settings_.limits : settings_.text_limits;
  limits.max_depth -= std::min(limits.max_depth, containers_[gap.to].depth);
  cursor_.SetLimits(limits);
  cursor_.Next();
  if (discard || !is_stored) {
    if (!cursor_.SkipChildren()) return kNotRead;
  } else {
    if (reader_.ReadValue(cursor_, columns.builder(gap.column), columns.row()) !=
        JsonConversion::kValue)
      return kNotRead;
    // A misfit inside ended the value at a bracket that is not its own: what follows is misread.
    if (cursor_.depth() != 0) return kNotRead;
    columns.Keep(gap.column);
  }
  return static_cast<size_t>(cursor_.position() - text_.data());
}

bool JsonShapes::ReadDocument(const Gap& gap, std::string_view raw, bool escaped,
                              JsonColumns& columns) {
  std::string_view text = raw;
  bool controls = false;
  if (escaped) {
    Arena& arena = columns.document_arena();
    const size_t room = raw.size() + JsonBlocks::kPadding;
    char* target = arena.Allocate(room);
    const size_t size = UnescapeJson(raw, target, &controls);
    if (size == kMalformedEscape) return false;
    arena.Trim(room, size + JsonBlocks::kPadding);
    text = {target, size};
  }
  if (!controls && text.size() <= JsonBlocks::kMaxBytes) {
    gap.inner->Index(text);
    if (gap.inner->Read(text, columns) == Outcome::kRow) return true;
  }
  ClearDocument(*gap.document, columns);
  if (reader_.ReadDocumentText(*gap.document, text, JsonControls::kReject, columns))
    gap.inner->Learn(text);
  return true;
}

}  // namespace sluice
