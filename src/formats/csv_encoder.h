// The encoder of the csv format: rows to lines, as Jackson's CsvMapper writes what Flink's
// RowDataToCsvConverters make.
#pragma once

#include <string>
#include <string_view>

#include "formats/csv_settings.h"
#include "formats/format.h"

namespace sluice {

class CsvEncoder : public Encoder {
 public:
  CsvEncoder(const Schema& schema, const CsvSettings& settings);

  Status Encode(const Batch& batch, int32_t begin, int32_t end, std::string_view delimiter,
                std::string* out, std::vector<size_t>* row_ends) override;

 private:
  void WriteField(const Vector& vector, int32_t row, std::string* out);
  // Appends the text of a value; false if it is text that may need quotes.
  bool AppendValue(const Vector& vector, int32_t row, std::string* out);
  void AppendDecimal(const Vector& vector, int32_t row, std::string* out);
  void AppendElement(const Vector& vector, int32_t row, std::string* out);
  void AppendQuoted(std::string_view text, std::string* out) const;
  bool NeedsQuotes(std::string_view text) const;

  const CsvSettings settings_;
  const size_t num_columns_;
  std::string text_;
};

}  // namespace sluice
