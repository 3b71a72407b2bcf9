// Expressions, types and names as SQL text.
#include "sql/printer.h"

#include <utility>

#include "sql/keyword.h"
#include "sql/lexer.h"
#include "sql/parser_class.h"
#include "sql/printer_class.h"

namespace sluice {

using ast::Expr;
using ast::ExprKind;
using ast::JsonBehavior;

namespace {

constexpr int kTightest = 1000;

// How tight the node binds; the parser's numbers.
int PrecedenceOf(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kOr: return 22;
    case ExprKind::kAnd: return 24;
    case ExprKind::kUnary: return expr.unary_op == ast::UnaryOp::kNot ? 26 : 80;
    case ExprKind::kIs: return 28;
    case ExprKind::kQuantified: return 30;
    case ExprKind::kLike:
    case ExprKind::kSimilar:
    case ExprKind::kBetween:
    case ExprKind::kIn: return 32;
    case ExprKind::kBinary: break;
    default: return kTightest;
  }
  switch (expr.binary_op) {
    case ast::BinaryOp::kAdd:
    case ast::BinaryOp::kSubtract: return 40;
    case ast::BinaryOp::kMultiply:
    case ast::BinaryOp::kDivide:
    case ast::BinaryOp::kModulo:
    case ast::BinaryOp::kConcat: return 60;
    default: return 30;
  }
}

bool IsPlainName(std::string_view name) {
  if (FindEncodingError(name)) return false;
  std::vector<Token> tokens = Tokenize(name);
  if (tokens.size() != 2 || tokens[0].kind != TokenKind::kWord) return false;
  if (tokens[0].span.length != static_cast<int32_t>(name.size())) return false;
  return !IsReserved(tokens[0].keyword, FlinkVersion::k1_20) &&
         !IsReserved(tokens[0].keyword, FlinkVersion::k2_3);
}

std::string Quote(std::string_view text, char quote) {
  std::string result(1, quote);
  for (char c : text) {
    result += c;
    if (c == quote) result += c;
  }
  result += quote;
  return result;
}

std::string_view TypeWord(ast::TypeNameKind kind) {
  static constexpr std::string_view kWords[] = {
      "BOOLEAN", "TINYINT",  "SMALLINT",  "INT",       "BIGINT",        "FLOAT",     "DOUBLE",
      "DECIMAL", "CHAR",     "VARCHAR",   "STRING",    "BINARY",        "VARBINARY", "BYTES",
      "DATE",    "TIME",     "TIMESTAMP", "TIMESTAMP", "TIMESTAMP_LTZ", "INTERVAL",  "ARRAY",
      "MAP",     "MULTISET", "ROW",       "RAW",       "NULL",          ""};
  return kWords[static_cast<size_t>(kind)];
}

}  // namespace

std::string QuoteName(std::string_view name) {
  return IsPlainName(name) ? std::string(name) : Quote(name, '`');
}

std::string QuoteText(std::string_view text) { return Quote(text, '\''); }

std::string ToSql(const ast::Expr& expr) {
  Printer printer;
  printer.PrintExpr(expr);
  return printer.Take();
}

std::string ToSql(const ast::Query& query) {
  Printer printer;
  printer.PrintQuery(query);
  return printer.Take();
}

std::string ToSql(const ast::TypeName& type) {
  Printer printer;
  printer.PrintType(type);
  return printer.Take();
}

std::string ToSql(const ast::Name& name) {
  Printer printer;
  printer.PrintName(name);
  return printer.Take();
}

void Printer::PrintName(const ast::Name& name) {
  for (size_t i = 0; i < name.parts.size(); ++i) {
    if (i > 0) Add(".");
    Add(QuoteName(name.parts[i].text));
  }
}

