#include "libs/contract/json.hpp"

#include <catch2/catch.hpp>

#include "waybill/identity/v1/commands.pb.h"
#include "waybill/order/v1/commands.pb.h"
#include "waybill/order/v1/events.pb.h"

using namespace waybill;
using namespace waybill::contract;

namespace {

std::string code_of(const std::string& text) {
  const auto value = parse_json(text);
  return value ? "fine" : value.error().code;
}

}  // namespace

TEST_CASE("a representation has all members in the order of their numbers", "[contract][json]") {
  order::v1::Order order;
  order.set_id("1");
  order.set_status("PENDING");
  order.set_version(7'000'000'000);
  auto& item = *order.add_items();
  item.set_name("Lamp \"big\"\n\x01 ä");
  item.set_quantity(2);
  CHECK(to_json(order) ==
        R"({"id":"1","user_id":"","delivery_address_id":"","delivery_address":null,)"
        R"("reference":null,"status":"PENDING","total_price":null,"currency":null,"items":[)"
        R"({"id":"","product_id":"","sku":null,"name":"Lamp \"big\"\n\u0001 ä","quantity":2,)"
        R"("price_at_order":null,"line_total":null}],"order_date":"","reason":null,)"
        R"("expires_at":null,"version":7000000000,"created_at":"","updated_at":null})");
}

TEST_CASE("an empty list is [] or null, as the message says", "[contract][json]") {
  order::v1::Reason reason;
  reason.set_code("unpaid");
  CHECK(to_json(reason) == R"({"code":"unpaid","text":null,"items":null})");
  CHECK(to_json(order::v1::PlaceOrder{}) ==
        R"({"delivery_address_id":"","items":[],"expected_total":null,"reference":null,)"
        R"("user_id":null,"order_date":null})");
}

TEST_CASE("JSON to message and back is the same", "[contract][json]") {
  const std::string text =
      R"({"delivery_address_id":"a","items":[{"product_id":"p","quantity":3},)"
      R"({"product_id":"q","quantity":1}],"expected_total":"9.90","reference":null,)"
      R"("user_id":null,"order_date":null})";
  order::v1::PlaceOrder message;
  REQUIRE(from_json(boost::json::parse(text).as_object(), message).has_value());
  CHECK(message.items_size() == 2);
  CHECK(to_json(message) == text);
}

TEST_CASE("what does not fit a field is named by its pointer", "[contract][json]") {
  const auto fault = [](const std::string& text) {
    order::v1::PlaceOrder message;
    const auto result = from_json(boost::json::parse(text).as_object(), message);
    return result ? std::string{"fine"} : result.error().detail;
  };
  CHECK(fault(R"({"items":[{"quantity":1.5}]})") ==
        "/items/0/quantity must be a whole number that fits.");
  CHECK(fault(R"({"items":[{"quantity":18446744073709551615}]})") ==
        "/items/0/quantity must be a whole number that fits.");
  CHECK(fault(R"({"items":{}})") == "/items must be a list.");
  CHECK(fault(R"({"items":[1]})") == "/items/0 must be an object.");
  CHECK(fault(R"({"reference":1})") == "/reference must be a string.");
  CHECK(fault(R"({"whatever":1,"items":[{"quantity":2.0}]})") == "fine");
}

TEST_CASE("a merge patch keeps the names of what was sent", "[contract][json]") {
  identity::v1::UpdateAddress message;
  const auto json = boost::json::parse(R"({"city":"Bonn","is_primary":true,"state":null})");
  REQUIRE(from_json(json.as_object(), message).has_value());
  CHECK(std::vector<std::string>(message.members().begin(), message.members().end()) ==
        std::vector<std::string>{"city", "is_primary", "state"});
  CHECK(message.city() == "Bonn");
  CHECK(message.is_primary());
  CHECK_FALSE(message.has_state());
}

TEST_CASE("messages are found by their full name", "[contract][json]") {
  const auto message = make_message("waybill.order.v1.PlaceOrder");
  REQUIRE(message);
  CHECK(make_message("waybill.order.v1.Nothing") == nullptr);
  CHECK(make_message("waybill.identity.v1.UserChanged") != nullptr);
  CHECK(make_message("waybill.product.v1.ReserveStock") != nullptr);
}

TEST_CASE("only proper JSON is parsed", "[contract][json]") {
  CHECK(code_of(R"({"a":[1,2.5,"x",null,true]} )") == "fine");
  CHECK(code_of(" 5 ") == "fine");
  for (const char* text :
       {"", " ", "{", "[1,]", "{\"a\":1,}", "nul", "01", "'a'", "{a:1}", "[1] 2", "\"\\x\"",
        "// c\n1", "\"a\nb\"", "1e999", "-", "NaN", "\"\\ud800\"", "\xef\xbb\xbf{}"}) {
    INFO(text);
    CHECK(code_of(text) == "malformed-json");
  }
}

TEST_CASE("text that is no UTF-8 is malformed", "[contract][json]") {
  for (const char* text :
       {"\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xf5\x80\x80\x80\"", "\"\xe4\""}) {
    CHECK(code_of(text) == "malformed-json");
  }
  CHECK(code_of("\"\xc3\xa4\xf0\x9f\x98\x80\"") == "fine");
}

TEST_CASE("nesting is bounded", "[contract][json]") {
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };
  CHECK(code_of(nested(32)) == "fine");
  CHECK(code_of(nested(33)) == "malformed-json");
  CHECK(code_of(nested(100'000)) == "malformed-json");
}

TEST_CASE("a member that stands twice is refused, at any depth", "[contract][json]") {
  const auto value = parse_json(R"({"a":{"b":1,"c":{},"b":2}})");
  REQUIRE(value.has_error());
  CHECK(value.error().detail == "The member \"b\" stands twice in one object.");
  CHECK(code_of(R"({"a":1,"\u0061":2})") == "malformed-json");
  CHECK(code_of(R"({"a":{"b":1},"c":{"b":1},"t":"12:30:00"})") == "fine");
}

TEST_CASE("a form is an object of strings", "[contract][json]") {
  const auto members = [](const std::string& form) {
    return boost::json::serialize(parse_form(form).value());
  };
  CHECK(members("a=1&b=x+y%20z&c=%C3%A4") == R"({"a":"1","b":"x y z","c":"ä"})");
  CHECK(members("") == "{}");
  CHECK(members("a=&b") == "{}");  // omitted, as RFC 6749 says
}

TEST_CASE("a form that can be read in two ways is refused as OAuth says", "[contract][json]") {
  for (const char* form : {"a=1&a=2", "a=&a=2", "a=%zz", "a=%", "a=%C3", "%ff=1"}) {
    const auto parsed = parse_form(form);
    REQUIRE(parsed.has_error());
    CHECK(parsed.error().code == "malformed-form");
    CHECK(parsed.error().members.at("error") == "invalid_request");
  }
}

TEST_CASE("a form is known by its media type, whatever its case and parameters",
          "[contract][json]") {
  CHECK(is_form("application/x-www-form-urlencoded"));
  CHECK(is_form("Application/X-WWW-Form-Urlencoded ; charset=utf-8"));
  CHECK_FALSE(is_form("application/json"));
  CHECK_FALSE(is_form(""));
}
