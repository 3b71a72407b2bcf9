// What the parts of the kafka connector share.
#pragma once

#include <memory>
#include <span>

#include "base/options.h"
#include "connectors/connector.h"

namespace sluice {

std::span<const OptionSpec> KafkaOptions();

// What each metadata column is filled with and by.
const Type* KafkaMetadataType(std::string_view key);

StatusOr<std::unique_ptr<Source>> MakeKafkaSource(const TableInfo&, const ScanSpec&,
                                                  const Session&);
StatusOr<std::unique_ptr<Sink>> MakeKafkaSink(const TableInfo&, const SinkSpec&, const Session&);
// Decodes values, and keys where the table declares them.
StatusOr<std::unique_ptr<Decoder>> MakeKafkaDecoder(const TableInfo&, const DecodeSpec&,
                                                    const Session&);

}  // namespace sluice
