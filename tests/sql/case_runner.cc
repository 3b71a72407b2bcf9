// A case gets a workspace of its own, with the settings and tables that stand above it, so that
// cases neither depend on each other nor on their order.
#include "case_runner.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <mutex>
#include <sstream>

#include "base/json_text.h"
#include "base/strings.h"
#include "engine/engine.h"
#include "functions/cast.h"
#include "re2/re2.h"
#include "split.h"

namespace sluice::golden {

namespace {

namespace fs = std::filesystem;

constexpr int64_t kTimeoutMs = 20'000;

StatusOr<std::string> ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  if (!file.is_open()) return absl::NotFoundError(StrCat(path.string(), " cannot be read"));
  return content.str();
}

// Keeps the rows of a query as text.
class RowCollector : public RowReceiver {
 public:
  explicit RowCollector(const Session& session) : session_(session) {}

  Status OnBatch(const Batch& batch) override {
    const std::lock_guard lock(mutex_);
    for (int32_t i = 0; i < batch.num_rows; ++i) {
      Row row{.sink = "", .kind = std::string(RowKindName(batch.kind(i))), .values = {}};
      for (const Vector& column : batch.columns) row.values.push_back(ValueText(column, i));
      rows_.push_back(std::move(row));
    }
    return OkStatus();
  }
  std::vector<Row> TakeRows() { return std::move(rows_); }

 private:
  std::string ValueText(const Vector& column, int32_t row) const {
    if (column.IsNull(row)) return "null";
    std::string text, json;
    AppendAsString(session_, column, row, &text);
    AppendJsonString(text, &json);
    return json;
  }

  const Session& session_;
  std::mutex mutex_;
  std::vector<Row> rows_;
};

// While it lives, what the process writes to standard output goes into a file.
class CapturedOutput {
 public:
  explicit CapturedOutput(fs::path path) : path_(std::move(path)) {
    std::fflush(stdout);
    saved_ = dup(STDOUT_FILENO);
    const int file = open(path_.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    dup2(file, STDOUT_FILENO);
    close(file);
  }
  ~CapturedOutput() { Restore(); }

  StatusOr<std::string> Take() {
    Restore();
    return ReadFile(path_);
  }

 private:
  void Restore() {
    if (saved_ < 0) return;
    std::fflush(stdout);
    dup2(saved_, STDOUT_FILENO);
    close(std::exchange(saved_, -1));
  }

  const fs::path path_;
  int saved_ = -1;
};

// What `table> ` or, of the third of several tasks, `table:3> ` stands before.
void AddPrintedLines(std::string_view printed, std::vector<Row>* rows) {
  static const RE2 kPrinted(R"((\w+)(?::\d+)?> (.*))");
  for (std::string_view line : SplitNonBlank(printed, '\n')) {
    std::string table, rest;
    if (RE2::FullMatch({line.data(), line.size()}, kPrinted, &table, &rest))
      rows->push_back(MakeLineRow(table, rest));
  }
}

// The lines of all visible files below `folder`, which is named like its table.
Status AddFileLines(const fs::path& folder, std::vector<Row>* rows) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().filename().string().starts_with('.')) continue;
    SL_ASSIGN(const std::string text, ReadFile(entry.path()));
    if (text.empty()) continue;
    for (std::string_view line :
         Split(std::string_view(text).substr(0, text.size() - (text.ends_with('\n') ? 1 : 0)),
               '\n')) {
      rows->push_back(MakeLineRow(folder.filename().string(), line));
    }
  }
  return OkStatus();
}

Status AddChanges(const fs::path& file, std::vector<Row>* rows) {
  SL_ASSIGN(const std::string text, ReadFile(file));
  for (std::string_view line : SplitNonBlank(text, '\n')) {
    SL_ASSIGN(Row row, ParseRow(line, /*has_sink=*/false));
    row.sink = file.stem().string();
    rows->push_back(std::move(row));
  }
  return OkStatus();
}

// Positions of the primary keys of all tables that have one.
KeysBySink PrimaryKeys(const Catalog& catalog) {
  KeysBySink keys;
  for (const ObjectPath& path : catalog.Names()) {
    const auto* table = std::get_if<std::shared_ptr<TableEntry>>(catalog.Find(path));
    if (table == nullptr || (*table)->primary_key.empty()) continue;
    int32_t position = 0;
    for (const ColumnEntry& column : (*table)->columns) {
      if (column.kind == ast::ColumnKind::kComputed) continue;
      const auto& key = (*table)->primary_key;
      if (std::find(key.begin(), key.end(), column.name) != key.end())
        keys[path.object].push_back(position);
      ++position;
    }
  }
  return keys;
}

std::string TypeNames(const PlanColumns& columns) {
  return StrJoin(columns, ", ", [](std::string* out, const PlanColumn& column) {
    out->append(column.type.ToString());
    if (column.time == TimeAttribute::kRowtime) out->append(" *ROWTIME*");
    if (column.time == TimeAttribute::kProctime) out->append(" *PROCTIME*");
  });
}

// How it ended; nothing if it does not end.
std::optional<Status> RunJob(const CompiledJob& compiled, RowReceiver* receiver) {
  Metrics metrics;
  auto job = StartJob(compiled, receiver, Env::Posix(), &metrics);
  if (!job.ok()) return job.status();
  if (!(*job)->WaitFor(kTimeoutMs)) {
    (*job)->Cancel();
    return std::nullopt;
  }
  return (*job)->Wait();
}

Answer ValidationError(const Status& status, const Script& script) {
  Answer answer;
  answer.kind = Answer::Kind::kValidationError;
  answer.message = std::string(status.message());
  for (const Diagnostic& diagnostic : script.diagnostics) {
    if (diagnostic.severity == Severity::kError) answer.codes.push_back(diagnostic.code);
  }
  return answer;
}

}  // namespace

