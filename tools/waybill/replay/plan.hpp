// What a replay does: exactly these offsets of these partitions, these conditions, this target. A
// plan can be looked at, kept in a file, and carried out later, to the event.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "libs/messaging/broker.hpp"
#include "tools/waybill/events/selection.hpp"

namespace waybill::tool::replay {

struct Range {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t from = 0;
  std::int64_t until = 0;     // exclusive
  std::int64_t matching = 0;  // events in it that meet the conditions

  bool operator==(const Range&) const = default;
};

struct Target {
  enum class Kind { topic, file, standard_output, projection };
  Kind kind = Kind::standard_output;
  std::string name;
};

struct Plan {
  events::Selection conditions;  // topics, partition, offsets and limit are in the ranges
  std::string file;              // the source, instead of topics
  std::string file_digest;
  std::vector<Range> ranges;
  std::int64_t matching = 0;
  Target target;
  std::string why;
  std::string unmask;  // the reason for which personal data may be written; empty: masked
  Instant made_at;

  // Of everything but the time: the same plan has the same id.
  std::string id() const;
};

boost::json::object to_json(const Plan& plan);
// nullopt for what is no plan, or was changed by hand.
std::optional<Plan> plan_from_json(const boost::json::value& json);
// For a person, before it is carried out.
std::string in_words(const Plan& plan);

// Finds the ranges and counts what matches, by reading. Throws std::runtime_error without a broker.
void find_ranges(messaging::KafkaBroker& kafka, const events::Selection& selection, Plan& plan,
                 const std::atomic<bool>& stop);

}  // namespace waybill::tool::replay
