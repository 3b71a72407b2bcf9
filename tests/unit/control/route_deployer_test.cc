// The life of routing snapshots: random changes of the source, of processors, rollbacks and
// freezes, against a model that says which routes have to be in force after each.
#include "control/route_deployer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "base/log.h"

namespace sluice {
namespace {

namespace fs = std::filesystem;

constexpr int kRows = 4;

class RouteDeployerTest : public testing::Test {
 protected:
  RouteDeployerTest() {
    std::string name = fs::temp_directory_path() / "sluice-routes-XXXXXX";
    folder_ = mkdtemp(name.data());
    SetLogLevel(LogLevel::kOff);
    fs::create_directories(folder_ / "events");
    fs::create_directories(folder_ / "processors");
    Write("events/a.jsonl", "{\"domain\":\"d\",\"type\":\"t0\"}\n");
    file_ = {.path = folder_ / "job.yaml",
             .name = "test",
             .domains = {"d"},
             .tables = {},
             .events = "event",
             .processors = folder_ / "processors",
             .processor_aliases = {},
             .main_sink = "sink",
             .sinks = {},
             .routes = {.file = folder_ / "routes.yaml", .database = "", .table = ""},
             .state_dir = folder_ / "state",
             .settings = {}};
    RoutedJobSpec spec;
    spec.tables = {{"tables.sql",
                    "CREATE TABLE event (domain STRING, type STRING) WITH ('connector' = "
                    "'filesystem', 'path' = '" +
                        (folder_ / "events").string() +
                        "', 'format' = 'json', 'source.monitor-interval' = '1 ms');"
                        "CREATE TABLE sink (type STRING) WITH ('connector' = 'blackhole')"}};
    spec.events = "event";
    spec.sinks = SinkTables(file_);
    job_ = *RoutedJob::Open(std::move(spec));
  }
  ~RouteDeployerTest() override {
    SetLogLevel(LogLevel::kInfo);
    fs::remove_all(folder_);
  }

  void Write(const std::string& name, const std::string& text) const {
    // A file appears, or is replaced, as a whole.
    std::ofstream(folder_ / "being-written") << text;
    fs::rename(folder_ / "being-written", folder_ / name);
  }

  fs::path folder_;
  JobFile file_;
  std::unique_ptr<RoutedJob> job_;
};

// What the source says of each row, and what has to be in force.
struct Model {
  enum Kind { kAbsent, kGood, kOff, kBroken };
  struct Row {
    Kind kind = kAbsent;
    int processor = 1;
    bool operator==(const Row&) const = default;
  };
  using Rows = std::map<int, Row>;

  Rows source;
  Rows active;
  std::map<uint64_t, Rows> history;
  bool is_pinned = false;
  bool is_frozen = false;

  void Follow() {
    if (is_pinned || is_frozen) return;
    Rows next;
    for (const auto& [id, row] : source) {
      if (row.kind == kGood || row.kind == kOff) next[id] = row;
      if (row.kind == kBroken && active.contains(id)) next[id] = active[id];
    }
    active = next;
  }

