#include "formats/json_forms.h"

#include <cstring>
#include <utility>

#include "formats/json_blocks.h"
#include "types/plain_digits.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace sluice {
namespace {

// Gathers differences between texts and literals.
class Differences {
 public:
#ifdef __SSE2__
  void Compare(const char* text, const JsonForms::Literal& literal) {
    const __m128i got = Load(text);
    const __m128i want = Load(literal.text);
    all_ = _mm_or_si128(all_, _mm_and_si128(_mm_xor_si128(got, want), Load(literal.mask)));
  }
  bool none() const {
    return _mm_movemask_epi8(_mm_cmpeq_epi8(all_, _mm_setzero_si128())) == 0xffff;
  }

 private:
  static __m128i Load(const char* bytes) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
  }
  __m128i all_ = _mm_setzero_si128();
#else
  void Compare(const char* text, const JsonForms::Literal& literal) {
    for (size_t at = 0; at < sizeof(literal.text); at += 8) {
      all_ |= (Load(text + at) ^ Load(literal.text + at)) & Load(literal.mask + at);
    }
  }
  bool none() const { return all_ == 0; }

 private:
  static uint64_t Load(const char* bytes) {
    uint64_t word;
    std::memcpy(&word, bytes, sizeof(word));
    return word;
  }
  uint64_t all_ = 0;
#endif
};

// The places of the unescaped quotes.
std::vector<size_t> QuotesOf(std::string_view gap) {
  std::vector<size_t> places;
  for (size_t i = 0; i < gap.size(); ++i) {
    if (gap[i] == '\\') {
      ++i;
    } else if (gap[i] == '"') {
      places.push_back(i);
    }
  }
  return places;
}

JsonForms::Literal MakeLiteral(std::string_view text, JsonForms::Place place) {
  JsonForms::Literal literal{.place = place};
  std::memcpy(literal.text, text.data(), text.size());
  std::memset(literal.mask, 0xff, text.size());
  return literal;
}

// True if [begin, end) are digits without a leading zero that a BIGINT holds.
bool IsPlainNumber(const JsonForms::Record& record, size_t begin, size_t end) {
  const size_t size = end - begin;  // huge, if the places are not in order
  if (size - 1 >= 15 || end > record.end) return false;
  const char* const digits = record.text + begin;
  return CountDigits(digits) == size && (*digits != '0' || size == 1);
}

JsonForms::Place Behind(JsonForms::Place place, size_t bytes) {
  place.offset += static_cast<int32_t>(bytes);
  return place;
}

}  // namespace

// Turns the gap into literals; returns where it begins.
JsonForms::Place JsonForms::Builder::CloseGap() {
  // A literal starts inside of the record, behind a quote or a number, so it may reach so far.
  if (gap_.size() > JsonBlocks::kPadding) is_possible_ = false;
  const std::vector<size_t> quotes = QuotesOf(gap_);
  Place begin;
  if (before_ == Before::kString) {
    begin = {form_.num_quotes - 1, 1};
  } else if (!quotes.empty()) {
    begin = {form_.num_quotes, -static_cast<int32_t>(quotes[0])};
  } else {
    is_possible_ = false;  // between two numbers of an array
  }
  if (before_ == Before::kNothing) form_.first = begin;
  if (before_ == Before::kNumber) form_.numbers.back().end = begin;
  constexpr size_t kPiece = sizeof(Literal::text);
  for (size_t at = 0; at < gap_.size(); at += kPiece) {
    form_.literals.push_back(
        MakeLiteral(std::string_view(gap_).substr(at, kPiece), Behind(begin, at)));
  }
  form_.num_quotes += static_cast<uint32_t>(quotes.size());
  return begin;
}

void JsonForms::Builder::AddString(int32_t tag) {
  gap_.push_back('"');
  CloseGap();
  gap_.clear();
  form_.strings.push_back({.tag = tag, .quote = form_.num_quotes - 1});
  ++form_.num_quotes;
  before_ = Before::kString;
}

void JsonForms::Builder::AddNumber(int32_t tag) {
  const Place begin = Behind(CloseGap(), gap_.size());
  gap_.clear();
  form_.numbers.push_back({.tag = tag, .begin = begin});
  before_ = Before::kNumber;
}

bool JsonForms::Builder::CloseTail() {
  if (const std::vector<size_t> quotes = QuotesOf(gap_); !quotes.empty()) {
    // The last members are literals: their text up to the last quote is a gap like any other.
    const std::string rest = gap_.substr(quotes.back() + 1);
    gap_.resize(quotes.back() + 1);
    CloseGap();
    gap_ = rest;
    before_ = Before::kString;
  }
  if (before_ == Before::kNothing || gap_.size() > sizeof(Literal::text)) return false;
  form_.tail = MakeLiteral(gap_, {form_.num_quotes - 1, 1});
  form_.tail_bytes = static_cast<uint32_t>(gap_.size());
  if (before_ == Before::kNumber) form_.numbers.back().is_last = true;
  return is_possible_;
}

bool JsonForms::Builder::Finish(Form* form) {
  if (!CloseTail()) return false;
  *form = std::move(form_);
  return true;
}

// The order matters: that the numbers lie in the record, one before the other, is what keeps the
// literals behind them from being looked for in front of it.
bool JsonForms::Fits(const Form& form, const Record& record) {
  const uint32_t num_quotes = form.num_quotes;
  if (num_quotes > record.num_quotes || record.quotes[num_quotes - 1] >= record.end ||
      record.quotes[num_quotes] < record.end || form.first.In(record) != record.begin) {
    return false;
  }
  const bool ends_with_number = !form.numbers.empty() && form.numbers.back().is_last;
  if (!ends_with_number && form.tail.place.In(record) + form.tail_bytes != record.end) return false;
  for (const Number& number : form.numbers) {
    if (!IsPlainNumber(record, number.begin.In(record), form.EndOf(number, record))) return false;
  }
  Differences differences;
  differences.Compare(record.text + record.end - form.tail_bytes, form.tail);
  for (const Literal& literal : form.literals) {
    differences.Compare(record.text + literal.place.In(record), literal);
  }
  return differences.none();
}

const JsonForms::Form* JsonForms::Match(const Record& record) {
  for (size_t i = 0; i < forms_.size(); ++i) {
    if (!Fits(forms_[i], record)) continue;
    ++forms_[i].num_hits;
    if (i == 0 || forms_[i].num_hits <= forms_[i - 1].num_hits) return &forms_[i];
    std::swap(forms_[i], forms_[i - 1]);
    return &forms_[i - 1];
  }
  return nullptr;
}

void JsonForms::Add(Form form) {
  if (is_full()) {
    forms_.pop_back();
    for (Form& old : forms_) old.num_hits /= 2;
  }
  forms_.push_back(std::move(form));
}

}  // namespace sluice
