#include "tests/chaos/traffic.hpp"

#include <array>

#include "tests/chaos/caller.hpp"

namespace waybill::chaos {

using e2e::Reply;

namespace {

// One of each service.
constexpr std::array kReads{"/v1/products?limit=3", "/v1/orders?limit=3", "/v1/users?limit=3",
                            "/v1/statistics/sales?from=2020-01-01&to=2020-01-02",
                            "/v1/tasks?limit=3"};

}  // namespace

class Traffic::Client {
 public:
  Client(Traffic& traffic, int number)
      : traffic_{traffic},
        dice_{traffic.options_.seed * 1'000 + static_cast<std::uint64_t>(number)},
        caller_{traffic.options_.gateway, traffic.book_},
        own_{e2e::make_product("1.00", 1'000)} {}

  void run() {
    auto due = Clock::now();
    while (!traffic_.stopping_) {
      act();
      if (traffic_.options_.reads) browse();
      if (traffic_.options_.per_second <= 0) continue;
      due += std::chrono::duration_cast<Clock::duration>(
          std::chrono::duration<double>{1 / traffic_.options_.per_second});
      std::this_thread::sleep_until(due);
    }
  }

 private:
  void act() {
    const std::uint64_t what = dice_.below(20);
    if (what < 15 || placed_.empty()) {
      place();
    } else if (what < 17) {
      move(&Shop::cancel);
    } else if (what < 18) {
      move(&Shop::pay);
    } else {
      reprice();
    }
  }

  void place() {
    const std::string key = e2e::unique("key");
    const Reply reply = insist(traffic_.shop_.order(dice_, key), key, 201);
    if (reply.status != 201) return;
    placed_.push_back(reply.id());
    traffic_.confirmed();
  }

  void move(e2e::Call (*how)(const std::string&)) {
    const std::size_t at = dice_.below(placed_.size());
    const std::string order = placed_[at];
    placed_.erase(placed_.begin() + static_cast<std::ptrdiff_t>(at));
    const Reply reply = insist(how(order), e2e::unique("key"), 200);
    if (reply.status == 200) look("/v1/orders/" + order, "status", reply.member("status"));
  }

  void reprice() {
    const std::string path = "/v1/products/" + own_;
    const std::string price = fmt::format("{}.{:02}", dice_.between(1, 99), dice_.between(0, 99));
    caller_.call({"GET", path, {}, {}});  // the cache has the old one now
    const Reply reply = insist(Shop::reprice(own_, price), e2e::unique("key"), 200);
    if (reply.status == 200) look(path, "price", price);
  }

  void browse() {
    const char* path = kReads[static_cast<std::size_t>(++traffic_.reads_) % kReads.size()];
    const Reply read = caller_.call({"GET", path, {}, {}});
    if (read.status != 200) {
      traffic_.book_.surprise(fmt::format("GET {}: {} {}", path, read.status, read.text));
    }
  }

  // Who writes sees what it wrote, at once.
  void look(const std::string& path, const char* member, const std::string& wanted) {
    for (int i = 0; i < 2; ++i) {
      const Reply read = caller_.call({"GET", path, {}, {}});
      if (read.status != 200 || read.member(member) == wanted) continue;
      traffic_.book_.stale(fmt::format("{} has {} {}, after {} was answered", path, member,
                                       read.member(member), wanted));
    }
  }

  // A refusal by the state of things (409) is an outcome as well.
  Reply insist(e2e::Call call, const std::string& key, int success) {
    Reply reply = caller_.insist(std::move(call), key, traffic_.options_.repeats);
    if (reply.status == success || reply.status == 409) {
      ++traffic_.acknowledged_;
    } else {
      traffic_.book_.surprise(fmt::format("{} {}", reply.status, reply.text));
    }
    return reply;
  }

  Traffic& traffic_;
  testing::Dice dice_;
  Caller caller_;
  const std::string own_;            // nobody else changes this product
  std::vector<std::string> placed_;  // orders that this client has not moved yet
};

Traffic::Traffic(TrafficOptions options) : options_{std::move(options)} {
  for (int i = 0; i < options_.clients; ++i) {
    clients_.emplace_back([client = std::make_shared<Client>(*this, i)] { client->run(); });
  }
}

Traffic::~Traffic() {
  stop();
}

void Traffic::stop() {
  stopping_ = true;
  for (std::thread& client : clients_) {
    if (client.joinable()) client.join();
  }
}

std::optional<Traffic::Clock::time_point> Traffic::first_order_since(
    Clock::time_point since) const {
  const std::lock_guard lock{mutex_};
  const auto first = std::lower_bound(orders_.begin(), orders_.end(), since);
  return first == orders_.end() ? std::nullopt : std::optional{*first};
}

void Traffic::confirmed() {
  const std::lock_guard lock{mutex_};
  orders_.push_back(Clock::now());
}

}  // namespace waybill::chaos
