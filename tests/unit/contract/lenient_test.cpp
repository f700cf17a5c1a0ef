// Documents that say x-lenient, bodies that are lists, and commands by GET: on the real contract of
// advertising.
#include <catch2/catch.hpp>

#include "libs/contract/contract.hpp"
#include "libs/contract/json.hpp"
#include "waybill/advert/v1/commands.pb.h"

using namespace waybill;
using namespace waybill::contract;
namespace json = boost::json;
namespace v1 = waybill::advert::v1;

namespace {

const Contract& services() {
  static const Contract contract = Contract::load_folder("services");
  return contract;
}

const std::string kId = "019A2F4C-7C1E-7D3A-9F52-3F0A6F1F2B11";
const std::string kLowerId = "019a2f4c-7c1e-7d3a-9f52-3f0a6f1f2b11";
const std::string kCampaigns = "/v1/advertisers/" + kLowerId + "/campaigns";

struct Asked {
  std::vector<Violation> violations;
  Result<std::string> bytes = std::string{};
};

Asked ask(const std::string& method, const std::string& path, std::string_view body,
          std::vector<std::pair<std::string, std::string>> query = {}) {
  const auto match = services().match(method, path);
  REQUIRE(match.value);
  web::Request request;
  request.query = std::move(query);
  std::optional<json::value> value;
  if (!body.empty()) value = json::parse(json::string_view{body.data(), body.size()});
  if (value) services().relax(*match.value, *value);
  Asked asked;
  asked.violations =
      services().validate(*match.value, match.params, request, value ? &*value : nullptr);
  web::PathParams params = match.params;
  params.insert(params.end(), request.query.begin(), request.query.end());
  if (asked.violations.empty()) {
    asked.bytes = services().to_command(*match.value, params, value ? &*value : nullptr, {});
  }
  return asked;
}

bool accepts_day(std::string_view day) {
  return ask("POST", "/v1/time/advance", fmt::format(R"({{"current_date":{}}})", day))
      .violations.empty();
}

bool accepts_price(std::string_view price) {
  const std::string body = fmt::format(R"({{"cost_per_click":{}}})", price);
  return ask("PUT", kCampaigns + '/' + kLowerId, body).violations.empty();
}

}  // namespace

TEST_CASE("whole numbers pass as 7, 2.0 and as text, others do not", "[contract][lenient]") {
  for (const auto* day : {"7", "2.0", "\"7\"", "-2147483648", "2147483647"})
    CHECK(accepts_day(day));
  for (const auto* day : {"1.5", "true", "null", "\"x\"", "\"\"", "\" 7\"", "2147483648",
                          "-2147483649", "\"99999999999\"", "[]"}) {
    INFO(day);
    CHECK_FALSE(accepts_day(day));
  }
}

TEST_CASE("prices pass as any number above 0 and as text", "[contract][lenient]") {
  for (const auto* price : {"2", "2.5", "\"2.0\"", "1e-9", "null"}) CHECK(accepts_price(price));
  for (const auto* price : {"0", "-1", "true", "\"1e999\"", "\"inf\"", "{}"}) {
    INFO(price);
    CHECK_FALSE(accepts_price(price));
  }
}

TEST_CASE("a number that came as text is a number in the command", "[contract][lenient]") {
  const Asked asked = ask("POST", "/v1/time/advance", R"({"current_date":"-7","more":1})");
  REQUIRE(asked.violations.empty());
  v1::SetDay message;
  REQUIRE(message.ParseFromString(*asked.bytes));
  CHECK(message.current_date() == -7);
}

TEST_CASE("text that looks like a number stays text where text is wanted", "[contract][lenient]") {
  const Asked asked = ask("PUT", kCampaigns + '/' + kLowerId, R"({"ad_title":"7"})");
  v1::UpdateCampaign message;
  REQUIRE(message.ParseFromString(*asked.bytes));
  CHECK(message.ad_title() == "7");
  CHECK_FALSE(message.has_ad_text());
  CHECK_FALSE(message.has_targeting());
}

TEST_CASE("unknown members and parameters are ignored, at any depth", "[contract][lenient]") {
  const Asked asked = ask("PUT", kCampaigns + '/' + kLowerId,
                          R"({"x":{"y":1},"targeting":{"age_from":"3","z":[]}})", {{"q", "1"}});
  REQUIRE(asked.violations.empty());
  v1::UpdateCampaign message;
  REQUIRE(message.ParseFromString(*asked.bytes));
  CHECK(message.targeting().age_from() == 3);
}

