#include "tests/unit/simulation/world.hpp"

#include <memory>

#include "libs/messaging/retry_ladder.hpp"
#include "libs/outbox/told.hpp"
#include "libs/testing/dice.hpp"
#include "tests/unit/simulation/clock.hpp"
#include "tests/unit/simulation/shop.hpp"

namespace waybill::simulation {
namespace {

using What = Message::What;

constexpr milliseconds kStorm{30'000};
constexpr milliseconds kEnd{900'000};
constexpr milliseconds kLook{1'000};  // how often we look whether everything is at rest
constexpr int kCustomers = 8;
constexpr int kWorkers = 2;
constexpr std::int64_t kStock = 12;
constexpr int kTries = 3;
const std::array<milliseconds, 4> kLadder{seconds{1}, seconds{10}, std::chrono::minutes{1},
                                          std::chrono::minutes{10}};

struct Service {
  std::string name = {};
  Store store = {};
  std::deque<Message> queue = {};
  std::deque<Message> dead = {};
  int relays = 0;      // that are between reading rows and marking them
  int lock_owner = 0;  // the last one that got the lock; who lost it can't mark anything
};

struct Customer {
  Id order = {};
  std::vector<orders::Line> lines = {};
  std::optional<int> placed = {};    // status of the order's outcome
  std::optional<Id> cancel = {};     // the command
  std::optional<int> canceled = {};  // its status
};

// What a consumer of the topic made of it.
struct Projection {
  std::map<Id, orders::Order> rows;
  std::size_t offset = 0;
};

class World {
 public:
  World(std::uint64_t seed, Bug bug) : dice_{seed}, bug_{bug} {
    for (const Id& id : products_) {
      products::Product product;
      product.id = id;
      product.price = 100;
      product.currency = "EUR";
      product.stock_quantity = kStock;
      product_.store.products.emplace(id, product);
    }
  }

  // Complaints.
  std::vector<std::string> run() {
    for (int i = 0; i < kCustomers; ++i) {
      customers_.push_back({.order = new_name(), .lines = some_lines()});
      clock_.after(milliseconds{dice_.below(10'000)}, [this, i] { ask(customers_[i]); });
    }
    for (Service* service : {&order_, &product_}) {
      for (int i = 0; i < kWorkers; ++i) work(*service);
      relay(*service);
      relay(*service);
    }
    project();
    for (milliseconds end = kStorm; end < kEnd && !is_at_rest(); end += kLook) clock_.run(end);
    check();
    return complaints_;
  }

 private:
  bool storm() const { return clock_.now() < kStorm; }
  // Does this go wrong here, in `percent` of all cases?
  bool fails(std::uint64_t percent) { return storm() && dice_.in(percent, 100); }
  milliseconds soon() { return milliseconds{1 + dice_.below(200)}; }
  // A step that is still owed: nothing is at rest before it was made.
  void owe(milliseconds delay, std::function<void()> step) {
    ++owed_;
    clock_.after(delay, [this, step = std::move(step)] {
      --owed_;
      step();
    });
  }

  bool is_at_rest() const {
    const auto is_idle = [](const Service& service) {
      return service.queue.empty() && service.store.outbox.empty();
    };
    const auto is_content = [](const Customer& customer) {
      return customer.placed && (!customer.cancel || customer.canceled);
    };
    return !storm() && owed_ == 0 && is_idle(order_) && is_idle(product_) &&
           projection_.offset == topic_.size() && std::ranges::all_of(customers_, is_content);
  }

  Id new_name() { return derive_id({}, std::to_string(++names_)); }

  std::vector<orders::Line> some_lines() {
    std::vector<orders::Line> lines{{dice_.one_of(products_), dice_.between(1, 4)}};
    if (dice_.in(1, 2)) lines.push_back({dice_.one_of(products_), dice_.between(1, 4)});
    return orders::merge_lines(lines);
  }

  // ---- customers: each command again and again, until there is an outcome

  void ask(Customer& customer) {
    if (!customer.placed) {
      publish(order_, {.what = What::place,
                       .id = customer.order,
                       .order = customer.order,
                       .lines = customer.lines});
    } else if (customer.cancel && !customer.canceled) {
      publish(order_, {.what = What::cancel, .id = *customer.cancel, .order = customer.order});
    } else {
      return;
    }
    clock_.after(milliseconds{2'000 + dice_.below(4'000)}, [this, &customer] { ask(customer); });
  }

  // An outcome on its way to the one who asked; nobody repeats it, but who misses it asks again.
  void answer(Id command, int status) {
    if (bug_ == Bug::wrong_correlation && dice_.in(1, 10)) command = dice_.one_of(customers_).order;
    if (fails(10)) return;
    owe(soon(), [this, command, status] {
      for (Customer& customer : customers_) {
        if (customer.order == command) take(customer, customer.placed, status);
        if (customer.cancel == command) take(customer, customer.canceled, status);
      }
    });
  }

  void take(Customer& customer, std::optional<int>& known, int status) {
    if (known && *known != status) complain("two outcomes", customer.order);
    if (!is_so(customer, &known == &customer.placed, status)) {
      complain("answered otherwise than it is", customer.order);
    }
    const bool is_first = !known;
    known = status;
    if (!is_first || &known != &customer.placed || status != 201 || !dice_.in(1, 2)) return;
    customer.cancel = new_name();
    clock_.after(soon(), [this, &customer] { ask(customer); });
  }

  // What is answered is in the store already.
  bool is_so(const Customer& customer, bool place, int status) const {
    const auto found = order_.store.orders.find(customer.order);
    if (found == order_.store.orders.end()) return false;
    const orders::Status now = found->second.status;
    if (!place) return status == 200 && now == orders::Status::canceled;
    if (status == 409) return now == orders::Status::rejected;
    return status == 201 && (now == orders::Status::confirmed || now == orders::Status::canceled);
  }

  // ---- the broker

  // False: no confirm; the message may have arrived all the same.
  bool publish(Service& to, Message message) {
    const bool arrives = !fails(10);
    const bool confirmed = arrives && !fails(5);
    if (arrives) owe(soon(), [&to, message] { to.queue.push_back(message); });
    return confirmed;
  }

  // Gives back what a dead process held.
  void give_back(Service& service, const std::vector<Message>& batch) {
    owe(soon(), [&service, batch] {
      service.queue.insert(service.queue.begin(), batch.begin(), batch.end());
    });
  }

  // ---- workers: libs/outbox/worker.cpp in steps that a death may part

  void work(Service& service) {
    clock_.after(soon(), [this, &service] {
      std::vector<Message> batch;
      for (std::size_t most = 1 + dice_.below(4); most > 0 && !service.queue.empty(); --most) {
        batch.push_back(service.queue.front());
        service.queue.pop_front();
      }
      if (batch.empty()) return work(service);
      if (fails(3)) {
        // A message that is delivered twice: the broker lost the acknowledgement.
        service.queue.push_back(batch.front());
      }
      transact(service, std::move(batch), 0);
    });
  }

  // What the batch leads to, and what must leave after the commit.
  using Answers = std::vector<std::pair<Id, int>>;

  Answers run_batch(Store& tx, const std::vector<Message>& batch) {
    Answers answers;
    for (const Message& command : batch) {
      const auto known = tx.inbox.find(command.id);
      const bool is_reply = command.what == What::reserved || command.what == What::refused;
      const bool blind = bug_ == Bug::no_inbox || (bug_ == Bug::reply_applied_twice && is_reply);
      if (known != tx.inbox.end() && !blind) {
        if (known->second.status) answers.emplace_back(command.id, *known->second.status);
        for (const Id& other : known->second.answers) {
          answers.emplace_back(other, *tx.inbox.at(other).status);
        }
        continue;
      }
      const Outcome outcome = handle(tx, command, clock_.instant(), bug_);
      Store::Command& row = tx.inbox[command.id];
      row.status = outcome.status;
      if (outcome.status) answers.emplace_back(command.id, *outcome.status);
      if (outcome.other) {
        row.answers.insert(outcome.other->first);
        // The first outcome of a command is its only one.
        auto& completed = tx.inbox[outcome.other->first].status;
        if (!completed) completed = outcome.other->second;
        answers.emplace_back(outcome.other->first, *completed);
      }
    }
    return answers;
  }

  void transact(Service& service, std::vector<Message> batch, int tries) {
    if (fails(5))
      return die(service,
                 bug_ == Bug::ack_before_commit ? std::vector<Message>{} : std::move(batch));
    if (bug_ == Bug::stock_without_lock && &service == &product_) {
      return owe(soon(), [this, &service, batch, tries, seen = service.store.products] {
        service.store.products = seen;
        finish(service, batch, tries);
      });
    }
    finish(service, std::move(batch), tries);
  }

  void finish(Service& service, std::vector<Message> batch, int tries) {
    Store tx = service.store;
    const Answers answers = run_batch(tx, batch);
    if (bug_ == Bug::answer_before_commit) tell(answers);
    const bool aborts = fails(20);
    if (!aborts) service.store = std::move(tx);
    const bool in_doubt = fails(5);  // the answer to COMMIT never came
    if (in_doubt && !aborts && bug_ == Bug::in_doubt_is_failure) {
      for (const Message& command : batch) answer(command.id, 500);
      return work(service);
    }
    if (aborts || in_doubt) return try_again(service, std::move(batch), tries);
    settle(service, std::move(batch), answers);
  }

  // After three tries the retry ladder; the original is acknowledged when the broker has the copy.
  void try_again(Service& service, std::vector<Message> batch, int tries) {
    if (tries + 1 < kTries) {
      return owe(soon(), [this, &service, batch, tries] { transact(service, batch, tries + 1); });
    }
    std::vector<Message> left;
    for (Message& command : batch) {
      if (!climb(service, command) && bug_ != Bug::nack_ignored) left.push_back(command);
    }
    give_back(service, left);
    work(service);
  }

  bool climb(Service& service, Message command) {
    const auto to = messaging::after_failure(service.name, command.attempts, kLadder);
    const bool is_dead = to.routing_key == messaging::dead_queue(service.name);
    const milliseconds wait = is_dead ? milliseconds{0} : kLadder.at(command.attempts);
    ++command.attempts;
    if (fails(10)) return false;
    owe(wait, [&service, command, is_dead] {
      (is_dead ? service.dead : service.queue).push_back(command);
    });
    return !fails(5);
  }

  void settle(Service& service, std::vector<Message> batch, const Answers& answers) {
    if (fails(5)) return die(service, std::move(batch));
    if (bug_ != Bug::answer_before_commit) tell(answers);
    if (fails(5)) return die(service, std::move(batch));
    work(service);
  }

  void tell(const Answers& answers) {
    for (const auto& [command, status] : answers) answer(command, status);
  }

  void die(Service& service, std::vector<Message> batch) {
    give_back(service, batch);
    work(service);
  }

  // ---- relays: two, of which the second only works once the first has lost its lock

  void relay(Service& service) {
    clock_.after(soon(), [this, &service] {
      const bool has_lock = service.relays == 0 || fails(20) || bug_ == Bug::two_relays;
      if (service.store.outbox.empty() || !has_lock) return relay(service);
      ++service.relays;
      const int owner = ++service.lock_owner;
      std::vector<Row> rows;
      const std::size_t most = 1 + dice_.below(6);
      for (const Row& row : service.store.outbox) {
        if (rows.size() < most) rows.push_back(row);
      }
      if (bug_ == Bug::row_removed_before_ack) remove(service, rows);
      owe(soon(), [this, &service, rows, owner] { tell_rows(service, rows, owner); });
    });
  }

  // Who has lost the lock meanwhile tells nothing any more, and marks nothing.
  bool owns(const Service& service, int owner) const {
    return service.lock_owner == owner || bug_ == Bug::two_relays;
  }

  void tell_rows(Service& service, const std::vector<Row>& rows, int owner) {
    std::vector<bool> stored;
    for (const Row& row : rows) stored.push_back(owns(service, owner) && tell_row(row));
    owe(soon(), [this, &service, rows, stored, owner] {
      --service.relays;
      if (owns(service, owner) && !fails(5)) mark(service, rows, stored);  // otherwise it died
      relay(service);
    });
  }

  bool tell_row(const Row& row) {
    if (!row.queue.empty()) {
      const bool confirmed = publish(row.queue == order_.name ? order_ : product_, row.message);
      return confirmed || bug_ == Bug::nack_ignored;
    }
    if (fails(10)) return false;
    topic_.push_back(row.order);
    return !fails(5);
  }

  void mark(Service& service, const std::vector<Row>& rows, const std::vector<bool>& stored) {
    std::vector<Row> told;
    if (bug_ == Bug::rows_of_a_key_out_of_order) {
      // The failed ones are forgotten once something newer of their key was told.
      told = rows;
      if (!stored.front()) told.erase(told.begin());
    } else {
      std::vector<std::string_view> keys;
      for (const Row& row : rows) keys.push_back(row.key);
      for (const std::size_t i : outbox::told_rows(keys, stored)) told.push_back(rows[i]);
    }
    remove(service, told);
  }

  static void remove(Service& service, const std::vector<Row>& rows) {
    for (const Row& row : rows) {
      std::erase_if(service.store.outbox, [&](const Row& each) { return each.id == row.id; });
    }
  }

  // ---- the projection

  void project() {
    clock_.after(soon(), [this] {
      if (projection_.offset == topic_.size()) return project();
      Projection tx = projection_;
      for (std::size_t most = 1 + dice_.below(5); most > 0 && tx.offset < topic_.size(); --most) {
        apply(tx, topic_[tx.offset++]);
      }
      if (bug_ == Bug::offset_outside_transaction) projection_.offset = tx.offset;
      if (!fails(10)) projection_ = std::move(tx);
      project();
    });
  }

  void apply(Projection& tx, const orders::Order& order) {
    const auto known = tx.rows.find(order.id);
    const bool is_older = known != tx.rows.end() && known->second.version >= order.version;
    if (is_older && bug_ != Bug::no_version_gate) return;
    if (is_older && known->second.version > order.version) complain("went back", order.id);
    tx.rows[order.id] = order;
  }

  // ---- what must hold at the end

  void complain(const std::string& what, const Id& id) {
    complaints_.push_back(what + ' ' + id.to_string());
  }

  void check() {
    for (Service* service : {&order_, &product_}) {
      if (!service->queue.empty()) complaints_.push_back("the queue is not empty");
      if (!service->store.outbox.empty()) complaints_.push_back("the outbox is not empty");
      if (!service->dead.empty()) complaints_.push_back("dead letters");
      for (const auto& [id, command] : service->store.inbox) {
        if (!command.status) complain("a command without outcome", id);
      }
    }
    for (const Customer& customer : customers_) check(customer);
    check_stock();
    check_topic();
  }

  void check(const Customer& customer) {
    const auto found = order_.store.orders.find(customer.order);
    if (found == order_.store.orders.end()) return complain("lost", customer.order);
    if (!customer.placed) return complain("never answered", customer.order);
    const orders::Status status = found->second.status;
    if (status == orders::Status::pending) complain("stuck", customer.order);
    if (!customer.cancel) return;
    if (customer.canceled != 200 || status != orders::Status::canceled) {
      complain("not canceled", customer.order);
    }
  }

  void check_stock() {
    std::int64_t sold = 0, left = 0;
    for (const auto& [id, order] : order_.store.orders) {
      if (order.status != orders::Status::confirmed) continue;
      for (const orders::Item& item : order.items) sold += item.quantity;
    }
    for (const auto& [id, product] : product_.store.products) left += product.stock_quantity;
    const auto all = static_cast<std::int64_t>(products_.size()) * kStock;
    if (left + sold != all) complaints_.push_back("stock is not conserved");
    if (product_.store.ledger != sold) complaints_.push_back("the ledger differs");
  }

  // Every version was told, each a legal step from the one before; the topic's last word on an
  // order is its newest version, and the projection has it.
  void check_topic() {
    std::map<Id, std::map<std::int64_t, orders::Status>> told;
    std::map<Id, std::int64_t> last;
    for (const orders::Order& order : topic_) {
      told[order.id][order.version] = order.status;
      last[order.id] = order.version;
    }
    for (const auto& [id, order] : order_.store.orders) {
      if (last[id] != order.version) complain("the last word is not the newest", id);
      const auto& versions = told[id];
      if (static_cast<std::int64_t>(versions.size()) != order.version) complain("untold", id);
      for (auto step = versions.begin(); step != versions.end(); ++step) {
        const auto next = std::next(step);
        if (next != versions.end() && !is_legal(step->second, next->second)) {
          complain("an illegal step", id);
        }
      }
      const auto row = projection_.rows.find(id);
      if (row == projection_.rows.end() || !(row->second == order)) complain("projection", id);
    }
  }

  static bool is_legal(orders::Status from, orders::Status to) {
    return std::ranges::any_of(orders::transitions(), [&](const orders::Transition& each) {
      return each.from == from && each.to == to;
    });
  }

  testing::Dice dice_;
  const Bug bug_;
  Clock clock_;
  int names_ = 0;
  int owed_ = 0;
  std::vector<Id> products_{derive_id({}, "tea"), derive_id({}, "cups"), derive_id({}, "milk")};
  std::deque<Customer> customers_;
  Service order_{.name = "order"};
  Service product_{.name = "product"};
  std::vector<orders::Order> topic_;
  Projection projection_;
  std::vector<std::string> complaints_;
};

}  // namespace

std::vector<std::string> simulate(std::uint64_t seed, Bug bug) {
  return World{seed, bug}.run();
}

}  // namespace waybill::simulation
