// The raw format: a record is the value of the table's only column, without any syntax around it.
#include <algorithm>
#include <memory>
#include <string>

#include "formats/format.h"
#include "types/text.h"

namespace sluice {
namespace {

constexpr OptionSpec kOptions[] = {
    {.key = "charset",
     .type = OptionType::kEnum,
     .default_value = "UTF-8",
     .help = "The charset of text.",
     .choices = "UTF-8, US-ASCII, ISO-8859-1"},
    {.key = "endianness",
     .type = OptionType::kEnum,
     .default_value = "big-endian",
     .help = "The byte order of numbers.",
     .choices = "big-endian, little-endian"},
};

Status CheckSchema(const Options&, const Schema& schema) {
  if (schema.size() != 1) {
    return absl::InvalidArgumentError(
        "The 'raw' format only supports single physical column. However the defined schema "
        "contains " +
        std::to_string(schema.size()) + " physical columns");
  }
  switch (schema[0].type.layout()) {
    case Layout::kText:
    case Layout::kInt8:
    case Layout::kInt16:
    case Layout::kFloat:
    case Layout::kDouble: return OkStatus();
    case Layout::kInt32:
      if (schema[0].type.kind() == TypeKind::kInt) return OkStatus();
      break;
    case Layout::kInt64:
      if (schema[0].type.kind() == TypeKind::kBigInt) return OkStatus();
      break;
    default: break;
  }
  return absl::InvalidArgumentError("The 'raw' format doesn't supports '" +
                                    schema[0].type.ToString() + "' as column type.");
}

enum class Charset : uint8_t { kUtf8, kAscii, kLatin1 };

struct RawSettings {
  Charset charset = Charset::kUtf8;
  bool little_endian = false;
};

RawSettings SettingsOf(const Options& options) {
  RawSettings settings;
  const std::string charset = options.GetString(kOptions, "charset");
  if (charset == "US-ASCII") settings.charset = Charset::kAscii;
  if (charset == "ISO-8859-1") settings.charset = Charset::kLatin1;
  settings.little_endian = options.GetString(kOptions, "endianness") == "little-endian";
  return settings;
}

bool IsAscii(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

// A byte above 0x7f is a character of its own in ISO-8859-1 and none at all in US-ASCII.
std::string ToUtf8(std::string_view bytes, Charset charset) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text.push_back(c);
    } else if (charset == Charset::kAscii) {
      text.append("\xef\xbf\xbd");
    } else {
      text.push_back(static_cast<char>(0xc0 | byte >> 6));
      text.push_back(static_cast<char>(0x80 | (byte & 0x3f)));
    }
  }
  return text;
}

// What the charset lacks becomes '?', as in String.getBytes.
void AppendInCharset(std::string_view text, Charset charset, std::string* out) {
  const uint32_t limit = charset == Charset::kAscii ? 0x80 : 0x100;
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const size_t length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    uint32_t code = byte;
    if (length == 2 && i + 1 < text.size())
      code = (byte & 0x1fu) << 6 | (static_cast<unsigned char>(text[i + 1]) & 0x3fu);
    out->push_back(length <= 2 && code < limit ? static_cast<char>(code) : '?');
    i += length;
  }
}

// Bytes in the order of the machine, which is little-endian wherever Sluice is built for.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

void CopyOrdered(const char* from, size_t size, bool little_endian, char* to) {
  for (size_t i = 0; i < size; ++i) to[i] = from[little_endian ? i : size - 1 - i];
}

class RawDecoder : public Decoder {
 public:
  RawDecoder(const DecodeSpec& spec, RawSettings settings)
      : columns_(spec.columns), settings_(settings) {}

  StatusOr<size_t> Decode(const RawRecords& records, size_t first, DecodeOutput& out) override {
    out = DecodeOutput();
    const size_t end = std::min(records.records.size(), first + kMaxBatchRows);
    const auto num_records = static_cast<int32_t>(end - first);
    std::vector<VectorBuilder> builders;
    for (const DecodedColumn& column : columns_) {
      builders.emplace_back(column.type, num_records);
      if (column.type.layout() == Layout::kText) builders.back().AddPin(records.pin);
    }
    int32_t row = 0;
    for (size_t i = first; i < end; ++i) {
      if (!Fits(records.records[i], out, static_cast<int32_t>(i))) continue;
      for (VectorBuilder& builder : builders) Write(records.records[i], builder, row);
      out.record_of_row.push_back(static_cast<int32_t>(i));
      ++row;
    }
    for (VectorBuilder& builder : builders) {
      builder.Resize(row);
      out.columns.push_back(builder.Finish());
    }
    out.num_rows = row;
    if (row == num_records && first == 0 && end == records.records.size())
      out.record_of_row.clear();
    return end;
  }

