// Where replayed events go. Each sink knows which events it has already, so that a replay that was
// killed and run again brings each of them exactly once.
#pragma once

#include <memory>
#include <set>
#include <span>
#include <string>
#include <tuple>

#include "libs/pg/pg.hpp"
#include "libs/projection/definition.hpp"
#include "tools/waybill/replay/state.hpp"

namespace waybill::tool::replay {

// Topic, partition and offset of the source.
using Source = std::tuple<std::string, std::int32_t, std::int64_t>;
Source source_of(const messaging::Event& event);

class Sink {
 public:
  virtual ~Sink() = default;
  // Called once before the first write(); gives back what is there of this plan already. May fill
  // the checkpoint's target_ends.
  virtual std::set<Source> begin(Checkpoint& checkpoint, bool resumes) = 0;
  // All of them, or an exception.
  virtual void write(std::span<const messaging::Event> events) = 0;
};

// Events as they are, with the headers waybill_replay_id and waybill_replay_source.
std::unique_ptr<Sink> make_topic_sink(messaging::KafkaBroker& kafka, const Plan& plan);
// NDJSON; with the bytes (`value`, base64url) when personal data may be written.
std::unique_ptr<Sink> make_file_sink(const Plan& plan);
std::unique_ptr<Sink> make_stdout_sink(const Plan& plan);
// The live tables. Offsets stay as they are; what is not newer changes nothing.
std::unique_ptr<Sink> make_projection_sink(projection::Definition definition, pg::Options database);

// A line of make_file_sink as the event it was; nullopt for a masked or broken one.
std::optional<messaging::Event> event_from_line(std::string_view line);

}  // namespace waybill::tool::replay
