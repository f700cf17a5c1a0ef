#include "tests/e2e/failures/traffic.hpp"

#include <fstream>

#include "libs/testing/testing.hpp"

namespace waybill::e2e {
namespace {

// A server of a busy machine may take minutes to come back.
constexpr seconds kPatience{240};

// 0: the connection broke; 202: the outcome is late; 429, 503: come again.
bool should_repeat(int status) {
  return status == 0 || status == 202 || status == 429 || status == 503;
}

}  // namespace

Traffic::Traffic(const Customer& customer, std::vector<std::string> products, int clients)
    : customer_{customer}, products_{std::move(products)} {
  for (int i = 0; i < clients; ++i) {
    clients_.emplace_back([this, i] { run(static_cast<std::size_t>(i)); });
  }
}

Traffic::~Traffic() {
  stop();
}

void Traffic::stop() {
  stopping_ = true;
  for (std::thread& client : clients_) {
    if (client.joinable()) client.join();
  }
}

void Traffic::run(std::size_t client) {
  for (std::size_t i = client; !stopping_; ++i) {
    const std::string key = unique("key");
    auto body = order_body(customer_, {{products_[i % products_.size()], 1}});
    body["reference"] = key;  // the audit finds the order even if no answer ever came
    place_one(with_header(json_call("POST", "/v1/orders", body), "Idempotency-Key", key), key);
  }
}

void Traffic::place_one(const Call& order, const std::string& key) {
  Reply reply;
  testing::eventually(kPatience, [&] {
    reply = call(order);
    note(key, reply);
    return !should_repeat(reply.status);
  });
  const std::lock_guard lock{mutex_};
  if (reply.status == 201) {
    orders_.push_back(reply.id());
    ++placed_;
  } else {
    surprises_.push_back(fmt::format("{} {}", reply.status, reply.text));
  }
}

void Traffic::note(const std::string& key, const Reply& reply) {
  boost::json::object line{
      {"method", "POST"}, {"path", "/v1/orders"}, {"key", key}, {"status", reply.status}};
  if (reply.status == 201) line["id"] = reply.id();
  const std::lock_guard lock{mutex_};
  history_.push_back(boost::json::serialize(line));
}

void Traffic::write_history(const std::string& path) const {
  std::ofstream out{path};
  const std::lock_guard lock{mutex_};
  for (const std::string& line : history_) out << line << '\n';
}

std::vector<std::string> Traffic::orders() const {
  const std::lock_guard lock{mutex_};
  return orders_;
}

std::vector<std::string> Traffic::surprises() const {
  const std::lock_guard lock{mutex_};
  return surprises_;
}

}  // namespace waybill::e2e
