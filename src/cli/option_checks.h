// What a value of an option may be, with messages for people. The choices stand in the option's
// type name ("table|json|text"), where help shows them and completion scripts find them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class Option;
}  // namespace CLI

namespace sluice {

// The option takes one of the names in `choices`, which '|' parts.
void TakesOneOf(CLI::Option* option, std::string_view choices);

// The option takes a whole number from `first` to `last`, both included.
void TakesNumber(CLI::Option* option, int first, int last);

// The choices of an option that was given to TakesOneOf; none for others.
std::vector<std::string> ChoicesOf(const CLI::Option& option);

}  // namespace sluice
