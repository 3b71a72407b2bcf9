#include "plan/physical_plan.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "base/check.h"
#include "base/strings.h"
#include "connectors/table_format.h"
#include "plan/optimizer.h"

namespace sluice {

namespace {

// Lookup options of all connectors: Flink's common ones and the older ones of the jdbc connector.
LookupCacheSpec LookupCacheOf(const Options& options) {
  LookupCacheSpec cache;
  const auto flag = [&](std::string_view key, bool fallback) {
    const auto value = options.Find(key);
    return value.has_value() ? ParseBool(*value).value_or(fallback) : fallback;
  };
  const std::string_view kind = options.Find("lookup.cache").value_or("");
  if (EqualsIgnoreCase(kind, "FULL")) {
    cache.kind = LookupCache::kFull;
    cache.reload_interval_ms =
        options.FindDurationMs("lookup.full-cache.periodic-reload.interval").value_or(-1);
    return cache;
  }
  const auto old_rows = options.FindInt("lookup.cache.max-rows");
  const auto old_ttl = options.FindDurationMs("lookup.cache.ttl");
  if (EqualsIgnoreCase(kind, "PARTIAL")) {
    cache.kind = LookupCache::kPartial;
    cache.max_rows = options.FindInt("lookup.partial-cache.max-rows").value_or(-1);
    cache.expire_after_write_ms =
        options.FindDurationMs("lookup.partial-cache.expire-after-write").value_or(-1);
    cache.expire_after_access_ms =
        options.FindDurationMs("lookup.partial-cache.expire-after-access").value_or(-1);
    cache.cache_missing_key = flag("lookup.partial-cache.cache-missing-key", true);
  } else if (kind.empty() && old_rows.has_value() && old_ttl.has_value()) {
    cache.kind = LookupCache::kPartial;
    cache.max_rows = *old_rows;
    cache.expire_after_write_ms = *old_ttl;
    cache.cache_missing_key = flag("lookup.cache.caching-missing-key", true);
  }
  return cache;
}

class PhysicalBuilder {
 public:
  PhysicalBuilder(const Settings& settings, int32_t parallelism, bool for_run, Script& script)
      : settings_(settings), parallelism_(parallelism), for_run_(for_run), script_(script) {}

  PhysicalPlan Build(const std::vector<LogicalSink>& sinks) {
    for (const LogicalSink& sink : sinks) AddSink(sink);
    return std::move(plan_);
  }

 private:
  const Connector& ConnectorOf(const TableInfo& table) const {
    return *FindConnector(*table.options.Find("connector"));
  }

  void CheckAvailable(const Connector& connector, std::string_view table,
                      std::string_view replacement, SourceSpan span) {
    if (connector.available || !for_run_) return;
    script_.Error(ErrorCode::kUnavailableConnector, span,
                  StrCat("table `", table, "`: the connector '", connector.name,
                         "' is known but cannot run yet"),
                  StrCat("replace it for this run: --replace ", table, "=", replacement));
  }

  // The nodes that make up the output of `node`: several for UNION ALL.
  std::vector<int32_t> Outputs(const NodePtr& node) {
    if (node->as<LogicalUnion>() == nullptr) return {Add(node)};
    std::vector<int32_t> all;
    for (const NodePtr& input : node->inputs) {
      const std::vector<int32_t> each = Outputs(input);
      all.insert(all.end(), each.begin(), each.end());
    }
    return all;
  }

  int32_t Append(PhysicalNode node) {
    plan_.nodes.push_back(std::move(node));
    return static_cast<int32_t>(plan_.nodes.size() - 1);
  }

  int32_t Add(const NodePtr& node) {
    const auto known = built_.find(node.get());
    if (known != built_.end()) return known->second;
    PhysicalNode physical;
    physical.columns = node->columns;
    physical.changelog = InferChangelog(node);
    std::visit([&](const auto& body) { Fill(node, body, &physical); }, node->body);
    const int32_t index = Append(std::move(physical));
    built_[node.get()] = index;
    return index;
  }

