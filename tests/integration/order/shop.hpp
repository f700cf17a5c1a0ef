// An order database and short ways to run commands, queries and projections on it.
#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include "libs/core/money.hpp"
#include "libs/testing/testing.hpp"
#include "services/order/commands/commands.hpp"
#include "services/order/commands/parked_orders.hpp"
#include "services/order/projections/users.hpp"
#include "services/order/queries/queries.hpp"
#include "services/order/timers/unpaid.hpp"
#include "waybill/identity/v1/events.pb.h"
#include "waybill/order/v1/events.pb.h"
#include "waybill/product/v1/commands.pb.h"

namespace waybill::order::test {

namespace json = boost::json;

// One database for all tests of this program: they use ids of their own.
inline testing::FreshDatabase& database() {
  static testing::FreshDatabase fresh{"order"};
  return fresh;
}

inline const commands::PlaceOrders place_orders{seconds{3}};
inline const commands::ConfirmOrders confirm_orders{std::chrono::minutes{30}};

inline Result<std::optional<domain::Address>> nobody_has_it(const Id&, const Id&) {
  return std::optional<domain::Address>{};
}

inline Caller customer(const Id& user) {
  return {user, Role::customer};
}
inline Caller staff() {
  return {std::nullopt, Role::staff};
}

template <class Message>
outbox::Command<Message> command(Message body, Caller caller, const Id& id = new_id()) {
  outbox::Command<Message> made;
  made.now = now();
  made.cause.command_id = id;
  made.cause.caller = caller;
  made.cause.trace.correlation_id = "test";
  made.cause.instance = "/test";
  made.cause.sent_at = made.now;
  made.body = std::move(body);
  return made;
}

// What a transaction said and told.
struct Done {
  std::vector<outbox::Outcome> outcomes;
  outbox::Writer out;

  const outbox::Outcome& outcome() const { return outcomes.at(0); }
  std::string code(std::size_t index = 0) const {
    return outcomes.at(index).fault ? outcomes.at(index).fault->code : "";
  }
  json::value body(std::size_t index = 0) const { return json::parse(outcomes.at(index).body); }
  // Types of what was told, events and commands, without their packages.
  std::vector<std::string> told() const {
    std::vector<std::string> names;
    for (const auto& row : out.rows) names.push_back(row.type.substr(row.type.rfind('.') + 1));
    return names;
  }
  std::size_t count(const std::string& name) const {
    const auto names = told();
    return static_cast<std::size_t>(std::count(names.begin(), names.end(), name));
  }
};

// One worker: a connection of its own.
class Worker {
 public:
  template <class Handler, class Message>
  Done run(const Handler& handler, const std::vector<outbox::Command<Message>>& batch) {
    Done done;
    pg::Tx tx{connection_};
    done.outcomes = handler(tx, std::span<const outbox::Command<Message>>{batch}, done.out);
    tx.commit();
    return done;
  }
  template <class Handler, class Message>
  Done run_one(const Handler& handler, outbox::Command<Message> one) {
    return run(handler, std::vector{std::move(one)});
  }

  Done expire(Instant at, std::size_t most = 100) {
    Done done;
    pg::Tx tx{connection_};
    timers::expire_unpaid(tx, done.out, at, most);
    tx.commit();
    return done;
  }
  // `identity` says what the owner of addresses knows.
  Done place_parked(Instant at, const commands::FindAddress& identity = nobody_has_it) {
    Done done;
    const auto verdicts = commands::ask_for_overdue(connection_, at, 100, identity);
    pg::Tx tx{connection_};
    commands::place_parked(tx, done.out, at, 100, verdicts);
    tx.commit();
    return done;
  }
  void apply(const std::vector<messaging::Event>& events) {
    pg::Tx tx{connection_};
    projections::users().apply(tx, events);
    tx.commit();
  }

  // What a query answers; the target holds the query string.
  Result<web::Response> ask(const runtime::QueryHandler& query, Caller caller,
                            std::vector<std::pair<std::string, std::string>> parameters = {},
                            const std::string& id = {}) {
    web::Request request;
    request.method = "GET";
    request.path = "/v1/test";
    request.query = std::move(parameters);
    const web::PathParams params{{"id", id}};
    pg::Session session{connection_};
    return query(session, {request, params, caller});
  }
  json::value get(const runtime::QueryHandler& query, Caller caller,
                  std::vector<std::pair<std::string, std::string>> parameters = {},
                  const std::string& id = {}) {
    auto answer = ask(query, caller, std::move(parameters), id);
    return json::parse(answer.value().body);
  }
  json::value order(const Id& id) { return get(queries::find_order, staff(), {}, id.to_string()); }

