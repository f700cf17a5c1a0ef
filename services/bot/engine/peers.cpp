#include "services/bot/engine/peers.hpp"

#include <charconv>

#include "libs/core/clock.hpp"
#include "libs/core/strict_json.hpp"
#include "libs/web/pipe.hpp"
#include "services/bot/domain/members.hpp"

namespace waybill::bot {
namespace {

namespace json = boost::json;

constexpr std::size_t most_answer = 4 * 1024 * 1024;
const Caller kStaff{std::nullopt, Role::staff};

web::ClientRequest request_to(std::string method, std::string target, const Caller& caller,
                              const TraceContext& trace) {
  web::ClientRequest request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers.add("Waybill-Caller", to_header(caller));
  request.headers.add("X-Correlation-ID", trace.correlation_id);
  if (!trace.traceparent.empty()) {
    request.headers.add("traceparent", child_traceparent(trace.traceparent));
  }
  return request;
}

domain::Answer answer_of(std::string name, const Result<web::Response>& response) {
  domain::Answer answer;
  answer.name = std::move(name);
  answer.status = 503;
  if (!response) return answer;
  answer.status = response->status;
  auto body = parse_json(response->body);
  if (body) answer.body = std::move(*body);
  if (answer.body.is_array()) {
    const std::string_view text = response->headers.get("X-Total-Count");
    std::int64_t total = std::ssize(answer.body.get_array());
    std::from_chars(text.data(), text.data() + text.size(), total);
    json::object page;
    page["items"] = std::move(answer.body);
    page["total"] = total;
    answer.body = std::move(page);
  }
  return answer;
}

}  // namespace

Peers::Peers(boost::asio::io_context& io, const std::map<std::string, std::string>& addresses) {
  web::ClientOptions options;
  options.connections = 16;
  options.request_time = seconds{5};
  for (const auto& [name, address] : addresses) {
    clients_.emplace(name, std::make_unique<web::Client>(io, address, options));
  }
}

web::Client& Peers::client(const std::string& service) {
  return *clients_.at(service);
}

awaitable<domain::Answer> Peers::read(domain::Read question, Caller caller, TraceContext trace) {
  auto request = request_to("GET", question.target, caller, trace);
  const auto response = co_await client(question.service).send(std::move(request));
  co_return answer_of(question.name, response);
}

awaitable<domain::Answer> Peers::post(domain::Post question, Caller caller, TraceContext trace) {
  auto request = request_to("POST", question.target, caller, trace);
  request.headers.add("Content-Type", "application/json");
  request.body = json::serialize(question.body);
  const auto response = co_await client(question.service).send(std::move(request));
  co_return answer_of(question.name, response);
}

awaitable<domain::Answer> Peers::send(std::string name, std::string service, std::string target,
                                      web::BodySource& body, std::string content_type,
                                      Caller caller, TraceContext trace) {
  auto request = request_to("POST", std::move(target), caller, trace);
  request.headers.add("Content-Type", std::move(content_type));
  request.source = &body;
  auto response = co_await client(service).open(std::move(request));
  if (response) {
    response->body = co_await web::collect(*response, most_answer);
  }
  co_return answer_of(std::move(name), response);
}

awaitable<Result<web::Response>> Peers::open(std::string service, std::string target, Caller caller,
                                             TraceContext trace) {
  auto request = request_to("GET", std::move(target), caller, trace);
  auto response = co_await client(service).open(std::move(request));
  co_return response;
}

awaitable<Result<std::optional<domain::Account>>> Peers::account_of(std::int64_t telegram_user,
                                                                    TraceContext trace) {
  auto request =
      request_to("GET", "/internal/telegram-users/" + std::to_string(telegram_user), kStaff, trace);
  const auto response = co_await client("identity").send(std::move(request));
  if (!response) co_return response.error();
  std::optional<domain::Account> none;
  if (response->status == 404) co_return none;
  if (response->status != 200) co_return unavailable("Identity does not answer.");
  const auto body = parse_json(response->body);
  if (!body) co_return unavailable("Identity does not answer.");
  domain::Account account;
  account.user_id = domain::text_at(*body, "user_id");
  account.username = domain::text_at(*body, "username");
  co_return std::optional<domain::Account>{account};
}

}  // namespace waybill::bot
