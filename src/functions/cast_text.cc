// CAST to CHAR, VARCHAR and the binary types, and values as text anywhere else. A cast between text
// types refers to the text where it lies; all else is written into the result.

#include "functions/cast_kernels.h"
#include "types/civil_time.h"
#include "types/decimal.h"
#include "types/number_text.h"
#include "types/time_zone.h"

namespace sluice {

namespace {

constexpr size_t kMaxScalarText = 64;
static_assert(kMaxScalarText >= kMaxDecimalText && kMaxScalarText >= kMaxNumberText);

size_t CountCodePoints(std::string_view text) {
  size_t count = 0;
  for (char c : text) count += (c & 0xC0) != 0x80;
  return count;
}

// The bytes of the first `count` code points.
size_t PrefixBytes(std::string_view text, size_t count) {
  if (text.size() <= count) return text.size();
  size_t i = 0;
  for (; i < text.size(); ++i) {
    if ((text[i] & 0xC0) != 0x80 && count-- == 0) break;
  }
  return i;
}

// The length of the well-formed sequence at the start of `text`, or of its longest beginning,
// negated, where it breaks off.
int SequenceLength(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const int length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4) return -1;
  for (int i = 1; i < length; ++i) {
    if (static_cast<size_t>(i) >= text.size()) return -i;
    unsigned char low = 0x80, high = 0xBF;
    if (i == 1 && first == 0xE0) low = 0xA0;
    if (i == 1 && first == 0xED) high = 0x9F;
    if (i == 1 && first == 0xF0) low = 0x90;
    if (i == 1 && first == 0xF4) high = 0x8F;
    if (byte(i) < low || byte(i) > high) return -i;
  }
  return length;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const int length = SequenceLength(text);
    if (length < 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

// Java's `new String(bytes, UTF_8)`: what is malformed becomes U+FFFD.
template <typename Out>
void AppendAsUtf8(std::string_view bytes, Out& out) {
  while (!bytes.empty()) {
    const int length = SequenceLength(bytes);
    if (length > 0) {
      out.append(bytes.substr(0, length));
    } else {
      out.append("\xEF\xBF\xBD");
    }
    bytes.remove_prefix(std::abs(length));
  }
}

// The text of a value that is neither text nor nested; returns its length.
size_t WriteScalar(const Type& type, const Vector& vector, int32_t row, ZoneConverter& zone,
                   FlinkVersion version, char* out) {
  const auto copy = [out](std::string_view text) {
    std::memcpy(out, text.data(), text.size());
    return text.size();
  };
  switch (type.kind()) {
    case TypeKind::kBoolean: return copy(vector.View<int8_t>()[row] != 0 ? "TRUE" : "FALSE");
    case TypeKind::kTinyInt: return FormatInteger(vector.View<int8_t>()[row], out);
    case TypeKind::kSmallInt: return FormatInteger(vector.View<int16_t>()[row], out);
    case TypeKind::kInt: return FormatInteger(vector.View<int32_t>()[row], out);
    case TypeKind::kBigInt: return FormatInteger(vector.View<int64_t>()[row], out);
    case TypeKind::kFloat: return FormatFloat(vector.View<float>()[row], out);
    case TypeKind::kDouble: return FormatDouble(vector.View<double>()[row], out);
    case TypeKind::kDecimal:
      if (type.layout() == Layout::kInt64) {
        return FormatDecimal(vector.View<int64_t>()[row], type.scale(), out);
      }
      return FormatDecimal(vector.View<Int128>()[row], type.scale(), out);
    case TypeKind::kDate: return WriteDate(vector.View<int32_t>()[row], out) - out;
    case TypeKind::kTime:
      return WriteTime(vector.View<int32_t>()[row], type.precision(), out) - out;
    case TypeKind::kTimestamp:
      return WriteTimestamp(vector.View<Timestamp>()[row], type.precision(), out, version) - out;
    case TypeKind::kTimestampLtz:
      return WriteTimestamp(zone.ToLocal(vector.View<Timestamp>()[row]), type.precision(), out,
                            version) -
             out;
    case TypeKind::kIntervalYearMonth:
      return WriteIntervalYearMonth(vector.View<int32_t>()[row], out) - out;
    case TypeKind::kIntervalDayTime:
      return WriteIntervalDayTime(vector.View<int64_t>()[row], out) - out;
    default: SL_CHECK(false); return 0;
  }
}

class TextAppender {
 public:
  TextAppender(const Session& session, std::string* out)
      : version_(session.flink_version), zone_(session.zone), out_(*out) {}

  void Append(const Vector& vector, int32_t row) {
    const Type& type = vector.type();
    if (vector.IsNull(row)) {
      out_.append("NULL");
    } else if (type.IsCharacter()) {
      out_.append(vector.View<Text>()[row].view());
    } else if (type.IsBinary()) {
      AppendAsUtf8(vector.View<Text>()[row].view(), out_);
    } else if (type.kind() == TypeKind::kRow) {
      AppendRow(vector, vector.Rows().RowAt(row));
    } else if (type.kind() == TypeKind::kArray) {
      AppendArray(vector.child(0), vector.View<ListEntry>()[row]);
    } else if (type.IsNested()) {
      AppendEntries(vector.child(0), vector.child(1), vector.View<ListEntry>()[row]);
    } else {
      char buffer[kMaxScalarText];
      out_.append(buffer, WriteScalar(type, vector, row, zone_, version_, buffer));
    }
  }

 private:
  void AppendRow(const Vector& vector, int32_t row) {
    out_.push_back('(');
    for (size_t i = 0; i < vector.type().fields().size(); ++i) {
      if (i != 0) out_.append(", ");
      Append(vector.child(static_cast<int>(i)), row);
    }
    out_.push_back(')');
  }
  void AppendArray(const Vector& elements, const ListEntry& entry) {
    out_.push_back('[');
    for (int32_t i = 0; i < entry.length; ++i) {
      if (i != 0) out_.append(", ");
      Append(elements, entry.offset + i);
    }
    out_.push_back(']');
  }
  void AppendEntries(const Vector& keys, const Vector& values, const ListEntry& entry) {
    out_.push_back('{');
    for (int32_t i = 0; i < entry.length; ++i) {
      if (i != 0) out_.append(", ");
      Append(keys, entry.offset + i);
      out_.push_back('=');
      Append(values, entry.offset + i);
    }
    out_.push_back('}');
  }

  FlinkVersion version_;
  ZoneConverter zone_;
  std::string& out_;
};

// The length that a result must have: CHAR(n) exactly, VARCHAR(n) at most; nothing before
// Flink 1.15.
struct LengthRule {
  int64_t max;
  bool pads;

  explicit LengthRule(const CastCall& call)
      : max(call.out.type().length()),
        pads(call.out.type().kind() == TypeKind::kChar ||
             call.out.type().kind() == TypeKind::kBinary) {
    if (call.context.session.legacy_casts) {
      max = Type::kMaxLength;
      pads = false;
    }
  }
};

// Cuts or pads what the writer holds, by code points.
void FitLength(const LengthRule& rule, StringWriter& writer) {
  if (rule.max == Type::kMaxLength) return;
  const size_t bytes = PrefixBytes(writer.view(), static_cast<size_t>(rule.max));
  writer.Truncate(static_cast<int64_t>(bytes));
  if (!rule.pads) return;
  const int64_t missing = rule.max - static_cast<int64_t>(CountCodePoints(writer.view()));
  if (char* blanks = writer.Extend(missing)) std::memset(blanks, ' ', missing);
}

void FinishText(CastCall& call, int32_t row, StringWriter& writer) {
  const bool too_long = writer.too_long();
  writer.FinishRow(row, !too_long);
  if (too_long) FailRow(call.out, row, "the text would be longer than 64 MiB", call.errors);
}

void ScalarToText(CastCall& call) {
  const LengthRule rule(call);
  ZoneConverter zone(call.context.session.zone);
  const Type& type = call.input.type();
  StringWriter writer(call.out);
  ForEachValid(call.out, call.context.num_rows, [&](int32_t row) {
    char* buffer = writer.Extend(kMaxScalarText);
    writer.Truncate(static_cast<int64_t>(
        WriteScalar(type, call.input, row, zone, call.context.session.flink_version, buffer)));
    FitLength(rule, writer);
    FinishText(call, row, writer);
  });
}

void NestedToText(CastCall& call) {
  const LengthRule rule(call);
  std::string text;
  TextAppender appender(call.context.session, &text);
  StringWriter writer(call.out);
  ForEachValid(call.out, call.context.num_rows, [&](int32_t row) {
    text.clear();
    appender.Append(call.input, row);
    writer.Append(text);
    FitLength(rule, writer);
    FinishText(call, row, writer);
  });
}

void TextToText(CastCall& call) {
  const LengthRule rule(call);
  const VectorView<Text> input = call.input.View<Text>();
  const bool from_binary = call.input.type().IsBinary();
  StringWriter writer(call.out);
  std::string scratch;
  ForEachValid(call.out, call.context.num_rows, [&](int32_t row) {
    std::string_view text = input[row].view();
    bool refers = true;
    if (from_binary && !IsUtf8(text)) {
      scratch.clear();
      AppendAsUtf8(text, scratch);
      text = scratch;
      refers = false;
    }
    if (rule.max != Type::kMaxLength) {
      text = text.substr(0, PrefixBytes(text, static_cast<size_t>(rule.max)));
    }
    if (refers && (!rule.pads || CountCodePoints(text) == static_cast<size_t>(rule.max))) {
      writer.Refer(text);
    } else {
      writer.Append(text);
      FitLength(rule, writer);
    }
    FinishText(call, row, writer);
  });
  call.out.AddPinsOf(call.input);
}

}  // namespace

void CastToText(CastCall& call) {
  const Type& from = call.input.type();
  if (from.layout() == Layout::kText) return TextToText(call);
  if (from.IsNested()) return NestedToText(call);
  ScalarToText(call);
}

void CastToBinary(CastCall& call) {
  const LengthRule rule(call);
  const VectorView<Text> input = call.input.View<Text>();
  StringWriter writer(call.out);
  ForEachValid(call.out, call.context.num_rows, [&](int32_t row) {
    std::string_view bytes = input[row].view();
    if (static_cast<int64_t>(bytes.size()) > rule.max) bytes = bytes.substr(0, rule.max);
    const int64_t missing = rule.pads ? rule.max - static_cast<int64_t>(bytes.size()) : 0;
    if (missing == 0) {
      writer.Refer(bytes);
    } else {
      writer.Append(bytes);
      if (char* zeros = writer.Extend(missing)) std::memset(zeros, 0, missing);
    }
    FinishText(call, row, writer);
  });
  call.out.AddPinsOf(call.input);
}

void AppendAsString(const Session& session, const Vector& vector, int32_t row, std::string* out) {
  TextAppender(session, out).Append(vector, row);
}

}  // namespace sluice
