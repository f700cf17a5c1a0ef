// A healthy platform is clean; each kind of damage is named.
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "tests/integration/tools/small_platform.hpp"

using namespace waybill;
using namespace waybill::testing;
using tool::audit::Finding;
using tool::audit::Report;

namespace {

std::string quoted(const Id& id) {
  return "'" + id.to_string() + "'";
}

// Every difference as "code id": what else was found shows in the failure.
std::vector<std::string> codes(const Report& report) {
  std::vector<std::string> found;
  for (const Finding& finding : report.findings()) found.push_back(finding.code);
  return found;
}

// One difference of this code whose ids name `id`, besides none of another code than `along`.
void check_named(const Report& report, const std::string& code, const std::string& id,
                 const std::set<std::string>& along = {}) {
  CAPTURE(report.to_table());
  CHECK(report.count(code) == 1);
  CHECK_FALSE(report.clean());
  for (const Finding& finding : report.findings()) {
    if (finding.code == code) {
      CHECK(boost::json::serialize(finding.ids).find(id) != std::string::npos);
    } else {
      CHECK(along.contains(finding.code));
    }
  }
}

}  // namespace

TEST_CASE("a healthy platform is clean", "[audit]") {
  SmallPlatform platform;
  const Report report = platform.audit();
  CAPTURE(report.to_table());
  CHECK(codes(report).empty());
  CHECK(report.clean());
  CHECK(report.to_json().at("clean") == true);
  CHECK(report.to_table().find("Clean: nothing lost, nothing twice.") != std::string::npos);
}

TEST_CASE("the audit writes nothing", "[audit]") {
  SmallPlatform platform;
  const char* changes = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables";
  const std::int64_t before = platform.number("order", changes);
  platform.audit();
  CHECK(platform.number("order", changes) == before);
}

TEST_CASE("what is missing in an inbox or a table is named", "[audit][planted]") {
  SmallPlatform platform;
  const Filling& with = platform.filling();

  SECTION("an order that was acknowledged is gone") {
    platform.sql("order", "DELETE FROM orders WHERE id = " + quoted(with.paid));
    check_named(platform.audit(), "command-without-effect", with.paid.to_string(),
                {"event-ahead", "reservation-without-order", "projection-unknown"});
  }
  SECTION("an order that was refused is confirmed") {
    platform.sql("order",
                 "UPDATE inbox SET outcome = (SELECT outcome FROM inbox WHERE command_id = " +
                     quoted(with.rejected) + ") WHERE command_id = " + quoted(with.confirmed));
    check_named(platform.audit(), "refused-with-effect", with.confirmed.to_string());
  }
  SECTION("an order that nobody ordered") {
    platform.sql("order", "DELETE FROM inbox WHERE command_id = " + quoted(with.paid));
    check_named(platform.audit(), "state-without-command", with.paid.to_string());
  }
  SECTION("a command without an outcome whose order is confirmed") {
    platform.sql("order",
                 "UPDATE inbox SET outcome = NULL WHERE command_id = " + quoted(with.confirmed));
    check_named(platform.audit(), "command-half-done", with.confirmed.to_string(),
                {"command-stuck"});
  }
  SECTION("a movement of stock that was acknowledged is gone") {
    platform.sql("product", "DELETE FROM stock_movement WHERE id = " + quoted(with.moved_stock));
    check_named(platform.audit(), "command-without-effect", with.moved_stock.to_string(),
                {"stock-differs", "balance-differs"});
  }
  SECTION("a user that nobody created") {
    platform.sql("identity", "DELETE FROM inbox WHERE command_id = " + quoted(with.second_user));
    check_named(platform.audit(), "state-without-command", with.second_user.to_string());
  }
  SECTION("a command that changed two versions") {
    platform.sql("order",
                 "UPDATE order_history SET cause_id = (SELECT cause_id FROM order_history WHERE "
                 "version = 3 AND order_id = " +
                     quoted(with.paid) + ") WHERE version = 2 AND order_id = " + quoted(with.paid));
    check_named(platform.audit(), "command-done-twice", "command_id");
  }
  SECTION("a saga command that never arrived") {
    const Id reserve = derive_id(with.confirmed, "reserve");
    platform.sql("product", "DELETE FROM inbox WHERE command_id = " + quoted(reserve));
    check_named(platform.audit(), "command-lost", reserve.to_string());
  }
}

