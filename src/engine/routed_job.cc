// Every processor is bound in a workspace of its own, so that what one declares is unknown to the
// others, and so that a processor that is gone leaves nothing behind.
#include "engine/routed_job.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "engine/operator_makers.h"
#include "plan/optimizer.h"
#include "plan/sink_columns.h"

namespace sluice {

namespace {

constexpr std::string_view kEventsName = "events";  // what processors call the table of events
constexpr std::string_view kKeyColumns[] = {"domain", "type"};

// Sinks by number, and the columns of each in its order.
using SinkColumns = std::vector<std::pair<int32_t, std::vector<ExprPtr>>>;

struct OpenTable {
  const TableEntry* entry = nullptr;
  std::shared_ptr<const TableInfo> info;
};

Status FindingsOf(const Script& script) {
  return DiagnosticsStatus(script.text, script.name, script.diagnostics);
}

// All metadata columns of the table: a source reads the same whatever the processors want.
std::vector<int32_t> MetadataColumns(const TableInfo& table) {
  std::vector<int32_t> columns;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].role == ColumnRole::kMetadata) columns.push_back(static_cast<int32_t>(i));
  }
  return columns;
}

Status CheckEvents(const TableInfo& events) {
  const TableScanSpec scan = ScanOf(events);
  if (!scan.connector->raw_source || scan.format == nullptr || !scan.format->can_push_down) {
    return absl::InvalidArgumentError(
        StrCat("`", events.name,
               "` cannot be the table of events: it needs a connector that reads "
               "records, such as kafka or filesystem, and the format json"));
  }
  for (const std::string_view name : kKeyColumns) {
    const bool found =
        std::any_of(events.columns.begin(), events.columns.end(), [&](const TableColumn& column) {
          return column.name == name && column.role == ColumnRole::kPhysical &&
                 column.type.IsCharacter();
        });
    if (found) continue;
    return absl::InvalidArgumentError(StrCat("`", events.name,
                                             "` cannot be the table of events: it needs a column `",
                                             name, "` of type STRING"));
  }
  return OkStatus();
}

// From the physical plan of a processor to what a Router runs.
class ProcessorBuilder {
 public:
  ProcessorBuilder(std::string name, const TableInfo& events, const std::vector<OpenTable>& sinks)
      : events_(events), sinks_(sinks), plan_(std::make_shared<ProcessorPlan>()) {
    plan_->name = std::move(name);
  }

  // `by_name`: where the rows of a SELECT go.
  StatusOr<std::shared_ptr<const ProcessorPlan>> Build(const PhysicalPlan& physical,
                                                       const SinkColumns& by_name) {
    for (const PhysicalNode& node : physical.nodes) {
      if (const auto* scan = std::get_if<TableScanSpec>(&node.spec)) {
        SL_TRY(AddScan(*scan));
      } else if (const auto* calc = std::get_if<CalcSpec>(&node.spec)) {
        AddNode(node, MakerOf(*calc));
      } else if (const auto* lookup = std::get_if<LookupJoinSpec>(&node.spec)) {
        AddNode(node, MakerOf(*lookup));
      } else if (const auto* unnest = std::get_if<UnnestSpec>(&node.spec)) {
        AddNode(node, MakerOf(*unnest));
      } else if (std::holds_alternative<CollectSpec>(node.spec)) {
        for (const auto& [sink, columns] : by_name) AddOutput(node, sink, columns);
        places_.push_back(ProcessorNode::kEvents);
      } else if (const auto* table = std::get_if<TableSinkSpec>(&node.spec)) {
        SL_TRY(AddInsert(node, *table));
        places_.push_back(ProcessorNode::kEvents);
      } else {
        return absl::InvalidArgumentError(StrCat(
            "the processor ", plan_->name, " keeps rows in memory (", node.name,
            "): a processor may filter, project, look up and UNNEST, as each event is handled "
            "by itself; put the rest into a script of its own that reads what it writes"));
      }
    }
    if (plan_->outputs.empty() || !has_scan_) {
      return absl::InvalidArgumentError(
          StrCat("the processor ", plan_->name, " does not read `", kEventsName, "`"));
    }
    return std::shared_ptr<const ProcessorPlan>(plan_);
  }

 private:
  Status AddScan(const TableScanSpec& scan) {
    if (scan.table.name != events_.name ||
        scan.table.options.values() != events_.options.values()) {
      return absl::InvalidArgumentError(StrCat(
          "the processor ", plan_->name, " reads `", scan.table.name, "`: it may read `",
          kEventsName, "`, without hints, and look up other tables with FOR SYSTEM_TIME AS OF"));
    }
    has_scan_ = true;
    plan_->events = scan;
    const std::vector<int32_t> metadata = MetadataColumns(events_);
    for (int32_t& output : plan_->events.output) {
      if (output >= 0) continue;
      const int32_t column = scan.scan.columns[~output];
      output = ~static_cast<int32_t>(std::find(metadata.begin(), metadata.end(), column) -
                                     metadata.begin());
    }
    places_.push_back(ProcessorNode::kEvents);
    return OkStatus();
  }

