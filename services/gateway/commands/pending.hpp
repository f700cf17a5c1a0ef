// The commands of this process that are under way. Requests that repeat a command while it is under
// way share it: one message, one outcome, as many answers as there are requests. Io thread only.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include <boost/asio/io_context.hpp>

#include "libs/async/async.hpp"
#include "libs/core/id.hpp"
#include "libs/messaging/message.hpp"
#include "libs/metrics/metrics.hpp"
#include "waybill/common/v1/outcome.pb.h"

namespace waybill::gateway {

// One command on its way.
struct Flight {
  Flight(boost::asio::io_context& io, std::string print)
      : fingerprint{std::move(print)}, done{io}, published{io} {}

  const std::string fingerprint;
  std::shared_ptr<const common::v1::Outcome> outcome;
  std::optional<messaging::Publish> publish;  // what the broker said
  async::Event done;                          // there is an outcome, or there will be none
  async::Event published;                     // the broker has said something, or it is done
  std::size_t waiting = 0;                    // requests
  // Outcomes that may still come under this id: one for each time it was published. As long as
  // there are any, they could be taken for those of another request.
  std::size_t expected = 1;
};

class Pending {
 public:
  explicit Pending(boost::asio::io_context& io);

  struct Entry {
    std::shared_ptr<Flight> flight;  // nullptr: the id is under way for another request
    bool is_new = false;             // the command has to be published
  };
  // `keyed`: the command may be repeated, so what is known of it is kept for a while after
  // everybody has stopped waiting.
  Entry join(const Id& command, const std::string& fingerprint, bool keyed);
  // A request has stopped waiting.
  void leave(const Id& command, const std::shared_ptr<Flight>& flight, bool keyed);

  // Answers from the brokers.
  void published(const Id& command, const std::shared_ptr<Flight>& flight,
                 messaging::Publish result);
  void resolve(common::v1::Outcome outcome);

  std::size_t size() const { return flights_.size(); }

 private:
  struct Abandoned {
    std::chrono::steady_clock::time_point at;
    Id command;
    std::weak_ptr<Flight> flight;
  };

  void remember(const Id& command, const std::shared_ptr<Flight>& flight);
  void erase(const Id& command, const std::shared_ptr<Flight>& flight);
  void forget_old();

  boost::asio::io_context& io_;
  std::unordered_map<Id, std::shared_ptr<Flight>> flights_;
  std::deque<Abandoned> abandoned_;
  metrics::Gauge& gauge_;
};

}  // namespace waybill::gateway
