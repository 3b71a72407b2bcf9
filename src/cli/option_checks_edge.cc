#include "cli/option_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

namespace sluice {
namespace {

std::vector<std::string> Split(std::string_view choices) {
  std::vector<std::string> names;
  while (true) {
    const size_t bar = choices.find('|');
    names.emplace_back(choices.substr(0, bar));
    if (bar == std::string_view::npos) return names;
    choices.remove_prefix(bar + 1);
  }
}

}  // namespace

void TakesOneOf(CLI::Option* option, std::string_view choices) {
  option->type_name(std::string(choices));
  const auto check = [names = Split(choices)](const std::string& value) {
    if (std::find(names.begin(), names.end(), value) != names.end()) return std::string();
    return fmt::format("'{}' is none of {}", value, fmt::join(names, ", "));
  };
  option->check(check);
}

void TakesNumber(CLI::Option* option, int first, int last) {
  option->type_name("N");
  option->check([first, last](const std::string& value) {
    int number = 0;
    const char* const end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, number);
    const bool is_whole = error == std::errc() && stop == end;
    if (is_whole && number >= first && number <= last) return std::string();
    return fmt::format("'{}' is no whole number from {} to {}", value, first, last);
  });
}

std::vector<std::string> ChoicesOf(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  return type.find('|') == std::string::npos ? std::vector<std::string>() : Split(type);
}

}  // namespace sluice
