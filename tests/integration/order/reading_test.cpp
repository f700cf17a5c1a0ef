// Lists, timelines and who may see them.
#include <catch2/catch.hpp>

#include "tests/integration/order/shop.hpp"

using namespace waybill;
using namespace waybill::order;
using namespace waybill::order::test;

namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

constexpr pg::Statement sent_event{"test_sent_event", R"(
  INSERT INTO outbox_sent (id, channel, target, key, type, headers, payload, at)
  VALUES (0, 'event', 'waybill.orders', $1, 'waybill.order.v1.OrderConfirmed',
          '{"ce_id": "x", "ce_version": "2"}', '', now())
  RETURNING 1)"};

// The topic has every version, at ten times its number.
Result<web::Response> timeline(pg::Session& session, const runtime::Query& query) {
  return queries::find_timeline(session, query, [](const Id&) {
    std::map<std::int64_t, clients::TopicPlace> places;
    for (std::int64_t version = 1; version < 10; ++version) places[version] = {3, version * 10};
    return places;
  });
}

std::vector<std::string> ids_of(const json::value& page) {
  std::vector<std::string> ids;
  for (const json::value& item : page.at("items").as_array()) {
    ids.emplace_back(item.at("id").as_string());
  }
  return ids;
}

// All pages one after the other; `between` runs after each.
std::vector<std::string> walk(
    Worker& worker, Caller caller, Parameters parameters,
    const std::function<void()>& between = [] {}) {
  std::vector<std::string> all;
  for (std::string cursor;;) {
    Parameters asked = parameters;
    if (!cursor.empty()) asked.emplace_back("cursor", cursor);
    const json::value page = worker.get(queries::list_orders, caller, asked);
    for (std::string& id : ids_of(page)) all.push_back(std::move(id));
    between();
    if (page.at("next").is_null()) return all;
    cursor = std::string{page.at("next").as_string()};
  }
}

std::string fault_code(const Result<web::Response>& answer) {
  return answer.has_value() ? "" : answer.error().code;
}

}  // namespace

TEST_CASE("one order is seen by its owner and staff, and by nobody else", "[order][read]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  const Id id = confirmed_order(worker, anna);
  const auto ask = [&](Caller caller) {
    return worker.ask(queries::find_order, caller, {}, id.to_string());
  };
  const auto answer = ask(customer(anna.id));
  REQUIRE(answer.has_value());
  CHECK(answer->headers.get("ETag") == "\"2\"");
  CHECK(answer->headers.get("Waybill-Owner") == anna.id.to_string());
  CHECK(ask(staff()).has_value());
  CHECK(fault_code(ask(customer(new_id()))) == "not-found");
  CHECK(fault_code(ask({})) == "not-found");
  CHECK(fault_code(worker.ask(queries::find_order, staff(), {}, new_id().to_string())) ==
        "not-found");
}

TEST_CASE("customers list their own orders, staff everybody's", "[order][list]") {
  Worker worker;
  const Customer anna = known_customer(worker), ben = known_customer(worker);
  const Id mine = place(worker, anna);
  const Id his = place(worker, ben);
  CHECK(walk(worker, customer(anna.id), {}) == std::vector{mine.to_string()});
  CHECK(walk(worker, staff(), {{"user_id", ben.id.to_string()}}) == std::vector{his.to_string()});
  CHECK(walk(worker, customer(anna.id), {{"user_id", anna.id.to_string()}}).size() == 1);
  CHECK(fault_code(worker.ask(queries::list_orders, customer(anna.id),
                              {{"user_id", ben.id.to_string()}})) == "forbidden");
  CHECK(ids_of(worker.get(queries::list_orders_of_user, customer(anna.id), {},
                          anna.id.to_string())) == std::vector{mine.to_string()});
  CHECK(fault_code(worker.ask(queries::list_orders_of_user, customer(anna.id), {},
                              ben.id.to_string())) == "not-found");
}

