#include "tools/waybill/replay/plan.hpp"

#include <map>

#include "libs/core/digest.hpp"
#include "tools/waybill/events/reader.hpp"

namespace waybill::tool::replay {
namespace {

namespace json = boost::json;
using events::Position;

constexpr std::string_view target_names[]{"topic", "file", "stdout", "projection"};

std::string_view name_of(Target::Kind kind) {
  return target_names[static_cast<std::size_t>(kind)];
}

json::value time_or_null(const std::optional<Instant>& at) {
  return at ? json::value(to_unix_micros(*at)) : json::value(nullptr);
}

std::optional<Instant> time_of(const Position& position) {
  if (position.kind != Position::Kind::time) return std::nullopt;
  return position.at;
}

json::object conditions_to_json(const events::Selection& selection) {
  return {{"from_us", time_or_null(time_of(selection.from))},
          {"until_us", time_or_null(selection.until ? time_of(*selection.until) : std::nullopt)},
          {"key", selection.key},
          {"type", selection.type},
          {"correlation", selection.correlation},
          {"where", selection.where_text}};
}

// Everything that decides what is done.
json::object essence(const Plan& plan) {
  json::array ranges;
  for (const Range& range : plan.ranges) {
    ranges.push_back(json::object{{"topic", range.topic},
                                  {"partition", range.partition},
                                  {"from", range.from},
                                  {"until", range.until},
                                  {"matching", range.matching}});
  }
  return {{"conditions", conditions_to_json(plan.conditions)},
          {"file", plan.file},
          {"file_digest", plan.file_digest},
          {"ranges", std::move(ranges)},
          {"matching", plan.matching},
          {"target", {{"kind", name_of(plan.target.kind)}, {"name", plan.target.name}}},
          {"why", plan.why},
          {"unmask", plan.unmask}};
}

std::string text(const json::value& value) {
  return std::string{value.as_string()};
}

Position position_of(const json::value& micros) {
  Position position;
  if (micros.is_null()) return position;
  position.kind = Position::Kind::time;
  position.at = from_unix_micros(micros.as_int64());
  return position;
}

events::Selection conditions_from_json(const json::value& value) {
  events::Selection selection;
  selection.from = position_of(value.at("from_us"));
  if (!value.at("until_us").is_null()) selection.until = position_of(value.at("until_us"));
  selection.key = text(value.at("key"));
  selection.type = text(value.at("type"));
  selection.correlation = text(value.at("correlation"));
  selection.where_text = text(value.at("where"));
  if (!selection.where_text.empty()) {
    selection.where = events::Expression::parse(selection.where_text).value();
  }
  return selection;
}

Plan read_plan(const json::value& value) {
  Plan plan;
  plan.conditions = conditions_from_json(value.at("conditions"));
  plan.file = text(value.at("file"));
  plan.file_digest = text(value.at("file_digest"));
  for (const json::value& range : value.at("ranges").as_array()) {
    plan.ranges.push_back({text(range.at("topic")), range.at("partition").to_number<std::int32_t>(),
                           range.at("from").as_int64(), range.at("until").as_int64(),
                           range.at("matching").as_int64()});
  }
  plan.matching = value.at("matching").as_int64();
  const std::string kind = text(value.at("target").at("kind"));
  const auto* found = std::find(std::begin(target_names), std::end(target_names), kind);
  if (found == std::end(target_names)) throw std::invalid_argument{"unknown target"};
  plan.target = {static_cast<Target::Kind>(found - std::begin(target_names)),
                 text(value.at("target").at("name"))};
  plan.why = text(value.at("why"));
  plan.unmask = text(value.at("unmask"));
  plan.made_at = parse_rfc3339(text(value.at("made_at"))).value();
  return plan;
}

}  // namespace

std::string Plan::id() const {
  return sha256_hex(json::serialize(essence(*this))).substr(0, 32);
}

json::object to_json(const Plan& plan) {
  json::object object{{"id", plan.id()}, {"made_at", to_rfc3339(plan.made_at)}};
  for (auto& member : essence(plan)) object.insert(member);
  return object;
}

std::optional<Plan> plan_from_json(const json::value& value) {
  try {
    Plan plan = read_plan(value);
    if (plan.id() != text(value.at("id"))) return std::nullopt;
    return plan;
  } catch (const std::exception&) {  // a member is missing or of another type
    return std::nullopt;
  }
}

std::string in_words(const Plan& plan) {
  std::string words = fmt::format("Plan {}: {} events to {} {}\n", plan.id(), plan.matching,
                                  name_of(plan.target.kind), plan.target.name);
  if (!plan.file.empty()) words += fmt::format("  from file {}\n", plan.file);
  for (const Range& range : plan.ranges) {
    words += fmt::format("  {}/{}  offsets {} to {}  {} events\n", range.topic, range.partition,
                         range.from, range.until - 1, range.matching);
  }
  return words;
}

void find_ranges(messaging::KafkaBroker& kafka, const events::Selection& selection, Plan& plan,
                 const std::atomic<bool>& stop) {
  std::map<std::pair<std::string, std::int32_t>, Range> ranges;
  plan.matching = events::read_events(
      kafka, selection, events::Mode::show, stop, [&](const messaging::Event& event) {
        const auto [entry, is_new] = ranges.try_emplace({event.topic, event.partition});
        Range& range = entry->second;
        if (is_new) range = {event.topic, event.partition, event.offset, 0, 0};
        range.until = event.offset + 1;
        ++range.matching;
      });
  for (const auto& [partition, range] : ranges) plan.ranges.push_back(range);
  plan.conditions = selection;
}

}  // namespace waybill::tool::replay
