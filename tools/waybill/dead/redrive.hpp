// What is done with dead letters: sent on again, tried for show, or given up.
//
// Nothing is lost whenever the tool dies: a letter leaves the dead queue only after the broker has
// confirmed its copy, or the database its end. In between there are two copies at most, and the
// inbox takes the command once.
#pragma once

#include <set>
#include <string>

#include "libs/messaging/broker.hpp"
#include "tools/waybill/dead/letters.hpp"

namespace waybill::tool::dead {

// Which letters are meant; nothing chosen means none.
struct Choice {
  std::set<std::string> ids;  // command ids, or message ids that are none
  std::string group;
  bool all = false;

  bool takes(const Letter& letter) const;
};

struct Outcome {
  std::int64_t done = 0;
  std::int64_t failed = 0;  // the broker did not take them: still dead
  std::int64_t left = 0;    // not chosen, or not reached
};

// Back to the service, with the whole ladder before them again. `per_second` at most.
Outcome retry(messaging::RabbitBroker& rabbit, const std::string& service, const Choice& choice,
              double per_second);

struct Rehearsals {
  std::map<std::string, std::int64_t> would;   // succeeded, refused, deferred, …: how many
  std::map<std::string, std::string> reasons;  // of retry and dead: reason → a command id
  std::int64_t unanswered = 0;

  // Done, or done already: nothing would come back to the dead queue.
  std::int64_t passing() const;
  std::int64_t failing() const;
};
// The service says what would become of them; they stay where they are.
Rehearsals rehearse(messaging::RabbitBroker& rabbit, const std::string& service,
                    const Choice& choice, double per_second,
                    std::chrono::milliseconds patience = std::chrono::seconds{15});

// Given up for good: written down in the service's database (discarded_command), then removed.
Outcome discard(messaging::RabbitBroker& rabbit, const std::string& service,
                const std::string& database_url, const Choice& choice, const std::string& reason);

// Pure: the message as it is sent to its service again.
messaging::Message revived(messaging::Message message);

}  // namespace waybill::tool::dead
