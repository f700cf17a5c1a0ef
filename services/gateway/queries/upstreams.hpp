// The read APIs of the services behind the gateway.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "libs/core/caller.hpp"
#include "libs/web/client.hpp"

namespace waybill::gateway {

class Upstreams {
 public:
  // `addresses`: service → "host:port".
  Upstreams(boost::asio::io_context& io, const std::map<std::string, std::string>& addresses);

  bool has(const std::string& service) const { return clients_.contains(service); }

  // Asks a service that is known, on behalf of the caller. Runs on the io thread.
  web::awaitable<Result<web::Response>> get(const std::string& service, std::string target,
                                            const Caller& caller, const TraceContext& trace);
  // The same with a request of any kind. The fault is the client's own: what to tell the caller is
  // up to whoever knows what was asked.
  web::awaitable<Result<web::Response>> send(const std::string& service, web::ClientRequest request,
                                             const Caller& caller, const TraceContext& trace);

 private:
  std::map<std::string, std::unique_ptr<web::Client>> clients_;
};

}  // namespace waybill::gateway
