// ByteReader: the bytes of one file from a position on; files whose name ends in ".gz" are
// decompressed as they are read.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/status.h"

namespace sluice {

class ByteReader {
 public:
  virtual ~ByteReader() = default;
  // Up to `size` bytes into `target`; 0 at the end.
  virtual StatusOr<int64_t> Read(char* target, int64_t size) = 0;
};

bool IsCompressedFile(std::string_view path);

// `offset` counts decompressed bytes.
StatusOr<std::unique_ptr<ByteReader>> OpenFile(const std::string& path, int64_t offset);

}  // namespace sluice