 private:
  bool Fits(std::string_view record, DecodeOutput& out, int32_t index) const {
    if (record.data() == nullptr) return true;
    for (const DecodedColumn& column : columns_) {
      if (column.type.layout() == Layout::kText) continue;
      const auto size = static_cast<size_t>(ValueBytes(column.type.layout()));
      if (record.size() >= size) continue;
      out.errors.Add(index, ErrorCode::kBadRecord,
                     "Size of data received for deserializing " + column.type.ToString() +
                         " type is not " + std::to_string(size) + ".");
      return false;
    }
    return true;
  }

  void Write(std::string_view record, VectorBuilder& builder, int32_t row) const {
    if (record.data() == nullptr) return builder.SetNull(row);
    if (builder.type().layout() != Layout::kText) {
      const auto size = static_cast<size_t>(ValueBytes(builder.type().layout()));
      char* value = builder.values<char>() + static_cast<size_t>(row) * size;
      CopyOrdered(record.data(), size, settings_.little_endian, value);
      if (builder.type().kind() == TypeKind::kBoolean) *value = *value != 0;
      return;
    }
    std::string_view text = record;
    std::string converted;
    if (settings_.charset != Charset::kUtf8 && builder.type().IsCharacter() && !IsAscii(record)) {
      converted = ToUtf8(record, settings_.charset);
      text = converted.size() > Text::kInlineBytes ? builder.arena().Copy(converted)
                                                   : std::string_view(converted);
    }
    builder.values<Text>()[row] = Text(text);
  }

  const std::vector<DecodedColumn> columns_;
  const RawSettings settings_;
};

class RawEncoder : public Encoder {
 public:
  explicit RawEncoder(RawSettings settings) : settings_(settings) {}

  Status Encode(const Batch& batch, int32_t begin, int32_t end, std::string_view delimiter,
                std::string* out, std::vector<size_t>* row_ends) override {
    const Vector& column = batch.columns[0];
    const auto size = static_cast<size_t>(ValueBytes(column.type().layout()));
    for (int32_t row = begin; row < end; ++row) {
      if (!column.IsNull(row)) {
        if (column.type().layout() == Layout::kText) {
          const std::string_view text = column.View<Text>()[row].view();
          if (settings_.charset == Charset::kUtf8 || column.type().IsBinary()) {
            out->append(text);
          } else {
            AppendInCharset(text, settings_.charset, out);
          }
        } else {
          const auto at = static_cast<size_t>(column.Rows().RowAt(row));
          char bytes[16];
          CopyOrdered(column.View<char>().values + at * size, size, settings_.little_endian, bytes);
          out->append(bytes, size);
        }
      }
      out->append(delimiter);
      if (row_ends != nullptr) row_ends->push_back(out->size());
    }
    return OkStatus();
  }

 private:
  const RawSettings settings_;
};

StatusOr<std::unique_ptr<Decoder>> MakeDecoder(const Options& options, const DecodeSpec& spec,
                                               const Session&) {
  SL_TRY(CheckSchema(options, spec.table));
  return std::make_unique<RawDecoder>(spec, SettingsOf(options));
}

StatusOr<std::unique_ptr<Encoder>> MakeEncoder(const Options& options, const Schema& schema,
                                               const Session&) {
  SL_TRY(CheckSchema(options, schema));
  return std::make_unique<RawEncoder>(SettingsOf(options));
}

}  // namespace

Format Format_raw() {
  return {.name = "raw",
          .help = "The bytes of a record as the value of the table's only column.",
          .options = kOptions,
          .make_decoder = MakeDecoder,
          .make_encoder = MakeEncoder,
          .check_schema = CheckSchema};
}

}  // namespace sluice
