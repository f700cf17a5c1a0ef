#include "tools/waybill/replay/sinks.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "libs/core/base64.hpp"
#include "tools/waybill/connection.hpp"
#include "tools/waybill/events/print.hpp"

namespace waybill::tool::replay {
namespace {

namespace json = boost::json;

constexpr const char* id_header = "waybill_replay_id";
constexpr const char* source_header = "waybill_replay_source";
constexpr std::size_t portion = 500;
// What a killed replay had sent may arrive a moment after it.
constexpr milliseconds settle{500};

std::string to_line(const messaging::Event& event, const Plan& plan) {
  const bool shown = !plan.unmask.empty();
  json::object line =
      events::to_json(event, shown ? events::Personal::shown : events::Personal::masked);
  if (shown) line["value"] = base64url_encode(event.value);
  return json::serialize(line) + '\n';
}

std::string to_text(const Source& source) {
  return fmt::format("{}/{}/{}", std::get<0>(source), std::get<1>(source), std::get<2>(source));
}

class TopicSink final : public Sink {
 public:
  TopicSink(messaging::KafkaBroker& kafka, const Plan& plan)
      : kafka_{kafka},
        topic_{plan.target.name},
        id_{plan.id()},
        producer_{kafka.make_producer("replay")} {}

  std::set<Source> begin(Checkpoint& checkpoint, bool resumes) override {
    if (!resumes) {
      checkpoint.target_ends = ends();
      return {};
    }
    Places now_there = ends();
    for (Places before; before != now_there; now_there = ends()) {
      before = now_there;
      std::this_thread::sleep_for(settle);
    }
    return find_own(checkpoint.target_ends, now_there);
  }

  void write(std::span<const messaging::Event> events) override {
    std::vector<messaging::Event> copies;
    for (const messaging::Event& event : events) {
      messaging::Event copy = event;
      copy.headers[id_header] = id_;
      copy.headers[source_header] = to_text(source_of(event));
      copy.topic = topic_;
      copies.push_back(std::move(copy));
    }
    const std::vector<bool> stored = producer_->produce(copies);
    if (std::find(stored.begin(), stored.end(), false) != stored.end()) {
      throw std::runtime_error{"Kafka did not take all events; run it again, it goes on from here"};
    }
  }

 private:
  Places ends() {
    Places places;
    for (const messaging::PartitionInfo& info : kafka_.partitions(topic_)) {
      places[{topic_, info.partition}] = info.end;
    }
    return places;
  }

  std::set<Source> find_own(const Places& from, const Places& to) {
    std::vector<messaging::TopicPartition> starts;
    std::int64_t missing = 0;
    for (const auto& [partition, end] : to) {
      const auto begun = from.find(partition);
      const std::int64_t start = begun == from.end() ? 0 : begun->second;
      if (start >= end) continue;
      starts.push_back({partition.first, partition.second, start});
      missing += end - start;
    }
    std::set<Source> own;
    if (starts.empty()) return own;
    const auto consumer = kafka_.read(std::move(starts));
    while (missing > 0) {
      const auto events = consumer->poll(portion, seconds{5});
      if (events.empty()) throw std::runtime_error{"the target topic can't be read to its end"};
      missing -= std::ssize(events);
      for (const messaging::Event& event : events) take_own(event, own);
    }
    return own;
  }

  void take_own(const messaging::Event& event, std::set<Source>& own) const {
    if (events::header(event, id_header) != id_) return;
    const std::string source = events::header(event, source_header);
    const std::size_t last = source.rfind('/');
    const std::size_t middle = source.rfind('/', last - 1);
    if (last == std::string::npos || middle == std::string::npos) return;
    own.emplace(source.substr(0, middle), std::stoi(source.substr(middle + 1, last - middle - 1)),
                std::stoll(source.substr(last + 1)));
  }

  messaging::KafkaBroker& kafka_;
  std::string topic_;
  std::string id_;
  std::unique_ptr<messaging::EventProducer> producer_;
};

class FileSink final : public Sink {
 public:
  explicit FileSink(const Plan& plan) : plan_{plan} {}

