// What the options of the csv format come to.
#pragma once

#include <string>

namespace sluice {

struct CsvSettings {
  char field_delimiter = ',';
  bool has_quote = true;
  char quote = '"';
  bool has_escape = false;
  char escape = '\\';
  bool allow_comments = false;
  bool ignore_parse_errors = false;
  bool has_null_literal = false;
  std::string null_literal;
  std::string element_delimiter = ";";
  bool quote_decimals = true;  // 1.20 treats a DECIMAL as text, and puts 1E+2 between quotes
};

}  // namespace sluice
