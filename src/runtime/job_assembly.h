// From the job graph to tasks: cuts it at the exchanges, makes the instances and lays the queues
// between them.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/batch_queue.h"
#include "runtime/job_graph.h"
#include "runtime/task.h"

namespace sluice {

struct JobTasks {
  std::vector<std::unique_ptr<BatchQueue>> queues;
  std::vector<std::unique_ptr<Task>> tasks;  // each after the tasks that feed it
  std::vector<int32_t> instance;             // of each task: decides its worker
};

// `context` carries what all operators share. An exchange between nodes of parallelism 1 becomes a
// forward edge. Forward edges must connect nodes of equal parallelism.
JobTasks AssembleTasks(JobGraph graph, const OperatorContext& context, int64_t batch_delay_us,
                       JobSignals* signals);

}  // namespace sluice
