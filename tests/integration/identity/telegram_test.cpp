// Linking Telegram users with accounts, against a real database.
#include <catch2/catch.hpp>

#include "tests/integration/identity/process.hpp"

using namespace waybill;
using namespace waybill::identity;
using namespace waybill::identity::test;
namespace json = boost::json;

namespace {

// Telegram users of their own for each test.
std::int64_t fresh_telegram_user() {
  static std::int64_t last = 7'000'000'000;  // beyond 32 bits, as real ones are
  return ++last;
}

Caller owner(const std::string& user) {
  return {Id::parse(user), Role::customer};
}

std::string link_path(const std::string& user) {
  return "/v1/users/" + user + "/telegram-link";
}

std::string code_for(Process& process, const std::string& user) {
  const auto response = process.post(link_path(user), {}, owner(user));
  REQUIRE(response.status == 201);
  return text_of(json_of(response), "code");
}

v1::LinkTelegram redeem(std::int64_t telegram_user, const std::string& code) {
  v1::LinkTelegram body;
  body.set_telegram_user_id(telegram_user);
  body.set_username("ada_l");
  body.set_code(code);
  return body;
}

Done link(Worker& worker, std::int64_t telegram_user, const std::string& code) {
  return worker.run_one(commands::link_telegram, redeem(telegram_user, code));
}

json::value link_of(Worker& worker, const std::string& user) {
  const auto response = worker.get(queries::find_telegram_link, {{"id", user}}, {}, owner(user));
  REQUIRE(response.has_value());
  return json::parse(response->body);
}

// The account for which a Telegram user acts; empty for none.
std::string account_of(Worker& worker, std::int64_t telegram_user) {
  const auto response = worker.get(queries::find_telegram_account,
                                   {{"telegram_user_id", std::to_string(telegram_user)}});
  if (!response) return {};
  return text_of(json::parse(response->body).as_object(), "user_id");
}

}  // namespace

TEST_CASE("a code links a Telegram user with the account that asked for it",
          "[identity][telegram]") {
  Process process;
  Worker worker;
  const std::string user = create(worker);
  const std::int64_t telegram_user = fresh_telegram_user();
  CHECK_FALSE(link_of(worker, user).at("linked").as_bool());

  const auto response = process.post(link_path(user), {}, owner(user));
  REQUIRE(response.status == 201);
  CHECK(response.headers.get("Cache-Control") == "no-store");
  const auto body = json_of(response);
  const std::string code = text_of(body, "code");
  CHECK(code.size() == 16);
  CHECK(text_of(body, "url") == "https://t.me/waybill_bot?start=" + code);

  const Done linked = link(worker, telegram_user, code);
  REQUIRE(linked.outcome().status == 200);
  CHECK(text_of(linked.body().as_object(), "user_id") == user);
  CHECK(linked.body().at("replaced_telegram_user_id").is_null());
  CHECK(account_of(worker, telegram_user) == user);
  const auto shown = link_of(worker, user);
  CHECK(shown.at("linked").as_bool());
  CHECK(shown.at("telegram_username") == "ada_l");
  CHECK(shown.at("linked_at").is_string());
}

TEST_CASE("wrong, used, voided and expired codes are refused with one text",
          "[identity][telegram]") {
  Process process;
  Worker worker;
  const std::string user = create(worker);
  const Done wrong = link(worker, fresh_telegram_user(), "AAAAAAAAAAAAAAAA");
  REQUIRE(wrong.outcome().fault.has_value());
  CHECK(wrong.code() == "invalid-code");

  const std::string voided = code_for(process, user);
  const std::string used = code_for(process, user);
  REQUIRE(link(worker, fresh_telegram_user(), used).outcome().status == 200);
  const std::string expired = code_for(process, user);
  auto late = command(redeem(fresh_telegram_user(), expired));
  late.now += std::chrono::minutes{10};
  for (const Done& refused :
       {link(worker, fresh_telegram_user(), voided), link(worker, fresh_telegram_user(), used),
        worker.run(commands::link_telegram, std::vector{late})}) {
    REQUIRE(refused.outcome().fault.has_value());
    CHECK(refused.outcome().fault->detail == wrong.outcome().fault->detail);
  }
}

