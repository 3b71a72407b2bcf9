// CAST between ARRAY, MAP, MULTISET and ROW types: their children are cast as whole columns, then
// put together again.

#include "functions/cast_kernels.h"

namespace sluice {

namespace {

// Casts `input`; where a row fails, the whole value that it belongs to, in row owner[row] of the
// parent, fails or becomes NULL.
Vector CastChild(CastCall& call, const Vector& input, const Type& to,
                 const std::vector<int32_t>& owner) {
  const auto num_rows = static_cast<int32_t>(owner.size());
  EvalContext context{call.context.session, nullptr, num_rows, call.context.now_ms};
  VectorBuilder out(to, num_rows);
  for (int32_t row = 0; row < num_rows; ++row) {
    if (input.IsNull(row)) SetNullRow(out, row);
  }
  RowErrors errors;
  Cast(context, input, /*try_cast=*/false, out, errors);
  for (const RowError& error : errors.errors()) {
    SetNullRow(call.out, owner[error.row]);
    if (!call.try_cast) call.errors.Add(owner[error.row], error.code, error.detail);
  }
  return out.Finish();
}

// The elements of the rows in question, one after the other, as rows of the child vectors.
struct Elements {
  Selection rows;
  std::vector<int32_t> owner;  // the parent row of each
};

Elements CollectElements(CastCall& call) {
  const VectorView<ListEntry> entries = call.input.View<ListEntry>();
  Elements elements;
  std::vector<int32_t> rows;
  auto* out = call.out.values<ListEntry>();
  ForEachValid(call.out, call.context.num_rows, [&](int32_t row) {
    const ListEntry entry = entries[row];
    out[row] = {static_cast<int32_t>(rows.size()), entry.length};
    for (int32_t i = 0; i < entry.length; ++i) {
      rows.push_back(entry.offset + i);
      elements.owner.push_back(row);
    }
  });
  std::shared_ptr<int32_t[]> selection(new int32_t[rows.size() + 1]);
  std::copy(rows.begin(), rows.end(), selection.get());
  elements.rows = std::move(selection);
  return elements;
}

void FillChild(VectorBuilder& child, const Vector& values, int32_t num_rows) {
  child.Resize(num_rows);
  for (int32_t row = 0; row < num_rows; ++row) child.CopyRow(row, values, row);
}

void CastRow(CastCall& call) {
  const VectorView<char> rows = call.input.Rows();
  std::vector<int32_t> owner;
  std::vector<int32_t> child_rows;
  ForEachValid(call.out, call.context.num_rows, [&](int32_t row) {
    owner.push_back(row);
    child_rows.push_back(rows.RowAt(row));
  });
  const auto count = static_cast<int32_t>(owner.size());
  std::shared_ptr<int32_t[]> selection(new int32_t[owner.size() + 1]);
  std::copy(child_rows.begin(), child_rows.end(), selection.get());
  for (size_t f = 0; f < call.out.type().fields().size(); ++f) {
    const Vector field = call.input.child(static_cast<int>(f)).Select(selection, count);
    const Vector cast = CastChild(call, field, call.out.type().fields()[f].type, owner);
    VectorBuilder& child = call.out.child(static_cast<int>(f));
    for (int32_t i = 0; i < count; ++i) child.CopyRow(owner[i], cast, i);
  }
}

}  // namespace

void CastNested(CastCall& call) {
  if (call.out.type().kind() == TypeKind::kRow) return CastRow(call);
  const Elements elements = CollectElements(call);
  const auto count = static_cast<int32_t>(elements.owner.size());
  for (size_t c = 0; c < call.out.type().fields().size(); ++c) {
    const Vector child = call.input.child(static_cast<int>(c)).Select(elements.rows, count);
    const Vector cast = CastChild(call, child, call.out.type().fields()[c].type, elements.owner);
    FillChild(call.out.child(static_cast<int>(c)), cast, count);
  }
}

}  // namespace sluice
