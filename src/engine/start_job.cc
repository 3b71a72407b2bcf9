// From the physical plan to the job graph: each spec becomes a maker of operators.
#include "base/check.h"
#include "engine/collect.h"
#include "engine/engine.h"

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
  void Fill(const CalcSpec& spec, JobNode* out) {
    out->make = [spec] { return MakeCalc(spec); };
  }
  void Fill(const LookupJoinSpec& spec, JobNode* out) {
    out->make = [spec] { return MakeLookupJoin(spec); };
  }
  void Fill(const RegularJoinSpec& spec, JobNode* out) {
    out->make = [spec] { return MakeRegularJoin(spec); };
  }
  void Fill(const GroupAggregateSpec& spec, JobNode* out) {
    out->make = [spec] { return MakeGroupAggregate(spec); };
  }
  void Fill(const UnnestSpec& spec, JobNode* out) {
    out->make = [spec] { return MakeUnnest(spec); };
  }
  void Fill(const TopNSpec& spec, JobNode* out) {
    out->make = [spec] { return MakeTopN(spec); };
  }
  void Fill(const UpsertMaterializeSpec& spec, JobNode* out) {
    out->make = [spec] { return MakeUpsertMaterialize(spec); };
  }
  void Fill(const TableSinkSpec& spec, JobNode* out) {
    out->make = [spec] { return MakeTableSink(spec); };
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
