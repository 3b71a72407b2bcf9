// What a function makes of a text argument before it can work: a compiled time format, a pattern.
// Where the argument is a literal that happens once, at plan time; else whenever the text differs
// from that of the row before.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "functions/scalar_function.h"

namespace sluice {

template <typename T>
struct CompiledText : FunctionState {
  explicit CompiledText(StatusOr<T> compiled) : value(std::move(compiled)) {}
  // A text that cannot be compiled is no reason to refuse the call: what it gives is the function's
  // business.
  StatusOr<T> value;
};

// One per kernel call.
template <typename T, StatusOr<T> (*compile)(std::string_view)>
class TextCompiler {
 public:
  explicit TextCompiler(const EvalContext& context)
      : prepared_(static_cast<const CompiledText<T>*>(context.state)) {}

  // For ScalarFunction::prepare: compiles argument `arg` if it is a literal.
  static std::unique_ptr<FunctionState> Prepare(const FunctionCall& call, size_t arg) {
    if (arg >= call.literals.size() || call.literals[arg] == nullptr ||
        call.literals[arg]->is_null()) {
      return nullptr;
    }
    return std::make_unique<CompiledText<T>>(compile(call.literals[arg]->as_text()));
  }

  const StatusOr<T>& For(std::string_view text) {
    if (prepared_ != nullptr) return prepared_->value;
    if (!latest_.has_value() || latest_text_ != text) {
      latest_text_ = text;
      latest_.emplace(compile(text));
    }
    return *latest_;
  }

 private:
  const CompiledText<T>* prepared_;
  std::string latest_text_;
  std::optional<StatusOr<T>> latest_;
};

}  // namespace sluice
