#include "plan/grouping_sets.h"

#include <algorithm>

namespace sluice {

namespace {

using Set = std::vector<int32_t>;  // numbers of keys
using Sets = std::vector<Set>;

// Every set is one more copy of each row.
constexpr size_t kMaxSets = 1024;

class GroupingExpander {
 public:
  GroupingExpander(const std::function<ExprPtr(const ast::Expr&)>& bind, AggregateScope* aggregates)
      : bind_(bind), aggregates_(aggregates) {}

  GroupingProblem problem() const { return problem_; }

  // The sets that one item of GROUP BY stands for.
  Sets Expand(const ast::Expr& item) {
    using Kind = ast::ExprKind;
    switch (item.kind) {
      case Kind::kGroupingSets: {
        Sets all;
        for (const ast::ExprPtr& part : item.args) {
          const Sets sets = Expand(*part);
          all.insert(all.end(), sets.begin(), sets.end());
        }
        return all;
      }
      case Kind::kRollup: {
        Sets all = {{}};
        for (const ast::ExprPtr& part : item.args) all.push_back(Joined(all.back(), One(*part)));
        std::reverse(all.begin(), all.end());
        return all;
      }
      case Kind::kCube: {
        Sets all = {{}};
        for (const ast::ExprPtr& part : item.args) all = Multiply({One(*part), {}}, all);
        return all;
      }
      default: return {One(item)};
    }
  }

  // Every set of `a` together with every set of `b`.
  Sets Multiply(const Sets& a, const Sets& b) {
    Sets all;
    if (a.size() * b.size() > kMaxSets) {
      problem_ = GroupingProblem::kTooManySets;
      return {{}};
    }
    for (const Set& left : a) {
      for (const Set& right : b) all.push_back(Joined(left, right));
    }
    return all;
  }

 private:
  static Set Joined(Set set, const Set& added) {
    for (const int32_t key : added) {
      if (std::find(set.begin(), set.end(), key) == set.end()) set.push_back(key);
    }
    return set;
  }

  // An expression, or several in parentheses.
  Set One(const ast::Expr& item) {
    Set set;
    if (item.kind == ast::ExprKind::kRow && !item.explicit_row) {
      for (const ast::ExprPtr& part : item.args) set = Joined(std::move(set), One(*part));
      return set;
    }
    ExprPtr key = bind_(item);
    if (key == nullptr) {
      problem_ = GroupingProblem::kReported;
      return {};
    }
    auto& keys = aggregates_->keys;
    const auto known = std::find_if(keys.begin(), keys.end(),
                                    [&](const ExprPtr& other) { return SameExpr(*other, *key); });
    set.push_back(static_cast<int32_t>(known - keys.begin()));
    if (known == keys.end()) keys.push_back(std::move(key));
    return set;
  }

  const std::function<ExprPtr(const ast::Expr&)>& bind_;
  AggregateScope* aggregates_;
  GroupingProblem problem_ = GroupingProblem::kNone;
};

bool HasSets(const ast::Expr& item) {
  return item.kind == ast::ExprKind::kGroupingSets || item.kind == ast::ExprKind::kCube ||
         item.kind == ast::ExprKind::kRollup;
}

}  // namespace

GroupingProblem BindGroupBy(const ast::Select& select,
                            const std::function<ExprPtr(const ast::Expr&)>& bind,
                            AggregateScope* aggregates) {
  GroupingExpander expander(bind, aggregates);
  Sets sets = {{}};
  bool plain = true;
  for (const ast::ExprPtr& item : select.group_by) {
    plain = plain && !HasSets(*item);
    sets = expander.Multiply(sets, expander.Expand(*item));
  }
  if (plain || expander.problem() != GroupingProblem::kNone) return expander.problem();
  for (Set& set : sets) std::sort(set.begin(), set.end());
  if (select.group_distinct) {
    std::sort(sets.begin(), sets.end());
    sets.erase(std::unique(sets.begin(), sets.end()), sets.end());
  }
  aggregates->has_empty_groups =
      std::any_of(sets.begin(), sets.end(), [](const Set& set) { return set.empty(); });
  aggregates->sets = std::move(sets);
  return GroupingProblem::kNone;
}

}  // namespace sluice
