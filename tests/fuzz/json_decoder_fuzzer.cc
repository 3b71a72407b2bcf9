// Records as a file gives them, lines of any bytes, to the json decoder: it never crashes, and the
// fast path gives what the generic reader gives.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "formats/json_decoder.h"
#include "types/value.h"

namespace sluice {
namespace {

DecodeSpec SpecOf(uint8_t choice) {
  DecodeSpec spec;
  spec.table = {{"a", Type::String()},
                {"n", Type::BigInt()},
                {"p", Type::String()},
                {"d", Type::Decimal(10, 2)},
                {"r", Type::Row({{"x", Type::Int()}, {"y", Type::Array(Type::String())}})},
                {"m", Type::Map(Type::String(), Type::Double())}};
  if (choice % 2 == 0) {
    for (const Field& field : spec.table)
      spec.columns.push_back({DecodedKind::kField, {field.name}, field.type});
    return spec;
  }
  spec.columns = {{DecodedKind::kField, {"a"}, Type::String()},
                  {DecodedKind::kJsonValue, {"p", "x"}, Type::String()},
                  {DecodedKind::kJsonValue, {"p", "y", "z"}, Type::String()},
                  {DecodedKind::kField, {"r", "x"}, Type::Int()}};
  if (choice % 4 == 3) spec.filters = {{0, {"x", "yes"}}};
  return spec;
}

void Check(bool condition) {
  if (!condition) std::abort();
}

void Compare(const DecodeSpec& spec, const JsonDecodeSettings& settings,
             const RawRecords& records) {
  JsonDecoder fast(spec, settings);
  JsonDecoder generic(spec, settings, /*use_shapes=*/false);
  for (size_t next = 0; next < records.records.size();) {
    DecodeOutput a;
    DecodeOutput b;
    const StatusOr<size_t> end_a = fast.Decode(records, next, a);
    const StatusOr<size_t> end_b = generic.Decode(records, next, b);
    Check(end_a.ok() && end_b.ok() && *end_a == *end_b);
    Check(a.num_rows == b.num_rows && a.num_filtered == b.num_filtered &&
          a.num_skipped == b.num_skipped);
    Check(a.errors.errors().size() == b.errors.errors().size() &&
          a.record_of_row == b.record_of_row);
    for (size_t i = 0; i < a.columns.size(); ++i) {
      // NaN is not equal to itself.
      if (a.columns[i].type().kind() == TypeKind::kMap) continue;
      for (int32_t row = 0; row < a.num_rows; ++row)
        Check(GetValue(a.columns[i], row) == GetValue(b.columns[i], row));
    }
    next = *end_a;
  }
}

}  // namespace
}  // namespace sluice

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const uint8_t choice = data[0];
  auto chunk = std::make_shared<std::string>(reinterpret_cast<const char*>(data + 1), size - 1);
  const size_t text_size = chunk->size();
  chunk->append(sluice::RawRecords::kPaddingBytes, '\0');
  sluice::RawRecords records;
  records.pin = chunk;
  for (size_t begin = 0; begin <= text_size;) {
    const size_t newline = chunk->find('\n', begin);
    const size_t end = newline == std::string::npos || newline > text_size ? text_size : newline;
    records.records.emplace_back(chunk->data() + begin, end - begin);
    begin = end + 1;
  }
  sluice::JsonDecodeSettings settings;
  settings.ignore_parse_errors = choice & 16;
  settings.fail_on_missing_field = !settings.ignore_parse_errors && (choice & 32);
  settings.tree = choice & 64;
  if (choice & 128) settings.value_floats = sluice::JsonFloats::kBigDecimal;
  sluice::Compare(sluice::SpecOf(choice), settings, records);
  return 0;
}
