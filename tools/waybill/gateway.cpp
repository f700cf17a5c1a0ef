#include "tools/waybill/gateway.hpp"

#include <charconv>

#include "libs/async/async.hpp"
#include "libs/core/backoff.hpp"
#include "libs/core/digest.hpp"

namespace waybill::tool {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr std::string_view kWaitHeader = "wait=30";  // the longest that the gateway allows
constexpr std::chrono::seconds kRequestTime{45};     // longer than that
constexpr int kTriesOfServerErrors = 5;              // 500, 502, 504: perhaps a fault of the moment

web::ClientOptions client_options(const GatewayOptions& options) {
  web::ClientOptions client;
  client.connections = options.connections;
  client.request_time = kRequestTime;
  return client;
}

Answer to_answer(const web::Response& response) {
  Answer answer;
  answer.status = response.status;
  answer.etag = response.headers.get("ETag");
  boost::system::error_code failed;
  answer.body = json::parse(response.body, failed);
  if (failed) answer.body = nullptr;
  return answer;
}

std::optional<milliseconds> retry_after(const web::Response& response) {
  const std::string_view text = response.headers.get("Retry-After");
  int whole_seconds = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), whole_seconds);
  if (failed != std::errc{} || end == text.data() || whole_seconds < 0) return std::nullopt;
  return std::chrono::seconds{std::min(whole_seconds, 60)};
}

bool is_server_error(int status) {
  return status >= 500 && status != 503;
}

}  // namespace

std::string Answer::text(std::string_view member) const {
  if (!body.is_object()) return {};
  const json::value* found = body.get_object().if_contains(member);
  return found && found->is_string() ? std::string{found->get_string()} : std::string{};
}

std::string Answer::code() const {
  const std::string code = text("code");
  return code.empty() ? fmt::format("http-{}", status) : code;
}

// The sentence of the problem, and what it says of single members.
std::string Answer::detail() const {
  std::string detail = text("detail");
  const json::value* errors = body.is_object() ? body.get_object().if_contains("errors") : nullptr;
  if (!errors || !errors->is_array()) return detail;
  for (const json::value& error : errors->get_array()) {
    const Answer entry{0, error, {}};
    detail += fmt::format("; {}{} {}", entry.text("pointer"), entry.text("parameter"),
                          entry.text("message"));
  }
  return detail;
}

std::string host_and_port(std::string address) {
  if (address.starts_with("https://")) {
    throw std::invalid_argument{"https is not spoken here: give http://host:port"};
  }
  if (address.starts_with("http://")) address.erase(0, 7);
  while (address.ends_with('/')) address.pop_back();
  return address;
}

Gateway::Gateway(boost::asio::io_context& io, GatewayOptions options)
    : options_{std::move(options)},
      client_{io, host_and_port(options_.address), client_options(options_)},
      session_{io, client_, options_.credentials} {}

std::string Gateway::help_when_away(const std::string& why) const {
  return fmt::format(
      "no gateway answers at {} ({}); start it with `make run`, or name another one "
      "with --gateway or WAYBILL_GATEWAY",
      options_.address, why);
}

// With the present token; once more with another one when this was not taken.
awaitable<Result<web::Response>> Gateway::send_signed(web::ClientRequest request) {
  const std::string token = co_await session_.token();
  if (token.empty() && session_.is_needed()) {
    co_return unavailable("the gateway lets nobody sign in at the moment");
  }
  if (!token.empty()) request.headers.set("Authorization", "Bearer " + token);
  auto response = co_await client_.send(request);
  const bool refused = response && response->status == 401;
  if (!refused || !session_.drop(token)) co_return response;
  const std::string another = co_await session_.token();
  if (another.empty()) co_return unavailable("the gateway lets nobody sign in at the moment");
  request.headers.set("Authorization", "Bearer " + another);
  response = co_await client_.send(std::move(request));
  co_return response;
}

awaitable<void> Gateway::check() {
  web::ClientRequest request;
  request.target = "/v1/health/live";
  const auto response = co_await client_.send(std::move(request));
  if (!response) throw GatewayAway{help_when_away(response.error().detail)};
  if (response->status != 200) {
    throw GatewayAway{help_when_away(fmt::format("it says {}", response->status))};
  }
  co_await session_.token();
}

awaitable<Answer> Gateway::get(std::string path) {
  web::ClientRequest request;
  request.target = std::move(path);
  co_return co_await send(std::move(request));
}

awaitable<Answer> Gateway::write(std::string method, std::string path, json::object body,
                                 std::string name) {
  web::ClientRequest request;
  request.method = std::move(method);
  request.target = std::move(path);
  request.body = json::serialize(body);
  const std::string key =
      sha256_hex(name + '\n' + request.method + '\n' + request.target + '\n' + request.body);
  request.headers.set("Content-Type", "application/json");
  request.headers.set("Idempotency-Key", "waybill-import-" + key);
  request.headers.set("Prefer", std::string{kWaitHeader});
  co_return co_await send(std::move(request));
}

// Repeats the request until there is an answer to it: safe, because every write carries its key.
// 202 says that the outcome is late; the repeat waits for the same one.
awaitable<Answer> Gateway::send(web::ClientRequest request) {
  const auto give_up = std::chrono::steady_clock::now() + options_.patience;
  Backoff backoff{milliseconds{200}, std::chrono::seconds{5}};
  std::string why;
  int server_errors = 0;
  while (std::chrono::steady_clock::now() < give_up) {
    const auto response = co_await send_signed(request);
    milliseconds wait = backoff.next();
    if (!response) {
      why = response.error().detail;
    } else {
      const int status = response->status;
      const bool too_many = is_server_error(status) && ++server_errors >= kTriesOfServerErrors;
      const bool final_answer =
          status != 202 && status != 429 && status != 503 && !is_server_error(status);
      if (final_answer || too_many) co_return to_answer(*response);
      why = fmt::format("it says {}", status);
      if (const auto asked = retry_after(*response)) wait = *asked;
    }
    co_await async::pause(wait);
  }
  throw GatewayAway{help_when_away(why)};
}

}  // namespace waybill::tool
