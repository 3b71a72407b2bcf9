// Queries of the syntax tree: SELECT, VALUES, set operations, table references, hints.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sql/ast_expr.h"

namespace sluice::ast {

struct Hint {  // LOOKUP('table'='d', 'async'='true'), OPTIONS('k'='v'), BROADCAST(t1)
  struct Entry {
    std::string key;  // empty for a plain argument
    std::string value;
    SourceSpan key_span;
    SourceSpan value_span;
  };
  Identifier name;
  std::vector<Entry> entries;
  SourceSpan span;
};

enum class TableRefKind : uint8_t {
  kTable,     // name, hints, system_time
  kSubquery,  // query, lateral
  kFunction,  // call (a kCall), lateral: [LATERAL] TABLE(f(...))
  kUnnest,    // args, with_ordinality
  kJoin,      // join_kind, left, right, natural, condition | using_columns
};

enum class JoinKind : uint8_t {
  kComma,  // FROM a, b
  kCross,
  kInner,
  kLeft,
  kRight,
  kFull,
};

struct TableRef;
using TableRefPtr = std::unique_ptr<TableRef>;

struct TableRef {
  TableRefKind kind = TableRefKind::kTable;
  JoinKind join_kind = JoinKind::kInner;
  bool lateral = false;
  bool natural = false;
  bool with_ordinality = false;
  SourceSpan span;
  Name name;
  std::vector<Hint> hints;
  ExprPtr system_time;  // FOR SYSTEM_TIME AS OF ...
  QueryPtr query;
  ExprPtr call;
  std::vector<ExprPtr> args;
  TableRefPtr left;
  TableRefPtr right;
  ExprPtr condition;                      // ON
  std::vector<Identifier> using_columns;  // USING (...)
  std::optional<Identifier> alias;        // never for kJoin
  std::vector<Identifier> columns;        // AS t(a, b)
};

struct SelectItem {
  ExprPtr expr;  // kStar for * and t.*
  std::optional<Identifier> alias;
};

struct NamedWindow {
  Identifier name;
  WindowSpec spec;
};

struct Select {
  std::vector<Hint> hints;  // of /*+ ... */ after SELECT
  bool distinct = false;
  bool stream = false;  // SELECT STREAM, which says nothing new
  std::vector<SelectItem> items;
  TableRefPtr from;  // null: SELECT 1
  ExprPtr where;
  bool has_group_by = false;    // GROUP BY () has no expressions
  bool group_distinct = false;  // GROUP BY DISTINCT
  std::vector<ExprPtr> group_by;
  ExprPtr having;
  std::vector<NamedWindow> windows;
};

struct CommonTable {  // WITH name (columns) AS (query)
  Identifier name;
  std::vector<Identifier> columns;
  QueryPtr query;
};

enum class QueryKind : uint8_t {
  kSelect,        // select
  kValues,        // rows: each a list of expressions
  kTable,         // table: TABLE t
  kSetOperation,  // set_op, all, left, right
  kNested,        // left: a parenthesised query that has its own WITH, ORDER BY or LIMIT
};
enum class SetOp : uint8_t { kUnion, kIntersect, kExcept };

struct Query {
  QueryKind kind = QueryKind::kSelect;
  SetOp set_op = SetOp::kUnion;
  bool all = false;
  int16_t height = 1;
  SourceSpan span;
  std::vector<CommonTable> with;
  std::unique_ptr<Select> select;
  std::vector<std::vector<ExprPtr>> rows;
  Name table;
  QueryPtr left;
  QueryPtr right;
  std::vector<OrderItem> order_by;
  ExprPtr offset;
  ExprPtr limit;  // LIMIT n and FETCH FIRST n ROWS ONLY
};

}  // namespace sluice::ast
