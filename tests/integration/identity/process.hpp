// One process of the identity service in miniature: the direct API with its lanes, keys and
// relays, over the test's database, brokers in memory and a real Redis. Two of them on one database
// are two processes.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "libs/testing/surroundings.hpp"
#include "services/identity/timers/first_ops.hpp"
#include "tests/integration/identity/accounts.hpp"
#include "waybill/identity/v1/events.pb.h"

namespace waybill::identity::test {

// Cheap hashes, so that a test takes milliseconds.
inline Policy test_policy() {
  Policy policy;
  policy.key_secret = config::Secret{"a secret for tests only"};
  policy.password_cost = {64, 1, 1};
  return policy;
}

using Fields = std::vector<std::pair<std::string, std::string>>;

class Process {
 public:
  explicit Process(Policy with = test_policy(), direct::LaneSizes sizes = {},
                   pg::Options on = database().options())
      : policy{std::move(with)},
        keys{policy},
        connection_{on},
        around_{"identity", on, "waybill.users"},
        api{around_.io, policy, keys, on, transactions(), sizes} {
    keys.tend(connection_, now());
    around_.start();
  }

  ~Process() { around_.stop(); }

  direct::Transactions transactions() {
    direct::Transactions made;
    made.run = [this](pg::Connection& connection, const auto& work) {
      around_.transact(connection, work);
    };
    made.run_once = [this](pg::Connection& connection, const outbox::DirectCommand& command,
                           const auto& work) {
      auto outcome = around_.run_direct(connection, command, work);
      if (dies_after_commit.exchange(false)) throw pg::UnavailableError{"the process is gone"};
      return outcome;
    };
    return made;
  }

  // What the gateway would send; the answer comes later.
  std::future<web::Response> start(const std::string& path, const boost::json::object& body,
                                   const Caller& caller = {}, const Fields& headers = {}) {
    auto request = std::make_unique<web::Request>();
    request->method = "POST";
    request->path = path;
    request->target = path;
    request->body = boost::json::serialize(body);
    request->trace.correlation_id = "test";
    request->headers.set("Waybill-Caller", to_header(caller));
    request->headers.set("Waybill-Client-Address", "192.0.2.7");
    for (const auto& [name, value] : headers) request->headers.set(name, value);
    return boost::asio::co_spawn(around_.io, answer(api, std::move(request)),
                                 boost::asio::use_future);
  }

  web::Response post(const std::string& path, const boost::json::object& body,
                     const Caller& caller = {}, const Fields& headers = {}) {
    return start(path, body, caller, headers).get();
  }

  pg::Connection& connection() { return connection_; }
  outbox::Relays& relays() { return around_.relays; }

  const Policy policy;
  keys::KeyRing keys;
  std::atomic<bool> dies_after_commit{false};  // the next command's answer is lost

 private:
  static async::awaitable<web::Response> answer(direct::DirectApi& api,
                                                std::unique_ptr<web::Request> request) {
    auto response = co_await api.handle(*request);
    co_return response;
  }

  pg::Connection connection_;
  testing::Surroundings around_;

 public:
  direct::DirectApi api;
};

// ---- short ways ----

inline boost::json::object json_of(const web::Response& response) {
  return boost::json::parse(response.body).as_object();
}
inline std::string text_of(const boost::json::object& object, std::string_view name) {
  return std::string{object.at(name).as_string()};
}

inline const std::string kPassword = "correct horse battery staple";

struct Account {
  Id id;
  std::string email;
  std::string password;

  Caller caller() const { return {id, Role::customer}; }
};

inline boost::json::object registration(const std::string& email,
                                        const std::string& password = kPassword) {
  return {{"email", email}, {"password", password}};
}

inline std::string fresh_email() {
  return fresh_name("ada") + "@example.org";
}

inline Account register_somebody(Process& process, const std::string& password = kPassword) {
  Account account{{}, fresh_email(), password};
  const auto response = process.post("/v1/auth/register", registration(account.email, password));
  account.id = *Id::parse(text_of(json_of(response), "id"));
  return account;
}

inline web::Response sign_in(Process& process, const std::string& name,
                             const std::string& password = kPassword) {
  return process.post("/v1/auth/token", {{"username", name}, {"password", password}});
}

struct Pair {
  std::string access, refresh;
};
inline Pair pair_of(const web::Response& response) {
  const auto body = json_of(response);
  return {text_of(body, "access_token"), text_of(body, "refresh_token")};
}

inline web::Response refresh(Process& process, const std::string& token) {
  return process.post("/v1/auth/token",
                      {{"grant_type", "refresh_token"}, {"refresh_token", token}});
}

inline auth::Claims claims_of(Process& process, const std::string& access) {
  return std::get<auth::Claims>(
      auth::verify_token(access, process.keys.key_set(), process.policy.rules, now()));
}

// What was told of a user's sessions, oldest first.
inline std::vector<v1::SessionsRevoked> revocations(Process& process, const Id& user) {
  static constexpr pg::Statement find{"find_revocations", R"(
    SELECT payload FROM (SELECT id, key, type, payload FROM outbox
                          UNION ALL SELECT id, key, type, payload FROM outbox_sent) AS told
     WHERE key = $1 AND type = 'waybill.identity.v1.SessionsRevoked' ORDER BY id)"};
  std::vector<v1::SessionsRevoked> events;
  pg::Session session{process.connection()};
  const pg::Rows rows = session.exec(find, user.to_string());
  for (const pg::Row row : rows) {
    events.emplace_back();
    events.back().ParseFromString(row.bytes(0));
  }
  return events;
}

}  // namespace waybill::identity::test
