// How JsonShapes learns: gaps from records that the reader found sound, whole forms from records
// that were walked.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "formats/json_shapes.h"
#include "formats/json_shapes_gap.h"
#include "json/json_text.h"
#include "types/plain_digits.h"

namespace sluice {

// Takes in one sound document, token by token.
class JsonShapes::Learner {
 public:
  explicit Learner(JsonShapes& shapes) : shapes_(shapes) {}

  void Run(std::string_view text) {
    cursor_.Reset(text, shapes_.controls_);
    gap_begin_ = text.data();
    if (cursor_.Next() != JsonToken::kStartObject) return;
    container_ = ContainerOf(0, "", shapes_.root_);
    for (;;) {
      const JsonToken token = cursor_.Next();
      if (token == JsonToken::kFieldName) {
        if (!LearnField()) return;
      } else if (token == JsonToken::kEndObject) {
        container_ = shapes_.containers_[container_].parent;
        if (container_ != 0) continue;
        AddGap(cursor_.position(), Gap{.action = Action::kEnd});
        return;
      } else {
        return;
      }
    }
  }

 private:
  static constexpr size_t kMaxGaps = 2048;
  static constexpr int32_t kCrowd = 64;

  bool LearnField() {
    std::string key(cursor_.raw());
    if (cursor_.escaped()) key.resize(UnescapeJson(cursor_.raw(), key.data()));
    const Target target = TargetOf(key);
    if (target.identity() != nullptr) slots_.push_back(SlotOf(target));
    const JsonToken token = cursor_.Next();
    if (token == JsonToken::kStartObject && !IsReadAsAWhole(target)) {
      const int32_t child = ContainerOf(container_, key, InsideOf(target));
      if (!shapes_.containers_[child].is_crowded) {
        container_ = child;
        return true;
      }
    }
    Gap gap = GapTo(target);
    const bool is_nested = token == JsonToken::kStartObject || token == JsonToken::kStartArray;
    if (is_nested && IsReadAsAWhole(target) && !gap.takes_object) return false;
    gap.takes_object |= token == JsonToken::kStartObject;
    if (!AddGap(cursor_.token_begin(), std::move(gap))) return false;
    if (!cursor_.SkipChildren()) return false;
    gap_begin_ = cursor_.position();
    return true;
  }

  Target TargetOf(const std::string& key) const {
    const Target& parent = shapes_.containers_[container_].target;
    if (parent.fields != nullptr) {
      for (const JsonField& field : *parent.fields) {
        if (field.name == key && field.wanted) return {.field = &field};
      }
    } else if (parent.node != nullptr) {
      for (const JsonDocumentNode& child : parent.node->children) {
        if (child.key == key) return {.node = &child};
      }
    }
    return {};
  }

  // What is wanted inside of an object that stands where `target` is.
  static Target InsideOf(const Target& target) {
    if (target.field != nullptr) {
      if (target.field->WantsParts()) return {.fields = &target.field->parts};
      return {.node = &target.field->document};
    }
    return target;
  }

  static bool IsReadAsAWhole(const Target& target) {
    return target.field != nullptr && !target.field->columns.empty();
  }

  Gap GapTo(const Target& target) const {
    Gap gap;
    if (target.node != nullptr) {
      // An object or array has no JSON_VALUE, but a place may have both a value and children in
      // different records.
      if (!target.node->columns.empty()) {
        gap.action = Action::kJsonText;
        gap.column = target.node->columns[0];
      }
    } else if (target.field != nullptr && target.field->WantsParts()) {
      gap.action = Action::kParts;
    } else if (target.field != nullptr && target.field->WantsDocument()) {
      gap.action = Action::kDocument;
      for (const auto& [document, inner] : shapes_.inner_) {
        if (document == &target.field->document) gap.inner = inner.get();
      }
      gap.document = &target.field->document;
    } else if (target.field != nullptr) {
      gap.column = target.field->columns[0];
      const Type& type = target.field->type;
      gap.action = type.IsCharacter()                 ? Action::kText
                   : type.kind() == TypeKind::kBigInt ? Action::kBigInt
                                                      : Action::kConvert;
      gap.takes_object = type.IsCharacter() || type.IsNested();
    }
    for (size_t i = 0; i < shapes_.filters_.size(); ++i) {
      if (gap.column >= 0 && shapes_.filters_[i].column == gap.column)
        gap.filter = static_cast<int32_t>(i);
    }
    return gap;
  }

  // Adds the gap that ends at `end`, unless it is known, and the prediction that led to it. False
  // when nothing more is to be learned.
  bool AddGap(const char* end, Gap gap) {
    const std::string_view literal(gap_begin_, static_cast<size_t>(end - gap_begin_));
    if (literal.size() >= Gap::kMaxBytes || slots_.size() > Gap::kMaxSlots ||
        shapes_.gaps_.size() >= kMaxGaps)
      return false;
    if (shapes_.containers_[from_].gaps.size() >= kCrowd && IsUnwanted(from_))
      return SetCrowded(from_);
    int32_t index = FindKnown(literal, gap);
    if (index < 0) {
      index = static_cast<int32_t>(shapes_.gaps_.size());
      std::copy(literal.begin(), literal.end(), gap.literal);
      gap.length = static_cast<uint32_t>(literal.size());
      gap.mask = (uint64_t{1} << literal.size()) - 1;
      CountQuotes(literal, &gap);
      gap.to = container_;
      gap.num_slots = static_cast<int8_t>(slots_.size());
      std::copy(slots_.begin(), slots_.end(), gap.slots);
      shapes_.gaps_.push_back(std::move(gap));
      shapes_.containers_[from_].gaps.push_back(index);
    }
    slots_.clear();
    Predict(index);
    from_ = container_;
    previous_ = index;
    return true;
  }

