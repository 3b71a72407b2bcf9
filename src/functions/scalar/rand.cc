// RAND, RAND_INTEGER and UUID. With a literal seed the numbers are java.util.Random's, one after
// the other in the order in which rows are evaluated; with a seed that is computed, each row begins
// its own sequence.
#include <atomic>
#include <optional>

#include "absl/random/random.h"
#include "functions/kernels.h"

namespace sluice {

namespace {

// The generator of java.util.Random.
struct JavaRandom {
  static constexpr uint64_t kMultiplier = 0x5DEECE66D;
  static constexpr uint64_t kMask = (uint64_t{1} << 48) - 1;

  static uint64_t Scramble(int64_t seed) {
    return (static_cast<uint64_t>(seed) ^ kMultiplier) & kMask;
  }
  static uint64_t Step(uint64_t state) { return (state * kMultiplier + 0xB) & kMask; }
};

struct SeedState : FunctionState {
  explicit SeedState(int64_t seed) : state(JavaRandom::Scramble(seed)) {}
  // Shared by the tasks of the job, each of which takes the next numbers.
  mutable std::atomic<uint64_t> state;
};

class RandomBits {
 public:
  // Continues the sequence of the literal seed, if there is one.
  explicit RandomBits(const FunctionState* state) : shared_(static_cast<const SeedState*>(state)) {}
  void Seed(int64_t seed) { own_ = JavaRandom::Scramble(seed); }

  // The upper `bits` of the next state; from the system's entropy without a seed.
  int32_t Next(int bits) {
    if (own_.has_value()) {
      own_ = JavaRandom::Step(*own_);
      return Upper(*own_, bits);
    }
    if (shared_ == nullptr)
      return static_cast<int32_t>(absl::Uniform<uint32_t>(Entropy()) >> (32 - bits));
    uint64_t before = shared_->state.load(std::memory_order_relaxed);
    while (!shared_->state.compare_exchange_weak(before, JavaRandom::Step(before),
                                                 std::memory_order_relaxed)) {
    }
    return Upper(JavaRandom::Step(before), bits);
  }

  double NextDouble() {
    const int64_t high = static_cast<int64_t>(Next(26)) << 27;
    return static_cast<double>(high + Next(27)) * 0x1.0p-53;
  }

  // REQUIRES: bound > 0.
  int32_t NextInt(int32_t bound) {
    int32_t bits = Next(31);
    if ((bound & (bound - 1)) == 0) return static_cast<int32_t>((int64_t{bound} * bits) >> 31);
    int32_t value = bits % bound;
    // Rejects the last, incomplete run of values.
    while (int64_t{bits} - value + (bound - 1) > INT32_MAX) {
      bits = Next(31);
      value = bits % bound;
    }
    return value;
  }

  static absl::BitGen& Entropy() {
    thread_local absl::BitGen generator;
    return generator;
  }

 private:
  static int32_t Upper(uint64_t state, int bits) {
    return static_cast<int32_t>(static_cast<uint32_t>(state >> (48 - bits)));
  }

  const SeedState* shared_;
  std::optional<uint64_t> own_;
};

void Rand(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  RandomBits random(context.state);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    if (!args.empty() && context.state == nullptr) random.Seed(args[0].View<int32_t>()[row]);
    out.values<double>()[row] = random.NextDouble();
  });
}

void RandInteger(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
                 RowErrors& errors) {
  RandomBits random(context.state);
  const VectorView<int32_t> bounds = args.back().View<int32_t>();
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    if (bounds[row] <= 0) return FailRow(out, row, "RAND_INTEGER needs a positive bound", errors);
    if (args.size() == 2 && context.state == nullptr) random.Seed(args[0].View<int32_t>()[row]);
    out.values<int32_t>()[row] = random.NextInt(bounds[row]);
  });
}

// Version 4.
void Uuid(EvalContext& context, std::span<const Vector>, VectorBuilder& out, RowErrors&) {
  static constexpr char kDigits[] = "0123456789abcdef";
  StringWriter writer(out);
  for (int32_t row = 0; row < context.num_rows; ++row) {
    uint64_t halves[2] = {absl::Uniform<uint64_t>(RandomBits::Entropy()),
                          absl::Uniform<uint64_t>(RandomBits::Entropy())};
    halves[0] = (halves[0] & ~uint64_t{0xF000}) | 0x4000;
    halves[1] = (halves[1] & ~(uint64_t{3} << 62)) | (uint64_t{2} << 62);
    for (int i = 0; i < 32; ++i) {
      if (i == 8 || i == 12 || i == 16 || i == 20) writer.Append('-');
      writer.Append(kDigits[(halves[i / 16] >> (60 - i % 16 * 4)) & 15]);
    }
    writer.FinishRow(row, true);
  }
}

// The seed, if a call has one and it is a literal.
template <size_t num_args>
StatusOr<std::unique_ptr<FunctionState>> PrepareSeed(const FunctionCall& call) {
  const Value* seed = call.literals.size() == num_args ? call.literals[0] : nullptr;
  if (seed == nullptr || seed->is_null()) return std::unique_ptr<FunctionState>();
  return std::unique_ptr<FunctionState>(new SeedState(seed->as_int()));
}

}  // namespace

void Register_rand(FunctionRegistry& registry) {
  registry.Add({.name = "RAND",
                .signature = "() -> DOUBLE NOT NULL; (INT) -> DOUBLE",
                .kernel = Rand,
                .help = "A random number from 0 to below 1, of a sequence that a seed begins.",
                .example = "RAND(1) < 1",
                .deterministic = false,
                .prepare = PrepareSeed<1>});
  registry.Add(
      {.name = "RAND_INTEGER",
       .signature = "(INT) -> INT; (INT, INT) -> INT",
       .kernel = RandInteger,
       .help =
           "A random number from 0 to below the last argument, of a sequence that a seed begins.",
       .example = "RAND_INTEGER(7, 1) = 0",
       .deterministic = false,
       .can_fail = true,
       .prepare = PrepareSeed<2>});
  registry.Add({.name = "UUID",
                .signature = "() -> CHAR(36) NOT NULL",
                .kernel = Uuid,
                .help = "A random identifier.",
                .example = "CHAR_LENGTH(UUID()) = 36",
                .deterministic = false});
}

}  // namespace sluice
