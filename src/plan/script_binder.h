// ScriptBinder: executes the statements of a script in order: DDL fills the catalog, SET the
// settings, and every INSERT (and SELECT) becomes a logical sink of the one job that the script is.
// Also what an interactive shell uses, statement by statement.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "plan/query_binder.h"
#include "plan/settings.h"

namespace sluice {

// A small result table that SHOW and DESCRIBE answer with, or the text of EXPLAIN.
struct InfoTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::string text;  // instead of a table
};

class ScriptBinder {
 public:
  ScriptBinder(Catalog& catalog, Settings& settings, FlinkVersion version);

  BindEnvironment& environment() { return env_; }
  const std::shared_ptr<const Session>& session() const { return session_; }

  // All statements; errors are in `script`.
  void BindAll(const std::shared_ptr<Script>& script);
  void BindStatement(const std::shared_ptr<Script>& script, const ast::Statement& statement);

  // What was collected since the last call.
  std::vector<LogicalSink> TakeSinks() { return std::move(sinks_); }
  std::vector<InfoTable> TakeInfo() { return std::move(info_); }

 private:
  void Bind(const ast::QueryPtr& query);
  void Bind(const ast::Insert& insert);
  void Bind(const ast::StatementSet& set);
  void Bind(const ast::CreateTable& create);
  void Bind(const ast::CreateView& create);
  void Bind(const ast::CreateCatalog& create);
  void Bind(const ast::CreateDatabase& create);
  void Bind(const ast::CreateFunction& create);
  void Bind(const ast::Drop& drop);
  void Bind(const ast::Alter& alter);
  void Bind(const ast::Use& use);
  void Bind(const ast::Set& set);
  void Bind(const ast::Reset& reset);
  void Bind(const ast::Explain& explain);
  void Bind(const ast::Describe& describe);
  void Bind(const ast::Show& show);

  bool BindColumns(const ast::CreateTable& create, TableEntry* table);
  bool CopyLike(const ast::CreateTable& create, TableEntry* table);
  bool BindKeys(const ast::CreateTable& create, TableEntry* table);
  bool BindWatermark(const ast::CreateTable& create, TableEntry* table);
  void AddTable(const ast::CreateTable& create, std::shared_ptr<TableEntry> table);
  void RefreshSession(SourceSpan span);
  Script& script() { return *script_; }

  Catalog& catalog_;
  Settings& settings_;
  const FlinkVersion version_;
  std::shared_ptr<const Session> session_;
  BindEnvironment env_;
  std::shared_ptr<Script> script_;  // of the statement under way
  SourceSpan statement_span_;
  std::vector<LogicalSink> sinks_;
  std::vector<InfoTable> info_;
};

// INSERT INTO `table` (columns) query, checked against the table; nothing when an error was
// reported.
std::optional<LogicalSink> BindInsert(const ast::Insert& insert,
                                      const std::shared_ptr<Script>& script, BindEnvironment& env);

}  // namespace sluice