  static void CountQuotes(std::string_view literal, Gap* gap) {
    for (size_t i = 0; i < literal.size(); ++i) {
      if (literal[i] == '\\') {
        ++i;
      } else if (literal[i] == '"' && gap->num_quotes++ == 0) {
        gap->first_quote = static_cast<uint16_t>(i);
      }
    }
  }

  int32_t FindKnown(std::string_view literal, const Gap& gap) const {
    for (const int32_t index : shapes_.containers_[from_].gaps) {
      const Gap& known = shapes_.gaps_[index];
      if (std::string_view(known.literal, known.length) == literal &&
          known.takes_object == gap.takes_object)
        return index;
    }
    return -1;
  }

  void Predict(int32_t index) {
    for (int32_t& next : shapes_.gaps_[previous_].next) {
      if (next == index) return;
      if (next == 0) {
        next = index;
        return;
      }
    }
  }

  bool IsUnwanted(int32_t container) const {
    const Target& target = shapes_.containers_[container].target;
    return target.fields == nullptr && target.node == nullptr;
  }

  // From now on the object is skipped as a whole: gaps into it never match again.
  bool SetCrowded(int32_t container) {
    shapes_.containers_[container].is_crowded = true;
    for (Gap& gap : shapes_.gaps_) {
      for (int32_t at = gap.to; at != 0; at = shapes_.containers_[at].parent) {
        if (at != container) continue;
        std::fill(std::begin(gap.literal), std::end(gap.literal), '\0');
        gap.mask = ~uint64_t{0};
        gap.length = Gap::kMaxBytes - 1;
        break;
      }
    }
    return false;
  }

  int32_t ContainerOf(int32_t parent, const std::string& key, Target target) {
    const auto [found, is_new] = shapes_.container_of_key_.try_emplace(
        {parent, key}, static_cast<int32_t>(shapes_.containers_.size()));
    if (!is_new) return found->second;
    const int32_t container = found->second;
    shapes_.containers_.push_back(
        {.parent = parent, .depth = shapes_.containers_[parent].depth + 1, .target = target});
    if (++shapes_.containers_[parent].num_children > kCrowd && IsUnwanted(parent) && parent != 0)
      SetCrowded(parent);
    return container;
  }

  int32_t SlotOf(const Target& target) {
    const auto [found, is_new] = shapes_.slot_of_target_.try_emplace(
        target.identity(), static_cast<int32_t>(shapes_.seen_in_.size()));
    if (is_new) shapes_.seen_in_.push_back(0);
    return found->second;
  }

  JsonShapes& shapes_;
  JsonCursor cursor_;
  const char* gap_begin_ = nullptr;
  int32_t container_ = 0;  // in which the cursor stands
  int32_t from_ = 0;       // of the value before the gap
  int32_t previous_ = 0;
  std::vector<int32_t> slots_;
};

void JsonShapes::Learn(std::string_view record) {
  if (is_possible_) Learner(*this).Run(record);
}

// The walk once more, over a record that it has read: all that is no string and no plain number
// becomes text of the form.
void JsonShapes::LearnForm(size_t at, size_t end) {
  constexpr uint64_t kPause = 64;
  next_form_ = num_walks_ + kPause;
  JsonForms::Builder builder;
  const Gap* gap = gaps_.data();
  for (;;) {
    const int32_t found = FindGap(*gap, text_.data() + at);
    if (found < 0) return;
    gap = &gaps_[found];
    builder.AddText(text_.substr(at, gap->length));
    at += gap->length;
    if (gap->action == Action::kEnd) break;
    at = AddToForm(found, at, end, &builder);
    if (at == kNotRead) return;
  }
  builder.AddText(text_.substr(at, end - at));
  JsonForms::Form form;
  if (!builder.Finish(&form)) return;
  if (!forms_.is_full()) next_form_ = num_walks_;
  forms_.Add(std::move(form));
}

// Returns the place behind the value, or kNotRead: records with it have no form.
size_t JsonShapes::AddToForm(int32_t gap, size_t at, size_t end, JsonForms::Builder* builder) {
  const std::string_view rest = text_.substr(at, end - at);
  if (rest.starts_with('"')) {
    builder->AddString(gap);
    const uint32_t* quote = quote_;
    while (*quote <= at) ++quote;
    return *quote + 1;
  }
  for (const std::string_view word : {"null", "true", "false"}) {
    if (!rest.starts_with(word)) continue;
    if (gaps_[gap].action != Action::kSkip && word != "null") return kNotRead;
    builder->AddText(word);
    return at + word.size();
  }
  const size_t digits = CountDigits(rest.data());
  if (digits == 0 || digits > 15) return kNotRead;
  builder->AddNumber(gap);
  return at + digits;
}

}  // namespace sluice
