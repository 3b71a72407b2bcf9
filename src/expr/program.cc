// The compiler: expressions to a graph without duplicates, then scopes breadth first, so that an
// outer scope is complete before what lies inside it is looked at.

#include "expr/program.h"

#include <algorithm>
#include <deque>
#include <map>

#include "base/check.h"
#include "expr/program_rep.h"
#include "functions/cast.h"

namespace sluice {

namespace {

// A program that would need more scopes than this (deeply nested CASEs shared by many) is evaluated
// without further planning: the result is the same.
constexpr size_t kMaxScopes = 2048;

bool IsFixedWidth(const Type& type) {
  switch (type.layout()) {
    case Layout::kText:
    case Layout::kList:
    case Layout::kRow: return false;
    default: return true;
  }
}

bool IsLeaf(const Expr& expr) {
  return expr.kind == ExprKind::kColumn || expr.kind == ExprKind::kLiteral;
}

// Arithmetic and comparisons of fixed-width values, and comparisons of text: a few nanoseconds a
// row.
bool IsCheapItself(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kColumn:
    case ExprKind::kLiteral:
    case ExprKind::kField: return true;
    case ExprKind::kAnd:
    case ExprKind::kOr: return true;
    case ExprKind::kCase:
    case ExprKind::kCoalesce: return false;
    case ExprKind::kCast:
      return IsReinterpretingCast(expr.args[0]->type, expr.type) ||
             (IsFixedWidth(expr.type) && IsFixedWidth(expr.args[0]->type));
    case ExprKind::kCall: break;
  }
  const std::string_view name = expr.function->name;
  const bool is_operator = name.find_first_not_of("=<>+-*/%") == std::string_view::npos ||
                           name.substr(0, 3) == "IS " || name == "NOT" || name == "IN";
  return is_operator && IsFixedWidth(expr.type);
}

class Compiler {
 public:
  explicit Compiler(Program::Rep& rep) : rep_(rep) {}

  void Compile(const ExprPtr& filter, const std::vector<ExprPtr>& projections) {
    if (filter != nullptr) {
      for (const ExprPtr& part : SplitConjunction(filter)) rep_.filter.push_back(Add(part));
    }
    for (const ExprPtr& projection : projections) rep_.projections.push_back(Add(projection));
    for (ProgramNode& node : rep_.nodes) SetLazy(node);
    MakeScopes();
    Hoist();
  }

 private:
  // A place where a lazily computed argument starts.
  struct Entry {
    ScopeId scope;
    NodeId node;
  };

  NodeId Add(const ExprPtr& expr) {
    std::vector<NodeId>& same_hash = ids_[HashExpr(*expr)];
    for (NodeId id : same_hash) {
      if (SameExpr(*rep_.nodes[id].expr, *expr)) return id;
    }
    ProgramNode node;
    node.expr = expr;
    node.deterministic = IsDeterministic(*expr);
    node.can_fail = CanFail(*expr);
    node.cheap = IsCheapItself(*expr);
    for (const ExprPtr& arg : expr->args) {
      node.args.push_back(Add(arg));
      node.cheap &= rep_.nodes[node.args.back()].cheap;
    }
    const auto id = static_cast<NodeId>(rep_.nodes.size());
    rep_.nodes.push_back(std::move(node));
    ids_[HashExpr(*expr)].push_back(id);
    return id;
  }

  bool MayRunEagerly(NodeId id) const {
    const ProgramNode& node = rep_.nodes[id];
    return node.cheap && !node.can_fail && node.deterministic;
  }

  // The first argument of a lazy form is always computed; others eagerly where that is cheaper than
  // choosing rows.
  void SetLazy(ProgramNode& node) {
    switch (node.expr->kind) {
      case ExprKind::kAnd:
      case ExprKind::kOr:
      case ExprKind::kCase:
      case ExprKind::kCoalesce: break;
      default: return;
    }
    node.lazy.assign(node.args.size(), false);
    for (size_t i = 1; i < node.args.size(); ++i) node.lazy[i] = !MayRunEagerly(node.args[i]);
  }

  ScopeId NewScope(ScopeId parent) {
    Scope scope;
    scope.parent = parent;
    scope.eager.assign(rep_.nodes.size(), false);
    rep_.scopes.push_back(std::move(scope));
    return static_cast<ScopeId>(rep_.scopes.size() - 1);
  }

