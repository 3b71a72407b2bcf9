#include "connectors/datagen_column.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "types/civil_time.h"
#include "types/decimal.h"
#include "types/number_text.h"
#include "types/text.h"
#include "types/timestamp.h"

namespace sluice {
namespace {

constexpr OptionSpec kColumnOptions[] = {
    {.key = "kind",
     .type = OptionType::kEnum,
     .default_value = "random",
     .choices = "random, sequence"},
    {.key = "min", .type = OptionType::kDouble},
    {.key = "max", .type = OptionType::kDouble},
    {.key = "start", .type = OptionType::kInt},
    {.key = "end", .type = OptionType::kInt},
    {.key = "length", .type = OptionType::kInt},
    {.key = "max-past", .type = OptionType::kDuration, .default_value = "0"},
    {.key = "null-rate", .type = OptionType::kDouble, .default_value = "0"},
    {.key = "var-len", .type = OptionType::kBool, .default_value = "false"},
};
constexpr int32_t kDefaultTextLength = 100;
constexpr int32_t kDefaultListLength = 3;

// SplitMix64: fast, and good enough for test rows.
class Random {
 public:
  Random() : state_(RandomBits()) {}
  uint64_t Next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // Uniform in [0, 1).
  double NextDouble() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }
  // Uniform in [min, max].
  int64_t Between(int64_t min, int64_t max) {
    const auto span = static_cast<unsigned __int128>(static_cast<__int128>(max) - min + 1);
    return static_cast<int64_t>(min + static_cast<__int128>((span * Next()) >> 64));
  }

 private:
  uint64_t state_;
};

double FindDouble(const Options& options, std::string_view key, double otherwise) {
  const auto text = options.Find(key);
  double value = otherwise;
  if (text.has_value()) (void)absl::SimpleAtod(std::string(*text), &value);
  return value;
}

int64_t FindInteger(const Options& options, std::string_view key, int64_t otherwise) {
  const auto text = options.Find(key);
  int64_t value = otherwise;
  if (!text.has_value() || absl::SimpleAtoi(std::string(*text), &value)) return value;
  return static_cast<int64_t>(FindDouble(options, key, static_cast<double>(otherwise)));
}

// Writes an integer as a value of the column's type.
void PutInteger(const Type& type, int64_t value, int32_t row, VectorBuilder& out) {
  switch (type.layout()) {
    case Layout::kInt8: out.values<int8_t>()[row] = static_cast<int8_t>(value); break;
    case Layout::kInt16: out.values<int16_t>()[row] = static_cast<int16_t>(value); break;
    case Layout::kInt32: out.values<int32_t>()[row] = static_cast<int32_t>(value); break;
    case Layout::kFloat: out.values<float>()[row] = static_cast<float>(value); break;
    case Layout::kDouble: out.values<double>()[row] = static_cast<double>(value); break;
    case Layout::kInt64:
    case Layout::kInt128: {
      __int128 number = value;
      if (type.kind() == TypeKind::kDecimal) number *= PowerOfTen(type.scale());
      if (type.layout() == Layout::kInt64) {
        out.values<int64_t>()[row] = static_cast<int64_t>(number);
      } else {
        out.values<__int128>()[row] = number;
      }
      break;
    }
    case Layout::kText: {
      char text[kMaxNumberText];
      const size_t length = FormatInteger(value, text);
      out.values<Text>()[row] = Text(out.arena().Copy({text, length}));
      break;
    }
    default: break;
  }
}

// start, start + 1, … end; dealt out to the instances in turn.
class Sequence : public DatagenColumn {
 public:
  Sequence(Type type, const DatagenPlace& place)
      : type_(std::move(type)),
        start_(FindInteger(place.options, "start", 0) + place.instance),
        step_(place.instances),
        end_(FindInteger(place.options, "end", 0)) {}

  void Fill(int64_t first, int32_t begin, int32_t num_rows, VectorBuilder& out) override {
    for (int32_t i = 0; i < num_rows; ++i) {
      PutInteger(type_, start_ + (first + i) * step_, begin + i, out);
    }
  }
  std::optional<int64_t> num_values() const override {
    return start_ > end_ ? 0 : (end_ - start_) / step_ + 1;
  }

