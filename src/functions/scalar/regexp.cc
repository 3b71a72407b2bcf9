// REGEXP, REGEXP_EXTRACT, REGEXP_REPLACE and SIMILAR TO. A pattern that Java refuses gives FALSE or
// NULL; one that only Java could run is an error, at plan time if it is a literal.
#include "functions/kernels.h"
#include "functions/regex.h"
#include "functions/utf8.h"

namespace sluice {

namespace {

using RegexPtr = std::shared_ptr<const Regex>;
using Found = RegexMatcher::Found;

struct RegexState : FunctionState {
  explicit RegexState(RegexPtr compiled) : regex(std::move(compiled)) {}
  RegexPtr regex;
};

constexpr std::string_view kTooManySteps =
    "the regular expression needs too many steps on this text";

// The matcher of a row: for the literal pattern, or for the pattern of the row before if that is
// the same.
class MatcherOfRow {
 public:
  explicit MatcherOfRow(const EvalContext& context) {
    if (const auto* state = static_cast<const RegexState*>(context.state)) Use(state->regex);
    is_literal_ = matcher_.has_value();
  }

  // Null: the row is bad and `status()` says why.
  RegexMatcher* Get(std::string_view pattern) {
    if (is_literal_) return &*matcher_;
    if (matcher_.has_value() && pattern == pattern_) return &*matcher_;
    StatusOr<RegexPtr> regex = Regex::Compile(pattern);
    status_ = regex.status();
    matcher_.reset();
    if (!regex.ok()) return nullptr;
    pattern_ = pattern;
    Use(*std::move(regex));
    return &*matcher_;
  }
  std::string message() const { return std::string(status_.message()); }

 private:
  void Use(RegexPtr regex) { matcher_.emplace(std::move(regex)); }

  std::optional<RegexMatcher> matcher_;
  std::string pattern_;
  Status status_;
  bool is_literal_ = false;
};

void Regexp(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
            RowErrors& errors) {
  const VectorView<Text> texts = args[0].View<Text>();
  const VectorView<Text> patterns = args[1].View<Text>();
  auto* values = out.values<int8_t>();
  MatcherOfRow matchers(context);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    RegexMatcher* matcher = matchers.Get(patterns[row].view());
    if (matcher == nullptr) return FailRow(out, row, matchers.message(), errors);
    values[row] = 0;
    if (matcher->regex().is_malformed() || matcher->regex().is_empty()) return;
    const Found found = matcher->Find(texts[row].view(), 0);
    if (found == Found::kLimit) return FailRow(out, row, std::string(kTooManySteps), errors);
    values[row] = found == Found::kYes;
  });
}

int64_t GroupOfRow(std::span<const Vector> args, int32_t row) {
  if (args.size() < 3) return 0;
  if (args[2].type().kind() == TypeKind::kBigInt)
    return static_cast<int32_t>(args[2].View<int64_t>()[row]);
  return args[2].View<int32_t>()[row];
}

void RegexpExtract(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                   RowErrors& errors) {
  const VectorView<Text> texts = args[0].View<Text>();
  const VectorView<Text> patterns = args[1].View<Text>();
  auto* values = out.values<Text>();
  MatcherOfRow matchers(context);
  out.AddPinsOf(args[0]);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    RegexMatcher* matcher = matchers.Get(patterns[row].view());
    if (matcher == nullptr) return FailRow(out, row, matchers.message(), errors);
    if (matcher->regex().is_malformed()) return SetNullRow(out, row);
    const std::string_view text = texts[row].view();
    const Found found = matcher->Find(text, 0);
    if (found == Found::kLimit) return FailRow(out, row, std::string(kTooManySteps), errors);
    const int64_t group = GroupOfRow(args, row);
    if (found == Found::kNo || group < 0 ||
        group >= static_cast<int64_t>(matcher->groups().size())) {
      return SetNullRow(out, row);
    }
    const RegexGroup& part = matcher->groups()[group];
    if (part.begin < 0) return SetNullRow(out, row);
    values[row] = Text(text.substr(part.begin, part.end - part.begin));
  });
}

// Java's empty pattern matches between all UTF-16 units.
void ReplaceEverywhere(std::string_view text, std::string_view with, StringWriter& out) {
  out.Append(with);
  for (size_t offset = 0; offset < text.size() && !out.too_long();) {
    const size_t bytes = std::min(CharBytes(text[offset]), text.size() - offset);
    if (bytes == 4) {
      out.Append(kLoneSurrogate);
      out.Append(with);
      out.Append(kLoneSurrogate);
    } else {
      out.Append(text.substr(offset, bytes));
    }
    out.Append(with);
    offset += bytes;
  }
}

Found ReplaceAll(RegexMatcher& matcher, std::string_view text, std::string_view with,
                 StringWriter& out) {
  size_t copied = 0;
  size_t start = 0;
  while (start <= text.size() && !out.too_long()) {
    const Found found = matcher.Find(text, start);
    if (found == Found::kLimit) return found;
    if (found == Found::kNo) break;
    const auto begin = static_cast<size_t>(matcher.groups()[0].begin);
    const auto end = static_cast<size_t>(matcher.groups()[0].end);
    out.Append(text.substr(copied, begin - copied));
    out.Append(with);
    copied = end;
    // After an empty match the search goes on one character further.
    start = end;
    if (begin == end) start += end < text.size() ? CharBytes(text[end]) : 1;
  }
  out.Append(text.substr(copied));
  return Found::kYes;
}