  std::int64_t count(const pg::Statement& statement, const pg::Param& param) {
    pg::Session session{connection_};
    return session.exec(statement, param)[0].integer(0);
  }

  pg::Connection& connection() { return connection_; }

 private:
  pg::Connection connection_{database().options()};
};

struct Customer {
  Id id = new_id();
  Id address = new_id();
};

inline messaging::Event changed(const Customer& customer, std::int64_t version,
                                const std::string& street = "Hauptstr. 1") {
  identity::v1::UserChanged message;
  message.mutable_user()->set_id(customer.id.to_string());
  message.mutable_user()->set_version(version);
  identity::v1::Address& address = *message.add_addresses();
  address.set_id(customer.address.to_string());
  address.set_user_id(customer.id.to_string());
  address.set_street(street);
  address.set_city("Berlin");
  address.set_state("BE");
  address.set_zip_code("10115");
  address.set_country("DE");
  messaging::Event event;
  event.key = customer.id.to_string();
  event.headers["ce_type"] = message.GetDescriptor()->full_name();
  event.value = message.SerializeAsString();
  return event;
}

inline messaging::Event deleted(const Customer& customer, std::int64_t version) {
  identity::v1::UserDeleted message;
  message.set_id(customer.id.to_string());
  message.set_version(version);
  messaging::Event event;
  event.key = customer.id.to_string();
  event.headers["ce_type"] = message.GetDescriptor()->full_name();
  event.value = message.SerializeAsString();
  return event;
}

// A customer whose address is known.
inline Customer known_customer(Worker& worker) {
  const Customer customer;
  worker.apply({changed(customer, 1)});
  return customer;
}

inline v1::PlaceOrder order_of(const Customer& customer,
                               const std::vector<std::pair<Id, std::int64_t>>& lines) {
  v1::PlaceOrder body;
  body.set_delivery_address_id(customer.address.to_string());
  for (const auto& [product, quantity] : lines) {
    v1::OrderLine& line = *body.add_items();
    line.set_product_id(product.to_string());
    line.set_quantity(quantity);
  }
  return body;
}

// The product service's answer for an order: every unit costs 2.50.
inline v1::StockReserved reserved(Worker& worker, const Id& order_id) {
  const json::value order = worker.order(order_id);
  v1::StockReserved answer;
  answer.set_order_id(order_id.to_string());
  Minor sum = 0;
  for (const json::value& item : order.at("items").as_array()) {
    const auto quantity = item.at("quantity").to_number<std::int64_t>();
    v1::PricedLine& line = *answer.add_lines();
    line.set_product_id(std::string{item.at("product_id").as_string()});
    line.set_name("thing");
    line.set_quantity(quantity);
    line.set_price("2.50");
    line.set_line_total(format_money(250 * quantity));
    sum += 250 * quantity;
  }
  answer.set_total_price(format_money(sum));
  answer.set_currency("EUR");
  return answer;
}

inline v1::StockRefused refused(const Id& order_id, const std::string& code,
                                const std::string& members = "{}") {
  v1::StockRefused answer;
  answer.set_order_id(order_id.to_string());
  answer.set_code(code);
  answer.set_members(members);
  return answer;
}

inline Id place(Worker& worker, const Customer& customer, std::int64_t quantity = 2) {
  const auto placed =
      command(order_of(customer, {{new_id(), quantity}}), test::customer(customer.id));
  worker.run_one(place_orders, placed);
  return placed.id();
}

inline Id confirmed_order(Worker& worker, const Customer& customer, std::int64_t quantity = 2) {
  const Id id = place(worker, customer, quantity);
  worker.run_one(confirm_orders, command(reserved(worker, id), staff()));
  return id;
}

inline v1::ChangeOrderStatus change(const Id& order_id, const std::string& status) {
  v1::ChangeOrderStatus body;
  body.set_order_id(order_id.to_string());
  body.set_status(status);
  return body;
}

inline v1::CancelOrder cancel(const Id& order_id) {
  v1::CancelOrder body;
  body.set_order_id(order_id.to_string());
  return body;
}

}  // namespace waybill::order::test