void Printer::PrintType(const ast::TypeName& type) {
  Add(TypeWord(type.kind));
  if (type.kind == ast::TypeNameKind::kNamed) PrintName(type.name);
  if (type.precision) {
    Add("(" + std::to_string(*type.precision));
    if (type.scale) Add(", " + std::to_string(*type.scale));
    Add(")");
  }
  if (type.kind == ast::TypeNameKind::kTimestampTz) Add(" WITH TIME ZONE");
  if (type.kind == ast::TypeNameKind::kInterval) {
    Add(" ");
    PrintQualifier(type.interval);
  }
  if (type.kind == ast::TypeNameKind::kRaw) {
    Add("(" + QuoteText(type.raw[0]) + ", " + QuoteText(type.raw[1]) + ")");
  }
  if (!type.elements.empty() || type.kind == ast::TypeNameKind::kRow) {
    Add("<");
    for (size_t i = 0; i < type.elements.size(); ++i) {
      if (i > 0) Add(", ");
      PrintType(type.elements[i]);
    }
    for (size_t i = 0; i < type.fields.size(); ++i) {
      if (i > 0) Add(", ");
      Add(QuoteName(type.fields[i].name.text) + " ");
      PrintType(type.fields[i].type);
      if (type.fields[i].comment) Add(" " + QuoteText(*type.fields[i].comment));
    }
    Add(">");
  }
  if (!type.nullable) Add(" NOT NULL");
}

void Printer::PrintExpr(const ast::Expr& expr, int min_precedence) {
  bool parens = PrecedenceOf(expr) <= min_precedence;
  if (parens) Add("(");
  PrintExprBody(expr);
  if (parens) Add(")");
}

void Printer::PrintExprBody(const ast::Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kLiteral: return PrintLiteral(expr);
    case ExprKind::kInterval: return PrintInterval(expr);
    case ExprKind::kColumn: return PrintName(expr.name);
    case ExprKind::kStar: PrintName(expr.name); return Add(expr.name.empty() ? "*" : ".*");
    case ExprKind::kExists: Add("EXISTS "); break;
    case ExprKind::kCase: return PrintCase(expr);
    case ExprKind::kWhenList: return PrintList(expr.args);
    case ExprKind::kCast:
      Add(expr.try_cast ? "TRY_CAST(" : "CAST(");
      PrintExpr(*expr.args[0]);
      Add(" AS ");
      PrintType(*expr.type);
      return Add(")");
    case ExprKind::kCall: return PrintCall(expr);
    case ExprKind::kRow:
      Add(expr.explicit_row ? "ROW(" : "(");
      PrintList(expr.args);
      return Add(")");
    case ExprKind::kArray:
    case ExprKind::kMultiset:
    case ExprKind::kMap:
      Add(expr.kind == ExprKind::kArray ? "ARRAY["
          : expr.kind == ExprKind::kMap ? "MAP["
                                        : "MULTISET[");
      PrintList(expr.args);
      return Add("]");
    case ExprKind::kArrayQuery: Add("ARRAY"); break;
    case ExprKind::kMultisetQuery: Add("MULTISET"); break;
    case ExprKind::kSubquery: break;
    case ExprKind::kItem:
      PrintExpr(*expr.args[0], kTightest - 1);
      Add("[");
      PrintExpr(*expr.args[1]);
      return Add("]");
    case ExprKind::kField: {
      // (a).b is a field of the column a, a.b may be the column b of the table a.
      bool column = expr.args[0]->kind == ExprKind::kColumn;
      if (column) Add("(");
      PrintExpr(*expr.args[0], column ? 0 : kTightest - 1);
      Add(column ? ")." : ".");
      return PrintName(expr.name);
    }
    case ExprKind::kNamedArg:
      PrintName(expr.name);
      Add(" => ");
      return PrintExpr(*expr.args[0]);
    case ExprKind::kDefault: return Add("DEFAULT");
    case ExprKind::kTableArg: return PrintTableArgument(expr);
    case ExprKind::kKeyword: return Add(expr.text);
    case ExprKind::kDescriptor:
    case ExprKind::kGroupingSets:
    case ExprKind::kCube:
    case ExprKind::kRollup:
      Add(expr.kind == ExprKind::kDescriptor ? "DESCRIPTOR("
          : expr.kind == ExprKind::kCube     ? "CUBE("
          : expr.kind == ExprKind::kRollup   ? "ROLLUP("
                                             : "GROUPING SETS (");
      PrintList(expr.args);
      return Add(")");
    default: return PrintOperator(expr);
  }
  Add("(");
  PrintQuery(*expr.query);
  Add(")");
}

