// One block of records at a time: the keys are read, every processor that is named gets its
// records, and the block is done when all of them are. So exactly one program applies to each
// event, programs change between two blocks, and what processors make of one block can be put into
// the order of its events. Where a program begins to apply is made durable before the first block
// that it applies to goes on.
#include "operators/router.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/check.h"
#include "operators/gather.h"
#include "types/text.h"

namespace sluice {
namespace {

constexpr size_t kMaxKnownKeys = size_t{1} << 16;

enum class EventOutcome : uint8_t { kSkipped, kRouted, kForeign, kUnknown, kDisabled, kDead };
constexpr size_t kNumOutcomes = 6;

std::shared_ptr<const RawRecords> Subset(const std::shared_ptr<const RawRecords>& all,
                                         const std::vector<int32_t>& places) {
  if (places.size() == all->records.size()) return all;
  auto subset = std::make_shared<RawRecords>();
  const auto num_rows = static_cast<int32_t>(places.size());
  for (const int32_t place : places) {
    subset->records.push_back(all->records[place]);
    subset->offsets.push_back(all->offsets[place]);
    if (!all->keys.empty()) subset->keys.push_back(all->keys[place]);
  }
  subset->pin = all->pin;
  subset->pinned_bytes = all->pinned_bytes * places.size() / all->records.size();
  subset->origin = all->origin;
  std::shared_ptr<int32_t[]> rows(new int32_t[places.size()]);
  std::copy(places.begin(), places.end(), rows.get());
  for (const Vector& column : all->metadata) {
    subset->metadata.push_back(column.Select(rows, num_rows));
  }
  return subset;
}

// What one processor gets of the block at hand.
struct Share {
  std::shared_ptr<const RawRecords> records;
  std::vector<int32_t> places;  // of these among the records of the block; ascending
};

// The block of events at hand.
struct Block {
  std::shared_ptr<const RawRecords> records;
  std::vector<EventOutcome> outcomes;  // by record
  std::vector<int32_t> used;           // processors with a share; ascending once it is started
  bool is_started = false;
  bool is_collected = false;
};

// Notes which events are dead before it hands errors on to the policy of the job.
class EventErrors : public ErrorPolicy {
 public:
  // All outlive this; `shares` by processor.
  EventErrors(ErrorPolicy* policy, std::optional<Block>* block, const std::vector<Share>* shares)
      : policy_(policy), block_(*block), shares_(*shares) {}

  Status OnRowErrors(std::string_view where, const Batch& batch, const RowErrors& errors) override {
    const VectorView<int32_t> places = batch.origins.indexes.View<int32_t>();
    for (const RowError& error : errors.errors()) Kill(*batch.origins.records, places[error.row]);
    return policy_->OnRowErrors(where, batch, errors);
  }
  Status OnRecordErrors(std::string_view where, const RawRecords& records,
                        const RowErrors& errors) override {
    for (const RowError& error : errors.errors()) Kill(records, error.row);
    return policy_->OnRecordErrors(where, records, errors);
  }
  bool KeepsOrigins() const override { return true; }

 private:
  void Kill(const RawRecords& records, int32_t record) {
    if (&records == block_->records.get()) {
      block_->outcomes[record] = EventOutcome::kDead;
      return;
    }
    for (const int32_t processor : block_->used) {
      const Share& share = shares_[processor];
      if (share.records.get() != &records) continue;
      block_->outcomes[share.places[record]] = EventOutcome::kDead;
      return;
    }
  }

  ErrorPolicy* const policy_;
  std::optional<Block>& block_;
  const std::vector<Share>& shares_;
};

class Router : public Operator {
 public:
  explicit Router(RouterSpec spec) : spec_(std::move(spec)) {}

  Status Open(OperatorContext& context) override;
  Status AddInput(int, Batch batch) override {
    input_ = std::move(batch);
    return OkStatus();
  }
  StatusOr<Progress> Advance(Output& out) override;
  Status OnControl(int, const Control&) override { return OkStatus(); }
  Status OnTimer(int64_t now_ms) override {
    for (auto& processor : processors_) SL_TRY(processor->OnTimer(now_ms));
    FindNextTimer();
    return OkStatus();
  }
  int64_t NextTimerMs() const override { return next_timer_ms_; }

 private:
  struct Activation {
    std::atomic<bool> done{false};
    Status status;  // once done
  };

  void TakeProgram(RoutingSlot::Staged staged);
  void FindNextTimer();
  Status BeginBlock();
  Status ReadKeys();
  void Assign(std::string_view domain, std::string_view type, int32_t record);
  Status ReportUnrouted();
  StatusOr<bool> IsActivated();
  void StartProcessors();
  StatusOr<Progress> StepProcessors();
  void Collect();
  void Merge(int32_t sink, const std::vector<std::pair<int32_t, Batch>>& parts);
  void FinishBlock();

