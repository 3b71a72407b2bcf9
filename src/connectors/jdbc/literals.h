// LiteralWriter: values as literals of SQL, and whole statements over rows of values, for databases
// that are sent their values within the text. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "connectors/jdbc/connection.h"
#include "connectors/jdbc/value_text.h"
#include "functions/session.h"

namespace sluice {

enum class LiteralStyle : uint8_t {
  // Numbers bare; in texts a backslash escapes; X'0a'. Needs utf8mb4 and no NO_BACKSLASH_ESCAPES.
  kMysql,
  // Everything between quotes, so that it takes the type of the place where it stands; only quotes
  // are doubled. Needs UTF-8 and standard_conforming_strings.
  kPostgres,
};

class LiteralWriter {
 public:
  LiteralWriter(LiteralStyle style, const Session& session) : style_(style), text_(session) {}

  // BadRowError when the database has no such value (NaN, a NUL in a text).
  Status Append(const Vector& column, int32_t row, bool is_instant, std::string* out);
  void AppendText(std::string_view text, std::string* out) const;

  // Appends the statement over rows from `first` on, until all are in or it has `max_bytes`; at
  // least one. Returns the first row that is not in.
  StatusOr<size_t> AppendStatement(const ValuesSql& sql, const ValueRows& rows, size_t first,
                                   size_t max_bytes, std::string* out);

 private:
  void AppendBytes(std::string_view bytes, std::string* out) const;

  const LiteralStyle style_;
  ValueText text_;
};

}  // namespace sluice