 private:
  const Type type_;
  const int64_t start_;
  const int64_t step_;
  const int64_t end_;
};

// The base of the random columns: NULLs by null-rate.
class RandomColumn : public DatagenColumn {
 public:
  explicit RandomColumn(const DatagenPlace& place)
      : null_rate_(FindDouble(place.options, "null-rate", 0)) {}

  void Fill(int64_t, int32_t begin, int32_t num_rows, VectorBuilder& out) final {
    FillAll(begin, num_rows, out);
    if (null_rate_ <= 0) return;
    for (int32_t row = begin; row < begin + num_rows; ++row) {
      if (random_.NextDouble() < null_rate_) out.SetNull(row);
    }
  }

 protected:
  virtual void FillAll(int32_t begin, int32_t num_rows, VectorBuilder& out) = 0;
  Random random_;

 private:
  const double null_rate_;
};

class RandomInteger : public RandomColumn {
 public:
  RandomInteger(Type type, const DatagenPlace& place, int64_t min, int64_t max)
      : RandomColumn(place),
        type_(std::move(type)),
        min_(FindInteger(place.options, "min", min)),
        max_(std::max(FindInteger(place.options, "max", max), min_)) {}

 protected:
  void FillAll(int32_t begin, int32_t num_rows, VectorBuilder& out) override {
    for (int32_t row = begin; row < begin + num_rows; ++row) {
      PutInteger(type_, random_.Between(min_, max_), row, out);
    }
  }

 private:
  const Type type_;
  const int64_t min_;
  const int64_t max_;
};

class RandomFraction : public RandomColumn {
 public:
  RandomFraction(Type type, const DatagenPlace& place, double min, double max)
      : RandomColumn(place),
        type_(std::move(type)),
        min_(FindDouble(place.options, "min", min)),
        max_(FindDouble(place.options, "max", max)) {}

 protected:
  void FillAll(int32_t begin, int32_t num_rows, VectorBuilder& out) override {
    for (int32_t row = begin; row < begin + num_rows; ++row) {
      // Weighing both ends cannot overflow, unlike their difference.
      const double weight = random_.NextDouble();
      Put(min_ * (1 - weight) + max_ * weight, row, out);
    }
  }

 private:
  void Put(double value, int32_t row, VectorBuilder& out) const {
    if (type_.layout() == Layout::kFloat) {
      out.values<float>()[row] = static_cast<float>(value);
    } else if (type_.layout() == Layout::kDouble) {
      out.values<double>()[row] = value;
    } else {
      __int128 unscaled = 0;
      if (DecimalFromDouble(value, type_.precision(), type_.scale(), &unscaled) !=
          DecimalParse::kOk) {
        unscaled = PowerOfTen(type_.precision()) - 1;
      }
      if (type_.layout() == Layout::kInt64) {
        out.values<int64_t>()[row] = static_cast<int64_t>(unscaled);
      } else {
        out.values<__int128>()[row] = unscaled;
      }
    }
  }

  const Type type_;
  const double min_;
  const double max_;
};

// Hexadecimal digits, or any bytes for binary types.
class RandomText : public RandomColumn {
 public:
  RandomText(const Type& type, const DatagenPlace& place)
      : RandomColumn(place),
        is_binary_(type.IsBinary()),
        length_(static_cast<int32_t>(std::clamp<int64_t>(
            FindInteger(place.options, "length",
                        type.length() == Type::kMaxLength ? kDefaultTextLength : type.length()),
            0, type.length()))),
        varies_(place.options.GetBool(kColumnOptions, "var-len")) {}

 protected:
  void FillAll(int32_t begin, int32_t num_rows, VectorBuilder& out) override {
    static constexpr char kHex[] = "0123456789abcdef";
    for (int32_t row = begin; row < begin + num_rows; ++row) {
      const auto length =
          static_cast<int32_t>(varies_ && length_ > 0 ? random_.Between(1, length_) : length_);
      char* text = out.arena().Allocate(static_cast<size_t>(length));
      uint64_t bits = 0;
      for (int32_t i = 0; i < length; ++i) {
        bits = i % 8 == 0 ? random_.Next() : bits >> 8;
        text[i] = is_binary_ ? static_cast<char>(bits & 0xff) : kHex[bits & 15];
      }
      out.values<Text>()[row] = Text({text, static_cast<size_t>(length)});
    }
  }