TEST_CASE("the sixth code of a Telegram user within ten minutes is not even looked at",
          "[identity][telegram]") {
  Process process;
  Worker worker;
  const std::string user = create(worker);
  const std::int64_t telegram_user = fresh_telegram_user();
  for (int i = 0; i < 5; ++i) CHECK(link(worker, telegram_user, "wrong").code() == "invalid-code");
  const std::string code = code_for(process, user);
  CHECK(link(worker, telegram_user, code).code() == "rate-limited");

  auto later = command(redeem(telegram_user, code_for(process, user)));
  later.now += std::chrono::minutes{9};
  later.cause.sent_at = later.now;
  CHECK(worker.run(commands::link_telegram, std::vector{later}).code() == "rate-limited");
  CHECK(link(worker, fresh_telegram_user(), code_for(process, user)).outcome().status == 200);
}

TEST_CASE("a new link takes the place of the old ones, and names whom to tell",
          "[identity][telegram]") {
  Process process;
  Worker worker;
  const std::string ada = create(worker);
  const std::string ben = create(worker);
  const std::int64_t first = fresh_telegram_user();
  const std::int64_t second = fresh_telegram_user();
  REQUIRE(link(worker, first, code_for(process, ada)).outcome().status == 200);
  const Done replaced = link(worker, second, code_for(process, ada));
  REQUIRE(replaced.outcome().status == 200);
  CHECK(replaced.body().at("replaced_telegram_user_id") == first);
  CHECK(account_of(worker, first).empty());
  CHECK(account_of(worker, second) == ada);

  REQUIRE(link(worker, second, code_for(process, ben)).outcome().status == 200);
  CHECK(account_of(worker, second) == ben);
  CHECK_FALSE(link_of(worker, ada).at("linked").as_bool());
}

TEST_CASE("a link ends by its owner, and with its account", "[identity][telegram]") {
  Process process;
  Worker worker;
  const std::string user = create(worker);
  const std::int64_t telegram_user = fresh_telegram_user();
  REQUIRE(link(worker, telegram_user, code_for(process, user)).outcome().status == 200);
  v1::UnlinkTelegram unlink;
  unlink.set_user_id(user);
  CHECK(worker.run_one(commands::unlink_telegram, unlink, owner(create(worker))).code() ==
        "not-found");
  CHECK(account_of(worker, telegram_user) == user);
  CHECK(worker.run_one(commands::unlink_telegram, unlink, owner(user)).outcome().status == 204);
  CHECK(account_of(worker, telegram_user).empty());

  REQUIRE(link(worker, telegram_user, code_for(process, user)).outcome().status == 200);
  const std::string waiting = code_for(process, user);
  v1::DeleteUser gone;
  gone.set_user_id(user);
  REQUIRE(worker.run_one(commands::DeleteUsers{test_policy()}, gone).outcome().status == 204);
  CHECK(account_of(worker, telegram_user).empty());
  CHECK(link(worker, fresh_telegram_user(), waiting).code() == "invalid-code");
}

TEST_CASE("links and codes of others are not there", "[identity][telegram]") {
  Process process;
  Worker worker;
  const std::string ada = create(worker);
  const Caller ben = owner(create(worker));
  CHECK(process.post(link_path(ada), {}, ben).status == 404);
  CHECK(process.post(link_path(new_id().to_string()), {}, kStaff).status == 404);
  CHECK_FALSE(worker.get(queries::find_telegram_link, {{"id", ada}}, {}, ben).has_value());
  CHECK_FALSE(
      worker.get(queries::find_telegram_account, {{"telegram_user_id", "1"}}, {}, ben).has_value());
}
