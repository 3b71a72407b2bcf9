// Catalog: the tables and views that a job's names can mean. Filled by DDL statements, read by the
// binder. Single-threaded.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/options.h"
#include "plan/script.h"
#include "types/type.h"

namespace sluice {

struct ObjectPath {
  std::string catalog;
  std::string database;
  std::string object;
  std::string ToString() const;  // `a`.`b`.`c`
  friend auto operator<=>(const ObjectPath&, const ObjectPath&) = default;
};

struct ColumnEntry {
  std::string name;
  ast::ColumnKind kind = ast::ColumnKind::kPhysical;
  Type type;                        // of physical and metadata columns
  const ast::Expr* expr = nullptr;  // of computed columns
  std::string metadata_key;         // of metadata columns
  bool is_virtual = false;
  std::optional<std::string> comment;
  SourceSpan span;
};

struct TableEntry {
  ObjectPath path;
  bool temporary = false;
  std::vector<ColumnEntry> columns;
  std::vector<std::string> primary_key;
  std::vector<std::string> partitioned_by;
  std::string watermark_column;  // empty: none
  const ast::Expr* watermark = nullptr;
  Options options;  // as written; secrets still as ${env:…}
  std::map<std::string, SourceSpan> option_spans;
  std::optional<std::string> comment;
  SourceSpan span;
  std::shared_ptr<Script> script;  // owns the expressions
};

struct ViewEntry {
  ObjectPath path;
  bool temporary = false;
  std::vector<std::string> columns;  // empty: those of the query
  const ast::Query* query = nullptr;
  std::shared_ptr<Script> script;
};

using CatalogEntry = std::variant<std::shared_ptr<TableEntry>, std::shared_ptr<ViewEntry>>;

class Catalog {
 public:
  static constexpr std::string_view kDefaultCatalog = "default_catalog";
  static constexpr std::string_view kDefaultDatabase = "default_database";

  Catalog();

  const std::string& current_catalog() const { return current_catalog_; }
  const std::string& current_database() const { return current_database_; }

  void AddCatalog(const std::string& name, const std::string& default_database);
  void AddDatabase(const std::string& catalog, const std::string& database);
  bool HasCatalog(const std::string& name) const { return databases_.contains(name); }
  bool HasDatabase(const std::string& catalog, const std::string& database) const;
  Status UseCatalog(const std::string& name);
  Status UseDatabase(const std::optional<std::string>& catalog, const std::string& database);

  // A name of one to three parts, completed with the current catalog and database. InvalidArgument
  // for more parts.
  StatusOr<ObjectPath> Resolve(const ast::Name& name) const;

  // False when the name is taken, unless `replace`.
  bool Add(ObjectPath path, CatalogEntry entry, bool replace);
  bool Remove(const ObjectPath& path) { return entries_.erase(path) != 0; }
  // Null if there is none.
  const CatalogEntry* Find(const ObjectPath& path) const;

  std::vector<ObjectPath> Names() const;
  std::vector<std::string> CatalogNames() const;
  std::vector<std::string> DatabaseNames(const std::string& catalog) const;
  // The name as short as it can be written now.
  std::string ShortName(const ObjectPath& path) const;

 private:
  std::map<std::string, std::vector<std::string>> databases_;
  std::map<std::string, std::string> default_databases_;
  std::map<ObjectPath, CatalogEntry> entries_;
  std::string current_catalog_{kDefaultCatalog};
  std::string current_database_{kDefaultDatabase};
};

}  // namespace sluice