void Printer::PrintOperator(const ast::Expr& expr) {
  int precedence = PrecedenceOf(expr);
  if (expr.kind == ExprKind::kUnary) {
    bool is_not = expr.unary_op == ast::UnaryOp::kNot;
    Add(is_not ? "NOT " : expr.unary_op == ast::UnaryOp::kMinus ? "-" : "+");
    // Two signs in a row would be a comment, and a sign in front of a number a part of it.
    const Expr& operand = *expr.args[0];
    bool parens =
        !is_not && (operand.kind == ExprKind::kUnary || operand.kind == ExprKind::kLiteral);
    return PrintExpr(operand, parens ? kTightest : is_not ? precedence - 1 : precedence);
  }
  if (expr.kind == ExprKind::kAnd || expr.kind == ExprKind::kOr) {
    for (size_t i = 0; i < expr.args.size(); ++i) {
      if (i > 0) Add(expr.kind == ExprKind::kAnd ? " AND " : " OR ");
      PrintExpr(*expr.args[i], precedence);
    }
    return;
  }
  PrintExpr(*expr.args[0], precedence - 1);
  if (expr.kind == ExprKind::kIs) {
    static constexpr std::string_view kTests[] = {"NULL",       "TRUE",       "FALSE",
                                                  "UNKNOWN",    "JSON VALUE", "JSON OBJECT",
                                                  "JSON ARRAY", "JSON SCALAR"};
    Add(expr.negated ? " IS NOT " : " IS ");
    return Add(kTests[static_cast<size_t>(expr.is_test)]);
  }
  if (expr.kind == ExprKind::kBinary || expr.kind == ExprKind::kQuantified) {
    Add(" ");
    Add(ast::BinaryOpText(expr.binary_op));
    Add(" ");
    if (expr.kind == ExprKind::kBinary) return PrintExpr(*expr.args[1], precedence);
    Add(expr.text);
    Add(" ");
    return PrintSet(expr);
  }
  if (expr.negated) Add(" NOT");
  switch (expr.kind) {
    case ExprKind::kBetween:
      Add(expr.symmetric ? " BETWEEN SYMMETRIC " : " BETWEEN ");
      PrintExpr(*expr.args[1], precedence);
      Add(" AND ");
      return PrintExpr(*expr.args[2], precedence);
    case ExprKind::kIn: Add(" IN "); return PrintSet(expr);
    default:
      Add(expr.kind == ExprKind::kLike ? " LIKE " : " SIMILAR TO ");
      PrintExpr(*expr.args[1], precedence);
      if (expr.args.size() < 3) return;
      Add(" ESCAPE ");
      return PrintExpr(*expr.args[2], precedence);
  }
}

void Printer::PrintSet(const ast::Expr& expr) {
  Add("(");
  if (expr.query) {
    PrintQuery(*expr.query);
  } else {
    PrintList(expr.args, 1);
  }
  Add(")");
}

void Printer::PrintList(const std::vector<ast::ExprPtr>& list, size_t first) {
  for (size_t i = first; i < list.size(); ++i) {
    if (i > first) Add(", ");
    PrintExpr(*list[i]);
  }
}

void Printer::PrintLiteral(const ast::Expr& expr) {
  static constexpr char kHexDigits[] = "0123456789ABCDEF";
  switch (expr.literal) {
    case ast::LiteralKind::kNull: return Add("NULL");
    case ast::LiteralKind::kTrue: return Add("TRUE");
    case ast::LiteralKind::kFalse: return Add("FALSE");
    case ast::LiteralKind::kUnknown: return Add("UNKNOWN");
    case ast::LiteralKind::kExactNumber:
    case ast::LiteralKind::kApproxNumber: return Add(expr.text);
    case ast::LiteralKind::kString: return Add(QuoteText(expr.text));
    case ast::LiteralKind::kBinary:
      Add("X'");
      for (char c : expr.text) {
        out_ += kHexDigits[static_cast<uint8_t>(c) >> 4];
        out_ += kHexDigits[static_cast<uint8_t>(c) & 15];
      }
      return Add("'");
    case ast::LiteralKind::kDate: Add("DATE "); break;
    case ast::LiteralKind::kTime: Add("TIME "); break;
    case ast::LiteralKind::kTimestamp: Add("TIMESTAMP "); break;
  }
  Add(QuoteText(expr.text));
}

void Printer::PrintInterval(const ast::Expr& expr) {
  Add("INTERVAL ");
  if (!expr.args.empty()) {
    ExprKind kind = expr.args[0]->kind;
    bool plain = kind == ExprKind::kColumn || kind == ExprKind::kLiteral;
    if (!plain) Add("(");
    PrintExpr(*expr.args[0]);
    if (!plain) Add(")");
  } else if (expr.text.starts_with('-')) {
    Add("-" + QuoteText(std::string_view(expr.text).substr(1)));
  } else {
    Add(QuoteText(expr.text));
  }
  Add(" ");
  PrintQualifier(*expr.interval);
}