TEST_CASE("what differs within a database is named", "[audit][planted]") {
  SmallPlatform platform;
  const Filling& with = platform.filling();

  SECTION("a counter that is not its ledger") {
    platform.sql("product", "UPDATE product SET stock_quantity = stock_quantity + 1 WHERE id = " +
                                quoted(with.tea));
    check_named(platform.audit(), "stock-differs", with.tea.to_string(),
                {"event-differs", "projection-differs"});
  }
  SECTION("a balance that is no running total") {
    platform.sql("product",
                 "UPDATE stock_movement SET balance = balance + 1 WHERE kind = 'initial' AND "
                 "product_id = " +
                     quoted(with.mug));
    check_named(platform.audit(), "balance-differs", with.mug.to_string());
  }
  SECTION("units that came back twice") {
    platform.sql("product",
                 "UPDATE stock_movement SET quantity = quantity + 1, balance = balance + 1 "
                 "WHERE kind = 'release' AND order_id = " +
                     quoted(with.canceled));
    check_named(platform.audit(), "release-differs", with.canceled.to_string(), {"stock-differs"});
  }
  SECTION("units of an order without a decision") {
    platform.sql("product", "DELETE FROM reservation WHERE order_id = " + quoted(with.paid));
    check_named(platform.audit(), "movement-without-reservation", with.paid.to_string(),
                {"reservation-missing"});
  }
  SECTION("a version without history") {
    platform.sql("order",
                 "DELETE FROM order_history WHERE version = 2 AND order_id = " + quoted(with.paid));
    check_named(platform.audit(), "history-gap", with.paid.to_string());
  }
  SECTION("a history that says something else") {
    platform.sql("order",
                 "UPDATE order_history SET status = 'SHIPPED' WHERE version = 3 AND "
                 "order_id = " +
                     quoted(with.paid));
    check_named(platform.audit(), "history-differs", with.paid.to_string());
  }
  SECTION("a total that is not the sum") {
    platform.sql("order",
                 "UPDATE order_line SET price_at_order = price_at_order + 1 WHERE "
                 "order_id = " +
                     quoted(with.paid));
    check_named(platform.audit(), "total-differs", with.paid.to_string());
  }
  SECTION("an unpaid order whose timer is gone") {
    platform.sql("order", "DELETE FROM timer WHERE subject = " + quoted(with.confirmed));
    check_named(platform.audit(), "timer-missing", with.confirmed.to_string());
  }
  SECTION("a timer of an order that is paid") {
    platform.sql("order", "INSERT INTO timer (kind, subject, due_at) VALUES ('unpaid', " +
                              quoted(with.paid) + ", now() + interval '1 hour')");
    check_named(platform.audit(), "timer-left", with.paid.to_string());
  }
  SECTION("a timer that did not fire") {
    platform.sql("order", "UPDATE timer SET due_at = now() - interval '1 hour' WHERE subject = " +
                              quoted(with.confirmed));
    check_named(platform.audit(), "timer-stuck", with.confirmed.to_string());
  }
  SECTION("a change that was recorded twice") {
    platform.sql("order",
                 "INSERT INTO outbox_sent (id, channel, target, key, type, headers, payload, at) "
                 "SELECT id + 1000000, channel, target, key, type, headers, payload, at "
                 "FROM outbox_sent WHERE channel = 'event' AND headers->>'ce_version' = '1' AND "
                 "key = " +
                     quoted(with.paid));
    check_named(platform.audit(), "event-recorded-twice", with.paid.to_string());
  }
}