  // Edges from all producers of `input` into input `number`.
  void Connect(const NodePtr& input, int32_t number, Exchange exchange,
               const std::vector<int32_t>& hash_columns, PhysicalNode* node) {
    for (const int32_t from : Outputs(input)) Connect(from, number, exchange, hash_columns, node);
  }
  void Connect(int32_t from, int32_t number, Exchange exchange,
               const std::vector<int32_t>& hash_columns, PhysicalNode* node) {
    const int32_t producers = plan_.nodes[from].parallelism;
    if (exchange != Exchange::kForward && producers == 1 && node->parallelism == 1)
      exchange = Exchange::kForward;
    if (exchange == Exchange::kForward && producers != node->parallelism)
      exchange = Exchange::kRebalance;
    JobEdge edge{.from = from, .exchange = exchange};
    if (exchange == Exchange::kHash) edge.hash_columns = hash_columns;
    node->inputs.push_back(std::move(edge));
    node->input_of_edge.push_back(number);
  }
  // One producer after another in the same task.
  void Chain(const NodePtr& input, PhysicalNode* node) {
    const std::vector<int32_t> producers = Outputs(input);
    for (const int32_t from : producers)
      node->parallelism = std::max(node->parallelism, plan_.nodes[from].parallelism);
    for (const int32_t from : producers) Connect(from, 0, Exchange::kForward, {}, node);
  }
  // Keyed state: by key, or in one place when there is no key.
  void ConnectKeyed(const NodePtr& input, int32_t number, const std::vector<int32_t>& keys,
                    PhysicalNode* node) {
    node->parallelism = keys.empty() ? 1 : parallelism_;
    Connect(input, number, keys.empty() ? Exchange::kGather : Exchange::kHash, keys, node);
  }

  void Fill(const NodePtr&, const LogicalScan& scan, PhysicalNode* out) {
    TableScanSpec spec = ScanOf(*scan.table);
    const Connector& connector = *spec.connector;
    out->name = StrCat("Source: ", scan.name);
    out->parallelism = parallelism_;
    CheckAvailable(connector, scan.name, "file:PATH", SourceSpan{});
    for (size_t i = 0; i < scan.columns.size(); ++i) {
      const ScanColumn& column = scan.columns[i];
      if (column.is_metadata || !connector.raw_source) {
        spec.output.push_back(~static_cast<int32_t>(spec.scan.columns.size()));
        spec.scan.columns.push_back(TableColumnIndex(*scan.table, column));
      } else {
        spec.output.push_back(static_cast<int32_t>(spec.decode.columns.size()));
        spec.decode.columns.push_back(column.decoded);
      }
    }
    for (DecodeFilter filter : scan.filters) {
      filter.column = spec.output[filter.column];
      spec.decode.filters.push_back(std::move(filter));
    }
    if (!connector.raw_source) spec.output.clear();
    out->spec = std::move(spec);
  }

  static int32_t TableColumnIndex(const TableInfo& table, const ScanColumn& column) {
    const auto found =
        std::find_if(table.columns.begin(), table.columns.end(),
                     [&](const TableColumn& each) { return each.name == column.decoded.path[0]; });
    return static_cast<int32_t>(found - table.columns.begin());
  }

  void Fill(const NodePtr& node, const LogicalValues& values, PhysicalNode* out) {
    out->name = "Source: VALUES";
    out->spec = ValuesSpec{.types = node->types(), .rows = values.rows};
  }

  void Fill(const NodePtr& node, const LogicalCalc& calc, PhysicalNode* out) {
    out->name = "Calc";
    out->spec = CalcSpec{.filter = calc.filter, .projections = calc.projections};
    Chain(node->inputs[0], out);
  }

  void Fill(const NodePtr& node, const LogicalLookupJoin& lookup, PhysicalNode* out) {
    LookupJoinSpec spec;
    spec.connector = &ConnectorOf(*lookup.table);
    spec.table = *lookup.table;
    spec.lookup = {.key_columns = lookup.key_columns, .columns = lookup.lookup_columns};
    spec.keys = lookup.keys;
    spec.left_outer = lookup.left_outer;
    spec.condition = lookup.condition;
    const size_t width = node->inputs[0]->columns.size();
    spec.num_input_columns = static_cast<int32_t>(width);
    for (size_t i = 0; i < width; ++i) spec.output_input.push_back(static_cast<int32_t>(i));
    for (size_t i = 0; i < lookup.lookup_columns.size(); ++i)
      spec.output_lookup.push_back(static_cast<int32_t>(i));
    spec.cache = LookupCacheOf(lookup.table->options);
    // Files cannot be asked for a key: they are read as a whole.
    if (spec.connector->raw_source) spec.cache.kind = LookupCache::kFull;
    spec.max_retries =
        static_cast<int32_t>(lookup.table->options.FindInt("lookup.max-retries").value_or(3));
    CheckAvailable(*spec.connector, lookup.name, "file:PATH", SourceSpan{});
    out->name = StrCat("LookupJoin: ", lookup.name);
    out->spec = std::move(spec);
    Chain(node->inputs[0], out);
  }

