// The three dimension tables of the wrongbook job in open-addressing tables, read once from SQLite.
//
// `is_delete = 0` is part of the join conditions and equal for all rows, so deleted rows are left
// out at loading, as a constant lookup key would leave them out. Immutable after loading. All texts
// may be read 16 bytes past their end.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::limit {

struct Pattern {
  std::string_view id;
  std::string_view name;
};

struct PatternLink {
  int64_t teaching_type_id;
  bool is_last;  // of the links of one pattern, which lie side by side
};

struct TeachingType {
  int64_t id;
  std::string_view name;
};

// The first eight bytes of a text, zero behind its end. May read, but does not use, up to seven
// bytes more.
inline uint64_t HeadOf(std::string_view text) {
  uint64_t head;
  std::memcpy(&head, text.data(), sizeof(head));
  return text.size() >= 8 ? head : head & ((uint64_t{1} << (text.size() * 8)) - 1);
}

// Hash of a key: head and length decide short keys alone; of longer ones the last eight bytes take
// part.
inline uint64_t HashOf(std::string_view key) {
  uint64_t tail = key.size();
  if (key.size() > 8) std::memcpy(&tail, key.data() + key.size() - 8, sizeof(tail));
  const auto product = static_cast<unsigned __int128>(HeadOf(key) ^ 0x9e3779b97f4a7c15u) *
                       ((tail ^ (key.size() << 56)) | 0xd6e8feb86659fd93u);
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

inline uint64_t HashOf(int64_t key) {
  const uint64_t mixed = static_cast<uint64_t>(key) * 0x9e3779b97f4a7c15u;
  return mixed ^ (mixed >> 32);
}

// Text keys to row numbers, linear probing, at most half full.
class TextIndex {
 public:
  static constexpr uint32_t kAbsent = ~0u;

  explicit TextIndex(size_t num_keys)
      : slots_(std::bit_ceil(num_keys * 2 + 1)), mask_(slots_.size() - 1) {}

  // Keeps the view of the key. The first row of a key wins.
  void Add(std::string_view key, uint32_t row) {
    size_t at = HashOf(key) & mask_;
    while (slots_[at].row != kAbsent) {
      if (Holds(slots_[at], key)) return;
      at = (at + 1) & mask_;
    }
    slots_[at] = {HeadOf(key), key.data(), static_cast<uint32_t>(key.size()), row};
  }

  void Prefetch(uint64_t hash) const { __builtin_prefetch(&slots_[hash & mask_]); }

  // REQUIRES: hash is HashOf(key).
  uint32_t Find(std::string_view key, uint64_t hash) const {
    for (size_t at = hash & mask_;; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.row == kAbsent || Holds(slot, key)) return slot.row;
    }
  }

 private:
  struct Slot {
    uint64_t head = 0;
    const char* key = nullptr;
    uint32_t size = 0;
    uint32_t row = kAbsent;
  };

  static bool Holds(const Slot& slot, std::string_view key) {
    return slot.head == HeadOf(key) && slot.size == key.size() &&
           (key.size() <= 8 || std::memcmp(slot.key + 8, key.data() + 8, key.size() - 8) == 0);
  }

  std::vector<Slot> slots_;
  size_t mask_;
};

class Dimensions {
 public:
  // Ends the program with a message when the database cannot be read.
  explicit Dimensions(const char* database_path);

  void PrefetchPattern(uint64_t hash) const {
    patterns_by_id_->Prefetch(hash);
    links_by_pattern_->Prefetch(hash);
  }

  // Null when there is none. REQUIRES: hash is HashOf(id).
  const Pattern* FindPattern(std::string_view id, uint64_t hash) const {
    const uint32_t row = patterns_by_id_->Find(id, hash);
    return row == TextIndex::kAbsent ? nullptr : &patterns_[row];
  }

  // The first of the links of a pattern, or null.
  const PatternLink* FindLinks(std::string_view pattern_id, uint64_t hash) const {
    const uint32_t row = links_by_pattern_->Find(pattern_id, hash);
    return row == TextIndex::kAbsent ? nullptr : &links_[row];
  }

  const TeachingType* FindTeachingType(int64_t id) const {
    for (size_t at = HashOf(id) & type_mask_;; at = (at + 1) & type_mask_) {
      const uint32_t row = type_slots_[at];
      if (row == TextIndex::kAbsent) return nullptr;
      if (types_[row].id == id) return &types_[row];
    }
  }

 private:
  std::string_view Keep(std::string_view text);

  std::vector<std::unique_ptr<char[]>> text_blocks_;
  size_t text_left_ = 0;
  std::vector<Pattern> patterns_;
  std::vector<PatternLink> links_;
  std::vector<TeachingType> types_;
  std::unique_ptr<TextIndex> patterns_by_id_;
  std::unique_ptr<TextIndex> links_by_pattern_;
  std::vector<uint32_t> type_slots_;
  size_t type_mask_ = 0;
};

}  // namespace sluice::limit
