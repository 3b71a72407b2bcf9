// Helpers for tests of formats: records of a text, and rows as one line each.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "formats/format.h"
#include "types/text.h"
#include "types/value.h"

namespace sluice {

// Records that lie one behind the other in a padded chunk, as sources hand them out.
inline RawRecords MakeRecords(const std::vector<std::string>& texts) {
  auto chunk = std::make_shared<std::string>();
  std::vector<size_t> begins;
  for (const std::string& text : texts) {
    begins.push_back(chunk->size());
    *chunk += text + "\n";
  }
  chunk->append(RawRecords::kPaddingBytes, '\0');
  RawRecords records;
  for (size_t i = 0; i < texts.size(); ++i) {
    records.records.emplace_back(chunk->data() + begins[i], texts[i].size());
    records.offsets.push_back(static_cast<int64_t>(begins[i]));
  }
  records.pin = chunk;
  return records;
}

inline std::string Show(const Type& type, const Value& value);

inline std::string ShowList(const std::vector<Field>& fields, const Value::List& list,
                            bool is_array) {
  std::string out;
  for (size_t i = 0; i < list.size(); ++i)
    out += (i == 0 ? "" : ", ") + Show(fields[is_array ? 0 : i].type, list[i]);
  return out;
}

// A value as text: NULL, 'text', numbers as stored, [..] for arrays, (..) for rows, {k=v} for maps.
inline std::string Show(const Type& type, const Value& value) {
  if (value.is_null()) return "NULL";
  switch (type.layout()) {
    case Layout::kText: return "'" + value.as_text() + "'";
    case Layout::kFloat:
    case Layout::kDouble: return std::to_string(value.as_double());
    case Layout::kTimestamp:
      return std::to_string(value.as_timestamp().millis) + "." +
             std::to_string(value.as_timestamp().nanos_of_milli);
    case Layout::kInt128: return std::to_string(static_cast<int64_t>(value.as_int128()));
    case Layout::kRow: return "(" + ShowList(type.fields(), value.as_list(), false) + ")";
    case Layout::kList: {
      if (type.kind() == TypeKind::kArray)
        return "[" + ShowList(type.fields(), value.as_list(), true) + "]";
      std::string out = "{";
      for (const auto& [key, entry] : value.as_entries()) {
        const Type& value_type = type.kind() == TypeKind::kMap ? type.value() : Type::Int();
        out += (out.size() == 1 ? "" : ", ") + Show(Type::String(), key) + "=" +
               Show(value_type, entry);
      }
      return out + "}";
    }
    default: return std::to_string(value.as_int());
  }
}

// The rows of a result, columns separated by " | ".
inline std::vector<std::string> ShowRows(const DecodeOutput& out) {
  std::vector<std::string> rows;
  for (int32_t row = 0; row < out.num_rows; ++row) {
    std::string line;
    for (const Vector& column : out.columns) {
      line += (line.empty() ? "" : " | ") + Show(column.type(), GetValue(column, row));
    }
    rows.push_back(line);
  }
  return rows;
}

// All columns of a table, as declared.
inline DecodeSpec WholeTable(const Schema& table) {
  DecodeSpec spec;
  spec.table = table;
  for (const Field& field : table)
    spec.columns.push_back({DecodedKind::kField, {field.name}, field.type});
  return spec;
}

// Everything that a decoder makes of the records: rows, then "skipped n", "filtered n", "error at
// i: …" where there are any.
inline std::vector<std::string> DecodeAll(Decoder& decoder, const RawRecords& records) {
  std::vector<std::string> lines;
  int32_t skipped = 0;
  int32_t filtered = 0;
  std::vector<std::string> errors;
  for (size_t next = 0; next < records.records.size();) {
    DecodeOutput out;
    StatusOr<size_t> end = decoder.Decode(records, next, out);
    if (!end.ok()) return {std::string(end.status().message())};
    next = *end;
    for (std::string& row : ShowRows(out)) lines.push_back(std::move(row));
    skipped += out.num_skipped;
    filtered += out.num_filtered;
    for (const RowError& error : out.errors.errors()) {
      errors.push_back("error at " + std::to_string(error.row) + ": " + error.detail);
    }
  }
  if (skipped != 0) lines.push_back("skipped " + std::to_string(skipped));
  if (filtered != 0) lines.push_back("filtered " + std::to_string(filtered));
  lines.insert(lines.end(), errors.begin(), errors.end());
  return lines;
}

inline std::vector<std::string> Decode(std::string_view format,
                                       const std::map<std::string, std::string>& options,
                                       const DecodeSpec& spec,
                                       const std::vector<std::string>& texts,
                                       FlinkVersion version = FlinkVersion::k1_20) {
  Session session;
  session.flink_version = version;
  StatusOr<std::unique_ptr<Decoder>> decoder =
      FindFormat(format)->make_decoder(Options(options), spec, session);
  if (!decoder.ok()) return {std::string(decoder.status().message())};
  return DecodeAll(**decoder, MakeRecords(texts));
}

}  // namespace sluice
