#include "plan/explain.h"

#include <algorithm>
#include <set>

#include "base/strings.h"

namespace sluice {

namespace {

using Details = std::vector<std::pair<std::string, std::string>>;

Schema SchemaOf(const PlanColumns& columns) {
  Schema schema;
  for (const PlanColumn& column : columns) schema.push_back({column.name, column.type});
  return schema;
}

class Explainer {
 public:
  explicit Explainer(const PhysicalPlan& plan) : plan_(plan) {}

  std::vector<ExplainedNode> Explain() {
    std::vector<ExplainedNode> result;
    for (size_t i = 0; i < plan_.nodes.size(); ++i) {
      const PhysicalNode& node = plan_.nodes[i];
      ExplainedNode explained{
          .id = static_cast<int32_t>(i), .name = node.name, .parallelism = node.parallelism};
      explained.changelog = node.changelog.append_only ? "[I]" : "[I,UB,UA,D]";
      for (const PlanColumn& column : node.columns) {
        explained.columns.push_back(StrCat(column.name, " ", column.type.ToString()));
      }
      std::visit([&](const auto& spec) { Describe(node, spec, &explained.details); }, node.spec);
      explained.stage = StageOf(result, node);
      for (const JobEdge& edge : node.inputs)
        explained.inputs.emplace_back(edge.from, ExchangeName(edge));
      result.push_back(std::move(explained));
    }
    return result;
  }

 private:
  const PlanColumns& InputColumns(const PhysicalNode& node, size_t edge = 0) const {
    return plan_.nodes[node.inputs[edge].from].columns;
  }

  int32_t StageOf(const std::vector<ExplainedNode>& before, const PhysicalNode& node) {
    for (const JobEdge& edge : node.inputs) {
      if (edge.exchange == Exchange::kForward) return before[edge.from].stage;
    }
    return next_stage_++;
  }

  std::string ExchangeName(const JobEdge& edge) const {
    switch (edge.exchange) {
      case Exchange::kForward: return "forward";
      case Exchange::kRebalance: return "rebalance";
      case Exchange::kGather: return "gather";
      case Exchange::kHash: break;
    }
    return StrCat("hash[", Names(edge.hash_columns, plan_.nodes[edge.from].columns), "]");
  }

  static std::string Names(const std::vector<int32_t>& columns, const PlanColumns& of) {
    return StrJoin(columns, ", ",
                   [&](std::string* out, int32_t column) { StrAppend(out, of[column].name); });
  }

  static std::string PathText(const DecodedColumn& column) {
    if (column.kind == DecodedKind::kField) return StrJoin(column.path, ".");
    return StrCat("JSON_VALUE(", column.path[0], ", '$.",
                  StrJoin(std::span(column.path).subspan(1), "."), "')");
  }

  void Describe(const PhysicalNode& node, const TableScanSpec& spec, Details* details) {
    details->emplace_back("connector", std::string(spec.connector->name));
    if (spec.format != nullptr) details->emplace_back("format", std::string(spec.format->name));
    if (spec.decode.columns.empty()) {
      details->emplace_back(
          "reads", StrJoin(node.columns, ", ", [](std::string* out, const PlanColumn& column) {
            StrAppend(out, column.name);
          }));
      return;
    }
    details->emplace_back("decodes", StrJoin(spec.decode.columns, ", ",
                                             [](std::string* out, const DecodedColumn& column) {
                                               StrAppend(out, PathText(column));
                                             }));
    for (const DecodeFilter& filter : spec.decode.filters) {
      const std::string values = StrJoin(
          filter.values, ", ",
          [](std::string* out, const std::string& value) { StrAppend(out, "'", value, "'"); });
      details->emplace_back("decoder filter", StrCat(PathText(spec.decode.columns[filter.column]),
                                                     " IN (", values, ")"));
    }
  }

  void Describe(const PhysicalNode&, const ValuesSpec& spec, Details* details) {
    details->emplace_back("rows", StrCat(spec.rows.size()));
  }

