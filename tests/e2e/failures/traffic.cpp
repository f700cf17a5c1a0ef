#include "tests/e2e/failures/traffic.hpp"

#include "libs/testing/testing.hpp"

namespace waybill::e2e {
namespace {

// A server of a busy machine may take minutes to come back.
constexpr seconds kPatience{240};

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
  if (reply.status != 201) {
    return book_.surprise(fmt::format("{} {}", reply.status, reply.text));
  }
  const std::lock_guard lock{mutex_};
  orders_.push_back(reply.id());
  ++placed_;
}

void Traffic::note(const std::string& key, const Reply& reply) {
  boost::json::object line{
      {"method", "POST"}, {"path", "/v1/orders"}, {"key", key}, {"status", reply.status}};
  if (reply.status == 201) line["id"] = reply.id();
  book_.note(boost::json::serialize(line));
}

std::vector<std::string> Traffic::orders() const {
  const std::lock_guard lock{mutex_};
  return orders_;
}

}  // namespace waybill::e2e
