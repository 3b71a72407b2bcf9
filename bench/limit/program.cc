#include "bench/limit/program.h"

#include <cinttypes>
#include <cstdlib>
#include <string_view>

namespace sluice::limit {

Arguments ParseArguments(int argc, char** argv) {
  Arguments arguments;
  if (argc == 3 || (argc == 5 && std::string_view(argv[3]) == "--rows")) {
    arguments.events = argv[1];
    arguments.database = argv[2];
    if (argc == 5) {
      arguments.rows = std::string_view(argv[4]) == "-" ? stdout : std::fopen(argv[4], "wb");
      if (arguments.rows == nullptr) {
        std::perror(argv[4]);
        std::exit(1);
      }
    }
    return arguments;
  }
  std::fprintf(stderr, "usage: %s EVENTS DATABASE [--rows PATH]\n", argv[0]);
  std::exit(2);
}

void Report(const Arguments& arguments, const Totals& totals) {
  std::FILE* out = arguments.rows == stdout ? stderr : stdout;
  if (arguments.rows != nullptr &&
      (std::ferror(arguments.rows) != 0 || std::fflush(arguments.rows) != 0)) {
    std::fprintf(stderr, "cannot write the rows\n");
    std::exit(1);
  }
  std::fprintf(out,
               "{\"events\":%" PRId64 ",\"rows\":%" PRId64 ",\"filtered\":%" PRId64
               ",\"dead\":%" PRId64 ",\"checksum\":\"%016" PRIx64 "\"}\n",
               totals.num_events, totals.num_rows, totals.num_filtered, totals.num_dead,
               totals.checksum);
}

}  // namespace sluice::limit