TEST_CASE("what is stuck is named", "[audit][planted]") {
  SmallPlatform platform;
  const Filling& with = platform.filling();

  SECTION("a row that nobody tells") {
    platform.sql("order",
                 "INSERT INTO outbox (channel, target, key, type, headers, payload, at) SELECT "
                 "'command', 'product', key, type, headers, payload, now() - interval '1 hour' "
                 "FROM outbox_sent WHERE channel = 'command' LIMIT 1");
    check_named(platform.audit(), "outbox-stuck", "outbox_id");
  }
  SECTION("a saga without an end") {
    const Id order = new_id();
    platform.sql("order",
                 "INSERT INTO orders (id, user_id, delivery_address_id, street, city, state, "
                 "zip_code, country, status, order_date, version, created_at) SELECT " +
                     quoted(order) +
                     ", user_id, delivery_address_id, street, city, state, zip_code, country, "
                     "'PENDING', order_date, 1, now() - interval '1 hour' FROM orders WHERE id = " +
                     quoted(with.paid));
    check_named(platform.audit(), "saga-stuck", order.to_string(),
                {"state-without-command", "history-gap", "event-missing", "projection-missing"});
  }
  SECTION("an order that waits for its address for ever") {
    const Id command = new_id();
    platform.sql("order",
                 "INSERT INTO parked_order (command_id, address_id, body, caller, correlation_id, "
                 "traceparent, instance, sent_at, due_at) VALUES (" +
                     quoted(command) +
                     ", gen_random_uuid(), '', '', '', '', '', now(), now() - interval '1 hour')");
    check_named(platform.audit(), "parked-stuck", command.to_string());
  }
}

TEST_CASE("what differs between services is named", "[audit][planted]") {
  SmallPlatform platform;
  const Filling& with = platform.filling();

  SECTION("a canceled order whose units are not back") {
    platform.sql("product", "UPDATE reservation SET state = 'decided' WHERE order_id = " +
                                quoted(with.canceled));
    check_named(platform.audit(), "stock-held", with.canceled.to_string(), {"release-differs"});
  }
  SECTION("a paid order whose units went back") {
    platform.sql("product",
                 "UPDATE reservation SET state = 'released' WHERE order_id = " + quoted(with.paid));
    check_named(platform.audit(), "stock-released", with.paid.to_string(), {"release-differs"});
  }
  SECTION("other quantities than were ordered") {
    platform.sql("order", "UPDATE order_line SET quantity = quantity + 1 WHERE order_id = " +
                              quoted(with.paid));
    check_named(platform.audit(), "reservation-differs", with.paid.to_string(),
                {"total-differs", "projection-differs"});
  }
  SECTION("a projection that lacks a row") {
    platform.sql("order", "DELETE FROM customer WHERE id = " + quoted(with.second_user));
    check_named(platform.audit(), "projection-missing", with.second_user.to_string());
  }
  SECTION("a projection that is behind") {
    platform.sql("order",
                 "UPDATE customer SET version = version - 1 WHERE id = " + quoted(with.user));
    check_named(platform.audit(), "projection-behind", with.user.to_string());
  }
  SECTION("a projection that is ahead") {
    platform.sql("order",
                 "UPDATE customer SET version = version + 1 WHERE id = " + quoted(with.user));
    check_named(platform.audit(), "projection-ahead", with.user.to_string());
  }
  SECTION("a projection with other contents") {
    platform.sql("order", "UPDATE customer_address SET street = 'elsewhere' WHERE id = " +
                              quoted(with.address));
    check_named(platform.audit(), "projection-differs", with.user.to_string());
  }
  SECTION("a report's order that is behind") {
    platform.sql("report", "UPDATE sold_order SET version = 1 WHERE id = " + quoted(with.paid));
    check_named(platform.audit(), "projection-behind", with.paid.to_string());
  }
  SECTION("a report's order with another total") {
    platform.sql("report", "UPDATE sold_order SET total_price = total_price + 1 WHERE id = " +
                               quoted(with.paid));
    check_named(platform.audit(), "projection-differs", with.paid.to_string());
  }
  SECTION("a report's product that is missing") {
    platform.sql("report", "DELETE FROM known_product WHERE id = " + quoted(with.tea));
    check_named(platform.audit(), "projection-missing", with.tea.to_string());
  }
  SECTION("a report's user who is not gone") {
    platform.sql("report",
                 "UPDATE known_user SET deleted = NOT deleted WHERE id = " + quoted(with.user));
    check_named(platform.audit(), "projection-differs", with.user.to_string());
  }
  SECTION("a projection of somebody whom nobody knows") {
    const Id stranger = new_id();
    platform.sql("order", "INSERT INTO customer (id, version, deleted) VALUES (" +
                              quoted(stranger) + ", 1, false)");
    check_named(platform.audit(), "projection-unknown", stranger.to_string());
  }
}

