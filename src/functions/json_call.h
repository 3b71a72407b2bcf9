// What JSON_VALUE, JSON_QUERY and JSON_EXISTS have in common: the path of a call, and its
// evaluation on one document.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "functions/kernels.h"
#include "functions/scalar_function.h"
#include "json/path.h"
#include "json/tree.h"

namespace sluice {

// Made once per call. Immutable, shared by threads.
struct JsonCall : FunctionState {
  JsonPath path;  // of a literal path
  bool has_path = false;
  JsonClauses clauses;
  JsonStyle style;
  JsonLimits limits;
};

// What a document may be for the JSON functions.
JsonLimits JsonFunctionLimits(const Session& session);

StatusOr<std::unique_ptr<FunctionState>> PrepareJsonCall(const FunctionCall& call);

// Evaluates one path after the other on document after document; owned by one kernel call.
class JsonEvaluator {
 public:
  enum class Outcome : uint8_t {
    kValue,
    kEmpty,  // nothing there, in lax mode: ON EMPTY
    kError,  // ON ERROR
    kFatal,  // what Flink cannot catch: the row fails
  };

  explicit JsonEvaluator(const JsonCall& call) : call_(call) { cursor_.SetLimits(call.limits); }

  // Looks up the path in the document. `scalar_wanted`: of an object or array only its kind is
  // wanted.
  Outcome Evaluate(std::string_view document, std::string_view path, bool scalar_wanted);

  // Of kValue: what was found.
  bool is_scalar() const { return is_scalar_; }
  bool is_list() const { return is_list_; }  // an array: of the document, or of all matches
  JsonToken kind() const { return kind_; }   // of a scalar
  // Of a scalar: the content of a string, else the token.
  std::string_view scalar() const { return scalar_; }
  // True if scalar() points into the document.
  bool scalar_in_document() const { return scalar_in_document_; }
  // Appends the compact JSON text of the value.
  void AppendText(std::string* out) const;
  // Appends the elements of the array that was found, each as JSON_QUERY … RETURNING ARRAY<STRING>
  // gives it; null for NULL.
  void AppendElements(std::vector<std::string>* elements, std::vector<bool>* nulls) const;
  // Appends a scalar as JSON_VALUE gives it.
  void AppendScalar(std::string* out) const;

  bool lax() const { return lax_; }
  // Of kError and kFatal.
  const std::string& error() const { return error_; }

 private:
  Outcome EvaluatePlain(std::string_view document, const JsonPath& path);
  Outcome EvaluateTree(std::string_view document, const JsonPath& path);
  Outcome Fail(std::string error);
  void TakeItem(const JsonItem& item);
  void AppendItem(const JsonItem& item, std::string* out) const;

  const JsonCall& call_;
  JsonCursor cursor_;
  JsonTree tree_;
  JsonMatches matches_;
  JsonPath path_;  // of a path that is no literal
  std::string path_text_;
  bool has_path_ = false;
  std::string unescaped_;

  bool lax_ = false;
  bool is_scalar_ = false;
  bool is_list_ = false;
  bool scalar_in_document_ = false;
  JsonToken kind_ = JsonToken::kNull;
  std::string_view scalar_;
  std::string error_;
};

}  // namespace sluice
