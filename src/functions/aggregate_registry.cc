// The table of all aggregate functions, filled once from aggregate_list.inc.

#include <algorithm>

#include "absl/strings/ascii.h"
#include "base/check.h"
#include "functions/aggregate_function.h"

namespace sluice {

#define SL_AGGREGATE(name) void RegisterAggregate_##name(AggregateRegistry& registry);
#include "functions/aggregate_list.inc"
#undef SL_AGGREGATE

const AggregateRegistry& AggregateRegistry::Get() {
  static const AggregateRegistry* const kRegistry = [] {
    auto* registry = new AggregateRegistry();
#define SL_AGGREGATE(name) RegisterAggregate_##name(*registry);
#include "functions/aggregate_list.inc"
#undef SL_AGGREGATE
    return registry;
  }();
  return *kRegistry;
}

void AggregateRegistry::Add(AggregateFunction function) {
  SL_CHECK(Find(function.name) == nullptr);
  functions_.push_back(std::make_unique<AggregateFunction>(function));
}

const AggregateFunction* AggregateRegistry::Find(std::string_view name) const {
  const std::string upper = absl::AsciiStrToUpper(std::string(name));
  for (const auto& function : functions_) {
    if (function->name == upper) return function.get();
  }
  return nullptr;
}

std::vector<const AggregateFunction*> AggregateRegistry::All() const {
  std::vector<const AggregateFunction*> all;
  for (const auto& function : functions_) all.push_back(function.get());
  std::sort(all.begin(), all.end(), [](const AggregateFunction* a, const AggregateFunction* b) {
    return a->name < b->name;
  });
  return all;
}

}  // namespace sluice