  void Describe(const PhysicalNode& node, const CalcSpec& spec, Details* details) {
    const Schema schema = SchemaOf(InputColumns(node));
    if (spec.filter != nullptr) details->emplace_back("filter", ExprToString(*spec.filter, schema));
    std::vector<std::string> items;
    for (size_t i = 0; i < spec.projections.size(); ++i) {
      const std::string text = ExprToString(*spec.projections[i], schema);
      const std::string& name = node.columns[i].name;
      items.push_back(text == name ? text : StrCat(text, " AS ", name));
    }
    details->emplace_back("select", StrJoin(items, ", "));
  }

  void Describe(const PhysicalNode& node, const LookupJoinSpec& spec, Details* details) {
    const Schema schema = SchemaOf(InputColumns(node));
    std::vector<std::string> keys;
    for (size_t i = 0; i < spec.keys.size(); ++i) {
      keys.push_back(StrCat(spec.table.columns[spec.lookup.key_columns[i]].name, " = ",
                            ExprToString(*spec.keys[i], schema)));
    }
    details->emplace_back("connector", std::string(spec.connector->name));
    details->emplace_back("join", spec.left_outer ? "left" : "inner");
    details->emplace_back("lookup", StrJoin(keys, " AND "));
    details->emplace_back("fetches",
                          StrJoin(spec.lookup.columns, ", ", [&](std::string* out, int32_t column) {
                            StrAppend(out, spec.table.columns[column].name);
                          }));
    if (spec.condition != nullptr)
      details->emplace_back("condition", ExprToString(*spec.condition, SchemaOf(node.columns)));
    details->emplace_back("cache", CacheText(spec.cache));
  }

  static std::string CacheText(const LookupCacheSpec& cache) {
    const auto bound = [](int64_t value, std::string_view unit) {
      return value < 0 ? std::string("unbounded") : StrCat(value, unit);
    };
    switch (cache.kind) {
      case LookupCache::kNone:
        return "none: every row asks the store (set 'lookup.cache' = 'PARTIAL')";
      case LookupCache::kPartial:
        return StrCat("partial: max-rows ", bound(cache.max_rows, ""), ", expire-after-write ",
                      bound(cache.expire_after_write_ms, " ms"), ", expire-after-access ",
                      bound(cache.expire_after_access_ms, " ms"), ", missing keys ",
                      cache.cache_missing_key ? "cached" : "not cached");
      case LookupCache::kFull:
        if (cache.reload_interval_ms < 0) return "full: loaded at the start";
        return StrCat("full: reloaded every ", cache.reload_interval_ms, " ms");
    }
    return "";
  }

  void Describe(const PhysicalNode& node, const RegularJoinSpec& spec, Details* details) {
    static constexpr std::string_view kTypes[] = {"inner", "left", "right", "full", "semi", "anti"};
    details->emplace_back("join", std::string(kTypes[static_cast<size_t>(spec.type)]));
    const PlanColumns& left = InputColumns(node, 0);
    const PlanColumns& right = plan_.nodes[node.inputs.back().from].columns;
    details->emplace_back("keys", StrCat("(", Names(spec.left_keys, left), ") = (",
                                         Names(spec.right_keys, right), ")"));
    if (spec.condition == nullptr) return;
    Schema both = SchemaOf(left);
    for (const PlanColumn& column : right) both.push_back({column.name, column.type});
    details->emplace_back("condition", ExprToString(*spec.condition, both));
  }

  void Describe(const PhysicalNode& node, const GroupAggregateSpec& spec, Details* details) {
    const PlanColumns& input = InputColumns(node);
    details->emplace_back("group by", Names(spec.keys, input));
    std::vector<std::string> calls;
    for (const AggregateCall& call : spec.calls) {
      const std::string args = call.args.empty() ? "*" : Names(call.args, input);
      calls.push_back(
          StrCat(call.function->name, "(", call.distinct ? "DISTINCT " : "", args, ")",
                 call.filter < 0 ? "" : StrCat(" FILTER (", input[call.filter].name, ")")));
    }
    if (!calls.empty()) details->emplace_back("aggregates", StrJoin(calls, ", "));
    details->emplace_back("input", spec.input_is_append_only ? "append-only" : "with retractions");
  }