TEST_CASE("null clears nothing but the targeting, whose place it may take", "[contract][lenient]") {
  const std::string whole = R"("ad_title":"t","ad_text":"x","impressions_limit":1,)"
                            R"("clicks_limit":1,"cost_per_impression":1,"cost_per_click":1,)"
                            R"("start_date":0,"end_date":0)";
  CHECK(ask("POST", kCampaigns, '{' + whole + '}').violations.empty());
  CHECK(
      ask("POST", kCampaigns, '{' + whole + R"(,"targeting":{"gender":null}})").violations.empty());
  CHECK_FALSE(ask("POST", kCampaigns, '{' + whole + R"(,"targeting":null})").violations.empty());
  CHECK(ask("PUT", kCampaigns + '/' + kLowerId, R"({"targeting":null})").violations.empty());
}

TEST_CASE("a body that is a list goes to the field that takes it", "[contract][lenient]") {
  const std::string client = R"({"client_id":")" + kId +
                             R"(","login":"ada","age":36,"location":"Bern","gender":"FEMALE"})";
  const Asked asked = ask("POST", "/v1/clients/bulk", '[' + client + ',' + client + ']');
  REQUIRE(asked.violations.empty());
  v1::PutClients message;
  REQUIRE(message.ParseFromString(*asked.bytes));
  CHECK(message.clients_size() == 2);
  CHECK(ask("POST", "/v1/clients/bulk", "[]").violations.empty());
  CHECK_FALSE(ask("POST", "/v1/clients/bulk", client).violations.empty());
}

TEST_CASE("names need a letter or a digit, gender its capitals", "[contract][lenient]") {
  const auto accepts = [](const std::string& login, const std::string& gender) {
    const std::string body =
        fmt::format(R"([{{"client_id":"{}","login":"{}","age":1,"location":"Žž","gender":"{}"}}])",
                    kId, login, gender);
    return ask("POST", "/v1/clients/bulk", body).violations.empty();
  };
  CHECK(accepts("ada", "MALE"));
  CHECK(accepts("東", "MALE"));
  CHECK_FALSE(accepts("--- !", "MALE"));
  CHECK_FALSE(accepts("", "MALE"));
  CHECK_FALSE(accepts("ada", "male"));
  CHECK_FALSE(accepts("ada", "ALL"));
}

TEST_CASE("parameters of a GET go to its command, an id in lower case", "[contract][lenient]") {
  const Asked asked = ask("GET", "/v1/ads", "", {{"client_id", kId}, {"other", "1"}});
  REQUIRE(asked.violations.empty());
  v1::ChooseAd message;
  REQUIRE(message.ParseFromString(*asked.bytes));
  CHECK(message.client_id() == kLowerId);
  const Asked missing = ask("GET", "/v1/ads", "");
  REQUIRE(missing.violations.size() == 1);
  CHECK(missing.violations.front().where == "client_id");
}

TEST_CASE("other systems publish lists and parameters as members", "[contract][lenient]") {
  std::string type = "waybill.advert.v1.SetBlacklist";
  const auto bytes = services().decode_command(type, R"({"words":["bad"]})");
  REQUIRE(bytes.has_value());
  v1::SetBlacklist words;
  REQUIRE(words.ParseFromString(*bytes));
  CHECK(words.words(0) == "bad");
  type = "waybill.advert.v1.ChooseAd";
  CHECK(services().decode_command(type, R"({"client_id":")" + kId + "\"}").has_value());
  CHECK_FALSE(services().decode_command(type, "{}").has_value());
}

TEST_CASE("what is not found below advertising's paths is advertising's", "[contract][lenient]") {
  CHECK(services().is_lenient("/v1/ads/nothing/here"));
  CHECK(services().is_lenient("/v1/stats"));
  CHECK_FALSE(services().is_lenient("/v1/orders"));
  CHECK_FALSE(services().is_lenient("/v1/users/x/advertisers"));
  CHECK_FALSE(services().is_lenient("/v1/nothing"));
}

TEST_CASE("an access group that is open is public, the rest stays", "[contract][lenient]") {
  const Contract open = Contract::load_folder("services", {"advert"});
  const auto access = [&open](const std::string& method, const std::string& path) {
    return open.match(method, path).value->access;
  };
  CHECK(access("POST", "/v1/time/advance") == Access::public_);
  CHECK(access("PUT", "/v1/advertisers/" + kLowerId + "/owner") == Access::staff);
  CHECK(services().match("POST", "/v1/time/advance").value->access == Access::staff);
}

TEST_CASE("doubles are written shortest, without an exponent", "[contract][lenient]") {
  const auto written = [](double value) {
    std::string text;
    append_json_number(value, text);
    return text;
  };
  CHECK(written(0.1) == "0.1");
  CHECK(written(2) == "2");
  CHECK(written(1e-7) == "0.0000001");
  CHECK(written(1e21) == "1000000000000000000000");
  CHECK(json::parse(written(37.0 / 91)).as_double() == 37.0 / 91);
}
