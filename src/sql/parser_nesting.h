// Bounds the recursion of the parser: one Nesting lives in each method through which it recurs.
#pragma once

#include "sql/parser_class.h"

namespace sluice {

// Nested constructs beyond this are refused; each takes a few hundred bytes to a few kilobytes of
// stack.
inline constexpr int kMaxNesting = 200;

class Parser::Nesting {
 public:
  explicit Nesting(Parser* parser);
  ~Nesting() { --parser_->nesting_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;

 private:
  Parser* parser_;
};

}  // namespace sluice
