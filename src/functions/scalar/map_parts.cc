// MAP_KEYS, MAP_VALUES, MAP_ENTRIES, MAP_FROM_ARRAYS, MAP_UNION and STR_TO_MAP.
#include "absl/strings/str_cat.h"
#include "functions/array_writer.h"
#include "functions/regex.h"

namespace sluice {

namespace {

template <int part>
void Part(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  const VectorView<ListEntry> entries = args[0].View<ListEntry>();
  ArrayWriter writer(out);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    writer.AppendAll(args[0].child(part), entries[row]);
    writer.FinishRow(row);
  });
}

void Entries(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  const VectorView<ListEntry> entries = args[0].View<ListEntry>();
  ArrayWriter writer(out);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const int32_t at = writer.Extend(entries[row].length);
    for (int part = 0; part < 2; ++part) {
      VectorBuilder& field = out.child(0).child(part);
      for (int32_t i = 0; i < entries[row].length; ++i) {
        field.CopyRow(at + i, args[0].child(part), entries[row].offset + i);
      }
    }
    writer.FinishRow(row);
  });
}

// Appends entries to a MAP builder.
class MapWriter {
 public:
  explicit MapWriter(VectorBuilder& out) : out_(out), begin_(out.child(0).num_rows()) {}
  void Append(const Vector& keys, int32_t key, const Vector& values, int32_t value) {
    const int32_t at = out_.child(0).num_rows();
    out_.child(0).Resize(at + 1);
    out_.child(1).Resize(at + 1);
    out_.child(0).CopyRow(at, keys, key);
    out_.child(1).CopyRow(at, values, value);
  }
  void FinishRow(int32_t row) {
    out_.values<ListEntry>()[row] = {begin_, out_.child(0).num_rows() - begin_};
    begin_ = out_.child(0).num_rows();
  }

 private:
  VectorBuilder& out_;
  int32_t begin_;
};

void FromArrays(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                RowErrors& errors) {
  MapWriter writer(out);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const ListEntry keys = args[0].View<ListEntry>()[row];
    const ListEntry values = args[1].View<ListEntry>()[row];
    if (keys.length != values.length) {
      return FailRow(out, row, "MAP_FROM_ARRAYS of two arrays that are not equally long", errors);
    }
    for (int32_t i = 0; i < keys.length; ++i) {
      writer.Append(args[0].child(0), keys.offset + i, args[1].child(0), values.offset + i);
    }
    writer.FinishRow(row);
  });
}

// The entries of the last map first, then those of the maps before it whose keys are not in a later
// one.
void Union(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  MapWriter writer(out);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    for (size_t m = args.size(); m-- > 0;) {
      const ListEntry entry = args[m].View<ListEntry>()[row];
      for (int32_t i = entry.offset; i < entry.offset + entry.length; ++i) {
        bool is_replaced = false;
        for (size_t later = m + 1; later < args.size() && !is_replaced; ++later) {
          is_replaced = FindElement(args[later].child(0), args[later].View<ListEntry>()[row],
                                    args[m].child(0), i) >= 0;
        }
        if (!is_replaced) writer.Append(args[m].child(0), i, args[m].child(1), i);
      }
    }
    writer.FinishRow(row);
  });
}

StatusOr<Signature> InferFromArrays(const FunctionCall& call) {
  if (call.arg_types.size() != 2 || call.arg_types[0].kind() != TypeKind::kArray ||
      call.arg_types[1].kind() != TypeKind::kArray) {
    return absl::InvalidArgumentError("MAP_FROM_ARRAYS takes an array of keys and one of values");
  }
  const bool nullable = call.arg_types[0].nullable() || call.arg_types[1].nullable();
  return Signature{
      call.arg_types,
      Type::Map(call.arg_types[0].element(), call.arg_types[1].element()).WithNullable(nullable)};
}

