// The order and the product service as their handlers are, on rows in memory: the domain's own
// functions decide. What they tell lies in the outbox of the same store.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "services/order/domain/changes.hpp"
#include "services/product/domain/reservation.hpp"
#include "tests/unit/simulation/bugs.hpp"

namespace waybill::simulation {

namespace orders = waybill::order::domain;
namespace products = waybill::product::domain;

struct Message {
  enum class What { place, cancel, reserve, release, reserved, refused };
  What what{};
  Id id = {};                                           // of the command
  Id order = {};                                        // it is about
  std::vector<orders::Line> lines = {};                 // place, reserve
  std::optional<orders::Reservation> reservation = {};  // reserved
  std::size_t attempts = 0;
};

// A row of the outbox: a message to a queue, or the state of an order to the topic.
struct Row {
  std::int64_t id = 0;
  std::string queue = {};  // empty: the topic
  std::string key = {};
  Message message = {};
  orders::Order order = {};
};

// One service's database: a copy is a transaction, and assigning it the commit.
struct Store {
  struct Command {
    std::optional<int> status;  // none: deferred
    std::set<Id> answers;       // commands that this one completed
  };
  std::map<Id, Command> inbox;
  std::deque<Row> outbox;
  std::int64_t next_row = 1;

  std::map<Id, orders::Order> orders;

  products::Products products;
  std::set<Id> decided, released;
  std::map<Id, std::vector<products::Line>> held;
  std::int64_t ledger = 0;  // units that left the stock

  void tell(Row row) {
    row.id = next_row++;
    outbox.push_back(std::move(row));
  }
};

struct Outcome {
  std::optional<int> status;                // of the command itself; none: deferred
  std::optional<std::pair<Id, int>> other;  // a deferred command that it completes
};

// Does the command in the transaction.
Outcome handle(Store& tx, const Message& command, Instant now, Bug bug);

}  // namespace waybill::simulation
