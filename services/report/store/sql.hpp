// All SQL of the report service. Parameters that are arrays are read with unnest: one statement for
// a whole batch.
#pragma once

#include "libs/pg/pg.hpp"

namespace waybill::report::sql {

// ---- projections: newer wins ----

inline constexpr pg::Statement upsert_orders{"upsert_sold_orders", R"(
  INSERT INTO sold_order (id, version, user_id, status, order_date, currency, total_price, units,
                          lines, partition, position)
  SELECT id, version, user_id, status, order_date, currency, total_price, units, lines, partition,
         position
    FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::timestamptz[], $6::text[],
                $7::bigint[], $8::bigint[], $9::jsonb[], $10::int[], $11::bigint[])
         AS new (id, version, user_id, status, order_date, currency, total_price, units, lines,
                 partition, position)
      ON CONFLICT (id) DO UPDATE
     SET version = excluded.version, user_id = excluded.user_id, status = excluded.status,
         order_date = excluded.order_date, currency = excluded.currency,
         total_price = excluded.total_price, units = excluded.units, lines = excluded.lines,
         partition = excluded.partition, position = excluded.position
   WHERE sold_order.version < excluded.version)"};

// A version that was told twice keeps the place where it was told first.
inline constexpr pg::Statement insert_steps{"insert_order_steps", R"(
  INSERT INTO order_step (order_id, version, status, at, cause_id, correlation_id, partition,
                          position, told_at)
  SELECT order_id, version, status, at, cause_id, correlation_id, partition, position, told_at
    FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::timestamptz[], $5::text[], $6::text[],
                $7::int[], $8::bigint[], $9::timestamptz[])
         AS new (order_id, version, status, at, cause_id, correlation_id, partition, position,
                 told_at)
      ON CONFLICT (order_id, version) DO NOTHING)"};

inline constexpr pg::Statement find_steps{"find_order_steps", R"(
  SELECT version, partition, position, told_at
    FROM order_step
   WHERE order_id = $1::uuid
   ORDER BY version)"};

inline constexpr pg::Statement upsert_ad_campaigns{"upsert_ad_campaigns", R"(
  INSERT INTO ad_campaign (id, version, advertiser_id, title, deleted)
  SELECT id, version, advertiser_id, title, deleted
    FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::boolean[])
         AS new (id, version, advertiser_id, title, deleted)
      ON CONFLICT (id) DO UPDATE
     SET version = excluded.version, title = excluded.title, deleted = excluded.deleted
   WHERE ad_campaign.version < excluded.version)"};

inline constexpr pg::Statement upsert_ad_advertisers{"upsert_ad_advertisers", R"(
  INSERT INTO ad_advertiser (id, version, name)
  SELECT id, version, name
    FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS new (id, version, name)
      ON CONFLICT (id) DO UPDATE
     SET version = excluded.version, name = excluded.name
   WHERE ad_advertiser.version < excluded.version)"};

inline constexpr pg::Statement insert_ad_facts{"insert_ad_facts", R"(
  INSERT INTO ad_fact (campaign_id, client_id, fact, day, price)
  SELECT campaign_id, client_id, fact, day, price
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::float8[])
         AS new (campaign_id, client_id, fact, day, price)
      ON CONFLICT (campaign_id, client_id, fact) DO NOTHING)"};

inline constexpr pg::Statement upsert_products{"upsert_known_products", R"(
  INSERT INTO known_product (id, version, sku, name, price, currency, stock, deleted)
  SELECT id, version, sku, name, price, currency, stock, deleted
    FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[],
                $7::bigint[], $8::boolean[])
         AS new (id, version, sku, name, price, currency, stock, deleted)
      ON CONFLICT (id) DO UPDATE
     SET version = excluded.version, sku = excluded.sku, name = excluded.name,
         price = excluded.price, currency = excluded.currency, stock = excluded.stock,
         deleted = excluded.deleted
   WHERE known_product.version < excluded.version)"};

inline constexpr pg::Statement upsert_users{"upsert_known_users", R"(
  INSERT INTO known_user (id, version, created_at, deleted)
  SELECT id, version, created_at, deleted
    FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::boolean[])
         AS new (id, version, created_at, deleted)
      ON CONFLICT (id) DO UPDATE
     SET version = excluded.version, created_at = excluded.created_at, deleted = excluded.deleted
   WHERE known_user.version < excluded.version)"};

