// Passwords, tokens and the platform's own secrets are planted, and then looked for wherever they
// must not be: in the logs, databases, queues and topics of the whole platform, in Redis, in
// metrics and in answers.
#include <fstream>

#include <catch2/catch.hpp>

#include "libs/testing/testing.hpp"
#include "tests/e2e/support/account.hpp"
#include "tests/e2e/support/instance.hpp"
#include "tests/e2e/support/shop.hpp"

using namespace waybill;
using namespace waybill::e2e;
using testing::eventually;
namespace json = boost::json;

namespace {

// A file with one text per line, for grep.
class Patterns {
 public:
  explicit Patterns(const std::set<std::string>& texts) {
    std::ofstream out{path_};
    for (const std::string& text : texts) out << text << '\n';
  }
  ~Patterns() { std::filesystem::remove(path_); }
  Patterns(const Patterns&) = delete;
  Patterns& operator=(const Patterns&) = delete;

  // "./order-0.log:secret" for each file below `folder` that has one of them, as it is. RabbitMQ's
  // settings, which nobody else may read, have its password.
  std::string found_in(const std::filesystem::path& folder) const {
    return run(
        fmt::format("cd {} && grep -rsaoHF --exclude=rabbitmq.conf -f {} . | sort -u | head -20",
                    folder.string(), path_.string()));
  }

 private:
  std::filesystem::path path_ = std::filesystem::temp_directory_path() / unique("patterns");
};

// Everything that Redis holds, and what each service says of itself.
std::string memories() {
  constexpr const char* kAll =
      "local all = {} for _, key in ipairs(redis.call('KEYS', '*')) do "
      "local kind, text = redis.call('TYPE', key).ok, '' "
      "if kind == 'string' then text = redis.call('GET', key) end "
      "if kind == 'hash' then text = table.concat(redis.call('HGETALL', key), ' ') end "
      "if kind == 'zset' then text = table.concat(redis.call('ZRANGE', key, 0, -1), ' ') end "
      "all[#all + 1] = key .. ' ' .. text end return all";
  std::string all;
  for (const char* redis : {"WAYBILL_REDIS_URL", "WAYBILL_MEMORY_URL"}) {
    all +=
        run(fmt::format("redis-cli -u {} --raw EVAL \"{}\" 0", testing::environment(redis), kAll));
  }
  for (const char* service :
       {"GATEWAY", "IDENTITY", "ORDER", "PRODUCT", "REPORT", "FILE", "ADVERT", "BOT"}) {
    const std::string ops = testing::environment(std::string{"WAYBILL_OPS_"} + service);
    all += run(fmt::format("curl -s http://{0}/metrics http://{0}/health/ready", ops));
  }
  return all;
}

// The instance's own: database and broker passwords, the first account's, the key of the keys.
std::set<std::string> secrets_of_the_platform() {
  std::set<std::string> secrets;
  std::ifstream in{instance_folder() / "secrets.env"};
  for (std::string line; std::getline(in, line);) {
    const std::size_t equals = line.find('=');
    if (equals != std::string::npos) secrets.insert(line.substr(equals + 1));
  }
  return secrets;
}

// Somebody with bad luck: each of his passwords and tokens goes every wrong way there is.
class Unlucky {
 public:
  // Each text is in the e-mail, the description and the correlation ids, which do leave traces.
  const std::string marker = unique("marker");
  std::set<std::string> secrets;
  std::string answers;  // all but those that are there to give tokens

  void live() {
    const std::string id = register_twice();
    const Reply first = sign_in(email_, first_password_);
    keep(first);
    const Reply second = refresh(first.member("refresh_token"));
    keep(second);
    misuse_passwords();
    misuse_tokens(second.member("access_token"), second.member("refresh_token"));
    change(id, second.member("access_token"));
    say(refresh(first.member("refresh_token")));  // again: it ends the login
    for (const char* name : {"access_token", "refresh_token"}) {
      say(ask("/v1/auth/revoke", {{"token", second.member(name)}}));
    }
  }

 private:
  std::string secret(const std::string& stem) {
    return *secrets.insert(unique("canary-" + stem)).first;
  }

  void say(const Reply& reply) { answers += reply.text + '\n'; }

  void keep(const Reply& pair) {
    REQUIRE(pair.status == 200);
    for (const char* name : {"access_token", "refresh_token"}) {
      const std::string token = pair.member(name);
      secrets.insert(token.substr(token.rfind('.') + 1));  // a signature alone gives it away, too
    }
  }

  Call marked(Call call) const {
    return with_header(std::move(call), "X-Correlation-ID", marker.substr(0, 60));
  }
  Reply ask(const std::string& path, const json::value& body) const {
    return call(marked(as("", json_call("POST", path, body))));
  }

