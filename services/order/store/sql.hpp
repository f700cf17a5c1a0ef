// All SQL of the order service. Parameters that are arrays are read with unnest: one statement for
// a whole batch. Lists of orders, whose statements depend on what is asked for, are in
// list_sql.hpp.
#pragma once

#include "libs/pg/pg.hpp"

namespace waybill::order::sql {

// ---- orders: the same columns in the same order everywhere, see store::read_order ----

// In id order, so that two batches can't wait for each other.
inline constexpr pg::Statement lock_orders_by_ids{"lock_orders_by_ids", R"(
  SELECT id, user_id, delivery_address_id, street, city, state, zip_code, country, reference,
         status, total_price, currency, order_date, reason_code, reason_text, reason_items,
         expires_at, version, created_at, updated_at
    FROM orders
   WHERE id = ANY($1::uuid[])
   ORDER BY id
     FOR NO KEY UPDATE)"};

inline constexpr pg::Statement find_orders_by_ids{"find_orders_by_ids", R"(
  SELECT id, user_id, delivery_address_id, street, city, state, zip_code, country, reference,
         status, total_price, currency, order_date, reason_code, reason_text, reason_items,
         expires_at, version, created_at, updated_at
    FROM orders
   WHERE id = ANY($1::uuid[]))"};

// Gives back the ids that are new: an order takes its id from its command, so what is there already
// was placed by the same command.
inline constexpr pg::Statement insert_orders{"insert_orders", R"(
  INSERT INTO orders (id, user_id, delivery_address_id, street, city, state, zip_code, country,
                      reference, status, order_date, version, created_at)
  SELECT id, user_id, delivery_address_id, street, city, state, zip_code, country, reference,
         'PENDING', order_date, 1, created_at
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],
                $8::text[], $9::text[], $10::timestamptz[], $11::timestamptz[])
         AS new (id, user_id, delivery_address_id, street, city, state, zip_code, country, reference,
                 order_date, created_at)
      ON CONFLICT (id) DO NOTHING
  RETURNING id)"};

inline constexpr pg::Statement update_orders{"update_orders", R"(
  UPDATE orders
     SET status = new.status, total_price = new.total_price, currency = new.currency,
         reason_code = new.reason_code, reason_text = new.reason_text,
         reason_items = new.reason_items, expires_at = new.expires_at, version = new.version,
         updated_at = new.updated_at
    FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::jsonb[],
                $8::timestamptz[], $9::bigint[], $10::timestamptz[])
         AS new (id, status, total_price, currency, reason_code, reason_text, reason_items, expires_at,
                 version, updated_at)
   WHERE orders.id = new.id AND orders.id = ANY($1::uuid[]))"};

// ---- lines ----

inline constexpr pg::Statement find_lines_by_orders{"find_lines_by_orders", R"(
  SELECT order_id, id, product_id, quantity, sku, name, price_at_order, line_total
    FROM order_line
   WHERE order_id = ANY($1::uuid[])
   ORDER BY order_id, position)"};

inline constexpr pg::Statement insert_lines{"insert_lines", R"(
  INSERT INTO order_line (order_id, product_id, id, position, name, quantity)
  SELECT order_id, product_id, id, position, '', quantity
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::bigint[])
         AS new (order_id, product_id, id, position, quantity))"};

inline constexpr pg::Statement price_lines{"price_lines", R"(
  UPDATE order_line
     SET sku = priced.sku, name = priced.name, price_at_order = priced.price_at_order,
         line_total = priced.line_total
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])
         AS priced (order_id, product_id, sku, name, price_at_order, line_total)
   WHERE order_line.order_id = priced.order_id AND order_line.product_id = priced.product_id
     AND order_line.order_id = ANY($1::uuid[]))"};

// ---- history ----

inline constexpr pg::Statement insert_history{"insert_history", R"(
  INSERT INTO order_history (order_id, version, status, source, note, cause_id, sent_at, at,
                             failures, dead_visits)
  SELECT order_id, version, status, source, note, cause_id, sent_at, at, failures, dead_visits
    FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::uuid[],
                $7::timestamptz[], $8::timestamptz[], $9::int[], $10::int[])
         AS new (order_id, version, status, source, note, cause_id, sent_at, at, failures,
                 dead_visits))"};

inline constexpr pg::Statement find_history{"find_history", R"(
  SELECT version, status, source, note, cause_id, sent_at, at, failures, dead_visits
    FROM order_history
   WHERE order_id = $1::uuid
   ORDER BY version)"};

// Rows that left the outbox. The key is text there, because commands have keys too.
inline constexpr pg::Statement find_told_events{"find_told_events", R"(
  SELECT target, type, headers->>'ce_id', headers->>'ce_version', sent_at
    FROM outbox_sent
   WHERE key = $1::text AND channel = 'event'
   ORDER BY sent_at, id)"};

