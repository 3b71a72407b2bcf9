#include "connectors/jdbc/server_url.h"

#include <algorithm>
#include <charconv>

#include "base/strings.h"
#include "connectors/jdbc/jdbc_options.h"

namespace sluice {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = ToLowerAscii(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string PercentDecoded(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = high >= 0 ? HexDigit(text[i + 2]) : -1;
    if (low >= 0) {
      result.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      result.push_back(text[i]);
    }
  }
  return result;
}

// The part in front of `separator`, which is taken away with it.
std::string_view TakeUntil(std::string_view* rest, char separator) {
  const size_t end = std::min(rest->find(separator), rest->size());
  const std::string_view part = rest->substr(0, end);
  rest->remove_prefix(std::min(end + 1, rest->size()));
  return part;
}

bool ParseHost(std::string_view text, int32_t default_port, ServerUrl::Host* host) {
  host->port = default_port;
  size_t colon = text.rfind(':');
  if (text.starts_with('[')) {  // an address of IPv6
    const size_t close = text.find(']');
    if (close == std::string_view::npos) return false;
    host->name = text.substr(1, close - 1);
    if (close + 1 == text.size()) return true;
    colon = close + 1;
    if (text[colon] != ':') return false;
  } else {
    host->name = PercentDecoded(text.substr(0, colon));
  }
  if (host->name.empty()) host->name = "localhost";
  if (colon == std::string_view::npos) return true;
  const std::string_view port = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), host->port);
  return error == std::errc() && end == port.data() + port.size() && host->port > 0 &&
         host->port < 65536;
}

}  // namespace

std::string_view ServerUrl::Find(std::string_view name) const {
  for (const auto& [key, value] : parameters) {
    if (EqualsIgnoreCase(key, name)) return value;
  }
  return {};
}

bool ServerUrl::IsTrue(std::string_view name) const { return EqualsIgnoreCase(Find(name), "true"); }

std::string ServerUrl::ShowHosts() const {
  return StrJoin(hosts, ", ", [](std::string* out, const Host& host) {
    StrAppend(out, host.name, ":", host.port);
  });
}

StatusOr<ServerUrl> ParseServerUrl(const TableInfo& table, std::string_view prefix,
                                   int32_t default_port) {
  const std::string text = table.options.GetString(JdbcOptions(), "url");
  std::string_view rest = std::string_view(text).substr(prefix.size());
  if (!rest.starts_with("//")) return absl::InvalidArgumentError("'//HOST' is missing in the URL");
  rest.remove_prefix(2);
  ServerUrl url;
  std::string_view parameters = rest;
  rest = TakeUntil(&parameters, '?');
  std::string_view hosts = TakeUntil(&rest, '/');
  url.database = PercentDecoded(rest);
  if (hosts.find('@') != std::string_view::npos) {
    return absl::InvalidArgumentError(
        "user and password do not belong in front of the host; use the options 'username' and "
        "'password'");
  }
  do {
    if (!ParseHost(TakeUntil(&hosts, ','), default_port, &url.hosts.emplace_back())) {
      return absl::InvalidArgumentError("a host or port in the URL is malformed");
    }
  } while (!hosts.empty());
  while (!parameters.empty()) {
    std::string_view value = TakeUntil(&parameters, '&');
    const std::string_view name = TakeUntil(&value, '=');
    if (name.empty()) continue;
    std::string* out = name == "user"       ? &url.user
                       : name == "password" ? &url.password
                                            : &url.parameters[PercentDecoded(name)];
    *out = PercentDecoded(value);
  }
  if (const auto user = table.options.Find("username")) url.user = *user;
  if (const auto password = table.options.Find("password")) url.password = *password;
  return url;
}

std::vector<std::string> UrlWarnings(const ServerUrl& url, std::span<const UrlParameter> known) {
  std::vector<std::string> warnings;
  for (const auto& [name, value] : url.parameters) {
    const auto found = std::find_if(known.begin(), known.end(), [&name = name](const auto& each) {
      return EqualsIgnoreCase(each.name, name);
    });
    if (found == known.end()) {
      std::vector<std::string_view> names;
      for (const UrlParameter& each : known) names.push_back(each.name);
      const std::string nearest = NearestOf(name, names);
      warnings.push_back(StrCat("the URL's parameter '", name, "' is not known and has no effect",
                                nearest.empty() ? "" : StrCat(" (did you mean '", nearest, "'?)")));
    } else if (!found->warning.empty()) {
      warnings.push_back(
          StrCat("the URL's parameter '", name, "' has no effect: ", found->warning));
    }
  }
  return warnings;
}

std::vector<OptionProblem> CheckServerUrl(const TableInfo& table, std::string_view prefix,
                                          std::string_view example) {
  const StatusOr<ServerUrl> url = ParseServerUrl(table, prefix, 1);
  std::string message;
  if (!url.ok()) {
    message = StrCat(url.status().message());
  } else if (url->database.empty()) {
    message = "the URL names no database";
  }
  if (message.empty()) return {};
  return {{"url", ErrorCode::kInvalidOption, message, StrCat("write '", example, "'")}};
}

std::vector<std::string> TableNameParts(const TableInfo& table) {
  std::string name = table.options.GetString(JdbcOptions(), "table-name");
  std::erase_if(name, [](char c) { return c == '`' || c == '"'; });
  std::vector<std::string> parts;
  std::string_view rest = name;
  while (!rest.empty()) parts.emplace_back(TakeUntil(&rest, '.'));
  return parts;
}

}  // namespace sluice
