// How the outbox of a service stands.
#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

namespace waybill::tool::outbox {

struct ChannelStatus {
  std::string service;
  std::string channel;  // event, command
  std::int64_t waiting = 0;
  double oldest_seconds = 0;  // of those that wait
  double per_second = 0;      // told during the last minute
  std::string last_sent;      // RFC 3339; empty: nothing is kept
  std::string kept_since;
  bool relay = false;  // somebody holds the lock
};

// Both channels. Throws pg::Error.
std::vector<ChannelStatus> read_status(const std::string& service, const std::string& url);

std::string to_table(const std::vector<ChannelStatus>& channels);
std::string to_json(const std::vector<ChannelStatus>& channels);

}  // namespace waybill::tool::outbox
