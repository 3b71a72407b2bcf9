// Aggregate functions: how one is described, found and run. One file each in functions/aggregate/,
// registered in functions/aggregate_list.inc.
//
// A group's accumulator is a fixed block of bytes inside the operator's state row, plus what the
// function keeps in an AggregateHeap (value multisets for retraction, collected lists). Retraction
// (-U, -D) is the same call with `sign` -1.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "functions/scalar_function.h"
#include "types/vector.h"

namespace sluice {

struct AggregateInit {
  std::vector<Type> arg_types;
  Type result;
  bool retractable = false;  // false: no row is ever retracted, so the cheaper accumulator will do
  const Session* session = nullptr;
};

// One aggregate of one operator instance; owned and called by its task. Groups are addressed by
// pointers to their accumulators, which do not move.
class Aggregator {
 public:
  virtual ~Aggregator() = default;
  virtual int32_t accumulator_bytes()
      const = 0;  // a multiple of 8; zeroed memory need not be valid before Init
  virtual void Init(char* accumulator) = 0;
  virtual void Destroy(char* accumulator) { (void)accumulator; }
  // Row rows[i] of the arguments goes to accumulators[i], with signs[i] +1 (add) or -1 (retract).
  // Arguments may be NULL.
  virtual void Update(std::span<const Vector> args, std::span<const int32_t> rows,
                      std::span<char* const> accumulators, std::span<const int8_t> signs,
                      RowErrors& errors) = 0;
  // Writes the current result of accumulators[i] to row i of `out` (flat, result type).
  virtual void Result(std::span<char* const> accumulators, VectorBuilder& out) = 0;
};

struct AggregateFunction {
  std::string_view name;       // in upper case
  std::string_view signature;  // for documentation; see ScalarFunction::signature
  std::string_view help;
  std::string_view example;
  StatusOr<Signature> (*infer)(const FunctionCall&) = nullptr;
  std::unique_ptr<Aggregator> (*make)(const AggregateInit&) = nullptr;
  bool order_sensitive = false;  // FIRST_VALUE, LISTAGG …: depends on the order of arrival
  bool never_null = false;       // not even where nothing was added: COUNT
};

// What scalar subqueries are made of; no query can name it.
const AggregateFunction& SingleValueFunction();

class AggregateRegistry {
 public:
  static const AggregateRegistry& Get();
  void Add(AggregateFunction function);
  const AggregateFunction* Find(std::string_view name) const;  // any case
  std::vector<const AggregateFunction*> All() const;

 private:
  std::vector<std::unique_ptr<AggregateFunction>> functions_;
};

// One call in a query. COUNT(*) has no args.
struct AggregateCall {
  const AggregateFunction* function = nullptr;
  std::vector<int32_t> args;  // columns of the input, already of the argument types
  std::vector<Type> arg_types;
  int32_t filter = -1;  // BOOLEAN column of FILTER (WHERE …), or -1
  bool distinct = false;
  Type result;
};

}  // namespace sluice
