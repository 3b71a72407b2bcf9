// Rewrites the syntax of java.util.regex for RE2 and PCRE2, for regex.cc.
#pragma once

#include <string>
#include <string_view>

namespace sluice {

struct RewrittenRegex {
  std::string re2;
  std::string pcre2;
  bool fits_re2 = true;         // false: RE2 has no word for a part of it
  bool has_end_anchor = false;  // a `$`, which in Java also stands before a final line end
  std::string unsupported;      // if not empty: a part that only Java has, for the message
};

RewrittenRegex RewriteJavaRegex(std::string_view java_pattern);

}  // namespace sluice
