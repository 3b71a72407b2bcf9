// One batch at a time: its keys are computed and probed; if some are not in the cache, one request
// for all of them runs on the I/O pool and the operator is blocked until its answer is in the
// cache; then the batch goes on, in pieces of at most kMaxBatchRows. The next batch waits in front
// meanwhile, so that order holds by itself. A FULL cache is loaded beside the task and swapped in
// between two batches. Everything but the bodies given to IoAttempts runs on the task's thread.
#include "operators/lookup_join.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "base/strings.h"
#include "expr/program.h"
#include "operators/dimension_cache.h"
#include "operators/io_attempts.h"
#include "operators/lookup_key.h"
#include "types/civil_time.h"
#include "types/decimal.h"
#include "types/number_text.h"
#include "types/value.h"

namespace sluice {
namespace {

// How often a table that can tell is asked whether its content has changed.
constexpr int64_t kVersionCheckMs = 1000;

std::shared_ptr<int32_t[]> NewRows(int32_t num_rows) {
  return std::shared_ptr<int32_t[]>(new int32_t[std::max(num_rows, 1)]);
}

// A key for a message.
std::string ShowKey(const Vector& column, int32_t row) {
  const Value value = GetValue(column, row);
  const Type& type = column.type();
  char buffer[64];
  switch (type.kind()) {
    case TypeKind::kChar:
    case TypeKind::kVarChar: return StrCat("'", value.as_text().substr(0, 100), "'");
    case TypeKind::kDate:
      return std::string(buffer, WriteDate(static_cast<int32_t>(value.as_int()), buffer));
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampLtz:
      return std::string(buffer, WriteTimestamp(value.as_timestamp(), type.precision(), buffer));
    case TypeKind::kDecimal:
      return FormatDecimal(
          type.layout() == Layout::kInt128 ? value.as_int128() : Int128{value.as_int()},
          type.scale());
    case TypeKind::kFloat:
    case TypeKind::kDouble: return std::string(buffer, FormatDouble(value.as_double(), buffer));
    case TypeKind::kBinary:
    case TypeKind::kVarBinary: return StrCat(value.as_text().size(), " bytes");
    default: return std::to_string(value.as_int());
  }
}

// The rows of a reply that pass a condition on the dimension's columns alone.
class ReplyFilter {
 public:
  ReplyFilter(std::shared_ptr<const Program> program, const Session& session)
      : evaluator_(std::move(program), session) {}

  void Apply(int64_t now_ms, LookupReply* reply) {
    std::shared_ptr<int32_t[]> kept = NewRows(reply->num_rows);
    int32_t num_kept = 0;
    for (int32_t begin = 0; begin < reply->num_rows; begin += kMaxBatchRows) {
      const int32_t num_rows = std::min(reply->num_rows - begin, kMaxBatchRows);
      std::shared_ptr<int32_t[]> slice = NewRows(num_rows);
      for (int32_t i = 0; i < num_rows; ++i) slice[i] = begin + i;
      std::vector<Vector> columns;
      for (const Vector& column : reply->columns) columns.push_back(column.Select(slice, num_rows));
      evaluator_.Run(columns, num_rows, now_ms, result_);
      for (int32_t i = 0; i < result_.num_rows; ++i) {
        kept[num_kept++] = begin + (result_.selection == nullptr ? i : result_.selection[i]);
      }
    }
    if (num_kept == reply->num_rows) return;
    for (Vector& column : reply->columns) column = column.Select(kept, num_kept);
    if (!reply->key_of_row.empty()) {
      for (int32_t i = 0; i < num_kept; ++i) reply->key_of_row[i] = reply->key_of_row[kept[i]];
      reply->key_of_row.resize(num_kept);
    }
    reply->num_rows = num_kept;
  }

 private:
  Evaluator evaluator_;
  EvalResult result_;
};

// What a request for keys shares with the I/O thread.
struct KeyRequest {
  std::vector<Vector> keys;
  int32_t num_keys = 0;
  LookupReply reply;
};

// The same for loading a whole table.
struct LoadRequest {
  int64_t version = 0;
  std::unique_ptr<DimensionCache> cache;  // null: the content has not changed
};

class LookupJoin : public Operator {
 public:
  explicit LookupJoin(LookupJoinSpec spec);

