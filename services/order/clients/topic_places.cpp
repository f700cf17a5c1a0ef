#include "services/order/clients/topic_places.hpp"

#include <boost/asio/use_future.hpp>
#include <boost/json.hpp>

#include "libs/core/caller.hpp"

namespace waybill::order::clients {
namespace {

constexpr milliseconds kRequestTime{700};
constexpr milliseconds kMostWait{1'000};  // also when nobody runs the io_context any more

web::ClientOptions client_options() {
  web::ClientOptions options;
  options.connections = 2;
  options.request_time = kRequestTime;
  return options;
}

std::map<std::int64_t, TopicPlace> read_answer(const web::Response& response) {
  std::map<std::int64_t, TopicPlace> places;
  boost::system::error_code error;
  const boost::json::value json = boost::json::parse(response.body, error);
  if (error || response.status != 200 || !json.is_object()) return places;
  for (const boost::json::value& item : json.at("items").as_array()) {
    places[item.at("version").as_int64()] = {item.at("partition").as_int64(),
                                             item.at("offset").as_int64()};
  }
  return places;
}

}  // namespace

TopicPlaces::TopicPlaces(boost::asio::io_context& io, const std::string& report)
    : io_{io}, client_{io, report, client_options()} {}

std::map<std::int64_t, TopicPlace> TopicPlaces::find(const Id& order) {
  web::ClientRequest request;
  request.target = "/orders/" + order.to_string() + "/places";
  request.headers.add("Waybill-Caller", to_header({std::nullopt, Role::staff}));
  auto answer =
      boost::asio::co_spawn(io_, client_.send(std::move(request)), boost::asio::use_future);
  if (answer.wait_for(kMostWait) != std::future_status::ready) return {};
  const Result<web::Response> response = answer.get();
  return response ? read_answer(*response) : std::map<std::int64_t, TopicPlace>{};
}

}  // namespace waybill::order::clients