inline constexpr pg::Statement upsert_files{"upsert_known_files", R"(
  INSERT INTO known_file (id, kind, version, owner_id, files, size, created_at, deleted)
  SELECT id, kind, version, owner_id, files, size, created_at, deleted
    FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::uuid[], $5::bigint[], $6::bigint[],
                $7::timestamptz[], $8::boolean[])
         AS new (id, kind, version, owner_id, files, size, created_at, deleted)
      ON CONFLICT (id) DO UPDATE
     SET version = excluded.version, owner_id = excluded.owner_id, files = excluded.files,
         size = excluded.size, created_at = excluded.created_at, deleted = excluded.deleted
   WHERE known_file.version < excluded.version)"};

inline constexpr pg::Statement find_places{"find_places", R"(
  SELECT partition, next_offset
    FROM projection_offset
   WHERE projection = $1 AND topic = $2)"};

inline constexpr pg::Statement has_parked{"has_parked", R"(
  SELECT EXISTS (SELECT FROM parked_event WHERE projection = $1))"};

// ---- sales ----
// An order counts by its status now or, where a time and an offset are given, by what events up to
// that time and before that offset had told of it.

// The last column is a fingerprint of the orders behind the row, see domain::fingerprint.
inline constexpr pg::Statement sales_by_day{"sales_by_day", R"(
  SELECT day.day, sold.currency, count(*), sum(sold.units)::bigint, sum(sold.total_price)::bigint,
         (sum(('x' || left(encode(sha256(convert_to(sold.id::text || ' ' || known.version::text,
                                                    'UTF8')), 'hex'), 15))::bit(60)::bigint)
          % (1::bigint << 60))::bigint
    FROM unnest($1::date[], $2::timestamptz[], $3::timestamptz[]) AS day (day, starts, ends)
    JOIN sold_order AS sold ON sold.order_date >= day.starts AND sold.order_date < day.ends
    CROSS JOIN LATERAL (
      SELECT sold.version, sold.status WHERE $4::timestamptz IS NULL
       UNION ALL
      (SELECT step.version, step.status FROM order_step AS step
        WHERE step.order_id = sold.id AND step.at <= $4::timestamptz AND step.position < $5::bigint
        ORDER BY step.version DESC LIMIT 1)) AS known
   WHERE known.status IN ('CONFIRMED', 'PAID', 'SHIPPED', 'DELIVERED')
   GROUP BY day.day, sold.currency
   ORDER BY day.day, sold.currency)"};

// Sku and name as the newest of these orders have them.
inline constexpr pg::Statement sales_by_product{"sales_by_product", R"(
  SELECT line.product_id, (array_agg(line.sku ORDER BY sold.order_date DESC, sold.id))[1],
         (array_agg(line.name ORDER BY sold.order_date DESC, sold.id))[1], sold.currency,
         count(*), sum(line.quantity)::bigint, sum(line.total)::bigint
    FROM sold_order AS sold
    CROSS JOIN LATERAL (
      SELECT sold.status WHERE $3::timestamptz IS NULL
       UNION ALL
      (SELECT step.status FROM order_step AS step
        WHERE step.order_id = sold.id AND step.at <= $3::timestamptz AND step.position < $4::bigint
        ORDER BY step.version DESC LIMIT 1)) AS known
    CROSS JOIN jsonb_to_recordset(sold.lines)
         AS line (product_id uuid, sku text, name text, quantity bigint, total bigint)
   WHERE sold.order_date >= $1::timestamptz AND sold.order_date < $2::timestamptz
     AND known.status IN ('CONFIRMED', 'PAID', 'SHIPPED', 'DELIVERED')
   GROUP BY line.product_id, sold.currency
   ORDER BY 7 DESC, line.product_id, sold.currency)"};

// ---- reports ----

// Orders of a day that were ever confirmed and have no row yet, newest first.
inline constexpr pg::Statement find_unreported{"find_unreported", R"(
  SELECT id, order_date, units
    FROM sold_order AS sold
   WHERE order_date >= $1::timestamptz AND order_date < $2::timestamptz
     AND status NOT IN ('PENDING', 'REJECTED')
     AND NOT EXISTS (SELECT FROM report WHERE report_at = $3::date AND order_id = sold.id)
   ORDER BY order_date DESC, id DESC)"};

inline constexpr pg::Statement insert_reports{"insert_reports", R"(
  INSERT INTO report (id, report_at, order_id, order_date, count_product, created_at)
  SELECT id, $2::date, order_id, order_date, count_product, $6::timestamptz
    FROM unnest($1::uuid[], $3::uuid[], $4::timestamptz[], $5::bigint[])
         AS new (id, order_id, order_date, count_product)
      ON CONFLICT (report_at, order_id) DO UPDATE SET count_product = excluded.count_product)"};

