#include "services/gateway/console/console.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "services/gateway/docs/docs.hpp"

namespace waybill::gateway::console {
namespace {

// Nothing from elsewhere, no frame around it.
constexpr const char* kPolicy =
    "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
constexpr std::size_t kLongestQuery = 2'000;

// What a browser may bring and get; the rest is between the two of us.
constexpr std::array kPassedOn{"Authorization", "Content-Type", "Accept", "traceparent"};

web::ClientOptions limits() {
  web::ClientOptions options;
  options.connections = 8;
  options.request_time = std::chrono::seconds{10};
  return options;
}

web::Response answer(const Result<web::Response>& got, const web::Request& request) {
  if (!got) return web::problem_response(got.error(), request);
  web::Response response{got->status, std::string{got->headers.get("Content-Type")}, got->body};
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace

Console::Console(boost::asio::io_context& io, Options options)
    : folder_{std::move(options.folder)},
      prometheus_{io, std::move(options.prometheus), limits()},
      api_{io, std::move(options.api), limits()} {}

web::awaitable<web::Response> Console::handle(web::Request& request) {
  if (request.path.starts_with("/v1/")) {
    web::Response response = co_await api(request);
    co_return response;
  }
  if (request.method != "GET" && request.method != "HEAD") {
    co_return web::problem_response(not_found("The console is read only."), request);
  }
  if (request.path == "/console/query") {
    web::Response response = co_await query(request);
    co_return response;
  }
  co_return file(request);
}

// A name without folders: what is asked for can't lead out of the folder.
web::Response Console::file(const web::Request& request) const {
  const bool is_page = request.path == "/console" || request.path == "/";
  const std::string name =
      is_page ? "index.html" : request.path.substr(request.path.rfind('/') + 1);
  const bool is_below = is_page || request.path == "/console/" + name;
  const std::string type = is_page ? "text/html; charset=utf-8" : content_type_of(name);
  std::ifstream in{std::filesystem::path{folder_} / name, std::ios::binary};
  if (!is_below || type.empty() || name.starts_with('.') || !in) {
    return web::problem_response(not_found("Here are /console, /health and /metrics."), request);
  }
  std::ostringstream text;
  text << in.rdbuf();
  web::Response response{200, type, text.str()};
  response.headers.set("Content-Security-Policy", kPolicy);
  response.headers.set("Cache-Control", "no-cache");
  return response;
}

web::awaitable<web::Response> Console::query(const web::Request& request) {
  const std::string_view query = request.query_value("query");
  if (query.empty() || query.size() > kLongestQuery) {
    Fault fault = not_found("A query has 1 to 2,000 characters.");
    co_return web::problem_response(fault, request);
  }
  web::ClientRequest ask;
  ask.target = "/api/v1/query?query=" + web::url_encode(query);
  const auto got = co_await prometheus_.send(std::move(ask));
  co_return answer(got, request);
}

web::awaitable<web::Response> Console::api(const web::Request& request) {
  web::ClientRequest ask;
  ask.method = request.method;
  ask.target = request.target;
  ask.body = request.body;
  for (const char* name : kPassedOn) {
    if (request.headers.has(name)) ask.headers.set(name, std::string{request.headers.get(name)});
  }
  const auto got = co_await api_.send(std::move(ask));
  co_return answer(got, request);
}

}  // namespace waybill::gateway::console
