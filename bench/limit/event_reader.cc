// simdjson On-Demand takes its kernel when this file is compiled: without the flags of a modern
// processor it is several times slower, so the build gives them to this file.
#include "bench/limit/event_reader.h"

#include <climits>
#include <cstdint>
#include <cstring>
#include <string>

#include "simdjson.h"

namespace sluice::limit {
namespace {

namespace ondemand = simdjson::ondemand;

// In the order in which producers write them, so that the next key is usually the one that is tried
// first.
enum EnvelopeKey { kDomain, kType, kTimestamp, kEventId, kPayload, kNumEnvelopeKeys };
enum PayloadKey {
  kId,
  kWrongId,
  kUserId,
  kSubject,
  kQuestion,
  kPatternId,
  kIsDelete,
  kCollectTime,
  kFixTime,
  kFixResult,
  kNumPayloadKeys
};
constexpr std::string_view kEnvelopeKeys[] = {"domain", "type", "timestamp", "eventId", "payload"};
constexpr std::string_view kPayloadKeys[] = {"id",       "wrongId",   "userId",   "subject",
                                             "question", "patternId", "isDelete", "collectTime",
                                             "fixTime",  "fixResult"};

struct Tokens {
  std::string_view envelope[kNumEnvelopeKeys];
  std::string_view payload[kNumPayloadKeys];
  bool payload_is_object = false;
};

constexpr std::string_view kContainer =
    "{";  // stands for an object or array, whose content no column needs

// The padding behind a line makes it safe to look behind its end.
bool IsKey(const char* raw, std::string_view key) {
  return std::memcmp(raw, key.data(), key.size()) == 0 && raw[key.size()] == '"';
}

// Which of `keys` the field has, or -1. `expected` is tried first. A key is compared as it is
// written, then, if it has escapes, as it reads.
template <size_t N>
int FindKey(const std::string_view (&keys)[N], int expected, ondemand::field& field) {
  const ondemand::raw_json_string raw = field.key();
  if (expected < static_cast<int>(N) && IsKey(raw.raw(), keys[expected])) return expected;
  for (size_t i = 0; i < N; ++i) {
    if (IsKey(raw.raw(), keys[i])) return static_cast<int>(i);
  }
  const char* end = raw.raw();
  while (*end != '"' && *end != '\\') ++end;
  if (*end == '"') return -1;
  while (*end != '"') end += *end == '\\' ? 2 : 1;
  std::string key;
  if (!Unescape({raw.raw(), static_cast<size_t>(end - raw.raw())}, &key)) return -1;
  for (size_t i = 0; i < N; ++i) {
    if (key == keys[i]) return static_cast<int>(i);
  }
  return -1;
}

std::string_view TrimRight(std::string_view token) {
  while (!token.empty() && (token.back() == ' ' || token.back() == '\t' || token.back() == '\r')) {
    token.remove_suffix(1);
  }
  return token;
}

// The token of a scalar; objects and arrays are walked, as skipping them would check no more than
// their depth.
simdjson::error_code Walk(ondemand::value value, std::string_view* token) {
  ondemand::json_type type;
  if (const auto error = value.type().get(type)) return error;
  std::string_view ignored;
  if (type == ondemand::json_type::object) {
    ondemand::object object;
    if (const auto error = value.get_object().get(object)) return error;
    *token = kContainer;
    for (auto each : object) {
      ondemand::field field;
      if (const auto error = std::move(each).get(field)) return error;
      if (const auto error = Walk(field.value(), &ignored)) return error;
    }
  } else if (type == ondemand::json_type::array) {
    ondemand::array array;
    if (const auto error = value.get_array().get(array)) return error;
    *token = kContainer;
    for (auto each : array) {
      ondemand::value element;
      if (const auto error = std::move(each).get(element)) return error;
      if (const auto error = Walk(element, &ignored)) return error;
    }
  } else {
    *token = TrimRight(value.raw_json_token());
  }
  return simdjson::SUCCESS;
}

simdjson::error_code WalkPayload(ondemand::object object, Tokens* tokens) {
  for (std::string_view& token : tokens->payload) token = {};
  int expected = 0;
  for (auto each : object) {
    ondemand::field field;
    if (const auto error = std::move(each).get(field)) return error;
    const int key = FindKey(kPayloadKeys, expected, field);
    std::string_view token;
    if (const auto error = Walk(field.value(), &token)) return error;
    if (key < 0) continue;
    tokens->payload[key] = token;
    expected = key + 1;
  }
  return simdjson::SUCCESS;
}

simdjson::error_code WalkEvent(ondemand::document& document, Tokens* tokens) {
  ondemand::object object;
  if (const auto error = document.get_object().get(object)) return error;
  int expected = 0;
  for (auto each : object) {
    ondemand::field field;
    if (const auto error = std::move(each).get(field)) return error;
    const int key = FindKey(kEnvelopeKeys, expected, field);
    ondemand::value value = field.value();
    if (key == kPayload) {
      ondemand::json_type type;
      if (const auto error = value.type().get(type)) return error;
      tokens->payload_is_object = type == ondemand::json_type::object;
      if (tokens->payload_is_object) {
        ondemand::object payload;
        if (const auto error = value.get_object().get(payload)) return error;
        if (const auto error = WalkPayload(payload, tokens)) return error;
        continue;
      }
    }
    std::string_view token;
    if (const auto error = Walk(value, &token)) return error;
    if (key < 0) continue;
    tokens->envelope[key] = token;
    expected = key + 1;
  }
  const bool complete = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  return complete ? simdjson::SUCCESS : simdjson::TAPE_ERROR;
}

}  // namespace

struct EventReader::State {
  ondemand::parser event_parser;
  ondemand::parser payload_parser;
  std::string payload_text;
  TextArena arena;

