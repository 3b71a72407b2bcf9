// JsonCursor: a pull parser over one JSON text, token by token, with the grammar of Jackson's
// default parser: RFC 8259, no comments, no trailing commas. Nothing is allocated but a stack of
// open containers, whose memory is reused by Reset.
//
// It checks structure, escapes and numbers, but not UTF-8, and it stops behind the first document:
// what follows a complete document is never looked at, as in Flink. Single-threaded; the text must
// outlive the tokens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

enum class JsonToken : uint8_t {
  kNone,  // before the first token, and behind the document
  kStartObject,
  kEndObject,
  kStartArray,
  kEndArray,
  kFieldName,
  kString,
  kInt,    // a number without fraction and exponent
  kFloat,  // any other number
  kTrue,
  kFalse,
  kNull,
  kError,  // the text is malformed; the cursor stays here
};

// Whether strings may hold bytes below 0x20 that are not escaped.
enum class JsonControls : uint8_t { kReject, kAllow };

// What newer versions of Jackson bound; Flink 1.20 has no bounds.
struct JsonLimits {
  size_t max_depth = SIZE_MAX;
  size_t max_number_digits = SIZE_MAX;
  // Where numbers become BigDecimals, an exponent beyond an int is an error.
  bool int_exponents = false;

  static JsonLimits OfFlink2() { return {1000, 1000, false}; }
};

class JsonCursor {
 public:
  JsonCursor() = default;
  JsonCursor(std::string_view text, JsonControls controls) { Reset(text, controls); }
  void Reset(std::string_view text, JsonControls controls);
  // For all texts from now on.
  void SetLimits(const JsonLimits& limits) { limits_ = limits; }

  // Moves on. kNone when the document is complete, and for a text without a token.
  JsonToken Next();
  JsonToken token() const { return token_; }

  // Of kFieldName and kString: the content between the quotes, still escaped; of numbers and
  // literals: their text.
  std::string_view raw() const { return raw_; }
  // True if raw() of a string holds escapes.
  bool escaped() const { return escaped_; }

  // From kStartObject or kStartArray to its end token; from anywhere else: nothing. False on
  // malformed text.
  bool SkipChildren();
  // Reads on to the end of the document. False on malformed text.
  bool Finish();

  // The first byte of the current token (of a string: its quote), and the first byte behind it.
  const char* token_begin() const { return token_begin_; }
  const char* position() const { return pos_; }
  // Open containers.
  size_t depth() const { return open_.size(); }
  // What is wrong, of kError.
  std::string_view error() const { return error_; }

 private:
  enum class State : uint8_t { kStart, kFirst, kValue, kNext, kDone };

  JsonToken Fail(std::string_view error);
  void SkipSpace();
  JsonToken ReadValue();
  JsonToken ReadFieldName();
  JsonToken ReadNumber();
  bool CheckNumber(std::string_view number);
  JsonToken ReadLiteral(std::string_view literal, JsonToken token);
  JsonToken Open(char bracket, JsonToken token);
  JsonToken Close(char bracket);
  bool ReadString();
  bool ReadEscape();
  JsonToken EndScalar(JsonToken token);

  const char* pos_ = nullptr;
  const char* end_ = nullptr;
  const char* token_begin_ = nullptr;
  std::string_view raw_;
  JsonLimits limits_;
  std::string open_;  // the brackets of the open containers
  std::string_view error_;
  JsonToken token_ = JsonToken::kNone;
  State state_ = State::kDone;
  bool escaped_ = false;
  bool allow_controls_ = false;
};

inline bool IsJsonScalar(JsonToken token) {
  return token >= JsonToken::kString && token <= JsonToken::kNull;
}
inline bool IsJsonSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace sluice
