// A compiled LIKE pattern: % is any text, _ any character; the pieces between the % are searched
// for one after the other, so a match takes linear time. Immutable; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace sluice {

class LikePattern {
 public:
  // `escape`, if set, makes the next character literal, which must be %, _ or the escape itself.
  // InvalidArgument otherwise.
  static StatusOr<LikePattern> Compile(std::string_view pattern,
                                       std::optional<std::string_view> escape);

  bool Matches(std::string_view text) const;

 private:
  // What stands between two %.
  struct Piece {
    std::string literal;             // when there is no _
    std::vector<std::string> chars;  // else: a character each, "" for _
    bool has_wildcard = false;
  };
  enum class Shape : uint8_t { kEquals, kPrefix, kSuffix, kContains, kGeneral };

  // Bytes of the match at the beginning of `text`, or nullopt.
  static std::optional<size_t> MatchAt(const Piece& piece, std::string_view text);
  bool MatchesGeneral(std::string_view text) const;

  std::vector<Piece> pieces_;
  Shape shape_ = Shape::kEquals;
};

}  // namespace sluice
