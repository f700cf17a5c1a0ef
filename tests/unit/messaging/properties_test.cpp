#include "libs/messaging/rabbit/properties.hpp"

#include <amqp.h>
#include <amqp_framing.h>
#include <catch2/catch.hpp>

namespace waybill::messaging::rabbit {
namespace {

amqp_table_entry_t entry(const char* name, std::uint8_t kind) {
  amqp_table_entry_t made{};
  made.key = amqp_cstring_bytes(name);
  made.value.kind = kind;
  return made;
}

Delivery decode(std::vector<amqp_table_entry_t> entries) {
  amqp_basic_properties_t properties{};
  properties._flags = AMQP_BASIC_HEADERS_FLAG;
  properties.headers = {static_cast<int>(entries.size()), entries.data()};
  Delivery delivery;
  decode_properties(properties, delivery);
  return delivery;
}

}  // namespace

TEST_CASE("headers that others send as numbers and booleans become text", "[messaging][amqp]") {
  auto tiny = entry("tiny", AMQP_FIELD_KIND_I8);
  tiny.value.value.i8 = -8;
  auto whole = entry("whole", AMQP_FIELD_KIND_I32);
  whole.value.value.i32 = -32;
  auto large = entry("large", AMQP_FIELD_KIND_I64);
  large.value.value.i64 = 1LL << 40;
  auto yes = entry("yes", AMQP_FIELD_KIND_BOOLEAN);
  yes.value.value.boolean = 1;
  auto half = entry("half", AMQP_FIELD_KIND_F64);
  half.value.value.f64 = 0.5;
  auto then = entry("then", AMQP_FIELD_KIND_TIMESTAMP);
  then.value.value.u64 = 1'700'000'000;
  auto words = entry("words", AMQP_FIELD_KIND_UTF8);
  words.value.value.bytes = amqp_cstring_bytes("as they are");

  const auto delivery = decode({tiny, whole, large, yes, half, then, words});
  CHECK(delivery.message.headers == Headers{{"tiny", "-8"},
                                            {"whole", "-32"},
                                            {"large", "1099511627776"},
                                            {"yes", "true"},
                                            {"half", "0.5"},
                                            {"then", "1700000000"},
                                            {"words", "as they are"}});
}

TEST_CASE("tables and arrays among the headers are left out, the delivery count is no header",
          "[messaging][amqp]") {
  auto count = entry("x-delivery-count", AMQP_FIELD_KIND_I64);
  count.value.value.i64 = 3;
  const auto delivery =
      decode({entry("x-death", AMQP_FIELD_KIND_ARRAY), entry("t", AMQP_FIELD_KIND_TABLE),
              entry("nothing", AMQP_FIELD_KIND_VOID), count});
  CHECK(delivery.message.headers.empty());
  CHECK(delivery.delivery_count == 3);
}

TEST_CASE("a timestamp beyond all reason is none", "[messaging][amqp]") {
  amqp_basic_properties_t properties{};
  properties._flags = AMQP_BASIC_TIMESTAMP_FLAG;
  properties.timestamp = ~std::uint64_t{0};
  Delivery delivery;
  decode_properties(properties, delivery);
  CHECK_FALSE(delivery.message.sent_at);
}

TEST_CASE("what AMQP can't carry is refused before a byte is sent", "[messaging][amqp]") {
  constexpr std::size_t frame = 131'064;
  std::string buffer;
  OutgoingMessage outgoing;
  outgoing.message.body = "ten bytes.";
  CHECK(encode_header(outgoing, "app#1", frame, buffer));
  CHECK(buffer.substr(0, 12) == std::string("\0\x3c\0\0\0\0\0\0\0\0\0\x0a", 12));

  outgoing.message.headers["large"] = std::string(frame, 'x');
  CHECK_FALSE(encode_header(outgoing, "app#1", frame, buffer));
  outgoing.message.headers = {{std::string(256, 'n'), "v"}};
  CHECK_FALSE(encode_header(outgoing, "app#1", frame, buffer));
}

}  // namespace waybill::messaging::rabbit
