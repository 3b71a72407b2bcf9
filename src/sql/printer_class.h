// The class behind sql/printer.h, its methods grouped over printer.cc (expressions) and
// printer_query.cc.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sql/ast.h"

namespace sluice {

class Printer {
 public:
  // With parentheses where the expression binds no tighter than `min_precedence`.
  void PrintExpr(const ast::Expr& expr, int min_precedence = 0);
  void PrintQuery(const ast::Query& query);
  void PrintType(const ast::TypeName& type);
  void PrintName(const ast::Name& name);
  std::string Take() { return std::move(out_); }

 private:
  void Add(std::string_view text) { out_ += text; }
  void PrintExprBody(const ast::Expr& expr);
  void PrintOperator(const ast::Expr& expr);
  void PrintLiteral(const ast::Expr& expr);
  void PrintInterval(const ast::Expr& expr);
  void PrintQualifier(const ast::IntervalQualifier& qualifier);
  void PrintCase(const ast::Expr& expr);
  void PrintList(const std::vector<ast::ExprPtr>& list, size_t first = 0);
  void PrintSet(const ast::Expr& expr);  // the right side of IN, ANY and ALL
  void PrintCall(const ast::Expr& expr);
  bool PrintSpecialArguments(const ast::Expr& expr);
  void PrintJsonClauses(const ast::JsonClauses& json);
  void PrintJsonBehavior(ast::JsonBehavior behavior, const ast::ExprPtr& value,
                         std::string_view event);
  void PrintCallClauses(const ast::CallClauses& call);
  void PrintTableArgument(const ast::Expr& expr);
  void PrintOrderItems(const std::vector<ast::OrderItem>& items);
  void PrintWindow(const ast::WindowSpec& window);
  void PrintFrameBound(const ast::FrameBound& bound);

  void PrintSelect(const ast::Select& select);
  void PrintHints(const std::vector<ast::Hint>& hints);
  void PrintTable(const ast::TableRef& table);
  void PrintJoin(const ast::TableRef& join);
  void PrintAlias(const ast::TableRef& table);
  void PrintSide(const ast::Query& side, int min_precedence);
  void PrintIdentifiers(const std::vector<ast::Identifier>& names);  // (a, b)

  std::string out_;
};

}  // namespace sluice
