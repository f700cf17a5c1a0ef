#include "services/order/clients/address_book.hpp"

#include <boost/asio/use_future.hpp>
#include <boost/json.hpp>

#include "libs/core/caller.hpp"

namespace waybill::order::clients {
namespace {

constexpr milliseconds kRequestTime{2'000};
constexpr milliseconds kMostWait{3'000};  // also when nobody runs the io_context any more

web::ClientOptions client_options() {
  web::ClientOptions options;
  options.connections = 2;
  options.request_time = kRequestTime;
  return options;
}

Result<std::optional<domain::Address>> read_answer(const web::Response& response) {
  if (response.status == 404) return std::optional<domain::Address>{};
  if (response.status != 200) {
    return unavailable("identity answered " + std::to_string(response.status));
  }
  boost::system::error_code error;
  const boost::json::value json = boost::json::parse(response.body, error);
  if (error || !json.is_object()) return unavailable("identity answered with no address");
  const auto text = [&json](const char* member) {
    return std::string{json.at(member).as_string()};
  };
  return std::optional<domain::Address>{
      {text("street"), text("city"), text("state"), text("zip_code"), text("country")}};
}

}  // namespace

AddressBook::AddressBook(boost::asio::io_context& io, const std::string& identity)
    : io_{io}, client_{io, identity, client_options()} {}

Result<std::optional<domain::Address>> AddressBook::find(const Id& user, const Id& address) {
  web::ClientRequest request;
  request.target = "/v1/users/" + user.to_string() + "/addresses/" + address.to_string();
  request.headers.add("Waybill-Caller", to_header({std::nullopt, Role::staff}));
  auto answer =
      boost::asio::co_spawn(io_, client_.send(std::move(request)), boost::asio::use_future);
  if (answer.wait_for(kMostWait) != std::future_status::ready) {
    return unavailable("identity did not answer in time");
  }
  const Result<web::Response> response = answer.get();
  if (!response) return response.error();
  return read_answer(*response);
}

}  // namespace waybill::order::clients
