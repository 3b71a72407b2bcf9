// A path and a document, parted by a NUL byte, to the evaluator of JSON paths: it never crashes,
// and what it finds of a plain path is what the search without a tree finds.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "json/path.h"
#include "json/tree.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using sluice::JsonMatches;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t nul = input.find('\0');
  if (nul == std::string_view::npos) return 0;
  const sluice::JsonPath path = sluice::JsonPath::Compile(input.substr(0, nul));
  const std::string document(input.substr(nul + 1));
  sluice::JsonTree tree;
  const bool parsed = tree.Parse(document, sluice::JsonControls::kReject);
  if (!parsed || !path.error().empty() || path.has_filter()) return 0;
  // Wildcards behind scans find the same again and again.
  if (document.size() > 4096 || path.steps().size() > 6) return 0;
  JsonMatches matches;
  sluice::EvaluateJsonPath(tree, path, {}, matches);
  for (const sluice::JsonItem& item : matches.items) {
    std::string text;
    if (item.node != sluice::JsonNode::kNone)
      sluice::AppendJson(tree, item.node, {.sort_keys = true}, &text);
  }
  if (!path.is_plain()) return 0;
  sluice::JsonCursor cursor;
  const sluice::JsonPlainMatch match = sluice::FindPlain(cursor, document, path.keys());
  const bool found = match.outcome == sluice::JsonPlainMatch::Outcome::kFound &&
                     match.kind != sluice::JsonToken::kNull;
  if (found != (matches.outcome == JsonMatches::Outcome::kFound)) std::abort();
  return 0;
}
