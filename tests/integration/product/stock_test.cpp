// Reservations and releases against a real database.
#include <catch2/catch.hpp>

#include "tests/integration/product/shop.hpp"

using namespace waybill;
using namespace waybill::product;
using namespace waybill::product::test;

TEST_CASE("200 concurrent buyers of 50 units get exactly 50", "[product][stock]") {
  Worker staff;
  const std::string product = create(staff, product_of(50));
  constexpr int kThreads = 4, kBatches = 10, kOrders = 5;
  std::atomic<int> sold{0}, refused{0};
  std::vector<std::thread> buyers;
  for (int thread = 0; thread < kThreads; ++thread) {
    buyers.emplace_back([&] {
      Worker worker;
      for (int i = 0; i < kBatches; ++i) {
        std::vector<outbox::Command<v1::ReserveStock>> batch;
        for (int order = 0; order < kOrders; ++order) {
          batch.push_back(command(reserve(new_id(), {{product, 1}})));
        }
        const Done done = worker.run(commands::reserve_stock, batch);
        sold += answers(done.out, "StockReserved");
        refused += answers(done.out, "StockRefused");
      }
    });
  }
  for (std::thread& buyer : buyers) buyer.join();
  CHECK(sold == 50);
  CHECK(refused == 150);
  CHECK(staff.ask(stock_of, product) == 0);
  CHECK(staff.ask(ledger_of, product) == 0);
  CHECK(staff.ask(broken_balances_of, product) == 0);
}

