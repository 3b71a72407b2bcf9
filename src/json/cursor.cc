#include "json/cursor.h"

#include <algorithm>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace sluice {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// What Jackson takes as part of a word: `truex` is not `true`.
bool IsWordPart(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// The first quote, backslash or control byte at or behind `pos`, or `end`.
const char* FindStringSpecial(const char* pos, const char* end) {
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i last_control = _mm_set1_epi8(0x1f);
  while (end - pos >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(pos));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
    const __m128i special = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)), control);
    const int mask = _mm_movemask_epi8(special);
    if (mask != 0) return pos + __builtin_ctz(mask);
    pos += 16;
  }
#endif
  while (pos < end && *pos != '"' && *pos != '\\' && static_cast<unsigned char>(*pos) >= 0x20)
    ++pos;
  return pos;
}

}  // namespace

void JsonCursor::Reset(std::string_view text, JsonControls controls) {
  pos_ = token_begin_ = text.data();
  end_ = text.data() + text.size();
  raw_ = error_ = {};
  open_.clear();
  token_ = JsonToken::kNone;
  state_ = State::kStart;
  escaped_ = false;
  allow_controls_ = controls == JsonControls::kAllow;
}

JsonToken JsonCursor::Fail(std::string_view error) {
  error_ = error;
  token_begin_ = pos_;
  return token_ = JsonToken::kError;
}

void JsonCursor::SkipSpace() {
  while (pos_ < end_ && IsJsonSpace(*pos_)) ++pos_;
}

JsonToken JsonCursor::Next() {
  if (token_ == JsonToken::kError) return token_;
  SkipSpace();
  switch (state_) {
    case State::kDone: return token_ = JsonToken::kNone;
    case State::kStart:
      if (pos_ == end_) return token_ = JsonToken::kNone;
      return ReadValue();
    case State::kValue:
      if (pos_ == end_ || *pos_ != ':') return Fail("a ':' is expected behind a key");
      ++pos_;
      SkipSpace();
      return ReadValue();
    case State::kFirst:
    case State::kNext: break;
  }
  if (pos_ == end_) return Fail("the document ends too early");
  if (*pos_ == '}' || *pos_ == ']') return Close(*pos_);
  if (state_ == State::kNext) {
    if (*pos_ != ',') return Fail("a ',' or a closing bracket is expected");
    ++pos_;
    SkipSpace();
  }
  return open_.back() == '{' ? ReadFieldName() : ReadValue();
}

JsonToken JsonCursor::ReadFieldName() {
  if (pos_ == end_ || *pos_ != '"') return Fail("a key in double quotes is expected");
  if (!ReadString()) return token_;
  state_ = State::kValue;
  return token_ = JsonToken::kFieldName;
}

JsonToken JsonCursor::ReadValue() {
  if (pos_ == end_) return Fail("the document ends too early");
  switch (*pos_) {
    case '"': return ReadString() ? EndScalar(JsonToken::kString) : token_;
    case '{': return Open('{', JsonToken::kStartObject);
    case '[': return Open('[', JsonToken::kStartArray);
    case 't': return ReadLiteral("true", JsonToken::kTrue);
    case 'f': return ReadLiteral("false", JsonToken::kFalse);
    case 'n': return ReadLiteral("null", JsonToken::kNull);
    default: return ReadNumber();
  }
}

JsonToken JsonCursor::EndScalar(JsonToken token) {
  state_ = open_.empty() ? State::kDone : State::kNext;
  return token_ = token;
}

JsonToken JsonCursor::Open(char bracket, JsonToken token) {
  if (open_.size() >= limits_.max_depth) return Fail("the document is nested too deeply");
  token_begin_ = pos_++;
  open_.push_back(bracket);
  state_ = State::kFirst;
  return token_ = token;
}

JsonToken JsonCursor::Close(char bracket) {
  const bool is_object = bracket == '}';
  if (open_.back() != (is_object ? '{' : '[')) return Fail("the closing bracket does not match");
  token_begin_ = pos_++;
  open_.pop_back();
  return EndScalar(is_object ? JsonToken::kEndObject : JsonToken::kEndArray);
}