TEST_CASE("what differs between a topic and its states is named", "[audit][planted]") {
  SmallPlatform platform;
  const Filling& with = platform.filling();

  SECTION("an event that was never told") {
    platform.forget_event("waybill.orders", with.paid, 2);
    check_named(platform.audit(), "event-missing", with.paid.to_string());
  }
  SECTION("a last event that was never told") {
    platform.forget_event("waybill.orders", with.paid, 3);
    check_named(platform.audit(), "event-missing", with.paid.to_string());
  }
  SECTION("an event of a state that nobody has") {
    messaging::Event event = platform.sent_event("order", with.paid, 3);
    event.headers["ce_version"] = "4";
    platform.tell(event);
    check_named(platform.audit(), "event-ahead", with.paid.to_string());
  }
  SECTION("two contents for one version") {
    messaging::Event event = platform.sent_event("order", with.paid, 3);
    event.headers["ce_id"] = new_id().to_string();
    platform.tell(event);
    check_named(platform.audit(), "event-conflict", with.paid.to_string());
  }
  SECTION("a topic whose last word is old") {
    platform.tell(platform.sent_event("order", with.paid, 1));
    check_named(platform.audit(), "event-out-of-order", with.paid.to_string());
  }
  SECTION("an event that does not say what the row says") {
    platform.sql("order",
                 "UPDATE orders SET user_id = gen_random_uuid() WHERE id = " + quoted(with.paid));
    check_named(platform.audit(), "event-differs", with.paid.to_string(), {"projection-differs"});
  }
}

TEST_CASE("an event that was told again word for word is no difference", "[audit]") {
  SmallPlatform platform;
  const Filling& with = platform.filling();
  platform.tell(platform.sent_event("order", with.paid, 3));
  const Report report = platform.audit();
  CHECK(report.clean());
  CHECK(report.repeated("waybill.orders") == 1);
}

TEST_CASE("events in the outbox are on their way", "[audit]") {
  SmallPlatform platform;
  const Filling& with = platform.filling();
  platform.forget_event("waybill.orders", with.paid, 3);
  platform.sql("order",
               "WITH back AS (DELETE FROM outbox_sent WHERE headers->>'ce_version' = '3' AND "
               "key = " +
                   quoted(with.paid) +
                   " RETURNING channel, target, key, type, headers, payload) INSERT INTO outbox "
                   "(channel, target, key, type, headers, payload, at) SELECT channel, target, "
                   "key, type, headers, payload, now() + interval '1 minute' FROM back");
  CHECK(platform.audit().clean());
}

TEST_CASE("dead letters are named, and those that are gone", "[audit][planted]") {
  SmallPlatform platform;
  const Id command = new_id();
  const std::string bury =
      "INSERT INTO inbox (command_id, type, dead, outcome, finished_at) "
      "VALUES (" +
      quoted(command) + ", 'waybill.order.v1.CancelOrder', true, '', now())";
  messaging::Message letter;
  letter.type = "waybill.order.v1.CancelOrder";
  letter.message_id = command.to_string();
  letter.headers = {{"reason", "it broke"}, {"attempt", "5"}};

  SECTION("a letter in the dead queue") {
    platform.sql("order", bury);
    platform.put("order.dead", letter);
    const Report report = platform.audit();
    check_named(report, "command-dead", command.to_string());
    CHECK(report.findings().at(0).detail.find("it broke") != std::string::npos);
    CHECK(platform.rabbit().ready("order.dead") == 1u);
  }
  SECTION("a letter that is in no queue") {
    platform.sql("order", bury);
    check_named(platform.audit(), "dead-letter-lost", command.to_string());
  }
  SECTION("a letter that somebody discarded is no difference") {
    platform.sql("order", bury);
    platform.sql("order",
                 "INSERT INTO discarded_command (command_id, type, caller, correlation_id, cause, "
                 "attempts, reason, discarded_by) VALUES (" +
                     quoted(command) + ", 't', '', '', 'it broke', 5, 'a test', 'nobody')");
    CHECK(platform.audit().clean());
  }
}

