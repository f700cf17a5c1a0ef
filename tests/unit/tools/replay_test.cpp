// Replays over a broker in memory: plans, sinks, kills.
#include <filesystem>
#include <fstream>
#include <random>

#include <catch2/catch.hpp>

#include "libs/core/digest.hpp"
#include "libs/messaging/memory.hpp"
#include "tools/waybill/connection.hpp"
#include "tools/waybill/events/reader.hpp"
#include "tools/waybill/replay/run.hpp"
#include "waybill/order/v1/events.pb.h"

using namespace waybill;
using namespace waybill::tool;
using namespace waybill::tool::replay;
using messaging::Event;

namespace {

const std::atomic<bool> never{false};

struct Killed : std::runtime_error {
  Killed() : std::runtime_error{"killed"} {}
};

// Takes what it is given to a sink and dies after some portions, before or after the sink has it.
class DyingSink final : public Sink {
 public:
  DyingSink(std::unique_ptr<Sink> sink, int portions, bool after)
      : sink_{std::move(sink)}, portions_{portions}, after_{after} {}
  std::set<Source> begin(Checkpoint& checkpoint, bool resumes) override {
    return sink_->begin(checkpoint, resumes);
  }
  void write(std::span<const Event> events) override {
    const bool last = portions_-- == 0;
    if (last && !after_) throw Killed{};
    sink_->write(events);
    if (last) throw Killed{};
  }

 private:
  std::unique_ptr<Sink> sink_;
  int portions_;
  bool after_;
};

// Topics of four partitions, and a folder for files.
struct Stage {
  std::unique_ptr<messaging::KafkaBroker> kafka = messaging::make_memory_kafka();
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("waybill-replay-" + new_id().to_string());

  explicit Stage(int events = 3'000) {
    std::filesystem::create_directory(folder);
    kafka->create_topic("films", 4, {});
    kafka->create_topic("copies", 3, {});
    std::vector<Event> all;
    for (int i = 0; i < events; ++i) {
      order::v1::OrderPlaced payload;
      payload.mutable_order()->set_status(i % 3 == 0 ? "PAID" : "PENDING");
      payload.mutable_order()->set_version(i);
      Event event;
      event.topic = "films";
      event.key = std::to_string(i % 97);
      event.value = payload.SerializeAsString();
      event.headers = {{"ce_type", payload.GetDescriptor()->full_name()}};
      all.push_back(std::move(event));
    }
    kafka->make_producer("test")->produce(all);
  }
  ~Stage() { std::filesystem::remove_all(folder); }

  std::string file(const std::string& name) const { return folder / name; }

  Plan plan(Target target, const std::string& where = "") {
    Plan made;
    events::Selection selection;
    selection.topics = {"films"};
    selection.where_text = where;
    if (!where.empty()) selection.where = events::Expression::parse(where).value();
    find_ranges(*kafka, selection, made, never);
    made.target = std::move(target);
    made.made_at = now();
    return made;
  }

  Outcome go(const Plan& plan, Sink& sink, std::int64_t rate = 0) {
    RunOptions options;
    options.checkpoint = file("checkpoint");
    options.rate = rate;
    return replay::run(plan, *kafka, sink, options);
  }

  std::multiset<std::string> values(const std::string& topic) {
    events::Selection selection;
    selection.topics = {topic};
    std::multiset<std::string> found;
    events::read_events(*kafka, selection, events::Mode::show, never,
                        [&](const Event& event) { found.insert(event.value); });
    return found;
  }
};

}  // namespace

TEST_CASE("a plan says which offsets and how many events, and survives its file", "[replay]") {
  Stage stage;
  const Plan plan = stage.plan({Target::Kind::topic, "copies"}, "order.status == 'PAID'");
  CHECK(plan.matching == 1'000);
  CHECK(plan.ranges.size() == 4);
  const auto read = plan_from_json(boost::json::parse(boost::json::serialize(to_json(plan))));
  REQUIRE(read);
  CHECK(read->id() == plan.id());
  CHECK(read->ranges == plan.ranges);
  auto changed = to_json(plan);
  changed["matching"] = 999;
  CHECK_FALSE(plan_from_json(changed));
  CHECK_FALSE(plan_from_json(boost::json::value("nothing")));
}

TEST_CASE("a replay to a topic that is killed again and again brings each event exactly once",
          "[replay]") {
  Stage stage;
  const Plan plan = stage.plan({Target::Kind::topic, "copies"}, "order.status == 'PAID'");
  std::mt19937 random{3};
  bool finished = false;
  for (int i = 0; !finished && i < 100; ++i) {
    DyingSink sink{make_topic_sink(*stage.kafka, plan), static_cast<int>(random() % 3),
                   random() % 2 == 0};
    try {
      finished = stage.go(plan, sink).finished;
    } catch (const Killed&) {
    }
  }
  CHECK(finished);
  std::multiset<std::string> expected;
  for (const std::string& value : stage.values("films")) {
    order::v1::OrderPlaced payload;
    payload.ParseFromString(value);
    if (payload.order().status() == "PAID") expected.insert(value);
  }
  CHECK(stage.values("copies") == expected);
}

TEST_CASE("a replay to a file that is killed within a line goes on with whole lines", "[replay]") {
  Stage stage;
  Plan plan = stage.plan({Target::Kind::file, stage.file("films.ndjson")});
  plan.unmask = "a test";
  {
    DyingSink sink{make_file_sink(plan), 2, true};
    CHECK_THROWS_AS(stage.go(plan, sink), Killed);
  }
  std::filesystem::resize_file(plan.target.name, std::filesystem::file_size(plan.target.name) - 7);
  const auto sink = make_file_sink(plan);
  CHECK(stage.go(plan, *sink).finished);

  // And from the file to a topic: the very bytes.
  Plan back;
  back.file = plan.target.name;
  back.file_digest = sha256_hex(read_file(back.file));
  back.target = {Target::Kind::topic, "copies"};
  back.matching = 3'000;
  const auto topic = make_topic_sink(*stage.kafka, back);
  CHECK(stage.go(back, *topic).done == 3'000);
  CHECK(stage.values("copies") == stage.values("films"));
}

TEST_CASE("a masked file can't be replayed, and a file that is there is not overwritten",
          "[replay]") {
  Stage stage{10};
  const Plan plan = stage.plan({Target::Kind::file, stage.file("masked.ndjson")});
  const auto sink = make_file_sink(plan);
  stage.go(plan, *sink);
  std::ifstream in{plan.target.name};
  std::string line;
  std::getline(in, line);
  CHECK_FALSE(event_from_line(line));
  const auto again = make_file_sink(plan);
  CHECK_THROWS_AS(stage.go(plan, *again), UsageError);
}

TEST_CASE("the same plan can be carried out again, and then brings everything again", "[replay]") {
  Stage stage{30};
  const Plan plan = stage.plan({Target::Kind::topic, "copies"});
  for (int i = 1; i <= 2; ++i) {
    const auto sink = make_topic_sink(*stage.kafka, plan);
    CHECK(stage.go(plan, *sink).written == 30);
  }
  CHECK(stage.values("copies").size() == 60);
}

TEST_CASE("a rate is kept", "[replay]") {
  Stage stage{60};
  const Plan plan = stage.plan({Target::Kind::topic, "copies"});
  const auto sink = make_topic_sink(*stage.kafka, plan);
  const auto start = std::chrono::steady_clock::now();
  stage.go(plan, *sink, 200);
  CHECK(std::chrono::steady_clock::now() - start >= milliseconds{290});
}
