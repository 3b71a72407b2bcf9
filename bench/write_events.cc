// Writes the seeded events that the bench and its test read: write_events PATH COUNT [SEED]
// [--string] [--bad SHARE].
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "events/event_generator.h"

int main(int argc, char** argv) {
  sluice::EventOptions options;
  std::string_view path;
  int num_positional = 0;
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    if (arg == "--string") {
      options.payload_as_string = true;
    } else if (arg == "--bad" && i + 1 < argc) {
      options.bad_share = std::atof(argv[++i]);
    } else if (++num_positional == 1) {
      path = arg;
    } else {
      (num_positional == 2 ? options.count : reinterpret_cast<int64_t&>(options.seed)) =
          std::atoll(argv[i]);
    }
  }
  const auto fail = [&](const char* what) {
    std::fprintf(stderr, "write_events: %s\n", what);
    return 2;
  };
  if (num_positional < 2)
    return fail("usage: write_events PATH COUNT [SEED] [--string] [--bad SHARE]");
  sluice::StatusOr<sluice::EventGenerator> generator = sluice::EventGenerator::Make(options);
  if (!generator.ok()) return fail(std::string(generator.status().message()).c_str());
  std::FILE* file = std::fopen(std::string(path).c_str(), "wb");
  if (file == nullptr) return fail("cannot write the file");
  std::string text;
  while (generator->Append(4096, &text) > 0) {
    std::fwrite(text.data(), 1, text.size(), file);
    text.clear();
  }
  if (std::ferror(file) != 0 || std::fclose(file) != 0) return fail("writing failed");
  return 0;
}