  std::set<Source> begin(Checkpoint&, bool resumes) override {
    const std::string& file = plan_.target.name;
    std::set<Source> there;
    if (std::filesystem::exists(file)) {
      if (!resumes) throw UsageError{file + ": is there already"};
      there = read_sources(file);
    }
    out_.open(file, std::ios::app);
    if (!out_) throw UsageError{file + ": can't be written"};
    return there;
  }

  void write(std::span<const messaging::Event> events) override {
    for (const messaging::Event& event : events) out_ << to_line(event, plan_);
    out_.flush();
    if (!out_) throw std::runtime_error{plan_.target.name + " can't be written"};
  }

 private:
  // A line that was cut off is taken away.
  static std::set<Source> read_sources(const std::string& file) {
    std::set<Source> there;
    const std::string content = read_file(file);
    const std::size_t end = content.rfind('\n');
    const std::size_t whole = end == std::string::npos ? 0 : end + 1;
    if (whole < content.size()) std::filesystem::resize_file(file, whole);
    for (std::size_t at = 0; at < whole;) {
      const std::size_t line_end = content.find('\n', at);
      const json::value line = json::parse(content.substr(at, line_end - at));
      there.emplace(std::string{line.at("topic").as_string()},
                    line.at("partition").to_number<std::int32_t>(), line.at("offset").as_int64());
      at = line_end + 1;
    }
    return there;
  }

  const Plan& plan_;
  std::ofstream out_;
};

class StdoutSink final : public Sink {
 public:
  explicit StdoutSink(const Plan& plan) : plan_{plan} {}
  std::set<Source> begin(Checkpoint&, bool) override { return {}; }
  void write(std::span<const messaging::Event> events) override {
    for (const messaging::Event& event : events) {
      std::fputs(to_line(event, plan_).c_str(), stdout);
    }
    if (std::fflush(stdout) != 0) throw std::runtime_error{"standard output is closed"};
  }

 private:
  const Plan& plan_;
};

class ProjectionSink final : public Sink {
 public:
  ProjectionSink(projection::Definition definition, pg::Options database)
      : definition_{std::move(definition)}, connection_{std::move(database)} {}
  std::set<Source> begin(Checkpoint&, bool) override { return {}; }
  void write(std::span<const messaging::Event> events) override {
    pg::Tx tx{connection_};
    definition_.apply(tx, events);
    tx.commit();
  }

 private:
  projection::Definition definition_;
  pg::Connection connection_;
};

}  // namespace

Source source_of(const messaging::Event& event) {
  return {event.topic, event.partition, event.offset};
}

std::unique_ptr<Sink> make_topic_sink(messaging::KafkaBroker& kafka, const Plan& plan) {
  return std::make_unique<TopicSink>(kafka, plan);
}

std::unique_ptr<Sink> make_file_sink(const Plan& plan) {
  return std::make_unique<FileSink>(plan);
}

std::unique_ptr<Sink> make_stdout_sink(const Plan& plan) {
  return std::make_unique<StdoutSink>(plan);
}

std::unique_ptr<Sink> make_projection_sink(projection::Definition definition,
                                           pg::Options database) {
  return std::make_unique<ProjectionSink>(std::move(definition), std::move(database));
}

std::optional<messaging::Event> event_from_line(std::string_view line) {
  try {
    const json::value value = json::parse(json::string_view{line.data(), line.size()});
    const auto bytes = base64url_decode(std::string_view{value.at("value").as_string()});
    if (!bytes) return std::nullopt;
    messaging::Event event;
    event.topic = value.at("topic").as_string();
    event.partition = value.at("partition").to_number<std::int32_t>();
    event.offset = value.at("offset").as_int64();
    event.key = value.at("key").as_string();
    event.value = *bytes;
    const auto at = parse_rfc3339(std::string{value.at("time").as_string()});
    if (!at) return std::nullopt;
    event.timestamp_ms = to_unix_millis(*at);
    for (const auto& [name, header] : value.at("headers").as_object()) {
      event.headers.emplace(std::string{name}, std::string{header.as_string()});
    }
    return event;
  } catch (const std::exception&) {  // no JSON, or a member is missing: written masked
    return std::nullopt;
  }
}

}  // namespace waybill::tool::replay