  const RouterSpec spec_;
  OperatorContext* context_ = nullptr;
  std::unique_ptr<RecordDecoder> key_decoder_;
  std::optional<EventErrors> errors_;
  Counter* events_in_ = nullptr;
  Counter* outcomes_[kNumOutcomes] = {};

  std::shared_ptr<const RoutingProgram> program_;
  std::vector<std::unique_ptr<Processor>> processors_;  // by the program's numbers
  std::vector<Share> shares_;                           // likewise; empty but for block_->used
  int64_t next_timer_ms_ = INT64_MAX;                   // of all processors, or earlier
  absl::flat_hash_map<std::string, KeyRoutes> known_keys_;
  std::string key_buffer_;
  std::map<std::string, uint64_t> activated_;  // origin -> version whose beginning there is durable
  std::shared_ptr<Activation> activation_;

  std::optional<Batch> input_;
  std::optional<Block> block_;
  std::vector<Processor::Result> results_;  // to be emitted, from next_result_ on
  size_t next_result_ = 0;
};

Status Router::Open(OperatorContext& context) {
  context_ = &context;
  const auto counter = [&](std::string_view name) {
    return context.metrics->Register(context.operator_name, name);
  };
  events_in_ = counter(metric::kEventsIn);
  outcomes_[static_cast<size_t>(EventOutcome::kSkipped)] = counter(metric::kEventsSkipped);
  outcomes_[static_cast<size_t>(EventOutcome::kRouted)] = counter(metric::kEventsRouted);
  outcomes_[static_cast<size_t>(EventOutcome::kForeign)] = counter(metric::kEventsForeign);
  outcomes_[static_cast<size_t>(EventOutcome::kUnknown)] = counter(metric::kEventsUnknown);
  outcomes_[static_cast<size_t>(EventOutcome::kDisabled)] = counter(metric::kEventsDisabled);
  outcomes_[static_cast<size_t>(EventOutcome::kDead)] = counter(metric::kEventsDead);
  SL_ASSIGN(key_decoder_, RecordDecoder::Make(spec_.key, *context.session));
  errors_.emplace(context.errors, &block_, &shares_);
  SL_ASSIGN(RoutingSlot::Staged first, spec_.slot->Attach(context, &*errors_));
  TakeProgram(std::move(first));
  return OkStatus();
}

// REQUIRES: no block is under way.
void Router::TakeProgram(RoutingSlot::Staged staged) {
  absl::flat_hash_map<const ProcessorPlan*, std::unique_ptr<Processor>> by_plan;
  for (auto* processors : {&processors_, &staged.fresh}) {
    for (auto& processor : *processors) {
      const ProcessorPlan* plan = processor->plan().get();
      by_plan[plan] = std::move(processor);
    }
  }
  processors_.clear();
  for (const auto& plan : staged.program->processors) {
    const auto found = by_plan.find(plan.get());
    SL_CHECK(found != by_plan.end());
    processors_.push_back(std::move(found->second));
  }
  shares_.resize(processors_.size());
  program_ = std::move(staged.program);
  known_keys_.clear();
  FindNextTimer();
  spec_.slot->Acknowledge(context_->subtask, program_->version);
}

void Router::FindNextTimer() {
  next_timer_ms_ = INT64_MAX;
  for (const auto& processor : processors_)
    next_timer_ms_ = std::min(next_timer_ms_, processor->NextTimerMs());
}

StatusOr<Progress> Router::Advance(Output& out) {
  if (!block_.has_value()) {
    if (spec_.slot->newest_version() != program_->version) {
      RoutingSlot::Staged staged = spec_.slot->Take(context_->subtask);
      if (staged.program != nullptr) TakeProgram(std::move(staged));
    }
    if (!input_.has_value()) return Progress::kNeedsInput;
    SL_TRY(BeginBlock());
  }
  if (!block_->is_started) {
    SL_ASSIGN(const bool is_activated, IsActivated());
    if (!is_activated) return Progress::kBlocked;
    StartProcessors();
  }
  if (!block_->is_collected) {
    SL_ASSIGN(const Progress progress, StepProcessors());
    if (progress != Progress::kNeedsInput) return progress;
    Collect();
  }
  if (next_result_ < results_.size()) {
    Processor::Result& result = results_[next_result_++];
    out.EmitTo(result.sink, std::move(result.batch));
    return Progress::kHasMore;
  }
  FinishBlock();
  return Progress::kHasMore;  // a program may have been staged meanwhile
}

// ---- Which events go where ----

Status Router::BeginBlock() {
  const Batch input = *std::exchange(input_, std::nullopt);
  const VectorView<int32_t> indexes = input.origins.indexes.View<int32_t>();
  std::vector<int32_t> places(input.num_rows);
  for (int32_t i = 0; i < input.num_rows; ++i) places[i] = indexes[i];
  Block& block = block_.emplace();
  block.records = Subset(input.origins.records, places);
  block.outcomes.assign(block.records->records.size(), EventOutcome::kSkipped);
  events_in_->Add(static_cast<int64_t>(block.records->records.size()));
  SL_TRY(ReadKeys());
  return ReportUnrouted();
}

Status Router::ReadKeys() {
  if (known_keys_.size() > kMaxKnownKeys) known_keys_.clear();
  const size_t num_records = block_->records->records.size();
  int32_t last_record = -1;
  RowErrors several;
  for (size_t next = 0; next < num_records;) {
    Batch keys;
    SL_ASSIGN(next, key_decoder_->Decode(block_->records, next, true, &keys));
    if (!key_decoder_->errors().empty()) {
      SL_TRY(errors_->OnRecordErrors(context_->operator_name, *block_->records,
                                     key_decoder_->errors()));
    }
    if (keys.num_rows == 0) continue;
    const VectorView<Text> domains = keys.columns[0].View<Text>();
    const VectorView<Text> types = keys.columns[1].View<Text>();
    const VectorView<int32_t> records = keys.origins.indexes.View<int32_t>();
    for (int32_t row = 0; row < keys.num_rows; ++row) {
      if (records[row] == last_record) {
        several.Add(last_record, ErrorCode::kBadRecord, "the record holds several events");
        continue;
      }
      last_record = records[row];
      Assign(domains.IsNull(row) ? "" : domains[row].view(),
             types.IsNull(row) ? "" : types[row].view(), last_record);
    }
  }
  if (several.empty()) return OkStatus();
  for (const int32_t processor : block_->used) {
    std::erase_if(shares_[processor].places,
                  [&](int32_t place) { return several.Find(place) != nullptr; });
  }
  return errors_->OnRecordErrors(context_->operator_name, *block_->records, several);
}

void Router::Assign(std::string_view domain, std::string_view type, int32_t record) {
  key_buffer_.assign(domain);
  key_buffer_.push_back('\0');
  key_buffer_.append(type);
  auto known = known_keys_.find(key_buffer_);
  if (known == known_keys_.end()) {
    known = known_keys_.emplace(key_buffer_, program_->table->Find(domain, type)).first;
  }
  const KeyRoutes& routes = known->second;
  switch (routes.outcome) {
    case KeyOutcome::kRouted: block_->outcomes[record] = EventOutcome::kRouted; break;
    case KeyOutcome::kForeign: block_->outcomes[record] = EventOutcome::kForeign; return;
    case KeyOutcome::kUnknown: block_->outcomes[record] = EventOutcome::kUnknown; return;
    case KeyOutcome::kDisabled: block_->outcomes[record] = EventOutcome::kDisabled; return;
  }
  for (const int32_t processor : routes.processors) {
    std::vector<int32_t>& places = shares_[processor].places;
    if (places.empty()) block_->used.push_back(processor);
    places.push_back(record);
  }
}

// Events that no processor gets, where they are to be kept as dead letters.
Status Router::ReportUnrouted() {
  RowErrors letters;
  for (size_t i = 0; i < block_->outcomes.size(); ++i) {
    const auto record = static_cast<int32_t>(i);
    if (block_->outcomes[i] == EventOutcome::kUnknown &&
        spec_.on_unknown == UnroutedPolicy::kDeadLetter) {
      letters.Add(record, ErrorCode::kUnknownEventType, "no route takes events of this type");
    } else if (block_->outcomes[i] == EventOutcome::kDisabled &&
               spec_.on_disabled == UnroutedPolicy::kDeadLetter) {
      letters.Add(record, ErrorCode::kDisabledRoute, "the route of this type is switched off");
    }
  }
  if (letters.empty()) return OkStatus();
  return errors_->OnRecordErrors(context_->operator_name, *block_->records, letters);
}

// ---- From the program's beginning in an origin to the end of a block ----

StatusOr<bool> Router::IsActivated() {
  const std::string& origin = *block_->records->origin;
  uint64_t& activated = activated_[origin];
  if (activated == program_->version || spec_.slot->log() == nullptr) return true;
  if (activation_ == nullptr) {
    activation_ = std::make_shared<Activation>();
    context_->io_pool->Run([activation = activation_, slot = spec_.slot, origin,
                            version = program_->version, offset = block_->records->offsets.front(),
                            wake = context_->wake] {
      activation->status = slot->log()(version, origin, offset);
      activation->done.store(true, std::memory_order_release);
      wake();
    });
  }
  if (!activation_->done.load(std::memory_order_acquire)) return false;
  SL_TRY(std::exchange(activation_, nullptr)->status);
  activated = program_->version;
  return true;
}

void Router::StartProcessors() {
  block_->is_started = true;
  std::sort(block_->used.begin(), block_->used.end());
  std::erase_if(block_->used, [this](int32_t p) { return shares_[p].places.empty(); });
  for (const int32_t p : block_->used) {
    shares_[p].records = Subset(block_->records, shares_[p].places);
    processors_[p]->Start(shares_[p].records);
  }
}

StatusOr<Progress> Router::StepProcessors() {
  bool is_blocked = false;
  for (const int32_t p : block_->used) {
    SL_ASSIGN(const Progress progress, processors_[p]->Step());
    is_blocked |= progress == Progress::kBlocked;
  }
  return is_blocked ? Progress::kBlocked : Progress::kNeedsInput;
}

// Rows of several processors for one sink are put into the order of their events, if the sink has a
// key; otherwise it does not matter.
void Router::Collect() {
  block_->is_collected = true;
  std::map<int32_t, std::vector<std::pair<int32_t, Batch>>> by_sink;
  for (const int32_t p : block_->used) {
    for (Processor::Result& result : processors_[p]->results()) {
      by_sink[result.sink].emplace_back(p, std::move(result.batch));
    }
    processors_[p]->results().clear();
  }
  results_.clear();
  next_result_ = 0;
  for (auto& [sink, parts] : by_sink) {
    const bool is_one = parts.front().first == parts.back().first;
    if (!is_one && spec_.sink_has_key[sink]) {
      Merge(sink, parts);
      continue;
    }
    for (auto& [processor, batch] : parts) results_.push_back({sink, std::move(batch)});
  }
}

void Router::Merge(int32_t sink, const std::vector<std::pair<int32_t, Batch>>& parts) {
  struct Place {
    int32_t record;
    RowOfVector row;
  };
  std::vector<Place> places;
  for (size_t i = 0; i < parts.size(); ++i) {
    const auto& [processor, batch] = parts[i];
    const VectorView<int32_t> indexes = batch.origins.indexes.View<int32_t>();
    const std::vector<int32_t>& records = shares_[processor].places;
    for (int32_t row = 0; row < batch.num_rows; ++row) {
      places.push_back({records[indexes[row]], {static_cast<int32_t>(i), row}});
    }
  }
  std::stable_sort(places.begin(), places.end(),
                   [](const Place& a, const Place& b) { return a.record < b.record; });
  for (size_t begin = 0; begin < places.size(); begin += kMaxBatchRows) {
    const size_t num_rows = std::min<size_t>(places.size() - begin, kMaxBatchRows);
    Batch merged;
    merged.num_rows = static_cast<int32_t>(num_rows);
    VectorBuilder records(Type::Int().NotNull(), merged.num_rows);
    std::vector<RowOfVector> rows;
    for (size_t i = 0; i < num_rows; ++i) {
      records.values<int32_t>()[i] = places[begin + i].record;
      rows.push_back(places[begin + i].row);
    }
    const Batch& first = parts.front().second;
    for (size_t column = 0; column < first.columns.size(); ++column) {
      std::vector<Vector> vectors;
      for (const auto& [processor, batch] : parts) vectors.push_back(batch.columns[column]);
      merged.columns.push_back(GatherFrom(first.columns[column].type().Nullable(), vectors, rows));
    }
    merged.origins = {block_->records, records.Finish()};
    merged.oldest_row_us = first.oldest_row_us;
    merged.pinned_bytes = static_cast<int64_t>(block_->records->pinned_bytes);
    results_.push_back({sink, std::move(merged)});
  }
}

void Router::FinishBlock() {
  int64_t counts[kNumOutcomes] = {};
  for (const EventOutcome outcome : block_->outcomes) ++counts[static_cast<size_t>(outcome)];
  for (size_t i = 0; i < kNumOutcomes; ++i) outcomes_[i]->Add(counts[i]);
  for (const int32_t p : block_->used) {
    shares_[p].records.reset();
    shares_[p].places.clear();
    next_timer_ms_ = std::min(next_timer_ms_, processors_[p]->NextTimerMs());
  }
  block_.reset();
  results_.clear();
  next_result_ = 0;
}

}  // namespace

std::unique_ptr<Operator> MakeRouter(RouterSpec spec) {
  return std::make_unique<Router>(std::move(spec));
}

}  // namespace sluice