  Status Open(OperatorContext& context) override;
  Status AddInput(int, Batch batch) override {
    input_ = std::move(batch);
    return OkStatus();
  }
  StatusOr<Progress> Advance(Output& out) override;
  Status OnControl(int, const Control&) override { return OkStatus(); }
  Status OnTimer(int64_t now_ms) override {
    if (now_ms >= next_load_ms_) StartLoad();
    return OkStatus();
  }
  int64_t NextTimerMs() const override { return next_load_ms_; }
  bool IsWarm() const override { return cache_ != nullptr; }

 private:
  // Rows of the input with what was found for them.
  struct Piece {
    std::shared_ptr<int32_t[]> input_rows = NewRows(kMaxBatchRows);
    std::shared_ptr<int32_t[]> found_rows = NewRows(kMaxBatchRows);
    int32_t num_rows = 0;

    void Add(int32_t input_row, int32_t found_row) {
      input_rows[num_rows] = input_row;
      found_rows[num_rows++] = found_row;
    }
    bool IsWholeInput(int32_t num_input_rows) const {
      if (num_rows != num_input_rows) return false;
      int32_t differences = 0;
      for (int32_t i = 0; i < num_rows; ++i) differences |= input_rows[i] ^ i;
      return differences == 0;
    }
  };
  // How far the matches of the input have been used.
  struct Cursor {
    int32_t row = 0;
    int32_t match = 0;     // within the row
    bool settled = false;  // a match of the row has passed the condition, or has failed
  };

  void SplitCondition();
  void StartLoad();
  Status TakeLoaded();
  Status Probe();
  Status DropFailedKeys();
  void StartRequest(const std::vector<int32_t>& asked);
  StatusOr<Progress> TakeReply();
  Piece Pair();
  StatusOr<Piece> PairIf();
  Piece Candidates(Cursor* end) const;
  Status Check(const Piece& candidates, RowErrors* failed);
  Batch Join(const Piece& piece);
  Status Failure(const Status& status, const KeyRequest* request) const;
  int64_t NowMs() const { return context_->env->MonotonicUs() / 1000; }

  const LookupJoinSpec spec_;
  const bool is_full_;
  LookupSpec fetched_;  // what the source gives: spec_.lookup, and the keys if is_full_
  std::vector<int32_t> key_places_;  // among fetched_.columns, if is_full_
  std::vector<Type> fetched_types_;
  const std::shared_ptr<const Program> key_program_;
  std::shared_ptr<const Program> reply_program_;  // may be null
  std::shared_ptr<const Program> pair_program_;   // may be null
  std::vector<int32_t> pair_columns_;             // that pair_program_ reads

  OperatorContext* context_ = nullptr;
  std::shared_ptr<LookupSource> source_;
  std::optional<IoAttempts> attempts_;
  std::optional<Evaluator> key_evaluator_;
  std::optional<ReplyFilter> reply_filter_;
  std::optional<Evaluator> pair_evaluator_;
  Counter* hits_ = nullptr;
  Counter* misses_ = nullptr;
  Counter* filtered_ = nullptr;

