// From the physical plan to the job graph: each spec becomes a maker of operators.
#include "base/check.h"
#include "engine/collect.h"
#include "engine/engine.h"
#include "engine/operator_makers.h"

namespace sluice {

namespace {

class GraphBuilder {
 public:
  explicit GraphBuilder(RowReceiver* receiver) : receiver_(receiver) {}

  JobGraph Build(const PhysicalPlan& plan) {
    JobGraph graph;
    for (const PhysicalNode& node : plan.nodes) {
      JobNode out{.name = node.name,
                  .inputs = node.inputs,
                  .input_of_edge = node.input_of_edge,
                  .parallelism = node.parallelism,
                  .make = nullptr,
                  .make_source = nullptr};
      std::visit([&](const auto& spec) { Fill(spec, &out); }, node.spec);
      graph.nodes.push_back(std::move(out));
    }
    return graph;
  }

 private:
  void Fill(const TableScanSpec& spec, JobNode* out) {
    out->make_source = [spec](const SourcePosition& from) { return MakeScan(spec, from); };
  }
  void Fill(const ValuesSpec& spec, JobNode* out) {
    out->make_source = [spec](const SourcePosition&) { return MakeValues(spec); };
  }
  template <typename Spec>
  void Fill(const Spec& spec, JobNode* out) {
    out->make = MakerOf(spec);
  }
  void Fill(const CollectSpec&, JobNode* out) {
    SL_CHECK(receiver_ != nullptr);
    out->make = [receiver = receiver_] { return MakeCollect(receiver); };
  }

  RowReceiver* receiver_;
};

}  // namespace

StatusOr<std::unique_ptr<Job>> StartJob(const CompiledJob& compiled, RowReceiver* receiver,
                                        Env* env, Metrics* metrics) {
  return Job::Start(GraphBuilder(receiver).Build(compiled.plan), compiled.session, compiled.options,
                    env, metrics);
}

}  // namespace sluice
