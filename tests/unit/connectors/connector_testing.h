// What the tests of connectors need of a task, and small tables.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/env.h"
#include "connectors/connector.h"
#include "runtime/io_threads.h"
#include "types/value.h"

namespace sluice {

// A folder of its own that goes away with the test.
class TestFolder {
 public:
  TestFolder() : path_(testing::TempDir() + "/sluice-" + RandomUuid()) {
    std::filesystem::create_directories(path_);
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  std::string Path(const std::string& name = "") const {
    return name.empty() ? path_ : path_ + "/" + name;
  }
  void Write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories(std::filesystem::path(Path(name)).parent_path());
    std::ofstream(Path(name), std::ios::binary) << text;
  }
  std::string Read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(Path(name), std::ios::binary).rdbuf();
    return text.str();
  }
  // The names in the folder, sorted, hidden ones included.
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  const std::string path_;
};

// Instances of a source or sink, as the runtime would give them their contexts.
class ConnectorTest : public testing::Test {
 protected:
  ~ConnectorTest() override { io_.Stop(); }

  TaskContext& Context(int32_t subtask = 0, int32_t parallelism = 1) {
    contexts_.push_back(std::make_unique<TaskContext>());
    TaskContext& context = *contexts_.back();
    context.session = &session_;
    context.env = Env::Posix();
    context.io_pool = &io_;
    context.metrics = &metrics_;
    context.operator_name = "test";
    context.subtask = subtask;
    context.parallelism = parallelism;
    context.wake = [this] {
      woken_.store(true);
      woken_.notify_one();
    };
    context.wake_at = [](int64_t) {};
    return context;
  }

  // Flushes as a task would: asks again each time it is woken.
  void Flush(Sink& sink) {
    while (true) {
      woken_.store(false);
      auto progress = sink.Flush();
      ASSERT_TRUE(progress.ok()) << progress.status();
      if (*progress == Progress::kNeedsInput) return;
      woken_.wait(false);
    }
  }

  Session session_;
  Metrics metrics_;
  IoThreads io_{4};
  std::atomic<bool> woken_{false};
  std::vector<std::unique_ptr<TaskContext>> contexts_;
};

inline TableInfo Table(std::vector<TableColumn> columns,
                       std::map<std::string, std::string> options) {
  TableInfo table;
  table.name = "t";
  table.columns = std::move(columns);
  table.options = Options(std::move(options));
  return table;
}

// A batch of these rows, in the types of the table.
inline Batch Rows(const TableInfo& table, const std::vector<std::vector<Value>>& rows) {
  Batch batch;
  batch.num_rows = static_cast<int32_t>(rows.size());
  for (size_t c = 0; c < table.columns.size(); ++c) {
    VectorBuilder builder(table.columns[c].type, batch.num_rows);
    for (int32_t row = 0; row < batch.num_rows; ++row) SetValue(builder, row, rows[row][c]);
    batch.columns.push_back(builder.Finish());
  }
  return batch;
}

}  // namespace sluice
