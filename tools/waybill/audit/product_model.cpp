#include "tools/waybill/audit/model.hpp"
#include "waybill/product/v1/events.pb.h"

namespace waybill::tool::audit {
namespace {

std::string facts(const messaging::Event& event) {
  const auto type = event.headers.find("ce_type");
  const bool deleted = type != event.headers.end() &&
                       type->second == product::v1::ProductDeleted::descriptor()->full_name();
  if (deleted) return "deleted";
  product::v1::ProductChanged message;
  if (!message.ParseFromString(event.value)) return "unreadable";
  const product::v1::Product& product = message.product();
  return fmt::format("{}|{}|{}|{}|{}", product.sku(), product.name(), product.price(),
                     product.currency(), product.stock_quantity());
}

const std::string kStates =
    "SELECT id, version, md5(CASE WHEN deleted_at IS NOT NULL THEN 'deleted' ELSE "
    "concat_ws('|', coalesce(sku, ''), name, (price / 100)::text || '.' || "
    "lpad((price % 100)::text, 2, '0'), currency, stock_quantity) END), created_at >= " +
    kSince + " FROM product WHERE coalesce(updated_at, created_at) >= " + kSince + " ORDER BY id";

// The commands whose id is the id of what they make.
const std::string kMade =
    "WITH told AS (SELECT command_id, type, CASE WHEN outcome IS NULL THEN NULL ELSE " + kStatus +
    " END AS status FROM inbox WHERE type IN ('waybill.product.v1.CreateProduct', "
    "'waybill.product.v1.MoveStock') AND NOT dead AND " +
    in_range("at") +
    "), made AS (SELECT told.command_id, told.type, told.status, p.id IS NOT NULL OR m.id IS NOT "
    "NULL AS there FROM told LEFT JOIN product p ON p.id = told.command_id "
    "LEFT JOIN stock_movement m ON m.id = told.command_id) ";

}  // namespace

Model product_model() {
  return {
      .service = "product",
      .topic = "waybill.products",
      .id_name = "product_id",
      .states = kStates,
      .facts = facts,
      .checks = {
          {"command-without-effect", "created products and movements are there",
           kMade +
               "SELECT json_build_object('command_id', command_id), type || ' was answered ' || "
               "status || ', but nothing came of it' FROM made "
               "WHERE status BETWEEN 200 AND 299 AND NOT there ORDER BY command_id"},
          {"refused-with-effect", "refused ones are not there",
           kMade +
               "SELECT json_build_object('command_id', command_id), type || ' was answered ' || "
               "status || ', but something came of it' FROM made WHERE status >= 400 AND there "
               "ORDER BY command_id"},
          {"state-without-command", "products come from commands",
           "SELECT json_build_object('product_id', p.id), 'nobody created it' FROM product p "
           "WHERE " +
               in_range("p.created_at") +
               " AND p.created_at > now() - interval '29 days' "
               "AND NOT EXISTS (SELECT FROM inbox WHERE command_id = p.id) ORDER BY p.id"},
          {"stock-differs", "counters are the sums of their ledgers",
           "SELECT json_build_object('product_id', p.id), 'the counter says ' || p.stock_quantity "
           "|| ', the ledger ' || coalesce(m.sum, 0) FROM product p LEFT JOIN "
           "(SELECT product_id, sum(quantity) AS sum FROM stock_movement GROUP BY product_id) "
           "AS m ON m.product_id = p.id WHERE p.stock_quantity <> coalesce(m.sum, 0) "
           "ORDER BY p.id"},
          {"balance-differs", "balances are running totals",
           "SELECT json_build_object('product_id', product_id, 'movement_id', id), "
           "'the balance says ' || balance || ', the movements up to it ' || total "
           "FROM (SELECT id, product_id, balance, seq, sum(quantity) OVER "
           "(PARTITION BY product_id ORDER BY seq) AS total FROM stock_movement) AS ledger "
           "WHERE balance <> total ORDER BY product_id, seq"},
          {"movement-without-reservation", "orders' movements have their decision",
           "SELECT json_build_object('order_id', m.order_id, 'movement_id', m.id), m.kind || "
           "' without a decision' FROM stock_movement m LEFT JOIN reservation r "
           "ON r.order_id = m.order_id WHERE m.order_id IS NOT NULL AND r.order_id IS NULL "
           "ORDER BY m.order_id"},
          {"release-differs", "what was released is what was reserved",
           "SELECT json_build_object('order_id', r.order_id, 'product_id', m.product_id), "
           "'reserved ' || m.reserved || ', released ' || m.released || ', and the order is ' || "
           "r.state FROM reservation r JOIN (SELECT order_id, product_id, "
           "coalesce(-sum(quantity) FILTER (WHERE kind = 'reservation'), 0) AS reserved, "
           "coalesce(sum(quantity) FILTER (WHERE kind = 'release'), 0) AS released "
           "FROM stock_movement WHERE order_id IS NOT NULL GROUP BY order_id, product_id) AS m "
           "ON m.order_id = r.order_id WHERE m.released <> CASE WHEN r.state = 'released' "
           "THEN m.reserved ELSE 0 END ORDER BY r.order_id, m.product_id"},
      }};
}

}  // namespace waybill::tool::audit
