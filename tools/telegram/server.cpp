#include "tools/telegram/server.hpp"

#include <boost/asio/redirect_error.hpp>

#include "libs/async/async.hpp"
#include "libs/core/backoff.hpp"
#include "libs/core/clock.hpp"
#include "libs/core/strict_json.hpp"
#include "libs/log/log.hpp"
#include "libs/web/multipart.hpp"
#include "tools/telegram/members.hpp"

namespace waybill::local_telegram {
namespace {

namespace json = boost::json;

web::Response refusal_response(const Refusal& refusal) {
  json::object body{
      {"ok", false}, {"error_code", refusal.code}, {"description", refusal.description}};
  if (refusal.retry_after) body["parameters"] = json::object{{"retry_after", *refusal.retry_after}};
  return web::json_response(refusal.code, body);
}

web::Response result_response(const World::Result& result) {
  if (result.refusal) return refusal_response(*result.refusal);
  const json::object body{{"ok", true}, {"result", result.value}};
  return web::json_response(200, body);
}

Person person_of(const json::object& body, std::int64_t chat) {
  Person person;
  person.id = integer_at(body, "user");
  if (person.id == 0) person.id = std::abs(chat);
  person.username = text_at(body, "username");
  if (body.contains("language")) person.language = text_at(body, "language");
  return person;
}

json::object query_of(const web::Request& request) {
  json::object query;
  for (const auto& [name, value] : request.query) query[name] = value;
  return query;
}

// host:port of an http URL, and the path.
std::optional<std::pair<std::string, std::string>> split_url(const std::string& url) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) return std::nullopt;
  const auto slash = url.find('/', kScheme.size());
  const std::string host = url.substr(kScheme.size(), slash - kScheme.size());
  if (host.find(':') == std::string::npos) return std::nullopt;
  return std::pair{host, slash == std::string::npos ? std::string{"/"} : url.substr(slash)};
}

std::int64_t now_ms() {
  return to_unix_millis(now());
}

}  // namespace

Server::Server(boost::asio::io_context& io, std::string token)
    : io_{io}, token_{std::move(token)}, news_{io, boost::asio::steady_timer::time_point::max()} {}

std::int64_t Server::calls_of(const std::string& method) const {
  const auto found = calls_.find(method);
  return found == calls_.end() ? 0 : found->second;
}

void Server::stir() {
  news_.cancel();
}

web::awaitable<web::Response> Server::handle(web::Request& request) {
  const std::string bot = "/bot" + token_ + "/";
  const std::string file = "/file/bot" + token_ + "/";
  if (request.path.starts_with(bot)) {
    web::Response response = co_await handle_bot(request, request.path.substr(bot.size()));
    co_return response;
  }
  if (request.path.starts_with(file)) {
    co_return give_file(request.path.substr(file.size()), request);
  }
  if (request.path.starts_with("/bot") || request.path.starts_with("/file/bot")) {
    co_return refusal_response({401, "Unauthorized", std::nullopt});
  }
  web::Response response = co_await handle_people(request);
  co_return response;
}

std::optional<Plan> Server::planned(const Call& call) {
  const std::int64_t chat = integer_at(call.parameters, "chat_id");
  for (auto plan = plans_.begin(); plan != plans_.end(); ++plan) {
    const bool fits = (plan->method.empty() || plan->method == call.method) &&
                      (plan->chat == 0 || plan->chat == chat);
    if (!fits) continue;
    const Plan found = *plan;
    if (--plan->times <= 0) plans_.erase(plan);
    return found;
  }
  return std::nullopt;
}

web::awaitable<web::Response> Server::handle_bot(const web::Request& request, std::string method) {
  Call call;
  call.method = std::move(method);
  call.parameters = query_of(request);
  const std::string content_type{request.headers.get("Content-Type")};
  if (const auto boundary = web::multipart_boundary(content_type)) {
    web::MultipartParser parser{*boundary, {}};
    parser.feed(request.body);
    std::string value;
    using Event = web::MultipartParser::Event;
    for (Event event = parser.next(); event != Event::more && event != Event::end;
         event = parser.next()) {
      if (event == Event::refused) {
        co_return refusal_response({400, "Bad Request: the form is broken", std::nullopt});
      }
      if (event == Event::part) value.clear();
      if (event == Event::data) value += parser.data();
      if (event != Event::end_of_part) continue;
      if (parser.part().file_name) {
        call.file_field = parser.part().name;
        call.file_name = *parser.part().file_name;
        call.file = std::move(value);
      } else {
        call.parameters[parser.part().name] = value;
      }
      value.clear();
    }
  } else if (!request.body.empty()) {
    const auto body = parse_json(request.body);
    if (!body || !body->is_object()) {
      co_return refusal_response({400, "Bad Request: can't parse the JSON", std::nullopt});
    }
    for (const auto& [name, value] : body->get_object()) call.parameters[name] = value;
  }
  ++calls_[call.method];
  const auto plan = planned(call);
  if (plan) {
    if (plan->delay_ms > 0) co_await async::pause(std::chrono::milliseconds{plan->delay_ms});
    if (plan->done_before) {
      const World::Result unheard = co_await run(call);
    }
    if (plan->status == 0) {
      co_await async::pause(std::chrono::minutes{5});  // whoever waits gives up before
      co_return refusal_response({504, "Gateway Timeout", std::nullopt});
    }
    if (plan->status != 200) {
      Refusal refusal{plan->status, "Planned failure", std::nullopt};
      if (plan->status == 429) {
        refusal.description = "Too Many Requests: retry after " + std::to_string(plan->retry_after);
        refusal.retry_after = plan->retry_after;
      }
      co_return refusal_response(refusal);
    }
  }
  World::Result result = co_await run(std::move(call));
  co_return result_response(result);
}

