// A verb of the command line: `sluice NAME …`. One file per verb makes it (Verb_NAME), one line in
// verb_list.inc lists it.
//
// A verb is declared for every call, also to print help and completions, so Declare only describes
// options; Run works. One thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace CLI {
class App;
}  // namespace CLI

namespace sluice {

class Verb {
 public:
  virtual ~Verb() = default;
  // Adds the options and arguments, bound to members of the verb.
  virtual void Declare(CLI::App& command) = 0;
  // Works, after a successful parse; returns the exit code. Says on standard error why it failed:
  // see Fail.
  virtual int Run() = 0;
};

struct VerbEntry {
  std::string_view name;
  std::string_view group;        // the heading of `sluice --help` under which it stands
  std::string_view summary;      // one line of at most 60 columns
  std::string_view description;  // the text of `sluice NAME --help`, already broken into lines
  std::string_view examples;     // one a line, a comment behind two spaces and '#'
  std::unique_ptr<Verb> (*make)();
};

// Every verb, in the order in which help lists them.
std::vector<VerbEntry> AllVerbs();

// Prints "sluice VERB: MESSAGE" to standard error and returns the exit code that the status stands
// for.
int Fail(std::string_view verb, const Status& status);

}  // namespace sluice
