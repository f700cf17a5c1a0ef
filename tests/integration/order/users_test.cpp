// The projection of users and addresses, and what the database refuses.
#include <catch2/catch.hpp>

#include "tests/integration/order/shop.hpp"

using namespace waybill;
using namespace waybill::order;
using namespace waybill::order::test;

namespace {

constexpr pg::Statement street_of{"test_street_of",
                                  "SELECT street FROM customer_address WHERE id = $1::uuid"};
constexpr pg::Statement version_of{"test_version_of",
                                   "SELECT version FROM customer WHERE id = $1::uuid"};

std::string street(Worker& worker, const Customer& customer) {
  pg::Session session{worker.connection()};
  const pg::Rows rows = session.exec(street_of, customer.address);
  return rows.empty() ? "" : std::string{rows[0].text(0)};
}

}  // namespace

TEST_CASE("a newer state of a user replaces his addresses, an older one does not",
          "[order][projection]") {
  Worker worker;
  Customer anna;
  worker.apply({changed(anna, 3, "new")});
  worker.apply({changed(anna, 2, "old")});
  CHECK(street(worker, anna) == "new");
  worker.apply({changed(anna, 3, "again")});
  CHECK(street(worker, anna) == "new");
  const Customer moved{anna.id, new_id()};
  worker.apply({changed(moved, 4, "other")});
  CHECK(street(worker, anna).empty());
  CHECK(street(worker, moved) == "other");
}

TEST_CASE("of several states in one batch the newest counts, whatever their order",
          "[order][projection]") {
  Worker worker;
  const Customer anna, ben;
  worker.apply({changed(anna, 1, "a1"), changed(ben, 2, "b2"), changed(anna, 3, "a3"),
                changed(anna, 2, "a2"), changed(ben, 1, "b1")});
  CHECK(street(worker, anna) == "a3");
  CHECK(street(worker, ben) == "b2");
  CHECK(worker.count(version_of, anna.id) == 3);
}

TEST_CASE("a deleted user has no address, and an older state does not bring it back",
          "[order][projection]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  worker.apply({deleted(anna, 5)});
  CHECK(street(worker, anna).empty());
  worker.apply({changed(anna, 4)});
  CHECK(street(worker, anna).empty());
  worker.apply({changed(anna, 1), deleted(anna, 5)});
  CHECK(street(worker, anna).empty());
  CHECK(worker.count(version_of, anna.id) == 5);
}

TEST_CASE("an order keeps its address when the customer moves", "[order][projection]") {
  Worker worker;
  const Customer anna = known_customer(worker);
  const Id id = place(worker, anna);
  worker.apply({changed(anna, 2, "elsewhere")});
  CHECK(worker.order(id).at("delivery_address").at("street").as_string() == "Hauptstr. 1");
}

TEST_CASE("events of other kinds are passed over, broken ones are not", "[order][projection]") {
  Worker worker;
  messaging::Event event = changed({}, 1);
  event.headers["ce_type"] = "waybill.identity.v1.SessionsRevoked";
  worker.apply({event});
  event.headers["ce_type"] = "waybill.identity.v1.UserChanged";
  event.value = "\xff\xff";
  CHECK_THROWS_AS(worker.apply({event}), std::invalid_argument);
}

TEST_CASE("the migration can be reverted and applied again", "[order][migration]") {
  testing::FreshDatabase fresh{"order"};
  const auto migrate = [&](const std::string& arguments) {
    const std::string line =
        "deploy/local/migrate-url.sh order '" + fresh.url() + "' " + arguments + " >/dev/null";
    return std::system(line.c_str());
  };
  CHECK(migrate("down -limit=0") == 0);
  CHECK(migrate("up") == 0);
}