  std::vector<int32_t> InputsOf(const PhysicalNode& node) const {
    std::vector<int32_t> inputs;
    for (const JobEdge& edge : node.inputs) inputs.push_back(places_[edge.from]);
    return inputs;
  }

  void AddNode(const PhysicalNode& node, OperatorMaker make) {
    places_.push_back(static_cast<int32_t>(plan_->nodes.size()));
    plan_->nodes.push_back({node.name, std::move(make), InputsOf(node)});
  }

  // The rows of a sink's input, in the columns of the sink.
  void AddOutput(const PhysicalNode& node, int32_t sink, std::vector<ExprPtr> columns) {
    const auto place = static_cast<int32_t>(plan_->nodes.size());
    plan_->nodes.push_back({StrCat("Sink: ", sinks_[sink].info->name),
                            MakerOf(CalcSpec{.filter = nullptr, .projections = std::move(columns)}),
                            InputsOf(node)});
    plan_->outputs.push_back({.node = place, .sink = sink});
  }

  Status AddInsert(const PhysicalNode& node, const TableSinkSpec& insert) {
    const auto found = std::find_if(sinks_.begin(), sinks_.end(), [&](const OpenTable& sink) {
      return sink.info->name == insert.table.name;
    });
    if (found == sinks_.end()) {
      return absl::InvalidArgumentError(StrCat("the processor ", plan_->name, " writes `",
                                               insert.table.name,
                                               "`, which is not among the sinks of the job"));
    }
    std::vector<ExprPtr> columns;
    for (const int32_t target : WritableColumns(*found->entry, *found->info)) {
      const std::vector<int32_t>& given = insert.sink.columns;
      const auto place = std::find(given.begin(), given.end(), target);
      const auto column = static_cast<int32_t>(place - given.begin());
      columns.push_back(
          place == given.end()
              ? MakeLiteral(Value::Null(), insert.table.columns[target].type.Nullable())
              : MakeColumn(column, node.columns[column].type));
    }
    AddOutput(node, static_cast<int32_t>(found - sinks_.begin()), std::move(columns));
    return OkStatus();
  }

  const TableInfo& events_;
  const std::vector<OpenTable>& sinks_;
  const std::shared_ptr<ProcessorPlan> plan_;
  std::vector<int32_t> places_;  // of the physical nodes among the processor's
  bool has_scan_ = false;
};

}  // namespace

struct RoutedJob::Bound {
  explicit Bound(const WorkspaceOptions& options) : workspace(options) {}
  Workspace workspace;
  std::vector<std::shared_ptr<Script>> scripts;
  OpenTable events;
  std::vector<OpenTable> sinks;

  // What of a SELECT goes into which sink; errors go to the script.
  SinkColumns MatchSinks(const LogicalSink& select, const std::vector<int32_t>& numbers,
                         Script& script) const;
};

SinkColumns RoutedJob::Bound::MatchSinks(const LogicalSink& select,
                                         const std::vector<int32_t>& numbers,
                                         Script& script) const {
  SinkColumns by_name;
  std::vector<std::string> names;  // of all columns of these sinks that can be written
  for (const int32_t number : numbers) {
    const OpenTable& table = sinks[number];
    auto matched =
        MatchByName(select.input->columns, *table.entry, *table.info, select.span, script);
    if (matched.has_value()) by_name.emplace_back(number, *std::move(matched));
    for (const int32_t column : WritableColumns(*table.entry, *table.info))
      names.push_back(table.info->columns[column].name);
  }
  // A side output may leave out columns, but each must arrive somewhere.
  for (const PlanColumn& column : select.input->columns) {
    if (std::find(names.begin(), names.end(), column.name) != names.end()) continue;
    const std::string nearest = NearestName(column.name, std::span<const std::string>(names));
    script.Error(ErrorCode::kUnknownColumn, select.span,
                 StrCat("no sink of the route has a column `", column.name, "`"),
                 nearest.empty() ? "" : StrCat("did you mean `", nearest, "`?"));
  }
  return by_name;
}

StatusOr<std::unique_ptr<RoutedJob::Bound>> RoutedJob::Bind() const {
  auto bound = std::make_unique<Bound>(spec_.options);
  SL_TRY(bound->workspace.status());
  for (const ScriptSource& table : spec_.tables) {
    bound->scripts.push_back(bound->workspace.Execute(table.name, table.text));
    SL_TRY(FindingsOf(*bound->scripts.back()));
  }
  if (!bound->workspace.TakeSinks().empty()) {
    return absl::InvalidArgumentError(
        "the scripts of a routed job declare tables; what INSERT and SELECT do belongs into "
        "processors");
  }
  const auto names = std::make_shared<Script>();
  names->name = "the job";
  const auto open = [&](const std::string& name) {
    OpenTable table;
    table.entry = bound->workspace.FindTable(name, &table.info, names);
    return table;
  };
  bound->events = open(spec_.events);
  for (const std::string& sink : spec_.sinks) bound->sinks.push_back(open(sink));
  SL_TRY(FindingsOf(*names));
  return bound;
}

