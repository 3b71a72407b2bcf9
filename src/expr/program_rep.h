// The compiled form of a Program, shared by the compiler (program.cc) and the evaluator
// (evaluator.cc).
//
// Expressions become a graph in which equal ones are one node. A *scope* is a set of rows that a
// node may be asked for: scope 0 is every row of the input (what the filter sees), and each lazily
// computed argument (a CASE branch, the right side of an AND …) has a scope inside the one before
// it. `eager` of a scope lists the nodes that are computed for all its rows in any case: whoever
// needs such a node deeper inside takes it from the outermost such scope.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "expr/program.h"

namespace sluice {

using NodeId = int32_t;
using ScopeId = int32_t;
inline constexpr ScopeId kNoScope = -1;

struct ProgramNode {
  ExprPtr expr;
  std::vector<NodeId> args;
  // Per argument: computed only for the rows that need it. Empty: none is.
  std::vector<bool> lazy;
  bool can_fail = false;  // itself or anything below
  bool cheap = false;     // so cheap that narrowing the rows first costs more
  bool deterministic = true;
};

struct Scope {
  ScopeId parent = kNoScope;
  std::vector<bool> eager;  // by node
  // The scope of a lazy argument, by node * kMaxArgs + argument.
  absl::flat_hash_map<int64_t, ScopeId> children;
};

struct Program::Rep {
  std::vector<ProgramNode> nodes;
  std::vector<Scope> scopes;
  std::vector<NodeId> filter;  // the parts of the conjunction, in order
  std::vector<ScopeId> filter_scopes;
  std::vector<NodeId> projections;
  ScopeId projection_scope = 0;

  static int64_t ChildKey(NodeId node, size_t arg) {
    return (int64_t{node} << 20) | static_cast<int64_t>(arg);
  }
  ScopeId ChildScope(ScopeId scope, NodeId node, size_t arg) const {
    if (scope == kNoScope) return kNoScope;
    const auto place = scopes[scope].children.find(ChildKey(node, arg));
    return place == scopes[scope].children.end() ? kNoScope : place->second;
  }
  bool IsEager(ScopeId scope, NodeId node) const {
    return scope != kNoScope && scopes[scope].eager[node];
  }
};

}  // namespace sluice
