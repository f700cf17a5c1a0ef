// Comparisons that one database can make for itself, and those between two databases: merges of
// cursors in the order of ids.
#include "tools/waybill/audit/steps.hpp"

namespace waybill::tool::audit {
namespace {

namespace json = boost::json;

json::object parse_ids(std::string_view text) {
  return json::parse(json::string_view{text.data(), text.size()}).as_object();
}

void run_check(Snapshot& snapshot, const Check& check, const std::string& service, Report& report) {
  report.begin(check.name, service);
  Cursor cursor{snapshot, check.sql};
  while (cursor.next()) {
    const pg::Row row = cursor.row();
    report.add({check.code, service, parse_ids(row.text(0)), std::string{row.text(1)}});
  }
}

// Walks two cursors in the order of their first columns; `both` sees matching rows, the others
// those without a partner.
template <class Left, class Right, class Both>
void merge(Cursor& left, Cursor& right, Left only_left, Right only_right, Both both) {
  bool has_left = left.next();
  bool has_right = right.next();
  while (has_left || has_right) {
    const int order = !has_left    ? 1
                      : !has_right ? -1
                                   : left.row().text(0).compare(right.row().text(0));
    if (order < 0) {
      only_left(left.row());
    } else if (order > 0) {
      only_right(right.row());
    } else {
      both(left.row(), right.row());
    }
    if (order <= 0) has_left = left.next();
    if (order >= 0) has_right = right.next();
  }
}

// Orders with their lines as text, and whether they may be judged.
const std::string kOrders =
    "SELECT o.id, o.status, l.lines, coalesce(o.updated_at, o.created_at) < " + kUntil +
    " AND coalesce(o.updated_at, o.created_at) >= " + kSince +
    " FROM orders o LEFT JOIN (SELECT order_id, string_agg(product_id || ' ' || quantity, ',' "
    "ORDER BY product_id) AS lines FROM order_line GROUP BY order_id) AS l ON l.order_id = o.id "
    "ORDER BY o.id";

// Decisions on orders with what they hold and what came back.
const std::string kReservations =
    "SELECT r.order_id, r.state, m.lines, r.at < " + kUntil + " AND r.at >= " + kSince +
    " FROM reservation r LEFT JOIN (SELECT order_id, string_agg(product_id || ' ' || -quantity, "
    "',' ORDER BY product_id) AS lines FROM stock_movement WHERE kind = 'reservation' "
    "GROUP BY order_id) AS m ON m.order_id = r.order_id ORDER BY r.order_id";

bool holds_stock(std::string_view status) {
  return status == "CONFIRMED" || status == "PAID" || status == "SHIPPED" || status == "DELIVERED";
}

void judge_reservation(const pg::Row& order, const pg::Row& reservation, Report& report) {
  if (!order.boolean(3) || !reservation.boolean(3)) return;
  const std::string_view status = order.text(1);
  const std::string_view state = reservation.text(1);
  const json::object ids{{"order_id", order.text(0)}};
  if (status == "REJECTED" && state == "decided" && !reservation.is_null(2)) {
    report.add({"stock-held", "product", ids, "the order is REJECTED, but units are reserved"});
  } else if (status == "CANCELED" && state != "released") {
    report.add({"stock-held", "product", ids, "the order is CANCELED, but its units are not back"});
  } else if (holds_stock(status) && state == "released") {
    report.add({"stock-released", "product", ids,
                fmt::format("the order is {}, but its units went back", status)});
  } else if ((holds_stock(status) || status == "CANCELED") &&
             order.text(2) != reservation.text(2)) {
    report.add({"reservation-differs", "product", ids,
                "ordered and reserved are not the same: " + std::string{order.text(2)} + " and " +
                    std::string{reservation.text(2)}});
  }
}

void judge_unreserved(const pg::Row& order, Report& report) {
  const std::string_view status = order.text(1);
  if (!order.boolean(3) || status == "PENDING") return;
  report.add({"reservation-missing",
              "product",
              {{"order_id", order.text(0)}},
              fmt::format("the order is {}, but nobody decided on its units", status)});
}

void judge_ownerless(const pg::Row& reservation, Report& report) {
  if (!reservation.boolean(3)) return;
  report.add({"reservation-without-order",
              "order",
              {{"order_id", reservation.text(0)}},
              "units were decided on for an order that is not there"});
}

}  // namespace

void check_rows(const Scene& scene, const Model& model, Report& report) {
  Snapshot& snapshot = *scene.snapshot(model.service);
  for (const Check& check : common_checks()) run_check(snapshot, check, model.service, report);
  for (const Check& check : model.checks) run_check(snapshot, check, model.service, report);
}

void check_stock(const Scene& scene, Report& report) {
  Snapshot* orders = scene.snapshot("order");
  Snapshot* products = scene.snapshot("product");
  if (orders == nullptr || products == nullptr) return;
  report.begin("orders and reservations agree", "all");
  Cursor left{*orders, kOrders};
  Cursor right{*products, kReservations};
  merge(
      left, right,
      [&](const pg::Row& order) {
        report.look();
        judge_unreserved(order, report);
      },
      [&](const pg::Row& reservation) { judge_ownerless(reservation, report); },
      [&](const pg::Row& order, const pg::Row& reservation) {
        report.look();
        judge_reservation(order, reservation, report);
      });
}

void check_copy(const Scene& scene, const Copy& copy, Report& report) {
  Snapshot* owner = scene.snapshot(copy.owner);
  Snapshot* holder = scene.snapshot(copy.holder);
  if (owner == nullptr || holder == nullptr) return;
  report.begin(copy.name + " equals " + copy.owner + "'s rows", copy.holder);
  const auto add = [&](const char* code, std::string_view id, std::string detail) {
    json::object ids{{"projection", copy.name}};
    ids[copy.id_name] = id;
    report.add({code, copy.holder, std::move(ids), std::move(detail)});
  };
  Cursor left{*owner, copy.owner_sql};
  Cursor right{*holder, copy.holder_sql};
  merge(
      left, right,
      [&](const pg::Row& own) {
        report.look();
        if (!own.boolean(3)) add("projection-missing", own.text(0), "is not there");
      },
      [&](const pg::Row& copied) {
        add("projection-unknown", copied.text(0), "its owner has no such row");
      },
      [&](const pg::Row& own, const pg::Row& copied) {
        report.look();
        const std::int64_t version = own.integer(1);
        if (own.boolean(3)) return;
        if (copied.integer(1) != version) {
          add(copied.integer(1) < version ? "projection-behind" : "projection-ahead", own.text(0),
              fmt::format("is version {}, its owner has {}", copied.integer(1), version));
        } else if (own.text(2) != copied.text(2)) {
          add("projection-differs", own.text(0),
              fmt::format("version {} is not what its owner has", version));
        }
      });
}

}  // namespace waybill::tool::audit
