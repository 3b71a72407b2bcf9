// Lets the decoder extract what expressions would dig out of a column: JSON_VALUE(payload, '$.a.b')
// and payload.a.b become columns of the scan, typed, decoded in the same pass, and carried up to
// where they are used.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "base/strings.h"
#include "connectors/table_format.h"
#include "plan/optimizer.h"

namespace sluice {

namespace {

struct Path {
  int32_t column;  // of the node's input
  DecodedKind kind;
  std::vector<std::string> steps;  // below the column
  Type type;
};

// The names of '$.a.b', 'strict $.a' too; nothing for any other path.
std::optional<std::vector<std::string>> PlainSteps(std::string_view path) {
  path = StripAsciiWhitespace(path);
  if (path.starts_with("strict ")) path = StripAsciiWhitespace(path.substr(7));
  if (!path.starts_with("$.")) return std::nullopt;
  path.remove_prefix(1);
  std::vector<std::string> steps;
  while (!path.empty()) {
    if (path.front() != '.') return std::nullopt;
    path.remove_prefix(1);
    const size_t end = path.find('.');
    const std::string_view name = path.substr(0, end);
    const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
      return absl::ascii_isalnum(c) || c == '_' || c >= 0x80;
    });
    if (!plain) return std::nullopt;
    steps.emplace_back(name);
    path.remove_prefix(std::min(end, path.size()));
  }
  return steps;
}

std::optional<Path> AsJsonValue(const Expr& expr) {
  if (expr.kind != ExprKind::kCall || expr.function->name != "JSON_VALUE" || expr.json != nullptr)
    return std::nullopt;
  const Expr& document = *expr.args[0];
  const Expr& path = *expr.args[1];
  if (document.kind != ExprKind::kColumn || path.kind != ExprKind::kLiteral ||
      path.literal.is_null())
    return std::nullopt;
  auto steps = PlainSteps(path.literal.as_text());
  if (!steps.has_value()) return std::nullopt;
  return Path{document.column, DecodedKind::kJsonValue, *std::move(steps), expr.type.Nullable()};
}

std::optional<Path> AsField(const Expr& expr) {
  if (expr.kind != ExprKind::kField) return std::nullopt;
  Path path{-1, DecodedKind::kField, {}, expr.type};
  const Expr* each = &expr;
  for (; each->kind == ExprKind::kField; each = each->args[0].get()) {
    path.steps.insert(path.steps.begin(), each->args[0]->type.fields()[each->column].name);
  }
  if (each->kind != ExprKind::kColumn) return std::nullopt;
  path.column = each->column;
  return path;
}

std::optional<Path> AsPath(const Expr& expr) {
  auto path = AsJsonValue(expr);
  return path.has_value() ? path : AsField(expr);
}

bool ScanTakesPaths(const LogicalScan& scan, const std::string& column) {
  const Connector* connector = FindConnector(*scan.table->options.Find("connector"));
  if (connector == nullptr || !connector->uses_format) return false;
  const Format* format = FormatOfColumn(*scan.table, column);
  return format != nullptr && format->can_push_down;
}

struct Carried {
  NodePtr node;    // with the path as one more column …
  int32_t column;  // … this one
};

std::optional<Carried> Carry(const NodePtr& node, const Path& path);

std::optional<Carried> CarryFromScan(const NodePtr& node, const LogicalScan& scan,
                                     const Path& path) {
  const ScanColumn& base = scan.columns[path.column];
  if (base.is_metadata || base.decoded.kind != DecodedKind::kField || base.decoded.path.size() != 1)
    return std::nullopt;
  if (path.kind == DecodedKind::kJsonValue && !base.decoded.type.IsCharacter()) return std::nullopt;
  DecodedColumn wanted{.kind = path.kind, .path = base.decoded.path, .type = path.type};
  wanted.path.insert(wanted.path.end(), path.steps.begin(), path.steps.end());
  for (size_t i = 0; i < scan.columns.size(); ++i) {
    const DecodedColumn& known = scan.columns[i].decoded;
    if (!scan.columns[i].is_metadata && known.kind == wanted.kind && known.path == wanted.path) {
      return Carried{node, static_cast<int32_t>(i)};
    }
  }
  if (!ScanTakesPaths(scan, base.decoded.path[0])) return std::nullopt;
  LogicalNode copy = *node;
  std::string name = wanted.path[0];
  for (size_t i = 1; i < wanted.path.size(); ++i) name += "." + wanted.path[i];
  std::get<LogicalScan>(copy.body).columns.push_back({false, "", std::move(wanted)});
  copy.columns.push_back({std::move(name), path.type, TimeAttribute::kNone});
  const int32_t column = static_cast<int32_t>(copy.columns.size() - 1);
  return Carried{MakeNode(std::move(copy)), column};
}

