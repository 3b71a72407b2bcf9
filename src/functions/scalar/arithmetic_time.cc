// Dates, times and timestamps plus and minus intervals, and intervals among themselves. Months move
// to the end of a shorter month; a TIME wraps around midnight; all else wraps as Java's integers
// do.

#include "functions/scalar/arithmetic_time.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "functions/kernels.h"
#include "types/civil_time.h"

namespace sluice {

namespace {

bool IsDateTime(const Type& type) {
  return type.IsTimestamp() || type.kind() == TypeKind::kDate || type.kind() == TypeKind::kTime;
}

Status NoSuchOperation(const FunctionCall& call) {
  return absl::InvalidArgumentError(absl::StrCat(
      "no operator ", std::string(call.name), " between ", call.arg_types[0].Nullable().ToString(),
      " and ", call.arg_types[1].Nullable().ToString()));
}

Signature MakeSignature(const FunctionCall& call, Type left, Type right, Type result) {
  const bool nullable = call.arg_types[0].nullable() || call.arg_types[1].nullable();
  return {{left.WithNullable(call.arg_types[0].nullable()),
           right.WithNullable(call.arg_types[1].nullable())},
          result.WithNullable(nullable)};
}

// A DATE plus hours is a TIMESTAMP, plus days a DATE. The unit of an interval is not part of its
// type, so it is read off a literal.
Type SumOf(const Type& moment, const Type& interval, const Value* literal) {
  if (moment.kind() != TypeKind::kDate || interval.kind() != TypeKind::kIntervalDayTime) {
    return moment;
  }
  const bool whole_days =
      literal == nullptr || literal->is_null() || literal->as_int() % kMillisPerDay == 0;
  return whole_days ? Type::Date() : Type::TimestampType(0);
}

StatusOr<Signature> InferScaled(const FunctionCall& call) {
  const Type& left = call.arg_types[0];
  const Type& right = call.arg_types[1];
  if (left.IsInterval() && right.IsInteger()) {
    return MakeSignature(call, left, Type::BigInt(), left);
  }
  if (call.name == "*" && left.IsInteger() && right.IsInterval()) {
    return MakeSignature(call, Type::BigInt(), right, right);
  }
  return NoSuchOperation(call);
}

template <typename In>
int64_t SignedInterval(In interval, int sign) {
  return sign < 0 ? -static_cast<int64_t>(interval) : static_cast<int64_t>(interval);
}

// One loop for all combinations: f(moment, signed interval) for each row. The moment may stand on
// either side of a plus.
template <typename Moment, typename Interval, typename Out, typename F>
void AddRows(const EvalContext& context, const Vector& moments, const Vector& intervals, int sign,
             VectorBuilder& out, F f) {
  const VectorView<Moment> moment = moments.View<Moment>();
  const VectorView<Interval> interval = intervals.View<Interval>();
  Out* values = out.values<Out>();
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    values[row] = static_cast<Out>(f(moment[row], SignedInterval(interval[row], sign)));
  });
}

int64_t WrappingAdd(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

void AddIntervals(const EvalContext& context, const Vector& left, const Vector& right, int sign,
                  VectorBuilder& out) {
  if (out.type().layout() == Layout::kInt32) {
    return AddRows<int32_t, int32_t, int32_t>(context, left, right, sign, out, WrappingAdd);
  }
  AddRows<int64_t, int64_t, int64_t>(context, left, right, sign, out, WrappingAdd);
}

void AddMonthsTo(const EvalContext& context, const Vector& moments, const Vector& months, int sign,
                 VectorBuilder& out) {
  if (moments.type().kind() == TypeKind::kDate) {
    return AddRows<int32_t, int32_t, int32_t>(context, moments, months, sign, out, AddMonths);
  }
  AddRows<Timestamp, int32_t, Timestamp>(
      context, moments, months, sign, out, [](const Timestamp& moment, int64_t count) {
        return Timestamp{.millis = AddMonthsToMillis(moment.millis, count),
                         .nanos_of_milli = moment.nanos_of_milli};
      });
}

void AddMillisTo(const EvalContext& context, const Vector& moments, const Vector& millis, int sign,
                 VectorBuilder& out) {
  switch (moments.type().kind()) {
    case TypeKind::kDate:
      if (out.type().kind() == TypeKind::kDate) {
        return AddRows<int32_t, int64_t, int32_t>(
            context, moments, millis, sign, out,
            [](int32_t days, int64_t interval) { return days + interval / kMillisPerDay; });
      }
      return AddRows<int32_t, int64_t, Timestamp>(
          context, moments, millis, sign, out, [](int32_t days, int64_t interval) {
            return Timestamp{.millis = WrappingAdd(days * kMillisPerDay, interval)};
          });
    case TypeKind::kTime:
      return AddRows<int32_t, int64_t, int32_t>(
          context, moments, millis, sign, out, [](int32_t time, int64_t interval) {
            return (time + kMillisPerDay + interval % kMillisPerDay) % kMillisPerDay;
          });
    default:
      return AddRows<Timestamp, int64_t, Timestamp>(
          context, moments, millis, sign, out, [](const Timestamp& moment, int64_t interval) {
            return Timestamp{.millis = WrappingAdd(moment.millis, interval),
                             .nanos_of_milli = moment.nanos_of_milli};
          });
  }
}

}  // namespace

