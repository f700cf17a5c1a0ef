#include "tests/chaos/caller.hpp"

#include <boost/asio/co_spawn.hpp>

#include "libs/testing/testing.hpp"
#include "services/gateway/commands/identity.hpp"
#include "tests/e2e/support/account.hpp"
#include "tests/e2e/support/shop.hpp"

namespace waybill::chaos {
namespace {

namespace json = boost::json;
using e2e::Call;
using e2e::Reply;

constexpr seconds kPatience{300};

web::ClientOptions one_connection() {
  web::ClientOptions options;
  options.connections = 1;
  options.request_time = seconds{8};
  return options;
}

// 0: the connection broke; 202: the outcome is late; 429, 503: come again.
bool should_repeat(int status) {
  return status == 0 || status == 202 || status == 429 || status == 503;
}

web::awaitable<void> send(web::Client& client, web::ClientRequest request, Reply& reply) {
  const auto response = co_await client.send(std::move(request));
  if (!response) {
    reply.text = response.error().detail;
    co_return;
  }
  reply.status = response->status;
  reply.text = response->body;
  boost::system::error_code failed;
  reply.json = json::parse(reply.text, failed);
  if (failed) reply.json = nullptr;
}

// Whose keys they are: the account that all calls come from.
const std::string& account() {
  static const std::string key = [] {
    const Reply found = e2e::get("/v1/users?email=" + testing::environment("WAYBILL_EMAIL"));
    return "user " + e2e::text(found.body().at("items").as_array().at(0).as_object(), "id");
  }();
  return key;
}

}  // namespace

Caller::Caller(const std::string& gateway, Book& book)
    : book_{book}, client_{io_, gateway, one_connection()} {
  account();  // while everything still works
}

Reply Caller::call(const Call& call) {
  web::ClientRequest request;
  request.method = call.method;
  request.target = call.path;
  request.body = call.body;
  for (const auto& [name, value] : call.headers) request.headers.add(name, value);
  request.headers.add("Authorization", "Bearer " + e2e::ops_token());
  Reply reply;
  std::exception_ptr failure;
  io_.restart();
  boost::asio::co_spawn(io_, send(client_, std::move(request), reply),
                        [&](std::exception_ptr error) {
                          failure = error;
                          io_.stop();
                        });
  io_.run();
  if (failure) std::rethrow_exception(failure);
  return reply;
}

Reply Caller::insist(Call request, const std::string& key, bool repeats) {
  request.headers.emplace_back("Idempotency-Key", key);
  Reply reply;
  testing::eventually(kPatience, [&] {
    reply = call(request);
    note(request, key, reply);
    return !repeats || !should_repeat(reply.status);
  });
  return reply;
}

void Caller::note(const Call& call, const std::string& key, const Reply& reply) {
  json::object line{
      {"method", call.method}, {"path", call.path}, {"key", key}, {"status", reply.status}};
  if (reply.status == 201) {
    line["id"] = reply.id();
  } else {
    line["command_id"] = gateway::command_id(account(), key).to_string();
  }
  book_.note(json::serialize(line));
}

}  // namespace waybill::chaos
