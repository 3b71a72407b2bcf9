// The evaluator: one walk over the graph per batch. A Frame holds the values of nodes for one set
// of rows; frames nest as the scopes of the program do. What an outer frame has computed, or will
// compute in any case, is taken from there by selecting rows; all else is computed for the rows of
// the frame only. Each Evaluator belongs to one thread.

#include <algorithm>
#include <atomic>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "expr/program.h"
#include "expr/program_rep.h"
#include "functions/cast.h"
#include "functions/kernels.h"

namespace sluice {

namespace {

// A BOOLEAN while a condition is worked on; the order makes Kleene's logic a maximum.
constexpr int8_t kFalse = 0;
constexpr int8_t kTrue = 1;
constexpr int8_t kUnknown = 2;

using Rows = std::shared_ptr<int32_t[]>;

struct Frame {
  ScopeId scope = 0;
  Frame* parent = nullptr;
  // Where the values are kept: itself, or an outer frame with the same rows.
  Frame* holder = nullptr;
  int32_t num_rows = 0;
  Selection rows;              // rows of the parent; null: all of them
  Selection input_rows;        // rows of the batch; null: all of them
  std::vector<Vector> values;  // by node; not set: not computed
  std::vector<NodeId> computed;
};

// What one branch of a CASE or COALESCE gives to the result.
struct Piece {
  Vector values;
  Rows rows;  // of the result; null: all
  int32_t num_rows = 0;
  bool whole = false;  // values are numbered as the result is, not as `rows`
};

// Buffers for row numbers, used again when no vector refers to them any more.
class RowsPool {
 public:
  Rows Get() {
    for (size_t i = 0; i < buffers_.size(); ++i) {
      next_ = next_ + 1 < buffers_.size() ? next_ + 1 : 0;
      if (buffers_[next_].use_count() == 1) {
#ifndef __SANITIZE_THREAD__
        // The last other owner may have been another thread. (The thread sanitizer knows no fences,
        // but sees that copying the pointer changes the same counter.)
        std::atomic_thread_fence(std::memory_order_acquire);
#endif
        return buffers_[next_];
      }
      if (i == kMaxProbes) break;
    }
    buffers_.emplace_back(new int32_t[kMaxBatchRows]);
    if (buffers_.size() > kMaxBuffers) buffers_.erase(buffers_.begin());
    return buffers_.back();
  }