std::optional<StatusOr<Signature>> InferTimeArithmetic(const FunctionCall& call) {
  Type left = call.arg_types[0];
  Type right = call.arg_types[1];
  const auto about_time = [](const Type& type) { return IsDateTime(type) || type.IsInterval(); };
  if (!about_time(left) && !about_time(right)) return std::nullopt;
  if (call.name == "*" || call.name == "/") return InferScaled(call);
  if (call.name != "+" && call.name != "-") return NoSuchOperation(call);
  // A NULL beside a moment is an interval.
  if (left.kind() == TypeKind::kNull) left = right.IsInterval() ? right : Type::IntervalDayTime();
  if (right.kind() == TypeKind::kNull) right = left.IsInterval() ? left : Type::IntervalDayTime();
  if (left.IsInterval() && left.kind() == right.kind()) {
    return MakeSignature(call, left, right, left);
  }
  const bool swapped = call.name == "+" && left.IsInterval();
  const Type& moment = swapped ? right : left;
  const Type& interval = swapped ? left : right;
  const bool months_of_time =
      moment.kind() == TypeKind::kTime && interval.kind() == TypeKind::kIntervalYearMonth;
  if (!IsDateTime(moment) || !interval.IsInterval() || months_of_time) return NoSuchOperation(call);
  return MakeSignature(call, left, right, SumOf(moment, interval, call.literals[swapped ? 0 : 1]));
}

void AddTime(EvalContext& context, std::span<const Vector> args, int sign, VectorBuilder& out,
             RowErrors&) {
  const bool swapped = args[0].type().IsInterval() && !args[1].type().IsInterval();
  const Vector& moments = args[swapped ? 1 : 0];
  const Vector& intervals = args[swapped ? 0 : 1];
  if (moments.type().IsInterval()) return AddIntervals(context, moments, intervals, sign, out);
  if (intervals.type().kind() == TypeKind::kIntervalYearMonth) {
    return AddMonthsTo(context, moments, intervals, sign, out);
  }
  AddMillisTo(context, moments, intervals, sign, out);
}

void ScaleInterval(EvalContext& context, std::span<const Vector> args, bool divide,
                   VectorBuilder& out, RowErrors& errors) {
  const bool swapped = !args[0].type().IsInterval();
  const Vector& intervals = args[swapped ? 1 : 0];
  const VectorView<int64_t> factor = args[swapped ? 0 : 1].View<int64_t>();
  const auto scale = [&]<typename T>(T) {
    const VectorView<T> interval = intervals.View<T>();
    ForEachValid(out, context.num_rows, [&](int32_t row) {
      const auto value = static_cast<int64_t>(interval[row]);
      const int64_t by = factor[row];
      if (!divide) {
        out.values<T>()[row] =
            static_cast<T>(static_cast<uint64_t>(value) * static_cast<uint64_t>(by));
      } else if (by == 0) {
        FailRow(out, row, "division by zero", errors);
      } else {
        out.values<T>()[row] = static_cast<T>(by == -1 ? WrappingAdd(~value, 1) : value / by);
      }
    });
  };
  if (out.type().layout() == Layout::kInt32) return scale(int32_t{});
  scale(int64_t{});
}

}  // namespace sluice