  std::string Text() const {
    std::string text = "routes:\n";
    for (const auto& [id, row] : source) {
      if (row.kind == kAbsent) continue;
      text += "  - {id: " + std::to_string(id) + ", domain: d, type: t" + std::to_string(id) +
              ", processor: " +
              (row.kind == kBroken ? "missing" : "p@" + std::to_string(row.processor)) +
              (row.kind == kOff ? ", enabled: false" : "") + "}\n";
    }
    return text;
  }
};

Model::Rows RowsOf(const RouteDeployer::State& state) {
  Model::Rows rows;
  for (const SnapshotRoute& route : state.routes) {
    rows[static_cast<int>(route.spec.id)] = {
        .kind = route.spec.enabled ? Model::kGood : Model::kOff,
        .processor = std::stoi(route.spec.processor.substr(2))};
  }
  return rows;
}

TEST_F(RouteDeployerTest, FollowsTheModelThroughRandomLives) {
  std::mt19937 random(20261125);
  for (int version = 1; version <= 3; ++version) {
    Write("processors/p@" + std::to_string(version) + ".sql", "SELECT type FROM events");
  }
  Model model;
  for (int life = 0; life < 4; ++life) {  // each a start of the process
    Write("routes.yaml", model.Text());
    auto opened = RouteDeployer::Open(file_, *job_, Env::Posix());
    ASSERT_TRUE(opened.ok()) << opened.status();
    RouteDeployer& deployer = **opened;
    if (!model.is_pinned && !model.is_frozen) {
      // Nothing has a last good form at a start.
      model.active.clear();
      model.Follow();
    }
    Metrics metrics;
    auto compiled = job_->Assemble(deployer.slot());
    ASSERT_TRUE(compiled.ok()) << compiled.status();
    auto job = StartJob(*compiled, nullptr, Env::Posix(), &metrics);
    ASSERT_TRUE(job.ok()) << job.status();
    model.history[deployer.GetState().version] = model.active;
    for (int step = 0; step < 40; ++step) {
      const uint32_t what = random() % 10;
      if (what < 6) {
        Model::Row& row = model.source[1 + static_cast<int>(random() % kRows)];
        row.kind = static_cast<Model::Kind>(random() % 4);
        row.processor = 1 + static_cast<int>(random() % 3);
        Write("routes.yaml", model.Text());
        ASSERT_TRUE(deployer.Refresh().ok());
        model.Follow();
      } else if (what == 6) {
        auto chosen = model.history.begin();
        std::advance(chosen, random() % model.history.size());
        const auto version = deployer.Rollback(chosen->first, "test");
        ASSERT_EQ(version.ok(), !model.is_frozen) << version.status();
        if (version.ok()) {
          model.active = chosen->second;
          model.is_pinned = true;
        }
      } else if (what == 7) {
        ASSERT_EQ(deployer.Unpin("test").ok(), model.is_pinned);
        model.is_pinned = false;
        model.Follow();
      } else {
        model.is_frozen = what == 8;
        ASSERT_TRUE(deployer.SetFrozen(model.is_frozen, "test").ok());
        model.Follow();
      }
      const RouteDeployer::State state = deployer.GetState();
      ASSERT_EQ(RowsOf(state), model.active) << "life " << life << " step " << step;
      ASSERT_TRUE(deployer.slot()->WaitActive(state.version, 60000));
      model.history[state.version] = model.active;
      while (model.history.size() > SnapshotStore::kKept)
        model.history.erase(model.history.begin());
    }
    (*job)->Stop();
    EXPECT_TRUE((*job)->Wait().ok());
  }
}

// A route is known by its key, wherever it stands: a broken one does not take over its neighbour's
// place.
TEST_F(RouteDeployerTest, RoutesWithoutIdsKeepTheirLastGoodForm) {
  Write("processors/p@1.sql", "SELECT type FROM events");
  Write("routes.yaml",
        "routes: [{domain: d, type: a, processor: p}, {domain: d, type: b, processor: p}]");
  auto deployer = RouteDeployer::Open(file_, *job_, Env::Posix());
  ASSERT_TRUE(deployer.ok()) << deployer.status();
  Write("routes.yaml", "routes: [{domain: d, type: b, processor: p, priority: high}]");
  ASSERT_TRUE((*deployer)->Refresh().ok());
  const RouteDeployer::State state = (*deployer)->GetState();
  ASSERT_EQ(state.routes.size(), 1u);
  EXPECT_EQ(state.routes[0].spec.event_type, "b");
  ASSERT_EQ(state.rejected.size(), 1u);
  EXPECT_NE(state.rejected[0].reason.find("whole number"), std::string::npos);
}

// Changes come from a thread while others run the job: for the thread sanitizer.
TEST_F(RouteDeployerTest, ChangesWhileEventsFlow) {
  Write("processors/p@1.sql", "SELECT type FROM events");
  Write("routes.yaml", "routes: [{domain: d, type: t, processor: p@1}]");
  auto deployer = RouteDeployer::Open(file_, *job_, Env::Posix());
  ASSERT_TRUE(deployer.ok()) << deployer.status();
  auto compiled = job_->Assemble((*deployer)->slot());
  ASSERT_TRUE(compiled.ok());
  Metrics metrics;
  auto job = StartJob(*compiled, nullptr, Env::Posix(), &metrics);
  ASSERT_TRUE(job.ok()) << job.status();
  std::string events;
  for (int i = 0; i < 200; ++i) events += "{\"domain\":\"d\",\"type\":\"t\"}\n";
  for (int version = 2; version < 30; ++version) {
    const std::string number = std::to_string(version);
    Write("events/" + number + ".jsonl", events);
    Write("processors/p@" + number + ".sql", "SELECT type FROM events");
    Write("routes.yaml", "routes: [{domain: d, type: t, processor: p@" + number + "}]");
    ASSERT_TRUE((*deployer)->Refresh().ok());
    ASSERT_TRUE((*deployer)->slot()->WaitActive((*deployer)->GetState().version, 60000));
  }
  EXPECT_EQ((*deployer)->GetState().version, 29u);
  while (metrics.Total(metric::kEventsRouted) < 28 * 200) usleep(1000);
  (*job)->Stop();
  EXPECT_TRUE((*job)->Wait().ok());
  EXPECT_EQ(metrics.Total(metric::kEventsRouted), 28 * 200);
  // The processors that came and went are part of the sums.
  EXPECT_EQ(metrics.Total(metric::kEventsIn), 2 * 28 * 200 + 1);
}

}  // namespace
}  // namespace sluice
