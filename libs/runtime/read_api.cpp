#include "libs/runtime/read_api.hpp"

#include <charconv>

#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/runtime/gateway_request.hpp"

namespace waybill::runtime {
namespace {

constexpr milliseconds kPatience{10'000};  // with a request that somebody else is executing
// Executions under way or in line, for each thread. A query takes about a millisecond: whoever is
// last in line waits a tenth of a second.
constexpr std::size_t kInLine = 100;

Fault not_now() {
  return unavailable("The data can't be read at the moment.");
}

// "Waybill-Time-Left: 4200", from the gateway: what is left of the caller's patience, in
// milliseconds. A duration, because clocks of two machines differ.
std::chrono::steady_clock::time_point read_deadline(const web::Request& request) {
  const std::string_view text = request.headers.get("Waybill-Time-Left");
  std::int64_t left = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), left);
  if (error != std::errc{} || end != text.data() + text.size()) return request.deadline;
  return std::chrono::steady_clock::now() + milliseconds{std::clamp<std::int64_t>(left, 0, 60'000)};
}

void count_refused(const std::string& reason) {
  metrics::counter("queries_refused_total", "Reads that were not started.", {{"reason", reason}})
      .add();
}

// Runs on a thread of the pool.
struct Execution {
  const Queries::Route& route;
  const web::Request& request;
  const web::PathParams& params;
  pg::Pool& connections;

  web::Response operator()() {
    const log::Scope scope{request.trace};
    if (std::chrono::steady_clock::now() >= request.deadline) return refuse("late");
    try {
      auto connection = connections.take();
      pg::Session session{*connection};
      const Query query{request, params, caller_of(request)};
      auto result = route.handler(session, query);
      return result ? std::move(*result) : web::problem_response(result.error(), request);
    } catch (const pg::TransientError& error) {
      log::warn("query.unavailable", {{"reason", error.what()}});
      return web::problem_response(not_now(), request);
    }
  }

  web::Response refuse(const std::string& reason) const {
    count_refused(reason);
    return web::problem_response(not_now(), request);
  }
};

std::string fill_template(const std::string& key, const web::PathParams& params) {
  std::string text = key;
  for (const auto& [name, value] : params) {
    const std::string placeholder = '{' + name + '}';
    if (const auto at = text.find(placeholder); at != std::string::npos) {
      const auto id = Id::parse(value);
      text.replace(at, placeholder.size(), id ? id->to_string() : value);
    }
  }
  return text;
}

// Who may share an execution: the same question by the same caller, wanted in the same form.
std::string flight_key(const web::Request& request) {
  return fmt::format("{}\n{}\n{}", request.target, request.headers.get("Waybill-Caller"),
                     request.headers.get("Accept"));
}

}  // namespace

ReadApi::ReadApi(boost::asio::io_context& io, const Queries& queries, pg::Options database,
                 std::size_t threads, cache::Cache& cache)
    : io_{io},
      queries_{queries},
      cache_{cache},
      connections_{std::move(database), threads},
      most_in_line_{kInLine * threads},
      threads_{threads} {}

ReadApi::~ReadApi() {
  threads_.stop();
  threads_.join();
}

web::awaitable<web::Response> ReadApi::handle(web::Request& request) {
  const auto match = queries_.routes().match(request.method, request.path);
  if (!match.value) co_return web::problem_response(not_found("There is no such query."), request);
  web::Visit visit{meters_.of(request.method, match.route)};
  web::Response response = co_await answer(*match.value, request, match.params);
  visit.answered(response.status);
  co_return response;
}

web::awaitable<web::Response> ReadApi::answer(const Queries::Route& route, web::Request& request,
                                              const web::PathParams& params) {
  const std::string alone = route.shared ? "" : new_id().to_string();
  const std::string key = alone + flight_key(request);
  if (const auto running = flights_.find(key); running != flights_.end()) {
    const std::shared_ptr<Flight> flight = running->second;
    const bool done = co_await flight->done.wait_for(kPatience);
    if (done) co_return flight->response;
    co_return web::problem_response(not_now(), request);
  }
  if (flights_.size() >= most_in_line_) {
    count_refused("busy");
    co_return web::problem_response(not_now(), request);
  }

  request.deadline = read_deadline(request);
  const auto flight = std::make_shared<Flight>(io_);
  flights_.emplace(key, flight);
  // An exception must not leave the others waiting.
  std::exception_ptr failure;
  try {
    flight->response = co_await execute(route, request, params);
  } catch (...) {
    failure = std::current_exception();
    const Fault internal{FaultKind::internal, "internal", "Something went wrong on our side.", {}};
    flight->response = web::problem_response(internal, request);
  }
  flights_.erase(key);
  flight->done.set();
  if (failure) std::rethrow_exception(failure);
  co_return flight->response;
}

web::awaitable<web::Response> ReadApi::execute(const Queries::Route& route,
                                               const web::Request& request,
                                               const web::PathParams& params) {
  Execution execution{route, request, params, connections_};
  auto response = co_await async::offload(threads_, execution);
  if (response.status == 200 && !route.cache.key.empty()) keep(route.cache, params, response);
  co_return response;
}

void ReadApi::keep(const CacheRule& rule, const web::PathParams& params,
                   const web::Response& response) {
  const std::string_view number = response.headers.get("Waybill-Version");
  std::int64_t version = 0;
  std::from_chars(number.data(), number.data() + number.size(), version);
  cache_.fill(fill_template(rule.key, params),
              {version, std::string{response.headers.get("Waybill-Owner")}, response.body},
              rule.ttl);
}

}  // namespace waybill::runtime
