#include "base/json_text.h"

#include <cstdint>

namespace sluice {
namespace {

bool IsContinuation(std::string_view bytes, size_t i) {
  return i < bytes.size() && (static_cast<uint8_t>(bytes[i]) & 0xc0) == 0x80;
}

// The length of the well-formed sequence at `i`; 0 if there is none.
size_t SequenceLength(std::string_view bytes, size_t i) {
  const auto first = static_cast<uint8_t>(bytes[i]);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4 || !IsContinuation(bytes, i + 1)) return 0;
  if (first < 0xe0) return 2;
  const auto second = static_cast<uint8_t>(bytes[i + 1]);
  if (!IsContinuation(bytes, i + 2)) return 0;
  if (first < 0xf0) {
    const bool overlong = first == 0xe0 && second < 0xa0;
    const bool surrogate = first == 0xed && second >= 0xa0;
    return overlong || surrogate ? 0 : 3;
  }
  if (!IsContinuation(bytes, i + 3)) return 0;
  const bool overlong = first == 0xf0 && second < 0x90;
  const bool too_large = first == 0xf4 && second >= 0x90;
  return overlong || too_large ? 0 : 4;
}

void AppendControl(uint8_t c, std::string* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '\b': out->append("\\b"); return;
    case '\f': out->append("\\f"); return;
    case '\n': out->append("\\n"); return;
    case '\r': out->append("\\r"); return;
    case '\t': out->append("\\t"); return;
    default: break;
  }
  out->append("\\u00");
  out->push_back(kHex[c >> 4]);
  out->push_back(kHex[c & 15]);
}

}  // namespace

void AppendJsonString(std::string_view text, std::string* out) {
  out->push_back('"');
  for (size_t i = 0; i < text.size();) {
    const auto c = static_cast<uint8_t>(text[i]);
    if (c < 0x20) {
      AppendControl(c, out);
      ++i;
    } else if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(text[i++]);
    } else if (const size_t length = SequenceLength(text, i); length > 0) {
      out->append(text.substr(i, length));
      i += length;
    } else {
      out->append("\xef\xbf\xbd");
      ++i;
    }
  }
  out->push_back('"');
}

bool IsUtf8(std::string_view bytes) {
  for (size_t i = 0; i < bytes.size();) {
    const size_t length = SequenceLength(bytes, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

}  // namespace sluice
