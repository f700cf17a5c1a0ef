#include "tools/waybill/projections/report.hpp"

namespace waybill::tool::projections {
namespace {

namespace json = boost::json;

std::string place(const std::string& topic, std::int32_t partition, std::int64_t offset) {
  return fmt::format("{}/{}/{}", topic, partition, offset);
}

json::object to_json(const projection::ParkedEvent& event) {
  json::object object{{"topic", event.topic},
                      {"partition", event.partition},
                      {"offset", event.offset},
                      {"key", event.key},
                      {"reason", nullptr},
                      {"attempts", event.attempts},
                      {"parked_at", to_rfc3339(event.parked_at)}};
  if (event.reason) object["reason"] = *event.reason;
  return object;
}

json::object to_json(const projection::Difference& difference) {
  json::object fields;
  for (const auto& field : difference.fields) {
    fields[field.name] =
        json::object{{"live", json::parse(field.live)}, {"rebuilt", json::parse(field.rebuilt)}};
  }
  return {{"table", difference.table},
          {"key", json::parse(difference.key)},
          {"kind", to_string(difference.kind)},
          {"cause", to_string(difference.cause)},
          {"fields", std::move(fields)}};
}

}  // namespace

std::int64_t Status::lag() const {
  std::int64_t sum = 0;
  for (const projection::Standing& each : standings) sum += each.end - each.next;
  return sum;
}

json::object to_json(const Status& status) {
  json::array partitions, parked;
  for (const projection::Standing& each : status.standings) {
    partitions.push_back(json::object{{"topic", each.partition.first},
                                      {"partition", each.partition.second},
                                      {"next_offset", each.next},
                                      {"end", each.end}});
  }
  for (const projection::ParkedEvent& event : status.parked) parked.push_back(to_json(event));
  json::object object{{"name", status.name},
                      {"lag", status.lag()},
                      {"complete", status.parked.empty() && status.failure.empty()},
                      {"partitions", std::move(partitions)},
                      {"parked", std::move(parked)}};
  if (!status.failure.empty()) object["failure"] = status.failure;
  return object;
}

std::string to_table(const std::vector<Status>& all, bool partitions) {
  std::string text = fmt::format("{:<18} {:>10} {:>7}  {}\n", "PROJECTION", "LAG", "PARKED", "");
  for (const Status& status : all) {
    const std::string word = !status.failure.empty()  ? status.failure
                             : !status.parked.empty() ? "incomplete"
                                                      : "complete";
    text += fmt::format("{:<18} {:>10} {:>7}  {}\n", status.name, status.lag(),
                        status.parked.size(), word);
    if (!partitions) continue;
    for (const projection::Standing& each : status.standings) {
      text += fmt::format("  {:<16} {:>10}          at {} of {}\n",
                          fmt::format("{}/{}", each.partition.first, each.partition.second),
                          each.end - each.next, each.next, each.end);
    }
  }
  return text;
}

std::string parked_in_words(const std::vector<Status>& all) {
  std::string text;
  for (const Status& status : all) {
    for (const projection::ParkedEvent& event : status.parked) {
      text += fmt::format("{}: {} of {} is parked since {}, {} attempts: {}\n", status.name,
                          place(event.topic, event.partition, event.offset), event.key,
                          to_rfc3339(event.parked_at), event.attempts,
                          event.reason.value_or("waits behind another of its key"));
    }
  }
  return text;
}

json::object to_json(const projection::Comparison& comparison) {
  json::array tables, differences;
  for (const auto& table : comparison.tables) {
    tables.push_back(json::object{{"table", table.name},
                                  {"rows", table.rows},
                                  {"added", table.added},
                                  {"lost", table.lost},
                                  {"changed", table.changed}});
  }
  for (const auto& difference : comparison.differences) {
    differences.push_back(to_json(difference));
  }
  return {{"same", comparison.count() == 0},
          {"tables", std::move(tables)},
          {"differences", std::move(differences)}};
}

std::string in_words(const projection::Comparison& comparison) {
  std::string text;
  for (const auto& table : comparison.tables) {
    text += fmt::format("{}: {} rows, {} added, {} lost, {} changed\n", table.name, table.rows,
                        table.added, table.lost, table.changed);
  }
  for (const auto& difference : comparison.differences) {
    text += fmt::format("  {} {} {} ({})\n", difference.table, difference.key,
                        to_string(difference.kind), to_string(difference.cause));
    if (difference.kind != projection::Difference::Kind::changed) continue;
    for (const auto& field : difference.fields) {
      text +=
          fmt::format("    {}: {} is {} in the rebuild\n", field.name, field.live, field.rebuilt);
    }
  }
  return text;
}

}  // namespace waybill::tool::projections