void RegexpReplace(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                   RowErrors& errors) {
  const VectorView<Text> texts = args[0].View<Text>();
  const VectorView<Text> patterns = args[1].View<Text>();
  const VectorView<Text> replacements = args[2].View<Text>();
  MatcherOfRow matchers(context);
  StringWriter writer(out);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    RegexMatcher* matcher = matchers.Get(patterns[row].view());
    if (matcher == nullptr) return FailRow(out, row, matchers.message(), errors);
    if (matcher->regex().is_malformed()) return SetNullRow(out, row);
    const std::string_view with = replacements[row].view();
    Found result = Found::kYes;
    if (matcher->regex().is_empty()) {
      ReplaceEverywhere(texts[row].view(), with, writer);
    } else {
      result = ReplaceAll(*matcher, texts[row].view(), with, writer);
    }
    const bool too_long = writer.too_long();
    writer.FinishRow(row, result == Found::kYes && !too_long);
    if (too_long) return FailRow(out, row, "the text would be longer than 64 MiB", errors);
    if (result == Found::kLimit) FailRow(out, row, std::string(kTooManySteps), errors);
  });
}

template <bool negated>
void SimilarTo(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
               RowErrors& errors) {
  const VectorView<Text> texts = args[0].View<Text>();
  const VectorView<Text> patterns = args[1].View<Text>();
  auto* values = out.values<int8_t>();
  MatcherOfRow matchers(context);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    std::string java;
    if (context.state == nullptr) {
      const std::string_view escape =
          args.size() > 2 ? args[2].View<Text>()[row].view() : std::string_view();
      StatusOr<std::string> rewritten = JavaPatternOfSimilar(patterns[row].view(), escape);
      if (!rewritten.ok())
        return FailRow(out, row, std::string(rewritten.status().message()), errors);
      java = *std::move(rewritten);
    }
    RegexMatcher* matcher = matchers.Get(java);
    if (matcher == nullptr) return FailRow(out, row, matchers.message(), errors);
    if (matcher->regex().is_malformed())
      return FailRow(out, row, "the SIMILAR TO pattern is malformed", errors);
    const Found found = matcher->Find(texts[row].view(), 0);
    if (found == Found::kLimit) return FailRow(out, row, std::string(kTooManySteps), errors);
    values[row] = (found == Found::kYes) != negated;
  });
}

const Value* LiteralOf(const FunctionCall& call, size_t arg) {
  const Value* literal = arg < call.literals.size() ? call.literals[arg] : nullptr;
  return literal == nullptr || literal->is_null() ? nullptr : literal;
}

StatusOr<std::unique_ptr<FunctionState>> PrepareRegex(const FunctionCall& call) {
  const Value* pattern = LiteralOf(call, 1);
  if (pattern == nullptr) return std::unique_ptr<FunctionState>();
  SL_ASSIGN(RegexPtr regex, Regex::Compile(pattern->as_text()));
  return std::unique_ptr<FunctionState>(new RegexState(std::move(regex)));
}

StatusOr<std::unique_ptr<FunctionState>> PrepareSimilar(const FunctionCall& call) {
  const Value* pattern = LiteralOf(call, 1);
  const Value* escape = LiteralOf(call, 2);
  if (pattern == nullptr || (call.literals.size() > 2 && escape == nullptr))
    return std::unique_ptr<FunctionState>();
  SL_ASSIGN(const std::string java,
            JavaPatternOfSimilar(pattern->as_text(), escape == nullptr ? "" : escape->as_text()));
  SL_ASSIGN(RegexPtr regex, Regex::Compile(java));
  if (regex->is_malformed())
    return absl::InvalidArgumentError("the SIMILAR TO pattern is malformed");
  return std::unique_ptr<FunctionState>(new RegexState(std::move(regex)));
}

}  // namespace

void Register_regexp(FunctionRegistry& registry) {
  registry.Add({.name = "REGEXP",
                .signature = "(STRING, STRING) -> BOOLEAN",
                .kernel = Regexp,
                .help = "True if a part of the text fits a Java regular expression.",
                .example = "REGEXP('abc123', '[0-9]+') = TRUE",
                .can_fail = true,
                .prepare = PrepareRegex});
  registry.Add({.name = "REGEXP_EXTRACT",
                .signature = "(STRING, STRING[, INT]) -> STRING NULLABLE; (STRING, STRING, BIGINT) "
                             "-> STRING NULLABLE",
                .kernel = RegexpExtract,
                .help = "A group (0: all) of the first part that fits a Java regular expression; "
                        "NULL if there is none.",
                .example = "REGEXP_EXTRACT('foothebar', 'foo(.*?)(bar)', 2) = 'bar'",
                .can_fail = true,
                .prepare = PrepareRegex});
  registry.Add({.name = "REGEXP_REPLACE",
                .signature = "(STRING, STRING, STRING) -> STRING NULLABLE",
                .kernel = RegexpReplace,
                .help = "The text with every part that fits a Java regular expression replaced.",
                .example = "REGEXP_REPLACE('foobar', 'oo|ar', '') = 'fb'",
                .can_fail = true,
                .prepare = PrepareRegex});
  registry.Add({.name = "SIMILAR TO",
                .signature = "(STRING, STRING[, STRING]) -> BOOLEAN",
                .kernel = SimilarTo<false>,
                .help = "True if the whole text fits a SQL regular expression.",
                .example = "`SIMILAR TO`('abc', '(a|b)%') = TRUE",
                .can_fail = true,
                .prepare = PrepareSimilar});
  registry.Add({.name = "NOT SIMILAR TO",
                .signature = "(STRING, STRING[, STRING]) -> BOOLEAN",
                .kernel = SimilarTo<true>,
                .help = "True if the whole text does not fit a SQL regular expression.",
                .example = "`NOT SIMILAR TO`('abc', 'b%') = TRUE",
                .can_fail = true,
                .prepare = PrepareSimilar});
}

}  // namespace sluice
