// The expressions of the job's SELECT, the checksum of rows, and their JSON form.
#include "bench/limit/wide_table.h"

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "fmt/format.h"

namespace sluice::limit {
namespace {

constexpr std::string_view kUnclassified = "未分类";
constexpr int64_t kDayMs = 86'400'000;

struct WideRow {
  const EventFields& event;
  std::string_view subject_name;
  std::string_view pattern_name;
  int64_t teaching_type_id;
  std::string_view teaching_type_name;
  Integer collect_time;
  Integer fix_time;
  std::string_view fix_result_desc;
  Integer event_time;
};

struct SubjectName {
  std::string_view code, name;
};

// Text is padded to eight bytes behind each literal, which HeadOf may read.
#define SL_PADDED(literal) std::string_view(literal "\0\0\0\0\0\0\0\0", sizeof(literal) - 1)

// A perfect hash of the six codes by their first eight bytes: no branch depends on which subject it
// is.
constexpr uint64_t kSubjectMultiplier = 0x35bf992dc9e9c617u;
constexpr int kSubjectBits = 5;

class SubjectNames {
 public:
  SubjectNames() {
    for (SubjectName& entry : entries_) entry = {SL_PADDED(""), kOther};
    const SubjectName names[] = {
        {SL_PADDED("CHINESE"), SL_PADDED("语文")},   {SL_PADDED("MATH"), SL_PADDED("数学")},
        {SL_PADDED("ENGLISH"), SL_PADDED("英语")},   {SL_PADDED("PHYSICS"), SL_PADDED("物理")},
        {SL_PADDED("CHEMISTRY"), SL_PADDED("化学")}, {SL_PADDED("GEOGRAPHY"), SL_PADDED("地理")}};
    for (const SubjectName& name : names) {
      SubjectName& entry = entries_[SlotOf(name.code)];
      if (!entry.code.empty()) std::abort();  // The multiplier was searched for to separate them.
      entry = name;
    }
  }

  std::string_view Find(std::string_view code) const {
    if (code.data() == nullptr) return kOther;
    const SubjectName& entry = entries_[SlotOf(code)];
    const size_t tail = code.size() > 8 ? code.size() - 8 : 0;
    const bool same = entry.code.size() == code.size() && HeadOf(entry.code) == HeadOf(code) &&
                      (tail == 0 || std::memcmp(entry.code.data() + 8, code.data() + 8, tail) == 0);
    return same ? entry.name : kOther;
  }

 private:
  static constexpr std::string_view kOther = SL_PADDED("其他");

  static size_t SlotOf(std::string_view code) {
    return static_cast<size_t>((HeadOf(code) * kSubjectMultiplier) >> (64 - kSubjectBits));
  }

  SubjectName entries_[1 << kSubjectBits];
};

std::string_view FixResultText(const EventFields& event) {
  constexpr std::string_view kPending = SL_PADDED("待批改"), kOpen = SL_PADDED("未订正");
  constexpr std::string_view kSameDay = SL_PADDED("当日订正"), kFixed = SL_PADDED("已订正");
  if (event.fix_result_text == "1") {
    const auto passed_ms = static_cast<int64_t>(static_cast<uint64_t>(event.fix_time.value) -
                                                static_cast<uint64_t>(event.collect_time.value));
    const bool known = !event.fix_time.is_null && !event.collect_time.is_null;
    return known && passed_ms < kDayMs ? kSameDay : kFixed;
  }
  return event.fix_result_text == "0" ? kOpen : kPending;
}

// A sample of the row is enough to notice wrong columns, and keeps the sum out of what is measured:
// of each text the length, the first and the last eight bytes. Rows are compared in full where they
// are written.
class RowHash {
 public:
  void Add(std::string_view text) {
    if (text.data() == nullptr) return AddWord(0x7fb5d329728ea185u);
    uint64_t last = 0;
    if (text.size() > 8) std::memcpy(&last, text.data() + text.size() - 8, sizeof(last));
    AddWord(HeadOf(text) + last * 0x2545f4914f6cdd1du + text.size());
  }
  void Add(int64_t value) { AddWord(static_cast<uint64_t>(value)); }
  void Add(Integer value) {
    AddWord(value.is_null ? 0x7fb5d329728ea185u : static_cast<uint64_t>(value.value));
  }

  uint64_t Finish() const {
    const auto product = static_cast<unsigned __int128>(sum_) * 0xd6e8feb86659fd93u;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }

 private:
  void AddWord(uint64_t word) {
    sum_ += (word ^ (word >> 29)) * multiplier_;
    multiplier_ += 0x9e3779b97f4a7c16u;  // stays odd
  }

