// Stands in for libFuzzer in ordinary builds: runs the fuzz target over each file of the folders
// that are named. One file is one case; a crash names its file.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int main(int argc, char** argv) {
  int num_cases = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (!entry.is_regular_file()) continue;
      std::fprintf(stderr, "%s\n", entry.path().c_str());
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(file),
                              std::istreambuf_iterator<char>()};
      LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
      ++num_cases;
    }
  }
  const int num_failed = num_cases == 0 ? 1 : 0;  // a fuzz target without a seed proves nothing
  std::printf("%d passed, %d failed\n", num_cases, num_failed);
  return num_failed;
}
