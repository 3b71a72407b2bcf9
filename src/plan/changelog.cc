#include "plan/changelog.h"

#include <algorithm>

namespace sluice {

namespace {

using Keys = std::vector<std::vector<int32_t>>;

// The keys under new column numbers; place[i] is where column i went, -1 if it is gone.
Keys MapKeys(const Keys& keys, const std::vector<int32_t>& place) {
  Keys result;
  for (const auto& key : keys) {
    std::vector<int32_t> mapped;
    for (const int32_t column : key) mapped.push_back(place[column]);
    if (std::find(mapped.begin(), mapped.end(), -1) != mapped.end()) continue;
    std::sort(mapped.begin(), mapped.end());
    result.push_back(std::move(mapped));
  }
  return result;
}

bool Covers(const std::vector<int32_t>& columns, const Keys& keys) {
  return std::any_of(keys.begin(), keys.end(), [&](const std::vector<int32_t>& key) {
    return std::all_of(key.begin(), key.end(), [&](int32_t column) {
      return std::find(columns.begin(), columns.end(), column) != columns.end();
    });
  });
}

Changelog OfCalc(const LogicalCalc& calc, Changelog input, size_t input_width) {
  std::vector<int32_t> place(input_width, -1);
  for (size_t i = 0; i < calc.projections.size(); ++i) {
    // A cast of a key to a wider type would keep it unique; only plain columns are followed here.
    const Expr& projection = *calc.projections[i];
    if (projection.kind == ExprKind::kColumn && place[projection.column] < 0) {
      place[projection.column] = static_cast<int32_t>(i);
    }
  }
  input.unique_keys = MapKeys(input.unique_keys, place);
  if (calc.filter != nullptr && !input.append_only) input.update_before_may_stand_alone = true;
  return input;
}

Changelog OfJoin(const LogicalNode& node, const LogicalJoin& join) {
  const Changelog left = InferChangelog(node.inputs[0]);
  const Changelog right = InferChangelog(node.inputs[1]);
  const int32_t width = static_cast<int32_t>(node.inputs[0]->columns.size());
  Changelog result;
  const bool inner =
      join.type == JoinType::kInner || (join.type == JoinType::kSemi && left.append_only);
  result.append_only = inner && left.append_only && right.append_only;
  if (join.type == JoinType::kSemi || join.type == JoinType::kAnti) {
    result.unique_keys = left.unique_keys;
    return result;
  }
  const bool left_padded = join.type == JoinType::kRight || join.type == JoinType::kFull;
  const bool right_padded = join.type == JoinType::kLeft || join.type == JoinType::kFull;
  if (Covers(join.right_keys, right.unique_keys) && !left_padded)
    result.unique_keys = left.unique_keys;
  if (Covers(join.left_keys, left.unique_keys) && !right_padded) {
    for (std::vector<int32_t> key : right.unique_keys) {
      for (int32_t& column : key) column += width;
      result.unique_keys.push_back(std::move(key));
    }
  }
  if (!left_padded && !right_padded) {
    for (const auto& a : left.unique_keys) {
      for (const auto& b : right.unique_keys) {
        std::vector<int32_t> both = a;
        for (const int32_t column : b) both.push_back(column + width);
        result.unique_keys.push_back(std::move(both));
      }
    }
  }
  return result;
}

Changelog OfLookup(const LogicalNode& node, const LogicalLookupJoin& lookup) {
  Changelog result = InferChangelog(node.inputs[0]);
  const auto& primary_key = lookup.table->primary_key;
  const bool one_match = !primary_key.empty() &&
                         std::all_of(primary_key.begin(), primary_key.end(), [&](int32_t column) {
                           return std::find(lookup.key_columns.begin(), lookup.key_columns.end(),
                                            column) != lookup.key_columns.end();
                         });
  if (!one_match) result.unique_keys.clear();
  if (!result.append_only && (!lookup.left_outer || lookup.condition != nullptr))
    result.update_before_may_stand_alone = true;
  return result;
}

Changelog OfAggregate(const LogicalNode& node, const LogicalAggregate& aggregate) {
  const Changelog input = InferChangelog(node.inputs[0]);
  Changelog result;
  result.append_only = aggregate.calls.empty() && input.append_only;
  std::vector<int32_t> key;
  for (size_t i = 0; i < aggregate.keys.size(); ++i) key.push_back(static_cast<int32_t>(i));
  result.unique_keys.push_back(std::move(key));
  return result;
}

Changelog OfTopN(const LogicalNode& node, const LogicalTopN& top) {
  Changelog result = InferChangelog(node.inputs[0]);
  result.append_only = result.append_only && top.order.empty() && !top.latest_first;
  result.update_before_may_stand_alone = !result.append_only;
  std::vector<int32_t> partition = top.partition;
  std::sort(partition.begin(), partition.end());
  partition.erase(std::unique(partition.begin(), partition.end()), partition.end());
  // A row that changes its rank or partition is inserted before it is deleted elsewhere, so what
  // tells the rows of the input apart does not tell these changes apart.
  std::erase_if(result.unique_keys, [&](const std::vector<int32_t>& key) {
    return top.row_number ||
           !std::includes(key.begin(), key.end(), partition.begin(), partition.end());
  });
  if (top.row_number) {
    partition.push_back(static_cast<int32_t>(node.columns.size() - 1));
    result.unique_keys.push_back(std::move(partition));
  } else if (top.limit == 1) {
    result.unique_keys.push_back(std::move(partition));
  }
  return result;
}

}  // namespace

Changelog InferChangelog(const NodePtr& node) {
  if (const auto* calc = node->as<LogicalCalc>()) {
    return OfCalc(*calc, InferChangelog(node->inputs[0]), node->inputs[0]->columns.size());
  }
  if (const auto* join = node->as<LogicalJoin>()) return OfJoin(*node, *join);
  if (const auto* lookup = node->as<LogicalLookupJoin>()) return OfLookup(*node, *lookup);
  if (const auto* aggregate = node->as<LogicalAggregate>()) return OfAggregate(*node, *aggregate);
  if (node->as<LogicalUnnest>() != nullptr) {
    Changelog result = InferChangelog(node->inputs[0]);
    result.unique_keys.clear();
    // The rows before and after an update may have different numbers of elements.
    result.update_before_may_stand_alone = !result.append_only;
    return result;
  }
  if (const auto* top = node->as<LogicalTopN>()) {
    return OfTopN(*node, *top);
  }
  Changelog result;
  for (const NodePtr& input : node->inputs) {  // UNION ALL
    const Changelog each = InferChangelog(input);
    result.append_only = result.append_only && each.append_only;
    result.update_before_may_stand_alone |= each.update_before_may_stand_alone;
  }
  return result;
}

bool HasUniqueKey(const Changelog& changelog, std::vector<int32_t> columns) {
  std::sort(columns.begin(), columns.end());
  return std::find(changelog.unique_keys.begin(), changelog.unique_keys.end(), columns) !=
         changelog.unique_keys.end();
}

}  // namespace sluice
