// What happened to an order, as far as this service knows it for sure: the versions of the order
// with the messages that brought them, and what its relay has told.
#include <algorithm>

#include "services/order/domain/changes.hpp"
#include "services/order/queries/queries.hpp"
#include "services/order/store/history.hpp"
#include "services/order/store/orders.hpp"
#include "services/order/store/told.hpp"

namespace waybill::order::queries {
namespace {

namespace json = boost::json;

struct Step {
  Instant at;
  std::string source;
  std::string what;
  std::optional<std::string> detail;
  std::optional<std::int64_t> version;
  json::object staff;  // members that only staff see
};

// "OrderPaid" of "waybill.order.v1.OrderPaid".
std::string short_name(const std::string& type) {
  return type.substr(type.rfind('.') + 1);
}

// The message that brought a version.
Step message_step(const store::HistoryEntry& entry) {
  std::string what = "accepted";
  if (entry.source == store::Source::timer) what = "due";
  if (entry.source == store::Source::product) {
    what = entry.status == domain::Status::rejected ? "stock-refused" : "stock-reserved";
  }
  return {entry.sent_at,
          std::string{to_string(entry.source)},
          what,
          entry.note,
          std::nullopt,
          {{"message_id", entry.cause_id.to_string()},
           {"attempts", entry.failures + 1},
           {"dead_letter_visits", entry.dead_visits}}};
}

Step status_step(const store::HistoryEntry& entry) {
  return {entry.at,      "order", "status", std::string{domain::to_string(entry.status)},
          entry.version, {}};
}

// A command to the product service.
Step saga_step(const store::HistoryEntry& entry, std::string what, std::string_view name) {
  const Id command_id = derive_id(entry.order_id, name);
  return {entry.at,        "order",
          std::move(what), std::nullopt,
          std::nullopt,    {{"message_id", command_id.to_string()}, {"queue", "product"}}};
}

void add_history(std::vector<Step>& steps, const std::vector<store::HistoryEntry>& history) {
  domain::Status before = domain::Status::pending;
  for (const store::HistoryEntry& entry : history) {
    steps.push_back(message_step(entry));
    steps.push_back(status_step(entry));
    if (entry.version == 1) steps.push_back(saga_step(entry, "reserve-stock", "reserve"));
    if (domain::releases_stock(before, entry.status)) {
      steps.push_back(saga_step(entry, "release-stock", "release"));
    }
    before = entry.status;
  }
}

void add_events(std::vector<Step>& steps, const std::vector<store::ToldEvent>& events,
                const std::map<std::int64_t, clients::TopicPlace>& places) {
  for (const store::ToldEvent& event : events) {
    Step& step = steps.emplace_back(Step{event.at,
                                         "topic",
                                         "event",
                                         short_name(event.type),
                                         event.version,
                                         {{"message_id", event.event_id}, {"topic", event.topic}}});
    const auto place = places.find(event.version);
    if (place == places.end()) continue;
    step.staff["partition"] = place->second.partition;
    step.staff["offset"] = place->second.offset;
  }
}

void add_dead(std::vector<Step>& steps, const std::vector<store::DeadCommand>& commands) {
  for (const store::DeadCommand& command : commands) {
    steps.push_back({command.at,
                     "order",
                     "dead",
                     short_name(command.type),
                     std::nullopt,
                     {{"message_id", command.id.to_string()}, {"queue", "order.dead"}}});
  }
}

json::object to_json(Step& step, bool for_staff) {
  json::object item{{"at", to_rfc3339(step.at)},
                    {"source", step.source},
                    {"what", step.what},
                    {"detail", nullptr}};
  if (step.detail) item["detail"] = *step.detail;
  if (step.version) item["version"] = *step.version;
  if (!for_staff) return item;
  for (const auto& member : step.staff) item.insert(member);
  return item;
}

}  // namespace

Result<web::Response> find_timeline(pg::Session& session, const runtime::Query& query,
                                    const FindPlaces& find_places) {
  const Id id = query.id();
  const auto order = store::find_order(session, id);
  if (!order || !query.caller.may_act_for(order->user_id)) {
    return not_found("There is no such order.");
  }
  // The one message about an order that can lie in the dead queue without an order being changed by
  // it is the product service's answer.
  const Id answer = derive_id(id, "reserved");
  std::vector<Step> steps;
  add_history(steps, store::find_history(session, id));
  std::map<std::int64_t, clients::TopicPlace> places;
  if (query.caller.is_staff()) places = find_places(id);
  add_events(steps, store::find_told_events(session, id), places);
  add_dead(steps, store::find_dead_commands(session, {&answer, 1}));
  std::ranges::stable_sort(steps, {}, &Step::at);
  json::array items;
  for (Step& step : steps) items.push_back(to_json(step, query.caller.is_staff()));
  return web::json_response(200, json::object{{"items", std::move(items)}});
}

}  // namespace waybill::order::queries
