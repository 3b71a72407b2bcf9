// CAST to DATE, TIME, TIMESTAMP and TIMESTAMP_LTZ. Local time and instants meet in the zone of the
// session.

#include "functions/cast_kernels.h"
#include "types/civil_time.h"
#include "types/time_zone.h"

namespace sluice {

namespace {

// Zeroes the digits beyond `precision`. Flink divides: before 1970 that is later, not earlier.
Timestamp ReducePrecision(const Timestamp& timestamp, int precision) {
  if (precision >= 3) return TruncateTimestamp(timestamp, precision);
  const int64_t unit = precision == 0 ? 1000 : precision == 1 ? 100 : 10;
  return {.millis = timestamp.millis / unit * unit};
}

void ToDate(CastCall& call) {
  const Type& from = call.input.type();
  if (from.IsCharacter()) {
    return CastRows<std::string_view, int32_t>(call, [](std::string_view text, int32_t& out) {
      const std::optional<int32_t> days = ParseDate(text);
      out = days.value_or(0);
      return days ? CastResult::kOk : CastResult::kFailed;
    });
  }
  if (from.kind() == TypeKind::kTimestamp) {
    return ConvertRows<Timestamp, int32_t>(call, DateOfTimestamp);
  }
  ZoneConverter zone(call.context.session.zone);
  ConvertRows<Timestamp, int32_t>(call, [&](const Timestamp& instant) {
    const int64_t local = zone.ToLocal(instant).millis;
    return static_cast<int32_t>((local - FloorMod(local, kMillisPerDay)) / kMillisPerDay);
  });
}

void ToTimeOfDay(CastCall& call) {
  const Type& from = call.input.type();
  if (from.IsCharacter()) {
    return CastRows<std::string_view, int32_t>(call, [](std::string_view text, int32_t& out) {
      const std::optional<int32_t> millis = ParseTime(text);
      out = millis.value_or(0);
      return millis ? CastResult::kOk : CastResult::kFailed;
    });
  }
  if (from.kind() == TypeKind::kTimestamp) {
    const int precision = call.out.type().precision();
    return ConvertRows<Timestamp, int32_t>(call, [=](const Timestamp& local) {
      return TimeOfTimestamp(ReducePrecision(local, precision));
    });
  }
  ZoneConverter zone(call.context.session.zone);
  ConvertRows<Timestamp, int32_t>(
      call, [&](const Timestamp& instant) { return TimeOfTimestamp(zone.ToLocal(instant)); });
}

// The local time that the input names, to be turned into an instant where the target is
// TIMESTAMP_LTZ.
template <typename F>
void ToTimestampFromLocal(CastCall& call, F finish) {
  const Type& from = call.input.type();
  const int precision = call.out.type().precision();
  if (from.IsCharacter()) {
    return CastRows<std::string_view, Timestamp>(call, [&](std::string_view text, Timestamp& out) {
      const std::optional<Timestamp> local = ParseTimestamp(text, precision);
      if (!local) return CastResult::kFailed;
      out = finish(*local);
      return CastResult::kOk;
    });
  }
  if (from.kind() == TypeKind::kDate) {
    return ConvertRows<int32_t, Timestamp>(
        call, [&](int32_t days) { return finish(Timestamp{.millis = days * kMillisPerDay}); });
  }
  if (from.kind() == TypeKind::kTime) {
    return ConvertRows<int32_t, Timestamp>(
        call, [&](int32_t millis) { return finish(Timestamp{.millis = millis}); });
  }
  ConvertRows<Timestamp, Timestamp>(
      call, [&](const Timestamp& local) { return finish(ReducePrecision(local, precision)); });
}

void ToTimestamp(CastCall& call) {
  const int precision = call.out.type().precision();
  if (call.input.type().kind() == TypeKind::kTimestampLtz) {
    ZoneConverter zone(call.context.session.zone);
    return ConvertRows<Timestamp, Timestamp>(call, [&](const Timestamp& instant) {
      return ReducePrecision(zone.ToLocal(instant), precision);
    });
  }
  ToTimestampFromLocal(call, [](const Timestamp& local) { return local; });
}

void ToTimestampLtz(CastCall& call) {
  const int precision = call.out.type().precision();
  if (call.input.type().kind() == TypeKind::kTimestampLtz) {
    return ConvertRows<Timestamp, Timestamp>(
        call, [=](const Timestamp& instant) { return ReducePrecision(instant, precision); });
  }
  ZoneConverter zone(call.context.session.zone);
  ToTimestampFromLocal(call, [&](const Timestamp& local) { return zone.ToInstant(local); });
}

}  // namespace

void CastToTime(CastCall& call) {
  switch (call.out.type().kind()) {
    case TypeKind::kDate: return ToDate(call);
    case TypeKind::kTime: return ToTimeOfDay(call);
    case TypeKind::kTimestamp: return ToTimestamp(call);
    case TypeKind::kTimestampLtz: return ToTimestampLtz(call);
    default: SL_CHECK(false);
  }
}

}  // namespace sluice
