#include "plan/optimizer.h"

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace sluice {

namespace {

class Rewriter {
 public:
  explicit Rewriter(const std::function<NodePtr(const NodePtr&)>& rewrite) : rewrite_(rewrite) {}

  NodePtr Visit(const NodePtr& node) {
    const auto known = done_.find(node.get());
    if (known != done_.end()) return known->second;
    std::vector<NodePtr> inputs;
    for (const NodePtr& input : node->inputs) inputs.push_back(Visit(input));
    NodePtr result = rewrite_(inputs == node->inputs ? node : WithInputs(node, std::move(inputs)));
    done_[node.get()] = result;
    return result;
  }

 private:
  const std::function<NodePtr(const NodePtr&)>& rewrite_;
  absl::flat_hash_map<const LogicalNode*, NodePtr> done_;
};

void Append(const NodePtr& node, absl::flat_hash_set<const LogicalNode*>* seen,
            std::vector<NodePtr>* order) {
  if (!seen->insert(node.get()).second) return;
  for (const NodePtr& input : node->inputs) Append(input, seen, order);
  order->push_back(node);
}

}  // namespace

NodePtr WithInputs(const NodePtr& node, std::vector<NodePtr> inputs) {
  LogicalNode copy = *node;
  copy.inputs = std::move(inputs);
  return MakeNode(std::move(copy));
}

NodePtr RewriteBottomUp(const NodePtr& root,
                        const std::function<NodePtr(const NodePtr&)>& rewrite) {
  return Rewriter(rewrite).Visit(root);
}

std::vector<NodePtr> TopologicalOrder(const std::vector<LogicalSink>& sinks) {
  absl::flat_hash_set<const LogicalNode*> seen;
  std::vector<NodePtr> order;
  for (const LogicalSink& sink : sinks) Append(sink.input, &seen, &order);
  return order;
}

NodePtr FoldConstantsInPlan(const NodePtr& node, const Session& session) {
  return RewriteBottomUp(node, [&](const NodePtr& each) -> NodePtr {
    const auto fold = [&](ExprPtr& expr) {
      if (expr != nullptr) expr = FoldConstants(expr, session);
    };
    LogicalNode copy = *each;
    if (auto* calc = std::get_if<LogicalCalc>(&copy.body)) {
      fold(calc->filter);
      for (ExprPtr& projection : calc->projections) fold(projection);
      const bool is_true = calc->filter != nullptr && calc->filter->kind == ExprKind::kLiteral &&
                           !calc->filter->literal.is_null() && calc->filter->literal.as_int() != 0;
      if (is_true) calc->filter = nullptr;
      return MakeCalcNode(copy.inputs[0], calc->filter, calc->projections, copy.columns);
    }
    if (auto* join = std::get_if<LogicalJoin>(&copy.body)) {
      fold(join->condition);
    } else if (auto* lookup = std::get_if<LogicalLookupJoin>(&copy.body)) {
      fold(lookup->condition);
      for (ExprPtr& key : lookup->keys) fold(key);
    } else {
      return each;
    }
    return MakeNode(std::move(copy));
  });
}

std::vector<LogicalSink> Optimize(std::vector<LogicalSink> sinks, const Session& session) {
  for (LogicalSink& sink : sinks) {
    sink.input = FoldConstantsInPlan(sink.input, session);
    sink.input = PushFilters(sink.input);
    sink.input = BoundRanks(sink.input);
    sink.input = PushPaths(sink.input);
  }
  sinks = PruneColumns(std::move(sinks));
  for (LogicalSink& sink : sinks) sink.input = PushDecodeFilters(sink.input);
  sinks = PruneColumns(std::move(sinks));
  return ShareScans(std::move(sinks));
}

}  // namespace sluice