TEST_CASE("concurrent orders over the same products in any order don't lock each other out",
          "[product][stock]") {
  Worker staff;
  std::vector<std::string> products;
  for (int i = 0; i < 6; ++i) products.push_back(create(staff, product_of(1'000)));
  std::vector<std::thread> buyers;
  for (int thread = 0; thread < 4; ++thread) {
    buyers.emplace_back([&, thread] {
      Worker worker;
      for (int i = 0; i < 10; ++i) {
        const auto first = static_cast<std::size_t>(thread + i) % 6;
        const auto second = static_cast<std::size_t>(thread * 5 + i * 3 + 1) % 6;
        worker.run(commands::reserve_stock,
                   std::vector{command(reserve(new_id(), {{products[second], 1}})),
                               command(reserve(new_id(), {{products[first], 2}}))});
      }
    });
  }
  for (std::thread& buyer : buyers) buyer.join();
  std::int64_t left = 0;
  for (const std::string& product : products) {
    left += staff.ask(stock_of, product);
    CHECK(staff.ask(stock_of, product) == staff.ask(ledger_of, product));
  }
  CHECK(left == 6'000 - 4 * 10 * 3);
}

TEST_CASE("a batch makes one version and one event of a product, with all its movements",
          "[product][stock]") {
  Worker worker;
  const std::string product = create(worker, product_of(10));
  const Done done =
      worker.run(commands::reserve_stock, std::vector{command(reserve(new_id(), {{product, 3}})),
                                                      command(reserve(new_id(), {{product, 4}})),
                                                      command(reserve(new_id(), {{product, 5}}))});
  CHECK(answers(done.out, "StockReserved") == 2);
  CHECK(answers(done.out, "StockRefused") == 1);
  CHECK(worker.ask(version_of, product) == 2);
  REQUIRE(done.out.invalidations.size() == 1);
  CHECK(done.out.invalidations[0].key == "product:" + product);
  CHECK(done.out.invalidations[0].version == 2);
  std::vector<outbox::Writer::Row> events;
  for (const auto& row : done.out.rows) {
    if (row.channel == "event") events.push_back(row);
  }
  REQUIRE(events.size() == 1);
  v1::ProductChanged event;
  REQUIRE(event.ParseFromString(events[0].payload));
  CHECK(event.product().stock_quantity() == 3);
  REQUIRE(event.movements_size() == 2);
  CHECK(event.movements(0).balance() == 7);
  CHECK(event.movements(1).balance() == 3);
}

TEST_CASE("an order that can't be had in full takes nothing", "[product][stock]") {
  Worker worker;
  const std::string plenty = create(worker, product_of(10));
  const std::string scarce = create(worker, product_of(1));
  const Done done =
      worker.run_one(commands::reserve_stock, reserve(new_id(), {{plenty, 2}, {scarce, 2}}));
  CHECK(answers(done.out, "StockRefused") == 1);
  CHECK(worker.ask(stock_of, plenty) == 10);
  CHECK(worker.ask(version_of, plenty) == 1);
}

TEST_CASE("a reservation that is delivered twice takes once", "[product][stock]") {
  Worker worker;
  const std::string product = create(worker, product_of(10));
  const Id order = new_id();
  worker.run_one(commands::reserve_stock, reserve(order, {{product, 3}}));
  const Done again =
      worker.run(commands::reserve_stock, std::vector{command(reserve(order, {{product, 3}})),
                                                      command(reserve(order, {{product, 3}}))});
  CHECK(answers(again.out, "StockReserved") == 0);
  CHECK(worker.ask(stock_of, product) == 7);
}

TEST_CASE("a release books back what was reserved, once, however often it comes",
          "[product][stock]") {
  Worker worker;
  const std::string product = create(worker, product_of(10));
  const Id order = new_id();
  worker.run_one(commands::reserve_stock, reserve(order, {{product, 3}}));
  worker.run(commands::release_stock,
             std::vector{command(release(order)), command(release(order))});
  worker.run_one(commands::release_stock, release(order));
  CHECK(worker.ask(stock_of, product) == 10);
  CHECK(worker.ask(ledger_of, product) == 10);
  CHECK(worker.ask(version_of, product) == 3);
}

TEST_CASE("a release that overtakes its reservation closes the order", "[product][stock]") {
  Worker worker;
  const std::string product = create(worker, product_of(10));
  const Id order = new_id();
  worker.run_one(commands::release_stock, release(order));
  const Done late = worker.run_one(commands::reserve_stock, reserve(order, {{product, 3}}));
  CHECK(answers(late.out, "StockReserved") == 0);
  worker.run_one(commands::release_stock, release(order));
  CHECK(worker.ask(stock_of, product) == 10);
}

TEST_CASE("reservation and release of one order at once end with all units back",
          "[product][stock]") {
  Worker staff;
  const std::string product = create(staff, product_of(100));
  for (int round = 0; round < 20; ++round) {
    const Id order = new_id();
    std::thread buyer{[&] {
      Worker worker;
      worker.run_one(commands::reserve_stock, reserve(order, {{product, 5}}));
    }};
    staff.run_one(commands::release_stock, release(order));
    buyer.join();
  }
  CHECK(staff.ask(stock_of, product) == 100);
  CHECK(staff.ask(ledger_of, product) == 100);
}

TEST_CASE("a deleted product can't be ordered, but takes back what orders hold",
          "[product][stock]") {
  Worker worker;
  const std::string product = create(worker, product_of(10));
  const Id order = new_id();
  worker.run_one(commands::reserve_stock, reserve(order, {{product, 4}}));
  v1::DeleteProduct gone;
  gone.set_product_id(product);
  worker.run_one(commands::delete_products, gone);
  const Done refused = worker.run_one(commands::reserve_stock, reserve(new_id(), {{product, 1}}));
  REQUIRE(answers(refused.out, "StockRefused") == 1);
  const Done released = worker.run_one(commands::release_stock, release(order));
  CHECK(released.out.rows.empty());
  CHECK(worker.ask(stock_of, product) == 10);
  CHECK(worker.ask(ledger_of, product) == 10);
}

TEST_CASE("units are added and taken by hand, never below zero", "[product][stock]") {
  Worker worker;
  const std::string product = create(worker, product_of(5));
  v1::MoveStock body;
  body.set_product_id(product);
  body.set_quantity(7);
  body.set_reason("delivery");
  const auto added = command(body);
  const Done done = worker.run(commands::move_stock, std::vector{added});
  CHECK(done.outcome().status == 201);
  CHECK(done.body().at("balance").to_number<int>() == 12);
  CHECK(done.body().at("kind") == boost::json::value("adjustment"));
  CHECK(done.body().at("id") == boost::json::value(added.id().to_string()));

  body.set_quantity(-13);
  const Done refused = worker.run_one(commands::move_stock, body);
  CHECK(refused.code() == "negative-stock");

  const Done again = worker.run(commands::move_stock, std::vector{added});
  CHECK(again.outcome().status == 201);
  CHECK(again.body() == done.body());
  CHECK(worker.ask(stock_of, product) == 12);
}
