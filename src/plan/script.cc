#include "plan/script.h"

#include <algorithm>

#include "base/strings.h"
#include "sql/parser.h"

namespace sluice {

void Script::Add(Severity severity, ErrorCode code, SourceSpan span, std::string message,
                 std::string remedy) {
  for (const Diagnostic& known : diagnostics) {
    // A view that is read twice is bound twice; its findings are told once.
    if (known.code == code && known.span == span && known.message == message) return;
  }
  diagnostics.push_back({severity, code, span, std::move(message), std::move(remedy)});
}

std::string Script::Excerpt(SourceSpan span) const {
  constexpr size_t kMaxBytes = 120;
  std::string result;
  for (char c : std::string_view(text).substr(span.offset, span.length)) {
    const bool is_space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (is_space && (result.empty() || result.back() == ' ')) continue;
    result.push_back(is_space ? ' ' : c);
  }
  if (result.size() <= kMaxBytes) return result;
  size_t end = kMaxBytes;
  while (end > 0 && (static_cast<unsigned char>(result[end]) & 0xC0) == 0x80) --end;
  return result.substr(0, end) + "…";
}

namespace {

bool IsVariableName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
  });
}

}  // namespace

StatusOr<std::string> SubstituteVariables(std::string_view text,
                                          const std::map<std::string, std::string>& variables) {
  std::string result;
  std::vector<std::string> missing;
  size_t pos = 0;
  while (true) {
    const size_t start = text.find("${", pos);
    const size_t end = start == std::string_view::npos ? start : text.find('}', start);
    if (end == std::string_view::npos) break;
    const std::string_view body = text.substr(start + 2, end - start - 2);
    const size_t dash = body.find(":-");
    const std::string_view name = body.substr(0, dash);
    result.append(text.substr(pos, start - pos));
    pos = end + 1;
    const auto value = variables.find(std::string(name));
    if (!IsVariableName(name)) {
      result.append(text.substr(start, end + 1 - start));
    } else if (value != variables.end()) {
      result.append(value->second);
    } else if (dash != std::string_view::npos) {
      result.append(body.substr(dash + 2));
    } else {
      const std::string spelled = StrCat("${", name, "}");
      if (std::find(missing.begin(), missing.end(), spelled) == missing.end())
        missing.push_back(spelled);
    }
  }
  if (!missing.empty()) {
    return absl::InvalidArgumentError(
        StrCat("no value for ", StrJoin(missing, ", "),
               ": give it with --var name=value, or a default: ${name:-default}"));
  }
  result.append(text.substr(pos));
  return result;
}

std::shared_ptr<Script> ParseToScript(std::string name, std::string text, FlinkVersion version) {
  auto script = std::make_shared<Script>();
  script->name = std::move(name);
  script->text = std::move(text);
  ParsedScript parsed = ParseScript(script->text, {.flink_version = version});
  script->statements = std::move(parsed.statements);
  script->diagnostics = std::move(parsed.diagnostics);
  return script;
}

}  // namespace sluice
