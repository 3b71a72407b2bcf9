// Drops every column that nobody reads. Two passes over the whole plan, since nodes may have
// several readers: first what each node must deliver (readers before inputs), then the nodes anew
// (inputs before readers).
#include <algorithm>
#include <set>

#include "absl/container/node_hash_map.h"
#include "plan/optimizer.h"

namespace sluice {

namespace {

using Columns = std::set<int32_t>;

class Pruner {
 public:
  explicit Pruner(std::vector<LogicalSink>& sinks) {
    const std::vector<NodePtr> order = TopologicalOrder(sinks);
    for (const LogicalSink& sink : sinks) RequireAll(*sink.input);
    for (auto node = order.rbegin(); node != order.rend(); ++node) RequireInputs(**node);
    for (const NodePtr& node : order) Rebuild(node);
    for (LogicalSink& sink : sinks) sink.input = Restore(sink.input);
  }

 private:
  struct Pruned {
    NodePtr node;
    std::vector<int32_t> place;  // old column -> new column, -1: dropped
  };

  void RequireAll(const LogicalNode& node) {
    for (size_t i = 0; i < node.columns.size(); ++i)
      required_[&node].insert(static_cast<int32_t>(i));
  }

  void Require(const LogicalNode& node, const ExprPtr& expr) {
    if (expr == nullptr) return;
    std::vector<int32_t> columns;
    CollectColumns(*expr, &columns);
    required_[&node].insert(columns.begin(), columns.end());
  }

  void RequireInputs(const LogicalNode& node) {
    const Columns& wanted = required_[&node];
    if (const auto* calc = node.as<LogicalCalc>()) {
      Require(*node.inputs[0], calc->filter);
      for (const int32_t i : wanted) Require(*node.inputs[0], calc->projections[i]);
    } else if (const auto* lookup = node.as<LogicalLookupJoin>()) {
      const int32_t width = static_cast<int32_t>(node.inputs[0]->columns.size());
      Columns used = wanted;
      std::vector<int32_t> condition;
      if (lookup->condition != nullptr) CollectColumns(*lookup->condition, &condition);
      used.insert(condition.begin(), condition.end());
      for (const int32_t i : used) {
        if (i < width) required_[node.inputs[0].get()].insert(i);
      }
      for (const ExprPtr& key : lookup->keys) Require(*node.inputs[0], key);
    } else if (const auto* unnest = node.as<LogicalUnnest>()) {
      const int32_t width = static_cast<int32_t>(node.inputs[0]->columns.size());
      Columns& below = required_[node.inputs[0].get()];
      for (const int32_t i : wanted) {
        if (i < width) below.insert(i);
      }
      below.insert(unnest->column);
    } else if (const auto* top = node.as<LogicalTopN>()) {
      // Rows that are equal in what is left replace each other.
      const int32_t width = static_cast<int32_t>(node.inputs[0]->columns.size());
      Columns& below = required_[node.inputs[0].get()];
      for (const int32_t i : wanted) {
        if (i < width) below.insert(i);
      }
      below.insert(top->partition.begin(), top->partition.end());
      for (const SortColumn& sorted : top->order) below.insert(sorted.column);
    } else if (const auto* join = node.as<LogicalJoin>()) {
      RequireJoin(node, *join, wanted);
    } else if (const auto* aggregate = node.as<LogicalAggregate>()) {
      Columns& below = required_[node.inputs[0].get()];
      below.insert(aggregate->keys.begin(), aggregate->keys.end());
      for (const AggregateCall& call : aggregate->calls) {
        below.insert(call.args.begin(), call.args.end());
        if (call.filter >= 0) below.insert(call.filter);
      }
    } else {
      // Union on a changelog needs whole rows: equal rows cancel each other.
      for (const NodePtr& input : node.inputs) RequireAll(*input);
    }
  }

  void RequireJoin(const LogicalNode& node, const LogicalJoin& join, const Columns& wanted) {
    const int32_t width = static_cast<int32_t>(node.inputs[0]->columns.size());
    Columns used = wanted;
    std::vector<int32_t> condition;
    if (join.condition != nullptr) CollectColumns(*join.condition, &condition);
    used.insert(condition.begin(), condition.end());
    Columns& left = required_[node.inputs[0].get()];
    Columns& right = required_[node.inputs[1].get()];
    for (const int32_t i : used) (i < width ? left : right).insert(i < width ? i : i - width);
    left.insert(join.left_keys.begin(), join.left_keys.end());
    right.insert(join.right_keys.begin(), join.right_keys.end());
  }

