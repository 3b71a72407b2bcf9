// The decoder of the csv format: a record is one line, as Jackson's CsvMapper splits it and Flink's
// CsvToRowDataConverters reads it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/csv_settings.h"
#include "formats/format.h"

namespace sluice {

class CsvDecoder : public Decoder {
 public:
  CsvDecoder(const DecodeSpec& spec, const CsvSettings& settings);

  StatusOr<size_t> Decode(const RawRecords& records, size_t first, DecodeOutput& out) override;

 private:
  struct Column {
    size_t field;  // its place in the line
    Type type;
  };

  // Splits a line into fields_; false when a quoted field is not closed or goes on behind its
  // quote.
  bool Split(std::string_view line, std::string* error);
  bool ReadQuoted(std::string_view line, size_t* at, std::string* error);
  // Writes one field; kNull makes the row NULL.
  enum class Conversion : uint8_t { kValue, kNull, kFailed };
  Conversion Convert(std::string_view text, VectorBuilder& out, int32_t row);
  Conversion ConvertList(std::string_view text, VectorBuilder& out, int32_t row);
  void WriteOrNull(std::string_view text, VectorBuilder& out, int32_t row, bool* failed);
  bool ReadRow(std::string_view line, std::vector<VectorBuilder>& builders, int32_t row,
               std::string* error);

  const CsvSettings settings_;
  const size_t num_fields_;
  std::vector<std::string> names_;
  std::vector<Column> columns_;
  std::vector<std::string_view> fields_;
  std::vector<std::string> unquoted_;  // texts that differ from the line
  size_t num_unquoted_ = 0;
};

}  // namespace sluice
