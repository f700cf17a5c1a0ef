#include "libs/outbox/intake.hpp"

#include <catch2/catch.hpp>

using namespace waybill;
using namespace waybill::outbox;

namespace {

Result<std::string> decode(std::string& type, std::string_view json) {
  if (json != "{}") return invalid("No JSON.");
  if (type == "order.place") type = "waybill.order.v1.PlaceOrder";
  return std::string{"decoded"};
}

messaging::Message message() {
  messaging::Message message;
  message.type = "waybill.order.v1.PlaceOrder";
  message.message_id = "0190f5fe-0000-7000-8000-000000000001";
  message.body = "body";
  return message;
}

Intake read(messaging::Message message) {
  messaging::Delivery delivery;
  delivery.message = std::move(message);
  return read_delivery(std::move(delivery), decode);
}

}  // namespace

TEST_CASE("a message id that is a UUID is the command id", "[outbox]") {
  CHECK(read(message()).id().to_string() == "0190f5fe-0000-7000-8000-000000000001");
}

TEST_CASE("any other message id gives the same command id every time", "[outbox]") {
  auto named = message();
  named.message_id = "erp/4711";
  const Id id = read(named).id();
  CHECK(read(named).id() == id);
  // Stored inboxes depend on it.
  CHECK(id.to_string() == "86f9db37-3487-5867-9f20-23d9b0d55b69");
  named.message_id = "erp/4712";
  CHECK(read(named).id() != id);
}

TEST_CASE("without a message id each delivery is a command of its own", "[outbox]") {
  auto nameless = message();
  nameless.message_id.clear();
  CHECK(read(nameless).id() != read(nameless).id());
}

TEST_CASE("a context that is more than a page of text is not carried back", "[outbox]") {
  auto command = message();
  command.reply_to = "bot";
  command.headers["reply_context"] = std::string(1024, 'x');
  CHECK(read(command).reply_to->context.size() == 1024);
  command.headers["reply_context"] += 'x';
  CHECK(read(command).reply_to->context.empty());
}

TEST_CASE("other systems have the rights of staff, what can't be read has none", "[outbox]") {
  auto command = message();
  CHECK(read(command).cause.caller == Caller{std::nullopt, Role::staff});
  command.headers["caller"] = "customer 0190f5fe-0000-7000-8000-000000000002";
  CHECK(read(command).cause.caller.role == Role::customer);
  command.headers["caller"] = "emperor";
  CHECK(read(command).cause.caller.role == Role::nobody);
}

TEST_CASE("what connects a command with others is kept, or made up", "[outbox]") {
  auto command = message();
  const Intake bare = read(command);
  CHECK(bare.cause.instance == "/commands/waybill.order.v1.PlaceOrder");
  CHECK(bare.cause.trace.correlation_id == command.message_id);
  command.correlation_id = "trace-1";
  command.headers = {{"instance", "/v1/orders"},
                     {"traceparent", "00-a"},
                     {"fingerprint", "f"},
                     {"sent_at_us", "1700000000000001"}};
  command.reply_to = "replies";
  const Intake full = read(command);
  CHECK(full.cause.instance == "/v1/orders");
  CHECK(full.cause.trace.correlation_id == "trace-1");
  CHECK(full.cause.trace.traceparent == "00-a");
  CHECK(full.cause.sent_at == from_unix_micros(1'700'000'000'000'001));
  CHECK(full.fingerprint == "f");
  REQUIRE(full.reply_to);
  CHECK(full.reply_to->queue == "replies");
}

TEST_CASE("JSON is decoded under its alias", "[outbox]") {
  auto command = message();
  command.type = "order.place";
  command.content_type = messaging::kJson;
  command.body = "{}";
  const Intake intake = read(command);
  CHECK_FALSE(intake.broken);
  CHECK(intake.type == "waybill.order.v1.PlaceOrder");
  CHECK(intake.body == "decoded");
  CHECK(intake.delivery.message.body == "{}");  // as it came: the retry ladder sends that
}

TEST_CASE("what no handler can read is broken, with the fault to tell", "[outbox]") {
  auto command = message();
  command.content_type = "text/plain";
  CHECK(read(command).broken->code == "unsupported-type");
  command.content_type = messaging::kJson;
  command.body = "[";
  CHECK(read(command).broken->code == "validation-failed");
}