StatusOr<Signature> InferUnion(const FunctionCall& call) {
  std::vector<Type> keys;
  std::vector<Type> values;
  bool nullable = false;
  for (const Type& type : call.arg_types) {
    if (type.kind() != TypeKind::kMap) {
      return absl::InvalidArgumentError(
          absl::StrCat("MAP_UNION takes maps, not ", type.Nullable().ToString()));
    }
    keys.push_back(type.key());
    values.push_back(type.value());
    nullable |= type.nullable();
  }
  if (keys.empty()) return absl::InvalidArgumentError("MAP_UNION takes at least one map");
  SL_ASSIGN(const Type key, CommonType(keys));
  SL_ASSIGN(const Type value, CommonType(values));
  const Type map = Type::Map(key, value);
  Signature signature{{}, map.WithNullable(nullable)};
  for (const Type& type : call.arg_types)
    signature.args.push_back(map.WithNullable(type.nullable()));
  return signature;
}

// ---- STR_TO_MAP ----

// The separators are Java regular expressions. A separator that is malformed or not supported fails
// its row.
class Separator {
 public:
  // Null on failure; then `message` says why.
  RegexMatcher* Get(std::string_view pattern) {
    if (matcher_.has_value() && pattern == pattern_) return &*matcher_;
    StatusOr<std::shared_ptr<const Regex>> regex = Regex::Compile(pattern);
    matcher_.reset();
    if (!regex.ok()) {
      message = std::string(regex.status().message());
      return nullptr;
    }
    if ((*regex)->is_malformed()) {
      message = absl::StrCat("the separator '", std::string(pattern), "' is no regular expression");
      return nullptr;
    }
    pattern_ = pattern;
    matcher_.emplace(*std::move(regex));
    return &*matcher_;
  }
  std::string message;

 private:
  std::string pattern_;
  std::optional<RegexMatcher> matcher_;
};

// String.split: parts between matches, without empty ones at the end.
std::vector<std::string_view> SplitText(RegexMatcher& separator, std::string_view text) {
  std::vector<std::string_view> parts;
  size_t begin = 0;
  size_t from = 0;
  while (from <= text.size() && separator.Find(text, from) == RegexMatcher::Found::kYes) {
    const auto match_begin = static_cast<size_t>(separator.groups()[0].begin);
    const auto match_end = static_cast<size_t>(separator.groups()[0].end);
    from = match_end == match_begin ? match_end + 1 : match_end;
    if (match_end == 0 || (match_end == match_begin && match_begin >= text.size())) continue;
    parts.push_back(text.substr(begin, match_begin - begin));
    begin = match_end;
  }
  parts.push_back(text.substr(begin));
  while (parts.size() > 1 && parts.back().empty()) parts.pop_back();
  return parts;
}

void SetText(VectorBuilder& builder, int32_t row, std::string_view text) {
  builder.values<Text>()[row] =
      Text(text.size() > Text::kInlineBytes ? builder.arena().Copy(text) : text);
}

// Writes a pair; a key that the row already has takes the new value.
void AddPair(VectorBuilder& out, int32_t begin, std::string_view key,
             std::optional<std::string_view> value) {
  VectorBuilder& keys = out.child(0);
  VectorBuilder& values = out.child(1);
  int32_t at = begin;
  while (at < keys.num_rows() && keys.values<Text>()[at].view() != key) ++at;
  if (at == keys.num_rows()) {
    keys.Resize(at + 1);
    values.Resize(at + 1);
    SetText(keys, at, key);
  }
  if (value.has_value()) {
    values.SetValid(at);
    SetText(values, at, *value);
  } else {
    SetNullRow(values, at);
  }
}