  void Fill(const NodePtr& node, const LogicalJoin& join, PhysicalNode* out) {
    out->name = "Join";
    RegularJoinSpec spec{.type = join.type,
                         .left_keys = join.left_keys,
                         .right_keys = join.right_keys,
                         .null_safe = join.null_safe,
                         .condition = join.condition,
                         .left_types = node->inputs[0]->types(),
                         .right_types = node->inputs[1]->types(),
                         .null_aware = join.null_aware};
    // A NULL in NOT IN concerns all keys, so both sides must be whole in one place.
    const std::vector<int32_t> none;
    ConnectKeyed(node->inputs[0], 0, join.null_aware ? none : join.left_keys, out);
    ConnectKeyed(node->inputs[1], 1, join.null_aware ? none : join.right_keys, out);
    out->spec = std::move(spec);
  }

  void Fill(const NodePtr& node, const LogicalAggregate& aggregate, PhysicalNode* out) {
    out->name = aggregate.calls.empty() ? "Distinct" : "GroupAggregate";
    const NodePtr& input = node->inputs[0];
    out->spec = GroupAggregateSpec{.keys = aggregate.keys,
                                   .calls = aggregate.calls,
                                   .input_types = input->types(),
                                   .input_is_append_only = InferChangelog(input).append_only,
                                   .emit_update_before = true};
    ConnectKeyed(input, 0, aggregate.keys, out);
  }

  void Fill(const NodePtr& node, const LogicalUnnest& unnest, PhysicalNode* out) {
    out->name = unnest.num_elements == 0 ? "Repeat" : "Unnest";
    UnnestSpec spec{.column = unnest.column,
                    .left_outer = unnest.left_outer,
                    .with_ordinality = unnest.with_ordinality,
                    .element_types = {}};
    for (size_t i = node->inputs[0]->columns.size(); i < node->columns.size(); ++i)
      spec.element_types.push_back(node->columns[i].type);
    out->spec = std::move(spec);
    Chain(node->inputs[0], out);
  }

  void Fill(const NodePtr& node, const LogicalTopN& top, PhysicalNode* out) {
    const NodePtr& input = node->inputs[0];
    const bool is_limit = top.order.empty() && top.partition.empty() && !top.latest_first;
    out->name = is_limit ? "Limit" : "TopN";
    if (top.IsUnbounded()) {
      script_.Error(ErrorCode::kUnsupportedSyntax, sink_span_,
                    "ROW_NUMBER() OVER is only supported with an upper bound",
                    "read it in a sub-select and keep the first rows: WHERE rn <= 10");
    }
    out->spec = TopNSpec{.partition = top.partition,
                         .order = top.order,
                         .latest_first = top.latest_first,
                         .offset = top.offset,
                         .limit = top.limit,
                         .input_types = input->types(),
                         .input_is_append_only = InferChangelog(input).append_only,
                         .with_rank = top.row_number};
    ConnectKeyed(input, 0, top.partition, out);
  }

  // UNION ALL is no operator: Outputs() looks through it, and its branches feed one input.
  void Fill(const NodePtr&, const LogicalUnion&, PhysicalNode*) { SL_CHECK(false); }

