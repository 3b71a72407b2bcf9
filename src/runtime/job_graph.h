// JobGraph: what a job consists of at run time: operators and the edges between them. The engine
// builds it from the physical plan; the runtime cuts it into tasks at the edges that are not
// kForward.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "operators/operator.h"
#include "operators/scan.h"

namespace sluice {

enum class Exchange : uint8_t {
  kForward,    // instance i to instance i, in the same task
  kHash,       // by the key group of hash_columns
  kRebalance,  // round robin
  kGather,     // all to instance 0 of a node with parallelism 1
};

struct JobEdge {
  int32_t from = 0;  // index of a node before this one
  Exchange exchange = Exchange::kForward;
  std::vector<int32_t> hash_columns = {};
  int32_t output = 0;  // which output of `from` it carries, see Output::EmitTo
};

struct JobNode {
  std::string name;  // "LookupJoin: pattern"
  std::vector<JobEdge>
      inputs;  // none: a source. Several edges with the same input number: see input_of_edge.
  std::vector<int32_t> input_of_edge;  // which input of the operator each edge feeds (UNION ALL:
                                       // several edges into one); empty: 0, 1 …
  int32_t parallelism = 1;
  std::function<std::unique_ptr<Operator>()> make;  // one instance
  // Of nodes without inputs; each instance picks its share of what the source has read before.
  std::function<std::unique_ptr<SourceOperator>(const SourcePosition& resume_from)> make_source;
};

struct JobGraph {
  std::vector<JobNode> nodes;  // each after its inputs
};

}  // namespace sluice
