#include "services/bot/telegram/api.hpp"

#include "libs/core/clock.hpp"
#include "libs/core/strict_json.hpp"
#include "libs/metrics/outgoing.hpp"
#include "libs/web/pipe.hpp"
#include "services/bot/domain/members.hpp"
#include "services/bot/telegram/form.hpp"

namespace waybill::bot::telegram {
namespace {

namespace json = boost::json;

constexpr std::size_t most_answer = 8 * 1024 * 1024;

web::ClientOptions client_options(const ApiOptions& options, bool polls) {
  web::ClientOptions made;
  made.tls = parse_api_url(options.url).tls;
  made.connections = polls ? 1 : 32;
  made.connect_time = seconds{5};
  made.request_time = options.request_time + (polls ? options.poll_time : milliseconds{0});
  made.body_bytes = most_answer;
  return made;
}

}  // namespace

ApiUrl parse_api_url(const std::string& url) {
  ApiUrl parsed;
  std::string_view rest = url;
  if (rest.starts_with("https://")) {
    parsed.tls = true;
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else {
    throw config::SettingsError{"bot.api-url must begin with https:// or http://"};
  }
  const auto slash = rest.find('/');
  parsed.address = std::string{rest.substr(0, slash)};
  if (parsed.address.empty()) throw config::SettingsError{"bot.api-url names no host"};
  if (parsed.address.find(':') == std::string::npos) parsed.address += parsed.tls ? ":443" : ":80";
  if (slash != std::string_view::npos) parsed.base = std::string{rest.substr(slash)};
  while (parsed.base.ends_with('/')) parsed.base.pop_back();
  return parsed;
}

Api::Api(boost::asio::io_context& io, const ApiOptions& options)
    : options_{options},
      base_{parse_api_url(options.url).base},
      client_{io, parse_api_url(options.url).address, client_options(options, false)},
      poller_{io, parse_api_url(options.url).address, client_options(options, true)} {}

std::string Api::target(const char* method) const {
  return base_ + "/bot" + options_.token.reveal() + "/" + method;
}

Reply Api::read_reply(Result<web::Response>&& answer) {
  Reply reply;
  if (!answer) {
    reply.description = answer.error().detail;
    return reply;
  }
  reply.status = answer->status;
  const auto body = parse_json(answer->body);
  if (!body) {
    // Nobody who speaks the Bot API says this: something between us and it does.
    if (reply.status == 200) reply.status = 502;
    reply.description = "the answer is no JSON";
    return reply;
  }
  const json::value* ok = domain::member(*body, "ok");
  const bool succeeded = ok && ok->is_bool() && ok->get_bool();
  if (succeeded && reply.status == 200) {
    if (const json::value* result = domain::member(*body, "result")) reply.result = *result;
    return reply;
  }
  const auto code = static_cast<int>(domain::integer_at(*body, "error_code"));
  if (code != 0) reply.status = code;
  if (reply.status == 200) reply.status = 502;
  reply.description = domain::text_at(*body, "description");
  const json::object& hints = domain::object_at(*body, "parameters");
  if (hints.contains("retry_after")) {
    reply.retry_after = seconds{domain::integer_at(hints, "retry_after")};
  }
  return reply;
}

web::awaitable<Reply> Api::call(const char* method, json::object parameters) {
  metrics::Outgoing call{"telegram", method};
  web::ClientRequest request;
  request.method = "POST";
  request.target = target(method);
  request.headers.add("Content-Type", "application/json");
  request.body = json::serialize(parameters);
  auto answer = co_await client_.send(std::move(request));
  Reply reply = read_reply(std::move(answer));
  if (reply.ok()) call.succeeded();
  co_return reply;
}

web::awaitable<Reply> Api::send_form(const char* method, json::object parameters, FormFile file) {
  metrics::Outgoing call{"telegram", method};
  FormBody form{parameters, file.field, file.file_name, *file.source};
  web::ClientRequest request;
  request.method = "POST";
  request.target = target(method);
  request.headers.add("Content-Type", form.content_type());
  request.source = &form;
  auto answer = co_await client_.open(std::move(request));
  if (answer) {
    answer->body = co_await web::collect(*answer, most_answer);
    answer->stream = nullptr;
  }
  Reply reply = read_reply(std::move(answer));
  if (reply.ok()) call.succeeded();
  co_return reply;
}

web::awaitable<Result<web::Response>> Api::download(std::string file_path) {
  metrics::Outgoing call{"telegram", "download"};
  web::ClientRequest request;
  request.target = base_ + "/file/bot" + options_.token.reveal() + "/" + file_path;
  auto answer = co_await client_.open(std::move(request));
  if (answer && answer->status == 200) call.succeeded();
  co_return answer;
}

web::awaitable<Reply> Api::poll(std::int64_t offset, const json::array& kinds) {
  metrics::Outgoing call{"telegram", "getUpdates"};
  const auto patience = std::chrono::ceil<seconds>(options_.poll_time).count();
  const json::object parameters{
      {"offset", offset}, {"limit", 100}, {"timeout", patience}, {"allowed_updates", kinds}};
  web::ClientRequest request;
  request.method = "POST";
  request.target = target("getUpdates");
  request.headers.add("Content-Type", "application/json");
  request.body = json::serialize(parameters);
  auto answer = co_await poller_.send(std::move(request));
  Reply reply = read_reply(std::move(answer));
  if (reply.ok()) call.succeeded();
  co_return reply;
}

}  // namespace waybill::bot::telegram
