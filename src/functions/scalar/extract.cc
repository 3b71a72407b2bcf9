// EXTRACT('UNIT', x) and its short forms YEAR(x) … SECOND(x). Flink's DateTimeUtils divides towards
// zero, so that before 1970 a timestamp within a day counts to the next one, and its hours, minutes
// and seconds are negative.
#include "absl/strings/str_cat.h"
#include "functions/kernels.h"
#include "functions/time_unit.h"
#include "types/civil_time.h"
#include "types/time_zone.h"

namespace sluice {

namespace {

constexpr int64_t kEpochJulian = 2440588;

int64_t FirstMondayOfFirstWeek(int64_t year) {
  const int64_t first = DaysFromCivil(year, 1, 1) + kEpochJulian;
  return first + (11 - FloorMod(first + 1, 7)) % 7 - 3;
}

// DateTimeUtils.getIso8601WeekNumber.
int64_t IsoWeek(int64_t julian, const CivilDate& date) {
  const int64_t weekday = FloorMod(julian, 7) + 1;
  const int64_t days_left = 31 - date.day;
  if (date.month == 12 && date.day > 28) {
    if (days_left + 4 <= 7 - weekday || days_left + weekday < 4) return 1;
  } else if (date.month == 1 && date.day < 5) {
    if (4 - date.day <= 7 - weekday && date.day - weekday >= -3) return 1;
    return (julian - FirstMondayOfFirstWeek(int64_t{date.year} - 1)) / 7 + 1;
  }
  return (julian - FirstMondayOfFirstWeek(date.year)) / 7 + 1;
}

int64_t IsoYear(int64_t julian, const CivilDate& date) {
  const int64_t week = IsoWeek(julian, date);
  if (week == 1 && date.month == 12) return int64_t{date.year} + 1;
  return date.month == 1 && week > 50 ? int64_t{date.year} - 1 : date.year;
}

int64_t FieldOfDays(TimeUnit unit, int64_t days) {
  const CivilDate date = CivilFromDays(days);
  const int64_t year = date.year;
  const int64_t julian = days + kEpochJulian;
  switch (unit) {
    case TimeUnit::kEpoch: return days * 86400;
    case TimeUnit::kYear: return year;
    case TimeUnit::kQuarter: return (date.month + 2) / 3;
    case TimeUnit::kMonth: return date.month;
    case TimeUnit::kDay: return date.day;
    case TimeUnit::kWeek: return IsoWeek(julian, date);
    case TimeUnit::kIsoYear: return IsoYear(julian, date);
    case TimeUnit::kDayOfWeek: return FloorMod(julian + 1, 7) + 1;
    case TimeUnit::kIsoDayOfWeek: return FloorMod(julian, 7) + 1;
    case TimeUnit::kDayOfYear: return days - DaysFromCivil(year, 1, 1) + 1;
    case TimeUnit::kDecade: return year / 10;
    case TimeUnit::kCentury: return year > 0 ? (year + 99) / 100 : (year - 99) / 100;
    case TimeUnit::kMillennium: return year > 0 ? (year + 999) / 1000 : (year - 999) / 1000;
    default: return 0;  // clock units of a date
  }
}

int64_t FieldOfMillis(TimeUnit unit, int64_t millis) {
  switch (unit) {
    case TimeUnit::kMillisecond: return millis % 1000;
    case TimeUnit::kSecond: return millis % kMillisPerMinute / kMillisPerSecond;
    case TimeUnit::kMinute: return millis % kMillisPerHour / kMillisPerMinute;
    default: return millis % kMillisPerDay / kMillisPerHour;
  }
}

int64_t FieldOfTimestamp(TimeUnit unit, int64_t local_ms, int32_t nanos) {
  switch (unit) {
    case TimeUnit::kNanosecond: return local_ms % 1000 * 1000000 + nanos;
    case TimeUnit::kMicrosecond: return local_ms % 1000 * 1000 + nanos / 1000;
    case TimeUnit::kMillisecond:
    case TimeUnit::kSecond:
    case TimeUnit::kMinute:
    case TimeUnit::kHour: return FieldOfMillis(unit, local_ms);
    case TimeUnit::kEpoch: return local_ms / 1000;
    default: return FieldOfDays(unit, local_ms / kMillisPerDay);
  }
}

int64_t FieldOfInterval(TimeUnit unit, int64_t value) {
  switch (unit) {
    case TimeUnit::kYear: return value / 12;
    case TimeUnit::kQuarter: return value % 12 / 3;
    case TimeUnit::kMonth: return value % 12;
    case TimeUnit::kDay: return value / kMillisPerDay;
    case TimeUnit::kEpoch: return value / 1000;
    default: return FieldOfMillis(unit, value);
  }
}

void ExtractUnit(TimeUnit unit, const EvalContext& context, const Vector& input,
                 VectorBuilder& out) {
  auto* values = out.values<int64_t>();
  const auto fill = [&]<typename T>(const VectorView<T>& view, auto field) {
    ForEachValid(out, context.num_rows, [&](int32_t row) { values[row] = field(view[row]); });
  };
  switch (input.type().kind()) {
    case TypeKind::kDate:
      return fill(input.View<int32_t>(), [unit](int32_t days) { return FieldOfDays(unit, days); });
    case TypeKind::kTime:
      return fill(input.View<int32_t>(),
                  [unit](int32_t millis) { return FieldOfMillis(unit, millis); });
    case TypeKind::kIntervalYearMonth:
      return fill(input.View<int32_t>(),
                  [unit](int32_t months) { return FieldOfInterval(unit, months); });
    case TypeKind::kIntervalDayTime:
      return fill(input.View<int64_t>(),
                  [unit](int64_t millis) { return FieldOfInterval(unit, millis); });
    case TypeKind::kTimestampLtz: {
      ZoneConverter zone(context.session.zone);
      return fill(input.View<Timestamp>(), [&zone, unit](const Timestamp& instant) {
        return FieldOfTimestamp(unit, zone.ToLocalMillis(instant.millis), instant.nanos_of_milli);
      });
    }
    default:
      return fill(input.View<Timestamp>(), [unit](const Timestamp& local) {
        return FieldOfTimestamp(unit, local.millis, local.nanos_of_milli);
      });
  }
}

void Extract(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  ExtractUnit(static_cast<const TimeUnitState*>(context.state)->unit, context, args[1], out);
}

template <TimeUnit unit>
void ExtractOne(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                RowErrors&) {
  ExtractUnit(unit, context, args[0], out);
}

bool HasUnit(const Type& type, TimeUnit unit) {
  const bool is_clock = unit >= TimeUnit::kMillisecond && unit <= TimeUnit::kHour;
  switch (type.kind()) {
    case TypeKind::kTime: return is_clock;
    case TypeKind::kIntervalYearMonth:
      return unit == TimeUnit::kYear || unit == TimeUnit::kQuarter || unit == TimeUnit::kMonth;
    case TypeKind::kIntervalDayTime:
      return is_clock || unit == TimeUnit::kDay || unit == TimeUnit::kEpoch;
    default: return true;
  }
}

StatusOr<std::unique_ptr<FunctionState>> PrepareExtract(const FunctionCall& call) {
  SL_ASSIGN(const TimeUnit unit, TimeUnitArgument(call, 0));
  if (!HasUnit(call.arg_types[1], unit)) {
    return absl::InvalidArgumentError(absl::StrCat("EXTRACT finds no ", call.literals[0]->as_text(),
                                                   " in a ",
                                                   call.arg_types[1].Nullable().ToString()));
  }
  return std::unique_ptr<FunctionState>(new TimeUnitState(unit));
}

template <TimeUnit unit>
void AddField(FunctionRegistry& registry, std::string_view name, std::string_view signature,
              std::string_view help, std::string_view example) {
  registry.Add({.name = name,
                .signature = signature,
                .kernel = ExtractOne<unit>,
                .help = help,
                .example = example});
}

}  // namespace

void Register_extract(FunctionRegistry& registry) {
  constexpr std::string_view kOfDate =
      "(DATE) -> BIGINT; (TIMESTAMP) -> BIGINT; (TIMESTAMP_LTZ) -> BIGINT";
  constexpr std::string_view kOfClock =
      "(TIME) -> BIGINT; (TIMESTAMP) -> BIGINT; (TIMESTAMP_LTZ) -> BIGINT; (DATE) -> BIGINT";
  registry.Add(
      {.name = "EXTRACT",
       .signature =
           "(STRING, DATE) -> BIGINT; (STRING, TIME) -> BIGINT; (STRING, TIMESTAMP) -> BIGINT; "
           "(STRING, TIMESTAMP_LTZ) -> BIGINT; (STRING, INTERVAL_DAY_TIME) -> BIGINT; "
           "(STRING, INTERVAL_YEAR_MONTH) -> BIGINT",
       .kernel = Extract,
       .help = "One field of a date, time, timestamp or interval.",
       .example = "EXTRACT('DAY', DATE '2024-02-29') = 29",
       .prepare = PrepareExtract});
  AddField<TimeUnit::kYear>(registry, "YEAR", kOfDate, "The year.",
                            "YEAR(DATE '2024-02-29') = 2024");
  AddField<TimeUnit::kQuarter>(registry, "QUARTER", kOfDate, "The quarter of the year.",
                               "QUARTER(DATE '2024-02-29') = 1");
  AddField<TimeUnit::kMonth>(registry, "MONTH", kOfDate, "The month.",
                             "MONTH(DATE '2024-02-29') = 2");
  AddField<TimeUnit::kWeek>(registry, "WEEK", kOfDate, "The ISO week of the year.",
                            "WEEK(DATE '2024-02-29') = 9");
  AddField<TimeUnit::kDayOfYear>(registry, "DAYOFYEAR", kOfDate, "The day of the year.",
                                 "DAYOFYEAR(DATE '2024-02-29') = 60");
  AddField<TimeUnit::kDay>(registry, "DAYOFMONTH", kOfDate, "The day of the month.",
                           "DAYOFMONTH(DATE '2024-02-29') = 29");
  AddField<TimeUnit::kDayOfWeek>(registry, "DAYOFWEEK", kOfDate,
                                 "The day of the week; Sunday is 1.",
                                 "DAYOFWEEK(DATE '2024-02-29') = 5");
  AddField<TimeUnit::kHour>(registry, "HOUR", kOfClock, "The hour.",
                            "HOUR(TIMESTAMP '2024-02-29 03:04:05') = 3");
  AddField<TimeUnit::kMinute>(registry, "MINUTE", kOfClock, "The minute.",
                              "MINUTE(TIMESTAMP '2024-02-29 03:04:05') = 4");
  AddField<TimeUnit::kSecond>(registry, "SECOND", kOfClock, "The second.",
                              "SECOND(TIMESTAMP '2024-02-29 03:04:05') = 5");
}

}  // namespace sluice
