#include "connectors/jdbc/value_text.h"

#include "types/civil_time.h"
#include "types/number_text.h"

namespace sluice {

static_assert(ValueText::kMaxBytes >= size_t{kMaxTimestampText});
static_assert(ValueText::kMaxBytes >= kMaxNumberText);

int64_t IntegerAt(const Vector& column, int32_t row) {
  switch (column.type().layout()) {
    case Layout::kInt8: return column.View<int8_t>()[row];
    case Layout::kInt16: return column.View<int16_t>()[row];
    case Layout::kInt32: return column.View<int32_t>()[row];
    default: return column.View<int64_t>()[row];
  }
}

double NumberAt(const Vector& column, int32_t row) {
  return column.type().kind() == TypeKind::kFloat ? double{column.View<float>()[row]}
                                                  : column.View<double>()[row];
}

size_t ValueText::Write(const Vector& column, int32_t row, bool is_instant, char* buffer) {
  const Type& type = column.type();
  switch (type.kind()) {
    case TypeKind::kBoolean:
    case TypeKind::kTinyInt:
    case TypeKind::kSmallInt:
    case TypeKind::kInt:
    case TypeKind::kBigInt: return FormatInteger(IntegerAt(column, row), buffer);
    case TypeKind::kFloat: return FormatFloat(column.View<float>()[row], buffer);
    case TypeKind::kDouble: return FormatDouble(column.View<double>()[row], buffer);
    case TypeKind::kDecimal: {
      const Int128 value = type.layout() == Layout::kInt128 ? column.View<Int128>()[row]
                                                            : Int128{column.View<int64_t>()[row]};
      return FormatDecimal(value, type.scale(), buffer);
    }
    case TypeKind::kDate:
      return static_cast<size_t>(WriteDate(column.View<int32_t>()[row], buffer) - buffer);
    case TypeKind::kTime:
      return static_cast<size_t>(WriteTime(column.View<int32_t>()[row], type.precision(), buffer) -
                                 buffer);
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz: {
      Timestamp time = column.View<Timestamp>()[row];
      const bool is_ltz = type.kind() == TypeKind::kTimestampLtz;
      if (is_ltz && !is_instant) time = zone_.ToLocal(time);
      if (!is_ltz && is_instant) time = zone_.ToInstant(time);
      time = TruncateTimestamp(time, type.precision());
      return static_cast<size_t>(WriteTimestamp(time, type.precision(), buffer) - buffer);
    }
    default: return 0;
  }
}

}  // namespace sluice
