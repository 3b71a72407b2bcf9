#include "sql/ast.h"

namespace sluice::ast {

Expr::Expr(ExprKind k, SourceSpan s) : kind(k), span(s) {}
Expr::~Expr() = default;

std::string_view TimeUnitName(TimeUnit unit) {
  static constexpr std::string_view kNames[] = {
      "YEAR",    "QUARTER",     "MONTH",       "WEEK",       "DAY",  "HOUR", "MINUTE",
      "SECOND",  "MILLISECOND", "MICROSECOND", "NANOSECOND", "DOW",  "DOY",  "ISODOW",
      "ISOYEAR", "DECADE",      "CENTURY",     "MILLENNIUM", "EPOCH"};
  return kNames[static_cast<size_t>(unit)];
}

std::string_view BinaryOpText(BinaryOp op) {
  static constexpr std::string_view kTexts[] = {"+",
                                                "-",
                                                "*",
                                                "/",
                                                "%",
                                                "||",
                                                "=",
                                                "<>",
                                                "<",
                                                "<=",
                                                ">",
                                                ">=",
                                                "IS DISTINCT FROM",
                                                "IS NOT DISTINCT FROM",
                                                "OVERLAPS"};
  return kTexts[static_cast<size_t>(op)];
}

}  // namespace sluice::ast
