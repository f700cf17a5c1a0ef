#include "tools/waybill/audit/model.hpp"

namespace waybill::tool::audit {
namespace {

// Whether the copy of a row may still be on its way.
std::string may_come(const std::string& changed_at) {
  return changed_at + " >= " + kUntil + " OR " + changed_at + " < " + kSince;
}

Copy users_of_order() {
  // An address as both services have it. A deleted user has none.
  const std::string address =
      "concat_ws('|', a.id, a.street, a.city, a.state, a.zip_code, a.country)";
  return {
      .name = "order.users",
      .owner = "identity",
      .holder = "order",
      .id_name = "user_id",
      .topic = "waybill.users",
      .owner_sql =
          "SELECT u.id, u.version, md5(concat_ws('~', (u.deleted_at IS NOT NULL)::text, "
          "a.list)), " +
          may_come("coalesce(u.updated_at, u.created_at)") +
          " FROM user_account u LEFT JOIN (SELECT user_id, string_agg(" + address +
          ", ';' ORDER BY a.id) AS list FROM address a GROUP BY user_id) AS a ON a.user_id = u.id "
          "ORDER BY u.id",
      .holder_sql =
          "SELECT c.id, c.version, md5(concat_ws('~', c.deleted::text, a.list)) "
          "FROM customer c LEFT JOIN (SELECT user_id, string_agg(" +
          address +
          ", ';' ORDER BY a.id) AS list FROM customer_address a GROUP BY user_id) AS a "
          "ON a.user_id = c.id ORDER BY c.id"};
}

// Which accounts there are, as `report` and `advert` keep them.
Copy users_of(const std::string& holder) {
  return {.name = holder + ".users",
          .owner = "identity",
          .holder = holder,
          .id_name = "user_id",
          .topic = "waybill.users",
          .owner_sql = "SELECT id, version, md5((deleted_at IS NOT NULL)::text), " +
                       may_come("coalesce(updated_at, created_at)") +
                       " FROM user_account ORDER BY id",
          .holder_sql = "SELECT id, version, md5(deleted::text) FROM known_user ORDER BY id"};
}

Copy products_of_report() {
  const std::string same = "concat_ws('|', sku, name, price, currency, ";
  return {.name = "report.products",
          .owner = "product",
          .holder = "report",
          .id_name = "product_id",
          .topic = "waybill.products",
          .owner_sql =
              "SELECT id, version, md5(CASE WHEN deleted_at IS NOT NULL THEN 'deleted' "
              "ELSE " +
              same + "stock_quantity) END), " + may_come("coalesce(updated_at, created_at)") +
              " FROM product ORDER BY id",
          .holder_sql = "SELECT id, version, md5(CASE WHEN deleted THEN 'deleted' ELSE " + same +
                        "stock) END) FROM known_product ORDER BY id"};
}

Copy files_of_report() {
  // Events tell times in milliseconds.
  const std::string created = "extract(epoch FROM date_trunc('milliseconds', created_at))";
  const std::string changed = may_come("greatest(created_at, updated_at, deleted_at)");
  return {.name = "report.files",
          .owner = "file",
          .holder = "report",
          .id_name = "id",
          .topic = "waybill.files",
          .owner_sql =
              "SELECT id, version, md5(CASE WHEN deleted_at IS NOT NULL THEN kind ELSE "
              "concat_ws('|', kind, owner_id, files, size, " +
              created + ") END), " + changed +
              " FROM (SELECT id, 'document' AS kind, version, owner_id, 1::bigint AS files, size, "
              "created_at, updated_at, deleted_at FROM documents UNION ALL "
              "SELECT id, 'task', version, created_by, coalesce(f.files, 0), NULL, created_at, "
              "NULL, deleted_at FROM tasks LEFT JOIN (SELECT task_id, count(*) AS files "
              "FROM task_files GROUP BY task_id) AS f ON f.task_id = id) AS object ORDER BY id",
          .holder_sql =
              "SELECT id, version, md5(CASE WHEN deleted THEN kind ELSE "
              "concat_ws('|', kind, owner_id, files, size, " +
              created + ") END) FROM known_file ORDER BY id"};
}

Copy orders_of_report() {
  // Events tell times in milliseconds.
  const std::string same =
      "md5(concat_ws('|', user_id, status, total_price, currency, "
      "extract(epoch FROM date_trunc('milliseconds', order_date)), ";
  return {.name = "report.orders",
          .owner = "order",
          .holder = "report",
          .id_name = "order_id",
          .topic = "waybill.orders",
          .owner_sql = "SELECT id, version, " + same + "l.units)), " +
                       may_come("coalesce(updated_at, created_at)") +
                       " FROM orders LEFT JOIN (SELECT order_id, sum(quantity)::bigint AS units "
                       "FROM order_line GROUP BY order_id) AS l ON l.order_id = id ORDER BY id",
          .holder_sql = "SELECT id, version, " + same + "units)) FROM sold_order ORDER BY id"};
}

}  // namespace

std::vector<Copy> copies() {
  return {users_of_order(),     users_of("report"), users_of("advert"),
          products_of_report(), files_of_report(),  orders_of_report()};
}

}  // namespace waybill::tool::audit
