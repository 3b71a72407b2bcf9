// Numbers follow Jackson and Java: integers of any size keep their digits, others print as
// Double.toString does.
#include "bench/limit/json_token.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

namespace sluice::limit {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

enum class NumberKind : uint8_t { kNone, kInteger, kFloat };

// JSON's grammar of numbers.
NumberKind KindOfNumber(std::string_view token) {
  size_t at = 0;
  const auto peek = [&] { return at < token.size() ? token[at] : '\0'; };
  const auto skip_digits = [&] {
    const size_t begin = at;
    while (IsDigit(peek())) ++at;
    return at > begin;
  };
  if (peek() == '-') ++at;
  if (peek() == '0') {
    ++at;
  } else if (!skip_digits()) {
    return NumberKind::kNone;
  }
  NumberKind kind = NumberKind::kInteger;
  if (peek() == '.') {
    ++at;
    kind = NumberKind::kFloat;
    if (!skip_digits()) return NumberKind::kNone;
  }
  if (peek() == 'e' || peek() == 'E') {
    ++at;
    kind = NumberKind::kFloat;
    if (peek() == '+' || peek() == '-') ++at;
    if (!skip_digits()) return NumberKind::kNone;
  }
  return at == token.size() ? kind : NumberKind::kNone;
}

// Double.toString: plain from 1e-3 to below 1e7, else with an exponent, and at least one digit
// behind the point.
std::string JavaDoubleText(double value) {
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  char buffer[40];
  const double size = std::fabs(value);
  const bool plain = size >= 1e-3 && size < 1e7;
  const auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
  std::string text(buffer, std::to_chars(buffer, buffer + sizeof(buffer), value, format).ptr);
  const size_t mantissa = plain ? text.size() : text.find('e');
  std::string result = text.substr(0, mantissa);
  if (result.find('.') == std::string::npos) result += ".0";
  if (!plain) result.append("E").append(std::to_string(std::atoi(text.c_str() + mantissa + 1)));
  return result;
}

void AppendUtf8(uint32_t code, std::string* out) {
  if (code < 0x80) {
    out->push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out->push_back(static_cast<char>(0xc0 | code >> 6));
    out->push_back(static_cast<char>(0x80 | (code & 0x3f)));
  } else if (code < 0x10000) {
    out->push_back(static_cast<char>(0xe0 | code >> 12));
    out->push_back(static_cast<char>(0x80 | (code >> 6 & 0x3f)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3f)));
  } else {
    out->push_back(static_cast<char>(0xf0 | code >> 18));
    out->push_back(static_cast<char>(0x80 | (code >> 12 & 0x3f)));
    out->push_back(static_cast<char>(0x80 | (code >> 6 & 0x3f)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3f)));
  }
}

// The four hexadecimal digits at `at`, or -1.
int32_t HexUnit(std::string_view content, size_t at) {
  uint32_t unit = 0;
  if (at + 4 > content.size()) return -1;
  const char* end = content.data() + at + 4;
  const auto [stop, error] = std::from_chars(content.data() + at, end, unit, 16);
  return error == std::errc() && stop == end ? static_cast<int32_t>(unit) : -1;
}

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

Outcome StringText(std::string_view token, TextArena& arena, std::string_view* text) {
  if (token.size() < 2 || token.back() != '"') return Outcome::kMalformed;
  const std::string_view content = token.substr(1, token.size() - 2);
  *text = content;
  if (content.find('\\') == std::string_view::npos) return Outcome::kOk;
  std::string unescaped;
  if (!Unescape(content, &unescaped)) return Outcome::kMalformed;
  *text = arena.Keep(std::move(unescaped));
  return Outcome::kOk;
}

bool IsKeyword(std::string_view token) {
  return token == "true" || token == "false" || token == "null";
}

}  // namespace

