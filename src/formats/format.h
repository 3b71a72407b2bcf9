// Formats: raw records to batches and back. One file each in formats/, registered in
// formats/format_list.inc.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "base/status.h"
#include "functions/session.h"
#include "types/batch.h"
#include "types/raw_records.h"
#include "types/row_errors.h"

namespace sluice {

enum class DecodedKind : uint8_t {
  kField,  // the column `path[0]` of the table, or the part path[1…] of it (nested ROW fields), as
           // its declared type
  kJsonValue,  // what JSON_VALUE(column, '$.a.b') gives for plain keys, in its default form
               // (strict, NULL ON EMPTY/ERROR): STRING. path = {column, "a", "b"}; the column is
               // declared STRING and holds the document, or is an object in the record
};

// One column that the plan wants of each record.
struct DecodedColumn {
  DecodedKind kind = DecodedKind::kField;
  std::vector<std::string> path;
  Type type;  // of the decoded column
};

// Rows whose column (an index into DecodeSpec::columns, of a character type) is not one of `values`
// are dropped.
struct DecodeFilter {
  int32_t column;
  std::vector<std::string> values;
};

struct DecodeSpec {
  Schema table;                        // the physical columns as declared
  std::vector<DecodedColumn> columns;  // what to produce, in order
  std::vector<DecodeFilter>
      filters;  // all must pass; may be checked before anything else is decoded
};

struct DecodeOutput {
  std::vector<Vector> columns;  // num_rows long, in the order of DecodeSpec::columns
  int32_t num_rows = 0;
  std::vector<int32_t>
      record_of_row;         // row -> place in RawRecords::records, ascending; empty: the identity
  int32_t num_filtered = 0;  // records dropped by filters
  int32_t num_skipped = 0;   // records dropped by ignore-parse-errors, blank or empty ones
  RowErrors errors;          // per *record*: it could not be decoded; it makes no row
};

// Decodes blocks of records. Owned and called by one task.
class Decoder {
 public:
  virtual ~Decoder() = default;
  // At most kMaxBatchRows rows. Reads on from record `first`; returns the first record that is not
  // consumed (records.size() when all are). Text columns may point into the records: their vectors
  // pin `records.pin`. `out` is overwritten.
  virtual StatusOr<size_t> Decode(const RawRecords& records, size_t first, DecodeOutput& out) = 0;
};

// Encodes batches. Owned and called by one task.
class Encoder {
 public:
  virtual ~Encoder() = default;
  // Appends rows [begin, end) of the batch, each followed by `delimiter`, to `out`; and to
  // `row_ends`, which may be null, the size of `out` behind each row. Row kinds are not looked at.
  virtual Status Encode(const Batch& batch, int32_t begin, int32_t end, std::string_view delimiter,
                        std::string* out, std::vector<size_t>* row_ends) = 0;
};

struct Format {
  std::string_view name;  // "json": options are written 'json.ignore-parse-errors'
  std::string_view help;
  std::span<const OptionSpec> options;  // without the prefix
  StatusOr<std::unique_ptr<Decoder>> (*make_decoder)(const Options&, const DecodeSpec&,
                                                     const Session&) = nullptr;
  StatusOr<std::unique_ptr<Encoder>> (*make_encoder)(const Options&, const Schema&,
                                                     const Session&) = nullptr;
  // InvalidArgument when the format cannot hold this schema (raw: one column).
  Status (*check_schema)(const Options&, const Schema&) = nullptr;
  // True if kJsonValue columns and filters are understood.
  bool can_push_down = false;
};

// All formats of formats/format_list.inc, in that order.
std::span<const Format> AllFormats();
const Format* FindFormat(std::string_view name);

}  // namespace sluice
