#include "deviations.h"

#include <fstream>
#include <vector>

#include "base/strings.h"
#include "split.h"

namespace sluice::golden {

namespace {

Deviation FindDeviation(std::string_view word) {
  if (word == "as flink-2.3.0") return Deviation::kAsFlink23;
  if (word == "runs") return Deviation::kRuns;
  if (word == "refuses") return Deviation::kRefuses;
  if (word == "other rows") return Deviation::kOtherRows;
  if (word == "rows vary") return Deviation::kRowsVary;
  if (word == "later") return Deviation::kLater;
  return Deviation::kNone;
}

}  // namespace

StatusOr<std::map<std::string, Deviation>> ReadDeviations(const std::filesystem::path& path) {
  std::map<std::string, Deviation> deviations;
  std::ifstream stream(path);
  if (!stream.is_open()) return absl::NotFoundError(StrCat(path.string(), " cannot be read"));
  std::string line;
  while (std::getline(stream, line)) {
    // | casts/from_text.test some_name | runs | why |
    const std::vector<std::string_view> cells = Split(line, '|');
    if (cells.size() < 4 || cells[1].find(".test ") == std::string_view::npos) continue;
    const std::string name(StripAsciiWhitespace(cells[1]));
    const Deviation deviation = FindDeviation(StripAsciiWhitespace(cells[2]));
    if (deviation == Deviation::kNone || cells.size() != 5) {
      return absl::DataLossError(StrCat(path.string(), ": not understood: ", line));
    }
    if (!deviations.emplace(name, deviation).second) {
      return absl::DataLossError(StrCat(path.string(), ": listed twice: ", name));
    }
  }
  return deviations;
}

}  // namespace sluice::golden
