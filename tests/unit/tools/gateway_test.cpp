#include "tools/waybill/gateway.hpp"

#include <catch2/catch.hpp>

#include "libs/web/server.hpp"
#include "tools/waybill/retail/jobs.hpp"

using namespace waybill;
using namespace waybill::tool;

namespace {

// A gateway that gives these answers one after the other, and keeps what it was asked.
class ScriptedGateway final : public web::Handler {
 public:
  explicit ScriptedGateway(std::vector<web::Response> script) : script_{std::move(script)} {
    server_.start();
  }

  web::awaitable<web::Response> handle(web::Request& request) override {
    requests.push_back(request);
    co_return script_.at(requests.size() - 1);
  }

  Answer write(const std::string& body) {
    GatewayOptions options;
    options.address = fmt::format("http://127.0.0.1:{}/", server_.port());
    options.credentials = credentials;
    Gateway gateway{io_, options};
    Answer answer;
    retail::run_jobs(io_, 1, 1, [&](std::size_t) { return write_one(gateway, body, answer); });
    return answer;
  }

  std::vector<web::Request> requests;
  Credentials credentials{"secret", {}, {}};

 private:
  static awaitable<void> write_one(Gateway& gateway, std::string body, Answer& answer) {
    boost::json::object object{{"body", body}};
    answer = co_await gateway.write("POST", "/v1/orders", std::move(object), "order 1");
  }

  boost::asio::io_context io_{1};
  std::vector<web::Response> script_;
  web::Server server_{io_, "127.0.0.1:0", *this};
};

web::Response reply(int status, const std::string& text = "{}") {
  web::Response response{status, "application/json", text};
  response.headers.set("Retry-After", "0");
  return response;
}

web::Response token_reply(const std::string& token, int life = 1'800) {
  const boost::json::object body{
      {"access_token", token}, {"refresh_token", "r-" + token}, {"expires_in", life}};
  return reply(200, boost::json::serialize(body));
}

std::string authorization(const web::Request& request) {
  return std::string{request.headers.get("Authorization")};
}

const Credentials kAccount{{}, "ops@test.example", config::Secret{"pass word"}};

}  // namespace

TEST_CASE("429 and 503 are waited out, with the same request and key", "[gateway]") {
  ScriptedGateway gateway{{reply(429), reply(503), reply(201, R"({"id":"7"})")}};
  const Answer answer = gateway.write("a");
  CHECK(answer.status == 201);
  CHECK(answer.text("id") == "7");
  REQUIRE(gateway.requests.size() == 3);
  const std::string key{gateway.requests[0].headers.get("Idempotency-Key")};
  CHECK_FALSE(key.empty());
  CHECK(key.size() <= 255);
  CHECK(gateway.requests[2].headers.get("Idempotency-Key") == key);
  CHECK(gateway.requests[2].body == gateway.requests[0].body);
  CHECK(gateway.requests[0].headers.get("Authorization") == "Bearer secret");
}

TEST_CASE("a late outcome is asked for again", "[gateway]") {
  ScriptedGateway gateway{{reply(202), reply(202), reply(201)}};
  CHECK(gateway.write("a").status == 201);
}

TEST_CASE("another body has another key", "[gateway]") {
  ScriptedGateway gateway{{reply(201), reply(201)}};
  gateway.write("a");
  gateway.write("b");
  CHECK(gateway.requests[0].headers.get("Idempotency-Key") !=
        gateway.requests[1].headers.get("Idempotency-Key"));
}

TEST_CASE("a refusal is an answer with its code and all that is wrong", "[gateway]") {
  ScriptedGateway gateway{
      {reply(400, R"({"code":"validation-failed","detail":"Bad.","errors":[{"pointer":"/items",)"
                  R"("message":"too many"},{"parameter":"limit","message":"too big"}]})")}};
  const Answer answer = gateway.write("a");
  CHECK(answer.status == 400);
  CHECK(answer.code() == "validation-failed");
  CHECK(answer.detail() == "Bad.; /items too many; limit too big");
}

TEST_CASE("an error of the server is tried a few times, then it is the answer", "[gateway]") {
  ScriptedGateway gateway{std::vector<web::Response>(10, reply(500, "oops"))};
  const Answer answer = gateway.write("a");
  CHECK(answer.status == 500);
  CHECK(answer.code() == "http-500");
  CHECK(gateway.requests.size() == 5);
}

