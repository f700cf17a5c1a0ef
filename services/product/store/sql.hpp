// All SQL of the product service. Parameters that are arrays are read with unnest: one statement
// for a whole batch.
#pragma once

#include "libs/pg/pg.hpp"

namespace waybill::product::sql {

// ---- products ----

// In id order, so that two batches can't wait for each other.
inline constexpr pg::Statement lock_products_by_ids{"lock_products_by_ids", R"(
  SELECT id, sku, name, description, price, currency, stock_quantity, version, created_at,
         updated_at, deleted_at IS NOT NULL
    FROM product
   WHERE id = ANY($1::uuid[])
   ORDER BY id
     FOR NO KEY UPDATE)"};

// For a planted bug (libs/core/planted.hpp).
inline constexpr pg::Statement read_products_by_ids{"read_products_by_ids", R"(
  SELECT id, sku, name, description, price, currency, stock_quantity, version, created_at,
         updated_at, deleted_at IS NOT NULL
    FROM product
   WHERE id = ANY($1::uuid[]))"};

inline constexpr pg::Statement find_product_by_id{"find_product_by_id", R"(
  SELECT id, sku, name, description, price, currency, stock_quantity, version, created_at,
         updated_at, false
    FROM product
   WHERE id = $1::uuid AND deleted_at IS NULL)"};

// Who wants to use one of these skus waits here for others who do; in one order for everybody.
inline constexpr pg::Statement lock_skus{"lock_skus", R"(
  SELECT pg_advisory_xact_lock(key)
    FROM (SELECT DISTINCT hashtextextended('sku:' || sku, 0) AS key
            FROM unnest($1::text[]) AS wanted (sku)
           ORDER BY key) AS keys)"};

inline constexpr pg::Statement find_taken_skus{"find_taken_skus", R"(
  SELECT sku, id
    FROM product
   WHERE sku = ANY($1::text[]) AND deleted_at IS NULL)"};

inline constexpr pg::Statement insert_products{"insert_products", R"(
  INSERT INTO product (id, sku, name, description, price, currency, stock_quantity, version,
                       created_at)
  SELECT id, sku, name, description, price, currency, stock_quantity, 1, created_at
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[],
                $7::bigint[], $8::timestamptz[])
         AS new (id, sku, name, description, price, currency, stock_quantity, created_at))"};

// Before skus change hands within one batch: the unique index looks at every row as it is written.
inline constexpr pg::Statement clear_skus{"clear_skus", R"(
  UPDATE product SET sku = NULL WHERE id = ANY($1::uuid[]))"};

inline constexpr pg::Statement update_products{"update_products", R"(
  UPDATE product
     SET sku = new.sku, name = new.name, description = new.description, price = new.price,
         currency = new.currency, stock_quantity = new.stock_quantity, version = new.version,
         updated_at = new.updated_at
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[],
                $7::bigint[], $8::bigint[], $9::timestamptz[])
         AS new (id, sku, name, description, price, currency, stock_quantity, version, updated_at)
   WHERE product.id = new.id AND product.id = ANY($1::uuid[]))"};

inline constexpr pg::Statement update_stock{"update_stock", R"(
  UPDATE product
     SET stock_quantity = new.stock_quantity, version = new.version, updated_at = new.updated_at
    FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::timestamptz[])
         AS new (id, stock_quantity, version, updated_at)
   WHERE product.id = new.id AND product.id = ANY($1::uuid[]))"};

inline constexpr pg::Statement delete_products{"delete_products", R"(
  UPDATE product
     SET version = gone.version, updated_at = gone.at, deleted_at = gone.at
    FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[]) AS gone (id, version, at)
   WHERE product.id = gone.id AND product.id = ANY($1::uuid[]))"};

// ---- the ledger ----

// ORDER BY gives `seq` the order of the balances.
inline constexpr pg::Statement insert_movements{"insert_movements", R"(
  INSERT INTO stock_movement (id, product_id, kind, quantity, balance, order_id, reason, at)
  SELECT id, product_id, kind, quantity, balance, order_id, reason, at
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::uuid[],
                $7::text[], $8::timestamptz[])
         WITH ORDINALITY
         AS new (id, product_id, kind, quantity, balance, order_id, reason, at, place)
   ORDER BY place)"};

inline constexpr pg::Statement find_movements_by_ids{"find_movements_by_ids", R"(
  SELECT id, product_id, kind, quantity, balance, order_id, reason, at, seq
    FROM stock_movement
   WHERE id = ANY($1::uuid[]))"};

// Newest first; $2 is the place after which to go on, $3 how many.
inline constexpr pg::Statement list_movements{"list_movements", R"(
  SELECT id, product_id, kind, quantity, balance, order_id, reason, at, seq
    FROM stock_movement
   WHERE product_id = $1::uuid AND seq < $2::bigint
   ORDER BY seq DESC
   LIMIT $3::bigint)"};

inline constexpr pg::Statement count_movements{"count_movements", R"(
  SELECT count(*) FROM stock_movement WHERE product_id = $1::uuid)"};

// ---- reservations ----

// Gives back the orders that nobody has decided or released before.
inline constexpr pg::Statement claim_decisions{"claim_decisions", R"(
  INSERT INTO reservation (order_id, state, at)
  SELECT order_id, 'decided', $2::timestamptz
    FROM unnest($1::uuid[]) AS new (order_id)
   ORDER BY order_id
      ON CONFLICT (order_id) DO NOTHING
  RETURNING order_id)"};

// Gives back the orders that were not released before, also those that were never decided: their
// reservation, should it still come, finds the row and is refused.
inline constexpr pg::Statement claim_releases{"claim_releases", R"(
  INSERT INTO reservation (order_id, state, at)
  SELECT order_id, 'released', $2::timestamptz
    FROM unnest($1::uuid[]) AS new (order_id)
   ORDER BY order_id
      ON CONFLICT (order_id) DO UPDATE SET state = 'released', at = excluded.at
           WHERE reservation.state = 'decided'
  RETURNING order_id)"};

inline constexpr pg::Statement find_reserved{"find_reserved", R"(
  SELECT order_id, product_id, -quantity
    FROM stock_movement
   WHERE order_id = ANY($1::uuid[]) AND kind = 'reservation'
   ORDER BY order_id, seq)"};

}  // namespace waybill::product::sql
