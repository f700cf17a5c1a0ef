#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>

#include "services/gateway/events/event_feed.hpp"
#include "waybill/order/v1/events.pb.h"
#include "waybill/product/v1/events.pb.h"

using namespace waybill;
using namespace waybill::gateway;
using namespace std::chrono_literals;

namespace {

messaging::Event event_of(const google::protobuf::Message& message, int version) {
  messaging::Event event;
  event.value = message.SerializeAsString();
  event.headers["ce_type"] = message.GetTypeName();
  event.headers["ce_version"] = std::to_string(version);
  return event;
}

template <class T>
T wait_for(boost::asio::io_context& io, async::awaitable<T> task) {
  auto result = boost::asio::co_spawn(io, std::move(task), boost::asio::use_future);
  io.restart();
  io.run();
  return result.get();
}

std::shared_ptr<const Change> change(int version) {
  auto made = std::make_shared<Change>();
  made->version = version;
  return made;
}

}  // namespace

TEST_CASE("an event tells the whole state of its aggregate", "[gateway][events]") {
  order::v1::OrderPaid paid;
  paid.mutable_order()->set_status("PAID");
  paid.mutable_order()->set_version(3);
  const auto read = read_change(event_of(paid, 3), "status");
  REQUIRE(read);
  CHECK(read->version == 3);
  CHECK(read->status == "PAID");
  CHECK(boost::json::parse(read->json).at("status") == "PAID");
}

TEST_CASE("events without a state are passed over", "[gateway][events]") {
  product::v1::ProductDeleted deleted;
  deleted.set_id("x");
  CHECK_FALSE(read_change(event_of(deleted, 2), "status"));
  auto unknown = event_of(deleted, 2);
  unknown.headers["ce_type"] = "waybill.unknown.v1.Thing";
  CHECK_FALSE(read_change(unknown, "status"));
  auto broken = event_of(order::v1::OrderPaid{}, 2);
  broken.value = "\xff\xff";
  CHECK_FALSE(read_change(broken, "status"));
}

TEST_CASE("a follower gets changes in order and can wait for them", "[gateway][events]") {
  boost::asio::io_context io;
  Subscription subscription{io};
  subscription.push(change(1));
  subscription.push(change(2));
  CHECK(wait_for(io, subscription.next(1s))->version == 1);
  CHECK(wait_for(io, subscription.next(1s))->version == 2);
  CHECK(wait_for(io, subscription.next(1ms)) == nullptr);
}

TEST_CASE("a follower that is too slow is told so, not fed without end", "[gateway][events]") {
  boost::asio::io_context io;
  Subscription subscription{io};
  for (int i = 0; i < 1'000; ++i) subscription.push(change(i));
  CHECK(subscription.has_overflowed());
}