  void MakeScopes() {
    ScopeId scope = NewScope(kNoScope);
    std::deque<Entry> entries;
    for (size_t i = 0; i < rep_.filter.size(); ++i) {
      const NodeId part = rep_.filter[i];
      if (i > 0 && !MayRunEagerly(part)) scope = NewScope(scope);
      rep_.filter_scopes.push_back(scope);
      entries.push_back({scope, part});
    }
    if (!rep_.filter.empty()) scope = NewScope(scope);
    rep_.projection_scope = scope;
    for (NodeId projection : rep_.projections) entries.push_back({scope, projection});
    while (!entries.empty()) {
      const Entry entry = entries.front();
      entries.pop_front();
      Visit(entry, entries);
    }
  }

  bool IsEagerAround(ScopeId scope, NodeId node) const {
    for (; scope != kNoScope; scope = rep_.scopes[scope].parent) {
      if (rep_.scopes[scope].eager[node]) return true;
    }
    return false;
  }

  void Visit(const Entry& entry, std::deque<Entry>& entries) {
    if (IsEagerAround(entry.scope, entry.node)) return;
    rep_.scopes[entry.scope].eager[entry.node] = true;
    const ProgramNode& node = rep_.nodes[entry.node];
    // Narrower and narrower: the rows of the second argument are among those left open by the
    // first. The branch of a CASE is a side track of its condition's rows.
    ScopeId open = entry.scope;
    for (size_t i = 0; i < node.args.size(); ++i) {
      if (node.lazy.empty() || !node.lazy[i]) {
        Visit({entry.scope, node.args[i]}, entries);
        continue;
      }
      if (rep_.scopes.size() >= kMaxScopes) continue;
      const ScopeId inner = NewScope(open);
      rep_.scopes[entry.scope].children[Program::Rep::ChildKey(entry.node, i)] = inner;
      entries.push_back({inner, node.args[i]});
      owners_[inner] = entry.node;
      const bool is_branch = node.expr->kind == ExprKind::kCase && i % 2 == 1;
      if (!is_branch) open = inner;
    }
  }

  ScopeId CommonAncestor(ScopeId a, ScopeId b) const {
    // A parent always has the smaller number.
    while (a != b) (a > b ? a : b) = rep_.scopes[a > b ? a : b].parent;
    return a;
  }

  // A node that several scopes need and that cannot fail is computed once, around them all.
  void Hoist() {
    for (NodeId id = 0; id < static_cast<NodeId>(rep_.nodes.size()); ++id) {
      const ProgramNode& node = rep_.nodes[id];
      if (node.can_fail || !node.deterministic || IsLeaf(*node.expr)) continue;
      ScopeId around = kNoScope;
      NodeId owner = -1;
      bool several = false;
      bool several_owners = false;
      for (ScopeId scope = 0; scope < static_cast<ScopeId>(rep_.scopes.size()); ++scope) {
        if (!rep_.scopes[scope].eager[id]) continue;
        const auto place = owners_.find(scope);
        const NodeId scope_owner = place == owners_.end() ? -1 : place->second;
        several_owners |= around != kNoScope && owner != scope_owner;
        several |= around != kNoScope;
        owner = scope_owner;
        around = around == kNoScope ? scope : CommonAncestor(around, scope);
      }
      if (several && (node.cheap || several_owners)) MarkEager(around, id);
    }
  }

  void MarkEager(ScopeId scope, NodeId id) {
    if (IsEagerAround(scope, id)) return;
    rep_.scopes[scope].eager[id] = true;
    const ProgramNode& node = rep_.nodes[id];
    for (size_t i = 0; i < node.args.size(); ++i) {
      if (node.lazy.empty() || !node.lazy[i]) MarkEager(scope, node.args[i]);
    }
  }

  Program::Rep& rep_;
  absl::flat_hash_map<uint64_t, std::vector<NodeId>> ids_;
  std::map<ScopeId, NodeId> owners_;
};

}  // namespace

Program::Program() : rep_(std::make_unique<Rep>()) {}
Program::~Program() = default;

std::shared_ptr<const Program> Program::Compile(ExprPtr filter, std::vector<ExprPtr> projections) {
  std::shared_ptr<Program> program(new Program());
  Compiler(*program->rep_).Compile(filter, projections);
  return program;
}

}  // namespace sluice
