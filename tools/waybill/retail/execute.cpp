#include "tools/waybill/retail/execute.hpp"

#include <exception>

#include "libs/core/clock.hpp"
#include "tools/waybill/progress.hpp"
#include "tools/waybill/retail/jobs.hpp"

namespace waybill::tool::retail {
namespace {

namespace json = boost::json;

using IdOrRefusal = std::variant<std::string, Refusal>;

Refusal refusal_of(const Answer& answer) {
  return {answer.code(), answer.detail()};
}

const Refusal* refused(const IdOrRefusal& result) {
  return std::get_if<Refusal>(&result);
}

// The only item of a list that was asked for by a unique member; null when there is none.
json::value only_item(const Answer& answer) {
  if (!answer.ok() || !answer.body.is_object()) return nullptr;
  const json::value* items = answer.body.get_object().if_contains("items");
  if (!items || !items->is_array() || items->get_array().empty()) return nullptr;
  return items->get_array()[0];
}

class Executor {
 public:
  Executor(boost::asio::io_context& io, Gateway& gateway, const Plan& plan,
           const ExecuteOptions& options)
      : io_{io}, gateway_{gateway}, plan_{plan}, options_{options} {
    products_.resize(plan.products.size());
    users_.resize(plan.customers.size());
    addresses_.resize(plan.customers.size());
    result_.orders.resize(plan.orders.size());
    result_.payments.resize(plan.orders.size());
    result_.cancellations.resize(plan.cancellations.size());
  }

  Execution run() {
    run_all("products", plan_.products.size(), [this](std::size_t i) { return make_product(i); });
    run_all("customers", plan_.customers.size(),
            [this](std::size_t i) { return make_customer(i); });
    run_all("orders", plan_.orders.size(), [this](std::size_t i) { return place_order(i); });
    run_all("cancellations", plan_.cancellations.size(),
            [this](std::size_t i) { return cancel_order(i); });
    return std::move(result_);
  }

 private:
  void run_all(const std::string& what, std::size_t count, const Job& job) {
    Progress progress{what, static_cast<std::int64_t>(count), options_.quiet};
    progress_ = &progress;
    run_jobs(io_, count, options_.concurrency, job);
  }

  // ---- products

  awaitable<void> make_product(std::size_t index) {
    const PlannedProduct& product = plan_.products[index];
    json::object body{{"sku", product.sku},
                      {"name", product.name},
                      {"price", format_money(product.price)},
                      {"currency", options_.currency},
                      {"stock_quantity", 0}};
    const Answer answer =
        co_await gateway_.write("POST", "/v1/products", std::move(body), "product " + product.sku);
    if (answer.status == 409 && answer.code() == "already-exists") {
      products_[index] = co_await find_product(product);
    } else {
      products_[index] = answer.ok() ? IdOrRefusal{answer.text("id")} : refusal_of(answer);
    }
    if (!refused(products_[index])) co_await add_stock(index);
    progress_->step();
  }

  awaitable<IdOrRefusal> find_product(const PlannedProduct& product) {
    const Answer answer =
        co_await gateway_.get("/v1/products?limit=1&sku=" + web::url_encode(product.sku));
    if (!answer.ok()) co_return refusal_of(answer);
    const Answer found{200, only_item(answer), {}};
    const bool fits = found.text("price") == format_money(product.price) &&
                      found.text("currency") == options_.currency;
    if (fits) co_return found.text("id");
    co_return Refusal{"already-exists", fmt::format("sku {} is taken, at {} {}", product.sku,
                                                    found.text("price"), found.text("currency"))};
  }

  // The key has the digest of the set: another set of files brings its own units.
  awaitable<void> add_stock(std::size_t index) {
    const PlannedProduct& product = plan_.products[index];
    const std::string& id = std::get<std::string>(products_[index]);
    json::object body{{"quantity", product.units},
                      {"reason", "retail import " + plan_.digest.substr(0, 12)}};
    const Answer answer =
        co_await gateway_.write("POST", "/v1/products/" + id + "/stock-movements", std::move(body),
                                "stock " + plan_.digest + " " + product.sku);
    if (!answer.ok()) products_[index] = refusal_of(answer);
  }

  // ---- customers

  awaitable<void> make_customer(std::size_t index) {
    const PlannedCustomer& customer = plan_.customers[index];
    json::object body{{"email", customer.email}, {"username", customer.username}};
    const Answer answer =
        co_await gateway_.write("POST", "/v1/users", std::move(body), "user " + customer.username);
    if (answer.status == 409 && answer.code() == "already-exists") {
      users_[index] = co_await find_user(customer);
    } else {
      users_[index] = answer.ok() ? IdOrRefusal{answer.text("id")} : refusal_of(answer);
    }
    for (const std::string& country : customer.countries) co_await add_address(index, country);
    progress_->step();
  }

