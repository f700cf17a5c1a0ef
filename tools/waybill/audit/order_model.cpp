#include "tools/waybill/audit/model.hpp"
#include "waybill/order/v1/events.pb.h"

namespace waybill::tool::audit {
namespace {

// Every event of an order is a message with the order as its only field.
std::string facts(const messaging::Event& event) {
  order::v1::OrderPlaced message;
  if (!message.ParseFromString(event.value)) return "unreadable";
  const order::v1::Order& order = message.order();
  return fmt::format("{}|{}|{}|{}|{}", order.status(), order.total_price(), order.currency(),
                     order.user_id(), order.items_size());
}

const std::string kStates =
    "SELECT o.id, o.version, md5(concat_ws('|', o.status, coalesce((o.total_price / 100)::text || "
    "'.' || lpad((o.total_price % 100)::text, 2, '0'), ''), coalesce(o.currency, ''), o.user_id, "
    "l.lines)), o.created_at >= " +
    kSince +
    " FROM orders o LEFT JOIN (SELECT order_id, count(*) AS lines FROM order_line "
    "GROUP BY order_id) AS l ON l.order_id = o.id WHERE coalesce(o.updated_at, o.created_at) >= " +
    kSince + " ORDER BY o.id";

// The commands that place orders, with what the inbox says and what became of the order.
const std::string kPlaced =
    "WITH told AS (SELECT command_id, dead, CASE WHEN outcome IS NULL THEN NULL ELSE " + kStatus +
    " END AS status FROM inbox WHERE type = 'waybill.order.v1.PlaceOrder' AND " + in_range("at") +
    "), placed AS (SELECT told.command_id, told.status, told.dead, o.status AS state, "
    "p.command_id IS NOT NULL AS parked FROM told LEFT JOIN orders o ON o.id = told.command_id "
    "LEFT JOIN parked_order p ON p.command_id = told.command_id) ";

const std::string kMoved =
    "WITH told AS (SELECT command_id, type, CASE WHEN outcome IS NULL THEN NULL ELSE " + kStatus +
    " END AS status FROM inbox WHERE type IN ('waybill.order.v1.CancelOrder', "
    "'waybill.order.v1.ChangeOrderStatus') AND NOT dead AND " +
    in_range("at") +
    "), moves AS (SELECT told.command_id, told.type, told.status, count(h.order_id) AS moves "
    "FROM told LEFT JOIN order_history h ON h.cause_id = told.command_id "
    "GROUP BY told.command_id, told.type, told.status) ";

std::vector<Check> command_checks() {
  return {
      {"command-without-effect", "placed orders are there",
       kPlaced + "SELECT json_build_object('command_id', command_id, 'order_id', command_id), "
                 "'answered ' || status || ', but the order is ' || coalesce(state, 'not there') "
                 "FROM placed WHERE status BETWEEN 200 AND 299 "
                 "AND (state IS NULL OR state IN ('PENDING', 'REJECTED')) ORDER BY command_id"},
      {"refused-with-effect", "refused orders are not there",
       kPlaced + "SELECT json_build_object('command_id', command_id, 'order_id', command_id), "
                 "'answered ' || status || ', but the order is ' || state FROM placed "
                 "WHERE status >= 400 AND state <> 'REJECTED' ORDER BY command_id"},
      {"command-half-done", "pending orders are under way",
       kPlaced +
           "SELECT json_build_object('command_id', command_id, 'order_id', command_id), "
           "'has no outcome, and the order is ' || coalesce(state, 'not there') FROM placed "
           "WHERE status IS NULL AND NOT dead AND NOT parked AND state IS DISTINCT FROM 'PENDING' "
           "ORDER BY command_id"},
      {"outcome-unreadable", "outcomes can be read",
       kPlaced +
           "SELECT json_build_object('command_id', command_id), 'the stored outcome is broken' "
           "FROM placed WHERE status = 0 ORDER BY command_id"},
      // The inbox forgets commands after thirty days.
      {"state-without-command", "orders come from commands",
       "SELECT json_build_object('order_id', o.id), 'nobody ordered it' FROM orders o "
       "WHERE " +
           in_range("o.created_at") +
           " AND o.created_at > now() - interval '29 days' "
           "AND NOT EXISTS (SELECT FROM inbox WHERE command_id = o.id) ORDER BY o.id"},
      {"command-without-effect", "moves took effect",
       kMoved + "SELECT json_build_object('command_id', command_id), type || ' was answered ' || "
                "status || ', but moved nothing' FROM moves WHERE status BETWEEN 200 AND 299 "
                "AND moves = 0 ORDER BY command_id"},
      {"command-done-twice", "moves took effect once",
       kMoved +
           "SELECT json_build_object('command_id', command_id), type || ' moved orders ' || moves "
           "|| ' times' FROM moves WHERE moves > 1 ORDER BY command_id"},
      {"refused-with-effect", "refused moves did nothing",
       kMoved + "SELECT json_build_object('command_id', command_id), type || ' was answered ' || "
                "status || ', but moved an order' FROM moves WHERE status >= 400 AND moves > 0 "
                "ORDER BY command_id"},
  };
}

std::vector<Check> state_checks() {
  return {
      {"history-gap", "every version has its history",
       "SELECT json_build_object('order_id', o.id, 'version', o.version), 'its history has ' || "
       "coalesce(h.entries, 0) || ' entries up to version ' || coalesce(h.newest, 0) FROM orders o "
       "LEFT JOIN (SELECT order_id, count(*) AS entries, max(version) AS newest "
       "FROM order_history GROUP BY order_id) AS h ON h.order_id = o.id "
       "WHERE (h.entries IS DISTINCT FROM o.version OR h.newest IS DISTINCT FROM o.version) "
       "AND coalesce(o.updated_at, o.created_at) >= " +
           kSince + " ORDER BY o.id"},
      {"history-differs", "the history ends with the state",
       "SELECT json_build_object('order_id', o.id, 'version', o.version), 'the order is ' || "
       "o.status || ', its history says ' || h.status FROM orders o JOIN order_history h "
       "ON h.order_id = o.id AND h.version = o.version WHERE h.status <> o.status "
       "AND coalesce(o.updated_at, o.created_at) >= " +
           kSince + " ORDER BY o.id"},
      {"total-differs", "totals are the sums of their lines",
       "SELECT json_build_object('order_id', o.id), 'the total is ' || o.total_price || "
       "', the lines sum up to ' || coalesce(l.sum, 0) FROM orders o LEFT JOIN "
       "(SELECT order_id, sum(quantity * price_at_order) AS sum, bool_and(line_total = quantity * "
       "price_at_order) AS right FROM order_line GROUP BY order_id) AS l ON l.order_id = o.id "
       "WHERE o.total_price IS NOT NULL AND (l.sum IS DISTINCT FROM o.total_price OR NOT l.right) "
       "AND coalesce(o.updated_at, o.created_at) >= " +
           kSince + " ORDER BY o.id"},
      {"saga-stuck", "no saga waits for ever",
       "SELECT json_build_object('order_id', id), 'PENDING since ' || created_at FROM orders "
       "WHERE status = 'PENDING' AND created_at >= " +
           kSince + " AND created_at < " + kStuck + " ORDER BY id"},
      {"parked-stuck", "no order waits for its address for ever",
       "SELECT json_build_object('command_id', command_id), 'was due at ' || due_at "
       "FROM parked_order WHERE due_at < " +
           kStuck + " ORDER BY command_id"},
      {"timer-missing", "unpaid orders have their timer",
       "SELECT json_build_object('order_id', o.id), 'is to expire, but nobody looks' FROM orders o "
       "WHERE o.expires_at IS NOT NULL AND NOT EXISTS (SELECT FROM timer "
       "WHERE kind = 'unpaid' AND subject = o.id) ORDER BY o.id"},
      {"timer-left", "timers have their unpaid order",
       "SELECT json_build_object('order_id', t.subject), 'has a timer, but is ' || "
       "coalesce(o.status, 'not there') FROM timer t LEFT JOIN orders o ON o.id = t.subject "
       "WHERE t.kind = 'unpaid' AND o.status IS DISTINCT FROM 'CONFIRMED' ORDER BY t.subject"},
      {"timer-stuck", "timers fire",
       "SELECT json_build_object('order_id', subject), 'was due at ' || due_at FROM timer "
       "WHERE due_at < " +
           kStuck + " ORDER BY subject"},
  };
}

}  // namespace

Model order_model() {
  Model model{.service = "order",
              .topic = "waybill.orders",
              .id_name = "order_id",
              .states = kStates,
              .facts = facts,
              .checks = command_checks()};
  for (Check& check : state_checks()) model.checks.push_back(std::move(check));
  return model;
}

}  // namespace waybill::tool::audit