 private:
  const bool is_binary_;
  const int32_t length_;
  const bool varies_;
};

// DATE and TIME: today and now; timestamps: at most max-past ago.
class PastTime : public RandomColumn {
 public:
  PastTime(Type type, const DatagenPlace& place)
      : RandomColumn(place),
        type_(std::move(type)),
        zone_(place.session->zone),
        env_(place.env),
        max_past_ms_(place.options.GetDurationMs(kColumnOptions, "max-past")) {}

 protected:
  void FillAll(int32_t begin, int32_t num_rows, VectorBuilder& out) override {
    const int64_t now_ms = env_->WallMs();
    const int64_t offset_s = zone_.At(absl::FromUnixMillis(now_ms)).offset;
    const int64_t local_ms = now_ms + offset_s * 1000;
    for (int32_t row = begin; row < begin + num_rows; ++row) {
      if (type_.kind() == TypeKind::kDate) {
        out.values<int32_t>()[row] = static_cast<int32_t>(FloorDiv(local_ms, kMillisPerDay));
      } else if (type_.kind() == TypeKind::kTime) {
        out.values<int32_t>()[row] = static_cast<int32_t>(FloorMod(local_ms, kMillisPerDay));
      } else {
        const int64_t past_ms = max_past_ms_ > 0 ? random_.Between(0, max_past_ms_) : 0;
        out.values<Timestamp>()[row] = {.millis = now_ms - past_ms};
      }
    }
  }

 private:
  const Type type_;
  const absl::TimeZone zone_;
  const Env* const env_;
  const int64_t max_past_ms_;
};

class RandomRow : public RandomColumn {
 public:
  RandomRow(const DatagenPlace& place, std::vector<std::unique_ptr<DatagenColumn>> fields)
      : RandomColumn(place), fields_(std::move(fields)) {}

 protected:
  void FillAll(int32_t begin, int32_t num_rows, VectorBuilder& out) override {
    for (size_t f = 0; f < fields_.size(); ++f) {
      fields_[f]->Fill(0, begin, num_rows, out.child(static_cast<int>(f)));
    }
  }

 private:
  const std::vector<std::unique_ptr<DatagenColumn>> fields_;
};

class RandomList : public RandomColumn {
 public:
  RandomList(const DatagenPlace& place, std::vector<std::unique_ptr<DatagenColumn>> parts)
      : RandomColumn(place),
        length_(static_cast<int32_t>(
            std::max<int64_t>(FindInteger(place.options, "length", kDefaultListLength), 0))),
        parts_(std::move(parts)) {}

 protected:
  void FillAll(int32_t begin, int32_t num_rows, VectorBuilder& out) override {
    const int32_t first = out.child(0).num_rows();
    for (size_t p = 0; p < parts_.size(); ++p) {
      VectorBuilder& child = out.child(static_cast<int>(p));
      child.Resize(first + num_rows * length_);
      parts_[p]->Fill(0, first, num_rows * length_, child);
    }
    for (int32_t i = 0; i < num_rows; ++i) {
      out.values<ListEntry>()[begin + i] = {first + i * length_, length_};
    }
  }

 private:
  const int32_t length_;
  const std::vector<std::unique_ptr<DatagenColumn>> parts_;
};

// The names under which the parts of a nested type have options: "element", "key", "value", or the
// field.
std::vector<std::pair<std::string, Type>> PartsOf(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kArray: return {{"element", type.element()}};
    case TypeKind::kMultiset: return {{"element", type.element()}, {"", Type::Int().NotNull()}};
    case TypeKind::kMap: return {{"key", type.key().NotNull()}, {"value", type.value()}};
    case TypeKind::kRow: {
      std::vector<std::pair<std::string, Type>> parts;
      for (const Field& field : type.fields()) parts.emplace_back(field.name, field.type);
      return parts;
    }
    default: return {};
  }
}

StatusOr<std::unique_ptr<DatagenColumn>> MakeNested(const Type& type, const DatagenPlace& place) {
  std::vector<std::unique_ptr<DatagenColumn>> parts;
  for (const auto& [name, part_type] : PartsOf(type)) {
    DatagenPlace part = place;
    part.options =
        name.empty() ? Options({{"min", "1"}, {"max", "3"}}) : place.options.WithPrefix(name + ".");
    SL_ASSIGN(auto column, MakeDatagenColumn(part_type, part));
    parts.push_back(std::move(column));
  }
  if (type.kind() == TypeKind::kRow) return std::make_unique<RandomRow>(place, std::move(parts));
  return std::make_unique<RandomList>(place, std::move(parts));
}