TEST_CASE("filters pick what they say", "[order][list]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  auto first = command(order_of(anna, {{new_id(), 1}}), customer(anna.id));
  first.now = *parse_rfc3339("2026-01-01T00:00:00Z");
  first.body.set_reference("PO_1%");
  auto second = command(order_of(anna, {{new_id(), 1}}), customer(anna.id));
  second.now = *parse_rfc3339("2026-01-02T00:00:00Z");
  worker.run(place_orders, std::vector{first, second});
  worker.run_one(commands::reject_orders, command(refused(second.id(), "out-of-stock"), staff()));
  const auto found = [&](Parameters parameters) {
    return walk(worker, customer(anna.id), std::move(parameters));
  };
  const std::vector one{first.id().to_string()}, two{second.id().to_string()};
  CHECK(found({{"status", "pending"}}) == one);
  CHECK(found({{"status", "Rejected"}}) == two);
  CHECK(found({{"status", "PAID"}}).empty());
  CHECK(found({{"reference", "PO_1%"}}) == one);
  CHECK(found({{"reference", "PO_1"}}).empty());
  CHECK(found({{"created_from", "2026-01-02T00:00:00Z"}}) == two);
  CHECK(found({{"created_to", "2026-01-02T00:00:00Z"}}) == one);
  CHECK(found({{"created_from", "2026-01-01T01:00:00+01:00"},
               {"created_to", "2026-01-02T00:00:00.001Z"}})
            .size() == 2);
  CHECK(found({{"status", "pending"},
               {"reference", "PO_1%"},
               {"created_from", "2025-01-01T00:00:00Z"},
               {"created_to", "2027-01-01T00:00:00Z"}}) == one);
  CHECK(fault_code(worker.ask(queries::list_orders, staff(), {{"status", "gone"}})) ==
        "validation-failed");
}

TEST_CASE("every sort walks all orders once, in its order, both ways", "[order][list]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  const Instant day = *parse_rfc3339("2026-02-01T00:00:00Z");
  std::vector<outbox::Command<v1::PlaceOrder>> batch;
  for (int i = 0; i < 23; ++i) {
    auto wanted = command(order_of(anna, {{new_id(), 1 + i % 5}}), {anna.id, Role::staff});
    wanted.now = day + std::chrono::minutes{i / 3};  // equal times are told apart by id
    wanted.body.set_order_date(to_rfc3339(day - std::chrono::hours{i % 4}));
    batch.push_back(wanted);
  }
  worker.run(place_orders, batch);
  for (int i = 0; i < 20; ++i) {  // three stay without a price
    const Id id = batch[static_cast<std::size_t>(i)].id();
    worker.run_one(confirm_orders, command(reserved(worker, id), staff()));
  }
  const auto key = [&](const std::string& id, const std::string& sort) {
    const json::value order = worker.order(*Id::parse(id));
    const json::value& value = order.at(sort);
    if (value.is_null()) return std::string{};
    std::string text{value.as_string()};
    return sort == "total_price" ? std::string(10 - text.size(), '0') + text : text;
  };
  for (const std::string sort : {"created_at", "order_date", "total_price"}) {
    for (const std::string limit : {"4", "10", "100"}) {
      CAPTURE(sort, limit);
      auto up = walk(worker, customer(anna.id), {{"sort", sort}, {"limit", limit}});
      auto down = walk(worker, customer(anna.id), {{"sort", "-" + sort}, {"limit", limit}});
      CHECK(up.size() == 23);
      CHECK(std::set<std::string>{up.begin(), up.end()}.size() == 23);
      std::vector<std::pair<std::string, std::string>> keys;
      for (const std::string& id : up) keys.emplace_back(key(id, sort), id);
      CHECK(std::is_sorted(keys.begin(), keys.end()));
      std::reverse(down.begin(), down.end());
      CHECK(up == down);
    }
  }
}

TEST_CASE("a walk is not disturbed by orders that are placed meanwhile", "[order][list]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  std::set<std::string> before;
  for (int i = 0; i < 12; ++i) before.insert(place(worker, anna).to_string());
  const auto seen = walk(worker, customer(anna.id), {{"limit", "5"}}, [&] { place(worker, anna); });
  CHECK(std::set<std::string>{seen.begin(), seen.end()} == before);
  CHECK(seen.size() == 12);
}

