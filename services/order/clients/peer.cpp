#include "services/order/clients/peer.hpp"

#include <boost/asio/use_future.hpp>

#include "libs/core/caller.hpp"

namespace waybill::order::clients {
namespace {

constexpr milliseconds kGrace{300};  // for the client to give up by itself

web::ClientOptions client_options(milliseconds request_time) {
  web::ClientOptions options;
  options.connections = 2;
  options.request_time = request_time;
  return options;
}

}  // namespace

Peer::Peer(boost::asio::io_context& io, const std::string& address, milliseconds request_time)
    : io_{io},
      most_wait_{request_time + kGrace},
      client_{io, address, client_options(request_time)} {}

Result<web::Response> Peer::get(std::string target) {
  web::ClientRequest request;
  request.target = std::move(target);
  request.headers.add("Waybill-Caller", to_header({std::nullopt, Role::staff}));
  auto answer =
      boost::asio::co_spawn(io_, client_.send(std::move(request)), boost::asio::use_future);
  if (answer.wait_for(most_wait_) != std::future_status::ready) {
    return unavailable("no answer in time");
  }
  return answer.get();
}

}  // namespace waybill::order::clients