  uint64_t sum_ = 0;
  uint64_t multiplier_ = 0xbf58476d1ce4e5b9u;
};

uint64_t HashRow(const WideRow& row) {
  RowHash hash;
  hash.Add(row.event.event_id);
  hash.Add(row.event.id);
  hash.Add(row.event.wrong_id);
  hash.Add(row.event.user_id);
  hash.Add(row.event.subject);
  hash.Add(row.subject_name);
  hash.Add(row.event.question);
  hash.Add(row.event.pattern_id);
  hash.Add(row.pattern_name);
  hash.Add(row.teaching_type_id);
  hash.Add(row.teaching_type_name);
  hash.Add(row.collect_time);
  hash.Add(row.fix_time);
  hash.Add(row.event.fix_result);
  hash.Add(row.fix_result_desc);
  hash.Add(row.event_time);
  return hash.Finish();
}

void AppendJson(const char* key, std::string_view text, std::string* out) {
  fmt::format_to(std::back_inserter(*out), ",\"{}\":", key);
  if (text.data() == nullptr) {
    out->append("null");
    return;
  }
  out->push_back('"');
  for (char c : text) {
    switch (c) {
      case '"': out->append("\\\""); break;
      case '\\': out->append("\\\\"); break;
      case '\b': out->append("\\b"); break;
      case '\f': out->append("\\f"); break;
      case '\n': out->append("\\n"); break;
      case '\r': out->append("\\r"); break;
      case '\t': out->append("\\t"); break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          fmt::format_to(std::back_inserter(*out), "\\u{:04X}", static_cast<unsigned>(c));
        } else {
          out->push_back(c);
        }
    }
  }
  out->push_back('"');
}

void AppendJson(const char* key, Integer value, std::string* out) {
  if (value.is_null) {
    fmt::format_to(std::back_inserter(*out), ",\"{}\":null", key);
  } else {
    fmt::format_to(std::back_inserter(*out), ",\"{}\":{}", key, value.value);
  }
}

// "2023-12-21 09:50:56.7": trailing zeros of the fraction are left out.
void AppendJsonTime(const char* key, Integer local_ms, std::string* out) {
  if (local_ms.is_null) return AppendJson(key, local_ms, out);
  int64_t seconds = local_ms.value / 1000;
  int64_t millis = local_ms.value % 1000;
  if (millis < 0) {
    millis += 1000;
    --seconds;
  }
  const absl::CivilSecond time = absl::CivilSecond(1970, 1, 1) + seconds;
  std::string fraction = millis == 0 ? "" : fmt::format(".{:03}", millis);
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  fmt::format_to(std::back_inserter(*out), ",\"{}\":\"{:04}-{:02}-{:02} {:02}:{:02}:{:02}{}\"", key,
                 time.year(), time.month(), time.day(), time.hour(), time.minute(), time.second(),
                 fraction);
}

void AppendRow(const WideRow& row, std::string* out) {
  AppendJson("event_id", row.event.event_id, out);
  AppendJson("fix_id", row.event.id, out);
  AppendJson("wrong_id", row.event.wrong_id, out);
  AppendJson("user_id", row.event.user_id, out);
  AppendJson("subject", row.event.subject, out);
  AppendJson("subject_name", row.subject_name, out);
  AppendJson("question", row.event.question, out);
  AppendJson("pattern_id", row.event.pattern_id, out);
  AppendJson("pattern_name", row.pattern_name, out);
  AppendJson("teaching_type_id", Integer{row.teaching_type_id, false}, out);
  AppendJson("teaching_type_name", row.teaching_type_name, out);
  AppendJsonTime("collect_time", row.collect_time, out);
  AppendJsonTime("fix_time", row.fix_time, out);
  AppendJson("fix_result", row.event.fix_result, out);
  AppendJson("fix_result_desc", row.fix_result_desc, out);
  AppendJsonTime("event_time", row.event_time, out);
  out->append("}\n");
}

// The civil time of an instant at which Asia/Shanghai kept summer or local mean time.
int64_t ToOldShanghai(int64_t epoch_ms) {
  static const absl::TimeZone zone = [] {
    absl::TimeZone loaded;
    if (!absl::LoadTimeZone("Asia/Shanghai", &loaded)) std::abort();
    return loaded;
  }();
  return epoch_ms + int64_t{1000} * zone.At(absl::FromUnixMillis(epoch_ms)).offset;
}

}  // namespace

Integer ToShanghai(Integer epoch_ms) {
  constexpr int64_t kFirstMs = -62'135'596'800'000, kLastMs = 253'402'300'799'999;
  constexpr int64_t kFixedOffsetSinceMs =
      684'900'000'000;  // the end of the last summer time, September 1991
  constexpr int64_t kOffsetMs = 8 * 3'600'000;
  if (epoch_ms.is_null || epoch_ms.value < kFirstMs || epoch_ms.value > kLastMs) return {};
  if (epoch_ms.value >= kFixedOffsetSinceMs) return {epoch_ms.value + kOffsetMs, false};
  return {ToOldShanghai(epoch_ms.value), false};
}

void WideTable::Add(const EventFields& event, const Pattern* pattern, const TeachingType* type) {
  static const SubjectNames subjects;
  const WideRow row = {.event = event,
                       .subject_name = subjects.Find(event.subject),
                       .pattern_name = pattern == nullptr ? kUnclassified : pattern->name,
                       .teaching_type_id = type == nullptr ? 0 : type->id,
                       .teaching_type_name = type == nullptr ? std::string_view() : type->name,
                       .collect_time = ToShanghai(event.collect_time),
                       .fix_time = ToShanghai(event.fix_time),
                       .fix_result_desc = FixResultText(event),
                       .event_time = ToShanghai(event.event_time)};
  ++totals_.num_rows;
  totals_.checksum += HashRow(row);
  if (rows_ != nullptr) {
    line_.clear();
    AppendRow(row, &line_);
    line_[0] = '{';
    std::fwrite(line_.data(), 1, line_.size(), rows_);
  }
}

}  // namespace sluice::limit
