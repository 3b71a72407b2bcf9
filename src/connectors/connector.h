// Connectors: where tables live. One file each in connectors/ (a folder once it is long),
// registered in connectors/connector_list.inc.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/env.h"
#include "base/metrics.h"
#include "base/options.h"
#include "base/status.h"
#include "formats/format.h"
#include "functions/session.h"
#include "types/batch.h"
#include "types/raw_records.h"
#include "types/row_errors.h"

namespace sluice {

// kBlocked: nothing to do until the waker of the task is called.
enum class Progress : uint8_t { kNeedsInput, kHasMore, kBlocked, kFinished };

// Runs blocking work beside the workers. Thread-safe.
class IoPool {
 public:
  virtual ~IoPool() = default;
  // `work` runs on some I/O thread, once; when the job is cancelled, work that has not begun is
  // dropped. Its end must be posted to whoever waits (usually by TaskContext::wake). It owns or
  // shares all that it touches but the TaskContext, which outlives it.
  virtual void Run(std::function<void()> work) = 0;
};

// What a source, sink or operator gets from the task that owns it. Valid until that task ends.
struct TaskContext {
  const Session* session = nullptr;
  Env* env = nullptr;
  IoPool* io_pool = nullptr;
  Metrics* metrics = nullptr;
  std::string operator_name;  // for metrics and messages
  int32_t subtask = 0;        // 0 … parallelism - 1
  int32_t parallelism = 1;
  std::function<void()> wake;  // thread-safe: the task will be scheduled again
  std::function<void(int64_t monotonic_us)>
      wake_at;  // the same, at that time of Env::MonotonicUs; only from the task's own calls
};

// How far a source has read: opaque text per partition ("file path" -> byte offset), so that it can
// be stored and shown.
struct SourcePosition {
  std::map<std::string, int64_t> offsets;
};

// What one Poll gives: raw records for the decoder, or a batch of the columns in ScanSpec order, or
// neither.
struct SourceOutput {
  std::optional<RawRecords> records;
  RowErrors
      errors;  // if not empty: every record of `records` has one (too long, …) and none is decoded
  std::optional<Batch> batch;
  int64_t lag_records = -1;  // records known to wait, -1 if unknown
};

class Source {  // owned and called by one task; never blocks
 public:
  virtual ~Source() = default;
  virtual Status Open(const SourcePosition& resume_from, TaskContext& context) = 0;
  // At most one block a call. kFinished after the last one of a bounded source.
  virtual StatusOr<Progress> Poll(SourceOutput& out) = 0;
  virtual SourcePosition Position() const = 0;  // behind all that Poll handed out
  virtual Status OnDurable(const SourcePosition&) { return OkStatus(); }
};

// Rows of a batch that a store refuses for what is in them.
struct RejectedRows {
  Batch batch;
  RowErrors errors;
};

class Sink {  // owned and called by one task; never blocks
 public:
  virtual ~Sink() = default;
  virtual Status Open(TaskContext& context) = 0;
  // Takes the batch (kNeedsInput: ready for the next; kBlocked: taken, but wait for wake before the
  // next).
  virtual StatusOr<Progress> Write(const Batch& batch) = 0;
  // Asks that everything written so far becomes durable; kNeedsInput when it is, kBlocked: ask
  // again after wake.
  virtual StatusOr<Progress> Flush() = 0;
  // Called after a wake when there is nothing to write or to flush: what failed may be tried again,
  // a failure is told. Answers as Write.
  virtual StatusOr<Progress> Resume() { return Progress::kNeedsInput; }
  // What the store has refused since the last call; asked for after each of the calls above. Such
  // rows are not written, all others are.
  virtual std::vector<RejectedRows> TakeRejected() { return {}; }
  // After the last Flush at the end of the input: makes the result final.
  virtual Status Close() { return OkStatus(); }
};

// Rows found for a batch of keys.
struct LookupReply {
  std::vector<Vector> columns;  // of LookupSpec::columns, num_rows long; own all their text
  int32_t num_rows = 0;
  std::vector<int32_t> key_of_row;  // row -> index of the key that found it, ascending
};

class LookupSource {  // may block: called on the I/O pool, one call at a time
 public:
  virtual ~LookupSource() = default;
  virtual Status Open(TaskContext& context) = 0;
  // Rows whose key columns equal a key; keys[c] is the column LookupSpec::key_columns[c], without
  // NULLs, keys distinct.
  virtual Status Lookup(const std::vector<Vector>& keys, int32_t num_keys, LookupReply& out) = 0;
  // All rows (for FULL caches and small files), in blocks, key_of_row unused; `done` when there are
  // no more.
  virtual Status ScanAll(LookupReply& out, bool& done) = 0;
  // Changes when a FULL cache should be loaded again at once (a file was replaced); constant
  // otherwise.
  virtual int64_t ContentVersion() { return 0; }
  // How long a call that fails with Unavailable is tried again, however often that is.
  virtual int64_t RetryWindowMs() const { return 0; }
};

enum class ColumnRole : uint8_t { kPhysical, kMetadata };
struct TableColumn {
  std::string name;
  Type type;
  ColumnRole role = ColumnRole::kPhysical;
  std::string metadata_key;
};

// A table as a connector sees it: DDL without computed columns, options with secrets filled in.
struct TableInfo {
  std::string name;  // as the user wrote it, for messages
  std::vector<TableColumn> columns;
  std::vector<int32_t> primary_key;  // indexes into columns
  std::vector<int32_t> partitioned_by;
  Options options;

