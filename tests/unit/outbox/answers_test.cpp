#include "libs/outbox/answers.hpp"

#include <catch2/catch.hpp>

#include "libs/messaging/memory.hpp"
#include "libs/outbox/writer.hpp"
#include "waybill/order/v1/events.pb.h"

using namespace waybill;
using namespace waybill::outbox;

namespace {

Cause cause() {
  Cause cause;
  cause.command_id = new_id();
  cause.trace = {"trace-1", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};
  cause.instance = "/v1/orders";
  return cause;
}

}  // namespace

TEST_CASE("who waits is written down and read again", "[outbox]") {
  const ReplyTo plain{"gateway-1", false, {}};
  CHECK(plain.to_text() == "gateway-1");
  CHECK(ReplyTo::from_text("gateway-1").queue == "gateway-1");
  const ReplyTo json{"q \"1\"", true, "c\n2"};
  const ReplyTo read = ReplyTo::from_text(json.to_text());
  CHECK(read.json);
  CHECK(read.queue == json.queue);
  CHECK(read.correlation_id == json.correlation_id);
  CHECK(read.context.empty());
}

TEST_CASE("an answer carries back the context that its question came with", "[outbox]") {
  for (const bool is_json : {false, true}) {
    const ReplyTo asked{"bot", is_json, "update-1", "chat 7"};
    const ReplyTo read = ReplyTo::from_text(asked.to_text());
    CHECK(read.json == is_json);
    CHECK(read.context == "chat 7");
    const auto broker = messaging::make_memory_rabbit();
    const auto publisher = broker->make_publisher("test");
    messaging::QueueOptions queue;
    queue.name = "bot";
    queue.command_queue = false;
    const auto consumer = broker->make_consumer(queue);
    Answers answers;
    answers.add(read, render(Outcome::ok("{}"), new_id(), cause()));
    answers.send(*publisher);
    const auto taken = consumer->take(1, seconds{1});
    REQUIRE(taken.size() == 1);
    const messaging::Message& answer = taken.front().message;
    CHECK(answer.correlation_id == "update-1");
    CHECK(answer.headers.at("reply_context") == "chat 7");
    CHECK(answer.type == "waybill.common.v1.Outcome");
    CHECK(answer.content_type == (is_json ? messaging::kJson : messaging::kProtobuf));
  }
}

TEST_CASE("an outcome keeps what the answer over HTTP needs", "[outbox]") {
  const Id id = new_id();
  const auto created = render(Outcome::created("{}", "/v1/orders/1", 4), id, cause());
  CHECK(created.command_id() == id.to_string());
  CHECK(created.status() == 201);
  CHECK(created.location() == "/v1/orders/1");
  CHECK(created.version() == 4);
  CHECK(render(Outcome::no_content(), id, cause()).status() == 204);
  CHECK_FALSE(render(Outcome::ok("{}"), id, cause()).has_version());
}

TEST_CASE("a refusal becomes the problem of its request", "[outbox]") {
  const auto refused = render(Outcome::refused(not_found()), new_id(), cause());
  CHECK(refused.status() == 404);
  const auto problem = boost::json::parse(refused.body()).as_object();
  CHECK(problem.at("instance") == "/v1/orders");
  CHECK(problem.at("correlation_id") == "trace-1");
}

TEST_CASE("an event row carries CloudEvents headers", "[outbox]") {
  Writer out;
  const Id key = new_id();
  const Cause by = cause();
  order::v1::OrderPlaced event;
  event.mutable_order()->set_id(key.to_string());
  out.event("waybill.orders", key, 3, event, by);
  REQUIRE(out.rows.size() == 1);
  const Writer::Row& row = out.rows[0];
  CHECK(row.channel == "event");
  CHECK(row.target == "waybill.orders");
  CHECK(row.key == key.to_string());
  CHECK(row.payload == event.SerializeAsString());
  const auto headers = boost::json::parse(row.headers).as_object();
  CHECK(headers.at("ce_specversion") == "1.0");
  CHECK(headers.at("ce_id") == derive_id(key, "waybill.orders:3").to_string().c_str());
  CHECK(headers.at("ce_type") == "waybill.order.v1.OrderPlaced");
  CHECK(headers.at("ce_source") == "/waybill/order");
  CHECK(headers.at("ce_subject") == key.to_string().c_str());
  CHECK(headers.at("ce_dataschema") == "/proto/waybill/order/v1/events.proto");
  CHECK(headers.at("ce_version") == "3");
  CHECK(headers.at("ce_correlationid") == "trace-1");
  CHECK(headers.at("ce_causationid") == by.command_id.to_string().c_str());
  CHECK(headers.at("content-type") == "application/protobuf");
  CHECK(headers.at("traceparent") == by.trace.traceparent.c_str());
}
