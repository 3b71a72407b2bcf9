// A shape: what all records of one kind have in common when they are written compactly: their keys,
// their punctuation, and their domain and type. It is learned from one record and then verified on
// each: where the text between the values is the shape's and the values are what they must be, the
// record is one complete JSON object, and each value's place is known.
//
// Learning is a strict parser of compact JSON that gives up on all it does not know; such records
// go to the generic reader.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "bench/limit/line_index.h"

namespace sluice::limit {

enum Field : uint8_t {
  kFieldEventId,
  kFieldWrongId,
  kFieldUserId,
  kFieldSubject,
  kFieldQuestion,
  kFieldPatternId,
  kNumTextFields,
  kFieldTimestamp = kNumTextFields,
  kFieldId,
  kFieldIsDelete,
  kFieldCollectTime,
  kFieldFixTime,
  kFieldFixResult,
  kNumFields
};

// Where a value lies, relative to two marks of its line. The mark before the line is number 0.
struct Slot {
  uint32_t begin_mark = 0;
  int32_t begin_offset = 0;
  uint32_t end_mark = 0;
  int32_t end_offset = 0;

  std::string_view In(const char* chunk, const int32_t* marks) const {
    const char* begin = chunk + marks[begin_mark] + begin_offset;
    return {begin, static_cast<size_t>(chunk + marks[end_mark] + end_offset - begin)};
  }
};

struct Shape {
  std::vector<Literal> literals;
  std::vector<Slot> scalars;  // numbers and keywords of which only the form counts
  // With a payload in a string: its strings that are no column, and the strings beside it.
  std::vector<Slot> payload_texts;
  std::vector<Slot> envelope_texts;
  Slot fields[kNumFields];
  bool has_field[kNumFields] = {};  // else the field is NULL
  bool passes = false;              // domain, type and the presence of isDelete
  PayloadForm form = PayloadForm::kObject;
  uint32_t num_marks = 0;  // with the line end, without the mark before the line
  uint64_t num_hits = 0;
};

// A number of digits, or true, false, null, or another number without blanks.
bool IsPlainScalar(std::string_view token);

// The shape of one line. `marks` are those of the line, behind the mark before it. Nothing when the
// line is not compact JSON, or has what a shape cannot promise: repeated keys, columns of other
// types than usual, deep nesting.
std::optional<Shape> LearnShape(const char* chunk, const int32_t* marks, size_t num_marks,
                                PayloadForm form);

}  // namespace sluice::limit