web::awaitable<World::Result> Server::run(Call call) {
  World::Result result;
  if (call.method == "getUpdates") {
    if (!webhook_url_.empty()) {
      result.refusal = Refusal{409, "Conflict: can't use getUpdates method while webhook is active",
                               std::nullopt};
    } else {
      auto found = co_await get_updates(call.parameters);
      result.value = std::move(found);
    }
  } else {
    result = do_method(call);
  }
  co_return result;
}

World::Result Server::do_method(Call& call) {
  const json::object& parameters = call.parameters;
  World::Result result;
  if (call.method == "sendMessage") {
    result = world_.send_text(parameters);
  } else if (call.method == "editMessageText") {
    result = world_.edit_text(parameters);
  } else if (call.method == "sendPhoto" || call.method == "sendDocument") {
    const std::string kind = call.method == "sendPhoto" ? "photo" : "document";
    if (call.file_field != kind) {
      return {nullptr, Refusal{400, "Bad Request: there is no " + kind + " in the request", {}}};
    }
    result = world_.send_media(kind, parameters, call.file_name, std::move(call.file));
  } else if (call.method == "answerCallbackQuery") {
    return world_.answer_press(parameters);
  } else if (call.method == "getFile") {
    return world_.get_file(parameters);
  } else if (call.method == "getMe") {
    return {json::object{{"id", 42}, {"is_bot", true}, {"username", "waybill_bot"}}, {}};
  } else if (call.method == "setMyCommands") {
    commands_[text_at(parameters, "language_code")] = parameters.at("commands");
    return {true, {}};
  } else if (call.method == "setWebhook") {
    return set_webhook(parameters);
  } else if (call.method == "deleteWebhook") {
    return delete_webhook();
  } else if (call.method == "getWebhookInfo") {
    return {json::object{{"url", webhook_url_}}, {}};
  } else {
    return {nullptr, Refusal{404, "Not Found: method not found", {}}};
  }
  if (!result.refusal) {
    const char* text = parameters.contains("caption") ? "caption" : "text";
    sent_.push_back(json::object{{"chat", integer_at(parameters, "chat_id")},
                                 {"method", call.method},
                                 {"text", text_at(parameters, text)},
                                 {"at_ms", now_ms()}});
  }
  return result;
}

web::awaitable<json::value> Server::get_updates(const json::object& parameters) {
  const std::int64_t offset = integer_at(parameters, "offset");
  const std::int64_t limit = integer_at(parameters, "limit");
  const auto most = static_cast<std::size_t>(limit > 0 && limit <= 100 ? limit : 100);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{std::min<std::int64_t>(
                                                            integer_at(parameters, "timeout"), 50)};
  json::array found = world_.updates(offset, most);
  while (found.empty() && std::chrono::steady_clock::now() < until && webhook_url_.empty()) {
    news_.expires_at(until);
    boost::system::error_code cancelled;
    co_await news_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
    found = world_.updates(offset, most);
  }
  json::value answer(std::move(found));
  co_return answer;
}

web::Response Server::give_file(const std::string& path, const web::Request&) const {
  const StoredFile* file = world_.find_file_by_path(path);
  if (!file) return refusal_response({404, "Not Found", std::nullopt});
  return {200, "application/octet-stream", file->bytes};
}

World::Result Server::set_webhook(const json::object& parameters) {
  const std::string url = text_at(parameters, "url");
  if (!url.empty() && !split_url(url)) {
    return {nullptr, Refusal{400, "Bad Request: bad webhook: here it is http://host:port/…", {}}};
  }
  webhook_url_ = url;
  webhook_secret_ = text_at(parameters, "secret_token");
  ++webhook_generation_;
  if (!url.empty())
    async::spawn(io_.get_executor(), push_updates(webhook_generation_), "telegram.webhook");
  stir();
  return {true, {}};
}

World::Result Server::delete_webhook() {
  webhook_url_.clear();
  ++webhook_generation_;
  stir();
  return {true, {}};
}

