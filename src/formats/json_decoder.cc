#include "formats/json_decoder.h"

#include <algorithm>
#include <optional>
#include <span>

#include "formats/json_utf8.h"
#include "types/text.h"

namespace sluice {
namespace {

// The text that the records span if they lie close together, one behind the other, and are few
// enough to be looked over at once.
std::optional<std::string_view> CompactSpan(std::span<const std::string_view> records) {
  if (records.empty()) return std::nullopt;
  const char* const begin = records.front().data();
  const char* end = begin - 1;
  size_t total = 0;
  for (std::string_view record : records) {
    // A byte between them keeps a character that one leaves unfinished from ending in the next.
    if (record.data() <= end) return std::nullopt;
    end = record.data() + record.size();
    total += record.size();
  }
  const auto span = static_cast<size_t>(end - begin);
  if (span > total + total / 4 + 64 || span > JsonBlocks::kMaxBytes) return std::nullopt;
  return std::string_view(begin, span);
}

// As many rows as records does not say it: a record may make none, another, an array, several.
bool IsIdentity(const std::vector<int32_t>& record_of_row) {
  int32_t differences = 0;
  for (size_t i = 0; i < record_of_row.size(); ++i) {
    differences |= record_of_row[i] ^ static_cast<int32_t>(i);
  }
  return differences == 0;
}

}  // namespace

JsonDecoder::JsonDecoder(const DecodeSpec& spec, const JsonDecodeSettings& settings,
                         bool use_shapes)
    : settings_(settings),
      reader_(spec, settings),
      shapes_(reader_, spec.filters, settings),
      use_shapes_(use_shapes && shapes_.is_possible()),
      columns_(spec.columns) {
  cursor_.SetLimits(settings.limits);
  for (const DecodeFilter& filter : spec.filters)
    filters_.push_back({filter.column, filter.values});
}

JsonDecoder::~JsonDecoder() = default;

StatusOr<size_t> JsonDecoder::Decode(const RawRecords& records, size_t first, DecodeOutput& out) {
  const size_t num_records = records.records.size();
  const size_t limit = std::min(num_records, first + kMaxBatchRows);
  out.record_of_row.clear();
  out.num_filtered = 0;
  out.num_skipped = 0;
  out.errors.Clear();
  columns_.Begin(static_cast<int32_t>(limit - first), records.pin);
  const auto span = CompactSpan(std::span(records.records).subspan(first, limit - first));
  is_indexed_ = use_shapes_ && span.has_value();
  if (is_indexed_) shapes_.Index(*span);
  utf8_checked_ = span.has_value() && IsValidUtf8(*span);
  size_t next = first;
  while (next < num_records && !columns_.IsFull()) {
    DecodeRecord(records.records[next], static_cast<int32_t>(next), out);
    if (resume_element_ != 0) break;
    ++next;
    if (next == limit) break;
  }
  columns_.Finish(out);
  if (static_cast<size_t>(out.num_rows) == num_records && IsIdentity(out.record_of_row)) {
    out.record_of_row.clear();
  }
  return next;
}

void JsonDecoder::Reject(int32_t index, std::string detail, DecodeOutput& out) {
  if (settings_.ignore_parse_errors) {
    ++out.num_skipped;
  } else {
    out.errors.Add(index, ErrorCode::kBadRecord, std::move(detail));
  }
}

void JsonDecoder::DecodeRecord(std::string_view record, int32_t index, DecodeOutput& out) {
  if (record.empty()) {
    ++out.num_skipped;
    return;
  }
  if (!utf8_checked_ && !IsValidUtf8(record))
    return Reject(index, "the record is not valid UTF-8", out);
  if (use_shapes_ && (is_indexed_ || record.size() <= JsonBlocks::kMaxBytes)) {
    if (!is_indexed_) shapes_.Index(record);
    columns_.StartRow();
    switch (shapes_.Read(record, columns_)) {
      case JsonShapes::Outcome::kRow: return EmitRow(index, out);
      case JsonShapes::Outcome::kFiltered: ++out.num_filtered; return;
      case JsonShapes::Outcome::kUnknown: break;
    }
  }
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (record.starts_with(kByteOrderMark)) record.remove_prefix(kByteOrderMark.size());
  cursor_.Reset(record, JsonControls::kAllow);
  switch (cursor_.Next()) {
    case JsonToken::kStartObject:
      if (DecodeObject(index, out) && use_shapes_) shapes_.Learn(record);
      return;
    case JsonToken::kError: Reject(index, std::string(cursor_.error()), out); return;
    case JsonToken::kStartArray:
      if (DecodeArray(index, out)) resume_element_ = 0;
      return;
    default: Reject(index, "the record is no JSON object", out);
  }
}

bool JsonDecoder::DecodeArray(int32_t index, DecodeOutput& out) {
  for (size_t element = 0; cursor_.Next() != JsonToken::kEndArray; ++element) {
    if (cursor_.token() != JsonToken::kStartObject && cursor_.token() != JsonToken::kNull) {
      const bool is_malformed =
          cursor_.token() == JsonToken::kError || cursor_.token() == JsonToken::kNone;
      Reject(
          index,
          is_malformed ? std::string(cursor_.error()) : "an element of the array is no JSON object",
          out);
      if (is_malformed || !settings_.ignore_parse_errors || !cursor_.SkipChildren()) return true;
      continue;
    }
    if (element < resume_element_ || cursor_.token() == JsonToken::kNull) {
      if (!cursor_.SkipChildren()) return true;
      continue;
    }
    if (columns_.IsFull()) {
      resume_element_ = element;
      return false;
    }
    DecodeObject(index, out);
    if (cursor_.token() == JsonToken::kError) return true;
  }
  return true;
}

bool JsonDecoder::DecodeObject(int32_t index, DecodeOutput& out) {
  columns_.StartRow();
  if (reader_.ReadRecord(cursor_, columns_) == JsonReader::Outcome::kBad) {
    Reject(index, reader_.error(), out);
    return false;
  }
  if (!PassesFilters()) {
    ++out.num_filtered;
  } else if (!reader_.field_error().empty()) {
    out.errors.Add(index, ErrorCode::kBadRecord, reader_.field_error());
  } else {
    EmitRow(index, out);
  }
  return true;
}

bool JsonDecoder::PassesFilters() {
  for (const Filter& filter : filters_) {
    if (!columns_.Has(filter.column)) return false;
    const Text* text = static_cast<const Text*>(columns_.values(filter.column)) + columns_.row();
    if (std::find(filter.values.begin(), filter.values.end(), text->view()) == filter.values.end())
      return false;
  }
  return true;
}

void JsonDecoder::EmitRow(int32_t index, DecodeOutput& out) {
  columns_.CommitRow();
  out.record_of_row.push_back(index);
}

}  // namespace sluice