  std::string register_twice() {
    const json::object body{{"email", email_}, {"password", first_password_}};
    const Call once =
        with_header(json_call("POST", "/v1/auth/register", body), "Idempotency-Key", unique("key"));
    const Reply made = call(marked(once));
    REQUIRE(made.status == 201);
    CHECK(call(marked(once)).status == 201);
    say(made);
    json::object staff_made = body;
    staff_made["username"] = unique("other");
    say(post("/v1/users", staff_made));  // 409
    staff_made["email"] = unique("other") + "@test.example";
    say(post("/v1/users", staff_made));
    return made.id();
  }

  void misuse_passwords() {
    say(ask("/v1/auth/token", {{"username", email_}, {"password", secret("wrong")}}));
    say(ask("/v1/auth/token", {{"username", secret("as-name")}, {"password", "x"}}));
    say(ask("/v1/auth/token", {{"username", email_}, {"pasword", secret("misspelt")}}));
    say(ask("/v1/auth/token", {{"grant_type", secret("as-type")}, {"password", "x"}}));
    say(ask("/v1/auth/token", json::array{secret("in-list")}));
    say(ask("/v1/auth/register", {{"email", email_}, {"password", secret("taken")}}));
    say(ask("/v1/auth/register", {{"email", secret("as-mail")}, {"password", secret("bad")}}));
    say(ask("/v1/auth/register", {{"email", email_}, {"pass", secret("unknown-member")}}));
    const std::string type = "Content-Type";
    const auto raw = [&](const std::string& body, const std::string& media) {
      say(call(marked(as("", {"POST", "/v1/auth/token", body, {{type, media}}}))));
    };
    raw("{\"password\": \"" + secret("broken") + "\"", "application/json");
    raw("password=" + secret("form") + "&username=" + email_, "application/x-www-form-urlencoded");
    raw("password=" + secret("bad-form") + "&password=%", "application/x-www-form-urlencoded");
    raw("password=" + secret("text"), "text/plain");
    say(call(marked(as("", {"POST",
                            "/v1/auth/token?password=" + secret("query"),
                            "{}",
                            {{type, "application/json"}}}))));
    say(call(marked(
        as("", {"GET", "/v1/products", "", {{"Authorization", "Basic " + secret("basic")}}}))));
  }

  void misuse_tokens(const std::string& access, const std::string& refresh_token) {
    for (const std::string& token : {access, refresh_token}) {
      say(call(marked(as("", {"GET", "/v1/orders?access_token=" + token, "", {}}))));
      say(call(marked(as("", {"GET", "/v1/orders", "", {{"Authorization", "bear " + token}}}))));
      say(call(marked(as("", {"GET", "/v1/orders", "", {{"Cookie", "token=" + token}}}))));
      say(call(marked(as(token + "x", {"GET", "/v1/orders", "", {}}))));
    }
    say(call(marked(as(refresh_token, {"GET", "/v1/orders", "", {}}))));
    say(ask("/v1/auth/token", {{"grant_type", "refresh_token"}, {"refresh_token", access}}));
  }

  // What does go through the brokers, and another password.
  void change(const std::string& id, const std::string& access) {
    const std::string path = "/v1/users/" + id;
    const auto patch_with = [&](const json::value& body) {
      return call(marked(as(access, json_call("PATCH", path, body))));
    };
    CHECK(patch_with({{"description", marker}}).status == 200);
    say(patch_with({{"password", secret("in-patch")}}));
    CHECK(call(as(access, {"GET", path, {}, {}})).member("description") == marker);
    const auto change_password = [&](const std::string& from, const std::string& to) {
      const json::object body{{"current_password", from}, {"new_password", to}};
      return call(marked(as(access, json_call("POST", "/v1/auth/password", body))));
    };
    say(change_password(secret("not-mine"), secret("refused")));
    const Reply changed = change_password(first_password_, secret("next"));
    CHECK(changed.status == 204);
    say(changed);
  }

  const std::string email_ = marker + "@test.example";
  const std::string first_password_ = secret("first");
};

}  // namespace

TEST_CASE("no password, token or key is in any log, store, queue, topic, metric or answer",
          "[e2e][secrets]") {
  Unlucky somebody;
  somebody.live();
  const std::filesystem::path folder = instance_folder();
  {
    // The search finds what is there, as soon as it is written.
    const Patterns marker{{somebody.marker}};
    for (const char* part : {"log", "postgres", "kafka", "rabbitmq"}) {
      INFO(part);
      CHECK(eventually(seconds{10}, [&] { return !marker.found_in(folder / part).empty(); }));
    }
    CHECK(memories().find(somebody.marker) != std::string::npos);
  }
  std::set<std::string> secrets = secrets_of_the_platform();
  CHECK(secrets.size() >= 8);
  secrets.insert(somebody.secrets.begin(), somebody.secrets.end());
  const Patterns planted{secrets};
  for (const char* part : {"log", "postgres", "kafka", "rabbitmq", "redis"}) {
    CHECK(planted.found_in(folder / part) == "");
  }
  const std::string elsewhere = memories() + somebody.answers;
  for (const std::string& secret : secrets) {
    INFO(secret);
    CHECK(elsewhere.find(secret) == std::string::npos);
  }
}