std::optional<Carried> CarryThroughCalc(const NodePtr& node, const LogicalCalc& calc, Path path) {
  const Expr& projection = *calc.projections[path.column];
  if (projection.kind != ExprKind::kColumn) return std::nullopt;
  path.column = projection.column;
  const auto below = Carry(node->inputs[0], path);
  if (!below.has_value()) return std::nullopt;
  for (size_t i = 0; i < calc.projections.size(); ++i) {
    if (calc.projections[i]->kind == ExprKind::kColumn &&
        calc.projections[i]->column == below->column) {
      return Carried{WithInputs(node, {below->node}), static_cast<int32_t>(i)};
    }
  }
  LogicalNode copy = *node;
  copy.inputs = {below->node};
  const PlanColumn& column = below->node->columns[below->column];
  std::get<LogicalCalc>(copy.body).projections.push_back(
      MakeColumn(below->column, column.type, column.name));
  copy.columns.push_back(column);
  const int32_t index = static_cast<int32_t>(copy.columns.size() - 1);
  return Carried{MakeNode(std::move(copy)), index};
}

// The lookup over an input that got columns at its end, with the columns in their old order, then
// the new ones.
NodePtr WidenLookup(const NodePtr& node, const NodePtr& input) {
  const size_t old_width = node->inputs[0]->columns.size();
  const size_t added = input->columns.size() - old_width;
  if (added == 0) return WithInputs(node, {input});
  LogicalNode copy = *node;
  copy.inputs = {input};
  copy.columns.insert(copy.columns.begin() + old_width, input->columns.begin() + old_width,
                      input->columns.end());
  std::vector<ExprPtr> moved, old_order;
  PlanColumns columns = node->columns;
  for (size_t i = 0; i < node->columns.size(); ++i) {
    const int32_t index = static_cast<int32_t>(i < old_width ? i : i + added);
    moved.push_back(MakeColumn(index, node->columns[i].type, node->columns[i].name));
  }
  old_order = moved;
  for (size_t i = old_width; i < old_width + added; ++i) {
    old_order.push_back(
        MakeColumn(static_cast<int32_t>(i), copy.columns[i].type, copy.columns[i].name));
    columns.push_back(copy.columns[i]);
  }
  auto& body = std::get<LogicalLookupJoin>(copy.body);
  if (body.condition != nullptr) body.condition = ReplaceColumns(body.condition, moved);
  return MakeCalcNode(MakeNode(std::move(copy)), nullptr, std::move(old_order), std::move(columns));
}

std::optional<Carried> Carry(const NodePtr& node, const Path& path) {
  if (const auto* scan = node->as<LogicalScan>()) return CarryFromScan(node, *scan, path);
  if (const auto* calc = node->as<LogicalCalc>()) return CarryThroughCalc(node, *calc, path);
  if (node->as<LogicalLookupJoin>() != nullptr) {
    const size_t old_width = node->inputs[0]->columns.size();
    if (static_cast<size_t>(path.column) >= old_width) return std::nullopt;
    const auto below = Carry(node->inputs[0], path);
    if (!below.has_value()) return std::nullopt;
    NodePtr widened = WidenLookup(node, below->node);
    const bool was_there = static_cast<size_t>(below->column) < old_width;
    const int32_t index =
        was_there ? below->column
                  : static_cast<int32_t>(node->columns.size() + below->column - old_width);
    return Carried{std::move(widened), index};
  }
  return std::nullopt;
}

// Replaces the paths in an expression over `input`, which gets columns at its end.
ExprPtr Extract(const ExprPtr& expr, NodePtr* input, int32_t limit) {
  const auto path = AsPath(*expr);
  if (path.has_value() && path->column < limit) {
    const auto carried = Carry(*input, *path);
    if (carried.has_value()) {
      *input = carried->node;
      return MakeColumn(carried->column, expr->type, expr->text);
    }
  }
  bool changed = false;
  std::vector<ExprPtr> args;
  for (const ExprPtr& arg : expr->args) {
    args.push_back(Extract(arg, input, limit));
    changed = changed || args.back() != arg;
  }
  if (!changed) return expr;
  auto copy = std::make_shared<Expr>(*expr);
  copy->args = std::move(args);
  return copy;
}

NodePtr ExtractFrom(const NodePtr& node) {
  if (const auto* calc = node->as<LogicalCalc>()) {
    NodePtr input = node->inputs[0];
    const int32_t width = static_cast<int32_t>(input->columns.size());
    ExprPtr filter = calc->filter == nullptr ? nullptr : Extract(calc->filter, &input, width);
    std::vector<ExprPtr> projections;
    for (const ExprPtr& each : calc->projections)
      projections.push_back(Extract(each, &input, width));
    return MakeCalcNode(std::move(input), std::move(filter), std::move(projections), node->columns);
  }
  if (const auto* lookup = node->as<LogicalLookupJoin>()) {
    NodePtr input = node->inputs[0];
    const size_t old_width = input->columns.size();
    std::vector<ExprPtr> keys;
    for (const ExprPtr& key : lookup->keys)
      keys.push_back(Extract(key, &input, static_cast<int32_t>(old_width)));
    if (input == node->inputs[0]) return node;
    LogicalNode copy = *node;
    std::get<LogicalLookupJoin>(copy.body).keys = std::move(keys);
    // The widened node ends with the new columns, which nobody above knows: they are dropped again.
    NodePtr widened = WidenLookup(MakeNode(std::move(copy)), input);
    std::vector<ExprPtr> visible = AllColumns(widened);
    visible.resize(node->columns.size());
    return MakeCalcNode(std::move(widened), nullptr, std::move(visible), node->columns);
  }
  return node;
}

}  // namespace

NodePtr PushPaths(const NodePtr& node) { return RewriteBottomUp(node, ExtractFrom); }

}  // namespace sluice
