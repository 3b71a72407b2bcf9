// LISTAGG(text[, separator]) joins texts in order of arrival, NULLs left out. Where values are
// retracted they are kept apart, and the first equal one goes.
#include "functions/aggregate/accumulator.h"
#include "functions/aggregate/arrivals.h"

namespace sluice {

namespace {

// The separator of a row; rows of one call all have the same literal.
std::string_view SeparatorOf(std::span<const Vector> args, int32_t row) {
  return args.size() > 1 && !args[1].IsNull(row) ? args[1].View<Text>()[row].view()
                                                 : std::string_view(",");
}

struct JoinedText {
  std::string text;
  bool is_set = false;
};

class JoinTexts final : public PlacedAggregator<JoinedText> {
 public:
  void Update(std::span<const Vector> args, std::span<const int32_t> rows,
              std::span<char* const> accumulators, std::span<const int8_t>, RowErrors&) override {
    const VectorView<Text> values = args[0].View<Text>();
    for (size_t i = 0; i < rows.size(); ++i) {
      if (values.IsNull(rows[i])) continue;
      JoinedText& joined = At(accumulators[i]);
      if (joined.is_set) joined.text += SeparatorOf(args, rows[i]);
      joined.text += values[rows[i]].view();
      joined.is_set = true;
    }
  }

  void Result(std::span<char* const> accumulators, VectorBuilder& out) override {
    for (size_t i = 0; i < accumulators.size(); ++i) {
      const JoinedText& joined = At(accumulators[i]);
      const int32_t row = static_cast<int32_t>(i);
      if (joined.is_set)
        KeptType<Text>::Write(out, row, joined.text);
      else
        SetNullRow(out, row);
    }
  }
};

struct TextList {
  Arrivals<std::string> texts;
  std::string separator;
};

class JoinTextList final : public PlacedAggregator<TextList> {
 public:
  void Update(std::span<const Vector> args, std::span<const int32_t> rows,
              std::span<char* const> accumulators, std::span<const int8_t> signs,
              RowErrors&) override {
    const VectorView<Text> values = args[0].View<Text>();
    for (size_t i = 0; i < rows.size(); ++i) {
      if (values.IsNull(rows[i])) continue;
      TextList& list = At(accumulators[i]);
      list.separator = SeparatorOf(args, rows[i]);
      list.texts.Apply(signs[i], values[rows[i]].view());
    }
  }

  void Result(std::span<char* const> accumulators, VectorBuilder& out) override {
    for (size_t i = 0; i < accumulators.size(); ++i) {
      const TextList& list = At(accumulators[i]);
      const int32_t row = static_cast<int32_t>(i);
      if (list.texts.values.empty()) {
        SetNullRow(out, row);
        continue;
      }
      std::string joined;
      for (const std::string& text : list.texts.values) {
        if (&text != &list.texts.values.front()) joined += list.separator;
        joined += text;
      }
      KeptType<Text>::Write(out, row, joined);
    }
  }
};

StatusOr<Signature> Infer(const FunctionCall& call) {
  const size_t num_args = call.arg_types.size();
  if (num_args < 1 || num_args > 2)
    return absl::InvalidArgumentError("LISTAGG takes a text and a separator");
  for (const Type& type : call.arg_types) {
    if (!type.IsCharacter() && type.kind() != TypeKind::kNull) {
      return absl::InvalidArgumentError("LISTAGG joins text, not " + type.Nullable().ToString() +
                                        ": write CAST(x AS STRING)");
    }
  }
  std::vector<Type> args;
  for (const Type& type : call.arg_types)
    args.push_back(Type::String().WithNullable(type.nullable()));
  return Signature{std::move(args), Type::String()};
}

}  // namespace

void RegisterAggregate_listagg(AggregateRegistry& registry) {
  registry.Add({.name = "LISTAGG",
                .signature = "(STRING[, STRING]) -> STRING NULLABLE",
                .help = "The texts in order of arrival, with a separator (a comma if none is "
                        "given) between them.",
                .example = "LISTAGG(x, '-') over ('a', NULL, 'b') = 'a-b'",
                .infer = Infer,
                .make = [](const AggregateInit& init) -> std::unique_ptr<Aggregator> {
                  if (init.retractable) return std::make_unique<JoinTextList>();
                  return std::make_unique<JoinTexts>();
                },
                .order_sensitive = true});
}

}  // namespace sluice
