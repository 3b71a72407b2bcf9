// JSON_ARRAYAGG and JSON_OBJECTAGG. Their values come as JSON text: the binder writes JSON_STRING
// around what is none, `null` for NULL ON NULL, and a FILTER for ABSENT ON NULL. Result types are
// those of Flink's planner, which does not hold the text to their length.
#include <map>

#include "functions/aggregate/accumulator.h"
#include "functions/aggregate/arrivals.h"
#include "json/json_text.h"
#include "json/tree.h"

namespace sluice {

namespace {

using Elements = Arrivals<std::string>;

class JsonArrayAgg final : public PlacedAggregator<Elements> {
 public:
  void Update(std::span<const Vector> args, std::span<const int32_t> rows,
              std::span<char* const> accumulators, std::span<const int8_t> signs,
              RowErrors&) override {
    const VectorView<Text> values = args[0].View<Text>();
    for (size_t i = 0; i < rows.size(); ++i) {
      At(accumulators[i]).Apply(signs[i], values[rows[i]].view());
    }
  }

  void Result(std::span<char* const> accumulators, VectorBuilder& out) override {
    std::string text;
    for (size_t i = 0; i < accumulators.size(); ++i) {
      text = "[";
      for (const std::string& value : At(accumulators[i]).values) {
        if (text.size() > 1) text.push_back(',');
        text += value;
      }
      text.push_back(']');
      KeptType<Text>::Write(out, static_cast<int32_t>(i), text);
    }
  }
};

struct LessAsJava {
  bool operator()(const std::string& a, const std::string& b) const { return JavaLess(a, b); }
};
using Members = std::map<std::string, std::string, LessAsJava>;

class JsonObjectAgg final : public PlacedAggregator<Members> {
 public:
  void Update(std::span<const Vector> args, std::span<const int32_t> rows,
              std::span<char* const> accumulators, std::span<const int8_t> signs,
              RowErrors& errors) override {
    const VectorView<Text> keys = args[0].View<Text>();
    const VectorView<Text> values = args[1].View<Text>();
    for (size_t i = 0; i < rows.size(); ++i) {
      const int32_t row = rows[i];
      if (keys.IsNull(row)) {
        errors.Add(row, ErrorCode::kBadExpression, "JSON_OBJECTAGG: a key is NULL");
        continue;
      }
      Members& members = At(accumulators[i]);
      std::string key(keys[row].view());
      if (signs[i] < 0) {
        members.erase(key);
      } else if (!members.emplace(key, values[row].view()).second) {
        errors.Add(row, ErrorCode::kBadExpression,
                   "JSON_OBJECTAGG: the key '" + key + "' is already present");
      }
    }
  }

  void Result(std::span<char* const> accumulators, VectorBuilder& out) override {
    std::string text;
    for (size_t i = 0; i < accumulators.size(); ++i) {
      text = "{";
      for (const auto& [key, value] : At(accumulators[i])) {
        if (text.size() > 1) text.push_back(',');
        AppendJacksonString(key, &text);
        text.push_back(':');
        text += value;
      }
      text.push_back('}');
      KeptType<Text>::Write(out, static_cast<int32_t>(i), text);
    }
  }
};

const Type& ResultType() {
  static const Type* const kType = new Type(Type::VarChar(2000).NotNull());
  return *kType;
}

StatusOr<Signature> InferArray(const FunctionCall& call) {
  if (call.arg_types.size() != 1)
    return absl::InvalidArgumentError("JSON_ARRAYAGG takes one value");
  return Signature{call.arg_types, ResultType()};
}

StatusOr<Signature> InferObject(const FunctionCall& call) {
  if (call.arg_types.size() != 2)
    return absl::InvalidArgumentError("JSON_OBJECTAGG takes a key and a value");
  if (!call.arg_types[0].IsCharacter())
    return absl::InvalidArgumentError("a key of JSON_OBJECTAGG must be text");
  return Signature{call.arg_types, ResultType()};
}

}  // namespace

void RegisterAggregate_json_aggregates(AggregateRegistry& registry) {
  registry.Add({.name = "JSON_ARRAYAGG",
                .signature = "(ANY) -> VARCHAR(2000) NOT NULL",
                .help = "A JSON array of the values in order of arrival; ABSENT ON NULL unless "
                        "told otherwise.",
                .example = "JSON_ARRAYAGG(x) over (1, NULL, 2) = '[1,2]'",
                .infer = InferArray,
                .make = [](const AggregateInit&) -> std::unique_ptr<Aggregator> {
                  return std::make_unique<JsonArrayAgg>();
                },
                .order_sensitive = true,
                .never_null = true});
  registry.Add({.name = "JSON_OBJECTAGG",
                .signature = "(STRING, ANY) -> VARCHAR(2000) NOT NULL",
                .help = "A JSON object of keys, sorted, and values; NULL ON NULL unless told "
                        "otherwise. Each key may come once.",
                .example = "JSON_OBJECTAGG(KEY k VALUE x) over ('b', 1), ('a', NULL) = "
                           "'{\"a\":null,\"b\":1}'",
                .infer = InferObject,
                .make = [](const AggregateInit&) -> std::unique_ptr<Aggregator> {
                  return std::make_unique<JsonObjectAgg>();
                },
                .never_null = true});
}

}  // namespace sluice