void Printer::PrintQualifier(const ast::IntervalQualifier& qualifier) {
  Add(ast::TimeUnitName(qualifier.start));
  bool fraction_here = qualifier.fraction_precision && !qualifier.end;
  if (qualifier.start_precision) {
    Add("(" + std::to_string(*qualifier.start_precision));
    if (fraction_here) Add(", " + std::to_string(*qualifier.fraction_precision));
    Add(")");
  }
  if (!qualifier.end) return;
  Add(" TO ");
  Add(ast::TimeUnitName(*qualifier.end));
  if (qualifier.fraction_precision) {
    Add("(" + std::to_string(*qualifier.fraction_precision) + ")");
  }
}

void Printer::PrintCase(const ast::Expr& expr) {
  Add("CASE");
  size_t i = 0;
  if (expr.has_operand) {
    Add(" ");
    PrintExpr(*expr.args[i++]);
  }
  while (i + 1 < expr.args.size()) {
    Add(" WHEN ");
    PrintExpr(*expr.args[i++]);
    Add(" THEN ");
    PrintExpr(*expr.args[i++]);
  }
  if (expr.has_else) {
    Add(" ELSE ");
    PrintExpr(*expr.args[i]);
  }
  Add(" END");
}

void Printer::PrintCall(const ast::Expr& expr) {
  const ast::CallClauses& call = *expr.call;
  // A single reserved word is a built-in function here, and needs no backticks.
  if (expr.name.parts.size() == 1 && !expr.name.parts[0].quoted) {
    Add(expr.name.parts[0].text);
  } else {
    PrintName(expr.name);
  }
  if (call.no_parens) return;
  Add("(");
  if (call.star) Add("*");
  if (call.distinct) Add("DISTINCT ");
  if (!PrintSpecialArguments(expr)) PrintList(expr.args);
  if (!call.order_by.empty()) {
    Add(" ORDER BY ");
    PrintOrderItems(call.order_by);
  }
  PrintJsonClauses(call.json);
  Add(")");
  PrintCallClauses(call);
}

// Calls whose arguments are joined by words; false if this is none.
bool Printer::PrintSpecialArguments(const ast::Expr& expr) {
  const std::vector<ast::ExprPtr>& args = expr.args;
  if (expr.name.parts.size() != 1 || expr.name.parts[0].quoted) return false;
  std::string name = UpperText(expr.name.parts[0].text);
  if (name == "JSON_OBJECT" || name == "JSON_OBJECTAGG") {
    for (size_t i = 0; i + 1 < args.size(); i += 2) {
      if (i > 0) Add(", ");
      PrintExpr(*args[i]);
      Add(" VALUE ");
      PrintExpr(*args[i + 1]);
    }
    return true;
  }
  auto join = [&](std::initializer_list<std::string_view> words) {
    for (size_t i = 0; i < args.size(); ++i) {
      if (i > 0) Add(words.begin()[i - 1]);
      PrintExpr(*args[i], i == 0 && name == "POSITION" ? 32 : 0);
    }
    return true;
  };
  bool keyword_first = !args.empty() && args[0]->kind == ExprKind::kKeyword;
  bool keyword_last = !args.empty() && args.back()->kind == ExprKind::kKeyword;
  if (name == "EXTRACT" && args.size() == 2) return join({" FROM "});
  if (name == "TRIM" && keyword_first && args.size() == 3) return join({" ", " FROM "});
  if (name == "POSITION" && args.size() == 2) return join({" IN "});
  if (name == "OVERLAY" && (args.size() == 3 || args.size() == 4)) {
    return join({" PLACING ", " FROM ", " FOR "});
  }
  if (keyword_last && args.size() == 2) return join({" TO "});
  return false;
}