void StrToMap(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
              RowErrors& errors) {
  const VectorView<Text> texts = args[0].View<Text>();
  Separator pair_separator;
  Separator key_separator;
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const Text comma(",");
    const Text equals("=");
    RegexMatcher* pairs =
        pair_separator.Get((args.size() > 1 ? args[1].View<Text>()[row] : comma).view());
    RegexMatcher* keys =
        key_separator.Get((args.size() > 1 ? args[2].View<Text>()[row] : equals).view());
    if (pairs == nullptr) return FailRow(out, row, pair_separator.message, errors);
    if (keys == nullptr) return FailRow(out, row, key_separator.message, errors);
    const int32_t begin = out.child(0).num_rows();
    const std::string_view text = texts[row].view();
    if (!text.empty()) {
      for (const std::string_view pair : SplitText(*pairs, text)) {
        const bool is_pair =
            keys->Find(pair, 0) == RegexMatcher::Found::kYes && keys->groups()[0].end > 0;
        if (is_pair) {
          AddPair(out, begin, pair.substr(0, keys->groups()[0].begin),
                  pair.substr(keys->groups()[0].end));
        } else {
          AddPair(out, begin, pair, std::nullopt);
        }
      }
    }
    out.values<ListEntry>()[row] = {begin, out.child(0).num_rows() - begin};
  });
}

StatusOr<Signature> InferMap(const FunctionCall& call, Type (*result)(const Type& map)) {
  if (call.arg_types.size() != 1 || call.arg_types[0].kind() != TypeKind::kMap) {
    return absl::InvalidArgumentError(absl::StrCat(std::string(call.name), " takes a MAP"));
  }
  return Signature{call.arg_types,
                   result(call.arg_types[0]).WithNullable(call.arg_types[0].nullable())};
}

}  // namespace

void Register_map_parts(FunctionRegistry& registry) {
  registry.Add({.name = "MAP_KEYS",
                .signature = "(MAP<K, V>) -> ARRAY<K>",
                .kernel = Part<0>,
                .help = "The keys of a map.",
                .example = "MAP_KEYS(MAP['a', 1]) = ARRAY['a']",
                .infer = [](const FunctionCall& call) {
                  return InferMap(call, [](const Type& map) { return Type::Array(map.key()); });
                }});
  registry.Add({.name = "MAP_VALUES",
                .signature = "(MAP<K, V>) -> ARRAY<V>",
                .kernel = Part<1>,
                .help = "The values of a map.",
                .example = "MAP_VALUES(MAP['a', 1]) = ARRAY[1]",
                .infer = [](const FunctionCall& call) {
                  return InferMap(call, [](const Type& map) { return Type::Array(map.value()); });
                }});
  registry.Add({.name = "MAP_ENTRIES",
                .signature = "(MAP<K, V>) -> ARRAY<ROW<key K, value V>>",
                .kernel = Entries,
                .help = "The entries of a map as rows.",
                .example = "CARDINALITY(MAP_ENTRIES(MAP['a', 1])) = 1",
                .infer = [](const FunctionCall& call) {
                  return InferMap(call, [](const Type& map) {
                    return Type::Array(Type::Row({{"key", map.key()}, {"value", map.value()}}));
                  });
                }});
  registry.Add({.name = "MAP_FROM_ARRAYS",
                .signature = "(ARRAY<K>, ARRAY<V>) -> MAP<K, V>",
                .kernel = FromArrays,
                .help = "The map of an array of keys and an array of values, equally long.",
                .example = "MAP_FROM_ARRAYS(ARRAY['a'], ARRAY[1])['a'] = 1",
                .can_fail = true,
                .infer = InferFromArrays});
  registry.Add({.name = "MAP_UNION",
                .signature = "(MAP<K, V>, MAP<K, V>...) -> MAP<K, V>",
                .kernel = Union,
                .help = "The entries of all maps; of equal keys the last counts.",
                .example = "MAP_UNION(MAP['a', 1], MAP['a', 2])['a'] = 2",
                .infer = InferUnion});
  registry.Add(
      {.name = "STR_TO_MAP",
       .signature = "(STRING) -> MAP<STRING, STRING> NULLABLE; (STRING, STRING, STRING) -> "
                    "MAP<STRING, STRING> NULLABLE",
       .kernel = StrToMap,
       .help =
           "The map that a text shows, by separators of pairs (a comma) and of key and value (=).",
       .example = "STR_TO_MAP('a=1,b=2')['b'] = '2'",
       .can_fail = true});
}

}  // namespace sluice
