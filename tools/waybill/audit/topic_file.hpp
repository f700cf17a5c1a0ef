// A topic's events in the order of keys and versions, on disk where they are many.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "tools/waybill/audit/audit.hpp"
#include "tools/waybill/audit/model.hpp"
#include "tools/waybill/audit/sorted_file.hpp"

namespace waybill::tool::audit {

struct TopicLine {
  std::string key;
  std::int64_t version = 0;  // 0: no state; it says what happened (SessionsRevoked)
  std::int32_t partition = -1;
  std::int64_t offset = -1;
  std::string body = {};   // digest of id, type and payload
  std::string facts = {};  // digest of what the newest event must say as the row does
  bool late = false;       // the topic got it after the database was looked at, or about then
  bool waiting = false;    // not in the topic yet, but in the outbox
};

// Sorts by key, version, offset; those that wait come behind those that were told.
std::string to_line(const TopicLine& line);
TopicLine parse_line(std::string_view text);

// Reads the topic to its present end; from `since` on (with some minutes before it), or all of it.
// `ends`: what comes at or behind these offsets is late.
SortedFile read_topic(messaging::KafkaBroker& kafka, const Model& model,
                      const std::map<std::int32_t, std::int64_t>& ends,
                      const std::optional<Instant>& since, const Tell& tell);

// "5f4dcc3b5aa765d61d8327deb882cf99".
std::string md5(std::string_view text);

}  // namespace waybill::tool::audit
