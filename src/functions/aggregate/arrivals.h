// Arrivals: the values of a group in the order in which they came, for the aggregates that show
// them all. A retraction takes the first equal value away.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>

namespace sluice {

template <typename T>
struct Arrivals {
  std::deque<T> values;
  std::deque<T> retracted_early;  // retractions whose value has not come yet

  // `value` comes, or goes if the sign is negative; V becomes a T only where it is kept.
  template <typename V>
  void Apply(int8_t sign, V&& value) {
    std::deque<T>& from = sign > 0 ? retracted_early : values;
    std::deque<T>& to = sign > 0 ? values : retracted_early;
    const auto place = std::find(from.begin(), from.end(), value);
    if (place != from.end()) {
      from.erase(place);
    } else {
      to.emplace_back(std::forward<V>(value));
    }
  }
};

}  // namespace sluice