  void Describe(const PhysicalNode& node, const UnnestSpec& spec, Details* details) {
    const PlanColumns& input = InputColumns(node);
    details->emplace_back(spec.element_types.empty() ? "times" : "elements of",
                          input[spec.column].name);
    if (spec.element_types.empty()) return;
    details->emplace_back("join", spec.left_outer ? "left" : "inner");
    if (spec.with_ordinality) details->emplace_back("counts", node.columns.back().name);
  }

  void Describe(const PhysicalNode& node, const TopNSpec& spec, Details* details) {
    const PlanColumns& input = InputColumns(node);
    if (!spec.partition.empty())
      details->emplace_back("partition by", Names(spec.partition, input));
    if (spec.latest_first) details->emplace_back("of equal rows", "the latest first");
    if (!spec.order.empty()) {
      details->emplace_back(
          "order by", StrJoin(spec.order, ", ", [&](std::string* out, const SortColumn& column) {
            StrAppend(out, input[column.column].name, column.descending ? " DESC" : " ASC",
                      column.nulls_last ? " NULLS LAST" : " NULLS FIRST");
          }));
    }
    if (spec.limit != INT64_MAX) details->emplace_back("limit", StrCat(spec.limit));
    if (spec.offset != 0) details->emplace_back("offset", StrCat(spec.offset));
    if (spec.with_rank) details->emplace_back("rank", "as the last column");
  }

  void Describe(const PhysicalNode& node, const UpsertMaterializeSpec& spec, Details* details) {
    details->emplace_back("key", Names(spec.key, InputColumns(node)));
  }

  void Describe(const PhysicalNode&, const TableSinkSpec& spec, Details* details) {
    details->emplace_back("connector", std::string(spec.connector->name));
    if (!spec.table.primary_key.empty()) {
      details->emplace_back(
          "primary key",
          StrJoin(spec.table.primary_key, ", ", [&](std::string* out, int32_t column) {
            StrAppend(out, spec.table.columns[column].name);
          }));
    }
    details->emplace_back("mode", spec.sink.upsert ? "upsert" : "as the changes come");
  }

  void Describe(const PhysicalNode&, const CollectSpec&, Details*) {}

  void Describe(const PhysicalNode&, const RouterSpec&, Details* details) {
    details->emplace_back("routes by", "domain and type");
  }

  const PhysicalPlan& plan_;
  int32_t next_stage_ = 1;
};

void Render(const std::vector<ExplainedNode>& nodes, int32_t id, std::string_view exchange,
            int depth, std::set<int32_t>* shown, std::string* out) {
  const ExplainedNode& node = nodes[id];
  const std::string indent(depth * 2, ' ');
  const std::string through =
      exchange.empty() || exchange == "forward" ? "" : StrCat("  <- ", exchange);
  StrAppend(out, indent, "#", id, " ", node.name);
  if (!shown->insert(id).second) {
    StrAppend(out, "  (shared, see above)", through, "\n");
    return;
  }
  StrAppend(out, "  stage ", node.stage, ", parallelism ", node.parallelism, ", changes ",
            node.changelog, through, "\n");
  for (const auto& [key, value] : node.details)
    StrAppend(out, indent, "     ", key, ": ", value, "\n");
  for (const auto& [input, by] : node.inputs) Render(nodes, input, by, depth + 1, shown, out);
}

}  // namespace

std::vector<ExplainedNode> ExplainPlan(const PhysicalPlan& plan) {
  return Explainer(plan).Explain();
}

std::string RenderPlan(const std::vector<ExplainedNode>& nodes) {
  std::set<int32_t> read;
  for (const ExplainedNode& node : nodes) {
    for (const auto& [input, exchange] : node.inputs) read.insert(input);
  }
  std::string out;
  std::set<int32_t> shown;
  for (const ExplainedNode& node : nodes) {
    if (!read.contains(node.id)) Render(nodes, node.id, "", 0, &shown, &out);
  }
  return out;
}

}  // namespace sluice
