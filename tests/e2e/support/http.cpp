#include "tests/e2e/support/http.hpp"

#include "libs/testing/testing.hpp"
#include "libs/web/client.hpp"
#include "tests/e2e/support/account.hpp"

namespace waybill::e2e {
namespace {

namespace json = boost::json;

// A platform that is being broken on purpose may take its time.
constexpr std::chrono::seconds kPatience{60};

web::ClientRequest to_request(const Call& call) {
  web::ClientRequest request;
  request.method = call.method;
  request.target = call.path;
  request.body = call.body;
  for (const auto& [name, value] : call.headers) request.headers.add(name, value);
  if (!call.anonymous && !request.headers.has("Authorization")) {
    request.headers.add("Authorization", "Bearer " + ops_token());
  }
  return request;
}

web::ClientOptions one_connection(std::chrono::milliseconds patience) {
  web::ClientOptions options;
  options.connections = 1;
  options.request_time = patience;
  return options;
}

web::awaitable<void> send(web::Client& client, web::ClientRequest request, Reply& reply) {
  const auto response = co_await client.send(std::move(request));
  if (!response) {
    reply.text = response.error().detail;
    co_return;
  }
  reply.status = response->status;
  reply.headers = response->headers;
  reply.text = response->body;
  boost::system::error_code failed;
  reply.json = json::parse(reply.text, failed);
  if (failed) reply.json = nullptr;
}

}  // namespace

std::string Reply::member(std::string_view name) const {
  const boost::json::value* found =
      json.is_object() ? json.get_object().if_contains(name) : nullptr;
  if (!found || found->is_null()) return {};
  return found->is_string() ? std::string{found->get_string()} : boost::json::serialize(*found);
}

std::int64_t Reply::number(std::string_view name) const {
  return body().at(name).to_number<std::int64_t>();
}

std::string gateway_address() {
  std::string address = testing::environment("WAYBILL_GATEWAY");
  if (address.starts_with("http://")) address.erase(0, 7);
  return address;
}

Line::Line(const std::string& gateway, std::chrono::milliseconds patience)
    : client_{io_, gateway, one_connection(patience)} {}

Reply Line::call(const Call& call) {
  Reply reply;
  std::exception_ptr failure;
  io_.restart();
  boost::asio::co_spawn(io_, send(client_, to_request(call), reply), [&](std::exception_ptr error) {
    failure = error;
    io_.stop();
  });
  io_.run();
  if (failure) std::rethrow_exception(failure);
  return reply;
}

std::vector<Reply> call_all(const std::vector<Call>& calls) {
  boost::asio::io_context io{1};
  web::ClientOptions options;
  options.connections = std::max<std::size_t>(calls.size(), 1);
  options.connect_time = kPatience;
  options.request_time = kPatience;
  web::Client client{io, gateway_address(), options};
  std::vector<Reply> replies(calls.size());
  std::size_t open = calls.size();
  std::exception_ptr failure;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    boost::asio::co_spawn(io, send(client, to_request(calls[i]), replies[i]),
                          [&](std::exception_ptr error) {
                            if (error) failure = error;
                            if (--open == 0) io.stop();
                          });
  }
  if (!calls.empty()) io.run();
  if (failure) std::rethrow_exception(failure);
  return replies;
}

Reply call(const Call& call) {
  return call_all({call}).front();
}

Call form_call(std::string path, const std::vector<std::pair<std::string, std::string>>& fields,
               const FormFile& file) {
  constexpr std::string_view kBegin = "--XX\r\nContent-Disposition: form-data; name=\"";
  std::string body;
  for (const auto& [name, value] : fields) {
    body += fmt::format("{}{}\"\r\n\r\n{}\r\n", kBegin, name, value);
  }
  body += fmt::format("{}{}\"; filename=\"{}\"\r\n\r\n", kBegin, file.part, file.file_name);
  body += file.bytes + "\r\n--XX--\r\n";
  return {"POST",
          std::move(path),
          std::move(body),
          {{"Content-Type", "multipart/form-data; boundary=XX"}}};
}

Call json_call(std::string method, std::string path, const json::value& body) {
  return {std::move(method),
          std::move(path),
          json::serialize(body),
          {{"Content-Type", "application/json"}}};
}

Call with_header(Call call, std::string name, std::string value) {
  call.headers.emplace_back(std::move(name), std::move(value));
  return call;
}

Reply get(std::string path) {
  return call({"GET", std::move(path), {}, {}});
}

Reply post(std::string path, const json::value& body) {
  return call(json_call("POST", std::move(path), body));
}

Reply put(std::string path, const json::value& body) {
  return call(json_call("PUT", std::move(path), body));
}

Reply patch(std::string path, const json::value& body) {
  return call(json_call("PATCH", std::move(path), body));
}

Reply remove(std::string path) {
  return call({"DELETE", std::move(path), {}, {}});
}

}  // namespace waybill::e2e
