#include "formats/json_shapes.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "json/json_text.h"
#include "types/plain_digits.h"
#include "types/text.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace sluice {

struct JsonShapes::Gap {
  static constexpr size_t kMaxBytes = 64;
  static constexpr int kMaxSlots = 3;
  static constexpr int kPredictions = 4;
  static constexpr uint16_t kNoQuote = UINT16_MAX;

  alignas(16) char literal[kMaxBytes] = {};
  uint64_t mask = 0;  // as many low bits as the gap has bytes
  uint32_t length = 0;
  uint16_t num_quotes = 0;          // unescaped ones
  uint16_t first_quote = kNoQuote;  // its place in the gap
  Action action = Action::kSkip;
  bool takes_object = false;  // the value may be an object, which is then read as a whole
  int8_t num_slots = 0;
  int32_t slots[kMaxSlots] = {};  // of the wanted keys in the gap
  int32_t column = -1;
  int32_t filter = -1;              // of the column
  int32_t to = 0;                   // the container of the value
  int32_t next[kPredictions] = {};  // the gaps that followed, the likeliest first; 0: none
  JsonShapes* inner = nullptr;      // of kDocument
  const JsonDocumentNode* document = nullptr;

  bool Matches(const char* at) const {
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

#ifdef __SSE2__
  uint64_t EqualBytes(const char* at, size_t from) const {
    const __m128i want = _mm_load_si128(reinterpret_cast<const __m128i*>(literal + from));
    const __m128i got = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + from));
    return static_cast<uint64_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(want, got)));
  }
#endif
};

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

// The walk once more, over a record that it has read: all that is no string and no plain number
// becomes text of the form.
void JsonShapes::LearnForm(size_t at, size_t end) {
  constexpr uint64_t kPause = 64;
  next_form_ = num_walks_ + kPause;
  JsonForms::Builder builder;
  const Gap* gap = gaps_.data();
  for (;;) {
    const int32_t found = FindGap(*gap, text_.data() + at);
    if (found < 0) return;
    gap = &gaps_[found];
    builder.AddText(text_.substr(at, gap->length));
    at += gap->length;
    if (gap->action == Action::kEnd) break;
    at = AddToForm(found, at, end, &builder);
    if (at == kNotRead) return;
  }
  builder.AddText(text_.substr(at, end - at));
  JsonForms::Form form;
  if (!builder.Finish(&form)) return;
  if (!forms_.is_full()) next_form_ = num_walks_;
  forms_.Add(std::move(form));
}

