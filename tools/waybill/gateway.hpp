// The gateway as the tool talks to it: JSON in and out, retries that can't do a thing twice. Runs
// on one io_context, like web::Client.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>

#include <boost/json.hpp>

#include "libs/web/client.hpp"
#include "tools/waybill/session.hpp"

namespace waybill::tool {

template <class T>
using awaitable = boost::asio::awaitable<T>;

// Nobody answers at the address, or not in time; what() says what to do.
class GatewayAway : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// "127.0.0.1:18080" of http://127.0.0.1:18080/. Throws std::invalid_argument for https.
std::string host_and_port(std::string address);

struct GatewayOptions {
  std::string address;  // http://host:port or host:port
  Credentials credentials;
  std::size_t connections = 16;
  // How long 429, 503 and broken connections of one request are waited out.
  std::chrono::minutes patience{15};
};

struct Answer {
  int status = 0;
  boost::json::value body;  // null when there is none
  std::string etag;

  bool ok() const { return status >= 200 && status < 300; }
  // Of a problem document; "http-<status>" where there is none.
  std::string code() const;
  std::string detail() const;  // its errors included
  // A string member; empty when absent or null.
  std::string text(std::string_view member) const;
};

class Gateway {
 public:
  Gateway(boost::asio::io_context& io, GatewayOptions options);

  // All of these throw SignInRefused when there is an account that the gateway does not take.

  // One try, to find out early that nobody is there. Throws GatewayAway.
  awaitable<void> check();

  awaitable<Answer> get(std::string path);
  // A write with its idempotency key: `name` says what is written ("order 536365"), the key is
  // derived from it, the path and the body.
  awaitable<Answer> write(std::string method, std::string path, boost::json::object body,
                          std::string name);

  const std::string& address() const { return options_.address; }

 private:
  awaitable<Answer> send(web::ClientRequest request);
  awaitable<Result<web::Response>> send_signed(web::ClientRequest request);
  std::string help_when_away(const std::string& why) const;

  GatewayOptions options_;
  web::Client client_;
  Session session_;
};

}  // namespace waybill::tool
