// A service's states against its topic and its outbox: every version told, none unknown, none with
// two contents.
#include "tools/waybill/audit/sorted_file.hpp"
#include "tools/waybill/audit/steps.hpp"
#include "tools/waybill/audit/topic_file.hpp"

namespace waybill::tool::audit {
namespace {

constexpr const char* kWaiting =
    "SELECT key, coalesce((headers->>'ce_version')::bigint, 0) FROM outbox "
    "WHERE channel = 'event' AND target = '{}' AND headers->>'ce_version' IS NOT NULL";

// What is known of one aggregate while its events go by in the order of versions.
class Telling {
 public:
  Telling(const Model& model, Report& report) : model_{model}, report_{report} {}

  // The state: no row in the range is version 0.
  void begin(std::string id, std::int64_t version, std::string facts, bool from_the_start) {
    id_ = std::move(id);
    state_version_ = version;
    state_facts_ = std::move(facts);
    next_ = from_the_start ? 1 : 0;
    newest_ = {};
    last_ = {};
    has_newest_ = false;
    has_last_ = false;
  }

  void take(const TopicLine& line) {
    if (next_ == 0) next_ = line.version;  // the range begins in the middle of its life
    if (line.version > next_) missing(next_, line.version - 1);
    if (line.waiting) {
      next_ = std::max(next_, line.version + 1);
      return;
    }
    if (has_newest_ && line.version == newest_.version) {
      repeat(line);
    } else {
      if (line.partition != newest_.partition && has_newest_) strayed(line);
      newest_ = line;
      has_newest_ = true;
    }
    if (!has_last_ || line.offset > last_.offset) {
      last_ = line;
      has_last_ = true;
    }
    next_ = std::max(next_, line.version + 1);
  }

  void end() {
    if (state_version_ > 0) {
      if (next_ == 0) next_ = state_version_;
      if (next_ <= state_version_) missing(next_, state_version_);
    }
    if (!has_newest_) return;
    if (newest_.version > state_version_ && !newest_.late && state_version_ >= 0) {
      add("event-ahead", newest_.version,
          state_version_ == 0 ? "the topic knows it, the database does not"
                              : fmt::format("the database has version {}", state_version_));
    }
    if (newest_.version == state_version_ && newest_.facts != state_facts_) {
      add("event-differs", newest_.version, "the event does not say what the row says");
    }
    if (has_last_ && last_.version < newest_.version) {
      add("event-out-of-order", newest_.version,
          fmt::format("the topic's last word is version {}", last_.version));
    }
  }

 private:
  void add(const char* code, std::int64_t version, std::string detail) {
    boost::json::object ids;
    ids[model_.id_name] = id_;
    ids["version"] = version;
    report_.add({code, model_.service, std::move(ids), std::move(detail)});
  }

  void missing(std::int64_t first, std::int64_t last) {
    const std::string versions = first == last ? fmt::format("version {}", first)
                                               : fmt::format("versions {} to {}", first, last);
    add("event-missing", first,
        fmt::format("{} is neither in {} nor in the outbox", versions, model_.topic));
  }

  void repeat(const TopicLine& line) {
    if (line.body == newest_.body) {
      report_.repeated(model_.topic, 1);
    } else {
      add("event-conflict", line.version,
          fmt::format("partition {} offsets {} and {} say different things", line.partition,
                      newest_.offset, line.offset));
    }
  }

  void strayed(const TopicLine& line) {
    add("event-partition", line.version,
        fmt::format("in partitions {} and {}: their order is lost", newest_.partition,
                    line.partition));
  }

  const Model& model_;
  Report& report_;
  std::string id_;
  std::int64_t state_version_ = 0;
  std::string state_facts_;
  std::int64_t next_ = 0;  // the version that should come; 0: any
  TopicLine newest_;
  TopicLine last_;  // of the topic, by offset
  bool has_newest_ = false;
  bool has_last_ = false;
};

void add_waiting(const Scene& scene, const Model& model, SortedFile& lines, Report& report) {
  Cursor waiting{*scene.snapshot(model.service), fmt::format(kWaiting, model.topic)};
  std::int64_t count = 0;
  while (waiting.next()) {
    lines.add(to_line({.key = std::string{waiting.row().text(0)},
                       .version = waiting.row().integer(1),
                       .waiting = true}));
    ++count;
  }
  report.in_flight("events in " + model.service + "'s outbox", count);
}

}  // namespace

void check_events(const Scene& scene, const Model& model, Report& report) {
  report.begin("events and states agree", model.service);
  SortedFile lines = read_topic(scene.platform.kafka, model, scene.ends.at(model.topic),
                                scene.options.since, scene.tell);
  add_waiting(scene, model, lines, report);
  Cursor states{*scene.snapshot(model.service), model.states};
  Telling telling{model, report};
  std::string text;
  TopicLine line;
  bool has_line = false;
  // Events without a version are no states: nothing of theirs can be missing here.
  const auto step = [&] {
    do {
      has_line = lines.next(text);
      if (has_line) line = parse_line(text);
    } while (has_line && line.version == 0);
  };
  step();
  const auto take_key = [&](const std::string& key) {
    while (has_line && line.key == key) {
      telling.take(line);
      report.look();
      step();
    }
    telling.end();
  };
  // With a range, a state that did not change in it is not looked at, and its events are not read.
  const std::int64_t unknown = scene.options.since ? -1 : 0;
  const auto take_strangers = [&](const std::string* before) {
    while (has_line && (before == nullptr || line.key < *before)) {
      const std::string key = line.key;
      telling.begin(key, unknown, {}, false);
      take_key(key);
    }
  };
  while (states.next()) {
    const std::string id{states.row().text(0)};
    take_strangers(&id);
    telling.begin(id, states.row().integer(1), std::string{states.row().text(2)},
                  states.row().boolean(3));
    take_key(id);
  }
  take_strangers(nullptr);
}

}  // namespace waybill::tool::audit
