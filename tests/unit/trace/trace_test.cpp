// Spans, as a receiver of OTLP over HTTP gets them.
#include "libs/trace/trace.hpp"

#include <mutex>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <catch2/catch.hpp>

#include "libs/core/context.hpp"
#include "libs/testing/testing.hpp"
#include "libs/web/server.hpp"

using namespace waybill;
using testing::eventually;

namespace {

const std::string caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

std::string text(const boost::json::value& object, const char* member) {
  return std::string{object.at(member).as_string()};
}

// Shaped like a collector: takes POST /v1/traces.
class Receiver final : public web::Handler {
 public:
  Receiver() : server_{io_, "127.0.0.1:0", *this} {
    server_.start();
    thread_ = std::thread{[this] { io_.run(); }};
  }
  ~Receiver() override {
    io_.stop();
    thread_.join();
  }

  web::awaitable<web::Response> handle(web::Request& request) override {
    const std::lock_guard lock{mutex_};
    if (request.path == "/v1/traces" && request.headers.get("Content-Type") == "application/json") {
      const boost::json::value body = boost::json::parse(request.body);
      for (const auto& resource : body.at("resourceSpans").as_array()) {
        service = text(resource.at("resource").at("attributes").at(0).at("value"), "stringValue");
        for (const auto& span : resource.at("scopeSpans").at(0).at("spans").as_array()) {
          spans_.push_back(span);
        }
      }
    }
    co_return web::Response{200, "application/json", "{}"};
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(server_.port()); }
  std::vector<boost::json::value> spans() {
    const std::lock_guard lock{mutex_};
    return spans_;
  }
  boost::json::value span(const std::string& name) {
    for (const auto& span : spans()) {
      if (text(span, "name") == name) return span;
    }
    FAIL("no span " << name);
    return {};
  }

  std::string service;

 private:
  boost::asio::io_context io_{1};
  std::mutex mutex_;
  std::vector<boost::json::value> spans_;
  web::Server server_;
  std::thread thread_;
};

struct Tracing {
  explicit Tracing(const std::string& receiver) { trace::start("order", receiver); }
  ~Tracing() { trace::stop(); }
};

}  // namespace

TEST_CASE("spans of a trace arrive with their parents", "[trace]") {
  Receiver receiver;
  {
    const Tracing tracing{receiver.address()};
    std::string traceparent = caller;
    trace::Span request{"POST", trace::Kind::server, traceparent};
    request.rename("POST /v1/orders");
    request.set("http.route", "/v1/orders");
    request.hand_on(traceparent);
    trace::Span command{"PlaceOrder", trace::Kind::consumer, trace::onward(traceparent)};
    command.failed();
  }
  REQUIRE(receiver.spans().size() == 2);
  const auto request = receiver.span("POST /v1/orders");
  const auto command = receiver.span("PlaceOrder");
  CHECK(receiver.service == "waybill-order");
  CHECK(text(request, "traceId") == "0af7651916cd43dd8448eb211c80319c");
  CHECK(text(request, "parentSpanId") == "b7ad6b7169203331");
  CHECK(request.at("kind").as_int64() == 2);
  CHECK(text(request.at("attributes").at(0).at("value"), "stringValue") == "/v1/orders");
  CHECK(text(command, "traceId") == text(request, "traceId"));
  CHECK(text(command, "parentSpanId") == text(request, "spanId"));
  CHECK(command.at("status").at("code").as_int64() == 2);
  CHECK(std::stoll(text(command, "endTimeUnixNano")) >=
        std::stoll(text(command, "startTimeUnixNano")));
}

TEST_CASE("what nobody has begun begins a trace of its own", "[trace]") {
  Receiver receiver;
  {
    const Tracing tracing{receiver.address()};
    const trace::Span first{"first", trace::Kind::internal, GENERATE("", "rubbish")};
  }
  const auto span = receiver.span("first");
  CHECK(text(span, "traceId").size() == 32);
  CHECK_FALSE(span.as_object().contains("parentSpanId"));
}

TEST_CASE("a caller who does not want to be traced is not", "[trace]") {
  Receiver receiver;
  {
    const Tracing tracing{receiver.address()};
    std::string traceparent = caller;
    traceparent.back() = '0';
    const std::string before = traceparent;
    const trace::Span span{"silent", trace::Kind::server, traceparent};
    span.hand_on(traceparent);
    CHECK(traceparent == before);
  }
  CHECK(receiver.spans().empty());
}

TEST_CASE("without a receiver a span is nothing, and traces go on", "[trace]") {
  std::string traceparent = caller;
  const trace::Span span{"nothing", trace::Kind::server, traceparent};
  span.hand_on(traceparent);
  CHECK(traceparent == caller);
  const std::string next = trace::onward(caller);
  CHECK(next.substr(0, 35) == caller.substr(0, 35));
  CHECK(next != caller);
}

TEST_CASE("a receiver that is away holds nobody up", "[trace]") {
  const auto began = std::chrono::steady_clock::now();
  {
    const Tracing tracing{"127.0.0.1:1"};
    for (int i = 0; i < 20'000; ++i) trace::Span{"lost", trace::Kind::internal, caller};
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{2});
  }
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{6});
}
