#include "libs/metrics/requests.hpp"

#include <map>

namespace waybill::metrics {
namespace {

std::int64_t this_second() {
  using std::chrono::steady_clock;
  return std::chrono::duration_cast<std::chrono::seconds>(steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

void LastSeconds::add(std::int64_t second, double amount) {
  Slot& slot = slots_[static_cast<std::size_t>(second) % slots_.size()];
  if (slot.second != second) slot = {second, 0};
  slot.amount += amount;
}

double LastSeconds::rate(std::int64_t second) const {
  double sum = 0;
  for (const Slot& slot : slots_) {
    if (slot.second >= second - kSeconds && slot.second < second) sum += slot.amount;
  }
  return sum / static_cast<double>(kSeconds);
}

struct Requests::Shared {
  explicit Shared(const std::string& kind)
      : total{counter("service_requests_total", "What this process was asked.",
                      {{"service", process_name()}, {"kind", kind}})},
        rps{gauge("service_rps", "The same per second, of the last ten seconds.",
                  {{"service", process_name()}, {"kind", kind}})} {}

  Counter& total;
  Gauge& rps;
  std::mutex mutex;
  LastSeconds last;
};

Requests::Requests(const std::string& kind) {
  static std::mutex mutex;
  static auto* all = new std::map<std::string, std::shared_ptr<Shared>>;
  const std::lock_guard lock{mutex};
  auto& found = (*all)[kind];
  if (!found) {
    found = std::make_shared<Shared>(kind);
    before_exposition([shared = found] {
      const std::lock_guard counting{shared->mutex};
      shared->rps.set(shared->last.rate(this_second()));
    });
  }
  shared_ = found;
}

void Requests::add(double amount) {
  shared_->total.add(amount);
  const std::lock_guard lock{shared_->mutex};
  shared_->last.add(this_second(), amount);
}

}  // namespace waybill::metrics
