// Roles, passwords, sessions and the schedule of keys: what is decided without a database.
#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include "services/identity/domain/key_schedule.hpp"
#include "services/identity/domain/password.hpp"
#include "services/identity/domain/roles.hpp"
#include "services/identity/domain/sessions.hpp"
#include "services/identity/domain/user.hpp"

using namespace waybill;
using namespace waybill::identity::domain;

namespace {

const Instant kNow = from_unix_micros(1'800'000'000'700'000);

RefreshToken token(Instant expires_at) {
  return {{new_id(), new_id(), {}}, expires_at, {}};
}

const KeyPlan kPlan{std::chrono::hours{24}, std::chrono::minutes{10}, std::chrono::minutes{30}};

}  // namespace

TEST_CASE("roles are in order, none twice, customer always", "[roles]") {
  CHECK(read_roles({}).value() == Roles{Role::customer});
  CHECK(read_roles({"ops", "staff", "ops"}).value() ==
        Roles{Role::customer, Role::staff, Role::ops});
  CHECK(to_text(read_roles({"ops"}).value()) == "customer ops");
  for (const auto* name : {"", "root", "nobody", "Ops"}) {
    CHECK_FALSE(read_roles({"staff", name}).has_value());
  }
}

TEST_CASE("other roles are a new version, the same ones are not", "[roles]") {
  User user;
  CHECK(with_roles(user, only_customer, kNow) == user);
  const User staff = with_roles(user, {Role::customer, Role::staff}, kNow);
  CHECK(staff.version == 2);
  CHECK(deleted(staff, kNow).roles == only_customer);
}

TEST_CASE("a password has 8 to 256 characters of any script", "[password]") {
  const auto allowed = [](const std::string& password) {
    return check_password(password, "Ada@example.org", "countess", "/password").has_value();
  };
  CHECK(allowed("12345678"));
  CHECK(allowed("        "));
  CHECK(allowed("пароль12"));
  CHECK(allowed("密码密码密码密码"));
  CHECK(allowed(std::string(256, 'x')));
  CHECK_FALSE(allowed("1234567"));
  CHECK_FALSE(allowed("密码密码密码密"));
  CHECK_FALSE(allowed(std::string(257, 'x')));
  CHECK_FALSE(allowed("ada@EXAMPLE.org"));
  CHECK_FALSE(allowed("Countess"));
  CHECK(allowed("Countess "));
}

TEST_CASE("a refresh token is taken once, before it expires, while its login lasts", "[sessions]") {
  const RefreshToken fresh = token(kNow + seconds{1});
  CHECK(judge(fresh, kNow) == Use::accept);
  CHECK(judge(fresh, kNow + seconds{1}) == Use::refuse);
  RefreshToken used = fresh;
  used.used_at = kNow;
  CHECK(judge(used, kNow) == Use::reuse);
  CHECK(judge(used, kNow + seconds{1}) == Use::reuse);
  used.session.ended_at = kNow;
  CHECK(judge(used, kNow) == Use::refuse);
  RefreshToken ended = fresh;
  ended.session.ended_at = kNow;
  CHECK(judge(ended, kNow) == Use::refuse);
}

TEST_CASE("sessions that are ended take all tokens before with them, and none after",
          "[sessions]") {
  CHECK(rc::check([] {
    Instant at = kNow;
    std::optional<Instant> ended;
    std::vector<Instant> issued;  // since the last end
    for (const int step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4'000))) {
      at += milliseconds{step / 2};
      if (step % 2 == 0) {
        issued.push_back(issue_time(at, ended));
        if (ended) RC_ASSERT(issued.back() > *ended);
        RC_ASSERT(issued.back() == std::chrono::floor<seconds>(issued.back()));
      } else {
        ended = end_time(at, ended);
        for (const Instant time : issued) RC_ASSERT(time <= *ended);
        issued.clear();
      }
    }
  }));
}

TEST_CASE("the first key signs at once, the next one after its lead", "[keys]") {
  CHECK(is_due({}, kPlan, kNow));
  const KeyTimes first = next_key({}, kPlan, kNow);
  CHECK(first.signs_from == kNow);
  std::vector keys{first};
  CHECK(signing_key(keys, kNow) == 0U);
  CHECK_FALSE(signing_key(keys, kNow - seconds{1}));
  const Instant due = kNow + kPlan.rotation - kPlan.lead;
  CHECK_FALSE(is_due(keys, kPlan, due - seconds{1}));
  CHECK(is_due(keys, kPlan, due));
  keys.push_back(next_key(keys, kPlan, due));
  CHECK(keys[1].created_at == due);
  CHECK(keys[1].signs_from == due + kPlan.lead);
  CHECK_FALSE(is_due(keys, kPlan, due));
  CHECK(signing_key(keys, due) == 0U);
  CHECK(signing_key(keys, due + kPlan.lead) == 1U);
}

TEST_CASE("a key goes when its last token has expired, the last key never", "[keys]") {
  const std::vector<KeyTimes> keys{{kNow, kNow}, {kNow, kNow + std::chrono::hours{1}}};
  const Instant last_token = keys[1].signs_from + kPlan.token_life;
  CHECK(count_outlived(keys, kPlan, last_token) == 0);
  CHECK(count_outlived(keys, kPlan, last_token + std::chrono::minutes{1}) == 1);
  CHECK(count_outlived(std::span{keys}.subspan(1), kPlan, kNow + std::chrono::hours{9'000}) == 0);
}
