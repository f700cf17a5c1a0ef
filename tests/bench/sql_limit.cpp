#include <random>
#include <thread>

#include "libs/pg/pg.hpp"
#include "libs/testing/testing.hpp"
#include "tests/bench/limits.hpp"

namespace waybill::bench {
namespace {

constexpr int kProducts = 100;
constexpr std::size_t kEventBytes = 600;  // about what an order's event has

// Without foreign keys and secondary indexes but the ones that an order needs to be found.
const std::vector<pg::Statement> kSchema{
    {"make_bench_inbox", "CREATE TABLE bench_inbox (command_id uuid PRIMARY KEY, outcome bytea)"},
    {"make_bench_product",
     "CREATE TABLE bench_product (id uuid PRIMARY KEY, price bigint NOT NULL, "
     "stock bigint NOT NULL CHECK (stock >= 0)) WITH (fillfactor = 50)"},
    {"make_bench_order",
     "CREATE TABLE bench_order (id uuid PRIMARY KEY, user_id uuid NOT NULL, status text NOT NULL, "
     "total bigint NOT NULL, created_at timestamptz NOT NULL DEFAULT now())"},
    {"make_bench_order_user",
     "CREATE INDEX bench_order_user ON bench_order (user_id, created_at, id)"},
    {"make_bench_line",
     "CREATE TABLE bench_line (order_id uuid, product_id uuid, quantity bigint NOT NULL, "
     "price bigint NOT NULL, PRIMARY KEY (order_id, product_id))"},
    {"make_bench_movement",
     "CREATE TABLE bench_movement (order_id uuid, product_id uuid, quantity bigint NOT NULL, "
     "balance bigint NOT NULL, PRIMARY KEY (order_id, product_id))"},
    {"make_bench_outbox",
     "CREATE TABLE bench_outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
     "key uuid NOT NULL, payload bytea NOT NULL)"}};

constexpr pg::Statement kAddProducts{
    "bench_add_products",
    "INSERT INTO bench_product SELECT id, 250, 1000000000 FROM unnest($1::uuid[]) AS id"};
constexpr pg::Statement kAddInbox{
    "bench_add_inbox",
    "INSERT INTO bench_inbox SELECT id, $2::bytea FROM unnest($1::uuid[]) AS id"};
constexpr pg::Statement kLockProducts{
    "bench_lock_products",
    "SELECT id FROM bench_product WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE"};
constexpr pg::Statement kTakeStock{
    "bench_take_stock",
    "UPDATE bench_product p SET stock = p.stock - wanted.units FROM (SELECT product, "
    "count(*) AS units FROM unnest($1::uuid[]) AS product GROUP BY product) wanted "
    "WHERE p.id = wanted.product"};
constexpr pg::Statement kAddMovements{
    "bench_add_movements",
    "INSERT INTO bench_movement SELECT o, p, -1, product.stock FROM unnest($1::uuid[], $2::uuid[]) "
    "AS line(o, p) JOIN bench_product product ON product.id = p"};
constexpr pg::Statement kAddOrders{
    "bench_add_orders",
    "INSERT INTO bench_order SELECT id, $2::uuid, 'CONFIRMED', 500 FROM unnest($1::uuid[]) AS id"};
constexpr pg::Statement kAddLines{
    "bench_add_lines",
    "INSERT INTO bench_line SELECT o, p, 1, 250 FROM unnest($1::uuid[], $2::uuid[]) AS line(o, p)"};
constexpr pg::Statement kAddOutbox{
    "bench_add_outbox",
    "INSERT INTO bench_outbox (key, payload) SELECT id, $2::bytea FROM unnest($1::uuid[]) AS id, "
    "generate_series(1, 2)"};

class Buyer {
 public:
  Buyer(pg::Options options, const std::vector<Id>& products, std::size_t batch, std::size_t lines)
      : connection_{std::move(options)}, products_{products}, batch_{batch}, lines_{lines} {}

  void place_batch() {
    pg::Array orders, line_orders, line_products;
    for (std::size_t i = 0; i < batch_; ++i) {
      const Id order = new_id();
      orders.add(order);
      const std::size_t first = random_() % products_.size();
      for (std::size_t line = 0; line < lines_; ++line) {
        line_orders.add(order);
        line_products.add(products_[(first + line) % products_.size()]);
      }
    }
    pg::Tx tx{connection_};
    tx.later(kAddInbox, orders, pg::bytes(event_));
    tx.later(kLockProducts, line_products);
    tx.later(kTakeStock, line_products);
    tx.later(kAddMovements, line_orders, line_products);
    tx.later(kAddOrders, orders, user_);
    tx.later(kAddLines, line_orders, line_products);
    tx.later(kAddOutbox, orders, pg::bytes(event_));
    tx.commit();
  }

 private:
  pg::Connection connection_;
  const std::vector<Id>& products_;
  std::size_t batch_;
  std::size_t lines_;
  Id user_ = new_id();
  std::string event_ = std::string(kEventBytes, 'x');
  std::minstd_rand random_{std::random_device{}()};
};

std::vector<Id> fill(const pg::Options& options) {
  pg::Connection connection{options};
  pg::Session session{connection};
  for (const pg::Statement& statement : kSchema) session.exec(statement);
  std::vector<Id> products;
  pg::Array ids;
  for (int i = 0; i < kProducts; ++i) {
    products.push_back(new_id());
    ids.add(products.back());
  }
  session.exec(kAddProducts, ids);
  session.exec(pg::Statement{"bench_analyze", "ANALYZE"});
  return products;
}

}  // namespace

SqlLimit measure_sql(std::size_t connections, std::size_t batch, std::size_t lines,
                     std::chrono::milliseconds duration) {
  using Clock = std::chrono::steady_clock;
  const testing::FreshDatabase database{"order"};
  const std::vector<Id> products = fill(database.options());
  std::atomic<std::int64_t> batches{0};
  std::vector<std::thread> buyers;
  const auto start = Clock::now();
  for (std::size_t i = 0; i < connections; ++i) {
    buyers.emplace_back([&] {
      Buyer buyer{database.options(), products, batch, lines};
      while (Clock::now() - start < duration) {
        buyer.place_batch();
        ++batches;
      }
    });
  }
  for (std::thread& buyer : buyers) buyer.join();
  const std::chrono::duration<double> time = Clock::now() - start;
  const auto done = static_cast<double>(batches.load());
  return {done * static_cast<double>(batch) / time.count(),
          1000.0 * time.count() * static_cast<double>(connections) / std::max(done, 1.0)};
}

}  // namespace waybill::bench