  // A payload in a string: JSON_VALUE reads its text, and finds nothing in what is no JSON.
  void ReadPayloadText(Tokens* tokens);
  Verdict Filter(const Tokens& tokens);
  Verdict Project(const Tokens& tokens, EventFields* event);
};

void EventReader::State::ReadPayloadText(Tokens* tokens) {
  const std::string_view token = tokens->envelope[kPayload];
  payload_text.clear();
  if (token.size() < 2 || token.front() != '"' ||
      !Unescape(token.substr(1, token.size() - 2), &payload_text))
    return;
  const size_t size = payload_text.size();
  payload_text.append(simdjson::SIMDJSON_PADDING, ' ');
  ondemand::document document;
  ondemand::object object;
  const simdjson::padded_string_view text(payload_text.data(), size, payload_text.size());
  const bool read = payload_parser.iterate(text).get(document) == simdjson::SUCCESS &&
                    document.get_object().get(object) == simdjson::SUCCESS &&
                    WalkPayload(object, tokens) == simdjson::SUCCESS;
  if (!read) {
    for (std::string_view& each : tokens->payload) each = {};
  }
}

Verdict EventReader::State::Filter(const Tokens& tokens) {
  std::string_view text;
  Integer is_deleted;
  if (JsonValueText(tokens.payload[kIsDelete], arena, &text) != Outcome::kOk) {
    return tokens.payload_is_object ? Verdict::kDead : Verdict::kFiltered;
  }
  if (CastInteger(text, INT32_MIN, INT32_MAX, &is_deleted) != Outcome::kOk) return Verdict::kDead;
  return is_deleted.is_null || is_deleted.value != 0 ? Verdict::kFiltered : Verdict::kWanted;
}

Verdict EventReader::State::Project(const Tokens& tokens, EventFields* event) {
  bool ok = StringColumn(tokens.envelope[kEventId], arena, &event->event_id) == Outcome::kOk &&
            event->event_id.data() != nullptr &&
            BigintColumn(tokens.envelope[kTimestamp], &event->event_time) == Outcome::kOk;
  const auto text = [&](PayloadKey key, std::string_view* out) {
    ok = ok && JsonValueText(tokens.payload[key], arena, out) == Outcome::kOk;
  };
  const auto integer = [&](PayloadKey key, int64_t min, int64_t max, Integer* out) {
    std::string_view value;
    text(key, &value);
    ok = ok && CastInteger(value, min, max, out) == Outcome::kOk;
  };
  text(kWrongId, &event->wrong_id);
  text(kUserId, &event->user_id);
  text(kSubject, &event->subject);
  text(kQuestion, &event->question);
  text(kPatternId, &event->pattern_id);
  text(kFixResult, &event->fix_result_text);
  integer(kId, INT64_MIN, INT64_MAX, &event->id);
  integer(kCollectTime, INT64_MIN, INT64_MAX, &event->collect_time);
  integer(kFixTime, INT64_MIN, INT64_MAX, &event->fix_time);
  integer(kFixResult, INT32_MIN, INT32_MAX, &event->fix_result);
  return ok ? Verdict::kWanted : Verdict::kDead;
}

EventReader::EventReader() : state_(std::make_unique<State>()) {}
EventReader::~EventReader() = default;

Verdict EventReader::Read(std::string_view line, EventFields* event) {
  State& state = *state_;
  state.arena.Clear();
  Tokens tokens;
  ondemand::document document;
  const simdjson::padded_string_view text(line.data(), line.size(),
                                          line.size() + simdjson::SIMDJSON_PADDING);
  if (state.event_parser.iterate(text).get(document) != simdjson::SUCCESS) return Verdict::kDead;
  if (WalkEvent(document, &tokens) != simdjson::SUCCESS) return Verdict::kDead;

  std::string_view domain, type;
  if (StringColumn(tokens.envelope[kDomain], state.arena, &domain) != Outcome::kOk ||
      StringColumn(tokens.envelope[kType], state.arena, &type) != Outcome::kOk) {
    return Verdict::kDead;
  }
  if (domain != "wrongbook" || type != "wrongbook_fix") return Verdict::kFiltered;
  if (!tokens.payload_is_object) state.ReadPayloadText(&tokens);
  const Verdict verdict = state.Filter(tokens);
  return verdict == Verdict::kWanted ? state.Project(tokens, event) : verdict;
}

}  // namespace sluice::limit
