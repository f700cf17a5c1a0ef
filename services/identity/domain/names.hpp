// Who has which e-mail and username while a batch is decided. Names compare in the folded form that
// the database gives (lower case).
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "libs/core/fault.hpp"
#include "libs/core/id.hpp"

namespace waybill::identity::domain {

class Names {
 public:
  // What the database knows of a name that the batch asks for.
  void learn(const std::string& name, std::string folded, std::optional<Id> email_owner,
             std::optional<Id> username_owner);

  // Gives the user both names in place of what he had; or a fault, and nothing is given:
  //   400 a username with @ that is not the own e-mail
  //   409 already-exists with `field`, the e-mail being looked at first
  // Both names must have been learnt.
  Result<void> take(const Id& user, const std::string& email, const std::string& username);

 private:
  std::unordered_map<std::string, std::string> folded_;
  std::unordered_map<std::string, Id> emails_;     // folded → owner
  std::unordered_map<std::string, Id> usernames_;  // folded → owner
};

}  // namespace waybill::identity::domain
