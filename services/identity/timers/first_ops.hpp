// The first account with the role ops, without which nobody could make another.
#pragma once

#include "services/identity/direct/direct_api.hpp"

namespace waybill::identity::timers {

struct FirstOps {
  std::string email;
  config::Secret password;

  // Throws config::SettingsError when only one of them is set, or the password is none.
  void check() const;
};

// Creates the account unless there is one with the role ops, or nothing is set. One process does
// it, however many start. A refusal (somebody else has the e-mail) is logged as
// `auth.first_ops_refused`.
void create_first_ops(pg::Connection& connection, const FirstOps& wanted, const Policy& policy,
                      const direct::Transactions& transactions);

}  // namespace waybill::identity::timers