 private:
  static constexpr size_t kMaxProbes = 16;
  static constexpr size_t kMaxBuffers = 256;
  std::vector<Rows> buffers_;
  size_t next_ = 0;
};

// Calls f(row, state) for the rows of a BOOLEAN vector.
template <typename F>
void ForEachState(const Vector& vector, int32_t num_rows, F f) {
  if (vector.type().kind() == TypeKind::kNull) {
    for (int32_t row = 0; row < num_rows; ++row) f(row, kUnknown);
    return;
  }
  const VectorView<int8_t> view = vector.View<int8_t>();
  if (vector.encoding() == Encoding::kFlat && view.validity == nullptr) {
    for (int32_t row = 0; row < num_rows; ++row) f(row, view.values[row]);
    return;
  }
  for (int32_t row = 0; row < num_rows; ++row) f(row, view.IsNull(row) ? kUnknown : view[row]);
}

int8_t Combine(bool is_and, int8_t a, int8_t b) {
  const int8_t decisive = is_and ? kFalse : kTrue;
  return a == decisive || b == decisive ? decisive : std::max(a, b);
}

// Makes every row NULL in `out` that is NULL in `arg`.
void MaskNulls(const Vector& arg, VectorBuilder& out) {
  const VectorView<char> rows = arg.Rows();
  if (rows.validity == nullptr) return;
  const int32_t num_rows = out.num_rows();
  if (arg.encoding() == Encoding::kFlat) {
    uint64_t* validity = out.validity();
    for (int32_t word = 0; word < BitmapWords(num_rows); ++word) {
      validity[word] &= rows.validity[word];
    }
    return;
  }
  for (int32_t row = 0; row < num_rows; ++row) {
    if (rows.IsNull(row)) SetNullRow(out, row);
  }
}

template <typename T>
void ScatterValues(const Piece& piece, VectorBuilder& out) {
  const VectorView<T> view = piece.values.View<T>();
  T* values = out.values<T>();
  for (int32_t i = 0; i < piece.num_rows; ++i) {
    const int32_t to = piece.rows == nullptr ? i : piece.rows[i];
    const int32_t from = piece.whole ? to : i;
    if (view.IsNull(from)) {
      out.SetNull(to);
      values[to] = T{};
    } else {
      values[to] = view[from];
    }
  }
}

void Scatter(const Piece& piece, VectorBuilder& out) {
  switch (out.type().layout()) {
    case Layout::kNone: break;
    case Layout::kInt8: ScatterValues<int8_t>(piece, out); break;
    case Layout::kInt16: ScatterValues<int16_t>(piece, out); break;
    case Layout::kInt32: ScatterValues<int32_t>(piece, out); break;
    case Layout::kInt64: ScatterValues<int64_t>(piece, out); break;
    case Layout::kInt128: ScatterValues<Int128>(piece, out); break;
    case Layout::kFloat: ScatterValues<float>(piece, out); break;
    case Layout::kDouble: ScatterValues<double>(piece, out); break;
    case Layout::kTimestamp: ScatterValues<Timestamp>(piece, out); break;
    case Layout::kText:
      // The views are copied, the text stays where it is.
      ScatterValues<Text>(piece, out);
      out.AddPinsOf(piece.values);
      break;
    case Layout::kList:
    case Layout::kRow:
      for (int32_t i = 0; i < piece.num_rows; ++i) {
        const int32_t to = piece.rows == nullptr ? i : piece.rows[i];
        out.CopyRow(to, piece.values, piece.whole ? to : i);
      }
      break;
  }
}

}  // namespace

struct Evaluator::Rep {
  Rep(std::shared_ptr<const Program> the_program, const Session& the_session);

  void Run(const std::vector<Vector>& columns, int32_t num_rows, int64_t now_ms,
           EvalResult& result);

 private:
  Frame& NewFrame(Frame* parent, ScopeId scope, Selection rows, int32_t num_rows);
  void ReleaseFrames();
  Frame& Filter(Frame& root);
  Frame& SelectPassing(Frame& frame);

  const Vector& Eval(NodeId id, Frame& frame);
  const Vector& SelectFrom(NodeId id, const Frame& source, Frame& frame);
  Vector Compute(NodeId id, Frame& frame);
  Vector ComputeCall(NodeId id, Frame& frame);
  Vector ComputeCast(NodeId id, Frame& frame);
  Vector ComputeField(NodeId id, Frame& frame);
  Vector ComputeLogic(NodeId id, Frame& frame);
  Vector ComputeCase(NodeId id, Frame& frame);
  Vector ComputeCoalesce(NodeId id, Frame& frame);
  Vector Assemble(const Type& type, int32_t num_rows, std::vector<Piece>& pieces);
  Vector AllNull(const Type& type, int32_t num_rows) const;
  void NoteErrors(NodeId id, const Frame& frame, bool constant);

  const std::shared_ptr<const Program> program_;
  const Program::Rep& rep_;
  const Session session_;
  std::vector<Vector> literals_;           // by node
  std::vector<std::vector<Vector>> args_;  // by node: the arguments of a running call
  std::vector<std::unique_ptr<Frame>> frames_;
  size_t num_frames_ = 0;
  RowsPool rows_pool_;
  std::vector<int8_t> states_;  // of the filter, by row of its current frame
  RowErrors call_errors_;

