// The console, a page of the ops port: what runs, what waits, what an order has gone through.
//   /console          the page and its files
//   /console/query    one PromQL query, passed on to Prometheus
//   /v1/…             the API, passed on to this gateway's own port: whoever looks at an order
//   signs in there
// The ops port is for those who operate the platform; what customers own is behind the API's own
// checks.
#pragma once

#include <string>

#include <boost/asio/io_context.hpp>

#include "libs/web/client.hpp"
#include "libs/web/http.hpp"

namespace waybill::gateway::console {

struct Options {
  std::string folder;      // of the page
  std::string prometheus;  // host:port
  std::string api;         // host:port of the gateway itself
};

class Console final : public web::Handler {
 public:
  Console(boost::asio::io_context& io, Options options);
  web::awaitable<web::Response> handle(web::Request& request) override;

 private:
  web::Response file(const web::Request& request) const;
  web::awaitable<web::Response> query(const web::Request& request);
  web::awaitable<web::Response> api(const web::Request& request);

  const std::string folder_;
  web::Client prometheus_;
  web::Client api_;
};

}  // namespace waybill::gateway::console
