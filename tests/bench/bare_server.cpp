#include <thread>

#include "libs/web/server.hpp"
#include "tests/bench/limits.hpp"

namespace waybill::bench {
namespace {

class SameAnswer final : public web::Handler {
 public:
  explicit SameAnswer(const std::string& body) : body_{std::make_shared<std::string>(body)} {}

  web::awaitable<web::Response> handle(web::Request&) override {
    web::Response response;
    response.headers.set("Content-Type", "application/json");
    response.shared_body = body_;
    co_return response;
  }

 private:
  std::shared_ptr<const std::string> body_;
};

}  // namespace

LoadResult measure_bare_server(std::size_t clients, const std::string& body,
                               std::chrono::milliseconds duration) {
  boost::asio::io_context io{1};
  SameAnswer handler{body};
  web::Server server{io, "127.0.0.1:0", handler};
  server.start();
  std::thread thread{[&io] { io.run(); }};
  const std::string address = fmt::format("127.0.0.1:{}", server.port());
  const std::vector<Shot> shots{{request_bytes("GET", "/v1/products/x", address), 0}};
  LoadResult result;
  std::exception_ptr failure;
  try {
    result = run_load({address, clients, duration, 200}, shots);
  } catch (...) {
    failure = std::current_exception();
  }
  io.stop();
  thread.join();
  if (failure) std::rethrow_exception(failure);
  return result;
}

}  // namespace waybill::bench
