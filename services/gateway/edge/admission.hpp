// How many commands are under way for each service: a bounded number, a short line behind it, and
// an early 503 for the rest, so that the admitted ones stay quick whatever is offered. Reads are
// bounded by the connections to their service (queries/upstreams.hpp), those from the cache need no
// bound. Io thread only.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "libs/async/gate.hpp"
#include "libs/contract/contract.hpp"
#include "libs/metrics/metrics.hpp"

namespace waybill::gateway {

class Admission {
 public:
  Admission(boost::asio::io_context& io, async::Gate::Limits limits);

  // A command of this operation would be refused now. Costs nothing: to be asked before any work.
  bool is_full(const contract::Operation& operation) const;
  // The right to have a command under way; empty: refused. Only for operations with x-command.
  web::awaitable<async::Gate::Pass> enter(const contract::Operation& operation,
                                          std::chrono::steady_clock::time_point deadline);
  // A refusal that is_full() or enter() led to.
  Fault refuse(const contract::Operation& operation);
  void set_limits(async::Gate::Limits limits);

 private:
  struct Entrance {
    Entrance(boost::asio::io_context& io, async::Gate::Limits limits, const std::string& service);

    async::Gate gate;
    metrics::Counter& refused;
    metrics::Histogram& waited;
    metrics::Gauge& waiting;
  };
  Entrance& entrance(const contract::Operation& operation);

  boost::asio::io_context& io_;
  async::Gate::Limits limits_;
  std::map<std::string, std::unique_ptr<Entrance>> entrances_;  // by service
};

}  // namespace waybill::gateway
