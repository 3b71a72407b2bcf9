#include "connectors/table_format.h"

#include <algorithm>

#include "base/strings.h"

namespace sluice {
namespace {

// The names in 'key.fields', which Flink separates by ';'.
std::vector<std::string> KeyFields(const TableInfo& table) {
  std::vector<std::string> fields;
  std::string_view rest = table.options.Find("key.fields").value_or("");
  while (!rest.empty()) {
    const size_t end = rest.find(';');
    const std::string_view field = StripAsciiWhitespace(rest.substr(0, end));
    if (!field.empty()) fields.emplace_back(field);
    rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
  }
  return fields;
}

std::string KeyPrefix(const TableInfo& table) {
  return std::string(table.options.Find("key.fields-prefix").value_or(""));
}

bool ValuesLeaveKeysOut(const TableInfo& table) {
  return EqualsIgnoreCase(table.options.Find("value.fields-include").value_or("ALL"), "EXCEPT_KEY");
}

// The physical column of that name, or -1.
int32_t FindPhysical(const TableInfo& table, std::string_view name) {
  for (size_t c = 0; c < table.columns.size(); ++c) {
    if (table.columns[c].role == ColumnRole::kPhysical && table.columns[c].name == name)
      return static_cast<int32_t>(c);
  }
  return -1;
}

OptionProblem Invalid(std::string key, std::string message, std::string remedy) {
  return {std::move(key), ErrorCode::kInvalidOption, std::move(message), std::move(remedy)};
}

}  // namespace

std::optional<TableFormat> ValueFormatOf(const TableInfo& table) {
  TableFormat format;
  if (const auto name = table.options.Find("format")) {
    format = {.option = "format", .name = std::string(*name), .prefix = StrCat(*name, ".")};
  } else if (const auto value_name = table.options.Find("value.format")) {
    format = {.option = "value.format",
              .name = std::string(*value_name),
              .prefix = StrCat("value.", *value_name, ".")};
  } else {
    return std::nullopt;
  }
  const std::vector<std::string> keys =
      ValuesLeaveKeysOut(table) ? KeyFields(table) : std::vector<std::string>();
  for (size_t c = 0; c < table.columns.size(); ++c) {
    const TableColumn& column = table.columns[c];
    if (column.role != ColumnRole::kPhysical) continue;
    if (std::find(keys.begin(), keys.end(), column.name) != keys.end()) continue;
    format.columns.push_back(static_cast<int32_t>(c));
    format.schema.push_back({column.name, column.type});
  }
  return format;
}

std::optional<TableFormat> KeyFormatOf(const TableInfo& table) {
  const auto name = table.options.Find("key.format");
  if (!name.has_value()) return std::nullopt;
  TableFormat format{
      .option = "key.format", .name = std::string(*name), .prefix = StrCat("key.", *name, ".")};
  const std::string prefix = KeyPrefix(table);
  for (const std::string& field : KeyFields(table)) {
    const int32_t column = FindPhysical(table, field);
    if (column < 0 || !field.starts_with(prefix)) continue;  // CheckKeyFields says so
    format.columns.push_back(column);
    format.schema.push_back({field.substr(prefix.size()), table.columns[column].type});
  }
  return format;
}

std::vector<OptionProblem> CheckKeyFields(const TableInfo& table) {
  std::vector<OptionProblem> problems;
  const std::vector<std::string> fields = KeyFields(table);
  const bool has_format = table.options.Find("key.format").has_value();
  if (!has_format && !fields.empty()) {
    problems.push_back(Invalid("key.fields",
                               "The option 'key.fields' can only be declared if a key format is "
                               "defined using 'key.format'.",
                               "add 'key.format' = 'raw'"));
  }
  if (has_format && fields.empty()) {
    problems.push_back(Invalid("key.format",
                               "A key format 'key.format' requires the declaration of one or more "
                               "of key fields using 'key.fields'.",
                               "name the columns of the key: 'key.fields' = 'a;b'"));
  }
  const std::string prefix = KeyPrefix(table);
  if (!prefix.empty() && !ValuesLeaveKeysOut(table)) {
    problems.push_back(
        Invalid("key.fields-prefix",
                "A key prefix is not allowed when option 'value.fields-include' is set to 'ALL'. "
                "Set it to 'EXCEPT_KEY' instead to avoid field overlaps.",
                "add 'value.fields-include' = 'EXCEPT_KEY'"));
  }
  std::vector<std::string_view> columns;
  for (const TableColumn& column : table.columns) columns.push_back(column.name);
  for (const std::string& field : fields) {
    if (FindPhysical(table, field) < 0) {
      const std::string nearest = NearestOf(field, columns);
      problems.push_back(Invalid("key.fields",
                                 StrCat("Could not find the field '", field,
                                        "' of 'key.fields' in the table's physical columns."),
                                 nearest.empty() ? "" : StrCat("did you mean '", nearest, "'?")));
    } else if (!field.starts_with(prefix)) {
      problems.push_back(
          Invalid("key.fields",
                  StrCat("All fields in 'key.fields' must be prefixed with '", prefix,
                         "' when option 'key.fields-prefix' is set but field '", field,
                         "' is not prefixed."),
                  ""));
    }
  }
  return problems;
}

const Format* FormatOfColumn(const TableInfo& table, std::string_view column) {
  const auto holds = [&](const std::optional<TableFormat>& format) {
    return format.has_value() &&
           std::any_of(format->columns.begin(), format->columns.end(),
                       [&](int32_t c) { return table.columns[c].name == column; });
  };
  const auto value = ValueFormatOf(table);
  if (holds(value)) return value->Find();
  const auto key = KeyFormatOf(table);
  return holds(key) ? key->Find() : nullptr;
}

}  // namespace sluice
