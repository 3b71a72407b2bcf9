// The encoder of the json format: rows to one compact JSON object each, as Jackson writes what
// Flink's RowDataToJsonConverters make.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/format.h"
#include "formats/json_settings.h"

namespace sluice {

class JsonEncoder : public Encoder {
 public:
  JsonEncoder(const Schema& schema, const JsonEncodeSettings& settings);

  Status Encode(const Batch& batch, int32_t begin, int32_t end, std::string_view delimiter,
                std::string* out, std::vector<size_t>* row_ends) override;

 private:
  const JsonEncodeSettings settings_;
  std::vector<std::string> keys_;  // `"name":` of each column
};

}  // namespace sluice
