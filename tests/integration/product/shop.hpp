// A product database and short ways to run commands and queries on it.
#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include "libs/testing/testing.hpp"
#include "services/product/commands/commands.hpp"
#include "services/product/queries/queries.hpp"
#include "waybill/product/v1/events.pb.h"

namespace waybill::product::test {

// One database for all tests of this program: they use ids and names of their own.
inline testing::FreshDatabase& database() {
  static testing::FreshDatabase fresh{"product"};
  return fresh;
}

template <class Message>
outbox::Command<Message> command(Message body, const Id& id = new_id()) {
  outbox::Command<Message> made;
  made.cause.command_id = id;
  made.cause.caller = {std::nullopt, Role::staff};
  made.cause.instance = "/test";
  made.body = std::move(body);
  made.now = now();
  return made;
}

struct Done {
  std::vector<outbox::Outcome> outcomes;
  outbox::Writer out;

  const outbox::Outcome& outcome() const { return outcomes.at(0); }
  boost::json::value body(std::size_t index = 0) const {
    return boost::json::parse(outcomes.at(index).body);
  }
  std::string code(std::size_t index = 0) const {
    return outcomes.at(index).fault ? outcomes.at(index).fault->code : "";
  }
  std::int64_t version(std::size_t index = 0) const { return outcomes.at(index).version.value(); }
};

// One worker: a connection of its own.
class Worker {
 public:
  template <class Handler, class Message>
  Done run(const Handler& handler, std::vector<outbox::Command<Message>> batch) {
    Done done;
    pg::Tx tx{connection_};
    done.outcomes = handler(tx, std::span<const outbox::Command<Message>>{batch}, done.out);
    tx.commit();
    return done;
  }
  template <class Handler, class Message>
  Done run_one(const Handler& handler, Message body) {
    return run(handler, std::vector{command(std::move(body))});
  }

  std::int64_t ask(const pg::Statement& statement, const pg::Param& param) {
    pg::Session session{connection_};
    return session.exec(statement, param)[0].integer(0);
  }

  pg::Connection& connection() { return connection_; }

 private:
  pg::Connection connection_{database().options()};
};

inline v1::CreateProduct product_of(std::int64_t stock, const std::string& price = "2.55") {
  v1::CreateProduct body;
  body.set_name("product");
  body.set_price(price);
  body.set_stock_quantity(stock);
  return body;
}

// The id of a new product.
inline std::string create(Worker& worker, const v1::CreateProduct& body) {
  const Done done = worker.run_one(commands::CreateProducts{"EUR"}, body);
  const auto json = done.body();
  return std::string{json.at("id").as_string()};
}

inline v1::ReserveStock reserve(const Id& order,
                                const std::vector<std::pair<std::string, std::int64_t>>& lines) {
  v1::ReserveStock body;
  body.set_order_id(order.to_string());
  for (const auto& [product, quantity] : lines) {
    v1::StockLine& line = *body.add_lines();
    line.set_product_id(product);
    line.set_quantity(quantity);
  }
  return body;
}

inline v1::ReleaseStock release(const Id& order) {
  v1::ReleaseStock body;
  body.set_order_id(order.to_string());
  return body;
}

// How many answers of a type a transaction sends to the order service.
inline int answers(const outbox::Writer& out, const std::string& type) {
  int count = 0;
  for (const auto& row : out.rows) {
    if (row.target == "order" && row.type == "waybill.order.v1." + type) ++count;
  }
  return count;
}

inline web::Request request_of(
    const std::string& path,
    const std::vector<std::pair<std::string, std::string>>& parameters = {}) {
  web::Request request;
  request.method = "GET";
  request.path = path;
  request.target = path;
  request.query = parameters;
  return request;
}

inline constexpr pg::Statement stock_of{"test_stock_of",
                                        "SELECT stock_quantity FROM product WHERE id = $1::uuid"};
inline constexpr pg::Statement version_of{"test_version_of",
                                          "SELECT version FROM product WHERE id = $1::uuid"};
inline constexpr pg::Statement ledger_of{
    "test_ledger_of",
    "SELECT coalesce(sum(quantity), 0)::bigint FROM stock_movement WHERE product_id = $1::uuid"};
inline constexpr pg::Statement broken_balances_of{"test_broken_balances_of", R"(
  SELECT count(*)
    FROM (SELECT balance, sum(quantity) OVER (ORDER BY seq) AS running
            FROM stock_movement WHERE product_id = $1::uuid) AS lines
   WHERE balance <> running)"};

}  // namespace waybill::product::test
