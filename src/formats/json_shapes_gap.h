// What JsonShapes knows of a gap; see json_shapes.h. Private to json_shapes*.cc.
#pragma once

#include <cstddef>
#include <cstdint>

#include "formats/json_shapes.h"

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

  bool Matches(const char* at) const;
  uint64_t EqualBytes(const char* at, size_t from) const;  // a bit for each of 16 bytes
};

}  // namespace sluice
