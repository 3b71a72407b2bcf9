#include "control/route_source.h"

namespace sluice {

std::unique_ptr<RouteSource> MakeRouteSource(const RouteSourceSpec& spec) {
  return spec.file.empty() ? MakeTableRouteSource(spec.database, spec.table)
                           : MakeFileRouteSource(spec.file);
}

}  // namespace sluice
