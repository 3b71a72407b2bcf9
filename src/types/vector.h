// Vector: one column of a batch. Immutable and cheap to copy; the rows lie in a shared body, seen
// through an encoding:
//   kFlat        row i is body row i
//   kConstant    every row is body row 0
//   kDictionary  row i is body row selection[i]  (what a filter or a gather makes: nothing is
//   copied)
// All loops read the three alike through VectorView. A vector keeps alive ("pins") whatever its
// text points into.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/arena.h"
#include "base/bitmap.h"
#include "types/type.h"

namespace sluice {

// The most rows a batch may hold. Children of nested vectors may be longer.
inline constexpr int32_t kMaxBatchRows = 4096;

enum class Encoding : uint8_t { kFlat, kConstant, kDictionary };

using Pin = std::shared_ptr<const void>;
using Selection = std::shared_ptr<const int32_t[]>;

// The place of one ARRAY or MAP value in the child vectors.
struct ListEntry {
  int32_t offset = 0;
  int32_t length = 0;
};

// How a loop reads a column of C++ type T: `view.IsNull(i)`, `view[i]`. Valid while the vector
// lives.
template <typename T>
struct VectorView {
  const T* values;
  const uint64_t* validity;  // null: no NULLs
  const int32_t* selection;  // null: identity

  int32_t RowAt(int32_t i) const { return selection == nullptr ? i : selection[i]; }
  bool IsNull(int32_t i) const { return validity != nullptr && !GetBit(validity, RowAt(i)); }
  const T& operator[](int32_t i) const { return values[RowAt(i)]; }
};

class Vector;

struct VectorBody {
  Type type;
  int32_t num_rows = 0;
  std::shared_ptr<char[]> values;        // laid out as type.layout() says
  std::shared_ptr<uint64_t[]> validity;  // null: no NULLs
  std::vector<Vector> children;          // kList, kRow
  std::vector<Pin> pins;
};

class Vector {
 public:
  Vector() = default;
  explicit Vector(std::shared_ptr<const VectorBody> body)
      : body_(std::move(body)), num_rows_(body_->num_rows) {}

  const Type& type() const { return body_->type; }
  Encoding encoding() const { return encoding_; }
  int32_t num_rows() const { return num_rows_; }
  bool is_set() const { return body_ != nullptr; }
  const VectorBody& body() const { return *body_; }
  bool MayHaveNulls() const {
    return body_->validity != nullptr || type().kind() == TypeKind::kNull;
  }

  template <typename T>
  VectorView<T> View() const {
    return {reinterpret_cast<const T*>(body_->values.get()), body_->validity.get(),
            selection_.get()};
  }
  // The rows only: for loops that need just NULL and the child row numbers.
  VectorView<char> Rows() const { return View<char>(); }
  bool IsNull(int32_t row) const { return type().kind() == TypeKind::kNull || Rows().IsNull(row); }
  const Vector& child(int i) const { return body_->children[i]; }

  // The rows selection[0 … num_rows), which index rows of this vector. Shares the body.
  Vector Select(const Selection& selection, int32_t num_rows) const;
  // Row `row` of this vector, num_rows times.
  Vector Repeat(int32_t row, int32_t num_rows) const;
  // The same values under another type of the same layout (nullability, length, precision).
  Vector WithType(Type type) const;

 private:
  std::shared_ptr<const VectorBody> body_;
  Selection selection_;
  Encoding encoding_ = Encoding::kFlat;
  int32_t num_rows_ = 0;
};

// Builds one flat vector. Rows start valid with undefined content: write each, or SetNull it.
class VectorBuilder {
 public:
  VectorBuilder(Type type, int32_t num_rows);
  VectorBuilder(VectorBuilder&&) = default;
  VectorBuilder& operator=(VectorBuilder&&) = default;

  const Type& type() const { return body_->type; }
  int32_t num_rows() const { return body_->num_rows; }

  // Grows or shrinks; keeps what was written; new rows are valid with undefined content.
  // Invalidates values() and validity().
  void Resize(int32_t num_rows);

  template <typename T>
  T* values() {
    return reinterpret_cast<T*>(body_->values.get());
  }
  void SetNull(int32_t row) { ClearBit(validity(), row); }
  void SetValid(int32_t row) {
    if (body_->validity != nullptr) SetBit(body_->validity.get(), row);
  }
  // The validity bits, all set on first use.
  uint64_t* validity() {
    if (body_->validity == nullptr) AllocateValidity();
    return body_->validity.get();
  }
  bool has_validity() const { return body_->validity != nullptr; }

  // Memory for text that this vector makes; pinned by the finished vector.
  Arena& arena();
  // Keeps alive what rows of this vector point into.
  void AddPin(Pin pin);
  void AddPinsOf(const Vector& vector);
  VectorBuilder& child(int i) { return children_[i]; }

  // Copies row `from` of `source` (same layout) to row `to`, deeply: nothing of `source` need live
  // on.
  void CopyRow(int32_t to, const Vector& source, int32_t from);

  // The builder is spent afterwards.
  Vector Finish();

 private:
  void AllocateValidity();

  std::shared_ptr<VectorBody> body_;
  int32_t capacity_ = 0;
  std::vector<VectorBuilder> children_;
  std::shared_ptr<Arena> arena_;
};

// Bytes of one value of this layout; 0 for kNone and kRow.
int32_t ValueBytes(Layout layout);

}  // namespace sluice