inline constexpr pg::Statement find_dead_commands{"find_dead_commands", R"(
  SELECT command_id, type, coalesce(finished_at, at)
    FROM inbox
   WHERE command_id = ANY($1::uuid[]) AND dead)"};

// ---- timers ----

inline constexpr pg::Statement upsert_timers{"upsert_timers", R"(
  INSERT INTO timer (kind, subject, due_at)
  SELECT 'unpaid', subject, due_at
    FROM unnest($1::uuid[], $2::timestamptz[]) AS new (subject, due_at)
      ON CONFLICT (kind, subject) DO UPDATE SET due_at = excluded.due_at)"};

inline constexpr pg::Statement delete_timers{"delete_timers", R"(
  DELETE FROM timer WHERE kind = 'unpaid' AND subject = ANY($1::uuid[]))"};

// Locks the orders, not the timers: whoever moves an order locks it first and its timer afterwards.
// Orders that somebody is moving right now are left for the next round.
inline constexpr pg::Statement lock_unpaid_due{"lock_unpaid_due", R"(
  SELECT orders.id
    FROM timer
    JOIN orders ON orders.id = timer.subject
   WHERE timer.kind = 'unpaid' AND timer.due_at <= $1::timestamptz
   ORDER BY timer.due_at
   LIMIT $2::bigint
     FOR NO KEY UPDATE OF orders SKIP LOCKED)"};

inline constexpr pg::Statement count_undecided{"count_undecided", R"(
  SELECT count(*), min(created_at) FROM orders WHERE status = 'PENDING')"};

// ---- orders that wait for their address ----

inline constexpr pg::Statement insert_parked{"insert_parked", R"(
  INSERT INTO parked_order (command_id, address_id, body, caller, correlation_id, traceparent, instance,
                            sent_at, due_at)
  SELECT command_id, address_id, body, caller, correlation_id, traceparent, instance, sent_at,
         $9::timestamptz
    FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::text[], $5::text[], $6::text[], $7::text[],
                $8::timestamptz[])
         AS new (command_id, address_id, body, caller, correlation_id, traceparent, instance, sent_at)
      ON CONFLICT (command_id) DO NOTHING)"};

// Those that have waited long enough. The table is nearly always empty.
inline constexpr pg::Statement find_overdue_parked{"find_overdue_parked", R"(
  SELECT command_id, body, caller, correlation_id, traceparent, instance, sent_at
    FROM parked_order
   WHERE due_at <= $1::timestamptz
         AND NOT EXISTS (SELECT FROM customer_address
                          WHERE customer_address.id = parked_order.address_id)
   ORDER BY due_at
   LIMIT $2::bigint)"};

inline constexpr pg::Statement postpone_parked{"postpone_parked", R"(
  UPDATE parked_order SET due_at = $2::timestamptz WHERE command_id = ANY($1::uuid[]))"};

// Those whose address has come, and those of which is known that it will not.
inline constexpr pg::Statement take_parked{"take_parked", R"(
  DELETE FROM parked_order
   WHERE command_id = ANY(ARRAY(
         SELECT parked.command_id
           FROM parked_order AS parked
          WHERE parked.command_id = ANY($1::uuid[])
             OR EXISTS (SELECT FROM customer_address WHERE customer_address.id = parked.address_id)
          ORDER BY parked.due_at
          LIMIT $2::bigint
            FOR UPDATE SKIP LOCKED))
  RETURNING command_id, body, caller, correlation_id, traceparent, instance, sent_at)"};

// ---- users and addresses, a projection of waybill.users ----

inline constexpr pg::Statement find_addresses_by_ids{"find_addresses_by_ids", R"(
  SELECT id, user_id, street, city, state, zip_code, country
    FROM customer_address
   WHERE id = ANY($1::uuid[]))"};

// Gives back the users whose state is new here.
inline constexpr pg::Statement upsert_customers{"upsert_customers", R"(
  INSERT INTO customer (id, version, deleted)
  SELECT id, version, deleted
    FROM unnest($1::uuid[], $2::bigint[], $3::boolean[]) AS new (id, version, deleted)
   ORDER BY id
      ON CONFLICT (id) DO UPDATE SET version = excluded.version, deleted = excluded.deleted
           WHERE customer.version < excluded.version
  RETURNING id)"};

inline constexpr pg::Statement delete_addresses_of_users{"delete_addresses_of_users", R"(
  DELETE FROM customer_address WHERE user_id = ANY($1::uuid[]))"};

inline constexpr pg::Statement insert_addresses{"insert_addresses", R"(
  INSERT INTO customer_address (id, user_id, street, city, state, zip_code, country)
  SELECT id, user_id, street, city, state, zip_code, country
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
         AS new (id, user_id, street, city, state, zip_code, country))"};

}  // namespace waybill::order::sql