CaseRunner::CaseRunner(const CaseFile& file) : file_(file) {
  std::string folder = (fs::temp_directory_path() / "sluice-golden-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    status_ = absl::UnavailableError(StrCat("no temporary folder like ", folder));
    return;
  }
  folder_ = folder;
  status_ = Within(file_.name, WriteInputs());
}

CaseRunner::~CaseRunner() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

Status CaseRunner::WriteInputs() {
  fs::create_directory(folder_ / "inputs");
  for (const Input& input : file_.inputs) {
    const fs::path path = folder_ / "inputs" / input.table;
    if (input.file_name.empty()) {
      std::ofstream(path, std::ios::binary) << input.text;
      continue;
    }
    std::error_code error;
    fs::copy_file(file_.path.parent_path() / input.file_name, path, error);
    if (error) return absl::NotFoundError(StrCat(input.file_name, ": ", error.message()));
  }
  return OkStatus();
}

std::string CaseRunner::RealOptions(const std::string& connector, const std::string& table) const {
  const auto with = [](std::string_view name, std::string_view key, const std::string& value) {
    return StrCat("'connector' = '", name, "', '", key, "' = '", value, "'");
  };
  if (connector == "golden-sink")
    return with("changelog-file", "path", (folder_ / "changes" / (table + ".jsonl")).string());
  if (connector == "golden-file")
    return with("filesystem", "path", (folder_ / "files" / table).string());
  if (connector == "golden-print") return with("print", "print-identifier", table);
  return with("filesystem", "path", (folder_ / "inputs" / table).string());
}

// Puts real connectors and the paths of inputs and outputs in the place of golden ones.
std::string CaseRunner::WithRealConnectors(std::string_view sql) const {
  static const RE2 kPlace(
      R"((?is)(CREATE\s+(?:TEMPORARY\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:`?\w+`?\.)*`?(\w+)`?)|)"
      R"(('connector'\s*=\s*'(golden(?:-lookup|-sink|-file|-print)?)')|(LIKE\s+`?\w+`?\s*;))");
  std::string result, table;
  re2::StringPiece rest(sql.data(), sql.size()), create, name, option, connector, like;
  const char* done = sql.data();
  while (RE2::FindAndConsume(&rest, kPlace, &create, &name, &option, &connector, &like)) {
    if (!create.empty()) {
      table = std::string(name);
      continue;
    }
    if (!like.empty()) {
      // A copy of a golden sink writes a file of its own.
      result.append(done, like.data());
      StrAppend(&result, "WITH (", RealOptions("golden-sink", table), ") ");
      done = like.data();
      continue;
    }
    result.append(done, option.data());
    result.append(RealOptions(std::string(connector), table));
    done = option.data() + option.size();
  }
  return result.append(done, sql.data() + sql.size());
}

StatusOr<Answer> CaseRunner::Run(const Case& one_case, const Mode& mode) {
  WorkspaceOptions options;
  options.flink_version = mode.flink_version;
  options.parallelism = mode.parallelism;
  for (int32_t i = 0; i < one_case.num_settings; ++i) {
    options.settings[file_.settings[i].first] = file_.settings[i].second;
  }
  Workspace workspace(options);
  SL_TRY(workspace.status());
  // Flink checks the options of a table when it is read, so a table that is refused here is the
  // business of the cases that read it: they get its findings.
  std::string refused_tables;
  for (int32_t i = 0; i < one_case.num_tables; ++i) {
    const auto script = workspace.Execute("tables", WithRealConnectors(file_.tables[i]));
    StrAppend(&refused_tables,
              DiagnosticsStatus(script->text, script->name, script->diagnostics).message());
  }
  fs::remove_all(folder_ / "changes");
  fs::remove_all(folder_ / "files");
  fs::create_directory(folder_ / "changes");
  fs::create_directory(folder_ / "files");

  const std::string sql = one_case.is_script ? WithRealConnectors(one_case.text) : one_case.text;
  const auto script = workspace.Execute(one_case.name, sql);
  auto compiled = workspace.TakeJob(*script);
  if (!compiled.ok()) {
    Answer answer = ValidationError(compiled.status(), *script);
    // Without an INSERT there is nothing to run, and nothing wrong.
    if (one_case.is_script && answer.codes == std::vector{ErrorCode::kNothingToRun})
      return Answer();
    StrAppend(&answer.message, refused_tables);
    return answer;
  }

  compiled->options.max_batch_rows = mode.max_batch_rows;
  Answer answer;
  answer.types = TypeNames(compiled->result_columns);
  RowCollector collector(*compiled->session);
  CapturedOutput output(folder_ / "printed");
  const std::optional<Status> ended = RunJob(*compiled, &collector);
  SL_ASSIGN(const std::string printed, output.Take());
  if (!ended.has_value()) return absl::DeadlineExceededError("the job does not end");
  if (!ended->ok()) {
    answer.kind = Answer::Kind::kRuntimeError;
    answer.message = std::string(ended->message());
    return answer;
  }
  answer.rows = collector.TakeRows();
  answer.keys = PrimaryKeys(workspace.catalog());
  AddPrintedLines(printed, &answer.rows);
  for (const auto& entry : fs::directory_iterator(folder_ / "files"))
    SL_TRY(AddFileLines(entry.path(), &answer.rows));
  for (const auto& entry : fs::directory_iterator(folder_ / "changes"))
    SL_TRY(AddChanges(entry.path(), &answer.rows));
  return answer;
}

}  // namespace sluice::golden
