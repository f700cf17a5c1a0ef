// The identity service is killed while people register, sign in and stay signed in.
#include <atomic>
#include <mutex>
#include <thread>

#include <catch2/catch.hpp>

#include "libs/core/clock.hpp"
#include "libs/testing/testing.hpp"
#include "tests/e2e/support/account.hpp"
#include "tests/e2e/support/instance.hpp"
#include "tests/e2e/support/shop.hpp"
#include "tests/e2e/support/topic.hpp"

using namespace waybill;
using namespace waybill::e2e;
using testing::eventually;

namespace {

constexpr seconds kPatience{60};

// By ops, who is not limited; the routes are public.
Reply ask_token(const boost::json::object& grant) {
  return post("/v1/auth/token", grant);
}

// No connection, or a service that did not answer: whether it was done is not known.
bool is_unknown(int status) {
  return status == 0 || status == 503;
}

// People who register and refresh their tokens all the time, as careful clients do it.
class People {
 public:
  explicit People(int count) {
    for (int i = 0; i < count; ++i) threads_.emplace_back([this] { live(); });
  }
  ~People() { stop(); }

  void stop() {
    stopping_ = true;
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }

  std::int64_t refreshed() const { return refreshed_; }
  // What happened; after stop(). Each account is as it registered, with the pair of its last login.
  struct Somebody {
    Account account;
    std::string refresh_token;
  };
  std::vector<Somebody> all() const { return all_; }
  std::vector<std::string> surprises() const { return surprises_; }

 private:
  void live() {
    while (!stopping_) {
      Somebody somebody{register_one(), {}};
      if (somebody.account.id.empty()) return;
      sign_in_again(somebody);
      for (int i = 0; i < 5 && !somebody.refresh_token.empty(); ++i) use(somebody);
      const std::lock_guard lock{mutex_};
      all_.push_back(std::move(somebody));
    }
  }

  // With one key until there is an outcome: 201, however often it takes.
  Account register_one() {
    const std::string name = unique("person");
    Account account{{}, name + "@test.example", unique("password"), {}};
    const Call once =
        with_header(json_call("POST", "/v1/auth/register",
                              {{"email", account.email}, {"password", account.password}}),
                    "Idempotency-Key", name);
    account.id = settled(201, [&] { return call(once); }).id();
    return account;
  }

  void sign_in_again(Somebody& somebody) {
    keep(somebody, settled(200, [&] {
           return ask_token(
               {{"username", somebody.account.email}, {"password", somebody.account.password}});
         }));
  }

  // A token whose answer was lost is tried once more: either it is still good, or it was used up,
  // and coming a second time has ended the login.
  void use(Somebody& somebody) {
    const std::string token = somebody.refresh_token;
    const auto try_it = [&] {
      return ask_token({{"grant_type", "refresh_token"}, {"refresh_token", token}});
    };
    Reply answer = try_it();
    const bool was_lost = is_unknown(answer.status);
    if (was_lost) {
      eventually(kPatience, [&] { return !is_unknown((answer = try_it()).status); });
    }
    if (answer.status == 200) {
      keep(somebody, answer);
      ++refreshed_;
    } else if (answer.status == 401 && was_lost) {
      sign_in_again(somebody);
    } else {
      surprise(answer);
    }
  }

  Reply settled(int wanted, const std::function<Reply()>& attempt) {
    Reply answer;
    eventually(kPatience, [&] { return !is_unknown((answer = attempt()).status); });
    if (answer.status != wanted) surprise(answer);
    return answer;
  }

  void keep(Somebody& somebody, const Reply& pair) {
    somebody.refresh_token = pair.member("refresh_token");
    somebody.account.token = pair.member("access_token");
  }

  void surprise(const Reply& answer) {
    const std::lock_guard lock{mutex_};
    surprises_.push_back(fmt::format("{} {}", answer.status, answer.text));
  }

  std::atomic<bool> stopping_{false};
  std::atomic<std::int64_t> refreshed_{0};
  mutable std::mutex mutex_;
  std::vector<Somebody> all_;
  std::vector<std::string> surprises_;
  std::vector<std::thread> threads_;
};

// There once, under its e-mail, with its password, and told once.
void check_registered(const Account& account, const TopicWatch& topic) {
  const Reply found = get("/v1/users?email=" + web::url_encode(account.email));
  REQUIRE(found.status == 200);
  REQUIRE(found.body().at("items").as_array().size() == 1);
  CHECK(text(found.body().at("items").at(0).as_object(), "id") == account.id);
  const std::vector<std::string> told = topic.of(account.id);
  CHECK(std::count(told.begin(), told.end(), "UserChanged 1") == 1);
  CHECK(ask_token({{"username", account.email}, {"password", account.password}}).status == 200);
}

// The newest token is good once; the second use ends the login, its new tokens too.
void check_reuse(const People::Somebody& somebody) {
  const auto use = [](const std::string& token) {
    return ask_token({{"grant_type", "refresh_token"}, {"refresh_token", token}});
  };
  const Reply next = use(somebody.refresh_token);
  REQUIRE(next.status == 200);
  CHECK(use(somebody.refresh_token).status == 401);
  CHECK(use(next.member("refresh_token")).status == 401);
  const Call me = as(next.member("access_token"), {"GET", "/v1/products", {}, {}});
  CHECK(eventually(seconds{2}, [&] { return call(me).status == 401; }));
}

}  // namespace

TEST_CASE("identity killed in mid-traffic loses no account and no login, and makes none twice",
          "[e2e][failure]") {
  const Instant began = now();
  TopicWatch topic{"waybill.users"};
  People people{4};
  for (int i = 0; i < 3; ++i) {
    const std::int64_t wanted = people.refreshed() + 30;
    REQUIRE(eventually(kPatience, [&] { return people.refreshed() >= wanted; }));
    std::vector<pid_t> pids;
    REQUIRE(eventually(kPatience, [&] { return !(pids = pids_of("identity")).empty(); }));
    kill_hard(pids);
  }
  const std::int64_t wanted = people.refreshed() + 30;
  CHECK(eventually(kPatience, [&] { return people.refreshed() >= wanted; }));
  people.stop();
  CHECK(people.surprises() == std::vector<std::string>{});
  REQUIRE(eventually(kPatience, is_ready));

  const std::vector<People::Somebody> all = people.all();
  REQUIRE(all.size() >= 10);
  const auto all_told = [&] {
    return std::all_of(all.begin(), all.end(),
                       [&](const auto& one) { return !topic.of(one.account.id).empty(); });
  };
  CHECK(topic.until(kPatience, all_told));
  for (const People::Somebody& one : all) check_registered(one.account, topic);
  for (const People::Somebody& one : all) check_reuse(one);

  // Without --history only the platform itself is compared; what is wrong with it throws.
  const std::string told =
      run(fmt::format("{} audit --quiet --settle 90s --since {}", WAYBILL_TOOL, to_rfc3339(began)));
  CHECK(told.find("Clean: nothing lost, nothing twice.") != std::string::npos);
}