bool JsonCursor::ReadString() {
  token_begin_ = pos_++;
  escaped_ = false;
  const char* const begin = pos_;
  for (;;) {
    pos_ = FindStringSpecial(pos_, end_);
    if (pos_ == end_) {
      Fail("a string is not closed");
      return false;
    }
    if (*pos_ == '"') break;
    if (*pos_ == '\\') {
      if (!ReadEscape()) return false;
    } else if (allow_controls_) {
      ++pos_;
    } else {
      Fail("a control character must be escaped in a string");
      return false;
    }
  }
  raw_ = {begin, static_cast<size_t>(pos_ - begin)};
  ++pos_;
  return true;
}

bool JsonCursor::ReadEscape() {
  escaped_ = true;
  const std::string_view rest(pos_ + 1, static_cast<size_t>(end_ - pos_ - 1));
  if (!rest.empty() && std::strchr("\"\\/bfnrt", rest[0]) != nullptr && rest[0] != '\0') {
    pos_ += 2;
    return true;
  }
  if (rest.size() >= 5 && rest[0] == 'u' && IsHexDigit(rest[1]) && IsHexDigit(rest[2]) &&
      IsHexDigit(rest[3]) && IsHexDigit(rest[4])) {
    pos_ += 6;
    return true;
  }
  Fail("an escape in a string is malformed");
  return false;
}

JsonToken JsonCursor::ReadLiteral(std::string_view literal, JsonToken token) {
  token_begin_ = pos_;
  const size_t left = static_cast<size_t>(end_ - pos_);
  if (left < literal.size() || std::memcmp(pos_, literal.data(), literal.size()) != 0 ||
      (left > literal.size() && IsWordPart(pos_[literal.size()]))) {
    return Fail("a value is expected");
  }
  raw_ = {pos_, literal.size()};
  pos_ += literal.size();
  return EndScalar(token);
}

JsonToken JsonCursor::ReadNumber() {
  const char* const begin = pos_;
  const char* pos = pos_;
  if (pos < end_ && *pos == '-') ++pos;
  if (pos == end_ || !IsDigit(*pos)) return Fail("a value is expected");
  if (*pos == '0') {
    ++pos;
    if (pos < end_ && IsDigit(*pos)) return Fail("a number has a leading zero");
  } else {
    while (pos < end_ && IsDigit(*pos)) ++pos;
  }
  JsonToken token = JsonToken::kInt;
  if (pos < end_ && *pos == '.') {
    token = JsonToken::kFloat;
    ++pos;
    if (pos == end_ || !IsDigit(*pos)) return Fail("a number needs digits behind its point");
    while (pos < end_ && IsDigit(*pos)) ++pos;
  }
  if (pos < end_ && (*pos == 'e' || *pos == 'E')) {
    token = JsonToken::kFloat;
    ++pos;
    if (pos < end_ && (*pos == '+' || *pos == '-')) ++pos;
    if (pos == end_ || !IsDigit(*pos)) return Fail("a number needs digits in its exponent");
    while (pos < end_ && IsDigit(*pos)) ++pos;
  }
  if (open_.empty() && pos < end_ && !IsJsonSpace(*pos))
    return Fail("a number is followed by other text");
  token_begin_ = begin;
  raw_ = {begin, static_cast<size_t>(pos - begin)};
  if (raw_.size() > 10 && !CheckNumber(raw_)) return Fail("a number is too long");
  pos_ = pos;
  return EndScalar(token);
}

bool JsonCursor::CheckNumber(std::string_view number) {
  if (number.size() > limits_.max_number_digits) {
    const auto digits =
        std::count_if(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (static_cast<size_t>(digits) > limits_.max_number_digits) return false;
  }
  const size_t exponent =
      limits_.int_exponents ? number.find_first_of("eE") : std::string_view::npos;
  if (exponent == std::string_view::npos) return true;
  std::string_view digits = number.substr(exponent + 1);
  if (digits[0] == '+' || digits[0] == '-') digits.remove_prefix(1);
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits.size() < 10 || (digits.size() == 10 && digits <= "2147483647");
}

bool JsonCursor::SkipChildren() {
  if (token_ != JsonToken::kStartObject && token_ != JsonToken::kStartArray)
    return token_ != JsonToken::kError;
  const size_t outside = open_.size() - 1;
  while (open_.size() > outside) {
    if (Next() == JsonToken::kError) return false;
  }
  return true;
}

bool JsonCursor::Finish() {
  while (state_ != State::kDone) {
    const JsonToken token = Next();
    if (token == JsonToken::kError || token == JsonToken::kNone) return false;
  }
  return token_ != JsonToken::kError;
}

}  // namespace sluice
