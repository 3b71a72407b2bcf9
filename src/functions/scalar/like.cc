// LIKE(text, pattern[, escape]) and NOT LIKE. Without ESCAPE the backslash is a character like any
// other.
#include "functions/kernels.h"
#include "functions/like_pattern.h"

namespace sluice {

namespace {

struct LikeState : FunctionState {
  explicit LikeState(LikePattern compiled) : pattern(std::move(compiled)) {}
  LikePattern pattern;
};

template <bool negated>
void LikeRows(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
              RowErrors& errors) {
  const VectorView<Text> texts = args[0].View<Text>();
  auto* values = out.values<int8_t>();
  if (const auto* state = static_cast<const LikeState*>(context.state)) {
    return ForEachValid(out, context.num_rows, [&](int32_t row) {
      values[row] = state->pattern.Matches(texts[row].view()) != negated;
    });
  }
  const VectorView<Text> patterns = args[1].View<Text>();
  std::optional<StatusOr<LikePattern>> latest;
  std::string latest_pattern;
  std::string latest_escape;
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const std::string_view pattern = patterns[row].view();
    const std::string_view escape =
        args.size() > 2 ? args[2].View<Text>()[row].view() : std::string_view();
    if (!latest.has_value() || latest_pattern != pattern || latest_escape != escape) {
      latest_pattern = pattern;
      latest_escape = escape;
      latest =
          LikePattern::Compile(pattern, args.size() > 2 ? std::optional(escape) : std::nullopt);
    }
    if (!latest->ok()) return FailRow(out, row, std::string(latest->status().message()), errors);
    values[row] = (*latest)->Matches(texts[row].view()) != negated;
  });
}

StatusOr<std::unique_ptr<FunctionState>> Prepare(const FunctionCall& call) {
  const bool has_escape = call.literals.size() > 2;
  const Value* pattern = call.literals[1];
  const Value* escape = has_escape ? call.literals[2] : nullptr;
  if (pattern == nullptr || pattern->is_null() ||
      (has_escape && (escape == nullptr || escape->is_null()))) {
    return std::unique_ptr<FunctionState>();
  }
  std::optional<std::string_view> escape_text;
  if (has_escape) escape_text = escape->as_text();
  SL_ASSIGN(LikePattern compiled, LikePattern::Compile(pattern->as_text(), escape_text));
  return std::unique_ptr<FunctionState>(new LikeState(std::move(compiled)));
}

}  // namespace

void Register_like(FunctionRegistry& registry) {
  registry.Add(
      {.name = "LIKE",
       .signature = "(STRING, STRING[, STRING]) -> BOOLEAN",
       .kernel = LikeRows<false>,
       .help = "True if the text fits a pattern, in which % is any text and _ any character.",
       .example = "LIKE('abc', 'a%') = TRUE",
       .can_fail = true,
       .prepare = Prepare});
  registry.Add({.name = "NOT LIKE",
                .signature = "(STRING, STRING[, STRING]) -> BOOLEAN",
                .kernel = LikeRows<true>,
                .help = "True if the text does not fit a LIKE pattern.",
                .example = "`NOT LIKE`('abc', 'b%') = TRUE",
                .can_fail = true,
                .prepare = Prepare});
}

}  // namespace sluice
