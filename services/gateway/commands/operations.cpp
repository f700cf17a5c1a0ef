#include "services/gateway/commands/operations.hpp"

#include "libs/contract/json.hpp"
#include "services/gateway/commands/identity.hpp"
#include "services/gateway/commands/operation_id.hpp"
#include "services/gateway/edge/access.hpp"

namespace waybill::gateway {
namespace {

namespace json = boost::json;

// The services keep what became of a command at least this long.
constexpr std::chrono::hours kKept{7 * 24};

bool is_callers(const Call& call, const OperationId& operation) {
  return call.caller.is_staff() ||
         operation.caller == caller_mark(caller_key(call.caller, call.request));
}

// {id, status, result|problem, created_at, finished_at}; `body` is JSON as the service stored it.
web::Response operation_response(const std::string& id, std::string_view status,
                                 std::string_view body, std::string_view created_at,
                                 std::optional<std::string_view> finished_at) {
  std::string text = R"({"id":)";
  contract::append_json_string(id, text);
  text += R"(,"status":)";
  contract::append_json_string(status, text);
  if (status == "succeeded") text.append(R"(,"result":)").append(body.empty() ? "null" : body);
  if (status == "failed") text.append(R"(,"problem":)").append(body.empty() ? "null" : body);
  text += R"(,"created_at":)";
  contract::append_json_string(created_at, text);
  text += R"(,"finished_at":)";
  if (finished_at) {
    contract::append_json_string(*finished_at, text);
  } else {
    text += "null";
  }
  text += '}';
  web::Response response{200, "application/json", std::move(text)};
  if (status == "pending") response.headers.add("Retry-After", "1");
  return response;
}

std::string_view text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string_view{value->get_string()} : std::string_view{};
}

web::Response known_response(const Call& call, const std::string& id, const json::object& record) {
  // The mark in the id can be guessed by who knows the caller; the record can't.
  const Caller owner = parse_caller(text_of(record, "caller"));
  if (!call.caller.is_staff() && owner.user != call.caller.user) {
    return web::problem_response(absent(), call.request);
  }
  const std::string_view finished_at = text_of(record, "finished_at");
  return operation_response(id, text_of(record, "status"), text_of(record, "body"),
                            text_of(record, "created_at"),
                            finished_at.empty() ? std::nullopt : std::optional{finished_at});
}

}  // namespace

web::awaitable<web::Response> Operations::answer(Call call) {
  const std::string id{web::param(call.params, "operation")};
  const auto operation = OperationId::parse(id);
  if (!operation || !upstreams_.has(operation->service) || !is_callers(call, *operation)) {
    co_return web::problem_response(absent(), call.request);
  }
  std::string target = "/operations/" + operation->command.to_string();
  auto answer = co_await upstreams_.get(operation->service, std::move(target), call);
  if (!answer) co_return web::problem_response(answer.error(), call.request);
  if (answer->status == 404 && now() - operation->created_at < kKept) {
    // Nobody has taken it from the queue yet.
    co_return operation_response(id, "pending", {}, to_rfc3339(operation->created_at), {});
  }
  if (answer->status == 404) co_return web::problem_response(absent(), call.request);
  json::error_code error;
  const json::value record = json::parse(answer->body, error);
  if (answer->status != 200 || error || !record.is_object()) {
    co_return web::problem_response(unavailable("This can't be read at the moment."), call.request);
  }
  co_return known_response(call, id, record.get_object());
}

}  // namespace waybill::gateway
