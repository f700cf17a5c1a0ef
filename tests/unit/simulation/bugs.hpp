// Known mistakes. Planted one at a time to prove that the simulation sees them.
#pragma once

#include <array>
#include <string_view>

namespace waybill::simulation {

enum class Bug {
  none,
  ack_before_commit,
  answer_before_commit,
  no_inbox,
  row_removed_before_ack,
  in_doubt_is_failure,
  stock_without_lock,
  nack_ignored,
  wrong_correlation,
  reply_applied_twice,
  offset_outside_transaction,
  no_version_gate,
  rows_of_a_key_out_of_order,
  two_relays,
};

inline constexpr std::array kBugs{Bug::ack_before_commit,
                                  Bug::answer_before_commit,
                                  Bug::no_inbox,
                                  Bug::row_removed_before_ack,
                                  Bug::in_doubt_is_failure,
                                  Bug::stock_without_lock,
                                  Bug::nack_ignored,
                                  Bug::wrong_correlation,
                                  Bug::reply_applied_twice,
                                  Bug::offset_outside_transaction,
                                  Bug::no_version_gate,
                                  Bug::rows_of_a_key_out_of_order,
                                  Bug::two_relays};

constexpr std::string_view name_of(Bug bug) {
  constexpr std::array<std::string_view, 14> names{"none",
                                                   "ack before commit",
                                                   "answer before commit",
                                                   "no inbox",
                                                   "outbox row removed before the ack",
                                                   "commit in doubt taken for a failure",
                                                   "stock without lock",
                                                   "nack ignored",
                                                   "wrong correlation",
                                                   "saga reply applied twice",
                                                   "offset outside the transaction",
                                                   "no version gate",
                                                   "rows of a key out of order",
                                                   "two relays"};
  return names.at(static_cast<std::size_t>(bug));
}

}  // namespace waybill::simulation
