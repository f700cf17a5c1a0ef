// What the order service is made of.
#pragma once

#include <chrono>

#include "libs/projection/projection.hpp"
#include "libs/runtime/backend.hpp"
#include "services/order/clients/address_book.hpp"
#include "services/order/clients/topic_places.hpp"
#include "services/order/timers/saga_watch.hpp"

namespace waybill::order {

struct OrderService {
  struct Settings {
    std::chrono::milliseconds unpaid_timeout = std::chrono::minutes{30};
    std::chrono::milliseconds address_wait = std::chrono::seconds{3};
    std::chrono::milliseconds expiry_interval = std::chrono::seconds{1};
    std::string identity = "127.0.0.1:7101";
    std::string report = "127.0.0.1:7104";

    void declare(config::Settings& settings);
  };

  OrderService(runtime::Runtime& runtime, const Settings& settings);
  void start();
  void stop();

 private:
  // Work of the timers; true when there is more.
  bool expire(pg::Connection& connection);
  bool place_parked(pg::Connection& connection);

  outbox::Handlers handlers_;
  clients::TopicPlaces topic_places_;
  runtime::Queries queries_;
  projection::Projection users_;
  clients::AddressBook address_book_;
  runtime::Backend backend_;
  runtime::Periodic expiry_;  // these two work through the backend
  runtime::Periodic parked_;
  timers::SagaWatch sagas_;
  runtime::Periodic watch_;
};

}  // namespace waybill::order