  void AddSink(const LogicalSink& sink) {
    sink_span_ = sink.span;
    Changelog changelog = InferChangelog(sink.input);
    if (sink.table == nullptr) {
      PhysicalNode node{.name = "Collect",
                        .spec = CollectSpec{},
                        .inputs = {},
                        .input_of_edge = {},
                        .columns = sink.input->columns,
                        .changelog = changelog};
      Connect(sink.input, 0, Exchange::kGather, {}, &node);
      Append(std::move(node));
      return;
    }
    TableSinkSpec spec = SinkOf(*sink.table, sink.columns, settings_);
    const Connector& connector = *spec.connector;
    std::vector<int32_t> key;  // the sink's primary key as columns of the query
    for (const int32_t column : sink.table->primary_key) {
      const auto found = std::find(sink.columns.begin(), sink.columns.end(), column);
      if (found != sink.columns.end())
        key.push_back(static_cast<int32_t>(found - sink.columns.begin()));
    }
    if (!CheckSink(sink, connector, changelog)) return;
    PhysicalNode node{.name = StrCat("Sink: ", sink.name),
                      .spec = {},
                      .inputs = {},
                      .input_of_edge = {},
                      .columns = sink.input->columns,
                      .changelog = changelog};
    const bool upsert = !changelog.append_only && !sink.table->primary_key.empty() &&
                        connector.sink_changelog != nullptr &&
                        connector.sink_changelog(*sink.table) != ChangelogSupport::kAppend;
    node.parallelism = connector.single_sink_task ? 1 : parallelism_;
    spec.sink.upsert = upsert;
    spec.update_before_is_delete = upsert && changelog.update_before_may_stand_alone;
    const bool materialize =
        upsert && !HasUniqueKey(changelog, key) &&
        !EqualsIgnoreCase(settings_.Get("table.exec.sink.upsert-materialize"), "NONE");
    if (materialize) {
      PhysicalNode keeper{
          .name = "UpsertMaterialize",
          .spec = UpsertMaterializeSpec{.key = key, .input_types = sink.input->types()},
          .inputs = {},
          .input_of_edge = {},
          .columns = sink.input->columns,
          .changelog = changelog};
      keeper.changelog.unique_keys = {key};
      ConnectKeyed(sink.input, 0, key, &keeper);
      const int32_t from = Append(std::move(keeper));
      spec.update_before_is_delete = false;
      Connect(from, 0, node.parallelism == 1 ? Exchange::kGather : Exchange::kForward, {}, &node);
    } else if (node.parallelism == 1) {
      Connect(sink.input, 0, Exchange::kGather, {}, &node);
    } else if (upsert) {
      ConnectKeyed(sink.input, 0, key, &node);
    } else {
      Connect(sink.input, 0, Exchange::kForward, {}, &node);
    }
    node.spec = std::move(spec);
    Append(std::move(node));
  }

  bool CheckSink(const LogicalSink& sink, const Connector& connector, const Changelog& changelog) {
    CheckAvailable(connector, sink.name, "print", sink.span);
    if (!connector.available || changelog.append_only) return true;
    const ChangelogSupport support = connector.sink_changelog == nullptr
                                         ? ChangelogSupport::kAppend
                                         : connector.sink_changelog(*sink.table);
    if (support == ChangelogSupport::kAppend) {
      script_.Error(
          ErrorCode::kChangelogMismatch, sink.span,
          StrCat("table `", sink.name,
                 "` doesn't support consuming update and delete changes, which this query makes"),
          sink.table->primary_key.empty()
              ? "declare a PRIMARY KEY on the sink, or use a connector that takes changes"
              : "");
      return false;
    }
    if (support == ChangelogSupport::kUpsert && sink.table->primary_key.empty()) {
      script_.Error(
          ErrorCode::kChangelogMismatch, sink.span,
          StrCat("table `", sink.name, "` needs a PRIMARY KEY to take the updates of this query"),
          "declare PRIMARY KEY (…) NOT ENFORCED on the sink");
      return false;
    }
    return true;
  }

  const Settings& settings_;
  const int32_t parallelism_;
  const bool for_run_;
  Script& script_;
  SourceSpan sink_span_;  // of the sink whose inputs are being added
  PhysicalPlan plan_;
  absl::flat_hash_map<const LogicalNode*, int32_t> built_;
};

}  // namespace

TableScanSpec ScanOf(const TableInfo& table) {
  TableScanSpec spec;
  spec.connector = FindConnector(*table.options.Find("connector"));
  spec.table = table;
  if (!spec.connector->raw_source) return spec;
  spec.decode.table = table.PhysicalSchema();
  if (const auto format = ValueFormatOf(table)) {
    spec.format = format->Find();
    spec.format_options = format->OwnOptions(table);
  }
  return spec;
}

TableSinkSpec SinkOf(const TableInfo& table, std::vector<int32_t> columns,
                     const Settings& settings) {
  TableSinkSpec spec;
  spec.connector = FindConnector(*table.options.Find("connector"));
  spec.table = table;
  spec.sink.columns = std::move(columns);
  spec.not_null = settings.not_null_enforcer();
  spec.type_length = settings.type_length_enforcer();
  return spec;
}

PhysicalPlan BuildPhysicalPlan(const std::vector<LogicalSink>& sinks, const Settings& settings,
                               int32_t parallelism, bool for_run, Script& script) {
  return PhysicalBuilder(settings, parallelism, for_run, script).Build(sinks);
}

}  // namespace sluice
