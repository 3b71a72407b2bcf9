// POSITION, LOCATE and INSTR: where a text first stands in another, from 1, in code points; 0 if
// nowhere. An empty needle is at 1.
#include "functions/kernels.h"
#include "functions/utf8.h"

namespace sluice {

namespace {

// From character `from` (0 is the first); counts from 1.
int32_t Find(std::string_view needle, std::string_view text, int64_t from) {
  if (needle.empty()) return 1;
  const size_t begin = OffsetOfChar(text, from);
  const size_t place = text.find(needle, begin);
  if (place == std::string_view::npos) return 0;
  return static_cast<int32_t>(std::max<int64_t>(CountChars(text.substr(0, place)), 0)) + 1;
}

void Position(std::string_view needle, std::string_view text, int32_t& out) {
  out = Find(needle, text, 0);
}
void LocateFrom(std::string_view needle, std::string_view text, int32_t from, int32_t& out) {
  out = Find(needle, text, int64_t{from} - 1);
}
void Instr(std::string_view text, std::string_view needle, int32_t& out) {
  out = Find(needle, text, 0);
}

void Locate(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
            RowErrors& errors) {
  if (args.size() == 2) {
    return Binary<std::string_view, std::string_view, Position>(context, args, out, errors);
  }
  Ternary<std::string_view, std::string_view, int32_t, LocateFrom>(context, args, out, errors);
}

// INSTR of a text read backwards, for a negative start.
int32_t FindNth(std::string_view text, std::string_view needle, int64_t start, int32_t nth) {
  int32_t index = 0;
  for (int32_t i = 0; i < nth; ++i) {
    index = Find(needle, text, start - 1);
    if (index == 0) return 0;
    start = int64_t{index} + 1;
  }
  return index;
}

std::string Reversed(std::string_view text) {
  std::string reversed(text.size(), '\0');
  for (size_t offset = 0; offset < text.size();) {
    const size_t bytes = std::min(CharBytes(text[offset]), text.size() - offset);
    text.copy(reversed.data() + text.size() - offset - bytes, bytes, offset);
    offset += bytes;
  }
  return reversed;
}

bool InstrNth(std::string_view text, std::string_view needle, int32_t start, int32_t nth,
              int32_t& out, RowFailure& failure) {
  if (nth <= 0) return failure.Fail("INSTR looks for an occurrence that is not positive");
  if (start == 0) {
    out = 0;
  } else if (start > 0) {
    out = FindNth(text, needle, start, nth);
  } else {
    const int32_t place = FindNth(Reversed(text), Reversed(needle), -int64_t{start}, nth);
    out = place == 0 ? 0 : static_cast<int32_t>(CountChars(text) + 2 - place - CountChars(needle));
  }
  return true;
}

bool InstrFrom(std::string_view text, std::string_view needle, int32_t start, int32_t& out,
               RowFailure& failure) {
  return InstrNth(text, needle, start, 1, out, failure);
}

void InstrKernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                 RowErrors& errors) {
  if (args.size() == 2)
    return Binary<std::string_view, std::string_view, Instr>(context, args, out, errors);
  if (args.size() == 3) {
    return Ternary<std::string_view, std::string_view, int32_t, InstrFrom>(context, args, out,
                                                                           errors);
  }
  Quaternary<std::string_view, std::string_view, int32_t, int32_t, InstrNth>(context, args, out,
                                                                             errors);
}

}  // namespace

void Register_position(FunctionRegistry& registry) {
  registry.Add(
      {.name = "POSITION",
       .signature = "(STRING, STRING) -> INT",
       .kernel = Binary<std::string_view, std::string_view, Position>,
       .help = "Where the first text begins in the second, from 1; 0 if it does not occur.",
       .example = "POSITION('c', 'abc') = 3"});
  registry.Add(
      {.name = "LOCATE",
       .signature = "(STRING, STRING[, INT]) -> INT",
       .kernel = Locate,
       .help =
           "Where the first text begins in the second, from a position on; 0 if it does not occur.",
       .example = "LOCATE('a', 'abca', 2) = 4"});
  registry.Add({.name = "INSTR",
                .signature = "(STRING, STRING[, INT[, INT]]) -> INT",
                .kernel = InstrKernel,
                .help = "Where the second text occurs in the first, from a position on (backwards "
                        "if negative), the n-th time.",
                .example = "INSTR('abca', 'a', 1, 2) = 4",
                .can_fail = true});
}

}  // namespace sluice