  // Of the running batch.
  const std::vector<Vector>* columns_ = nullptr;
  int64_t now_ms_ = 0;
  RowErrors* errors_ = nullptr;
};

Evaluator::Rep::Rep(std::shared_ptr<const Program> the_program, const Session& the_session)
    : program_(std::move(the_program)), rep_(program_->rep()), session_(the_session) {
  literals_.resize(rep_.nodes.size());
  args_.resize(rep_.nodes.size());
  for (size_t id = 0; id < rep_.nodes.size(); ++id) {
    const Expr& expr = *rep_.nodes[id].expr;
    if (expr.kind == ExprKind::kLiteral) {
      literals_[id] = MakeConstant(expr.type, expr.literal, kMaxBatchRows);
    }
    args_[id].resize(rep_.nodes[id].args.size());
  }
}

void Evaluator::Rep::Run(const std::vector<Vector>& columns, int32_t num_rows, int64_t now_ms,
                         EvalResult& result) {
  SL_CHECK(num_rows <= kMaxBatchRows);
  result.columns.clear();
  result.errors.Clear();
  columns_ = &columns;
  now_ms_ = now_ms;
  errors_ = &result.errors;
  Frame& root = NewFrame(nullptr, 0, nullptr, num_rows);
  Frame& frame = rep_.filter.empty() ? root : Filter(root);
  result.num_rows = frame.num_rows;
  result.selection = frame.input_rows;
  result.columns.reserve(rep_.projections.size());
  for (NodeId id : rep_.projections) {
    if (frame.num_rows == 0) {
      result.columns.push_back(VectorBuilder(rep_.nodes[id].expr->type, 0).Finish());
    } else {
      result.columns.push_back(Eval(id, frame));
    }
  }
  ReleaseFrames();
}

Frame& Evaluator::Rep::NewFrame(Frame* parent, ScopeId scope, Selection rows, int32_t num_rows) {
  if (num_frames_ == frames_.size()) frames_.push_back(std::make_unique<Frame>());
  Frame& frame = *frames_[num_frames_++];
  frame.scope = scope;
  frame.parent = parent;
  frame.num_rows = num_rows;
  frame.holder = &frame;
  frame.rows = rows;
  frame.input_rows = rows;
  if (parent != nullptr) {
    if (rows == nullptr) {
      frame.holder = parent->holder;
      frame.input_rows = parent->input_rows;
    } else if (parent->input_rows != nullptr) {
      Rows composed = rows_pool_.Get();
      for (int32_t i = 0; i < num_rows; ++i) composed[i] = parent->input_rows[rows[i]];
      frame.input_rows = std::move(composed);
    }
  }
  if (frame.holder == &frame) frame.values.resize(rep_.nodes.size());
  return frame;
}

// Lets go of the batch.
void Evaluator::Rep::ReleaseFrames() {
  for (size_t i = 0; i < num_frames_; ++i) {
    Frame& frame = *frames_[i];
    for (NodeId id : frame.computed) frame.values[id] = Vector();
    frame.computed.clear();
    frame.rows = nullptr;
    frame.input_rows = nullptr;
  }
  num_frames_ = 0;
}

// Evaluates the conjunction part by part, each for the rows that the ones before left open; returns
// the frame of the rows that pass.
Frame& Evaluator::Rep::Filter(Frame& root) {
  Frame* frame = &root;
  states_.assign(root.num_rows, kTrue);
  for (size_t i = 0; i < rep_.filter.size(); ++i) {
    if (rep_.filter_scopes[i] != frame->scope) {
      Rows open = rows_pool_.Get();
      int32_t num_open = 0;
      for (int32_t row = 0; row < frame->num_rows; ++row) {
        open[num_open] = row;
        num_open += states_[row] != kFalse;
      }
      if (num_open == 0) break;
      const bool all = num_open == frame->num_rows;
      for (int32_t row = 0; row < num_open && !all; ++row) states_[row] = states_[open[row]];
      frame = &NewFrame(frame, rep_.filter_scopes[i], all ? nullptr : std::move(open), num_open);
    }
    if (frame->num_rows == 0) break;
    int8_t* states = states_.data();
    ForEachState(
        Eval(rep_.filter[i], *frame), frame->num_rows,
        [states](int32_t row, int8_t state) { states[row] = Combine(true, states[row], state); });
  }
  return SelectPassing(*frame);
}

Frame& Evaluator::Rep::SelectPassing(Frame& frame) {
  Rows passing = rows_pool_.Get();
  int32_t num_passing = 0;
  for (int32_t row = 0; row < frame.num_rows; ++row) {
    passing[num_passing] = row;
    num_passing += states_[row] == kTrue;
  }
  if (!errors_->empty()) {
    // A row on which the filter failed is not among them, whatever the other side of an OR said.
    int32_t num_good = 0;
    for (int32_t i = 0; i < num_passing; ++i) {
      const int32_t row = passing[i];
      const int32_t input = frame.input_rows == nullptr ? row : frame.input_rows[row];
      if (errors_->Find(input) == nullptr) passing[num_good++] = row;
    }
    num_passing = num_good;
  }
  if (num_passing == frame.num_rows) passing = nullptr;
  return NewFrame(&frame, rep_.projection_scope, std::move(passing), num_passing);
}

const Vector& Evaluator::Rep::Eval(NodeId id, Frame& frame) {
  const Vector& value = frame.holder->values[id];
  if (value.is_set()) return value;
  // Taken from the nearest frame around that has it, else from the outermost that needs it in any
  // case.
  Frame* source = nullptr;
  for (Frame* around = frame.parent; around != nullptr; around = around->parent) {
    const bool known = around->holder->values[id].is_set();
    if (known || rep_.IsEager(around->scope, id)) source = around;
    if (known) break;
  }
  if (source != nullptr) {
    Eval(id, *source);
    return SelectFrom(id, *source, frame);
  }
  Vector computed = Compute(id, frame);
  Frame& holder = *frame.holder;
  holder.values[id] = std::move(computed);
  holder.computed.push_back(id);
  return holder.values[id];
}

const Vector& Evaluator::Rep::SelectFrom(NodeId id, const Frame& source, Frame& frame) {
  Frame& holder = *frame.holder;
  if (holder.values[id].is_set()) return holder.values[id];
  const Vector& outer = SelectFrom(id, source, *holder.parent);
  holder.values[id] = outer.Select(holder.rows, holder.num_rows);
  holder.computed.push_back(id);
  return holder.values[id];
}

Vector Evaluator::Rep::Compute(NodeId id, Frame& frame) {
  const Expr& expr = *rep_.nodes[id].expr;
  switch (expr.kind) {
    case ExprKind::kColumn: {
      const Vector& column = (*columns_)[expr.column];
      if (frame.input_rows == nullptr) return column;
      return column.Select(frame.input_rows, frame.num_rows);
    }
    case ExprKind::kLiteral: return literals_[id].Repeat(0, frame.num_rows);
    case ExprKind::kCall: return ComputeCall(id, frame);
    case ExprKind::kCast: return ComputeCast(id, frame);
    case ExprKind::kField: return ComputeField(id, frame);
    case ExprKind::kAnd:
    case ExprKind::kOr: return ComputeLogic(id, frame);
    case ExprKind::kCase: return ComputeCase(id, frame);
    case ExprKind::kCoalesce: return ComputeCoalesce(id, frame);
  }
  return Vector();
}

Vector Evaluator::Rep::AllNull(const Type& type, int32_t num_rows) const {
  return MakeConstant(type, Value::Null(), num_rows);
}

Vector Evaluator::Rep::ComputeCall(NodeId id, Frame& frame) {
  const ProgramNode& node = rep_.nodes[id];
  const Expr& expr = *node.expr;
  std::vector<Vector>& args = args_[id];
  bool constant = !args.empty() && expr.function->deterministic;
  bool all_null = false;
  for (size_t i = 0; i < args.size(); ++i) {
    args[i] = Eval(node.args[i], frame);
    const bool is_constant = args[i].encoding() == Encoding::kConstant;
    constant &= is_constant;
    all_null |= is_constant && args[i].IsNull(0);
  }
  if (all_null && expr.function->null_in_null_out) {
    for (Vector& arg : args) arg = Vector();
    return AllNull(expr.type, frame.num_rows);
  }
  // One row is enough where all rows are alike.
  const int32_t num_rows = constant ? 1 : frame.num_rows;
  VectorBuilder out(expr.type, num_rows);
  if (expr.function->null_in_null_out) {
    for (const Vector& arg : args) MaskNulls(arg, out);
  }
  EvalContext context{session_, expr.state.get(), num_rows, now_ms_};
  expr.function->kernel(context, args, out, call_errors_);
  for (Vector& arg : args) arg = Vector();
  if (!call_errors_.empty()) NoteErrors(id, frame, constant);
  Vector result = out.Finish();
  return constant ? result.Repeat(0, frame.num_rows) : result;
}

Vector Evaluator::Rep::ComputeCast(NodeId id, Frame& frame) {
  const ProgramNode& node = rep_.nodes[id];
  const Expr& expr = *node.expr;
  const Vector& input = Eval(node.args[0], frame);
  if (input.type().kind() == TypeKind::kNull) return AllNull(expr.type, frame.num_rows);
  if (IsReinterpretingCast(input.type(), expr.type)) return input.WithType(expr.type);
  const bool constant = input.encoding() == Encoding::kConstant;
  const int32_t num_rows = constant ? 1 : frame.num_rows;
  VectorBuilder out(expr.type, num_rows);
  MaskNulls(input, out);
  EvalContext context{session_, nullptr, num_rows, now_ms_};
  Cast(context, input, expr.try_cast || session_.legacy_casts, out, call_errors_);
  if (!call_errors_.empty()) NoteErrors(id, frame, constant);
  Vector result = out.Finish();
  return constant ? result.Repeat(0, frame.num_rows) : result;
}

// The child column seen through the rows of the ROW column, NULL also where the ROW is.
Vector Evaluator::Rep::ComputeField(NodeId id, Frame& frame) {
  const ProgramNode& node = rep_.nodes[id];
  const Vector& row_vector = Eval(node.args[0], frame);
  const Vector& child = row_vector.child(node.expr->column);
  const VectorView<char> rows = row_vector.Rows();
  const int32_t num_rows = frame.num_rows;
  Vector seen;
  switch (row_vector.encoding()) {
    case Encoding::kFlat: seen = child; break;
    case Encoding::kConstant: seen = child.Repeat(0, num_rows); break;
    case Encoding::kDictionary: {
      Rows selection = rows_pool_.Get();
      std::copy_n(rows.selection, num_rows, selection.get());
      seen = child.Select(selection, num_rows);
      break;
    }
  }
  if (rows.validity == nullptr) return seen;
  if (row_vector.encoding() == Encoding::kConstant) {
    return rows.IsNull(0) ? AllNull(node.expr->type, num_rows) : seen;
  }
  Piece piece{std::move(seen), nullptr, num_rows, true};
  VectorBuilder out(node.expr->type, num_rows);
  Scatter(piece, out);
  MaskNulls(row_vector, out);
  return out.Finish();
}

void Evaluator::Rep::NoteErrors(NodeId id, const Frame& frame, bool constant) {
  const Expr& expr = *rep_.nodes[id].expr;
  const std::string where = expr.text.empty() ? ExprToString(expr, {}) : expr.text;
  for (const RowError& error : call_errors_.errors()) {
    const int32_t begin = constant ? 0 : error.row;
    const int32_t end = constant ? frame.num_rows : error.row + 1;
    for (int32_t row = begin; row < end; ++row) {
      const int32_t input = frame.input_rows == nullptr ? row : frame.input_rows[row];
      errors_->Add(input, error.code, absl::StrCat(where, ": ", error.detail));
    }
  }
  call_errors_.Clear();
}

// AND and OR: an argument is asked only about the rows that those before it leave open, unless it
// is so cheap that all rows cost less.
Vector Evaluator::Rep::ComputeLogic(NodeId id, Frame& frame) {
  const ProgramNode& node = rep_.nodes[id];
  const bool is_and = node.expr->kind == ExprKind::kAnd;
  const int8_t decisive = is_and ? kFalse : kTrue;
  const int32_t num_rows = frame.num_rows;
  VectorBuilder out(node.expr->type, num_rows);
  int8_t* states = out.values<int8_t>();
  std::fill_n(states, num_rows, is_and ? kTrue : kFalse);
  Frame* open_frame = &frame;
  Rows open_rows;  // rows of `frame`, by row of open_frame; null: the same
  for (size_t i = 0; i < node.args.size(); ++i) {
    if (!node.lazy[i]) {
      ForEachState(Eval(node.args[i], frame), num_rows, [=](int32_t row, int8_t state) {
        states[row] = Combine(is_and, states[row], state);
      });
      continue;
    }
    Rows inner = rows_pool_.Get();
    Rows outer = rows_pool_.Get();
    int32_t num_open = 0;
    for (int32_t j = 0; j < open_frame->num_rows; ++j) {
      const int32_t row = open_rows == nullptr ? j : open_rows[j];
      inner[num_open] = j;
      outer[num_open] = row;
      num_open += states[row] != decisive;
    }
    if (num_open == 0) break;
    const bool all = num_open == open_frame->num_rows;
    open_frame = &NewFrame(open_frame, rep_.ChildScope(frame.scope, id, i),
                           all ? nullptr : std::move(inner), num_open);
    open_rows = std::move(outer);
    const int32_t* rows = open_rows.get();
    ForEachState(Eval(node.args[i], *open_frame), num_open, [=](int32_t j, int8_t state) {
      states[rows[j]] = Combine(is_and, states[rows[j]], state);
    });
  }
  for (int32_t row = 0; row < num_rows; ++row) {
    if (states[row] == kUnknown) {
      states[row] = kFalse;
      out.SetNull(row);
    }
  }
  return out.Finish();
}

Vector Evaluator::Rep::ComputeCase(NodeId id, Frame& frame) {
  const ProgramNode& node = rep_.nodes[id];
  const size_t num_args = node.args.size();
  std::vector<Piece> pieces;
  // The rows without a branch yet: as rows of open_frame and as rows of `frame`; null: all.
  Frame* open_frame = &frame;
  Rows inner, outer;
  int32_t num_open = frame.num_rows;
  const auto lazily = [&](size_t arg, const Rows& rows, int32_t num_rows) -> Frame& {
    const bool all = rows == nullptr || num_rows == open_frame->num_rows;
    return NewFrame(open_frame, rep_.ChildScope(frame.scope, id, arg), all ? nullptr : rows,
                    num_rows);
  };
  const auto add_piece = [&](size_t arg, const Rows& in_open, Rows in_frame, int32_t num_rows) {
    const bool lazy = node.lazy[arg];
    Frame& where = lazy ? lazily(arg, in_open, num_rows) : frame;
    pieces.push_back({Eval(node.args[arg], where), std::move(in_frame), num_rows, !lazy});
  };
  for (size_t i = 0; i + 1 < num_args && num_open > 0; i += 2) {
    const bool lazy = node.lazy[i];
    if (lazy) {
      open_frame = &lazily(i, inner, num_open);
      inner = nullptr;
    }
    const Vector& condition = Eval(node.args[i], lazy ? *open_frame : frame);
    const bool unknown = condition.type().kind() == TypeKind::kNull;
    const VectorView<int8_t> view = condition.View<int8_t>();
    Rows true_inner = rows_pool_.Get(), true_outer = rows_pool_.Get();
    Rows rest_inner = rows_pool_.Get(), rest_outer = rows_pool_.Get();
    int32_t num_true = 0, num_rest = 0;
    for (int32_t j = 0; j < num_open; ++j) {
      const int32_t in_open = inner == nullptr ? j : inner[j];
      const int32_t in_frame = outer == nullptr ? j : outer[j];
      const int32_t at = lazy ? j : in_frame;
      const bool holds = !unknown && !view.IsNull(at) && view[at] == kTrue;
      true_inner[num_true] = rest_inner[num_rest] = in_open;
      true_outer[num_true] = rest_outer[num_rest] = in_frame;
      num_true += holds;
      num_rest += !holds;
    }
    if (num_true > 0) add_piece(i + 1, true_inner, std::move(true_outer), num_true);
    inner = std::move(rest_inner);
    outer = std::move(rest_outer);
    num_open = num_rest;
  }
  if (num_open > 0) {
    if (num_args % 2 == 1) {
      add_piece(num_args - 1, inner, outer, num_open);
    } else {
      pieces.push_back({AllNull(node.expr->type, num_open), outer, num_open, false});
    }
  }
  return Assemble(node.expr->type, frame.num_rows, pieces);
}

Vector Evaluator::Rep::ComputeCoalesce(NodeId id, Frame& frame) {
  const ProgramNode& node = rep_.nodes[id];
  std::vector<Piece> pieces;
  Frame* open_frame = &frame;
  Rows inner, outer;
  int32_t num_open = frame.num_rows;
  for (size_t i = 0; i < node.args.size() && num_open > 0; ++i) {
    const bool lazy = node.lazy[i];
    if (lazy) {
      const bool all = inner == nullptr || num_open == open_frame->num_rows;
      open_frame = &NewFrame(open_frame, rep_.ChildScope(frame.scope, id, i), all ? nullptr : inner,
                             num_open);
      inner = nullptr;
    }
    const Vector& values = Eval(node.args[i], lazy ? *open_frame : frame);
    const bool unknown = values.type().kind() == TypeKind::kNull;
    const VectorView<char> view = values.Rows();
    if (i == 0 && !unknown && view.validity == nullptr) return values;
    pieces.push_back({values, outer, num_open, !lazy});
    if (!unknown && view.validity == nullptr) break;
    Rows rest_inner = rows_pool_.Get(), rest_outer = rows_pool_.Get();
    int32_t num_rest = 0;
    for (int32_t j = 0; j < num_open; ++j) {
      const int32_t in_open = inner == nullptr ? j : inner[j];
      const int32_t in_frame = outer == nullptr ? j : outer[j];
      rest_inner[num_rest] = in_open;
      rest_outer[num_rest] = in_frame;
      num_rest += unknown || view.IsNull(lazy ? j : in_frame);
    }
    inner = std::move(rest_inner);
    outer = std::move(rest_outer);
    num_open = num_rest;
  }
  return Assemble(node.expr->type, frame.num_rows, pieces);
}

// Puts the pieces together; together they cover all rows, and a later one replaces NULLs of an
// earlier one.
Vector Evaluator::Rep::Assemble(const Type& type, int32_t num_rows, std::vector<Piece>& pieces) {
  if (pieces.size() == 1 && pieces[0].num_rows == num_rows) return std::move(pieces[0].values);
  const bool constants = std::all_of(pieces.begin(), pieces.end(), [](const Piece& piece) {
    return piece.values.encoding() == Encoding::kConstant;
  });
  if (constants) {
    // Every branch is one value: the result is a dictionary of them.
    VectorBuilder dictionary(type, static_cast<int32_t>(pieces.size()));
    Rows choice = rows_pool_.Get();
    for (size_t p = 0; p < pieces.size(); ++p) {
      const auto entry = static_cast<int32_t>(p);
      dictionary.CopyRow(entry, pieces[p].values, 0);
      for (int32_t i = 0; i < pieces[p].num_rows; ++i) {
        choice[pieces[p].rows == nullptr ? i : pieces[p].rows[i]] = entry;
      }
    }
    return dictionary.Finish().Select(choice, num_rows);
  }
  VectorBuilder out(type, num_rows);
  for (const Piece& piece : pieces) {
    if (out.has_validity()) {
      for (int32_t i = 0; i < piece.num_rows; ++i) {
        out.SetValid(piece.rows == nullptr ? i : piece.rows[i]);
      }
    }
    Scatter(piece, out);
  }
  return out.Finish();
}

Evaluator::Evaluator(std::shared_ptr<const Program> program, const Session& session)
    : rep_(std::make_unique<Rep>(std::move(program), session)) {}
Evaluator::~Evaluator() = default;
Evaluator::Evaluator(Evaluator&&) noexcept = default;

void Evaluator::Run(const std::vector<Vector>& columns, int32_t num_rows, int64_t now_ms,
                    EvalResult& result) {
  rep_->Run(columns, num_rows, now_ms, result);
}

StatusOr<Value> EvaluateConstant(const ExprPtr& expr, const Session& session) {
  Evaluator evaluator(Program::Compile(nullptr, {expr}), session);
  EvalResult result;
  evaluator.Run({}, 1, 0, result);
  if (!result.errors.empty()) {
    return absl::InvalidArgumentError(result.errors.errors()[0].detail);
  }
  return GetValue(result.columns[0], 0);
}

}  // namespace sluice
