// CURRENT_TIMESTAMP and its relatives: the processing time of the batch, as an instant or in the
// session's zone.
#include "functions/kernels.h"
#include "types/civil_time.h"
#include "types/time_zone.h"

namespace sluice {

namespace {

int64_t LocalNow(const EvalContext& context) {
  return ZoneConverter(context.session.zone).ToLocalMillis(context.now_ms);
}

template <typename T>
void Fill(const EvalContext& context, VectorBuilder& out, T value) {
  std::fill_n(out.values<T>(), context.num_rows, value);
}

void Instant(EvalContext& context, std::span<const Vector>, VectorBuilder& out, RowErrors&) {
  Fill(context, out, Timestamp{.millis = context.now_ms});
}
void LocalTimestamp(EvalContext& context, std::span<const Vector>, VectorBuilder& out, RowErrors&) {
  Fill(context, out, Timestamp{.millis = LocalNow(context)});
}
void LocalDate(EvalContext& context, std::span<const Vector>, VectorBuilder& out, RowErrors&) {
  Fill(context, out, static_cast<int32_t>(FloorDiv(LocalNow(context), kMillisPerDay)));
}
void LocalTime(EvalContext& context, std::span<const Vector>, VectorBuilder& out, RowErrors&) {
  Fill(context, out, static_cast<int32_t>(FloorMod(LocalNow(context), kMillisPerDay)));
}

struct Clock {
  std::string_view name;
  std::string_view signature;
  ScalarKernel kernel;
  std::string_view help;
  std::string_view example;
};

constexpr std::string_view kInstant = "() -> TIMESTAMP_LTZ(3) NOT NULL";
constexpr Clock kClocks[] = {
    {"CURRENT_TIMESTAMP", kInstant, Instant, "The current time.",
     "CURRENT_TIMESTAMP > TO_TIMESTAMP_LTZ(0, 3)"},
    {"NOW", kInstant, Instant, "The current time.", "NOW() > TO_TIMESTAMP_LTZ(0, 3)"},
    {"CURRENT_ROW_TIMESTAMP", kInstant, Instant, "The time at which the row is processed.",
     "CURRENT_ROW_TIMESTAMP() > TO_TIMESTAMP_LTZ(0, 3)"},
    {"PROCTIME", kInstant, Instant, "The processing time, a time attribute.",
     "PROCTIME() > TO_TIMESTAMP_LTZ(0, 3)"},
    {"LOCALTIMESTAMP", "() -> TIMESTAMP(3) NOT NULL", LocalTimestamp,
     "The current time in the session's zone.", "LOCALTIMESTAMP > TIMESTAMP '2024-01-01 00:00:00'"},
    {"CURRENT_DATE", "() -> DATE NOT NULL", LocalDate, "The current date in the session's zone.",
     "CURRENT_DATE > DATE '2024-01-01'"},
    {"CURRENT_TIME", "() -> TIME(0) NOT NULL", LocalTime,
     "The current time of day in the session's zone.", "CURRENT_TIME >= TIME '00:00:00'"},
    {"LOCALTIME", "() -> TIME(0) NOT NULL", LocalTime,
     "The current time of day in the session's zone.", "LOCALTIME >= TIME '00:00:00'"},
};

}  // namespace

void Register_wall_clock(FunctionRegistry& registry) {
  for (const Clock& clock : kClocks) {
    registry.Add({.name = clock.name,
                  .signature = clock.signature,
                  .kernel = clock.kernel,
                  .help = clock.help,
                  .example = clock.example,
                  .deterministic = false});
  }
}

}  // namespace sluice