  static ExprPtr Renumber(const ExprPtr& expr, const NodePtr& old_input, const Pruned& input) {
    if (expr == nullptr) return nullptr;
    std::vector<ExprPtr> columns;
    for (size_t i = 0; i < input.place.size(); ++i) {
      columns.push_back(MakeColumn(std::max(input.place[i], 0), old_input->columns[i].type,
                                   old_input->columns[i].name));
    }
    return ReplaceColumns(expr, columns);
  }

  void Rebuild(const NodePtr& node) {
    if (const auto* calc = node->as<LogicalCalc>()) return RebuildCalc(node, *calc);
    if (const auto* scan = node->as<LogicalScan>()) return RebuildScan(node, *scan);
    if (const auto* lookup = node->as<LogicalLookupJoin>()) return RebuildLookup(node, *lookup);
    if (const auto* join = node->as<LogicalJoin>()) return RebuildJoin(node, *join);
    if (node->as<LogicalUnnest>() != nullptr || node->as<LogicalTopN>() != nullptr)
      return RebuildExtended(node);
    std::vector<NodePtr> inputs;
    Pruned result;
    for (size_t i = 0; i < node->columns.size(); ++i)
      result.place.push_back(static_cast<int32_t>(i));
    LogicalNode copy = *node;
    if (auto* aggregate = std::get_if<LogicalAggregate>(&copy.body)) {
      const std::vector<int32_t>& place = pruned_.at(node->inputs[0].get()).place;
      for (int32_t& key : aggregate->keys) key = place[key];
      for (AggregateCall& call : aggregate->calls) {
        for (int32_t& arg : call.args) arg = place[arg];
        if (call.filter >= 0) call.filter = place[call.filter];
      }
      inputs.push_back(pruned_.at(node->inputs[0].get()).node);
    } else {
      for (const NodePtr& input : node->inputs) inputs.push_back(Restore(input));
    }
    copy.inputs = std::move(inputs);
    result.node = MakeNode(std::move(copy));
    pruned_[node.get()] = std::move(result);
  }

  // Keeps the required columns of `columns`; returns their old numbers.
  std::vector<int32_t> Keep(const NodePtr& node, Pruned* result) {
    std::vector<int32_t> kept;
    result->place.assign(node->columns.size(), -1);
    for (const int32_t i : required_[node.get()]) {
      result->place[i] = static_cast<int32_t>(kept.size());
      kept.push_back(i);
    }
    return kept;
  }

  void RebuildCalc(const NodePtr& node, const LogicalCalc& calc) {
    Pruned result;
    const Pruned& input = pruned_.at(node->inputs[0].get());
    std::vector<ExprPtr> projections;
    PlanColumns columns;
    for (const int32_t i : Keep(node, &result)) {
      projections.push_back(Renumber(calc.projections[i], node->inputs[0], input));
      columns.push_back(node->columns[i]);
    }
    result.node = MakeCalcNode(input.node, Renumber(calc.filter, node->inputs[0], input),
                               std::move(projections), std::move(columns));
    pruned_[node.get()] = std::move(result);
  }

  void RebuildScan(const NodePtr& node, const LogicalScan& scan) {
    Pruned result;
    LogicalNode copy = *node;
    auto& body = std::get<LogicalScan>(copy.body);
    for (const DecodeFilter& filter : scan.filters) required_[node.get()].insert(filter.column);
    body.columns.clear();
    copy.columns.clear();
    for (const int32_t i : Keep(node, &result)) {
      body.columns.push_back(scan.columns[i]);
      copy.columns.push_back(node->columns[i]);
    }
    for (DecodeFilter& filter : body.filters) filter.column = result.place[filter.column];
    result.node = MakeNode(std::move(copy));
    pruned_[node.get()] = std::move(result);
  }