// One update after the other; one that is not taken with 200 is sent again.
web::awaitable<void> Server::push_updates(std::int64_t generation) {
  const auto [address, path] = *split_url(webhook_url_);
  web::Client client{io_, address};
  Backoff backoff{std::chrono::milliseconds{100}, std::chrono::seconds{2}};
  while (generation == webhook_generation_) {
    const json::value* update = world_.first_update();
    if (!update) {
      news_.expires_after(std::chrono::seconds{1});
      boost::system::error_code cancelled;
      co_await news_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
      continue;
    }
    web::ClientRequest request;
    request.method = "POST";
    request.target = path;
    request.headers.add("Content-Type", "application/json");
    request.headers.add("X-Telegram-Bot-Api-Secret-Token", webhook_secret_);
    request.body = json::serialize(*update);
    const auto answer = co_await client.send(std::move(request));
    if (answer && answer->status == 200) {
      if (generation == webhook_generation_) world_.drop_first();
      backoff.reset();
    } else {
      co_await async::pause(backoff.next());
    }
  }
}

// ---- people ----

web::awaitable<web::Response> Server::handle_people(const web::Request& request) {
  if (request.method == "GET" && request.path == "/") {
    co_return web::Response{200, "text/html; charset=utf-8", kPage};
  }
  if (request.method == "GET" && request.path == "/people/messages") {
    co_return messages_page(request);
  }
  if (request.method == "GET" && request.path == "/people/file") {
    const StoredFile* file = world_.find_file(std::string{request.query_value("id")});
    if (!file) co_return web::problem_response(not_found(), request);
    const char* type = file->kind == "photo" ? "image/png" : "application/octet-stream";
    co_return web::Response{200, type, file->bytes};
  }
  if (request.method == "GET" && request.path == "/people/sent") {
    json::object calls;
    for (const auto& [method, count] : calls_) calls[method] = count;
    const json::object body{{"sent", sent_},
                            {"calls", calls},
                            {"commands", commands_},
                            {"webhook", webhook_url_},
                            {"open_presses", world_.open_presses()}};
    co_return web::json_response(200, body);
  }
  if (request.method == "POST") {
    web::Response response = people_post(request);
    stir();
    co_return response;
  }
  co_return web::problem_response(not_found(), request);
}

web::Response Server::messages_page(const web::Request& request) const {
  const json::object query = query_of(request);
  const std::int64_t chat = integer_at(query, "chat");
  const json::object body{{"messages", world_.messages(chat)},
                          {"toast", world_.toast_of(chat).value_or("")},
                          {"chats", world_.chats()}};
  return web::json_response(200, body);
}

web::Response Server::people_post(const web::Request& request) {
  if (request.path == "/plan") return take_plan(request);
  json::object body = query_of(request);
  if (request.path != "/people/file") {
    const auto parsed = parse_json(request.body);
    if (!parsed || !parsed->is_object()) {
      return web::problem_response(invalid("This is no JSON object."), request);
    }
    body = parsed->get_object();
  }
  const std::int64_t chat = integer_at(body, "chat");
  const Person person = person_of(body, chat);
  std::optional<std::int64_t> update;
  if (request.path == "/people/message") {
    update = world_.write(chat, text_at(body, "text"), person);
  } else if (request.path == "/people/file") {
    const std::string kind = text_at(body, "kind") == "photo" ? "photo" : "document";
    update = world_.send_file(chat, kind, text_at(body, "name"), request.body, person);
  } else if (request.path == "/people/press") {
    update = world_.press(chat, integer_at(body, "message"), text_at(body, "data"), person);
    if (!update) return web::problem_response(not_found("There is no such button."), request);
  } else if (request.path == "/people/block") {
    const json::value* blocked = body.if_contains("blocked");
    world_.block(chat, !blocked || !blocked->is_bool() || blocked->get_bool());
    update = 0;
  } else if (request.path == "/people/duplicate") {
    world_.duplicate_next(integer_at(body, "times"));
    update = 0;
  } else {
    return web::problem_response(not_found(), request);
  }
  const json::object answer{{"update_id", *update}};
  return web::json_response(200, answer);
}

web::Response Server::take_plan(const web::Request& request) {
  const auto parsed = parse_json(request.body);
  if (!parsed || !parsed->is_object()) {
    return web::problem_response(invalid("This is no JSON object."), request);
  }
  const json::object& body = parsed->get_object();
  Plan made;
  made.method = text_at(body, "method");
  made.chat = integer_at(body, "chat");
  made.times = std::max<std::int64_t>(integer_at(body, "times"), 1);
  made.status = body.contains("status") ? static_cast<int>(integer_at(body, "status")) : 500;
  made.retry_after = integer_at(body, "retry_after");
  made.delay_ms = integer_at(body, "delay_ms");
  const json::value* done = body.if_contains("done_before");
  made.done_before = done && done->is_bool() && done->get_bool();
  plan(made);
  const json::object answer{{"plans", plans_.size()}};
  return web::json_response(200, answer);
}

}  // namespace waybill::local_telegram
