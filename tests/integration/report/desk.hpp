// A report database, orders told to it, and workers on a clock that the test sets.
#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include "libs/core/money.hpp"
#include "libs/testing/testing.hpp"
#include "services/report/commands/commands.hpp"
#include "services/report/events/report_events.hpp"
#include "services/report/projections/projections.hpp"
#include "services/report/queries/queries.hpp"
#include "services/report/runs/runs.hpp"
#include "services/report/store/requests.hpp"
#include "waybill/order/v1/events.pb.h"

namespace waybill::report::test {

namespace json = boost::json;

inline Instant at(const std::string& text) {
  return parse_rfc3339(text).value();
}
inline Day day(const char* text) {
  return parse_day(text).value();
}

inline runs::Calendar calendar(const std::string& zone = "UTC",
                               const std::string& cron = "0 0 * * *") {
  return {cron, domain::Cron::parse(cron).value(), Zone::find(zone).value()};
}

// An order that a test tells step by step.
struct Order {
  Id id = new_id();
  std::string date = "2026-01-30T12:00:00.000Z";
  std::int64_t units = 2;
  Minor price = 250;
  std::string currency = "EUR";
  Id product = new_id();
  std::string name = "thing";
};

template <class Event>
messaging::Event told(const Order& order, std::int64_t version, const std::string& status,
                      const std::string& decided_at) {
  Event message;
  waybill::order::v1::Order& body = *message.mutable_order();
  body.set_id(order.id.to_string());
  body.set_user_id(new_id().to_string());
  body.set_status(status);
  body.set_order_date(order.date);
  body.set_version(version);
  waybill::order::v1::OrderItem& item = *body.add_items();
  item.set_product_id(order.product.to_string());
  item.set_name(order.name);
  item.set_quantity(order.units);
  if (status != "PENDING" && status != "REJECTED") {
    item.set_line_total(format_money(order.units * order.price));
    body.set_total_price(format_money(order.units * order.price));
    body.set_currency(order.currency);
  }
  messaging::Event event;
  event.topic = store::orders_topic;
  event.key = body.id();
  event.value = message.SerializeAsString();
  event.headers = {{"ce_type", message.GetDescriptor()->full_name()},
                   {"ce_version", std::to_string(version)},
                   {"ce_time", decided_at},
                   {"ce_causationid", new_id().to_string()},
                   {"ce_correlationid", "test"}};
  return event;
}
inline messaging::Event placed(const Order& order) {
  return told<waybill::order::v1::OrderPlaced>(order, 1, "PENDING", order.date);
}
inline messaging::Event confirmed(const Order& order) {
  return told<waybill::order::v1::OrderConfirmed>(order, 2, "CONFIRMED", order.date);
}
inline messaging::Event rejected(const Order& order) {
  return told<waybill::order::v1::OrderRejected>(order, 2, "REJECTED", order.date);
}
inline messaging::Event canceled(const Order& order, const std::string& decided_at) {
  return told<waybill::order::v1::OrderCanceled>(order, 3, "CANCELED", decided_at);
}

inline constexpr pg::Statement next_position{"test_next_position", R"(
  INSERT INTO projection_offset (projection, topic, partition, next_offset)
  VALUES ('report.orders', 'waybill.orders', 0, $1::bigint)
      ON CONFLICT (projection, topic, partition)
      DO UPDATE SET next_offset = projection_offset.next_offset + $1::bigint
  RETURNING next_offset - $1::bigint)"};

// A database of its own, and what happened in it.
class Desk {
 public:
  Desk() = default;

  // As the projections apply them, at the end of partition 0.
  void tell(std::vector<messaging::Event> events) {
    pg::Tx tx{connection_};
    std::int64_t offset = tx.exec(next_position, std::ssize(events))[0].integer(0);
    for (messaging::Event& event : events) {
      event.partition = 0;
      event.offset = offset++;
    }
    projections::orders().apply(tx, events);
    projections::steps().apply(tx, events);
    tx.commit();
  }
  void tell_confirmed(const Order& order) { tell({placed(order), confirmed(order)}); }

  std::int64_t number(const std::string& sql) {
    // Statements are kept by name and text for as long as the connection lives.
    static std::map<std::string, std::string> names;
    const auto [entry, is_new] = names.try_emplace(sql);
    if (is_new) entry->second = fmt::format("test_{}", names.size());
    const pg::Statement statement{entry->second.c_str(), entry->first.c_str()};
    return pg::Session{connection_}.exec(statement)[0].integer(0);
  }
  pg::Options options() const { return database_.options(); }
  pg::Connection& connection() { return connection_; }

  json::value get(const runtime::QueryHandler& query,
                  std::vector<std::pair<std::string, std::string>> parameters) {
    return json::parse(ask(query, std::move(parameters)).value().body);
  }
  Result<web::Response> ask(const runtime::QueryHandler& query,
                            std::vector<std::pair<std::string, std::string>> parameters) {
    web::Request request;
    request.method = "GET";
    request.path = "/v1/test";
    request.query = std::move(parameters);
    pg::Session session{connection_};
    return query(session, {request, {}, {std::nullopt, Role::staff}});
  }

 private:
  testing::FreshDatabase database_{"report"};
  pg::Connection connection_{database_.options()};
};

// One of the workers.
class Worker {
 public:
  explicit Worker(Desk& desk, runs::Calendar calendar = test::calendar())
      : connection_{desk.options()}, calendar_{std::move(calendar)} {}

  // What the service does each time, once. `die`: called before and behind each commit, may throw.
  bool tick(
      Instant now, const std::function<void()>& die = [] {}) {
    bool more = transact(
        die, [&](pg::Tx& tx, outbox::Writer&) { return runs::plan_due(tx, calendar_, now); });
    more = transact(die, [&](pg::Tx& tx,
                             outbox::Writer&) { return runs::plan_late(tx, calendar_, now); }) ||
           more;
    pg::Session session{connection_};
    const std::vector<Id> requests = store::find_requests(session);
    if (requests.empty()) return more;
    return transact(die,
                    [&](pg::Tx& tx, outbox::Writer& out) {
                      return runs::run_one(tx, out, calendar_, requests, now);
                    }) ||
           more;
  }
  void run_all(Instant now) {
    while (tick(now)) {
    }
  }

  // Everything that was told in committed transactions, "ReportReady" and "report.ready".
  std::vector<outbox::Writer::Row> told;
  std::vector<outbox::Writer::Completion> completed;

  std::int64_t count(const std::string& type) const {
    return std::count_if(told.begin(), told.end(),
                         [&](const outbox::Writer::Row& row) { return row.type.ends_with(type); });
  }

 private:
  bool transact(const std::function<void()>& die,
                const std::function<bool(pg::Tx&, outbox::Writer&)>& work) {
    pg::Tx tx{connection_};
    outbox::Writer out;
    const bool result = work(tx, out);
    die();
    tx.commit();
    told.insert(told.end(), out.rows.begin(), out.rows.end());
    completed.insert(completed.end(), out.completions.begin(), out.completions.end());
    die();
    return result;
  }

  pg::Connection connection_;
  runs::Calendar calendar_;
};

inline const queries::Shop shop{Zone::find("UTC").value(), "EUR"};

inline Result<web::Response> sales(pg::Session& session, const runtime::Query& query) {
  return queries::find_sales(session, query, shop);
}
inline Result<web::Response> reports(pg::Session& session, const runtime::Query& query) {
  return queries::list_reports(session, query, shop);
}

}  // namespace waybill::report::test
