// Dead letters that died of the same cause are one group, whatever ids and numbers stand in it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tools/waybill/dead/letters.hpp"

namespace waybill::tool::dead {

// The cause with "…" for ids, numbers and quoted values: "product 0190… has 3" → "product … has …".
std::string normalize_cause(std::string_view cause);

// Six hexadecimal digits of type and normalized cause.
std::string group_of(const Letter& letter);

struct Group {
  std::string id;
  std::string service;
  std::string type;
  std::string cause;   // of the sample
  std::string sample;  // a command id
  std::int64_t count = 0;
  std::string first, last;  // RFC 3339; when they first failed, as far as it is known
  std::size_t most_attempts = 0;
};

class Groups {
 public:
  void add(const std::string& service, const Letter& letter);
  // The largest first.
  std::vector<Group> list() const;

 private:
  std::map<std::pair<std::string, std::string>, Group> groups_;  // service, id
};

std::string to_table(const std::vector<Group>& groups);
std::string to_json(const std::vector<Group>& groups);

}  // namespace waybill::tool::dead