// Returns the place behind the value, or kNotRead: records with it have no form.
size_t JsonShapes::AddToForm(int32_t gap, size_t at, size_t end, JsonForms::Builder* builder) {
  const std::string_view rest = text_.substr(at, end - at);
  if (rest.starts_with('"')) {
    builder->AddString(gap);
    const uint32_t* quote = quote_;
    while (*quote <= at) ++quote;
    return *quote + 1;
  }
  for (const std::string_view word : {"null", "true", "false"}) {
    if (!rest.starts_with(word)) continue;
    if (gaps_[gap].action != Action::kSkip && word != "null") return kNotRead;
    builder->AddText(word);
    return at + word.size();
  }
  const size_t digits = CountDigits(rest.data());
  if (digits == 0 || digits > 15) return kNotRead;
  builder->AddNumber(gap);
  return at + digits;
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

// Takes in one sound document, token by token.
class JsonShapes::Learner {
 public:
  explicit Learner(JsonShapes& shapes) : shapes_(shapes) {}

  void Run(std::string_view text) {
    cursor_.Reset(text, shapes_.controls_);
    gap_begin_ = text.data();
    if (cursor_.Next() != JsonToken::kStartObject) return;
    container_ = ContainerOf(0, "", shapes_.root_);
    for (;;) {
      const JsonToken token = cursor_.Next();
      if (token == JsonToken::kFieldName) {
        if (!LearnField()) return;
      } else if (token == JsonToken::kEndObject) {
        container_ = shapes_.containers_[container_].parent;
        if (container_ != 0) continue;
        AddGap(cursor_.position(), Gap{.action = Action::kEnd});
        return;
      } else {
        return;
      }
    }
  }

 private:
  static constexpr size_t kMaxGaps = 2048;
  static constexpr int32_t kCrowd = 64;

  bool LearnField() {
    std::string key(cursor_.raw());
    if (cursor_.escaped()) key.resize(UnescapeJson(cursor_.raw(), key.data()));
    const Target target = TargetOf(key);
    if (target.identity() != nullptr) slots_.push_back(SlotOf(target));
    const JsonToken token = cursor_.Next();
    if (token == JsonToken::kStartObject && !IsReadAsAWhole(target)) {
      const int32_t child = ContainerOf(container_, key, InsideOf(target));
      if (!shapes_.containers_[child].is_crowded) {
        container_ = child;
        return true;
      }
    }
    Gap gap = GapTo(target);
    const bool is_nested = token == JsonToken::kStartObject || token == JsonToken::kStartArray;
    if (is_nested && IsReadAsAWhole(target) && !gap.takes_object) return false;
    gap.takes_object |= token == JsonToken::kStartObject;
    if (!AddGap(cursor_.token_begin(), std::move(gap))) return false;
    if (!cursor_.SkipChildren()) return false;
    gap_begin_ = cursor_.position();
    return true;
  }

  Target TargetOf(const std::string& key) const {
    const Target& parent = shapes_.containers_[container_].target;
    if (parent.fields != nullptr) {
      for (const JsonField& field : *parent.fields) {
        if (field.name == key && field.wanted) return {.field = &field};
      }
    } else if (parent.node != nullptr) {
      for (const JsonDocumentNode& child : parent.node->children) {
        if (child.key == key) return {.node = &child};
      }
    }
    return {};
  }

  // What is wanted inside of an object that stands where `target` is.
  static Target InsideOf(const Target& target) {
    if (target.field != nullptr) {
      if (target.field->WantsParts()) return {.fields = &target.field->parts};
      return {.node = &target.field->document};
    }
    return target;
  }

  static bool IsReadAsAWhole(const Target& target) {
    return target.field != nullptr && !target.field->columns.empty();
  }

  Gap GapTo(const Target& target) const {
    Gap gap;
    if (target.node != nullptr) {
      // An object or array has no JSON_VALUE, but a place may have both a value and children in
      // different records.
      if (!target.node->columns.empty()) {
        gap.action = Action::kJsonText;
        gap.column = target.node->columns[0];
      }
    } else if (target.field != nullptr && target.field->WantsParts()) {
      gap.action = Action::kParts;
    } else if (target.field != nullptr && target.field->WantsDocument()) {
      gap.action = Action::kDocument;
      for (const auto& [document, inner] : shapes_.inner_) {
        if (document == &target.field->document) gap.inner = inner.get();
      }
      gap.document = &target.field->document;
    } else if (target.field != nullptr) {
      gap.column = target.field->columns[0];
      const Type& type = target.field->type;
      gap.action = type.IsCharacter()                 ? Action::kText
                   : type.kind() == TypeKind::kBigInt ? Action::kBigInt
                                                      : Action::kConvert;
      gap.takes_object = type.IsCharacter() || type.IsNested();
    }
    for (size_t i = 0; i < shapes_.filters_.size(); ++i) {
      if (gap.column >= 0 && shapes_.filters_[i].column == gap.column)
        gap.filter = static_cast<int32_t>(i);
    }
    return gap;
  }

  // Adds the gap that ends at `end`, unless it is known, and the prediction that led to it. False
  // when nothing more is to be learned.
  bool AddGap(const char* end, Gap gap) {
    const std::string_view literal(gap_begin_, static_cast<size_t>(end - gap_begin_));
    if (literal.size() >= Gap::kMaxBytes || slots_.size() > Gap::kMaxSlots ||
        shapes_.gaps_.size() >= kMaxGaps)
      return false;
    if (shapes_.containers_[from_].gaps.size() >= kCrowd && IsUnwanted(from_))
      return SetCrowded(from_);
    int32_t index = FindKnown(literal, gap);
    if (index < 0) {
      index = static_cast<int32_t>(shapes_.gaps_.size());
      std::copy(literal.begin(), literal.end(), gap.literal);
      gap.length = static_cast<uint32_t>(literal.size());
      gap.mask = (uint64_t{1} << literal.size()) - 1;
      CountQuotes(literal, &gap);
      gap.to = container_;
      gap.num_slots = static_cast<int8_t>(slots_.size());
      std::copy(slots_.begin(), slots_.end(), gap.slots);
      shapes_.gaps_.push_back(std::move(gap));
      shapes_.containers_[from_].gaps.push_back(index);
    }
    slots_.clear();
    Predict(index);
    from_ = container_;
    previous_ = index;
    return true;
  }

  static void CountQuotes(std::string_view literal, Gap* gap) {
    for (size_t i = 0; i < literal.size(); ++i) {
      if (literal[i] == '\\') {
        ++i;
      } else if (literal[i] == '"' && gap->num_quotes++ == 0) {
        gap->first_quote = static_cast<uint16_t>(i);
      }
    }
  }

  int32_t FindKnown(std::string_view literal, const Gap& gap) const {
    for (const int32_t index : shapes_.containers_[from_].gaps) {
      const Gap& known = shapes_.gaps_[index];
      if (std::string_view(known.literal, known.length) == literal &&
          known.takes_object == gap.takes_object)
        return index;
    }
    return -1;
  }

  void Predict(int32_t index) {
    for (int32_t& next : shapes_.gaps_[previous_].next) {
      if (next == index) return;
      if (next == 0) {
        next = index;
        return;
      }
    }
  }

  bool IsUnwanted(int32_t container) const {
    const Target& target = shapes_.containers_[container].target;
    return target.fields == nullptr && target.node == nullptr;
  }

  // From now on the object is skipped as a whole: gaps into it never match again.
  bool SetCrowded(int32_t container) {
    shapes_.containers_[container].is_crowded = true;
    for (Gap& gap : shapes_.gaps_) {
      for (int32_t at = gap.to; at != 0; at = shapes_.containers_[at].parent) {
        if (at != container) continue;
        std::fill(std::begin(gap.literal), std::end(gap.literal), '\0');
        gap.mask = ~uint64_t{0};
        gap.length = Gap::kMaxBytes - 1;
        break;
      }
    }
    return false;
  }

  int32_t ContainerOf(int32_t parent, const std::string& key, Target target) {
    const auto [found, is_new] = shapes_.container_of_key_.try_emplace(
        {parent, key}, static_cast<int32_t>(shapes_.containers_.size()));
    if (!is_new) return found->second;
    const int32_t container = found->second;
    shapes_.containers_.push_back(
        {.parent = parent, .depth = shapes_.containers_[parent].depth + 1, .target = target});
    if (++shapes_.containers_[parent].num_children > kCrowd && IsUnwanted(parent) && parent != 0)
      SetCrowded(parent);
    return container;
  }

  int32_t SlotOf(const Target& target) {
    const auto [found, is_new] = shapes_.slot_of_target_.try_emplace(
        target.identity(), static_cast<int32_t>(shapes_.seen_in_.size()));
    if (is_new) shapes_.seen_in_.push_back(0);
    return found->second;
  }

  JsonShapes& shapes_;
  JsonCursor cursor_;
  const char* gap_begin_ = nullptr;
  int32_t container_ = 0;  // in which the cursor stands
  int32_t from_ = 0;       // of the value before the gap
  int32_t previous_ = 0;
  std::vector<int32_t> slots_;
};

void JsonShapes::Learn(std::string_view record) {
  if (is_possible_) Learner(*this).Run(record);
}

}  // namespace sluice
