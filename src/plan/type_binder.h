// From type names in SQL to logical types.
#pragma once

#include <optional>

#include "plan/script.h"
#include "types/type.h"

namespace sluice {

// Nothing when the type is not one of ours; the error is then in `script`.
std::optional<Type> BindType(const ast::TypeName& name, Script& script);

}  // namespace sluice
