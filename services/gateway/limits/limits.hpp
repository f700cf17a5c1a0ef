// Which limit counts for whom: the names of x-limit with their settings.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "libs/cache/windows.hpp"
#include "libs/config/settings.hpp"
#include "libs/core/caller.hpp"

namespace waybill::gateway {

// "10/60": 10 calls in any 60 seconds; "off": nullopt. Throws SettingsError, which names the
// setting.
std::optional<cache::Limit> parse_limit(const std::string& setting, const std::string& text);

class Limits {
 public:
  // A limit that applies, with the name that clients see.
  struct Rule {
    std::string_view name;
    cache::Limit limit;
  };

  // Setting `limit.<name>` of each limit as text, with its default.
  static std::map<std::string, std::string> defaults();
  // `texts` as defaults() has them. Throws SettingsError.
  explicit Limits(const std::map<std::string, std::string>& texts);

  bool has(std::string_view name) const;
  // nullopt: nothing is counted. One limit, `staff`, replaces all others for staff and ops; what is
  // never limited (`none`) is not limited for them either.
  std::optional<Rule> rule(std::string_view name, Role role) const;

 private:
  std::map<std::string, std::optional<cache::Limit>, std::less<>> limits_;
};

}  // namespace waybill::gateway