template <typename T>
std::unique_ptr<DatagenColumn> MakeInteger(const Type& type, const DatagenPlace& place) {
  return std::make_unique<RandomInteger>(type, place, std::numeric_limits<T>::min(),
                                         std::numeric_limits<T>::max());
}

bool CanBeSequence(const Type& type) { return type.IsNumeric() || type.IsCharacter(); }

}  // namespace

StatusOr<std::unique_ptr<DatagenColumn>> MakeDatagenColumn(const Type& type,
                                                           const DatagenPlace& place) {
  if (place.options.Find("kind") == "sequence") return std::make_unique<Sequence>(type, place);
  // Flink's defaults: the smallest positive number, not the lowest.
  constexpr double kSmallest = std::numeric_limits<double>::denorm_min();
  switch (type.kind()) {
    case TypeKind::kBoolean: return std::make_unique<RandomInteger>(type, place, 0, 1);
    case TypeKind::kTinyInt: return MakeInteger<int8_t>(type, place);
    case TypeKind::kSmallInt: return MakeInteger<int16_t>(type, place);
    case TypeKind::kInt: return MakeInteger<int32_t>(type, place);
    case TypeKind::kBigInt: return MakeInteger<int64_t>(type, place);
    case TypeKind::kIntervalYearMonth:
      return std::make_unique<RandomInteger>(type, place, 0, 120'000);
    case TypeKind::kIntervalDayTime:
      return std::make_unique<RandomInteger>(type, place, 0, int64_t{10'000} * kMillisPerDay);
    case TypeKind::kFloat:
      return std::make_unique<RandomFraction>(type, place, kSmallest,
                                              std::numeric_limits<float>::max());
    case TypeKind::kDouble:
      return std::make_unique<RandomFraction>(type, place, kSmallest,
                                              std::numeric_limits<double>::max());
    case TypeKind::kDecimal:
      return std::make_unique<RandomFraction>(
          type, place, 0, std::pow(10.0, type.precision() - type.scale()) * (1 - 1e-9));
    case TypeKind::kChar:
    case TypeKind::kVarChar:
    case TypeKind::kBinary:
    case TypeKind::kVarBinary: return std::make_unique<RandomText>(type, place);
    case TypeKind::kDate:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz: return std::make_unique<PastTime>(type, place);
    case TypeKind::kArray:
    case TypeKind::kMap:
    case TypeKind::kMultiset:
    case TypeKind::kRow: return MakeNested(type, place);
    case TypeKind::kNull: break;
  }
  return absl::InvalidArgumentError(absl::StrCat("datagen cannot make ", type.ToString()));
}

void CheckDatagenColumn(const Type& type, const std::string& prefix, const Options& options,
                        std::vector<OptionProblem>* problems) {
  Options own;
  const auto parts = PartsOf(type);
  for (const auto& [key, value] : options.values()) {
    const bool of_part = std::any_of(parts.begin(), parts.end(), [&key = key](const auto& part) {
      return !part.first.empty() && key.starts_with(part.first + ".");
    });
    if (!of_part) own.Set(key, value);
  }
  for (OptionProblem& problem : CheckOptions(own, kColumnOptions, {})) {
    problem.key = prefix + problem.key;
    problems->push_back(std::move(problem));
  }
  if (options.Find("kind") == "sequence") {
    for (std::string_view key : {"start", "end"}) {
      if (options.Find(key).has_value()) continue;
      problems->push_back(
          {absl::StrCat(prefix, std::string(key)), ErrorCode::kMissingOption,
           absl::StrCat("option '", prefix, std::string(key), "' is required for a sequence"), ""});
    }
    if (!CanBeSequence(type)) {
      problems->push_back({prefix + "kind", ErrorCode::kInvalidOption,
                           absl::StrCat("a sequence cannot be of type ", type.ToString()),
                           "use kind 'random'"});
    }
  }
  for (const auto& [name, part_type] : parts) {
    if (name.empty()) continue;
    CheckDatagenColumn(part_type, prefix + name + ".", options.WithPrefix(name + "."), problems);
  }
}

}  // namespace sluice
