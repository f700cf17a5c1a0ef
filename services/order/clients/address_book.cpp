#include "services/order/clients/address_book.hpp"

#include <boost/json.hpp>

namespace waybill::order::clients {
namespace {

constexpr milliseconds kRequestTime{2'000};

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
    : identity_{io, identity, kRequestTime} {}

Result<std::optional<domain::Address>> AddressBook::find(const Id& user, const Id& address) {
  const auto response =
      identity_.get("/v1/users/" + user.to_string() + "/addresses/" + address.to_string());
  if (!response) return response.error();
  return read_answer(*response);
}

}  // namespace waybill::order::clients
