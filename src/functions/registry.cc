// The table of all scalar functions, filled once from function_list.inc.

#include <algorithm>

#include "absl/strings/ascii.h"
#include "base/check.h"
#include "functions/scalar_function.h"

namespace sluice {

#define SL_FUNCTION(name) void Register_##name(FunctionRegistry& registry);
#include "functions/function_list.inc"
#undef SL_FUNCTION

const FunctionRegistry& FunctionRegistry::Get() {
  static const FunctionRegistry* const kRegistry = [] {
    auto* registry = new FunctionRegistry();
#define SL_FUNCTION(name) Register_##name(*registry);
#include "functions/function_list.inc"
#undef SL_FUNCTION
    return registry;
  }();
  return *kRegistry;
}

void FunctionRegistry::Add(ScalarFunction function) {
  std::string name(function.name);
  const bool added =
      functions_.emplace(std::move(name), std::make_unique<ScalarFunction>(std::move(function)))
          .second;
  SL_CHECK(added);
}

const ScalarFunction* FunctionRegistry::Find(std::string_view name) const {
  auto place = functions_.find(absl::AsciiStrToUpper({name.data(), name.size()}));
  return place == functions_.end() ? nullptr : place->second.get();
}

std::vector<const ScalarFunction*> FunctionRegistry::All() const {
  std::vector<const ScalarFunction*> all;
  all.reserve(functions_.size());
  for (const auto& [name, function] : functions_) all.push_back(function.get());
  std::sort(all.begin(), all.end(),
            [](const ScalarFunction* a, const ScalarFunction* b) { return a->name < b->name; });
  return all;
}

}  // namespace sluice
