// The ways in which an event is broken, each a small edit of its text. An edit that finds nothing
// to change in this event leaves it whole.
#include "events/event_damage.h"

#include <cstdint>
#include <iterator>
#include <string_view>

#include "events/text_append.h"

namespace sluice {
namespace {

// The text of one event inside the buffer, by position: the buffer moves when it grows.
struct EventText {
  std::string* buffer;
  size_t begin;

  size_t size() const { return buffer->size() - begin; }
  size_t Find(std::string_view text) const { return buffer->find(text, begin); }
  void Replace(std::string_view text) { buffer->replace(begin, std::string::npos, text); }
};

constexpr size_t kNotFound = std::string::npos;

// The key as it stands before its value.
std::string KeyText(std::string_view key) {
  std::string text;
  AppendTo(&text, "\"", key, "\":");
  return text;
}

// Where the scalar value that starts at `pos` ends.
size_t EndOfScalar(const std::string& text, size_t pos) {
  if (pos < text.size() && text[pos] == '"') {
    const size_t close = text.find('"', pos + 1);
    return close == kNotFound ? text.size() : close + 1;
  }
  const size_t end = text.find_first_of(",}]", pos);
  return end == kNotFound ? text.size() : end;
}

void ReplaceValue(EventText event, std::string_view key, std::string_view value) {
  const std::string quoted = KeyText(key);
  const size_t at = event.Find(quoted);
  if (at == kNotFound) return;
  const size_t begin = at + quoted.size();
  event.buffer->replace(begin, EndOfScalar(*event.buffer, begin) - begin, value);
}

void Truncate(Random& random, EventText event) {
  event.buffer->resize(event.begin + random.Below(static_cast<uint32_t>(event.size())));
}

void ReplaceByGarbage(Random& random, EventText event) {
  event.buffer->resize(event.begin);
  for (uint32_t left = 1 + random.Below(200); left > 0; --left) {
    const char byte = static_cast<char>(random.Below(256));
    event.buffer->push_back(byte == '\n' ? ' ' : byte);
  }
}

// Whole documents that are no event.
void ReplaceByOtherDocument(Random& random, EventText event) {
  constexpr std::string_view kDocuments[] = {"",        "   ",        "null",         "[]",
                                             "{}",      "42",         "[{",           "\"事件\"",
                                             "{\"a\"}", "{\"a\":1,}", "{'domain':1}", "{]"};
  event.Replace(kDocuments[random.Below(std::size(kDocuments))]);
}

void RemoveField(Random& random, EventText event) {
  constexpr std::string_view kKeys[] = {"domain",    "type",     "timestamp", "eventId",
                                        "patternId", "isDelete", "fixTime",   "question"};
  const std::string quoted = KeyText(kKeys[random.Below(std::size(kKeys))]);
  const size_t begin = event.Find(quoted);
  if (begin == kNotFound) return;
  const size_t end = EndOfScalar(*event.buffer, begin + quoted.size());
  event.buffer->erase(begin, end - begin + 1);  // with the comma that follows
}

void ReplacePayload(Random& random, EventText event) {
  constexpr std::string_view kPayloads[] = {"null",
                                            "7",
                                            "true",
                                            "[1,2]",
                                            "\"\"",
                                            "\"no JSON\"",
                                            "{}",
                                            R"("{\"isDelete\":0,\"id\":5}")",
                                            R"("{\"isDelete\":")"};
  const size_t at = event.Find("\"payload\":");
  if (at == kNotFound) return;
  event.buffer->resize(at);
  AppendTo(event.buffer, "\"payload\":", kPayloads[random.Below(std::size(kPayloads))], "}");
}

void ChangeType(Random& random, EventText event) {
  constexpr struct {
    std::string_view key, value;
  } kChanges[] = {{"timestamp", "\"yesterday\""},
                  {"timestamp", "\" 1703123456789 \""},
                  {"timestamp", "1e300"},
                  {"eventId", "4711"},
                  {"domain", "[\"wrongbook\"]"},
                  {"type", "null"},
                  {"isDelete", "\"0\""},
                  {"isDelete", "false"},
                  {"isDelete", "0.0"},
                  {"id", "\"abc\""},
                  {"id", "123456789012345678901"},
                  {"id", "12.75"},
                  {"fixTime", "\"2024-01-01 08:00:00\""},
                  {"fixResult", "\"1\""},
                  {"fixResult", "true"},
                  {"subject", "5"},
                  {"question", "{\"text\":\"?\"}"},
                  {"collectTime", "9223372036854775807"},
                  {"userId", "null"},
                  {"wrongId", "true"}};
  const auto& change = kChanges[random.Below(std::size(kChanges))];
  ReplaceValue(event, change.key, change.value);
}

// Text that trips decoders: legal escapes and rare characters, then what no JSON may hold.
void InsertUnicode(Random& random, EventText event) {
  constexpr std::string_view kTexts[] = {"\\u4e2d\\u6587",
                                         "\\ud83d\\ude00",
                                         "\\ud83d",
                                         "\\u0000",
                                         "\\\\\\/\\b\\t",
                                         "👨‍👩‍👧‍👦e\xcc\x81",
                                         "\xe2\x80\xae",
                                         "\xef\xbb\xbf",
                                         "\xf4\x8f\xbf\xbf",
                                         "\xff",
                                         "\xc0\xaf",
                                         "\xed\xa0\x80",
                                         "\xf4\x90\x80\x80",
                                         "\xe4\xb8",
                                         "\x01",
                                         "\\x",
                                         "\\u12g4",
                                         "\t"};
  const size_t at = event.Find("\"question\":\"");
  const std::string_view text = kTexts[random.Below(std::size(kTexts))];
  event.buffer->insert(at == kNotFound ? event.begin + event.size() / 2 : at + 12, text);
}

void NestDeeply(Random& random, EventText event) {
  const size_t depth = 10 + random.Below(900);
  std::string nested = "\"deep\":";
  const bool arrays = random.OneIn(2);
  for (size_t i = 0; i < depth; ++i) nested.append(arrays ? "[" : "{\"d\":");
  nested.append("1");
  nested.append(random.OneIn(8) ? depth - 1 : depth, arrays ? ']' : '}');
  nested.append(",");
  const size_t at = event.Find(random.OneIn(2) ? "\"eventId\":" : "\"isDelete\":");
  if (at != kNotFound) event.buffer->insert(at, nested);
}

void RepeatKey(Random& random, EventText event) {
  constexpr std::string_view kFields[] = {"\"type\":\"wrongbook_fix\",", "\"domain\":\"none\",",
                                          "\"isDelete\":0,", "\"payload\":{\"isDelete\":0},",
                                          "\"question\":\"第一\","};
  const std::string_view field = kFields[random.Below(std::size(kFields))];
  const size_t at = random.OneIn(2) ? event.Find("\"type\":") : event.Find("\"userId\":");
  if (at != kNotFound) event.buffer->insert(at, field);
}

// Blanks around tokens, other line ends, and text behind the document.
void AddBlanksOrTail(Random& random, EventText event) {
  constexpr std::string_view kTails[] = {"\r", "  ", "\t", " x", "}", "{}", ","};
  const size_t at = event.Find(random.OneIn(2) ? ":\"" : ",\"");
  if (at != kNotFound) event.buffer->insert(at + 1, "  ");
  event.buffer->append(kTails[random.Below(std::size(kTails))]);
}

constexpr void (*kDamages[])(Random&, EventText) = {
    Truncate,       ReplaceByGarbage, ReplaceByOtherDocument, RemoveField,
    ReplacePayload, ChangeType,       InsertUnicode,          NestDeeply,
    RepeatKey,      AddBlanksOrTail};

}  // namespace

void DamageEvent(Random& random, size_t begin, std::string* out) {
  kDamages[random.Below(std::size(kDamages))](random, EventText{out, begin});
}

}  // namespace sluice
