// Known bugs, built in on purpose and one at a time (cmake -DWAYBILL_PLANT=<name>), to prove that
// tests see them: make chaos-power. In every other build planted() is false before the compiler has
// looked at what it guards.
#pragma once

#include "waybill_plant.hpp"  // written by CMake

namespace waybill {

enum class Bug {
  none,
  ack_before_commit,           // a worker that dies loses what it had taken
  answer_before_commit,        // the caller hears of what may never be stored
  commit_not_durable,          // … of what a crash of the database forgets
  no_inbox,                    // a redelivered command is done again
  row_removed_before_ack,      // the outbox forgets what no broker has
  in_doubt_is_failure,         // a commit whose answer was lost is called a failure
  two_relays,                  // nobody asks for the lock
  key_order_ignored,           // a row may overtake an older one of its key
  cache_fill_ungated,          // a reader stores what it saw before the change
  stock_without_lock,          // two orders take the same units
  nack_ignored,                // what the broker refused counts as sent
  wrong_correlation,           // an outcome reaches another caller
  reply_applied_twice,         // the saga takes the same answer again
  offset_outside_transaction,  // a projection skips what it had not stored
};

constexpr bool planted(Bug bug) {
  return Bug::WAYBILL_PLANT == bug;
}

}  // namespace waybill
