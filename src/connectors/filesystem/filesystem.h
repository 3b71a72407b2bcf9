// What the parts of the filesystem connector share.
#pragma once

#include "connectors/connector.h"
#include "connectors/filesystem/record_reader.h"

namespace sluice {

inline constexpr int64_t kFileChunkBytes = int64_t{256} << 10;

std::span<const OptionSpec> FilesystemOptions();
// How records of this table's format are framed: quoted line ends belong to a CSV field.
FramingOptions FileFraming(const TableInfo& table);

StatusOr<std::unique_ptr<Source>> MakeFilesystemSource(const TableInfo&, const ScanSpec&,
                                                       const Session&);
StatusOr<std::unique_ptr<LookupSource>> MakeFilesystemLookup(const TableInfo&, const LookupSpec&,
                                                             const Session&);
StatusOr<std::unique_ptr<Sink>> MakeFilesystemSink(const TableInfo&, const SinkSpec&,
                                                   const Session&);

}  // namespace sluice
