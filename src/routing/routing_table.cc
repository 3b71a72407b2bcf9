#include "routing/routing_table.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace sluice {

namespace {

bool HasWildcard(std::string_view text) { return text.find('*') != std::string_view::npos; }

std::string ExactKey(std::string_view domain, std::string_view type) {
  std::string key(domain);
  key.push_back('\0');
  key.append(type);
  return key;
}

bool Matches(const RouteSpec& route, std::string_view domain, std::string_view type) {
  return (route.domain.empty() || MatchesPattern(route.domain, domain)) &&
         MatchesPattern(route.event_type, type);
}

}  // namespace

bool MatchesPattern(std::string_view pattern, std::string_view text) {
  // Where to go on after a mismatch: behind the last `*`, which then takes one character more.
  size_t star = std::string_view::npos, retry = 0;
  size_t p = 0, t = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

RoutingTable::RoutingTable(std::vector<Entry> entries, std::vector<std::string> domains,
                           RouteMode mode)
    : domains_(std::move(domains)), mode_(mode), entries_(std::move(entries)) {
  std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return std::tuple(-a.spec.priority, a.spec.id) < std::tuple(-b.spec.priority, b.spec.id);
  });
  for (size_t i = 0; i < entries_.size(); ++i) {
    const RouteSpec& route = entries_[i].spec;
    const auto place = static_cast<int32_t>(i);
    if (HasWildcard(route.event_type) || HasWildcard(route.domain) ||
        (route.domain.empty() && domains_.empty())) {
      patterns_.push_back(place);
    } else if (!route.domain.empty()) {
      exact_[ExactKey(route.domain, route.event_type)].push_back(place);
    } else {
      for (const std::string& domain : domains_) {
        exact_[ExactKey(domain, route.event_type)].push_back(place);
      }
    }
  }
}

bool RoutingTable::IsOwn(std::string_view domain) const {
  return domains_.empty() || std::find(domains_.begin(), domains_.end(), domain) != domains_.end();
}

KeyRoutes RoutingTable::Find(std::string_view domain, std::string_view type) const {
  KeyRoutes routes;
  if (!IsOwn(domain)) {
    routes.outcome = KeyOutcome::kForeign;
    return routes;
  }
  std::vector<int32_t> places;
  const auto exact = exact_.find(ExactKey(domain, type));
  if (exact != exact_.end()) places = exact->second;
  for (const int32_t place : patterns_) {
    if (Matches(entries_[place].spec, domain, type)) places.push_back(place);
  }
  std::sort(places.begin(), places.end());
  for (const int32_t place : places) {
    const Entry& entry = entries_[place];
    if (!entry.spec.enabled) {
      if (routes.outcome == KeyOutcome::kUnknown) routes.outcome = KeyOutcome::kDisabled;
      continue;
    }
    routes.outcome = KeyOutcome::kRouted;
    if (std::find(routes.processors.begin(), routes.processors.end(), entry.processor) ==
        routes.processors.end()) {
      routes.processors.push_back(entry.processor);
    }
    if (mode_ == RouteMode::kFirstMatch) break;
  }
  return routes;
}

}  // namespace sluice
