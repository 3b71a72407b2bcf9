#include "runtime/job_assembly.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "base/strings.h"

namespace sluice {
namespace {

class Assembly {
 public:
  Assembly(JobGraph graph, const OperatorContext& context, int64_t batch_delay_us,
           JobSignals* signals)
      : graph_(std::move(graph)),
        context_(context),
        batch_delay_us_(batch_delay_us),
        signals_(signals) {}

  JobTasks Run() {
    FuseNodes();
    for (int32_t n = 0; n < num_nodes(); ++n) {
      for (int32_t i = 0; i < graph_.nodes[n].parallelism; ++i) AddInstance(n, i);
    }
    for (int32_t n = 0; n < num_nodes(); ++n) ConnectInputs(n);
    return std::move(result_);
  }

 private:
  int32_t num_nodes() const { return static_cast<int32_t>(graph_.nodes.size()); }

  bool IsForward(const JobNode& node, const JobEdge& edge) const {
    const int32_t producers = graph_.nodes[edge.from].parallelism;
    if (edge.exchange == Exchange::kForward) SL_CHECK(producers == node.parallelism);
    if (edge.exchange == Exchange::kGather) SL_CHECK(node.parallelism == 1);
    return edge.exchange == Exchange::kForward || (producers == 1 && node.parallelism == 1);
  }

  // chain_[n]: the first node that n is connected to by forward edges.
  void FuseNodes() {
    chain_.resize(num_nodes());
    std::iota(chain_.begin(), chain_.end(), 0);
    for (int32_t n = 0; n < num_nodes(); ++n) {
      const JobNode& node = graph_.nodes[n];
      SL_CHECK(node.parallelism > 0);
      for (const JobEdge& edge : node.inputs) {
        SL_CHECK(edge.from < n);
        if (!IsForward(node, edge)) continue;
        const int32_t kept = std::min(chain_[n], chain_[edge.from]);
        const int32_t gone = std::max(chain_[n], chain_[edge.from]);
        for (int32_t& chain : chain_) chain = chain == gone ? kept : chain;
      }
    }
    tasks_.resize(num_nodes());
    place_.resize(num_nodes());
  }

  void AddInstance(int32_t n, int32_t instance) {
    const JobNode& node = graph_.nodes[n];
    std::vector<Task*>& tasks = tasks_[chain_[n]];
    if (static_cast<int32_t>(tasks.size()) <= instance) {
      result_.tasks.push_back(std::make_unique<Task>(signals_));
      result_.instance.push_back(instance);
      tasks.push_back(result_.tasks.back().get());
    }
    OperatorContext context = context_;
    context.operator_name = node.name;
    context.subtask = instance;
    context.parallelism = node.parallelism;
    if (!node.inputs.empty()) {
      place_[n] = tasks[instance]->AddNode(std::move(context), node.make());
      return;
    }
    std::string id = SourceId(n);
    SourcePosition resume_from;
    if (signals_->positions != nullptr) resume_from = signals_->positions->PositionOf(id);
    place_[n] = tasks[instance]->AddSource(std::move(context), std::move(id),
                                           node.make_source(resume_from));
  }

  // What its positions are stored under: its name, which a second source of that name shares.
  std::string SourceId(int32_t n) const {
    int32_t count = 1;
    for (int32_t i = 0; i < n; ++i)
      count += graph_.nodes[i].inputs.empty() && graph_.nodes[i].name == graph_.nodes[n].name;
    const std::string& name = graph_.nodes[n].name;
    return count == 1 ? name : StrCat(name, " (", count, ")");
  }

  void ConnectInputs(int32_t n) {
    const JobNode& node = graph_.nodes[n];
    for (size_t e = 0; e < node.inputs.size(); ++e) {
      const JobEdge& edge = node.inputs[e];
      const int32_t input =
          node.input_of_edge.empty() ? static_cast<int32_t>(e) : node.input_of_edge[e];
      if (!IsForward(node, edge)) {
        AddExchange(n, edge, input);
        continue;
      }
      for (Task* task : tasks_[chain_[n]])
        task->Connect(place_[edge.from], edge.output, place_[n], input);
    }
  }

  void AddExchange(int32_t n, const JobEdge& edge, int32_t input) {
    const std::vector<Task*>& producers = tasks_[chain_[edge.from]];
    for (size_t p = 0; p < producers.size(); ++p) {
      auto output = std::make_unique<ExchangeOutput>(edge.exchange, edge.hash_columns,
                                                     static_cast<int32_t>(p), batch_delay_us_);
      for (Task* consumer : tasks_[chain_[n]]) {
        result_.queues.push_back(std::make_unique<BatchQueue>());
        output->AddTarget(result_.queues.back().get(), [consumer] { consumer->Wake(); });
        consumer->AddQueueInput(place_[n], input, result_.queues.back().get(), producers[p]);
      }
      producers[p]->AddExchange(place_[edge.from], edge.output, std::move(output));
    }
  }

  const JobGraph graph_;
  const OperatorContext& context_;
  const int64_t batch_delay_us_;
  JobSignals* const signals_;
  JobTasks result_;
  std::vector<int32_t> chain_;
  std::vector<std::vector<Task*>> tasks_;  // by chain, then instance
  std::vector<int32_t> place_;             // of a node within its task
};

}  // namespace

JobTasks AssembleTasks(JobGraph graph, const OperatorContext& context, int64_t batch_delay_us,
                       JobSignals* signals) {
  return Assembly(std::move(graph), context, batch_delay_us, signals).Run();
}

}  // namespace sluice