inline constexpr pg::Statement lock_report_day{"lock_report_day", R"(
  SELECT reports_count, complete, version, created_at
    FROM report_day
   WHERE report_at = $1::date
     FOR UPDATE)"};

inline constexpr pg::Statement upsert_report_day{"upsert_report_day", R"(
  INSERT INTO report_day (report_at, reports_count, complete, version, created_at, updated_at)
  VALUES ($1::date, $2::bigint, $3::boolean, $4::bigint, $5::timestamptz, $5::timestamptz)
      ON CONFLICT (report_at) DO UPDATE
     SET reports_count = excluded.reports_count, complete = excluded.complete,
         version = excluded.version, updated_at = excluded.updated_at)"};

inline constexpr pg::Statement list_reports{"list_reports", R"(
  SELECT id, order_id, count_product, created_at, order_date
    FROM report
   WHERE report_at = $1::date
   ORDER BY order_date DESC, order_id DESC
   LIMIT $2::bigint)"};

inline constexpr pg::Statement list_reports_after{"list_reports_after", R"(
  SELECT id, order_id, count_product, created_at, order_date
    FROM report
   WHERE report_at = $1::date AND (order_date, order_id) < ($3::timestamptz, $4::uuid)
   ORDER BY order_date DESC, order_id DESC
   LIMIT $2::bigint)"};

inline constexpr pg::Statement count_reports{"count_reports", R"(
  SELECT count(*) FROM report WHERE report_at = $1::date)"};

// ---- what is to be reported ----

inline constexpr pg::Statement insert_request{"insert_request", R"(
  INSERT INTO report_request (id, report_at, reason, caller, correlation_id, traceparent, instance,
                              requested_at)
  VALUES ($1::uuid, $2::date, $3, $4, $5, $6, $7, $8::timestamptz)
      ON CONFLICT (id) DO NOTHING)"};

inline constexpr pg::Statement find_requests{"find_requests", R"(
  SELECT id FROM report_request ORDER BY requested_at, id LIMIT 100)"};

// One worker at a time reports, so that days come in their order.
inline constexpr pg::Statement try_turn{"try_turn", R"(
  SELECT pg_try_advisory_xact_lock(hashtextextended('waybill.report.turn', 0)))"};

inline constexpr pg::Statement take_request{"take_request", R"(
  DELETE FROM report_request
   WHERE id = (SELECT id FROM report_request
                WHERE id = ANY($1::uuid[])
                ORDER BY requested_at, id
                LIMIT 1)
  RETURNING id, report_at, reason, caller, correlation_id, traceparent, instance, requested_at)"};

// ---- schedule ----

inline constexpr pg::Statement lock_schedule{"lock_schedule", R"(
  SELECT cron, zone, next_due FROM schedule WHERE name = 'daily' FOR UPDATE)"};

inline constexpr pg::Statement put_schedule{"put_schedule", R"(
  INSERT INTO schedule (name, cron, zone, next_due)
  VALUES ('daily', $1, $2, $3::timestamptz)
      ON CONFLICT (name) DO UPDATE
     SET cron = excluded.cron, zone = excluded.zone, next_due = excluded.next_due)"};

// ---- orders that came after their day was reported ----

inline constexpr pg::Statement find_late_check{"find_late_check", R"(
  SELECT place.partition, coalesce(checked.next_position, 0), place.next_offset
    FROM projection_offset AS place
    LEFT JOIN late_check AS checked ON checked.partition = place.partition
   WHERE place.projection = $1 AND place.topic = $2
     AND place.next_offset > coalesce(checked.next_position, 0))"};

inline constexpr pg::Statement find_changed_unreported{"find_changed_unreported", R"(
  SELECT sold.position, sold.order_date,
         sold.status NOT IN ('PENDING', 'REJECTED')
         AND NOT EXISTS (SELECT FROM report WHERE report.order_id = sold.id)
    FROM sold_order AS sold
   WHERE sold.partition = $1::int AND sold.position >= $2::bigint AND sold.position < $3::bigint
   ORDER BY sold.position
   LIMIT $4::bigint)"};

inline constexpr pg::Statement find_reported_days{"find_reported_days", R"(
  SELECT report_at, version FROM report_day WHERE report_at = ANY($1::date[]))"};

inline constexpr pg::Statement put_late_check{"put_late_check", R"(
  INSERT INTO late_check (partition, next_position)
  VALUES ($1::int, $2::bigint)
      ON CONFLICT (partition) DO UPDATE SET next_position = excluded.next_position)"};

}  // namespace waybill::report::sql
