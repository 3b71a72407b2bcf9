// What people see of a finding, and the search for the name that was meant.
#include "sql/diagnostic.h"

#include <gtest/gtest.h>

#include <array>

namespace sluice {
namespace {

std::string Render(std::string_view text, SourceSpan span, std::string message,
                   std::string remedy = "") {
  Diagnostic diagnostic{Severity::kError, ErrorCode::kSyntax, span, message, remedy};
  return RenderDiagnostics(text, "job.sql", {&diagnostic, 1});
}

TEST(DiagnosticTest, ShowsPlaceLineAndRemedy) {
  EXPECT_EQ(Render("SELECT 1;\nSELECT timestamp FROM t", {17, 9}, "no", "yes"),
            "job.sql:2:8: error SL1001: no\n"
            " 2 | SELECT timestamp FROM t\n"
            "   |        ^~~~~~~~~\n"
            "   = yes\n");
}

TEST(DiagnosticTest, CaretsStandUnderChineseText) {
  std::string_view text = "SELECT '错题本', 数学 FROM t";
  size_t offset = text.find("数学");
  EXPECT_EQ(Render(text, {static_cast<int32_t>(offset), 6}, "no"),
            "job.sql:1:15: error SL1001: no\n"
            " 1 | SELECT '错题本', 数学 FROM t\n"
            "   |                  ^~~~\n");
}

TEST(DiagnosticTest, TabsAndControlCharactersKeepTheCaretInPlace) {
  EXPECT_EQ(Render("\ta\x1B[31m b", {7, 1}, "no \x07"),
            "job.sql:1:8: error SL1001: no ?\n"
            " 1 |     a?[31m b\n"
            "   |           ^\n");
}

TEST(DiagnosticTest, BrokenUtf8IsReplaced) {
  EXPECT_EQ(Render("a \xFF b", {2, 1}, "no"),
            "job.sql:1:3: error SL1001: no\n"
            " 1 | a \xEF\xBF\xBD b\n"
            "   |   ^\n");
}

TEST(DiagnosticTest, LongLinesAreCutAroundThePlace) {
  std::string text(5000, 'a');
  text[2500] = 'b';
  std::string rendered = Render(text, {2500, 1}, "no");
  EXPECT_LT(rendered.size(), 400u);
  size_t first = rendered.find('\n') + 1;
  size_t second = rendered.find('\n', first) + 1;
  std::string line = rendered.substr(first, second - first);
  std::string carets = rendered.substr(second);
  // The mark of the cut takes three bytes and one column.
  EXPECT_EQ(line.find('b') - 2, carets.find('^'));
}

TEST(DiagnosticTest, TheEndOfTheTextIsAPlace) {
  EXPECT_EQ(Render("SELECT", {6, 0}, "no"),
            "job.sql:1:7: error SL1001: no\n 1 | SELECT\n   |       ^\n");
  EXPECT_EQ(Render("", {0, 0}, "no"), "job.sql:1:1: error SL1001: no\n 1 | \n   | ^\n");
  EXPECT_EQ(Render("SELECT\r\n", {8, 0}, "no"), "job.sql:2:1: error SL1001: no\n 2 | \n   | ^\n");
}

TEST(DiagnosticTest, StatusHoldsTheErrorsOnly) {
  std::vector<Diagnostic> diagnostics = {
      {Severity::kWarning, ErrorCode::kLintJsonPath, {0, 1}, "warned", ""}};
  EXPECT_TRUE(DiagnosticsStatus("a", "f", diagnostics).ok());
  EXPECT_FALSE(HasErrors(diagnostics));
  diagnostics.push_back({Severity::kError, ErrorCode::kSyntax, {0, 1}, "failed", ""});
  Status status = DiagnosticsStatus("a", "f", diagnostics);
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_EQ(status.message().find("warned"), absl::string_view::npos);
}

TEST(DiagnosticTest, LocatesCodePoints) {
  TextPosition position = LocateSource("ab\n错题x", 9);
  EXPECT_EQ(position.line, 2);
  EXPECT_EQ(position.column, 3);
}

TEST(NearestNameTest, FindsWhatWasMeant) {
  constexpr std::array<std::string_view, 4> kNames = {"connector", "format", "path", "topic"};
  auto nearest = [&](std::string_view name) { return NearestName(name, kNames); };
  EXPECT_EQ(nearest("conector"), "connector");
  EXPECT_EQ(nearest("FORMAT"), "format");
  EXPECT_EQ(nearest("fromat"), "format");
  EXPECT_EQ(nearest("pth"), "path");
  EXPECT_EQ(nearest("zzz"), "");
  EXPECT_EQ(nearest(""), "");
  EXPECT_EQ(nearest(std::string(1000, 'x')), "");
}

}  // namespace
}  // namespace sluice