void Printer::PrintJsonClauses(const ast::JsonClauses& json) {
  if (json.returning) {
    Add(" RETURNING ");
    PrintType(*json.returning);
  }
  static constexpr std::string_view kWrappers[] = {
      "", " WITHOUT WRAPPER", " WITH CONDITIONAL WRAPPER", " WITH UNCONDITIONAL WRAPPER"};
  Add(kWrappers[static_cast<size_t>(json.wrapper)]);
  PrintJsonBehavior(json.on_empty, json.default_on_empty, " ON EMPTY");
  PrintJsonBehavior(json.on_error, json.default_on_error, " ON ERROR");
  if (json.nulls == ast::JsonNulls::kNullOnNull) Add(" NULL ON NULL");
  if (json.nulls == ast::JsonNulls::kAbsentOnNull) Add(" ABSENT ON NULL");
}

void Printer::PrintJsonBehavior(ast::JsonBehavior behavior, const ast::ExprPtr& value,
                                std::string_view event) {
  static constexpr std::string_view kBehaviors[] = {
      "", "NULL", "ERROR", "DEFAULT ", "EMPTY ARRAY", "EMPTY OBJECT", "TRUE", "FALSE", "UNKNOWN"};
  if (behavior == JsonBehavior::kUnset) return;
  Add(" ");
  Add(kBehaviors[static_cast<size_t>(behavior)]);
  if (value) PrintExpr(*value);
  Add(event);
}

void Printer::PrintCallClauses(const ast::CallClauses& call) {
  if (call.ignore_nulls) Add(" IGNORE NULLS");
  if (call.respect_nulls) Add(" RESPECT NULLS");
  if (!call.within_group.empty()) {
    Add(" WITHIN GROUP (ORDER BY ");
    PrintOrderItems(call.within_group);
    Add(")");
  }
  if (call.filter) {
    Add(" FILTER (WHERE ");
    PrintExpr(*call.filter);
    Add(")");
  }
  if (call.over) {
    Add(" OVER ");
    PrintWindow(*call.over);
  }
}

void Printer::PrintTableArgument(const ast::Expr& expr) {
  if (expr.query) {
    Add("(");
    PrintQuery(*expr.query);
    Add(")");
  } else {
    Add("TABLE ");
    PrintName(expr.name);
  }
  if (!expr.call->partition_by.empty()) {
    Add(" PARTITION BY ");
    bool several = expr.call->partition_by.size() > 1;
    if (several) Add("(");
    PrintList(expr.call->partition_by);
    if (several) Add(")");
  }
  if (!expr.call->order_by.empty()) {
    Add(" ORDER BY (");
    PrintOrderItems(expr.call->order_by);
    Add(")");
  }
}

void Printer::PrintOrderItems(const std::vector<ast::OrderItem>& items) {
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) Add(", ");
    PrintExpr(*items[i].expr);
    if (items[i].descending) Add(" DESC");
    if (items[i].nulls == ast::SortNulls::kFirst) Add(" NULLS FIRST");
    if (items[i].nulls == ast::SortNulls::kLast) Add(" NULLS LAST");
  }
}

void Printer::PrintWindow(const ast::WindowSpec& window) {
  if (!window.in_parens) return Add(QuoteName(window.base.text));
  std::string_view separator = "";
  auto begin = [&](std::string_view word) {
    Add(separator);
    Add(word);
    separator = " ";
  };
  Add("(");
  if (!window.base.text.empty()) begin(QuoteName(window.base.text));
  if (!window.partition_by.empty()) {
    begin("PARTITION BY ");
    PrintList(window.partition_by);
  }
  if (!window.order_by.empty()) {
    begin("ORDER BY ");
    PrintOrderItems(window.order_by);
  }
  if (window.has_frame) {
    begin(window.rows ? "ROWS " : "RANGE ");
    if (window.end) Add("BETWEEN ");
    PrintFrameBound(window.start);
    if (window.end) {
      Add(" AND ");
      PrintFrameBound(*window.end);
    }
  }
  Add(")");
}

void Printer::PrintFrameBound(const ast::FrameBound& bound) {
  switch (bound.kind) {
    case ast::FrameBoundKind::kUnboundedPreceding: return Add("UNBOUNDED PRECEDING");
    case ast::FrameBoundKind::kUnboundedFollowing: return Add("UNBOUNDED FOLLOWING");
    case ast::FrameBoundKind::kCurrentRow: return Add("CURRENT ROW");
    default: break;
  }
  PrintExpr(*bound.offset, 24);
  Add(bound.kind == ast::FrameBoundKind::kPreceding ? " PRECEDING" : " FOLLOWING");
}

}  // namespace sluice
