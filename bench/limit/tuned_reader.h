// Decodes a chunk of lines for the wrongbook job: by learned shapes where they fit, else by the
// generic reader.
//
// The verdict on each line and the columns of each wanted one are the generic reader's, always. One
// thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "bench/limit/event_reader.h"
#include "bench/limit/json_token.h"
#include "bench/limit/line_index.h"
#include "bench/limit/record_shape.h"
#include "bench/limit/wide_table.h"

namespace sluice::limit {

class TunedReader {
 public:
  explicit TunedReader(const Kernel& kernel) : kernel_(kernel) {}

  // Indexes the chunk, whose lines Read then takes one by one. `chunk` is what ChunkReader returns
  // and stays where it is.
  void Begin(std::string_view chunk);

  bool HasNext() const { return line_ < index_.num_lines; }

  // Reads the next line. For kWanted, `event` holds views into the chunk and into this reader,
  // valid until the next call of Begin; of them, those of a line with `*from_generic` are valid
  // until the next call of Next.
  Verdict Next(EventFields* event, bool* from_generic);

  int64_t num_generic() const { return num_generic_; }

 private:
  enum class Fit : uint8_t { kWanted, kFiltered, kNone };

  Fit TryShapes(const int32_t* marks, size_t num_marks, bool has_escapes, EventFields* event);
  Fit Project(const Shape& shape, const int32_t* marks, bool has_escapes, EventFields* event);
  bool Decode(bool is_escaped_twice, std::string_view* text);
  uint8_t NotesOf(size_t begin, size_t end) const;
  void Learn(const int32_t* marks, size_t num_marks);
  void NoteForm(std::string_view line);

  static constexpr size_t kNumBuckets = 64;  // by the number of marks
  static constexpr size_t kBucketShapes = 4;

  const Kernel& kernel_;
  EventReader generic_;
  TextArena arena_;
  std::vector<Shape> shapes_[2][kNumBuckets];  // by payload form
  PayloadForm form_ = PayloadForm::kObject;
  size_t num_other_form_ = 0;  // lines of this chunk that the generic reader got in the other form

  std::string_view chunk_;
  LineIndex index_;
  size_t line_ = 0;
  uint32_t mark_ = 0;  // of the line end before the next line
  int64_t num_generic_ = 0;
};

}  // namespace sluice::limit
