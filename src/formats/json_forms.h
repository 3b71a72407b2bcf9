// JsonForms: the forms that whole records come in. Two records have one form if they differ in
// nothing but the contents of strings and the digits of numbers: same keys in the same order, same
// blanks, same literals. Where everything of such a record lies follows from the places of its
// quotes, so that it is compared with a form without a step that waits for another; what fits no
// form is left to the walk over gaps (json_shapes.h), from which forms are learned.
//
// Owned by one JsonShapes, single-threaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

class JsonForms {
 public:
  static constexpr size_t kMaxForms = 16;

  // A record in an indexed text. REQUIRES: JsonBlocks::kPadding readable bytes
  // behind it.
  struct Record {
    const char* text;
    const uint32_t* quotes;  // its first, if it has any
    size_t num_quotes;       // of the text from there on; one entry follows them
    size_t begin, end;       // in the text
  };
  // A place in a record, `offset` bytes behind one of its quotes.
  struct Place {
    uint32_t quote = 0;
    int32_t offset = 0;

    size_t In(const Record& record) const {
      return record.quotes[quote] + static_cast<size_t>(offset);
    }
  };
  struct String {
    int32_t tag = 0;     // what the owner wants to know of it
    uint32_t quote = 0;  // the opening one; the closing one follows
  };
  struct Number {
    int32_t tag = 0;
    Place begin, end;
    bool is_last = false;  // its end is that of the record without the tail
  };
  // 16 bytes of a gap; what the mask leaves out may be anything.
  struct Literal {
    char text[16] = {};
    char mask[16] = {};
    Place place;
  };

  struct Form {
    uint32_t num_quotes = 0;
    uint64_t num_hits = 0;
    Place first;  // is where the record begins
    std::vector<Literal> literals;
    std::vector<String> strings;
    std::vector<Number> numbers;  // of 1 … 15 digits
    Literal tail;                 // behind the last value or quote; ends the record
    uint32_t tail_bytes = 0;

    size_t EndOf(const Number& number, const Record& record) const {
      return number.is_last ? record.end - tail_bytes : number.end.In(record);
    }
  };

  // Puts a form together, from front to back.
  class Builder {
   public:
    void AddText(std::string_view text) { gap_.append(text); }
    void AddString(int32_t tag);
    void AddNumber(int32_t tag);
    // False if records of the form cannot be told by their quotes.
    bool Finish(Form* form);

   private:
    enum class Before : uint8_t { kNothing, kString, kNumber };
    Place CloseGap();
    bool CloseTail();

    Form form_;
    Before before_ = Before::kNothing;  // what the gap follows
    std::string gap_;                   // the text since the last value
    bool is_possible_ = true;
  };

  // The form of the record; null: none fits.
  const Form* Match(const Record& record);
  // When there are kMaxForms, the one that was used least makes room.
  void Add(Form form);
  bool is_full() const { return forms_.size() == kMaxForms; }

 private:
  static bool Fits(const Form& form, const Record& record);

  std::vector<Form> forms_;  // the most used first
};

}  // namespace sluice
