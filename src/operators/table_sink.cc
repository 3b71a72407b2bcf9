#include "operators/table_sink.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "types/text.h"

namespace sluice {
namespace {

// Characters as SQL counts them: code points.
int64_t NumCharacters(std::string_view text) {
  int64_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return count;
}

std::string_view FirstCharacters(std::string_view text, int64_t count) {
  size_t end = 0;
  while (end < text.size()) {
    const bool starts = (static_cast<unsigned char>(text[end]) & 0xc0) != 0x80;
    if (starts && count-- == 0) break;
    ++end;
  }
  return text.substr(0, end);
}

// How far a value is from the declared length of its type: < 0 too short (CHAR, BINARY), > 0 too
// long.
int64_t Excess(const Type& type, std::string_view value) {
  const auto bytes = static_cast<int64_t>(value.size());
  const bool fixed = type.kind() == TypeKind::kChar || type.kind() == TypeKind::kBinary;
  // A text has at most as many characters as bytes.
  if (!fixed && bytes <= type.length()) return 0;
  const int64_t excess = (type.IsBinary() ? bytes : NumCharacters(value)) - type.length();
  return fixed || excess > 0 ? excess : 0;
}

bool HasLength(const Type& type) {
  return type.layout() == Layout::kText && type.length() != Type::kMaxLength;
}

class TableSink : public Operator {
 public:
  explicit TableSink(TableSinkSpec spec) : spec_(std::move(spec)) {}

  Status Open(OperatorContext& context) override {
    context_ = &context;
    records_out_ = context.metrics->Register(context.operator_name, metric::kRecordsOut);
    dropped_ = context.metrics->Register(context.operator_name, metric::kRecordsDropped);
    SL_ASSIGN(sink_, spec_.connector->make_sink(spec_.table, spec_.sink, *context.session));
    return sink_->Open(context);
  }

  Status AddInput(int, Batch batch) override {
    input_ = std::move(batch);
    return OkStatus();
  }

  StatusOr<Progress> Advance(Output&) override {
    const bool flushes = flushing_ && !input_.has_value();
    SL_ASSIGN(const Progress progress, AdvanceSink());
    for (const RejectedRows& rejected : sink_->TakeRejected()) {
      SL_TRY(
          context_->errors->OnRowErrors(context_->operator_name, rejected.batch, rejected.errors));
    }
    if (progress != Progress::kNeedsInput || !flushes) return progress;
    flushing_ = false;
    if (ending_) SL_TRY(sink_->Close());
    return Progress::kNeedsInput;
  }

  Status OnControl(int, const Control& control) override {
    ending_ |= control.kind == ControlKind::kEndOfInput;
    flushing_ |= ending_ || control.kind == ControlKind::kBarrier;
    return OkStatus();
  }

 private:
  StatusOr<Progress> AdvanceSink() {
    if (input_.has_value()) {
      Batch batch = *std::move(input_);
      input_.reset();
      if (spec_.sink.upsert && batch.row_kinds != nullptr) ReplaceUpdateBefore(batch);
      SL_TRY(EnforceNotNull(batch));
      SL_TRY(EnforceLength(batch));
      if (batch.num_rows == 0) return Progress::kNeedsInput;
      records_out_->Add(batch.num_rows);
      return sink_->Write(batch);
    }
    return flushing_ ? sink_->Flush() : sink_->Resume();
  }

  const TableColumn& column(size_t i) const { return spec_.table.columns[spec_.sink.columns[i]]; }

  // An upsert sink knows no -U: the +U that follows says enough, unless a filter may have taken it
  // away.
  void ReplaceUpdateBefore(Batch& batch) const {
    std::shared_ptr<RowKind[]> kinds(new RowKind[batch.num_rows]);
    std::shared_ptr<int32_t[]> kept(new int32_t[batch.num_rows]);
    int32_t num_kept = 0;
    for (int32_t row = 0; row < batch.num_rows; ++row) {
      const bool is_before = batch.kind(row) == RowKind::kUpdateBefore;
      if (is_before && !spec_.update_before_is_delete) continue;
      kinds[num_kept] = is_before ? RowKind::kDelete : batch.kind(row);
      kept[num_kept++] = row;
    }
    if (num_kept < batch.num_rows) batch = batch.Select(std::move(kept), num_kept);
    batch.row_kinds = std::move(kinds);
  }

