// RawRecords: what a source hands to a decoder. A block of undecoded records that lie in one pinned
// chunk, with the positions that dead letters and checkpoints name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "types/vector.h"

namespace sluice {

struct RawRecords {
  // The bytes of each record, without its delimiter; without data() it is no value at all, which
  // only the raw format knows. They lie in what `pin` keeps alive, and at
  // least kPaddingBytes readable bytes follow the last one, so that vector loads may run over its
  // end.
  std::vector<std::string_view> records;
  // Of sources whose records have keys, when they are decoded: one a record, in the same memory;
  // without data() where there is none.
  std::vector<std::string_view> keys;
  Pin pin;
  size_t pinned_bytes = 0;

  // Where the records come from: a file path or "topic[partition]"; shared by all records of the
  // block.
  std::shared_ptr<const std::string> origin;
  // The position of each record in its origin: a byte offset in a file, an offset in a partition.
  std::vector<int64_t> offsets;

  // Metadata columns that the source offers (e.g. "timestamp", "file.path"), one value a record, in
  // the order asked for.
  std::vector<Vector> metadata;

  static constexpr size_t kPaddingBytes = 64;
};

}  // namespace sluice
