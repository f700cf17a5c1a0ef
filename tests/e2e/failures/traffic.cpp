#include "tests/e2e/failures/traffic.hpp"

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
    const auto body = order_body(customer_, {{products_[i % products_.size()], 1}});
    place_one(with_header(json_call("POST", "/v1/orders", body), "Idempotency-Key", unique("key")));
  }
}

void Traffic::place_one(const Call& order) {
  Reply reply;
  testing::eventually(kPatience, [&] {
    reply = call(order);
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

std::vector<std::string> Traffic::orders() const {
  const std::lock_guard lock{mutex_};
  return orders_;
}

std::vector<std::string> Traffic::surprises() const {
  const std::lock_guard lock{mutex_};
  return surprises_;
}

}  // namespace waybill::e2e