  Status EnforceNotNull(Batch& batch) {
    RowErrors violations;
    for (size_t c = 0; c < batch.columns.size(); ++c) {
      if (column(c).type.nullable() || !batch.columns[c].MayHaveNulls()) continue;
      for (int32_t row = 0; row < batch.num_rows; ++row) {
        if (!batch.columns[c].IsNull(row)) continue;
        violations.Add(row, ErrorCode::kNotNullViolation,
                       absl::StrCat("column '", column(c).name, "' of ", spec_.table.name,
                                    " is NOT NULL, but a NULL is being written into it"));
      }
    }
    if (violations.empty()) return OkStatus();
    if (spec_.not_null == NotNullEnforcer::kDrop) {
      dropped_->Add(static_cast<int64_t>(violations.errors().size()));
    } else {
      SL_TRY(context_->errors->OnRowErrors(context_->operator_name, batch, violations));
    }
    DropRows(batch, violations);
    return OkStatus();
  }

  Status EnforceLength(Batch& batch) {
    if (spec_.type_length == TypeLengthEnforcer::kIgnore) return OkStatus();
    RowErrors violations;
    for (size_t c = 0; c < batch.columns.size(); ++c) {
      const Type& type = column(c).type;
      if (!HasLength(type)) continue;
      const Vector& values = batch.columns[c];
      const VectorView<Text> view = values.View<Text>();
      bool fits = true;
      for (int32_t row = 0; row < batch.num_rows; ++row) {
        if (view.IsNull(row) || Excess(type, view[row].view()) == 0) continue;
        fits = false;
        if (spec_.type_length == TypeLengthEnforcer::kTrimPad) break;
        violations.Add(
            row, ErrorCode::kTypeLengthViolation,
            absl::StrCat("a value of column '", column(c).name, "' of ", spec_.table.name,
                         " does not have the length of ", type.ToString()));
      }
      if (!fits && spec_.type_length == TypeLengthEnforcer::kTrimPad) {
        batch.columns[c] = TrimOrPad(values, type, batch.num_rows);
      }
    }
    if (violations.empty()) return OkStatus();
    SL_TRY(context_->errors->OnRowErrors(context_->operator_name, batch, violations));
    DropRows(batch, violations);
    return OkStatus();
  }

  static Vector TrimOrPad(const Vector& values, const Type& type, int32_t num_rows) {
    VectorBuilder builder(values.type(), num_rows);
    builder.AddPinsOf(values);
    const VectorView<Text> view = values.View<Text>();
    for (int32_t row = 0; row < num_rows; ++row) {
      Text& out = builder.values<Text>()[row];
      out = Text();
      if (view.IsNull(row)) {
        builder.SetNull(row);
        continue;
      }
      const std::string_view value = view[row].view();
      const int64_t excess = Excess(type, value);
      if (excess == 0) {
        out = view[row];
      } else if (excess > 0) {
        out = Text(builder.arena().Copy(type.IsBinary() ? value.substr(0, type.length())
                                                        : FirstCharacters(value, type.length())));
      } else {
        std::string padded(value);
        padded.append(static_cast<size_t>(-excess), type.IsBinary() ? '\0' : ' ');
        out = Text(builder.arena().Copy(padded));
      }
    }
    return builder.Finish();
  }

  static void DropRows(Batch& batch, const RowErrors& violations) {
    std::shared_ptr<int32_t[]> kept(new int32_t[batch.num_rows]);
    int32_t num_kept = 0;
    for (int32_t row = 0; row < batch.num_rows; ++row) {
      if (violations.Find(row) == nullptr) kept[num_kept++] = row;
    }
    batch = batch.Select(std::move(kept), num_kept);
  }

  const TableSinkSpec spec_;
  OperatorContext* context_ = nullptr;
  std::unique_ptr<Sink> sink_;
  std::optional<Batch> input_;
  bool flushing_ = false;
  bool ending_ = false;
  Counter* records_out_ = nullptr;
  Counter* dropped_ = nullptr;
};

}  // namespace

std::unique_ptr<Operator> MakeTableSink(TableSinkSpec spec) {
  return std::make_unique<TableSink>(std::move(spec));
}

}  // namespace sluice