  // All input columns that are left go on; the fetched ones only as far as they are read.
  void RebuildLookup(const NodePtr& node, const LogicalLookupJoin& lookup) {
    const Pruned& input = pruned_.at(node->inputs[0].get());
    const int32_t old_width = static_cast<int32_t>(node->inputs[0]->columns.size());
    Columns used = required_[node.get()];
    std::vector<int32_t> condition;
    if (lookup.condition != nullptr) CollectColumns(*lookup.condition, &condition);
    used.insert(condition.begin(), condition.end());
    LogicalNode copy = *node;
    auto& body = std::get<LogicalLookupJoin>(copy.body);
    body.lookup_columns.clear();
    Pruned result;
    result.place = input.place;
    result.place.resize(node->columns.size(), -1);
    copy.inputs = {input.node};
    copy.columns = input.node->columns;
    for (const int32_t i : used) {
      if (i < old_width) continue;
      result.place[i] = static_cast<int32_t>(copy.columns.size());
      body.lookup_columns.push_back(lookup.lookup_columns[i - old_width]);
      copy.columns.push_back(node->columns[i]);
    }
    for (ExprPtr& key : body.keys) key = Renumber(key, node->inputs[0], input);
    body.condition = Renumber(lookup.condition, node, result);
    result.node = MakeNode(std::move(copy));
    pruned_[node.get()] = std::move(result);
  }

  // Unnest and TopN hand their input on, with columns of their own behind it, which all stay.
  void RebuildExtended(const NodePtr& node) {
    const Pruned& input = pruned_.at(node->inputs[0].get());
    LogicalNode copy = *node;
    if (auto* unnest = std::get_if<LogicalUnnest>(&copy.body)) {
      unnest->column = input.place[unnest->column];
    } else {
      auto& top = std::get<LogicalTopN>(copy.body);
      for (int32_t& column : top.partition) column = input.place[column];
      for (SortColumn& sorted : top.order) sorted.column = input.place[sorted.column];
    }
    Pruned result;
    result.place = input.place;
    copy.inputs = {input.node};
    copy.columns = input.node->columns;
    for (size_t i = input.place.size(); i < node->columns.size(); ++i) {
      result.place.push_back(static_cast<int32_t>(copy.columns.size()));
      copy.columns.push_back(node->columns[i]);
    }
    result.node = MakeNode(std::move(copy));
    pruned_[node.get()] = std::move(result);
  }

  void RebuildJoin(const NodePtr& node, const LogicalJoin& join) {
    const Pruned& left = pruned_.at(node->inputs[0].get());
    const Pruned& right = pruned_.at(node->inputs[1].get());
    LogicalNode copy = *node;
    auto& body = std::get<LogicalJoin>(copy.body);
    for (int32_t& key : body.left_keys) key = left.place[key];
    for (int32_t& key : body.right_keys) key = right.place[key];
    const int32_t new_width = static_cast<int32_t>(left.node->columns.size());
    Pruned both;  // the columns that the condition sees
    both.place = left.place;
    for (const int32_t place : right.place)
      both.place.push_back(place < 0 ? -1 : place + new_width);
    if (body.condition != nullptr) {
      LogicalNode seen;
      seen.columns = node->inputs[0]->columns;
      seen.columns.insert(seen.columns.end(), node->inputs[1]->columns.begin(),
                          node->inputs[1]->columns.end());
      body.condition = Renumber(join.condition, MakeNode(std::move(seen)), both);
    }
    const bool left_only = join.type == JoinType::kSemi || join.type == JoinType::kAnti;
    Pruned result;
    result.place = left_only ? left.place : both.place;
    copy.inputs = {left.node, right.node};
    copy.columns.assign(left.node->columns.size() + (left_only ? 0 : right.node->columns.size()),
                        {});
    for (size_t i = 0; i < result.place.size(); ++i) {
      if (result.place[i] >= 0) copy.columns[result.place[i]] = node->columns[i];
    }
    result.node = MakeNode(std::move(copy));
    pruned_[node.get()] = std::move(result);
  }

  // The pruned node with exactly the old columns in the old order. REQUIRES: all were required.
  NodePtr Restore(const NodePtr& node) {
    const Pruned& pruned = pruned_.at(node.get());
    std::vector<ExprPtr> projections;
    for (size_t i = 0; i < node->columns.size(); ++i) {
      projections.push_back(
          MakeColumn(pruned.place[i], node->columns[i].type, node->columns[i].name));
    }
    return MakeCalcNode(pruned.node, nullptr, std::move(projections), node->columns);
  }

  absl::node_hash_map<const LogicalNode*, Columns>
      required_;  // node: references stay valid while others are added
  absl::node_hash_map<const LogicalNode*, Pruned> pruned_;
};

}  // namespace

std::vector<LogicalSink> PruneColumns(std::vector<LogicalSink> sinks) {
  Pruner pruner(sinks);
  return sinks;
}

}  // namespace sluice
