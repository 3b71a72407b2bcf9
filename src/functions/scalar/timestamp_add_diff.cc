// TIMESTAMPADD('UNIT', n, x) and TIMESTAMPDIFF('UNIT', a, b). Days are exact 24 hours, also for
// TIMESTAMP_LTZ, and months are counted in UTC there: Flink's runtime knows no zone here.
#include "absl/strings/str_cat.h"
#include "functions/kernels.h"
#include "functions/time_unit.h"
#include "types/civil_time.h"

namespace sluice {

namespace {

TimeUnit UnitOf(const EvalContext& context) {
  return static_cast<const TimeUnitState*>(context.state)->unit;
}

// Java's wrapping product.
int64_t Times(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}
int64_t Plus(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

Timestamp AddTo(const Timestamp& time, TimeUnit unit, int64_t count) {
  Timestamp result = time;
  const int32_t months = MonthsOf(unit);
  result.millis = months != 0 ? AddMonthsToMillis(time.millis, Times(months, count))
                              : Plus(time.millis, Times(MillisOf(unit), count));
  return result;
}

int32_t AddTo(int32_t days, TimeUnit unit, int64_t count) {
  const int32_t months = MonthsOf(unit);
  if (months != 0) return AddMonths(days, Times(months, count));
  return static_cast<int32_t>(Plus(days, Times(MillisOf(unit) / kMillisPerDay, count)));
}

template <typename T>
void AddRows(const EvalContext& context, std::span<const Vector> args, VectorBuilder& out) {
  const TimeUnit unit = UnitOf(context);
  const VectorView<int64_t> counts = args[1].View<int64_t>();
  const VectorView<T> times = args[2].View<T>();
  T* values = out.values<T>();
  ForEachValid(out, context.num_rows,
               [&](int32_t row) { values[row] = AddTo(times[row], unit, counts[row]); });
}

void TimestampAdd(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                  RowErrors&) {
  if (args[2].type().layout() == Layout::kInt32) return AddRows<int32_t>(context, args, out);
  AddRows<Timestamp>(context, args, out);
}

StatusOr<std::unique_ptr<FunctionState>> PrepareUnit(const FunctionCall& call) {
  SL_ASSIGN(const TimeUnit unit, TimeUnitArgument(call, 0));
  if (MillisOf(unit) == 0 && MonthsOf(unit) == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(call.name), " cannot count in ", call.literals[0]->as_text()));
  }
  return std::unique_ptr<FunctionState>(new TimeUnitState(unit));
}

bool IsDateOrTimestamp(const Type& type) {
  return type.kind() == TypeKind::kDate || type.IsTimestamp();
}

// A date with hours added becomes a timestamp. Text is read as a timestamp.
StatusOr<Signature> InferAdd(const FunctionCall& call) {
  if (call.arg_types.size() != 3)
    return absl::InvalidArgumentError("TIMESTAMPADD takes a unit, a number and a time");
  SL_ASSIGN(const TimeUnit unit, TimeUnitArgument(call, 0));
  const Type& count = call.arg_types[1];
  Type time = call.arg_types[2];
  if (!count.IsInteger() && count.kind() != TypeKind::kNull) {
    return absl::InvalidArgumentError(
        absl::StrCat("TIMESTAMPADD counts in whole numbers, not in ", count.Nullable().ToString()));
  }
  const bool nullable = count.nullable() || time.nullable();
  if (time.kind() == TypeKind::kNull) time = Type::TimestampType(3);
  if (!IsDateOrTimestamp(time)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "TIMESTAMPADD takes a DATE, TIMESTAMP or TIMESTAMP_LTZ, not ", time.Nullable().ToString()));
  }
  const bool is_below_day = MonthsOf(unit) == 0 && MillisOf(unit) < kMillisPerDay;
  if (time.kind() == TypeKind::kDate && is_below_day)
    time = Type::TimestampType(6).WithNullable(time.nullable());
  return Signature{{call.arg_types[0], Type::BigInt().WithNullable(count.nullable()), time},
                   time.WithNullable(nullable)};
}

int32_t Difference(TimeUnit unit, int64_t from_ms, int64_t to_ms) {
  const int32_t months = MonthsOf(unit);
  if (months != 0) return MonthsBetweenMillis(from_ms, to_ms) / months;
  return static_cast<int32_t>(Plus(to_ms, -from_ms) / MillisOf(unit));
}

void TimestampDiff(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                   RowErrors&) {
  const TimeUnit unit = UnitOf(context);
  auto* values = out.values<int32_t>();
  if (args[1].type().layout() == Layout::kInt32) {
    const VectorView<int32_t> from = args[1].View<int32_t>();
    const VectorView<int32_t> to = args[2].View<int32_t>();
    return ForEachValid(out, context.num_rows, [&](int32_t row) {
      values[row] = Difference(unit, from[row] * kMillisPerDay, to[row] * kMillisPerDay);
    });
  }
  const VectorView<Timestamp> from = args[1].View<Timestamp>();
  const VectorView<Timestamp> to = args[2].View<Timestamp>();
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    values[row] = Difference(unit, from[row].millis, to[row].millis);
  });
}

// Two dates, or two timestamps; a date beside a timestamp is its midnight.
StatusOr<Signature> InferDiff(const FunctionCall& call) {
  if (call.arg_types.size() != 3)
    return absl::InvalidArgumentError("TIMESTAMPDIFF takes a unit and two times");
  Type from = call.arg_types[1];
  Type to = call.arg_types[2];
  const bool nullable = from.nullable() || to.nullable();
  if (from.kind() == TypeKind::kNull) from = to;
  if (to.kind() == TypeKind::kNull) to = from;
  if (from.kind() == TypeKind::kNull) from = to = Type::TimestampType(3);
  for (const Type& type : {from, to}) {
    if (!IsDateOrTimestamp(type)) {
      return absl::InvalidArgumentError(
          absl::StrCat("TIMESTAMPDIFF takes DATE, TIMESTAMP or TIMESTAMP_LTZ, not ",
                       type.Nullable().ToString()));
    }
  }
  if (from.kind() != to.kind()) {
    // The zone decides only where one side has none.
    const bool is_instant =
        from.kind() == TypeKind::kTimestampLtz || to.kind() == TypeKind::kTimestampLtz;
    const Type common = is_instant ? Type::TimestampLtz(3) : Type::TimestampType(3);
    if (from.kind() != common.kind()) from = common.WithNullable(from.nullable());
    if (to.kind() != common.kind()) to = common.WithNullable(to.nullable());
  }
  return Signature{{call.arg_types[0], from, to}, Type::Int().WithNullable(nullable)};
}

}  // namespace

void Register_timestamp_add_diff(FunctionRegistry& registry) {
  registry.Add({.name = "TIMESTAMPADD",
                .signature = "(STRING, INTEGER_NUMERIC, T) -> T",
                .kernel = TimestampAdd,
                .help = "A time some units later.",
                .example = "TIMESTAMPADD('DAY', 1, DATE '2024-02-28') = DATE '2024-02-29'",
                .infer = InferAdd,
                .prepare = PrepareUnit});
  registry.Add({.name = "TIMESTAMPDIFF",
                .signature = "(STRING, T, T) -> INT",
                .kernel = TimestampDiff,
                .help = "How many whole units the second time is after the first.",
                .example = "TIMESTAMPDIFF('DAY', DATE '2024-02-28', DATE '2024-03-01') = 2",
                .infer = InferDiff,
                .prepare = PrepareUnit});
}

}  // namespace sluice
