#include "tools/waybill/session.hpp"

namespace waybill::tool {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds kPatience{60};

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* found = object.if_contains(name);
  return found && found->is_string() ? std::string{found->get_string()} : std::string{};
}

std::int64_t number_of(const json::object& object, std::string_view name) {
  const json::value* found = object.if_contains(name);
  return found && found->is_int64() ? found->get_int64() : 0;
}

}  // namespace

Session::Session(boost::asio::io_context& io, web::Client& client, Credentials credentials)
    : io_{io}, client_{client}, credentials_{std::move(credentials)}, token_{credentials_.token} {}

async::awaitable<std::string> Session::token() {
  if (credentials_.email.empty()) co_return token_;
  if (token_.empty() || Clock::now() >= renew_at_) co_await renew();
  co_return token_;
}

bool Session::drop(const std::string& refused) {
  if (credentials_.email.empty()) return false;
  if (token_ == refused) token_.clear();
  return true;
}

// One at a time: a refresh token that is used twice ends the session.
async::awaitable<void> Session::renew() {
  if (const auto others = under_way_) {
    co_await others->wait_for(kPatience);
    co_return;
  }
  const auto done = std::make_shared<async::Event>(io_);
  under_way_ = done;
  std::exception_ptr failure;
  try {
    int status = 0;
    if (!refresh_token_.empty()) {
      json::object grant{{"grant_type", "refresh_token"}, {"refresh_token", refresh_token_}};
      refresh_token_.clear();
      status = co_await ask(std::move(grant));
    }
    if (status != 200) {
      json::object grant{{"grant_type", "password"},
                         {"username", credentials_.email},
                         {"password", credentials_.password.reveal()}};
      status = co_await ask(std::move(grant));
    }
    if (status == 400 || status == 401) {
      throw SignInRefused{"the gateway does not take the account " + credentials_.email +
                          "; see WAYBILL_EMAIL and WAYBILL_PASSWORD (or _FILE)"};
    }
  } catch (...) {
    failure = std::current_exception();
  }
  under_way_ = nullptr;
  done->set();
  if (failure) std::rethrow_exception(failure);
}

// The status of the answer, 0 for none.
async::awaitable<int> Session::ask(json::object grant) {
  web::ClientRequest request;
  request.method = "POST";
  request.target = "/v1/auth/token";
  request.headers.set("Content-Type", "application/json");
  request.body = json::serialize(grant);
  const auto response = co_await client_.send(std::move(request));
  if (!response) co_return 0;
  if (response->status != 200) co_return response->status;
  boost::system::error_code broken;
  const json::value body = json::parse(response->body, broken);
  if (broken || !body.is_object()) co_return 0;
  token_ = text_of(body.get_object(), "access_token");
  refresh_token_ = text_of(body.get_object(), "refresh_token");
  const std::chrono::seconds life{number_of(body.get_object(), "expires_in")};
  renew_at_ = Clock::now() + life * 4 / 5;
  co_return 200;
}

}  // namespace waybill::tool
