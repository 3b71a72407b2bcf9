// IS_ALPHA, IS_DIGIT and IS_DECIMAL: two-valued, FALSE for NULL.
#include "functions/character_mapping.h"
#include "functions/kernels.h"
#include "functions/utf8.h"
#include "types/number_text.h"

namespace sluice {

namespace {

template <bool (*is_kind)(char32_t)>
bool AllChars(std::string_view text) {
  if (text.empty()) return false;
  for (size_t offset = 0; offset < text.size();) {
    if (!is_kind(NextChar(text, &offset))) return false;
  }
  return true;
}

bool IsDecimalText(std::string_view text) {
  double value;
  return !text.empty() && ParseDouble(text, &value);
}

// Numbers pass when `numbers_pass`; of other types only text can.
template <bool (*is_kind)(std::string_view)>
void Test(EvalContext& context, const Vector& arg, bool passes, VectorBuilder& out) {
  auto* values = out.values<int8_t>();
  const bool is_text = arg.type().IsCharacter();
  for (int32_t row = 0; row < context.num_rows; ++row) {
    if (arg.IsNull(row))
      values[row] = 0;
    else
      values[row] = is_text ? is_kind(arg.View<Text>()[row].view()) : passes;
  }
}

void IsAlpha(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  Test<AllChars<IsLetterChar>>(context, args[0], false, out);
}
void IsDigit(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  Test<AllChars<IsDigitChar>>(context, args[0], args[0].type().IsInteger(), out);
}
void IsDecimal(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  const Type& type = args[0].type();
  Test<IsDecimalText>(context, args[0], type.IsNumeric() && type.kind() != TypeKind::kDecimal, out);
}

struct Entry {
  std::string_view name;
  ScalarKernel kernel;
  std::string_view help;
  std::string_view example;
};

constexpr Entry kEntries[] = {
    {"IS_ALPHA", IsAlpha, "True if the text is of letters only.", "IS_ALPHA('abc') = TRUE"},
    {"IS_DIGIT", IsDigit, "True if the text is of digits only.", "IS_DIGIT('12x') = FALSE"},
    {"IS_DECIMAL", IsDecimal, "True if the text is a number.", "IS_DECIMAL('1.5') = TRUE"},
};

}  // namespace

void Register_is_alpha(FunctionRegistry& registry) {
  for (const Entry& entry : kEntries) {
    registry.Add({.name = entry.name,
                  .signature = "(ANY) -> BOOLEAN NOT NULL",
                  .kernel = entry.kernel,
                  .help = entry.help,
                  .example = entry.example,
                  .null_in_null_out = false});
  }
}

}  // namespace sluice
