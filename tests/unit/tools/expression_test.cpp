#include "tools/waybill/events/expression.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include "tools/waybill/events/mask.hpp"

using namespace waybill;
using namespace waybill::tool::events;
namespace json = boost::json;

namespace {

const json::value data = json::parse(R"({
  "order": {"status": "PAID", "total_price": "119.40", "reference": null, "version": 3,
            "late": false,
            "items": [{"name": "tea", "quantity": 2}, {"name": "mug", "quantity": 10}],
            "first": "tea"}})");

bool holds(const char* text) {
  return Expression::parse(text).value().matches(data);
}

}  // namespace

TEST_CASE("conditions compare members with values", "[expression]") {
  for (const char* text :
       {"order.status == 'PAID'", "order.status != \"OPEN\"", "order.version >= 3",
        "order.version < 3.5", "order.total_price > 100", "order.total_price == 119.4",
        "order.status ~ 'AI'", "order.reference == null", "order.nothing == null",
        "order.late == false", "order.items[1].quantity == 10", "order.items[*].name == 'mug'",
        "order.items[*].name == order.first", "order.items", "order.total_price < 1e3"}) {
    INFO(text);
    CHECK(holds(text));
  }
  for (const char* text :
       {"order.status == 'paid'", "order.total_price > 119.40", "order.status > 5",
        "order.items[2].quantity > 0", "order.items[*].quantity > 10", "order.reference",
        "order.late", "order.nothing", "order.status ~ 3", "order.nothing != null"}) {
    INFO(text);
    CHECK_FALSE(holds(text));
  }
}

TEST_CASE("and binds closer than or, not closer than both", "[expression]") {
  CHECK(holds("order.late || order.version == 3 && order.status == 'PAID'"));
  CHECK_FALSE(holds("(order.items || order.version == 4) && order.status == 'OPEN'"));
  CHECK(holds("!order.late && !(order.version == 4)"));
  CHECK_FALSE(holds("!order.items || order.late"));
}

TEST_CASE("what is no condition is refused with the place", "[expression]") {
  for (const char* text : {"", "order.", "order.status ==", "order.status = 'x'", "'x' == order",
                           "(order.late", "order.items[x]", "order.items[1", "order.a 'b'",
                           "order.status == 'x", "order.late &&", "!"}) {
    INFO(text);
    CHECK(Expression::parse(text).has_error());
  }
  CHECK(Expression::parse("order.status = 'x'").error().detail ==
        "'order.status = 'x'' is no condition: expected an operator or the end at character 14");
  CHECK(Expression::parse(std::string(100'000, '(')).has_error());
  CHECK(Expression::parse(std::string(100'000, '!')).has_error());
}

TEST_CASE("any text is a condition or refused, never a crash", "[expression][property]") {
  const bool fine = rc::check("parse", [] {
    const auto text = *rc::gen::container<std::string>(rc::gen::element(
        'a', '.', '[', ']', '*', '0', '\'', '"', '=', '!', '<', '&', '|', '(', ')', ' ', '~', '-'));
    const auto condition = Expression::parse(text);
    if (condition) condition->matches(data);
  });
  CHECK(fine);
}

TEST_CASE("names, addresses and words of people are masked, the rest is not", "[mask]") {
  json::value event = json::parse(R"({
    "user": {"id": "1", "email": "a@b", "username": "ada", "description": "hi", "roles": ["staff"]},
    "addresses": [{"street": "s", "city": "c", "state": "t", "zip_code": "z", "country": "CH"}],
    "order": {"delivery_address": {"street": "s"}, "reason": {"code": "other", "text": "ill"}},
    "client": {"login": "ada", "location": "Bern", "age": 36}, "targeting": {"location": "Bern"},
    "document": {"name": "Lease", "file_name": "lease.pdf", "size": 7},
    "product": {"name": "tea", "description": "green"}})");
  mask_personal(event);
  CHECK(json::serialize(event) ==
        R"({"user":{"id":"1","email":"***","username":"***","description":"***",)"
        R"("roles":["staff"]},"addresses":[{"street":"***","city":"***","state":"***",)"
        R"("zip_code":"***","country":"CH"}],"order":{"delivery_address":{"street":"***"},)"
        R"("reason":{"code":"other","text":"***"}},)"
        R"("client":{"login":"***","location":"***","age":36},"targeting":{"location":"Bern"},)"
        R"("document":{"name":"***","file_name":"***","size":7},)"
        R"("product":{"name":"tea","description":"green"}})");
}
