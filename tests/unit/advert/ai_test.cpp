// The writer of texts, against a server that behaves as chat endpoints do.
#include <atomic>
#include <mutex>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "libs/async/async.hpp"
#include "libs/web/server.hpp"
#include "services/advert/ai/copywriter.hpp"

using namespace waybill;
using namespace waybill::advert::ai;
namespace json = boost::json;

namespace {

// A chat endpoint: checks the key and the form of the request as the real ones do.
class Endpoint final : public web::Handler {
 public:
  Endpoint() : server_{io_, "127.0.0.1:0", *this}, work_{io_.get_executor()} {
    server_.start();
    thread_ = std::thread{[this] { io_.run(); }};
  }
  ~Endpoint() override {
    io_.stop();
    thread_.join();
  }

  web::awaitable<web::Response> handle(web::Request& request) override {
    ++asked;
    const auto took = delay.load();
    if (took.count() > 0) co_await async::pause(took);
    co_return answer(request);
  }

  ProviderOptions options() const {
    ProviderOptions options;
    options.url = fmt::format("http://127.0.0.1:{}/v1/chat/completions", server_.port());
    options.model = "small";
    options.key = config::Secret{"sk-test"};
    return options;
  }

  std::string prompt() const {
    const std::lock_guard lock{mutex_};
    return prompt_;
  }

  std::atomic<int> asked{0};
  std::atomic<int> failures{0};  // so many answers are 500
  std::atomic<std::chrono::milliseconds> delay{std::chrono::milliseconds{0}};
  std::string text = "Lanterns, warm as home.";

 private:
  web::Response answer(const web::Request& request) {
    if (failures > 0) {
      --failures;
      return web::json_response(500, json::object{{"error", "overloaded"}});
    }
    const bool fits = request.method == "POST" && request.path == "/v1/chat/completions" &&
                      request.headers.get("Content-Type") == "application/json";
    if (!fits) return web::json_response(404, json::object{{"error", "not found"}});
    if (request.headers.get("Authorization") != "Bearer sk-test") {
      return web::json_response(401, json::object{{"error", "no key"}});
    }
    const json::value body = json::parse(request.body);
    if (body.at("model") != "small") {
      return web::json_response(404, json::object{{"error", "no model"}});
    }
    const std::lock_guard lock{mutex_};
    prompt_ = body.at("messages").at(0).at("content").as_string();
    const json::object message{{"role", "assistant"}, {"content", text}};
    const json::object choice{{"index", 0}, {"message", message}};
    return web::json_response(200, json::object{{"choices", json::array{choice}}});
  }

  boost::asio::io_context io_{1};
  web::Server server_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
  mutable std::mutex mutex_;
  std::string prompt_;
};

const Wish kWish{"lanterns", "EN", "mention the free delivery"};

Copywriter::Time in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

}  // namespace

TEST_CASE("the provider's text is asked for with topic, language and addition", "[advert][ai]") {
  Endpoint endpoint;
  Copywriter writer{endpoint.options()};
  CHECK(writer.ask(kWish, in(std::chrono::seconds{5})) == "Lanterns, warm as home.");
  CHECK(endpoint.prompt().find("lanterns") != std::string::npos);
  CHECK(endpoint.prompt().find("English") != std::string::npos);
  CHECK(endpoint.prompt().find("free delivery") != std::string::npos);
}

TEST_CASE("a failure is tried once more", "[advert][ai]") {
  Endpoint endpoint;
  endpoint.failures = 1;
  Copywriter writer{endpoint.options()};
  CHECK(writer.ask(kWish, in(std::chrono::seconds{5})));
  CHECK(endpoint.asked == 2);
}

TEST_CASE("after two failures there is no text", "[advert][ai]") {
  Endpoint endpoint;
  endpoint.failures = 2;
  Copywriter writer{endpoint.options()};
  CHECK_FALSE(writer.ask(kWish, in(std::chrono::seconds{5})));
  CHECK(endpoint.asked == 2);
}

TEST_CASE("who fails five times in a row is left alone, and asked again after a rest",
          "[advert][ai]") {
  Endpoint endpoint;
  endpoint.failures = 5;
  ProviderOptions options = endpoint.options();
  options.rest = std::chrono::milliseconds{200};
  Copywriter writer{options};
  for (int i = 0; i < 4; ++i) CHECK_FALSE(writer.ask(kWish, in(std::chrono::seconds{5})));
  CHECK(endpoint.asked == 5);
  const auto rested = std::chrono::steady_clock::now() + options.rest;
  while (std::chrono::steady_clock::now() < rested) std::this_thread::yield();
  CHECK(writer.ask(kWish, in(std::chrono::seconds{5})));
}

TEST_CASE("a slow provider is given up in time", "[advert][ai]") {
  Endpoint endpoint;
  endpoint.delay = std::chrono::milliseconds{3'000};
  ProviderOptions options = endpoint.options();
  options.timeout = std::chrono::milliseconds{300};
  Copywriter writer{options};
  const auto began = std::chrono::steady_clock::now();
  CHECK_FALSE(writer.ask(kWish, in(std::chrono::seconds{5})));
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::milliseconds{2'500});
  CHECK_FALSE(writer.ask(kWish, in(std::chrono::milliseconds{0})));  // the caller has no time
}

TEST_CASE("without a provider nobody is asked", "[advert][ai]") {
  Copywriter writer{ProviderOptions{}};
  CHECK_FALSE(writer.ask(kWish, in(std::chrono::seconds{5})));
}

TEST_CASE("the template quotes the topic and appends the addition", "[advert][ai]") {
  const std::string english = template_text(kWish);
  CHECK(english.find("lanterns") != std::string::npos);
  CHECK(english.find("best") != std::string::npos);
  CHECK(english.ends_with("mention the free delivery"));
  const std::string russian = template_text({"Фонари «Свет»", "RU", ""});
  CHECK(russian.find("Фонари «Свет»") != std::string::npos);
  CHECK(russian.find("лучший") != std::string::npos);
}