bool Unescape(std::string_view content, std::string* out) {
  constexpr std::string_view kEscapes = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
  for (size_t at = 0; at < content.size();) {
    if (content[at] != '\\') {
      out->push_back(content[at++]);
      continue;
    }
    if (at + 1 >= content.size()) return false;
    if (content[at + 1] != 'u') {
      const size_t which = kEscapes.find(content[at + 1]);
      if (which == std::string_view::npos) return false;
      out->push_back(kMeanings[which]);
      at += 2;
      continue;
    }
    const int32_t unit = HexUnit(content, at + 2);
    if (unit < 0) return false;
    at += 6;
    if (unit < 0xd800 || unit > 0xdfff) {
      AppendUtf8(static_cast<uint32_t>(unit), out);
      continue;
    }
    const bool escape_follows = content.substr(at, 2) == "\\u";
    const int32_t next = unit < 0xdc00 && escape_follows ? HexUnit(content, at + 2) : -1;
    if (next >= 0xdc00 && next <= 0xdfff) {
      AppendUtf8(0x10000 + (static_cast<uint32_t>(unit - 0xd800) << 10) +
                     static_cast<uint32_t>(next - 0xdc00),
                 out);
      at += 6;
    } else {
      out->push_back('?');
    }
  }
  return true;
}

Outcome JsonValueText(std::string_view token, TextArena& arena, std::string_view* text) {
  *text = {};
  if (token.data() == nullptr || token == "null") return Outcome::kOk;
  switch (token.front()) {
    case '"': return StringText(token, arena, text);
    case '{':
    case '[': return Outcome::kOk;
    default: break;
  }
  if (IsKeyword(token)) {
    *text = token;
    return Outcome::kOk;
  }
  switch (KindOfNumber(token)) {
    case NumberKind::kNone: return Outcome::kMalformed;
    case NumberKind::kInteger: *text = token == "-0" ? token.substr(1) : token; break;
    case NumberKind::kFloat:
      *text = arena.Keep(JavaDoubleText(std::strtod(std::string(token).c_str(), nullptr)));
      break;
  }
  return Outcome::kOk;
}

Outcome CastInteger(std::string_view text, int64_t min, int64_t max, Integer* value) {
  *value = {};
  if (text.data() == nullptr) return Outcome::kOk;
  int64_t plain = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), plain);
  if (error == std::errc() && end == text.data() + text.size() && plain >= min && plain <= max) {
    *value = {plain, false};
    return Outcome::kOk;
  }
  text = TrimBlanks(text);
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  if (text.empty()) return Outcome::kBadValue;
  __int128 sum = 0;
  bool in_fraction = false;
  for (char c : text) {
    if (c == '.' && !in_fraction) {
      in_fraction = true;
    } else if (!IsDigit(c)) {
      return Outcome::kBadValue;
    } else if (!in_fraction) {
      sum = sum * 10 + (c - '0');
      if (sum > __int128{1} << 64) return Outcome::kBadValue;
    }
  }
  if (negative) sum = -sum;
  if (sum < min || sum > max) return Outcome::kBadValue;
  *value = {static_cast<int64_t>(sum), false};
  return Outcome::kOk;
}

Outcome StringColumn(std::string_view token, TextArena& arena, std::string_view* text) {
  *text = {};
  if (token.data() == nullptr || token == "null") return Outcome::kOk;
  if (token.front() == '"') return StringText(token, arena, text);
  const bool known = token.front() == '{' || token.front() == '[' || IsKeyword(token);
  if (!known && KindOfNumber(token) == NumberKind::kNone) return Outcome::kMalformed;
  *text = token;
  return Outcome::kOk;
}

Outcome BigintColumn(std::string_view token, Integer* value) {
  *value = {};
  if (token.data() == nullptr || IsKeyword(token) || token.front() == '{' || token.front() == '[')
    return Outcome::kOk;
  std::string text;
  if (token.front() == '"') {
    if (token.size() < 2 || !Unescape(token.substr(1, token.size() - 2), &text))
      return Outcome::kMalformed;
    text = TrimBlanks(text);
    if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.erase(0, 1);
  } else if (KindOfNumber(token) == NumberKind::kNone) {
    return Outcome::kMalformed;
  } else if (KindOfNumber(token) == NumberKind::kFloat) {
    const double number = std::strtod(std::string(token).c_str(), nullptr);
    if (std::fabs(number) < 9.2e18) *value = {static_cast<int64_t>(number), false};
    return Outcome::kOk;
  } else {
    text = token;
  }
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) *value = {number, false};
  return Outcome::kOk;
}

}  // namespace sluice::limit
