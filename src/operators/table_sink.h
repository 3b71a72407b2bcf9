// TableSink: hands batches to a connector's sink, enforces NOT NULL and length, flushes at
// barriers. Counts what goes out.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "connectors/connector.h"
#include "operators/operator.h"

namespace sluice {

enum class NotNullEnforcer : uint8_t { kError, kDrop };
enum class TypeLengthEnforcer : uint8_t { kIgnore, kTrimPad, kError };

struct TableSinkSpec {
  const Connector* connector = nullptr;
  TableInfo table;
  SinkSpec sink;  // its columns have the types of the table
  NotNullEnforcer not_null = NotNullEnforcer::kError;
  // Of upsert sinks: -U rows become -D (a filter may have taken the +U away); else -U rows are
  // dropped, the +U replaces them.
  bool update_before_is_delete = false;
  TypeLengthEnforcer type_length = TypeLengthEnforcer::kIgnore;
};

std::unique_ptr<Operator> MakeTableSink(TableSinkSpec spec);

}  // namespace sluice