TEST_CASE("nobody at the address is told at once, with what to do", "[gateway]") {
  boost::asio::io_context io{1};
  GatewayOptions options;
  options.address = "127.0.0.1:1";
  Gateway gateway{io, options};
  const auto check = [&](std::size_t) { return gateway.check(); };
  CHECK_THROWS_AS(retail::run_jobs(io, 1, 1, check), GatewayAway);
  CHECK_THROWS_AS(Gateway(io, {"https://x", {}, 1, std::chrono::minutes{1}}),
                  std::invalid_argument);
}

TEST_CASE("jobs run a few at a time, and the first failure ends them", "[jobs]") {
  boost::asio::io_context io{1};
  struct Counting {
    std::size_t running = 0, most = 0, done = 0;
    awaitable<void> work(std::size_t index) {
      most = std::max(most, ++running);
      boost::asio::steady_timer timer{co_await boost::asio::this_coro::executor};
      timer.expires_after(std::chrono::milliseconds{1});
      co_await timer.async_wait(boost::asio::use_awaitable);
      --running;
      ++done;
      if (index == 57) throw std::runtime_error{"57"};
    }
  } counting;
  const retail::Job job = [&](std::size_t index) { return counting.work(index); };
  retail::run_jobs(io, 50, 7, job);
  CHECK(counting.done == 50);
  CHECK(counting.most == 7);
  CHECK_THROWS_WITH(retail::run_jobs(io, 1000, 7, job), "57");
  CHECK(counting.done < 50 + 100);
}

TEST_CASE("with an account a run signs in before it asks", "[gateway][session]") {
  ScriptedGateway gateway{{token_reply("t1"), reply(201)}};
  gateway.credentials = kAccount;
  CHECK(gateway.write("a").status == 201);
  REQUIRE(gateway.requests.size() == 2);
  CHECK(gateway.requests[0].path == "/v1/auth/token");
  CHECK(boost::json::parse(gateway.requests[0].body) ==
        boost::json::value{{"grant_type", "password"},
                           {"username", "ops@test.example"},
                           {"password", "pass word"}});
  CHECK(authorization(gateway.requests[1]) == "Bearer t1");
}

TEST_CASE("a token is renewed before it expires", "[gateway][session]") {
  ScriptedGateway gateway{{token_reply("t1", 0), reply(503), token_reply("t2"), reply(201)}};
  gateway.credentials = kAccount;
  CHECK(gateway.write("a").status == 201);
  REQUIRE(gateway.requests.size() == 4);
  CHECK(boost::json::parse(gateway.requests[2].body).at("refresh_token") == "r-t1");
  CHECK(authorization(gateway.requests[3]) == "Bearer t2");
}

TEST_CASE("a run whose session was ended signs in again", "[gateway][session]") {
  ScriptedGateway gateway{
      {token_reply("t1"), reply(401), reply(401), token_reply("t2"), reply(201)}};
  gateway.credentials = kAccount;
  CHECK(gateway.write("a").status == 201);
  REQUIRE(gateway.requests.size() == 5);
  CHECK(boost::json::parse(gateway.requests[2].body).at("grant_type") == "refresh_token");
  CHECK(boost::json::parse(gateway.requests[3].body).at("grant_type") == "password");
  CHECK(authorization(gateway.requests[4]) == "Bearer t2");
}

TEST_CASE("an account that is not taken ends the run at once", "[gateway][session]") {
  ScriptedGateway gateway{{reply(401)}};
  gateway.credentials = kAccount;
  CHECK_THROWS_AS(gateway.write("a"), SignInRefused);
  CHECK(gateway.requests.size() == 1);
}

TEST_CASE("a token that was given is used as it is, refused or not", "[gateway][session]") {
  ScriptedGateway gateway{{reply(401)}};
  CHECK(gateway.write("a").status == 401);
  CHECK(gateway.requests.size() == 1);
}

TEST_CASE("who may not sign in yet tries again", "[gateway][session]") {
  ScriptedGateway gateway{{reply(429), token_reply("t1"), reply(201)}};
  gateway.credentials = kAccount;
  CHECK(gateway.write("a").status == 201);
  REQUIRE(gateway.requests.size() == 3);
  CHECK(authorization(gateway.requests[2]) == "Bearer t1");
}