StatusOr<std::unique_ptr<RoutedJob>> RoutedJob::Open(RoutedJobSpec spec) {
  auto job = std::unique_ptr<RoutedJob>(new RoutedJob(std::move(spec)));
  SL_ASSIGN(const std::unique_ptr<Bound> bound, job->Bind());
  SL_TRY(CheckEvents(*bound->events.info));
  for (const OpenTable& sink : bound->sinks) {
    const Connector* connector = FindConnector(*sink.info->options.Find("connector"));
    if (connector->available && connector->make_sink != nullptr) continue;
    return absl::InvalidArgumentError(StrCat("`", sink.info->name,
                                             "` cannot be a sink: the connector '", connector->name,
                                             "' cannot be written"));
  }
  return job;
}

StatusOr<std::shared_ptr<const ProcessorPlan>> RoutedJob::Compile(
    const std::string& name, const ScriptSource& text, const std::vector<int32_t>& sinks) const {
  SL_ASSIGN(const std::unique_ptr<Bound> bound, Bind());
  Workspace& workspace = bound->workspace;
  if (bound->events.entry->path.object != kEventsName) {
    const auto view = workspace.Execute(
        "the job", StrCat("CREATE TEMPORARY VIEW ", kEventsName, " AS SELECT * FROM ",
                          bound->events.entry->path.ToString()));
    SL_TRY(FindingsOf(*view));
  }
  const std::shared_ptr<Script> script = workspace.Execute(text.name, text.text);
  std::vector<LogicalSink> bound_sinks = workspace.TakeSinks();
  SL_TRY(FindingsOf(*script));
  const auto is_select = [](const LogicalSink& sink) { return sink.table == nullptr; };
  const bool has_select = std::any_of(bound_sinks.begin(), bound_sinks.end(), is_select);
  if (bound_sinks.empty() || (has_select && bound_sinks.size() > 1)) {
    return absl::InvalidArgumentError(
        StrCat("the processor ", name, " has to be one SELECT, or INSERTs"));
  }
  SinkColumns by_name;
  if (has_select) by_name = bound->MatchSinks(bound_sinks.front(), sinks, *script);
  SL_TRY(FindingsOf(*script));
  bound_sinks = Optimize(std::move(bound_sinks), *workspace.session());
  const PhysicalPlan physical =
      BuildPhysicalPlan(bound_sinks, workspace.settings(), 1, spec_.options.for_run, *script);
  SL_TRY(FindingsOf(*script));
  return ProcessorBuilder(name, *bound->events.info, bound->sinks).Build(physical, by_name);
}

StatusOr<CompiledJob> RoutedJob::Assemble(std::shared_ptr<RoutingSlot> slot) const {
  SL_ASSIGN(const std::unique_ptr<Bound> bound, Bind());
  CompiledJob job;
  job.session = bound->workspace.session();
  SL_ASSIGN(const JobOptions options, bound->workspace.JobOptionsOf({}));
  const TableInfo& events = *bound->events.info;

  TableScanSpec scan = ScanOf(events);
  scan.scan.columns = MetadataColumns(events);
  scan.undecoded = true;
  RouterSpec router{.key = ScanOf(events),
                    .on_unknown = spec_.on_unknown,
                    .on_disabled = spec_.on_disabled,
                    .sink_has_key = {},
                    .slot = std::move(slot)};
  for (const std::string_view name : kKeyColumns) {
    router.key.decode.columns.push_back(
        {.kind = DecodedKind::kField, .path = {std::string(name)}, .type = Type::String()});
  }
  for (const OpenTable& sink : bound->sinks) {
    router.sink_has_key.push_back(!sink.info->primary_key.empty());
  }
  job.is_bounded = scan.connector->is_bounded == nullptr || scan.connector->is_bounded(events);

  const auto add = [&](std::string name, auto spec, std::vector<JobEdge> inputs,
                       int32_t parallelism) {
    job.plan.nodes.push_back({.name = std::move(name),
                              .spec = std::move(spec),
                              .inputs = std::move(inputs),
                              .input_of_edge = {},
                              .columns = {},
                              .changelog = {},
                              .parallelism = parallelism});
  };
  add(StrCat("Source: ", events.name), std::move(scan), {}, options.num_workers);
  add("Router", std::move(router), {{.from = 0}}, options.num_workers);
  for (size_t i = 0; i < bound->sinks.size(); ++i) {
    const OpenTable& sink = bound->sinks[i];
    TableSinkSpec spec =
        SinkOf(*sink.info, WritableColumns(*sink.entry, *sink.info), bound->workspace.settings());
    const bool single = spec.connector->single_sink_task;
    JobEdge edge{.from = 1, .output = static_cast<int32_t>(i)};
    if (single && options.num_workers > 1) edge.exchange = Exchange::kGather;
    add(StrCat("Sink: ", sink.info->name), std::move(spec), {edge},
        single ? 1 : options.num_workers);
  }
  job.options = options;
  job.notes = bound->workspace.settings().WeakerPromises();
  job.scripts = bound->scripts;
  return job;
}

}  // namespace sluice
