// Reads a file in chunks of whole lines with read(2), into one buffer that is reused.
//
// There are kPadding readable bytes before and behind each chunk; those behind it are blanks. A
// line longer than the buffer makes the buffer grow. The last line may lack its line end and gets
// one.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace sluice::limit {

class ChunkReader {
 public:
  static constexpr size_t kPadding = 128;

  // Ends the program with a message when the file cannot be read.
  explicit ChunkReader(const char* path);
  ~ChunkReader();
  ChunkReader(const ChunkReader&) = delete;
  ChunkReader& operator=(const ChunkReader&) = delete;

  // The next lines, up to and with the last line end; empty at the end of the file. Valid until the
  // next call.
  std::string_view Next();

 private:
  // Fills the buffer behind the `filled` bytes it holds; false at the end of the file.
  bool Fill();

  const char* path_;
  int file_;
  std::vector<char> buffer_;
  size_t filled_ = 0;    // bytes of text in the buffer
  size_t consumed_ = 0;  // of them, already handed out
  bool at_end_ = false;
};

}  // namespace sluice::limit
