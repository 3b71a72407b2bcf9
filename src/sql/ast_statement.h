// Statements of the syntax tree. A statement is a variant: std::visit or std::get_if over
// Statement::body.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sql/ast_expr.h"
#include "sql/ast_query.h"

namespace sluice::ast {

struct Statement;

struct Option {  // 'key' = 'value' in WITH (...)
  std::string key;
  std::string value;
  SourceSpan key_span;
  SourceSpan value_span;
};

enum class ColumnKind : uint8_t {
  kPhysical,  // type
  kComputed,  // expr
  kMetadata,  // type, metadata_key, is_virtual
};

struct ColumnDef {
  ColumnKind kind = ColumnKind::kPhysical;
  Identifier name;
  TypeName type;
  ExprPtr expr;
  std::optional<std::string> metadata_key;  // METADATA FROM 'key'
  bool is_virtual = false;
  std::optional<std::string> comment;
  SourceSpan span;
};

// Declared as a table constraint or at its column.
struct PrimaryKey {
  std::optional<Identifier> constraint;
  std::vector<Identifier> columns;
  bool not_enforced = false;  // Flink accepts nothing else: checked by the binder
  SourceSpan span;
};

struct Watermark {  // WATERMARK FOR column AS expr
  Name column;
  ExprPtr expr;
  SourceSpan span;
};

struct Distribution {  // DISTRIBUTED [BY [HASH|RANGE] (columns)] [INTO n BUCKETS]
  std::string kind;    // "", "HASH" or "RANGE"
  std::vector<Identifier> columns;
  std::optional<int64_t> buckets;
};

struct LikeOption {     // INCLUDING OPTIONS
  std::string action;   // INCLUDING, EXCLUDING, OVERWRITING
  std::string feature;  // ALL, CONSTRAINTS, DISTRIBUTION, GENERATED, METADATA, OPTIONS, PARTITIONS,
                        // WATERMARKS
  SourceSpan span;
};
struct LikeClause {
  Name table;
  std::vector<LikeOption> options;
};

struct CreateTable {
  bool temporary = false;
  bool if_not_exists = false;
  bool or_replace = false;  // CREATE OR REPLACE TABLE ... AS
  Name name;
  std::vector<ColumnDef> columns;
  std::vector<PrimaryKey> primary_keys;  // one, or the binder reports the second
  std::vector<Watermark> watermarks;     // one, or the binder reports the second
  std::optional<std::string> comment;
  std::optional<Distribution> distribution;
  std::vector<Identifier> partitioned_by;
  std::vector<Option> options;
  std::optional<LikeClause> like;
  QueryPtr as_query;
};

struct CreateView {
  bool temporary = false;
  bool if_not_exists = false;
  Name name;
  std::vector<Identifier> columns;
  std::optional<std::string> comment;
  QueryPtr query;
};

struct CreateCatalog {
  bool if_not_exists = false;
  Identifier name;
  std::optional<std::string> comment;
  std::vector<Option> options;
};

struct CreateDatabase {
  bool if_not_exists = false;
  Name name;
  std::optional<std::string> comment;
  std::vector<Option> options;
};

struct CreateFunction {
  bool temporary = false;
  bool system = false;
  bool if_not_exists = false;
  Name name;
  std::string class_name;
  std::string language;  // JAVA, SCALA, PYTHON or empty
  std::vector<std::string> jars;
};

enum class ObjectKind : uint8_t { kTable, kView, kCatalog, kDatabase, kFunction };

struct Drop {
  ObjectKind object = ObjectKind::kTable;
  bool temporary = false;
  bool system = false;  // TEMPORARY SYSTEM FUNCTION
  bool if_exists = false;
  bool cascade = false;  // DROP DATABASE d CASCADE
  Name name;
};

// ALTER TABLE | VIEW | DATABASE | CATALOG | FUNCTION: options are understood, everything else is
// only recognised.
struct Alter {
  ObjectKind object = ObjectKind::kTable;
  bool if_exists = false;
  Name name;
  std::string action;  // SET, RESET, RENAME TO, ADD, MODIFY, DROP, AS ...
  std::vector<Option> set_options;
  std::vector<std::string> reset_keys;
  std::optional<Name> rename_to;
  std::string rest;  // the unparsed text of the other actions
};

struct Use {
  bool catalog = false;  // USE CATALOG c; else USE [c.]d
  Name name;
};

struct Set {  // SET 'key' = 'value'; an empty key lists everything
  Option option;
};
struct Reset {  // RESET 'key'; an empty key resets everything
  std::string key;
  SourceSpan key_span;
};

struct PartitionValue {  // PARTITION (dt = '2024-01-01')
  Identifier column;
  ExprPtr value;  // a literal
};
enum class ConflictAction : uint8_t { kNone, kDeduplicate, kNothing, kError };
struct Insert {
  bool overwrite = false;
  Name table;
  std::vector<Hint> hints;
  std::vector<PartitionValue> partition;
  std::vector<Name> columns;  // empty: all, by position
  QueryPtr query;
  ConflictAction on_conflict = ConflictAction::kNone;  // Flink 2.3: ON CONFLICT DO ...
  SourceSpan span;
};

struct StatementSet {
  std::vector<Insert> inserts;
};

struct Explain {
  std::vector<std::string>
      details;  // CHANGELOG_MODE, ESTIMATED_COST, JSON_EXECUTION_PLAN, PLAN_ADVICE
  std::unique_ptr<Statement> statement;  // a query, an INSERT or a statement set
};

struct Describe {
  ObjectKind object = ObjectKind::kTable;  // a view is described like a table
  bool extended = false;
  Name name;
};

struct Show {
  std::string what;  // TABLES, VIEWS, DATABASES, CURRENT CATALOG, CREATE TABLE, COLUMNS ...
  Name name;         // of CREATE TABLE t, COLUMNS FROM t, TABLES FROM db
  bool not_like = false;
  std::optional<std::string> like;
};

struct Statement {
  SourceSpan span;  // without the semicolon
  std::variant<QueryPtr, Insert, StatementSet, CreateTable, CreateView, CreateCatalog,
               CreateDatabase, CreateFunction, Drop, Alter, Use, Set, Reset, Explain, Describe,
               Show>
      body;
};

}  // namespace sluice::ast
