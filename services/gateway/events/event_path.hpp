// Server-sent events of one aggregate: first its present state, then one event per version, until a
// final state. Versions only rise; nothing is skipped and nothing comes twice.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "libs/messaging/broker.hpp"
#include "services/gateway/edge/call.hpp"
#include "services/gateway/events/event_feed.hpp"
#include "services/gateway/queries/query_path.hpp"

namespace waybill::gateway {

class EventPath {
 public:
  struct Options {
    std::size_t streams = 1'000;  // at once; more are refused with 503
    std::chrono::milliseconds heartbeat{15'000};
  };
  EventPath(boost::asio::io_context& io, messaging::KafkaBroker& broker, QueryPath& queries,
            Options options);
  ~EventPath();
  // Ends the reading threads. Blocking; not on the io thread.
  void stop();

  web::awaitable<web::Response> answer(Call call);

 private:
  EventFeed& feed_of(const contract::EventsTarget& target);

  boost::asio::io_context& io_;
  messaging::KafkaBroker& broker_;
  QueryPath& queries_;
  const Options options_;
  std::map<std::string, std::unique_ptr<EventFeed>> feeds_;  // by topic; io thread only
  std::shared_ptr<std::size_t> open_streams_ = std::make_shared<std::size_t>(0);
};

}  // namespace waybill::gateway