  Schema PhysicalSchema() const;
};

struct ScanSpec {  // what a source with typed batches must produce; raw sources only look at
                   // metadata
  std::vector<int32_t> columns;  // of TableInfo::columns
};
struct LookupSpec {
  std::vector<int32_t> key_columns;
  std::vector<int32_t> columns;
};
struct SinkSpec {
  std::vector<int32_t>
      columns;          // the columns that the INSERT gives, in batch order (others are NULL)
  bool upsert = false;  // the input has updates: +I/+U/-D by primary key arrive, never -U
};

// How a job uses a table; exactly one is set.
struct TableUse {
  const ScanSpec* scan = nullptr;
  const LookupSpec* lookup = nullptr;
  const SinkSpec* sink = nullptr;
};

enum class ChangelogSupport : uint8_t { kAppend, kUpsert, kAll };

struct Connector {
  std::string_view name;
  std::string_view help;
  std::span<const OptionSpec> options;
  bool uses_format = false;       // 'format' and its options are allowed and needed
  bool raw_source = false;        // Poll gives raw records: needs a decoder
  bool available = true;          // false: known, validates, cannot run yet
  bool single_sink_task = false;  // the sink cannot be written by several tasks at once: one
                                  // terminal, one file, one database file
  bool has_keys = false;          // its records have keys: 'key.format', 'value.format' and so on
  std::span<const std::string_view> metadata_keys = {};
  std::span<const std::string_view> writable_metadata = {};  // of those: what a sink takes
  StatusOr<std::unique_ptr<Source>> (*make_source)(const TableInfo&, const ScanSpec&,
                                                   const Session&) = nullptr;
  // Of raw sources that need more than the table's format to decode a record; null: the format's.
  StatusOr<std::unique_ptr<Decoder>> (*make_decoder)(const TableInfo&, const DecodeSpec&,
                                                     const Session&) = nullptr;
  StatusOr<std::unique_ptr<Sink>> (*make_sink)(const TableInfo&, const SinkSpec&,
                                               const Session&) = nullptr;
  StatusOr<std::unique_ptr<LookupSource>> (*make_lookup)(const TableInfo&, const LookupSpec&,
                                                         const Session&) = nullptr;
  // Which changes its sink takes for this table (kUpsert needs a primary key).
  ChangelogSupport (*sink_changelog)(const TableInfo&) = nullptr;
  // Type of a metadata column, or null.
  const Type* (*metadata_type)(std::string_view key) = nullptr;
  // True if the source ends by itself with these options.
  bool (*is_bounded)(const TableInfo&) = nullptr;
  // Further checks of options and columns that need no connection; all problems at once.
  std::vector<OptionProblem> (*check)(const TableInfo&) = nullptr;
  // Connects as a job with this use would, looks whether the store fits, and changes nothing. Null:
  // there is nothing to connect to.
  Status (*try_connect)(const TableInfo&, const TableUse&, const Session&) = nullptr;
  // Another name for a connector, with options of its own: those that all others read instead, once
  // they have been checked.
  Options (*translate)(const TableInfo&) = nullptr;
};

// All connectors of connectors/connector_list.inc.
std::span<const Connector> AllConnectors();
const Connector* FindConnector(std::string_view name);

}  // namespace sluice
