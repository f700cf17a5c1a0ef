#include "services/order/clients/topic_places.hpp"

#include <boost/json.hpp>

namespace waybill::order::clients {
namespace {

constexpr milliseconds kRequestTime{700};

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
    : report_{io, report, kRequestTime} {}

std::map<std::int64_t, TopicPlace> TopicPlaces::find(const Id& order) {
  const auto response = report_.get("/orders/" + order.to_string() + "/places");
  return response ? read_answer(*response) : std::map<std::int64_t, TopicPlace>{};
}

}  // namespace waybill::order::clients
