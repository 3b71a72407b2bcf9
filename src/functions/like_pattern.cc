#include "functions/like_pattern.h"

#include "absl/strings/str_cat.h"
#include "functions/utf8.h"

namespace sluice {

StatusOr<LikePattern> LikePattern::Compile(std::string_view pattern,
                                           std::optional<std::string_view> escape) {
  if (escape.has_value() && CountChars(*escape) != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("the escape of LIKE must be one character, not '", std::string(*escape), "'"));
  }
  LikePattern result;
  result.pieces_.emplace_back();
  for (size_t offset = 0; offset < pattern.size();) {
    std::string_view character = pattern.substr(offset, CharBytes(pattern[offset]));
    offset += character.size();
    Piece& piece = result.pieces_.back();
    if (escape.has_value() && character == *escape) {
      const std::string_view next =
          offset < pattern.size() ? pattern.substr(offset, CharBytes(pattern[offset])) : "";
      if (next != "%" && next != "_" && next != *escape) {
        return absl::InvalidArgumentError(
            absl::StrCat("in the LIKE pattern '", std::string(pattern),
                         "' the escape stands before neither %, _ nor itself"));
      }
      offset += next.size();
      piece.chars.emplace_back(next);
    } else if (character == "%") {
      result.pieces_.emplace_back();
    } else if (character == "_") {
      piece.has_wildcard = true;
      piece.chars.emplace_back();
    } else {
      piece.chars.emplace_back(character);
    }
  }
  bool is_literal = true;
  for (Piece& piece : result.pieces_) {
    for (const std::string& character : piece.chars) piece.literal += character;
    if (!piece.has_wildcard) piece.chars.clear();
    is_literal &= !piece.has_wildcard;
  }
  const auto& pieces = result.pieces_;
  if (!is_literal || pieces.size() > 3) {
    result.shape_ = Shape::kGeneral;
  } else if (pieces.size() == 1) {
    result.shape_ = Shape::kEquals;
  } else if (pieces.size() == 2) {
    result.shape_ = pieces[1].literal.empty()   ? Shape::kPrefix
                    : pieces[0].literal.empty() ? Shape::kSuffix
                                                : Shape::kGeneral;
  } else {
    result.shape_ =
        pieces[0].literal.empty() && pieces[2].literal.empty() ? Shape::kContains : Shape::kGeneral;
  }
  return result;
}

bool LikePattern::Matches(std::string_view text) const {
  switch (shape_) {
    case Shape::kEquals: return text == pieces_[0].literal;
    case Shape::kPrefix: return text.starts_with(pieces_[0].literal);
    case Shape::kSuffix: return text.ends_with(pieces_[1].literal);
    case Shape::kContains: return text.find(pieces_[1].literal) != std::string_view::npos;
    case Shape::kGeneral: return MatchesGeneral(text);
  }
  return false;
}

std::optional<size_t> LikePattern::MatchAt(const Piece& piece, std::string_view text) {
  if (!piece.has_wildcard) {
    return text.starts_with(piece.literal) ? std::optional<size_t>(piece.literal.size())
                                           : std::nullopt;
  }
  size_t offset = 0;
  for (const std::string& character : piece.chars) {
    if (offset >= text.size()) return std::nullopt;
    if (character.empty()) {
      offset += std::min(CharBytes(text[offset]), text.size() - offset);
    } else if (text.substr(offset).starts_with(character)) {
      offset += character.size();
    } else {
      return std::nullopt;
    }
  }
  return offset;
}

// The first piece stands at the beginning, the last at the end; those between are found greedily
// from the left.
bool LikePattern::MatchesGeneral(std::string_view text) const {
  const std::optional<size_t> head = MatchAt(pieces_[0], text);
  if (!head.has_value()) return false;
  if (pieces_.size() == 1) return *head == text.size();
  text.remove_prefix(*head);
  for (size_t i = 1; i + 1 < pieces_.size(); ++i) {
    const Piece& piece = pieces_[i];
    if (!piece.has_wildcard) {
      const size_t place = text.find(piece.literal);
      if (place == std::string_view::npos) return false;
      text.remove_prefix(place + piece.literal.size());
      continue;
    }
    std::optional<size_t> match = MatchAt(piece, text);
    while (!match.has_value()) {
      if (text.empty()) return false;
      text.remove_prefix(std::min(CharBytes(text[0]), text.size()));
      match = MatchAt(piece, text);
    }
    text.remove_prefix(*match);
  }
  const Piece& last = pieces_.back();
  if (!last.has_wildcard) return text.ends_with(last.literal);
  // The last piece has a fixed number of characters, counted back from the end.
  size_t begin = text.size();
  for (size_t left = last.chars.size(); left > 0; --left) {
    if (begin == 0) return false;
    --begin;
    while (begin > 0 && IsContinuation(text[begin])) --begin;
  }
  const std::optional<size_t> match = MatchAt(last, text.substr(begin));
  return match.has_value() && begin + *match == text.size();
}

}  // namespace sluice
