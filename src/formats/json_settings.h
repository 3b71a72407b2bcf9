// What the options of the json format and the job's settings come to.
#pragma once

#include <string>

#include "formats/java_text.h"
#include "json/cursor.h"
#include "json/json_number.h"

namespace sluice {

struct JsonDecodeSettings {
  bool ignore_parse_errors = false;
  bool fail_on_missing_field = false;
  // decode.json-parser.enabled = false: numbers for STRING columns go through Jackson's tree.
  bool tree = false;
  TimestampStandard timestamps = TimestampStandard::kSql;
  bool keep_time_millis = false;  // TIME: 2.x keeps milliseconds, 1.20 whole seconds
  // How floats are written when an object or array becomes text: BigDecimal once any column is
  // DECIMAL.
  JsonFloats tree_floats = JsonFloats::kDouble;
  // How JSON_VALUE gives floats. Those of an object went through its text first, and so through
  // tree_floats.
  JsonFloats value_floats = JsonFloats::kDouble;
  JsonLimits limits;       // of records
  JsonLimits text_limits;  // of texts that JSON_VALUE looks into
};

enum class MapNullKeys : uint8_t { kFail, kDrop, kLiteral };

struct JsonEncodeSettings {
  TimestampStandard timestamps = TimestampStandard::kSql;
  MapNullKeys map_null_keys = MapNullKeys::kFail;
  std::string map_null_literal = "null";
  bool plain_decimals = false;
  bool strip_decimals = true;  // drops trailing zeros; 2.x keeps those of plain ones
  bool ignore_null_fields = false;
};

}  // namespace sluice
