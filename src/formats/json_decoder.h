// The decoder of the json format: blocks of records to columns.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "formats/format.h"
#include "formats/json_columns.h"
#include "formats/json_reader.h"
#include "formats/json_settings.h"
#include "formats/json_shapes.h"
#include "json/cursor.h"

namespace sluice {

class JsonDecoder : public Decoder {
 public:
  // `use_shapes`: false leaves all to the generic reader, for tests that compare the two.
  JsonDecoder(const DecodeSpec& spec, const JsonDecodeSettings& settings, bool use_shapes = true);
  ~JsonDecoder() override;

  StatusOr<size_t> Decode(const RawRecords& records, size_t first, DecodeOutput& out) override;

 private:
  void DecodeRecord(std::string_view record, int32_t index, DecodeOutput& out);
  // One row per object of a root array. False when the batch is full before its end.
  bool DecodeArray(int32_t index, DecodeOutput& out);
  // True if the object is sound.
  bool DecodeObject(int32_t index, DecodeOutput& out);
  void Reject(int32_t index, std::string detail, DecodeOutput& out);
  bool PassesFilters();
  void EmitRow(int32_t index, DecodeOutput& out);

  const JsonDecodeSettings settings_;
  JsonReader reader_;
  JsonShapes shapes_;
  const bool use_shapes_;
  JsonColumns columns_;
  JsonCursor cursor_;
  struct Filter {
    int32_t column;
    std::vector<std::string> values;
  };
  std::vector<Filter> filters_;
  // Of the records of this call:
  bool utf8_checked_ = false;  // together
  bool is_indexed_ = false;    // by shapes_, together
  size_t resume_element_ = 0;  // of the root array at which the previous batch was full
};

}  // namespace sluice