  awaitable<IdOrRefusal> find_user(const PlannedCustomer& customer) {
    const Answer answer =
        co_await gateway_.get("/v1/users?limit=1&email=" + web::url_encode(customer.email));
    if (!answer.ok()) co_return refusal_of(answer);
    const Answer found{200, only_item(answer), {}};
    if (!found.text("id").empty()) co_return found.text("id");
    co_return Refusal{"already-exists", "username " + customer.username + " is taken"};
  }

  awaitable<void> add_address(std::size_t index, std::string country) {
    IdOrRefusal& address = addresses_[index][country];
    if (const Refusal* refusal = refused(users_[index])) {
      address = *refusal;
      co_return;
    }
    const std::string& user = std::get<std::string>(users_[index]);
    json::object body{
        {"street", "-"}, {"city", "-"}, {"state", "-"}, {"zip_code", "-"}, {"country", country}};
    const Answer answer = co_await gateway_.write("POST", "/v1/users/" + user + "/addresses",
                                                  std::move(body), "address " + country);
    address = answer.ok() ? IdOrRefusal{answer.text("id")} : refusal_of(answer);
  }

  // ---- orders

  // Whatever the order stands on and was refused.
  const Refusal* refused_before(const PlannedOrder& order) const {
    if (const Refusal* refusal = refused(addresses_[order.customer].at(order.country))) {
      return refusal;
    }
    for (const PlannedLine& line : order.lines) {
      if (const Refusal* refusal = refused(products_[line.product])) return refusal;
    }
    return nullptr;
  }

  json::object order_body(const PlannedOrder& order) const {
    json::array items;
    for (const PlannedLine& line : order.lines) {
      json::object item{{"product_id", std::get<std::string>(products_[line.product])},
                        {"quantity", line.units}};
      items.push_back(std::move(item));
    }
    json::object body{{"user_id", std::get<std::string>(users_[order.customer])},
                      {"delivery_address_id",
                       std::get<std::string>(addresses_[order.customer].at(order.country))},
                      {"reference", order.invoice},
                      {"order_date", to_rfc3339(order.at)},
                      {"expected_total", format_money(order.total)}};
    body["items"] = std::move(items);
    return body;
  }

  awaitable<void> place_order(std::size_t index) {
    const PlannedOrder& order = plan_.orders[index];
    if (const Refusal* refusal = refused_before(order)) {
      result_.orders[index] = *refusal;
    } else {
      const Answer answer = co_await gateway_.write("POST", "/v1/orders", order_body(order),
                                                    "order " + order.invoice);
      take_placed(index, answer);
      if (answer.ok() && options_.pay) co_await pay_order(index);
    }
    progress_->step(static_cast<std::int64_t>(order.rows.size()));
  }

  void take_placed(std::size_t index, const Answer& answer) {
    if (!answer.ok()) {
      result_.orders[index] = refusal_of(answer);
      return;
    }
    const auto total = parse_money(answer.text("total_price"));
    result_.orders[index] =
        PlacedOrder{answer.text("id"), answer.text("user_id"), total.value_or(0)};
  }

  awaitable<void> pay_order(std::size_t index) {
    const std::string path = "/v1/orders/" + std::get<PlacedOrder>(result_.orders[index]).id;
    json::object body{{"status", "PAID"}};
    const Answer answer = co_await gateway_.write("PATCH", path, std::move(body),
                                                  "payment " + plan_.orders[index].invoice);
    if (!answer.ok()) result_.payments[index] = refusal_of(answer);
  }

  awaitable<void> cancel_order(std::size_t index) {
    const PlannedCancellation& cancellation = plan_.cancellations[index];
    const auto* order = std::get_if<PlacedOrder>(&result_.orders[cancellation.order]);
    if (order) {
      json::object body{{"reason", "invoice " + cancellation.invoice}};
      const Answer answer =
          co_await gateway_.write("POST", "/v1/orders/" + order->id + "/cancel", std::move(body),
                                  "cancellation " + cancellation.invoice);
      if (!answer.ok()) result_.cancellations[index] = refusal_of(answer);
    }
    progress_->step(static_cast<std::int64_t>(cancellation.rows.size()));
  }

  boost::asio::io_context& io_;
  Gateway& gateway_;
  const Plan& plan_;
  const ExecuteOptions& options_;
  Progress* progress_ = nullptr;  // of the present phase
  std::vector<IdOrRefusal> products_;
  std::vector<IdOrRefusal> users_;
  std::vector<std::map<std::string, IdOrRefusal>> addresses_;  // by customer, then country
  Execution result_;
};

}  // namespace

Execution execute(boost::asio::io_context& io, Gateway& gateway, const Plan& plan,
                  const ExecuteOptions& options) {
  return Executor{io, gateway, plan, options}.run();
}

}  // namespace waybill::tool::retail
