// Writing ARRAY results row by row, and what the collection functions share to type their calls.
#pragma once

#include <cstdint>
#include <span>

#include "functions/kernels.h"
#include "functions/scalar/vector_equality.h"

namespace sluice {

// Appends elements to the child of an ARRAY builder; FinishRow makes them the value of a row.
class ArrayWriter {
 public:
  explicit ArrayWriter(VectorBuilder& out) : out_(out), begin_(out.child(0).num_rows()) {}

  int32_t size() const { return out_.child(0).num_rows() - begin_; }
  // Makes room for `count` more elements and returns the row of the first in the child.
  int32_t Extend(int32_t count) {
    const int32_t at = out_.child(0).num_rows();
    out_.child(0).Resize(at + count);
    return at;
  }
  void Append(const Vector& source, int32_t row) { out_.child(0).CopyRow(Extend(1), source, row); }
  void AppendAll(const Vector& elements, const ListEntry& entry) {
    const int32_t at = Extend(entry.length);
    for (int32_t i = 0; i < entry.length; ++i)
      out_.child(0).CopyRow(at + i, elements, entry.offset + i);
  }
  void AppendText(std::string_view text) {
    const int32_t at = Extend(1);
    VectorBuilder& child = out_.child(0);
    child.values<Text>()[at] =
        Text(text.size() > Text::kInlineBytes ? child.arena().Copy(text) : text);
  }
  void FinishRow(int32_t row) {
    out_.values<ListEntry>()[row] = {begin_, size()};
    begin_ = out_.child(0).num_rows();
  }

 private:
  VectorBuilder& out_;
  int32_t begin_;
};

// The place of a value among the elements, from `first` on; -1 if it is not there. NULL equals
// NULL.
inline int32_t FindElement(const Vector& elements, const ListEntry& entry, const Vector& value,
                           int32_t row) {
  for (int32_t i = 0; i < entry.length; ++i) {
    if (EqualRows(elements, entry.offset + i, value, row)) return i;
  }
  return -1;
}

// The type ARRAY<T> for the common T of all arguments; those from `num_arrays` on are single
// values. InvalidArgument if there is none.
StatusOr<Type> CommonArrayType(const FunctionCall& call, size_t num_arrays);

// (ARRAY<T>, T) -> result.
StatusOr<Signature> InferArrayAndValue(const FunctionCall& call, Type (*result)(const Type& array));
// (ARRAY<T>, ARRAY<T>…) -> ARRAY<T>, NULL if an argument is.
StatusOr<Signature> InferArrays(const FunctionCall& call, size_t min_args, size_t max_args);

// Negative, zero, positive; neither row is NULL. REQUIRES: not nested.
int CompareElements(const Vector& elements, int32_t a, int32_t b);

}  // namespace sluice
