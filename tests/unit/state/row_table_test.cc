#include "state/row_table.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <unordered_map>

#include "types/hash.h"

namespace sluice {
namespace {

// Few bits, so that probes meet strangers.
uint64_t PoorHash(std::string_view bytes) { return HashBytes(bytes) & 0x0001000000000fff; }

std::string KeyOf(std::mt19937& random) {
  const uint32_t number = random() % 3000;
  return std::string(number % 7 * 40, 'x') + std::to_string(number);
}

TEST(RowTable, AgreesWithAStandardMap) {
  std::mt19937 random(1);
  RowTable table(sizeof(int64_t));
  std::unordered_map<std::string, int64_t> model;
  std::unordered_map<std::string, StateRow*> places;
  for (int step = 0; step < 100000; ++step) {
    const std::string key = KeyOf(random);
    const uint64_t hash = PoorHash(key);
    if (random() % 2 == 0) {
      StateRow* row = table.FindOrAdd(key, hash);
      if (model.count(key) == 0) places[key] = row;
      EXPECT_EQ(row, places[key]) << "rows must not move";
      EXPECT_EQ(row->payload<int64_t>(), model[key]);
      row->payload<int64_t>() = model[key] = step;
    } else if (StateRow* row = table.Find(key, hash); row != nullptr) {
      EXPECT_EQ(row->bytes(), key);
      EXPECT_EQ(row->payload<int64_t>(), model.at(key));
      table.Erase(row);
      model.erase(key);
    } else {
      EXPECT_EQ(model.count(key), 0u);
    }
  }
  EXPECT_EQ(table.size(), static_cast<int64_t>(model.size()));
  size_t cursor = 0;
  size_t num_seen = 0;
  while (StateRow* row = table.Next(&cursor)) {
    EXPECT_EQ(model.count(std::string(row->bytes())), 1u);
    ++num_seen;
  }
  EXPECT_EQ(num_seen, model.size());
}

TEST(RowTable, ProbesBatchesThatGrowIt) {
  RowTable table(8);
  EncodedRows keys;
  std::vector<uint64_t> hashes;
  for (int i = 0; i < 4000; ++i) {
    keys.bytes() += std::to_string(i % 2500);
    keys.EndRow();
    hashes.push_back(HashBytes(keys.row(i)));
  }
  std::vector<StateRow*> added(4000);
  std::vector<StateRow*> found(4000);
  table.FindAll(keys, hashes, found.data());
  EXPECT_EQ(std::count(found.begin(), found.end(), nullptr), 4000);
  table.FindOrAddAll(keys, hashes, added.data());
  table.FindAll(keys, hashes, found.data());
  EXPECT_EQ(found, added);
  EXPECT_EQ(added[0], added[2500]);
  EXPECT_EQ(table.size(), 2500);
}

TEST(RowTable, EmptyRowIsAKeyToo) {
  RowTable table(8);
  StateRow* row = table.FindOrAdd("", 42);
  EXPECT_EQ(table.Find("", 42), row);
  table.Erase(row);
  EXPECT_EQ(table.Find("", 42), nullptr);
}

TEST(BlockPool, ReusesWhatWasFreed) {
  BlockPool pool;
  char* small = pool.Allocate(40);
  char* large = pool.Allocate(100000);
  pool.Allocate(5000);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(small) % 16, 0u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(large) % 16, 0u);
  std::memset(large, 1, 100000);
  pool.Free(small, 40);
  EXPECT_EQ(pool.Allocate(33), small);
  const int64_t used = pool.used_bytes();
  pool.Free(large, 100000);
  EXPECT_EQ(pool.used_bytes(), used - 100000);
}

}  // namespace
}  // namespace sluice
