// The read APIs of the services behind the gateway. Each has its own bounded line, and a breaker:
// one that hangs takes nothing from the others.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "libs/metrics/metrics.hpp"
#include "libs/web/client.hpp"
#include "services/gateway/edge/call.hpp"
#include "services/gateway/queries/breaker.hpp"

namespace waybill::gateway {

// How long a service may take: as long as the caller's deadline lets it, or, where it waits for
// somebody else and says itself how long that is, up to a minute.
enum class Patience { of_the_caller, of_the_service };

class Upstreams {
 public:
  // `addresses`: service → "host:port". `transfers`: streams to a service at most; they have their
  // own connections, so that long ones keep nobody from short reads.
  Upstreams(boost::asio::io_context& io, const std::map<std::string, std::string>& addresses,
            const web::ClientOptions& options = {}, std::size_t transfers = 64);

  bool has(const std::string& service) const { return services_.contains(service); }

  // Asks a service that is known, on behalf of the caller, who waits until the request's deadline.
  // Runs on the io thread.
  web::awaitable<Result<web::Response>> get(const std::string& service, std::string target,
                                            const Call& call);
  // The same with a request of any kind and its own deadline. The fault is the client's own, of
  // code kBusy where the service was not asked: what to tell the caller is up to whoever knows
  // what was asked.
  web::awaitable<Result<web::Response>> send(const std::string& service, web::ClientRequest request,
                                             const Caller& caller, const TraceContext& trace,
                                             Patience patience = Patience::of_the_caller);
  // The same with bodies that pass through as they come; see web::Client::open.
  web::awaitable<Result<web::Response>> open(const std::string& service, web::ClientRequest request,
                                             const Caller& caller, const TraceContext& trace);

 private:
  struct Service {
    Service(boost::asio::io_context& io, const std::string& name, const std::string& address,
            const web::ClientOptions& options, std::size_t transfers);
    // What became of a request that the breaker let through.
    void settle(const Result<web::Response>& response, Breaker::Time now);

    const std::string name;
    web::Client client;
    web::Client patient;
    web::Client streams;
    Breaker breaker;
    metrics::Gauge& circuit;
  };

  std::map<std::string, std::unique_ptr<Service>> services_;
};

}  // namespace waybill::gateway
