// Rules about scans: equality filters go into the decoder, which drops a record before it decodes
// the rest of it; several readings of one table become one.
#include <algorithm>
#include <map>

#include "absl/container/flat_hash_map.h"
#include "connectors/table_format.h"
#include "plan/optimizer.h"

namespace sluice {

namespace {

bool UsesFormat(const LogicalScan& scan) {
  const Connector* connector = FindConnector(*scan.table->options.Find("connector"));
  return connector != nullptr && connector->uses_format;
}

bool DecoderFilters(const LogicalScan& scan, const std::string& column) {
  const Format* format = FormatOfColumn(*scan.table, column);
  return format != nullptr && format->can_push_down;
}

// `column = 'text'` or `column IN ('a', 'b')` on a text column of the scan.
std::optional<DecodeFilter> AsDecodeFilter(const Expr& expr, const LogicalScan& scan) {
  if (expr.kind != ExprKind::kCall || (expr.function->name != "=" && expr.function->name != "IN"))
    return std::nullopt;
  const bool reversed = expr.function->name == "=" && expr.args[1]->kind == ExprKind::kColumn;
  const Expr& column = *expr.args[reversed ? 1 : 0];
  if (column.kind != ExprKind::kColumn || column.type.kind() != TypeKind::kVarChar)
    return std::nullopt;
  const ScanColumn& read = scan.columns[column.column];
  if (read.is_metadata || !read.decoded.type.IsCharacter() ||
      !DecoderFilters(scan, read.decoded.path[0])) {
    return std::nullopt;
  }
  DecodeFilter filter{.column = column.column, .values = {}};
  for (size_t i = 0; i < expr.args.size(); ++i) {
    if (expr.args[i].get() == &column) continue;
    const Expr& value = *expr.args[i];
    if (value.kind != ExprKind::kLiteral || value.literal.is_null() || !value.type.IsCharacter())
      return std::nullopt;
    filter.values.push_back(value.literal.as_text());
  }
  return filter;
}

NodePtr PushIntoDecoder(const NodePtr& node) {
  const auto* calc = node->as<LogicalCalc>();
  const auto* scan = calc == nullptr ? nullptr : node->inputs[0]->as<LogicalScan>();
  if (scan == nullptr || calc->filter == nullptr || !UsesFormat(*scan)) return node;
  LogicalNode copy = *node->inputs[0];
  auto& body = std::get<LogicalScan>(copy.body);
  std::vector<ExprPtr> rest;
  for (const ExprPtr& part : SplitConjunction(calc->filter)) {
    // A part behind one that can fail must not hide that failure.
    const bool guarded =
        std::any_of(rest.begin(), rest.end(), [](const ExprPtr& e) { return CanFail(*e); });
    auto filter = guarded ? std::nullopt : AsDecodeFilter(*part, *scan);
    const bool taken = filter.has_value() && std::none_of(body.filters.begin(), body.filters.end(),
                                                          [&](const DecodeFilter& f) {
                                                            return f.column == filter->column;
                                                          });
    if (taken) {
      body.filters.push_back(*std::move(filter));
    } else {
      rest.push_back(part);
    }
  }
  return MakeCalcNode(MakeNode(std::move(copy)), AndAll(std::move(rest)), calc->projections,
                      node->columns);
}

bool SameColumn(const ScanColumn& a, const ScanColumn& b) {
  return a.is_metadata == b.is_metadata && a.metadata_key == b.metadata_key &&
         a.decoded.kind == b.decoded.kind && a.decoded.path == b.decoded.path;
}

int32_t FindOrAdd(const ScanColumn& column, const PlanColumn& plan_column, LogicalNode* scan_node) {
  auto& scan = std::get<LogicalScan>(scan_node->body);
  for (size_t i = 0; i < scan.columns.size(); ++i) {
    if (SameColumn(scan.columns[i], column)) return static_cast<int32_t>(i);
  }
  scan.columns.push_back(column);
  scan_node->columns.push_back(plan_column);
  return static_cast<int32_t>(scan.columns.size() - 1);
}

// The filter as an expression over the shared scan.
ExprPtr FilterExpr(const DecodeFilter& filter, int32_t column, const Type& type,
                   const Session& session) {
  std::vector<ExprPtr> args = {MakeColumn(column, type)};
  for (const std::string& value : filter.values) {
    args.push_back(MakeLiteral(Value::OfText(value), Type::String().NotNull()));
  }
  const ScalarFunction* function = FunctionRegistry::Get().Find(args.size() == 2 ? "=" : "IN");
  return *MakeCall(*function, std::move(args), session);
}

struct SharedScan {
  LogicalNode node;  // columns of all readers
  std::vector<const LogicalNode*> readers;
  std::vector<std::vector<int32_t>> places;  // per reader: its column -> shared column
};

// A shared scan drops what no reader wants: on a column that all readers filter, values of any of
// them pass.
void MergeFilters(SharedScan* shared) {
  auto& body = std::get<LogicalScan>(shared->node.body);
  for (size_t column = 0; column < body.columns.size(); ++column) {
    DecodeFilter merged{.column = static_cast<int32_t>(column), .values = {}};
    size_t filtering = 0;
    for (size_t r = 0; r < shared->readers.size(); ++r) {
      for (const DecodeFilter& filter : shared->readers[r]->as<LogicalScan>()->filters) {
        if (shared->places[r][filter.column] != static_cast<int32_t>(column)) continue;
        ++filtering;
        for (const std::string& value : filter.values) {
          if (std::find(merged.values.begin(), merged.values.end(), value) == merged.values.end())
            merged.values.push_back(value);
        }
      }
    }
    if (filtering == shared->readers.size()) body.filters.push_back(std::move(merged));
  }
}

bool SameFilter(const DecodeFilter& filter, int32_t place, const LogicalScan& shared) {
  return std::any_of(shared.filters.begin(), shared.filters.end(), [&](const DecodeFilter& other) {
    return other.column == place && other.values == filter.values;
  });
}

}  // namespace

NodePtr PushDecodeFilters(const NodePtr& node) { return RewriteBottomUp(node, PushIntoDecoder); }

std::vector<LogicalSink> ShareScans(std::vector<LogicalSink> sinks) {
  std::map<const TableInfo*, SharedScan> by_table;
  for (const NodePtr& node : TopologicalOrder(sinks)) {
    const auto* scan = node->as<LogicalScan>();
    if (scan == nullptr) continue;
    SharedScan& shared = by_table[scan->table.get()];
    if (shared.readers.empty()) {
      shared.node.body =
          LogicalScan{.table = scan->table, .name = scan->name, .columns = {}, .filters = {}};
    }
    shared.readers.push_back(node.get());
    shared.places.emplace_back();
    for (size_t i = 0; i < scan->columns.size(); ++i) {
      shared.places.back().push_back(FindOrAdd(scan->columns[i], node->columns[i], &shared.node));
    }
  }
  static const Session session;
  absl::flat_hash_map<const LogicalNode*, NodePtr> replaced;
  for (auto& [table, shared] : by_table) {
    if (shared.readers.size() < 2) continue;
    MergeFilters(&shared);
    const NodePtr scan = MakeNode(shared.node);
    for (size_t r = 0; r < shared.readers.size(); ++r) {
      const LogicalNode& reader = *shared.readers[r];
      std::vector<ExprPtr> filters, projections;
      for (const DecodeFilter& filter : reader.as<LogicalScan>()->filters) {
        const int32_t place = shared.places[r][filter.column];
        if (SameFilter(filter, place, *scan->as<LogicalScan>())) continue;
        filters.push_back(FilterExpr(filter, place, scan->columns[place].type, session));
      }
      for (size_t i = 0; i < reader.columns.size(); ++i) {
        projections.push_back(
            MakeColumn(shared.places[r][i], reader.columns[i].type, reader.columns[i].name));
      }
      replaced[&reader] =
          MakeCalcNode(scan, AndAll(std::move(filters)), std::move(projections), reader.columns);
    }
  }
  if (replaced.empty()) return sinks;
  // Nodes are told apart by their addresses: none may be freed, and its address used anew, while
  // there are sinks to come.
  const std::vector<LogicalSink> originals = sinks;
  for (LogicalSink& sink : sinks) {
    // Calcs above a replaced scan take it in, filter first, so that a shared scan costs no extra
    // operator.
    sink.input = RewriteBottomUp(sink.input, [&](const NodePtr& node) -> NodePtr {
      const auto found = replaced.find(node.get());
      if (found != replaced.end()) return found->second;
      const auto* calc = node->as<LogicalCalc>();
      return calc == nullptr
                 ? node
                 : MakeCalcNode(node->inputs[0], calc->filter, calc->projections, node->columns);
    });
  }
  return sinks;
}

}  // namespace sluice
