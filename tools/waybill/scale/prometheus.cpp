#include "tools/waybill/scale/prometheus.hpp"

#include <cmath>

#include "libs/web/client.hpp"
#include "tools/waybill/connection.hpp"
#include "tools/waybill/retail/jobs.hpp"

namespace waybill::tool::scale {
namespace {

awaitable<void> send(web::Client& client, std::string query, Result<web::Response>& answer) {
  web::ClientRequest request;
  request.target = "/api/v1/query?query=" + web::url_encode(query);
  answer = co_await client.send(std::move(request));
}

double number(const boost::json::value& sample) {
  return std::strtod(sample.at("value").at(1).as_string().c_str(), nullptr);
}

}  // namespace

std::map<std::string, double> Prometheus::ask(const std::string& query,
                                              const std::string& label) const {
  boost::asio::io_context io{1};
  web::Client client{io, host_and_port(address_)};
  Result<web::Response> answer = web::Response{};
  retail::run_jobs(io, 1, 1, [&](std::size_t) { return send(client, query, answer); });
  if (!answer) {
    throw std::runtime_error{
        fmt::format("no Prometheus answers at {}: {}", address_, answer.error().detail)};
  }
  if (answer->status != 200) {
    throw std::runtime_error{
        fmt::format("Prometheus says {} to {}: {}", answer->status, query, answer->body)};
  }
  std::map<std::string, double> values;
  const boost::json::value body = boost::json::parse(answer->body);
  for (const auto& sample : body.at("data").at("result").as_array()) {
    const auto* name = sample.at("metric").as_object().if_contains(label);
    const double value = number(sample);
    if (name && std::isfinite(value)) values[std::string{name->as_string()}] = value;
  }
  return values;
}

}  // namespace waybill::tool::scale