TEST_CASE("a range leaves out what happened before it", "[audit]") {
  SmallPlatform platform;
  const Filling& with = platform.filling();
  platform.sql("order",
               "DELETE FROM order_history WHERE version = 2 AND order_id = " + quoted(with.paid));
  tool::audit::Options options;
  options.since = now();
  CHECK(platform.audit(options).clean());
  options.since = now() - std::chrono::hours{1};
  CHECK_FALSE(platform.audit(options).clean());
}

TEST_CASE("one service can be looked at alone", "[audit]") {
  SmallPlatform platform;
  const Filling& with = platform.filling();
  platform.sql("product",
               "UPDATE stock_movement SET balance = balance + 1 WHERE kind = 'initial' "
               "AND product_id = " +
                   quoted(with.mug));
  tool::audit::Options options;
  options.services = {"identity"};
  CHECK(platform.audit(options).clean());
  options.services = {"product"};
  CHECK_FALSE(platform.audit(options).clean());
}

TEST_CASE("more differences are counted than named", "[audit]") {
  SmallPlatform platform;
  platform.sql("order", "DELETE FROM order_history");
  tool::audit::Options options;
  options.kept = 2;
  const Report report = platform.audit(options);
  CHECK(report.count("history-gap") == 4);
  CHECK(std::count_if(report.findings().begin(), report.findings().end(),
                      [](const Finding& finding) { return finding.code == "history-gap"; }) == 2);
}

namespace {

// A file of answers that goes with the test.
class HistoryFile {
 public:
  ~HistoryFile() { std::filesystem::remove(path_); }
  HistoryFile& line(const std::string& key, int status, const std::optional<Id>& id = {}) {
    boost::json::object answer{{"method", "POST"}, {"key", key}, {"status", status}};
    if (id) answer["id"] = id->to_string();
    std::ofstream{path_, std::ios::app} << boost::json::serialize(answer) << '\n';
    return *this;
  }
  tool::audit::Options options() const {
    tool::audit::Options options;
    options.history = path_;
    return options;
  }

 private:
  std::string path_ = std::filesystem::temp_directory_path() / new_id().to_string();
};

}  // namespace

TEST_CASE("answers that a client got are found again", "[audit][history]") {
  SmallPlatform platform;
  const Filling& with = platform.filling();
  HistoryFile file;
  file.line("key-confirmed", 201, with.confirmed)
      .line("key-paid", 0)  // found by its reference
      .line("key-canceled", 503)
      .line("key-canceled", 201, with.canceled)  // repeated until it was answered
      .line("key-rejected", 409)
      .line("key-nothing", 503);
  const Report report = platform.audit(file.options());
  CAPTURE(report.to_table());
  CHECK(report.clean());
  CHECK(report.history ==
        tool::audit::HistoryTally{.ok = 1, .recovered = 2, .refused = 1, .undone = 1});
  CHECK(report.to_table().find("ok 1, lost 0, duplicated 0, recovered 2, stuck 0") !=
        std::string::npos);
}

TEST_CASE("answers without their effect are named", "[audit][history][planted]") {
  SmallPlatform platform;
  const Filling& with = platform.filling();
  HistoryFile file;

  SECTION("an order that nobody knows is lost") {
    file.line("key-lost", 201, new_id());
    CHECK(platform.audit(file.options()).history.lost == 1);
  }
  SECTION("two answers for one order: one of the two is lost") {
    file.line("key-a", 201, with.confirmed).line("key-b", 201, with.confirmed);
    CHECK(platform.audit(file.options()).history.lost == 1);
  }
  SECTION("an order that was rejected is lost for who was told 201") {
    file.line("key-rejected", 201, with.rejected);
    CHECK(platform.audit(file.options()).history.lost == 1);
  }
  SECTION("two orders for one key are a duplicate") {
    file.line("key-twice", 201, with.confirmed).line("key-twice", 201, with.paid);
    CHECK(platform.audit(file.options()).history.duplicated == 1);
  }
  SECTION("an order that was refused and placed all the same is a duplicate") {
    file.line("key-paid", 409);
    CHECK(platform.audit(file.options()).history.duplicated == 1);
  }
  SECTION("an order without an end is stuck") {
    platform.sql("order",
                 "UPDATE inbox SET outcome = NULL WHERE command_id = " + quoted(with.confirmed));
    file.line("key-confirmed", 202, with.confirmed);
    CHECK(platform.audit(file.options()).history.stuck == 1);
  }
}
