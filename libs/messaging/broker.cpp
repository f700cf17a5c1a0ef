#include "libs/messaging/broker.hpp"

#include <latch>

namespace waybill::messaging {

std::vector<Publish> Publisher::publish_all(std::vector<OutgoingMessage> messages,
                                            std::chrono::milliseconds limit) {
  std::vector<Publish> outcomes(messages.size(), Publish::failed);
  std::latch open{static_cast<std::ptrdiff_t>(messages.size())};
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto done = [&outcomes, &open, i](Publish outcome) {
      outcomes[i] = outcome;
      open.count_down();
    };
    publish(std::move(messages[i]), done, limit);
  }
  open.wait();
  return outcomes;
}

}  // namespace waybill::messaging