TEST_CASE("a page tells the total, and a cursor belongs to its query", "[order][list]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  for (int i = 0; i < 5; ++i) place(worker, anna);
  const json::value page =
      worker.get(queries::list_orders, customer(anna.id), {{"limit", "2"}, {"with_total", "true"}});
  CHECK(page.at("total").as_int64() == 5);
  CHECK(page.at("items").as_array().size() == 2);
  const std::string cursor{page.at("next").as_string()};
  CHECK(fault_code(worker.ask(queries::list_orders, customer(anna.id),
                              {{"cursor", cursor}, {"sort", "total_price"}})) == "bad-cursor");
  CHECK(fault_code(worker.ask(queries::list_orders, customer(anna.id), {{"cursor", "x"}})) ==
        "bad-cursor");
  CHECK_FALSE(worker.get(queries::list_orders, customer(anna.id), {{"limit", "2"}})
                  .as_object()
                  .contains("total"));
}

TEST_CASE("the timeline tells what happened, staff see by which messages", "[order][timeline]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  const Id id = confirmed_order(worker, anna);
  v1::CancelOrder wish = cancel(id);
  wish.set_reason("no need");
  worker.run_one(commands::cancel_orders, command(wish, customer(anna.id)));
  const json::value seen = worker.get(timeline, customer(anna.id), {}, id.to_string());
  std::vector<std::string> steps;
  std::vector<std::string> times;
  for (const json::value& item : seen.at("items").as_array()) {
    std::string step{item.at("source").as_string()};
    step += ' ';
    step += std::string{item.at("what").as_string()};
    if (!item.at("detail").is_null()) step += ' ' + std::string{item.at("detail").as_string()};
    steps.push_back(step);
    times.emplace_back(item.at("at").as_string());
    CHECK_FALSE(item.as_object().contains("message_id"));
  }
  CHECK(steps == std::vector<std::string>{"gateway accepted", "order status PENDING",
                                          "order reserve-stock", "product stock-reserved",
                                          "order status CONFIRMED", "gateway accepted no need",
                                          "order status CANCELED", "order release-stock"});
  CHECK(std::is_sorted(times.begin(), times.end()));

  worker.count(sent_event, id.to_string());
  const json::value full = worker.get(timeline, staff(), {}, id.to_string());
  const json::object& event = full.at("items").as_array().back().as_object();
  CHECK(event.at("what") == "event");
  CHECK(event.at("partition") == 3);
  CHECK(event.at("offset") == 20);
  CHECK(full.at("items").at(0).at("message_id").as_string() == id.to_string());
  CHECK(full.at("items").at(0).at("attempts") == 1);
  CHECK(full.at("items").at(2).at("message_id").as_string() ==
        derive_id(id, "reserve").to_string());
  CHECK(fault_code(worker.ask(timeline, customer(new_id()), {}, id.to_string())) == "not-found");
}

TEST_CASE("the timeline tells staff how often a message was tried and lay in the dead queue",
          "[order][timeline]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  const Id id = confirmed_order(worker, anna);
  auto wish = command(cancel(id), customer(anna.id));
  wish.cause.failures = 2;
  wish.cause.dead_visits = 1;
  worker.run_one(commands::cancel_orders, wish);
  const json::value full = worker.get(timeline, staff(), {}, id.to_string());
  std::int64_t attempts = 0, visits = 0;
  for (const json::value& item : full.at("items").as_array()) {
    const auto* own = item.as_object().if_contains("message_id");
    if (!own || own->as_string() != wish.id().to_string()) continue;
    attempts = item.at("attempts").as_int64();
    visits = item.at("dead_letter_visits").as_int64();
  }
  CHECK(attempts == 3);
  CHECK(visits == 1);
}

TEST_CASE("the states are told as the contract has them", "[order][read]") {
  Worker worker;
  const json::value states = worker.get(queries::list_states, {});
  CHECK(states.at("initial").as_string() == "PENDING");
  CHECK(states.at("final").as_array().size() == 3);
  CHECK(states.at("transitions").as_array().size() == 7);
  const json::value expected{
      {"from", "CONFIRMED"}, {"to", "CANCELED"}, {"by", json::array{"owner", "staff", "timer"}}};
  const json::array& moves = states.at("transitions").as_array();
  CHECK(std::find(moves.begin(), moves.end(), expected) != moves.end());
}
