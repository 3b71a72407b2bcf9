// JsonShapes: the fast path of the json decoder. Producers write the same few shapes again and
// again: the text between two scalar values (closing brackets, comma, key, colon, opening brackets,
// blanks) is a *gap* out of a small set. A gap that was once seen in a sound document leads from
// the object that holds the value before it into the object that holds the value behind it; so a
// record whose gaps are all known, each in an object where it fits, is sound and needs no parsing:
// every gap is compared, every scalar is checked, and the values are where the gaps end.
//
// What is not known (a new gap, trailing text, a repeated key, an odd value) is left to JsonReader,
// which is always right; afterwards the record is learned. Gaps are predicted from the gap before,
// so that the usual record costs one comparison per field.
//
// Owned by one decoder, single-threaded.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "formats/format.h"
#include "formats/json_blocks.h"
#include "formats/json_columns.h"
#include "formats/json_forms.h"
#include "formats/json_reader.h"
#include "formats/json_settings.h"
#include "json/cursor.h"
#include "types/text.h"

namespace sluice {

class JsonShapes {
 public:
  enum class Outcome : uint8_t { kRow, kFiltered, kUnknown };

  // Of records. `reader` reads single values that need more than a look; it must outlive this
  // object, as must its fields.
  JsonShapes(JsonReader& reader, const std::vector<DecodeFilter>& filters,
             const JsonDecodeSettings& settings);
  ~JsonShapes();

  // False: the plan wants something that only the reader does, and every record is unknown.
  bool is_possible() const { return is_possible_; }
  // Looks over the text in which the next records lie, in order. REQUIRES: valid UTF-8 where they
  // lie, at most JsonBlocks::kMaxBytes, and kPadding readable bytes behind it.
  void Index(std::string_view text);
  // Fills the current row of `columns`, which was started. kUnknown: the row must be started again
  // and read by the reader.
  Outcome Read(std::string_view record, JsonColumns& columns);
  // Takes in the shape of a record that the reader found sound.
  void Learn(std::string_view record);

 private:
  // What is wanted at a place of the document: one of these at most.
  struct Target {
    const std::vector<JsonField>* fields = nullptr;  // an object of declared fields
    const JsonField* field = nullptr;                // the value of a declared field
    const JsonDocumentNode* node = nullptr;          // a place that JSON_VALUE looks at or into
    const void* identity() const {
      return field != nullptr ? static_cast<const void*>(field) : node;
    }
  };
  enum class Action : uint8_t {
    kSkip,      // nothing is wanted
    kJsonText,  // JSON_VALUE of the value
    kText,      // a text column
    kBigInt,    // a BIGINT column
    kConvert,   // a column of any other type
    kDocument,  // JSON_VALUE looks into the value, if it is a text
    kParts,     // parts of a ROW are wanted, and the value is no object
    kEnd,       // the document ends behind the gap
  };
  struct Gap;
  // An object, known by the keys that lead to it. Number 0 is the place before the document.
  struct Container {
    int32_t parent = 0;
    size_t depth = 0;
    Target target;
    std::vector<int32_t> gaps;  // that may follow a value in it
    int32_t num_children = 0;
    bool is_crowded = false;  // its keys never repeat: it is skipped as a whole
  };
  struct Filter {
    int32_t column;
    std::vector<std::string> values;
    std::vector<Text> texts;  // views of `values`
  };
  class Learner;

  JsonShapes(JsonReader& reader, const JsonDocumentNode& root, const JsonDecodeSettings& settings);
  JsonShapes(JsonReader& reader, Target root, JsonControls controls,
             const JsonDecodeSettings& settings);

  int32_t FindGap(const Gap& previous, const char* at);
  static constexpr size_t kNotRead = SIZE_MAX;
  // Read a value; what fits no fast path is odd. False or kNotRead where the reader must look.
  bool ReadString(const Gap& gap, size_t begin, size_t close, JsonColumns& columns, bool discard);
  bool ReadDigits(const Gap& gap, size_t begin, size_t end, JsonColumns& columns, bool discard);
  bool ReadOddString(const Gap& gap, std::string_view raw, bool escaped, JsonColumns& columns,
                     bool discard);
  size_t ReadOddValue(const Gap& gap, size_t at, size_t end, JsonColumns& columns, bool discard);
  size_t ReadNested(const Gap& gap, size_t at, size_t end, JsonColumns& columns, bool discard);
  bool StoreScalar(const Gap& gap, JsonToken kind, bool escaped, std::string_view raw,
                   JsonColumns& columns);
  bool ReadDocument(const Gap& gap, std::string_view raw, bool escaped, JsonColumns& columns);
  static bool PassesFilter(const Filter& filter, JsonColumns& columns);
  Outcome Walk(size_t at, size_t end, JsonColumns& columns);
  bool IsRestBlank(size_t at, size_t end) const;
  Outcome ApplyFilters(JsonColumns& columns) const;
  Outcome ReadForm(const JsonForms::Form& form, const JsonForms::Record& record,
                   JsonColumns& columns);
  void LearnForm(size_t at, size_t end);
  size_t AddToForm(int32_t gap, size_t at, size_t end, JsonForms::Builder* builder);
  bool SawAllFields() const;

  JsonReader& reader_;
  const JsonDecodeSettings settings_;
  const JsonControls controls_;
  const Target root_;
  std::vector<Filter> filters_;
  JsonBlocks blocks_;
  std::string_view text_;            // that was indexed
  const uint32_t* quote_ = nullptr;  // the first that the next record may have
  bool has_escapes_ = false;         // of the record at hand: it has backslashes
  JsonForms forms_;                  // tags are numbers of gaps
  uint64_t num_walks_ = 0;           // that read a record
  uint64_t next_form_ = 0;           // the walk after which a form is learned
  JsonCursor cursor_;
  std::vector<Container> containers_;
  std::vector<Gap> gaps_;  // number 0 stands for "none before"
  absl::flat_hash_map<std::pair<int32_t, std::string>, int32_t> container_of_key_;
  absl::flat_hash_map<const void*, int32_t> slot_of_target_;
  std::vector<uint64_t> seen_in_;  // per slot: the record in which the key was last seen
  uint64_t record_ = 0;
  bool is_possible_ = true;
  // Of texts that hold documents.
  std::vector<std::pair<const JsonDocumentNode*, std::unique_ptr<JsonShapes>>> inner_;
};

}  // namespace sluice
