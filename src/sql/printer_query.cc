// Queries as SQL text.
#include "sql/printer.h"
#include "sql/printer_class.h"

namespace sluice {

using ast::QueryKind;
using ast::TableRef;
using ast::TableRefKind;

namespace {

int PrecedenceOf(const ast::Query& query) {
  if (query.kind != QueryKind::kSetOperation) return 10;
  return query.set_op == ast::SetOp::kIntersect ? 2 : 1;
}

}  // namespace

void Printer::PrintQuery(const ast::Query& query) {
  for (size_t i = 0; i < query.with.size(); ++i) {
    const ast::CommonTable& table = query.with[i];
    Add(i == 0 ? "WITH " : ", ");
    Add(QuoteName(table.name.text));
    if (!table.columns.empty()) {
      Add(" ");
      PrintIdentifiers(table.columns);
    }
    Add(" AS (");
    PrintQuery(*table.query);
    Add(")");
  }
  if (!query.with.empty()) Add(" ");
  switch (query.kind) {
    case QueryKind::kSelect: PrintSelect(*query.select); break;
    case QueryKind::kTable:
      Add("TABLE ");
      PrintName(query.table);
      break;
    case QueryKind::kValues:
      for (size_t i = 0; i < query.rows.size(); ++i) {
        Add(i == 0 ? "VALUES (" : ", (");
        PrintList(query.rows[i]);
        Add(")");
      }
      break;
    case QueryKind::kSetOperation: {
      static constexpr std::string_view kWords[] = {" UNION ", " INTERSECT ", " EXCEPT "};
      int precedence = PrecedenceOf(query);
      PrintSide(*query.left, precedence - 1);
      Add(kWords[static_cast<size_t>(query.set_op)]);
      if (query.all) Add("ALL ");
      PrintSide(*query.right, precedence);
      break;
    }
    case QueryKind::kNested:
      Add("(");
      PrintQuery(*query.left);
      Add(")");
      break;
  }
  if (!query.order_by.empty()) {
    Add(" ORDER BY ");
    PrintOrderItems(query.order_by);
  }
  if (query.limit) {
    Add(" LIMIT ");
    PrintExpr(*query.limit);
  }
  if (query.offset) {
    Add(" OFFSET ");
    PrintExpr(*query.offset);
  }
}

void Printer::PrintSide(const ast::Query& side, int min_precedence) {
  bool parens = PrecedenceOf(side) <= min_precedence;
  if (parens) Add("(");
  PrintQuery(side);
  if (parens) Add(")");
}

void Printer::PrintSelect(const ast::Select& select) {
  Add("SELECT ");
  PrintHints(select.hints);
  if (select.stream) Add("STREAM ");
  if (select.distinct) Add("DISTINCT ");
  for (size_t i = 0; i < select.items.size(); ++i) {
    if (i > 0) Add(", ");
    PrintExpr(*select.items[i].expr);
    if (select.items[i].alias) Add(" AS " + QuoteName(select.items[i].alias->text));
  }
  if (select.from) {
    Add(" FROM ");
    PrintTable(*select.from);
  }
  if (select.where) {
    Add(" WHERE ");
    PrintExpr(*select.where);
  }
  if (select.has_group_by) {
    Add(select.group_distinct ? " GROUP BY DISTINCT " : " GROUP BY ");
    if (select.group_by.empty()) Add("()");
    PrintList(select.group_by);
  }
  if (select.having) {
    Add(" HAVING ");
    PrintExpr(*select.having);
  }
  for (size_t i = 0; i < select.windows.size(); ++i) {
    Add(i == 0 ? " WINDOW " : ", ");
    Add(QuoteName(select.windows[i].name.text) + " AS ");
    PrintWindow(select.windows[i].spec);
  }
}

// With a blank behind the hints, if there are any.
void Printer::PrintHints(const std::vector<ast::Hint>& hints) {
  if (hints.empty()) return;
  Add("/*+ ");
  for (size_t i = 0; i < hints.size(); ++i) {
    if (i > 0) Add(", ");
    Add(QuoteName(hints[i].name.text) + "(");
    for (size_t j = 0; j < hints[i].entries.size(); ++j) {
      const ast::Hint::Entry& entry = hints[i].entries[j];
      if (j > 0) Add(", ");
      if (!entry.key.empty()) Add(QuoteText(entry.key) + " = ");
      Add(QuoteText(entry.value));
    }
    Add(")");
  }
  Add(" */ ");
}

void Printer::PrintTable(const ast::TableRef& table) {
  if (table.lateral) Add("LATERAL ");
  switch (table.kind) {
    case TableRefKind::kJoin: return PrintJoin(table);
    case TableRefKind::kTable:
      PrintName(table.name);
      if (!table.hints.empty()) {
        Add(" ");
        PrintHints(table.hints);
        out_.pop_back();
      }
      if (table.system_time) {
        Add(" FOR SYSTEM_TIME AS OF ");
        PrintExpr(*table.system_time);
      }
      break;
    case TableRefKind::kSubquery:
      Add("(");
      PrintQuery(*table.query);
      Add(")");
      break;
    case TableRefKind::kFunction:
      Add("TABLE(");
      PrintExpr(*table.call);
      Add(")");
      break;
    case TableRefKind::kUnnest:
      Add("UNNEST(");
      PrintList(table.args);
      Add(table.with_ordinality ? ") WITH ORDINALITY" : ")");
      break;
  }
  PrintAlias(table);
}

void Printer::PrintJoin(const ast::TableRef& join) {
  static constexpr std::string_view kWords[] = {", ",          " CROSS JOIN ", " JOIN ",
                                                " LEFT JOIN ", " RIGHT JOIN ", " FULL JOIN "};
  PrintTable(*join.left);
  if (join.natural) Add(" NATURAL");
  Add(kWords[static_cast<size_t>(join.join_kind)]);
  // The comma binds less than JOIN, so that only a join on the right needs parentheses.
  bool parens = join.right->kind == TableRefKind::kJoin && join.join_kind != ast::JoinKind::kComma;
  if (parens) Add("(");
  PrintTable(*join.right);
  if (parens) Add(")");
  if (join.condition) {
    Add(" ON ");
    PrintExpr(*join.condition);
  } else if (!join.using_columns.empty()) {
    Add(" USING ");
    PrintIdentifiers(join.using_columns);
  }
}

void Printer::PrintAlias(const ast::TableRef& table) {
  if (!table.alias) return;
  Add(" AS " + QuoteName(table.alias->text));
  if (!table.columns.empty()) PrintIdentifiers(table.columns);
}

void Printer::PrintIdentifiers(const std::vector<ast::Identifier>& names) {
  Add("(");
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) Add(", ");
    Add(QuoteName(names[i].text));
  }
  Add(")");
}

}  // namespace sluice
