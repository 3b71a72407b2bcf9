// KEY_VALUE(text, pair separator, key separator, key): the value of a key in text such as
// 'k1=v1;k2=v2'. Separators of more than one byte find nothing in Flink: it splits the separator
// there, not the pair.
#include "functions/kernels.h"

namespace sluice {

namespace {

bool KeyValue(std::string_view text, std::string_view pairs, std::string_view keys,
              std::string_view key, StringWriter& out) {
  if (text.empty() || key.empty() || pairs.size() != 1 || keys.size() != 1) return false;
  for (size_t begin = 0;;) {
    const size_t end = text.find(pairs[0], begin);
    const std::string_view pair =
        text.substr(begin, end == std::string_view::npos ? end : end - begin);
    if (pair.size() > key.size() && pair.find(keys[0]) == key.size() && pair.starts_with(key)) {
      out.Refer(pair.substr(key.size() + 1));
      return true;
    }
    if (end == std::string_view::npos) return false;
    begin = end + 1;
  }
}

}  // namespace

void Register_key_value(FunctionRegistry& registry) {
  registry.Add({.name = "KEY_VALUE",
                .signature = "(STRING, STRING, STRING, STRING) -> STRING NULLABLE",
                .kernel = Quaternary<std::string_view, std::string_view, std::string_view,
                                     std::string_view, KeyValue>,
                .help = "The value of a key in a text of pairs.",
                .example = "KEY_VALUE('a=1;b=2', ';', '=', 'b') = '2'"});
}

}  // namespace sluice
