#include "case_file.h"

#include <fstream>

#include "base/strings.h"
#include "split.h"

namespace sluice::golden {

namespace {

constexpr std::string_view kWords[] = {"settings", "table", "input", "query",
                                       "script",   "types", "expect"};

// Splits a header line, `-- word argument`; false for any other line.
bool SplitHeader(std::string_view line, std::string_view* word, std::string_view* argument) {
  if (!line.starts_with("-- ")) return false;
  line.remove_prefix(3);
  *word = line.substr(0, line.find(' '));
  *argument = StripAsciiWhitespace(line.substr(word->size()));
  return std::find(std::begin(kWords), std::end(kWords), *word) != std::end(kWords);
}

// The lines of a section, without the blank ones at its end.
std::string Body(const std::vector<std::string>& lines) {
  size_t end = lines.size();
  while (end > 0 && StripAsciiWhitespace(lines[end - 1]).empty()) --end;
  std::string text;
  for (size_t i = 0; i < end; ++i) StrAppend(&text, lines[i], "\n");
  return text;
}

class Reader {
 public:
  explicit Reader(CaseFile* file) : file_(file) {}

  Status Read(std::istream& stream) {
    std::string line;
    while (std::getline(stream, line)) {
      ++line_number_;
      std::string_view word, argument;
      if (!SplitHeader(line, &word, &argument)) {
        body_.push_back(line);
        continue;
      }
      SL_TRY(EndSection());
      word_ = std::string(word);
      argument_ = std::string(argument);
      section_line_ = line_number_;
    }
    return EndSection();
  }

 private:
  Status EndSection() {
    const std::string text = Body(body_);
    body_.clear();
    if (word_ == "settings") return AddSettings(text);
    if (word_ == "table") file_->tables.push_back(text);
    if (word_ == "input") AddInput(text);
    if (word_ == "query" || word_ == "script") AddCase(text);
    if (word_ == "types") types_ = argument_;
    if (word_ == "expect") return AddExpectation(text);
    return OkStatus();
  }

  Status AddSettings(const std::string& text) {
    for (std::string_view line : SplitNonBlank(text, '\n')) {
      const size_t equals = line.find('=');
      if (equals == std::string_view::npos) {
        return absl::DataLossError(StrCat("a setting without a value: ", line));
      }
      file_->settings.emplace_back(StripAsciiWhitespace(line.substr(0, equals)),
                                   StripAsciiWhitespace(line.substr(equals + 1)));
    }
    return OkStatus();
  }

  void AddInput(const std::string& text) {
    const std::vector<std::string_view> words = Split(argument_, '<');
    Input input{
        .table = std::string(StripAsciiWhitespace(words[0])), .text = text, .file_name = ""};
    if (words.size() == 2) input.file_name = std::string(StripAsciiWhitespace(words[1]));
    file_->inputs.push_back(std::move(input));
  }

  void AddCase(const std::string& text) {
    Case next;
    next.name = argument_.empty() ? StrCat("line_", section_line_) : argument_;
    next.line = section_line_;
    next.is_script = word_ == "script";
    next.text = text;
    next.num_settings = static_cast<int32_t>(file_->settings.size());
    next.num_tables = static_cast<int32_t>(file_->tables.size());
    file_->cases.push_back(std::move(next));
  }

  Status AddExpectation(const std::string& text) {
    if (file_->cases.empty()) {
      return absl::DataLossError(StrCat("line ", section_line_, ": no case to expect of"));
    }
    Expectation expectation;
    expectation.types = std::exchange(types_, "");
    for (std::string_view word : SplitNonBlank(argument_, ' ')) {
      if (word.starts_with("flink-")) {
        expectation.stamps.emplace_back(word);
      } else {
        StrAppend(&expectation.kind, expectation.kind.empty() ? "" : " ", word);
      }
    }
    for (std::string_view line : SplitNonBlank(text, '\n')) {
      expectation.lines.emplace_back(line);
    }
    file_->cases.back().expectations.push_back(std::move(expectation));
    return OkStatus();
  }

  CaseFile* file_;
  int32_t line_number_ = 0;
  int32_t section_line_ = 0;
  std::string word_;
  std::string argument_;
  std::string types_;
  std::vector<std::string> body_;
};

}  // namespace

bool Expectation::HasStamp(const std::string& stamp) const {
  return std::find(stamps.begin(), stamps.end(), stamp) != stamps.end();
}

const Expectation* Case::Find(const std::string& stamp) const {
  for (const Expectation& expectation : expectations) {
    if (expectation.HasStamp(stamp)) return &expectation;
  }
  return nullptr;
}

StatusOr<CaseFile> ReadCaseFile(const std::filesystem::path& root,
                                const std::filesystem::path& path) {
  CaseFile file;
  file.name = std::filesystem::relative(path, root).string();
  file.path = path;
  std::ifstream stream(path, std::ios::binary);
  if (!stream.is_open()) return absl::NotFoundError(StrCat(path.string(), " cannot be read"));
  SL_TRY(Within(file.name, Reader(&file).Read(stream)));
  return file;
}

}  // namespace sluice::golden
