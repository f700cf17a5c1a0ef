#include <catch2/catch.hpp>

#include "tools/waybill/dead/groups.hpp"
#include "tools/waybill/dead/print.hpp"
#include "tools/waybill/dead/redrive.hpp"
#include "waybill/identity/v1/commands.pb.h"

using namespace waybill;
using namespace waybill::tool::dead;

namespace {

Letter letter_of(const google::protobuf::Message& body, const std::string& reason) {
  messaging::Delivery delivery;
  delivery.message.type = body.GetDescriptor()->full_name();
  delivery.message.message_id = new_id().to_string();
  delivery.message.body = body.SerializeAsString();
  delivery.message.headers = {
      {"reason", reason},           {"attempt", "4"},
      {"service_version", "0.1.0"}, {"first_failed_at", "2026-01-31T09:30:00.000Z"},
      {"caller", "staff -"},        {"x-death", "…"}};
  return read_letter(std::move(delivery));
}

identity::v1::AddAddress address() {
  identity::v1::AddAddress body;
  body.set_user_id("0190f5fe-0000-7000-8000-000000000001");
  body.set_street("1 Main Street");
  body.set_is_primary(true);
  return body;
}

}  // namespace

TEST_CASE("causes that differ in ids, numbers and values are one", "[tools][dead]") {
  CHECK(normalize_cause("product 0190f5fe-0000-7000-8000-000000000001 has 3 units") ==
        normalize_cause("product 0190f5fe-0000-7000-8000-000000000002 has 17 units"));
  CHECK(normalize_cause("value \"Main Street 1\" is bad") ==
        normalize_cause("value \"x Y\" is bad"));
  CHECK(normalize_cause("violates \"stock_not_negative\"") !=
        normalize_cause("violates \"order_once\""));
  CHECK(normalize_cause("one quote ' only") == "one quote ' only");
  CHECK(normalize_cause("") == "");
}

TEST_CASE("letters are shown without personal data unless it is asked for", "[tools][dead]") {
  const Letter letter = letter_of(address(), "broken");
  const std::string masked = boost::json::serialize(to_json(letter, false));
  CHECK(masked.find("Main Street") == std::string::npos);
  CHECK(masked.find("0190f5fe-0000-7000-8000-000000000001") != std::string::npos);
  CHECK(masked.find("\"is_primary\":true") != std::string::npos);
  CHECK(boost::json::serialize(to_json(letter, true)).find("Main Street") != std::string::npos);
}

TEST_CASE("a payload that can't be read is bytes, and masked too", "[tools][dead]") {
  Letter letter = letter_of(address(), "broken");
  letter.type = "com.example.Unknown";
  const auto masked = to_json(letter, false).at("payload").as_object();
  CHECK(masked.at("base64") == "***");
  CHECK(masked.at("bytes") == letter.message.body.size());
  letter.message.content_type = messaging::kJson;
  letter.message.body = R"({"user_id": "7", "email": "ada@example.com", "list": ["ada"]})";
  const std::string json = boost::json::serialize(to_json(letter, false));
  CHECK(json.find("ada") == std::string::npos);
  CHECK(json.find("\"user_id\":\"7\"") != std::string::npos);
}

TEST_CASE("a letter says why, since when and how often", "[tools][dead]") {
  const Letter letter = letter_of(address(), "broken");
  CHECK(letter.cause == "broken");
  CHECK(letter.attempts == 4);
  CHECK(to_rfc3339(*letter.first_failed_at) == "2026-01-31T09:30:00.000Z");
  CHECK(letter.command_id.to_string() == letter.message.message_id);
}

TEST_CASE("a letter that is sent again begins the ladder anew", "[tools][dead]") {
  const messaging::Message again = revived(letter_of(address(), "broken").message);
  CHECK_FALSE(again.headers.contains("attempt"));
  CHECK_FALSE(again.headers.contains("reason"));
  CHECK_FALSE(again.headers.contains("service_version"));
  CHECK_FALSE(again.headers.contains("x-death"));
  CHECK(again.headers.at("first_failed_at") == "2026-01-31T09:30:00.000Z");
  CHECK(again.headers.at("caller") == "staff -");
  CHECK(again.headers.at("redriven") == "1");
  CHECK(revived(again).headers.at("redriven") == "2");
}

TEST_CASE("a choice takes what was named and nothing else", "[tools][dead]") {
  const Letter letter = letter_of(address(), "broken");
  CHECK_FALSE(Choice{}.takes(letter));
  Choice by_id;
  by_id.ids = {letter.command_id.to_string()};
  CHECK(by_id.takes(letter));
  Choice by_group;
  by_group.group = group_of(letter);
  CHECK(by_group.takes(letter));
  CHECK_FALSE(by_group.takes(letter_of(address(), "something else")));
  Choice all;
  all.all = true;
  CHECK(all.takes(letter));
}
