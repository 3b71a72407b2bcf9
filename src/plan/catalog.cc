#include "plan/catalog.h"

#include <algorithm>

#include "base/strings.h"

namespace sluice {

std::string ObjectPath::ToString() const {
  return StrCat("`", catalog, "`.`", database, "`.`", object, "`");
}

Catalog::Catalog() { AddCatalog(std::string(kDefaultCatalog), std::string(kDefaultDatabase)); }

void Catalog::AddCatalog(const std::string& name, const std::string& default_database) {
  databases_[name].push_back(default_database);
  default_databases_[name] = default_database;
}

void Catalog::AddDatabase(const std::string& catalog, const std::string& database) {
  if (!HasDatabase(catalog, database)) databases_[catalog].push_back(database);
}

bool Catalog::HasDatabase(const std::string& catalog, const std::string& database) const {
  const auto found = databases_.find(catalog);
  return found != databases_.end() &&
         std::find(found->second.begin(), found->second.end(), database) != found->second.end();
}

Status Catalog::UseCatalog(const std::string& name) {
  if (!HasCatalog(name)) return absl::NotFoundError(StrCat("there is no catalog `", name, "`"));
  current_catalog_ = name;
  current_database_ = default_databases_.at(name);
  return OkStatus();
}

Status Catalog::UseDatabase(const std::optional<std::string>& catalog,
                            const std::string& database) {
  const std::string& target = catalog.value_or(current_catalog_);
  if (!HasDatabase(target, database)) {
    return absl::NotFoundError(
        StrCat("there is no database `", database, "` in catalog `", target, "`"));
  }
  current_catalog_ = target;
  current_database_ = database;
  return OkStatus();
}

StatusOr<ObjectPath> Catalog::Resolve(const ast::Name& name) const {
  const auto& parts = name.parts;
  switch (parts.size()) {
    case 1: return ObjectPath{current_catalog_, current_database_, parts[0].text};
    case 2: return ObjectPath{current_catalog_, parts[0].text, parts[1].text};
    case 3: return ObjectPath{parts[0].text, parts[1].text, parts[2].text};
    default:
      return absl::InvalidArgumentError(
          "a table name has at most three parts: catalog.database.table");
  }
}

bool Catalog::Add(ObjectPath path, CatalogEntry entry, bool replace) {
  if (!replace && entries_.contains(path)) return false;
  entries_[std::move(path)] = std::move(entry);
  return true;
}

const CatalogEntry* Catalog::Find(const ObjectPath& path) const {
  const auto found = entries_.find(path);
  return found == entries_.end() ? nullptr : &found->second;
}

std::vector<ObjectPath> Catalog::Names() const {
  std::vector<ObjectPath> names;
  for (const auto& [path, entry] : entries_) names.push_back(path);
  return names;
}

std::vector<std::string> Catalog::CatalogNames() const {
  std::vector<std::string> names;
  for (const auto& [name, databases] : databases_) names.push_back(name);
  return names;
}

std::vector<std::string> Catalog::DatabaseNames(const std::string& catalog) const {
  const auto found = databases_.find(catalog);
  return found == databases_.end() ? std::vector<std::string>() : found->second;
}

std::string Catalog::ShortName(const ObjectPath& path) const {
  if (path.catalog != current_catalog_) return path.ToString();
  if (path.database != current_database_) return StrCat(path.database, ".", path.object);
  return path.object;
}

}  // namespace sluice
