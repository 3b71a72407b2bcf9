// The golden cases of tests/sql, one test a case and mode: sluice_golden [--mode=NAME]. Prints the
// failures, then how many passed and failed.
#include <gtest/gtest.h>

#include <cstdio>
#include <set>

#include "base/strings.h"
#include "case_file.h"
#include "case_runner.h"
#include "deviations.h"

namespace sluice::golden {

namespace {

const Mode kModes[] = {
    {.name = "one_worker"},
    {.name = "single_rows", .max_batch_rows = 1},
    {.name = "small_batches", .max_batch_rows = 3},
    {.name = "four_workers", .parallelism = 4},
    {.name = "flink_2_3", .flink_version = FlinkVersion::k2_3},
};

constexpr char kFlink120[] = "flink-1.20.3";
constexpr char kFlink23[] = "flink-2.3.0";

// The rows of an expectation against those of an answer; "" if they agree.
std::string CompareAnswer(const Expectation& expected, const Answer& answer, bool has_sinks) {
  if (expected.kind == "error validation")
    return answer.kind == Answer::Kind::kValidationError ? "" : "  Flink refuses it\n";
  if (expected.kind == "error runtime")
    return answer.kind == Answer::Kind::kRuntimeError ? "" : "  Flink fails while it runs\n";
  if (answer.kind != Answer::Kind::kRows) return "  Flink gives rows\n";
  std::string problems;
  if (!has_sinks && answer.types != expected.types) {
    StrAppend(&problems, "  types of Flink: ", expected.types, "\n  types here:     ", answer.types,
              "\n");
  }
  std::vector<Row> rows;
  bool append = expected.kind == "append";
  for (const std::string& line : expected.lines) {
    const auto row = ParseRow(line, has_sinks);
    if (!row.ok()) return StrCat("  ", row.status().message(), "\n");
    rows.push_back(*row);
    append = append && (row->kind.empty() || row->kind == "+I");  // print shows all changes
  }
  StrAppend(&problems, CompareRows(rows, answer.rows, append, answer.keys));
  return problems;
}

bool IsNotSupportedYet(const Answer& answer) {
  static const std::set<ErrorCode> kCodes = {
      ErrorCode::kUnsupportedStatement, ErrorCode::kUnsupportedSyntax,
      ErrorCode::kUnsupportedOption,    ErrorCode::kUnsupportedPattern,
      ErrorCode::kUnsupportedType,      ErrorCode::kUnavailableConnector};
  return std::any_of(answer.codes.begin(), answer.codes.end(),
                     [](ErrorCode code) { return kCodes.contains(code); });
}

std::string Describe(const Answer& answer) {
  switch (answer.kind) {
    case Answer::Kind::kValidationError: return StrCat("Sluice refuses it: ", answer.message);
    case Answer::Kind::kRuntimeError: return StrCat("Sluice fails while it runs: ", answer.message);
    case Answer::Kind::kRows: return StrCat("Sluice gives ", answer.rows.size(), " rows");
  }
  return "";
}

// What an answer must be where the case is a listed deviation from `expected`; "" if it is so.
std::string CompareDeviation(Deviation deviation, const Case& one_case, const Expectation& expected,
                             const Answer& answer) {
  switch (deviation) {
    case Deviation::kNone: return CompareAnswer(expected, answer, one_case.is_script);
    case Deviation::kAsFlink23: {
      const Expectation* newer = one_case.Find(kFlink23);
      if (newer == nullptr || newer == &expected)
        return "  stale deviation: both versions of Flink agree\n";
      return CompareAnswer(*newer, answer, one_case.is_script);
    }
    case Deviation::kRuns:
      return answer.kind == Answer::Kind::kRows ? "" : "  a deviation says that it runs\n";
    case Deviation::kOtherRows:
    case Deviation::kRowsVary:
      return answer.kind == Answer::Kind::kRows && !expected.IsError()
                 ? ""
                 : "  a deviation says that both give rows\n";
    case Deviation::kRefuses:
      return answer.kind == Answer::Kind::kValidationError
                 ? ""
                 : "  a deviation says that it is refused\n";
    case Deviation::kLater:
      if (answer.kind == Answer::Kind::kValidationError && IsNotSupportedYet(answer)) return "";
      return "  a deviation says that it is refused as not supported yet\n";
  }
  return "";
}

class GoldenTest : public ::testing::Test {
 public:
  GoldenTest(const Case& one_case, const Mode& mode, Deviation deviation,
             std::shared_ptr<CaseRunner> runner)
      : case_(one_case), mode_(mode), deviation_(deviation), runner_(std::move(runner)) {}

  void TestBody() override {
    ASSERT_TRUE(runner_->status().ok()) << runner_->status();
    const bool is_newer = mode_.flink_version == FlinkVersion::k2_3;
    const Expectation* expected = case_.Find(is_newer ? kFlink23 : kFlink120);
    ASSERT_NE(expected, nullptr) << "never recorded on Flink: tools/oracle/run.sh";
    const auto answer = runner_->Run(case_, mode_);
    ASSERT_TRUE(answer.ok()) << answer.status();
    const std::string problems = CompareDeviation(deviation_, case_, *expected, *answer);
    EXPECT_EQ(problems, "") << case_.text << Describe(*answer);
    // A row about all modes is needed as long as Flink 1.20 gives a reason for it.
    if (deviation_ != Deviation::kNone && deviation_ != Deviation::kRowsVary && !is_newer) {
      EXPECT_NE(CompareAnswer(*expected, *answer, case_.is_script), "")
          << "stale deviation: Sluice answers as Flink";
    }
  }

