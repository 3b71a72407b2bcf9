// SUBSTRING, LEFT and RIGHT count code points; the result is a view of the argument.
#include "functions/kernels.h"
#include "functions/utf8.h"

namespace sluice {

namespace {

constexpr int64_t kToTheEnd = INT32_MAX;

bool Cut(std::string_view text, int64_t position, int64_t length, StringWriter& out) {
  if (length < 0) return false;
  int64_t start = 0;
  if (position > 0) {
    start = position - 1;
  } else if (position < 0) {
    start = CountChars(text) + position;
    if (start < 0) {
      out.Refer({});
      return true;
    }
  }
  const size_t begin = OffsetOfChar(text, start);
  const std::string_view rest = text.substr(begin);
  out.Refer(rest.substr(
      0, length >= static_cast<int64_t>(rest.size()) ? rest.size() : OffsetOfChar(rest, length)));
  return true;
}

// Flink's generated code casts the numbers to INT.
template <typename T>
bool SubstringFrom(std::string_view text, T position, StringWriter& out) {
  return Cut(text, static_cast<int32_t>(position), kToTheEnd, out);
}

template <typename T>
bool SubstringFromFor(std::string_view text, T position, T length, StringWriter& out) {
  return Cut(text, static_cast<int32_t>(position), static_cast<int32_t>(length), out);
}

void Substring(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
               RowErrors& errors) {
  const bool is_long = args[1].type().kind() == TypeKind::kBigInt;
  if (args.size() == 2) {
    if (is_long)
      return Binary<std::string_view, int64_t, SubstringFrom<int64_t>>(context, args, out, errors);
    return Binary<std::string_view, int32_t, SubstringFrom<int32_t>>(context, args, out, errors);
  }
  if (is_long) {
    return Ternary<std::string_view, int64_t, int64_t, SubstringFromFor<int64_t>>(context, args,
                                                                                  out, errors);
  }
  Ternary<std::string_view, int32_t, int32_t, SubstringFromFor<int32_t>>(context, args, out,
                                                                         errors);
}

bool Left(std::string_view text, int32_t length, StringWriter& out) {
  return Cut(text, 1, std::max(length, 0), out);
}

bool Right(std::string_view text, int32_t length, StringWriter& out) {
  if (length <= 0) return Cut(text, 1, 0, out);
  const int64_t num_chars = CountChars(text);
  return Cut(text, num_chars > length ? num_chars - length + 1 : 1, kToTheEnd, out);
}

}  // namespace

void Register_substring(FunctionRegistry& registry) {
  for (const std::string_view name : {"SUBSTRING", "SUBSTR"}) {
    registry.Add(
        {.name = name,
         .signature = "(STRING, INT[, INT]) -> STRING NULLABLE; (STRING, BIGINT[, BIGINT]) -> "
                      "STRING NULLABLE",
         .kernel = Substring,
         .help = "The part from a position (1 is the first, -1 the last) of at most a length.",
         .example = "SUBSTRING('abcd', 2, 2) = 'bc'"});
  }
  registry.Add({.name = "LEFT",
                .signature = "(STRING, INT) -> STRING",
                .kernel = Binary<std::string_view, int32_t, Left>,
                .help = "The first n characters.",
                .example = "LEFT('abcd', 2) = 'ab'"});
  registry.Add({.name = "RIGHT",
                .signature = "(STRING, INT) -> STRING",
                .kernel = Binary<std::string_view, int32_t, Right>,
                .help = "The last n characters.",
                .example = "RIGHT('abcd', 2) = 'cd'"});
}

}  // namespace sluice