  std::unique_ptr<DimensionCache> cache_;  // null: the first load is not finished
  // The batch at hand.
  std::optional<Batch> input_;
  bool probed_ = false;
  EvalResult key_result_;
  LookupKeys keys_;  // pointing into key_result_
  std::vector<LookupMatch> matches_;
  std::shared_ptr<KeyRequest> request_;
  Cursor cursor_;
  EvalResult pair_result_;
  std::vector<uint8_t> passes_;  // of the candidates at hand
  // FULL.
  std::shared_ptr<LoadRequest> load_;
  int64_t known_version_ = 0;
  int64_t next_load_ms_ = INT64_MAX;    // the next look at the version, or reload
  int64_t next_reload_ms_ = INT64_MAX;  // whatever the version says
};

LookupJoin::LookupJoin(LookupJoinSpec spec)
    : spec_(std::move(spec)),
      // Files have no index that could be asked: they are always held whole.
      is_full_(spec_.cache.kind == LookupCache::kFull || spec_.connector->raw_source),
      fetched_(spec_.lookup),
      key_program_(Program::Compile(nullptr, spec_.keys)) {
  for (int32_t key : is_full_ ? spec_.lookup.key_columns : std::vector<int32_t>()) {
    auto place = std::find(fetched_.columns.begin(), fetched_.columns.end(), key);
    if (place == fetched_.columns.end()) place = fetched_.columns.insert(place, key);
    key_places_.push_back(static_cast<int32_t>(place - fetched_.columns.begin()));
  }
  for (int32_t column : fetched_.columns) {
    fetched_types_.push_back(spec_.table.columns[column].type);
  }
  SplitCondition();
}

// What reads only the dimension and cannot fail is applied once, when rows are fetched; the rest to
// every pair of rows.
void LookupJoin::SplitCondition() {
  if (spec_.condition == nullptr) return;
  const int32_t num_inputs = spec_.num_input_columns;
  std::vector<ExprPtr> replacements(num_inputs);
  for (size_t i = 0; i < spec_.lookup.columns.size(); ++i) {
    replacements.push_back(MakeColumn(static_cast<int32_t>(i), fetched_types_[i]));
  }
  std::vector<ExprPtr> on_reply;
  std::vector<ExprPtr> on_pairs;
  for (const ExprPtr& part : SplitConjunction(spec_.condition)) {
    std::vector<int32_t> columns;
    CollectColumns(*part, &columns);
    const bool reads_input = !columns.empty() && columns.front() < num_inputs;
    if (!reads_input && IsDeterministic(*part) && !CanFail(*part)) {
      on_reply.push_back(ReplaceColumns(part, replacements));
    } else {
      on_pairs.push_back(part);
      CollectColumns(*part, &pair_columns_);
    }
  }
  const auto compile = [](std::vector<ExprPtr> parts) -> std::shared_ptr<const Program> {
    if (parts.empty()) return nullptr;
    ExprPtr all = parts.size() == 1 ? parts[0] : MakeAnd(std::move(parts));
    return Program::Compile(std::move(all), {});
  };
  reply_program_ = compile(std::move(on_reply));
  pair_program_ = compile(std::move(on_pairs));
}

Status LookupJoin::Open(OperatorContext& context) {
  context_ = &context;
  for (const ExprPtr& key : spec_.keys) {
    if (IsLookupKeyType(key->type)) continue;
    return absl::UnimplementedError(StrCat("lookup in table ", spec_.table.name,
                                           " by a key of type ", key->type.ToString(),
                                           " is not supported"));
  }
  filtered_ = context.metrics->Register(context.operator_name, metric::kRecordsFiltered);
  hits_ = context.metrics->Register(context.operator_name, metric::kLookupHits);
  misses_ = context.metrics->Register(context.operator_name, metric::kLookupMisses);
  const Session& session = *context.session;
  key_evaluator_.emplace(key_program_, session);
  if (reply_program_ != nullptr) reply_filter_.emplace(reply_program_, session);
  if (pair_program_ != nullptr) pair_evaluator_.emplace(pair_program_, session);
  SL_ASSIGN(source_, spec_.connector->make_lookup(spec_.table, fetched_, session));
  attempts_.emplace(context, spec_.max_retries, source_->RetryWindowMs());
  SL_TRY(source_->Open(context));
  if (is_full_) {
    StartLoad();
    return OkStatus();
  }
  const LookupCacheSpec& cache = spec_.cache;
  CacheLimits limits;
  if (cache.kind == LookupCache::kPartial) {
    limits = {.max_keys = cache.max_rows,
              .expire_after_write_ms = cache.expire_after_write_ms,
              .expire_after_access_ms = cache.expire_after_access_ms,
              .keep_missing_keys = cache.cache_missing_key};
  }
  cache_ = std::make_unique<DimensionCache>(fetched_types_, spec_.left_outer, limits);
  return OkStatus();
}

StatusOr<Progress> LookupJoin::Advance(Output& out) {
  if (is_full_ && !probed_) SL_TRY(TakeLoaded());
  if (!input_.has_value()) return Progress::kNeedsInput;
  if (cache_ == nullptr) return Progress::kBlocked;
  if (!probed_) SL_TRY(Probe());
  if (request_ != nullptr) {
    SL_ASSIGN(const Progress progress, TakeReply());
    if (progress == Progress::kBlocked) return progress;
  }
  while (cursor_.row < input_->num_rows) {
    Piece piece;
    if (pair_program_ == nullptr) {
      piece = Pair();
    } else {
      SL_ASSIGN(piece, PairIf());
    }
    if (piece.num_rows == 0) continue;
    out.Emit(Join(piece));
    if (cursor_.row < input_->num_rows) return Progress::kHasMore;
  }
  input_.reset();
  probed_ = false;
  return Progress::kNeedsInput;
}

// ---- A batch against the cache ----

Status LookupJoin::Probe() {
  key_evaluator_->Run(input_->columns, input_->num_rows, context_->env->WallMs(), key_result_);
  if (!key_result_.errors.empty()) SL_TRY(DropFailedKeys());
  probed_ = true;
  cursor_ = {};
  const int32_t num_rows = input_->num_rows;
  keys_.Compute(key_result_.columns, num_rows);
  matches_.resize(num_rows);
  const int64_t now_ms = NowMs();
  if (is_full_ || spec_.cache.kind == LookupCache::kPartial) {
    cache_->Prepare(now_ms);
  } else {
    cache_->Clear();
  }
  const std::vector<int32_t>& asked = cache_->Find(keys_, now_ms, matches_.data());
  const auto num_asked = static_cast<int64_t>(asked.size());
  hits_->Add(num_rows - num_asked);
  misses_->Add(num_asked);
  if (num_asked > 0) StartRequest(asked);
  return OkStatus();
}

// Rows whose key cannot be computed are dead letters, or fail the job.
Status LookupJoin::DropFailedKeys() {
  const RowErrors& errors = key_result_.errors;
  SL_TRY(context_->errors->OnRowErrors(context_->operator_name, *input_, errors));
  std::shared_ptr<int32_t[]> kept = NewRows(input_->num_rows);
  int32_t num_kept = 0;
  for (int32_t row = 0; row < input_->num_rows; ++row) {
    if (errors.Find(row) == nullptr) kept[num_kept++] = row;
  }
  input_ = input_->Select(kept, num_kept);
  for (Vector& column : key_result_.columns) column = column.Select(kept, num_kept);
  return OkStatus();
}

void LookupJoin::StartRequest(const std::vector<int32_t>& asked) {
  request_ = std::make_shared<KeyRequest>();
  request_->num_keys = static_cast<int32_t>(asked.size());
  for (const Vector& column : key_result_.columns) {
    VectorBuilder builder(column.type().NotNull(), request_->num_keys);
    for (int32_t k = 0; k < request_->num_keys; ++k) builder.CopyRow(k, column, asked[k]);
    request_->keys.push_back(builder.Finish());
  }
  attempts_->Start([source = source_, request = request_] {
    request->reply = LookupReply();
    return source->Lookup(request->keys, request->num_keys, request->reply);
  });
}

StatusOr<Progress> LookupJoin::TakeReply() {
  const StatusOr<Progress> progress = attempts_->Poll();
  if (!progress.ok()) return Failure(progress.status(), request_.get());
  if (*progress == Progress::kBlocked) return Progress::kBlocked;
  LookupReply reply = std::move(std::exchange(request_, nullptr)->reply);
  if (reply_filter_.has_value()) reply_filter_->Apply(context_->env->WallMs(), &reply);
  cache_->Resolve(keys_, std::move(reply), NowMs(), matches_.data());
  return Progress::kNeedsInput;
}

Status LookupJoin::Failure(const Status& status, const KeyRequest* request) const {
  std::string message =
      StrCat(ErrorCodeName(ErrorCode::kLookupFailed), " lookup in table ", spec_.table.name);
  if (request != nullptr) {
    for (size_t c = 0; c < request->keys.size(); ++c) {
      const TableColumn& column = spec_.table.columns[spec_.lookup.key_columns[c]];
      StrAppend(&message, c == 0 ? " for " : " and ", column.name, " = ",
                ShowKey(request->keys[c], 0));
    }
    if (request->num_keys > 1) StrAppend(&message, " (and ", request->num_keys - 1, " other keys)");
  }
  const int32_t tries = attempts_->num_tries();
  StrAppend(&message, " failed after ", tries, tries == 1 ? " try: " : " tries: ");
  const absl::string_view reason = status.message();
  StrAppend(&message, std::string_view(reason.data(), reason.size()));
  return Status(status.code(), message);
}

// ---- FULL ----

void LookupJoin::StartLoad() {
  if (attempts_->running()) return;
  next_load_ms_ = INT64_MAX;
  load_ = std::make_shared<LoadRequest>();
  const bool always = cache_ == nullptr || context_->env->WallMs() >= next_reload_ms_;
  attempts_->Start([source = source_, load = load_, always, known = known_version_,
                    types = fetched_types_, outer = spec_.left_outer, program = reply_program_,
                    key_places = key_places_, session = context_->session,
                    env = context_->env]() -> Status {
    // Asked for first: a change while the table is being read is seen the next time.
    load->version = source->ContentVersion();
    if (!always && load->version == known) return OkStatus();
    std::vector<LookupReply> blocks;
    std::optional<ReplyFilter> filter;
    if (program != nullptr) filter.emplace(program, *session);
    for (bool done = false; !done;) {
      LookupReply& block = blocks.emplace_back();
      SL_TRY(source->ScanAll(block, done));
      if (filter.has_value()) filter->Apply(env->WallMs(), &block);
      if (block.num_rows == 0) blocks.pop_back();
    }
    auto cache = std::make_unique<DimensionCache>(types, outer, CacheLimits());
    cache->Load(blocks, key_places);
    load->cache = std::move(cache);
    return OkStatus();
  });
}

Status LookupJoin::TakeLoaded() {
  if (load_ == nullptr) return OkStatus();
  const StatusOr<Progress> progress = attempts_->Poll();
  if (progress.ok() && *progress == Progress::kBlocked) return OkStatus();
  const std::shared_ptr<LoadRequest> load = std::exchange(load_, nullptr);
  const int64_t now_ms = context_->env->WallMs();
  if (!progress.ok()) {
    const Status failure = Failure(progress.status(), nullptr);
    if (cache_ == nullptr) return failure;
    LogWarning(StrCat("the content of before stays in use: ",
                      std::string_view(failure.message().data(), failure.message().size())));
    next_load_ms_ = now_ms + std::max(spec_.cache.reload_interval_ms, kVersionCheckMs);
    return OkStatus();
  }
  known_version_ = load->version;
  if (load->cache != nullptr) {
    cache_ = std::move(load->cache);
    if (spec_.cache.reload_interval_ms > 0) {
      next_reload_ms_ = now_ms + spec_.cache.reload_interval_ms;
    }
  }
  next_load_ms_ = next_reload_ms_;
  if (known_version_ != 0) next_load_ms_ = std::min(next_load_ms_, now_ms + kVersionCheckMs);
  return OkStatus();
}

// ---- The result ----

LookupJoin::Piece LookupJoin::Pair() {
  Piece piece;
  Cursor at = cursor_;
  int64_t num_filtered = 0;
  while (at.row < input_->num_rows && piece.num_rows < kMaxBatchRows) {
    const LookupMatch match = matches_[at.row];
    if (match.count == 0) {
      if (spec_.left_outer) {
        piece.Add(at.row, DimensionCache::kNullRow);
      } else {
        ++num_filtered;
      }
      ++at.row;
      continue;
    }
    piece.Add(at.row, match.first + at.match);
    if (++at.match == match.count) at = {.row = at.row + 1};
  }
  cursor_ = at;
  if (num_filtered > 0) filtered_->Add(num_filtered);
  return piece;
}

// The next pairs to check, so many that the result fits into a batch: also a row that finds nothing
// makes one row.
LookupJoin::Piece LookupJoin::Candidates(Cursor* end) const {
  Piece candidates;
  Cursor at = cursor_;
  for (int32_t budget = kMaxBatchRows; budget > 0 && at.row < input_->num_rows; --budget) {
    const LookupMatch match = matches_[at.row];
    if (match.count > 0) candidates.Add(at.row, match.first + at.match);
    if (++at.match >= match.count) at = {.row = at.row + 1};
  }
  *end = at;
  return candidates;
}

StatusOr<LookupJoin::Piece> LookupJoin::PairIf() {
  Cursor end;
  const Piece candidates = Candidates(&end);
  RowErrors failed;
  SL_TRY(Check(candidates, &failed));
  Piece piece;
  int32_t candidate = 0;
  int64_t num_filtered = 0;
  Cursor at = cursor_;
  while (at.row != end.row || at.match != end.match) {
    const LookupMatch match = matches_[at.row];
    if (match.count > 0) {
      const bool fails = !failed.empty() && failed.Find(at.row) != nullptr;
      const bool passes = passes_[candidate] != 0 && !fails;
      if (passes) piece.Add(at.row, candidates.found_rows[candidate]);
      at.settled |= passes || fails;
      ++candidate;
      if (++at.match < match.count) continue;
    }
    if (!at.settled && spec_.left_outer) piece.Add(at.row, DimensionCache::kNullRow);
    num_filtered += !at.settled && !spec_.left_outer;
    at = {.row = at.row + 1};
  }
  cursor_ = at;
  if (num_filtered > 0) filtered_->Add(num_filtered);
  return piece;
}

// Sets passes_; rows of the input on which the condition fails go to `failed` and are dealt with.
Status LookupJoin::Check(const Piece& candidates, RowErrors* failed) {
  const int32_t num_rows = candidates.num_rows;
  passes_.assign(num_rows, 0);
  if (num_rows == 0) return OkStatus();
  std::vector<Vector> columns(spec_.num_input_columns + fetched_types_.size());
  for (int32_t column : pair_columns_) {
    const int32_t fetched = column - spec_.num_input_columns;
    columns[column] = fetched < 0 ? input_->columns[column].Select(candidates.input_rows, num_rows)
                                  : cache_->Gather(fetched, candidates.found_rows, num_rows);
  }
  pair_evaluator_->Run(columns, num_rows, context_->env->WallMs(), pair_result_);
  for (int32_t i = 0; i < pair_result_.num_rows; ++i) {
    passes_[pair_result_.selection == nullptr ? i : pair_result_.selection[i]] = 1;
  }
  if (pair_result_.errors.empty()) return OkStatus();
  for (const RowError& error : pair_result_.errors.errors()) {
    failed->Add(candidates.input_rows[error.row], error.code, error.detail);
  }
  return context_->errors->OnRowErrors(context_->operator_name, *input_, *failed);
}

Batch LookupJoin::Join(const Piece& piece) {
  Batch result = *input_;
  result.columns.clear();
  for (int32_t column : spec_.output_input) result.columns.push_back(input_->columns[column]);
  // Marks go with the last piece of their row.
  const auto later =
      std::partition_point(input_->marks.begin(), input_->marks.end(),
                           [this](const WatermarkMark& mark) { return mark.row < cursor_.row; });
  result.marks.assign(input_->marks.begin(), later);
  input_->marks.erase(input_->marks.begin(), later);
  if (!piece.IsWholeInput(input_->num_rows)) {
    result = result.Select(piece.input_rows, piece.num_rows);
  }
  for (int32_t column : spec_.output_lookup) {
    result.columns.push_back(cache_->Gather(column, piece.found_rows, piece.num_rows));
  }
  return result;
}

}  // namespace

std::unique_ptr<Operator> MakeLookupJoin(LookupJoinSpec spec) {
  return std::make_unique<LookupJoin>(std::move(spec));
}

}  // namespace sluice