 private:
  const Case& case_;
  const Mode& mode_;
  const Deviation deviation_;
  const std::shared_ptr<CaseRunner> runner_;
};

// Reads everything once; what it hands out lives as long as it.
class GoldenSuite {
 public:
  explicit GoldenSuite(const std::filesystem::path& root) {
    auto deviations = ReadDeviations(root.parent_path() / "deviations.md");
    if (deviations.ok()) deviations_ = *std::move(deviations);
    Note(deviations.status());
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (entry.path().extension() == ".test") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) {
      auto file = ReadCaseFile(root, path);
      if (file.ok()) files_.push_back(std::make_unique<CaseFile>(*std::move(file)));
      Note(file.status());
    }
    CheckNames();
  }

  void RegisterMode(const Mode& mode) {
    for (const auto& file : files_) {
      const std::string suite =
          StrCat(mode.name, "/",
                 file->name.substr(0, file->name.size() - std::string_view(".test").size()));
      for (const Case& one_case : file->cases) {
        const Deviation deviation = FindDeviation(*file, one_case, mode);
        ::testing::RegisterTest(suite.c_str(), one_case.name.c_str(), nullptr, nullptr,
                                file->path.c_str(), one_case.line,
                                [&file = *file, &one_case, &mode, deviation]() -> GoldenTest* {
                                  return new GoldenTest(one_case, mode, deviation, RunnerOf(file));
                                });
      }
    }
  }

  const Status& status() const { return status_; }

 private:
  // Shared by the tests of a file, which run one after another.
  static std::shared_ptr<CaseRunner> RunnerOf(const CaseFile& file) {
    static const CaseFile* last_file = nullptr;
    static std::shared_ptr<CaseRunner> last_runner;
    if (last_file != &file) last_runner = std::make_shared<CaseRunner>(file);
    last_file = &file;
    return last_runner;
  }

  // What is said about the case in this mode, or else in all.
  Deviation FindDeviation(const CaseFile& file, const Case& one_case, const Mode& mode) const {
    const std::string name = StrCat(file.name, " ", one_case.name);
    const auto in_mode = deviations_.find(StrCat(name, " @", mode.name));
    if (in_mode != deviations_.end()) return in_mode->second;
    const auto found = deviations_.find(name);
    if (found == deviations_.end()) return Deviation::kNone;
    const bool is_newer = mode.flink_version == FlinkVersion::k2_3;
    return is_newer && found->second == Deviation::kAsFlink23 ? Deviation::kNone : found->second;
  }

  // Every case has a name of its own, and every deviation is about a case.
  void CheckNames() {
    std::set<std::string> names;
    for (const auto& file : files_) {
      for (const Case& one_case : file->cases) {
        const std::string name = StrCat(file->name, " ", one_case.name);
        if (!names.insert(name).second)
          Note(absl::DataLossError(StrCat("two cases are called ", name)));
      }
    }
    for (const auto& [name, deviation] : deviations_) {
      if (!names.contains(name.substr(0, name.find(" @"))))
        Note(absl::DataLossError(StrCat("deviations.md lists no case: ", name)));
    }
    if (names.empty()) Note(absl::NotFoundError("there are no golden cases"));
  }

  void Note(const Status& status) {
    if (status_.ok()) status_ = status;
  }

  std::map<std::string, Deviation> deviations_;
  std::vector<std::unique_ptr<CaseFile>> files_;
  Status status_;
};

// Failures, and the counts at the end.
class Reporter : public ::testing::EmptyTestEventListener {
 public:
  // GoogleTest holds its lock while it reports a failure, so that it cannot be asked then.
  void OnTestStart(const ::testing::TestInfo& test) override { test_ = &test; }
  void OnTestPartResult(const ::testing::TestPartResult& result) override {
    if (!result.failed()) return;
    std::printf("%s.%s\n%s\n", test_->test_suite_name(), test_->name(), result.message());
  }
  void OnTestProgramEnd(const ::testing::UnitTest& tests) override {
    std::printf("%d passed, %d failed\n", tests.successful_test_count(), tests.failed_test_count());
  }

 private:
  const ::testing::TestInfo* test_ = nullptr;
};

int Main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  GoldenSuite suite("tests/sql");
  if (!suite.status().ok()) {
    std::fprintf(stderr, "%s\n", suite.status().ToString().c_str());
    return 1;
  }
  int num_modes = 0;
  for (const Mode& mode : kModes) {
    if (argc > 1 && StrCat("--mode=", mode.name) != argv[1]) continue;
    suite.RegisterMode(mode);
    ++num_modes;
  }
  if (num_modes == 0) {
    std::fprintf(stderr, "sluice_golden: there is no %s\n", argv[1]);
    return 1;
  }
  auto& listeners = ::testing::UnitTest::GetInstance()->listeners();
  delete listeners.Release(listeners.default_result_printer());
  listeners.Append(new Reporter);
  return RUN_ALL_TESTS();
}

}  // namespace

}  // namespace sluice::golden

int main(int argc, char** argv) { return sluice::golden::Main(argc, argv); }
