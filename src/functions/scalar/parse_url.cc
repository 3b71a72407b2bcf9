// PARSE_URL(url, part[, key]) as java.net.URL takes URLs apart; NULL for what is none.
#include "functions/kernels.h"

namespace sluice {

namespace {

// Views of the URL; a part that may be absent has a flag.
struct Url {
  std::string_view protocol, authority, user_info, host, path, query, ref, file;
  bool has_authority = false;
  bool has_user_info = false;
  bool has_query = false;
  bool has_ref = false;
};

constexpr std::string_view kProtocols[] = {"http", "https",  "ftp",  "file",
                                           "jar",  "mailto", "jmod", "jrt"};

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return (x >= 'A' && x <= 'Z' ? x | 0x20 : x) == y;
         });
}

// The protocol in its own spelling, in lower case.
std::string_view FindProtocol(std::string_view text) {
  for (const std::string_view protocol : kProtocols) {
    if (EqualsIgnoringCase(text, protocol)) return protocol;
  }
  return {};
}

bool ParsePort(std::string_view port) {
  for (const char c : port) {
    if (c < '0' || c > '9') return false;
  }
  return port.size() <= 9;
}

// [user@]host[:port]
bool ParseAuthority(Url& url) {
  std::string_view rest = url.authority;
  if (const size_t at = rest.find('@'); at != std::string_view::npos) {
    if (at != rest.rfind('@')) return true;  // Java then knows neither user nor host
    url.user_info = rest.substr(0, at);
    url.has_user_info = true;
    rest.remove_prefix(at + 1);
  }
  if (rest.starts_with('[')) {
    const size_t close = rest.find(']');
    if (close == std::string_view::npos) return false;
    url.host = rest.substr(0, close + 1);
    rest.remove_prefix(close + 1);
    return rest.empty() || (rest[0] == ':' && ParsePort(rest.substr(1)));
  }
  const size_t colon = rest.find(':');
  url.host = rest.substr(0, colon);
  return colon == std::string_view::npos || ParsePort(rest.substr(colon + 1));
}

bool ParseUrl(std::string_view text, Url& url) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  if (text.size() > 4 && EqualsIgnoringCase(text.substr(0, 4), "url:")) text.remove_prefix(4);
  const size_t colon = text.find_first_of(":/");
  if (colon == std::string_view::npos || text[colon] != ':') return false;
  url.protocol = FindProtocol(text.substr(0, colon));
  if (url.protocol.empty()) return false;
  std::string_view rest = text.substr(colon + 1);
  if (const size_t hash = rest.find('#'); hash != std::string_view::npos) {
    url.ref = rest.substr(hash + 1);
    url.has_ref = true;
    rest = rest.substr(0, hash);
  }
  if (rest.starts_with("//") && !rest.starts_with("////")) {
    rest.remove_prefix(2);
    const size_t end = rest.find_first_of("/?");
    url.authority = rest.substr(0, end);
    url.has_authority = true;
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
    if (!ParseAuthority(url)) return false;
  }
  url.file = rest;
  const size_t question = rest.find('?');
  url.path = rest.substr(0, question);
  if (question != std::string_view::npos) {
    url.query = rest.substr(question + 1);
    url.has_query = true;
  }
  return true;
}

bool FindPart(std::string_view text, std::string_view part, std::string_view& out) {
  Url url;
  if (!ParseUrl(text, url)) return false;
  const auto give = [&out](std::string_view value, bool is_present) {
    out = value;
    return is_present;
  };
  if (part == "HOST") return give(url.host, true);
  if (part == "PATH") return give(url.path, true);
  if (part == "QUERY") return give(url.query, url.has_query);
  if (part == "REF") return give(url.ref, url.has_ref);
  if (part == "PROTOCOL") return give(url.protocol, true);
  if (part == "FILE") return give(url.file, true);
  if (part == "AUTHORITY") return give(url.authority, url.has_authority);
  if (part == "USERINFO") return give(url.user_info, url.has_user_info);
  return false;
}

bool ParsePart(std::string_view text, std::string_view part, StringWriter& out) {
  std::string_view value;
  if (!FindPart(text, part, value)) return false;
  out.Append(value);
  return true;
}

// The value of the first `key=value` in the query.
bool ParseQueryKey(std::string_view text, std::string_view part, std::string_view key,
                   StringWriter& out) {
  std::string_view query;
  if (part != "QUERY" || !FindPart(text, part, query)) return false;
  for (size_t begin = 0;;) {
    const size_t end = query.find('&', begin);
    const std::string_view pair =
        query.substr(begin, end == std::string_view::npos ? end : end - begin);
    if (pair.size() > key.size() && pair.starts_with(key) && pair[key.size()] == '=') {
      out.Append(pair.substr(key.size() + 1));
      return true;
    }
    if (end == std::string_view::npos) return false;
    begin = end + 1;
  }
}

void ParseUrlKernel(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                    RowErrors& errors) {
  if (args.size() == 2)
    return Binary<std::string_view, std::string_view, ParsePart>(context, args, out, errors);
  Ternary<std::string_view, std::string_view, std::string_view, ParseQueryKey>(context, args, out,
                                                                               errors);
}

}  // namespace

void Register_parse_url(FunctionRegistry& registry) {
  registry.Add({.name = "PARSE_URL",
                .signature = "(STRING, STRING[, STRING]) -> STRING NULLABLE",
                .kernel = ParseUrlKernel,
                .help = "A part of a URL: HOST, PATH, QUERY (or one key of it), REF, PROTOCOL, "
                        "FILE, AUTHORITY, USERINFO.",
                .example = "PARSE_URL('http://h/p?k=v', 'QUERY', 'k') = 'v'",
                .can_fail = true});
}

}  // namespace sluice
