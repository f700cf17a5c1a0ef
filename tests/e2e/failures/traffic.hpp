// Orders that keep coming while the platform is being broken. Each has an idempotency key and is
// sent again until it has its outcome, as a careful client would do.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/support/book.hpp"
#include "tests/e2e/support/shop.hpp"

namespace waybill::e2e {

class Traffic {
 public:
  // `clients` at once order one unit of one of the products each time.
  Traffic(const Customer& customer, std::vector<std::string> products, int clients);
  ~Traffic();

  // Outcomes so far.
  std::int64_t placed() const { return placed_; }
  // Ends when each client has the outcome of its last order.
  void stop();

  // Ids of all orders that got their 201; after stop().
  std::vector<std::string> orders() const;
  const Book& book() const { return book_; }

 private:
  void run(std::size_t client);
  void place_one(const Call& order, const std::string& key);
  void note(const std::string& key, const Reply& reply);

  Customer customer_;
  std::vector<std::string> products_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::int64_t> placed_{0};
  Book book_;
  mutable std::mutex mutex_;
  std::vector<std::string> orders_;
  std::vector<std::thread> clients_;
};

}  // namespace waybill::e2e
