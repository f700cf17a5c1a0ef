#include "tests/e2e/support/account.hpp"

#include <fstream>
#include <mutex>

#include "libs/core/id.hpp"
#include "libs/testing/testing.hpp"
#include "tests/e2e/support/shop.hpp"

namespace waybill::e2e {
namespace {

namespace json = boost::json;

// An IPv6 network of its own.
std::string new_address() {
  const std::string id = new_id().to_string();
  return "2001:db8:" + id.substr(28, 4) + ':' + id.substr(32) + "::1";
}

std::string some_token(const Reply& reply, std::string_view member = "access_token") {
  if (reply.status != 200) {
    throw std::runtime_error{fmt::format("no token, but {}: {}", reply.status, reply.text)};
  }
  return reply.member(member);
}

std::string first_line(const std::string& path) {
  std::ifstream in{path};
  std::string line;
  std::getline(in, line);
  return line;
}

// Of the operator. Thread-safe.
class Login {
 public:
  std::string token() {
    const std::lock_guard lock{mutex_};
    if (!token_.empty() && std::chrono::steady_clock::now() < renew_at_) return token_;
    const Reply reply = sign_in(testing::environment("WAYBILL_EMAIL"),
                                first_line(testing::environment("WAYBILL_PASSWORD_FILE")));
    // Its last token is good for a while yet: identity may be what a test has stopped.
    if (reply.status != 200 && !token_.empty()) return token_;
    token_ = some_token(reply);
    renew_at_ =
        std::chrono::steady_clock::now() + std::chrono::seconds{reply.number("expires_in")} * 2 / 3;
    return token_;
  }

 private:
  std::mutex mutex_;
  std::string token_;
  std::chrono::steady_clock::time_point renew_at_;
};

}  // namespace

std::string ops_token() {
  static Login login;
  return login.token();
}

Reply sign_in(const std::string& name, const std::string& password) {
  return call(
      as("", json_call("POST", "/v1/auth/token", {{"username", name}, {"password", password}})));
}

Reply refresh(const std::string& refresh_token) {
  return call(
      as("", json_call("POST", "/v1/auth/token",
                       {{"grant_type", "refresh_token"}, {"refresh_token", refresh_token}})));
}

Call as(const std::string& token, Call call) {
  call.anonymous = token.empty();
  if (call.anonymous) return with_header(std::move(call), "X-Forwarded-For", new_address());
  return with_header(std::move(call), "Authorization", "Bearer " + token);
}

Account make_account(const std::vector<std::string>& roles) {
  const std::string name = unique("account");
  Account account{{}, name + "@test.example", unique("password"), {}};
  json::object body{{"email", account.email}, {"username", name}, {"password", account.password}};
  if (!roles.empty()) body["roles"] = json::value_from(roles);
  const Reply made = post("/v1/users", body);
  if (made.status != 201) {
    throw std::runtime_error{fmt::format("no account, but {}: {}", made.status, made.text)};
  }
  account.id = made.id();
  account.token = some_token(sign_in(account.email, account.password));
  return account;
}

}  // namespace waybill::e2e
