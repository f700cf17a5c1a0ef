// All SQL of the advert service. Parameters that are arrays are read with unnest: one statement for
// a whole batch.
#pragma once

#include "libs/pg/pg.hpp"

namespace waybill::advert::sql {

// ---- the one row of settings ----

// Whoever writes takes his turn here first: all transactions of this service follow one another, so
// each decides by all that was before it, and none waits for another in a circle. Last column: the
// row was changed by this very transaction.
inline constexpr pg::Statement take_turn{"take_turn", R"(
  SELECT day, day_version, moderation_enabled, moderation_version, revision, writer,
         xmin = pg_current_xact_id()::xid
    FROM settings
   WHERE only_row
     FOR NO KEY UPDATE)"};

inline constexpr pg::Statement find_settings{"find_settings", R"(
  SELECT day, day_version, moderation_enabled, moderation_version, revision, writer, false
    FROM settings
   WHERE only_row)"};

inline constexpr pg::Statement raise_revision{"raise_revision", R"(
  UPDATE settings SET revision = $1::bigint, writer = $2::uuid WHERE only_row)"};

inline constexpr pg::Statement set_day{"set_day", R"(
  UPDATE settings SET day = $1::int, day_version = $2::bigint, day_changed_at = now()
   WHERE only_row)"};

inline constexpr pg::Statement set_moderation{"set_moderation", R"(
  UPDATE settings
     SET moderation_enabled = $1::boolean, moderation_version = $2::bigint,
         moderation_changed_at = now()
   WHERE only_row)"};

inline constexpr pg::Statement list_blacklist{"list_blacklist", R"(
  SELECT word FROM blacklist ORDER BY word)"};

inline constexpr pg::Statement clear_blacklist{"clear_blacklist", R"(
  DELETE FROM blacklist)"};

inline constexpr pg::Statement insert_blacklist{"insert_blacklist", R"(
  INSERT INTO blacklist (word)
  SELECT word FROM unnest($1::text[]) AS new (word)
      ON CONFLICT (word) DO NOTHING)"};

// ---- clients, advertisers, scores ----

inline constexpr pg::Statement find_clients_by_ids{"find_clients_by_ids", R"(
  SELECT id, login, age, location, gender, version
    FROM clients
   WHERE id = ANY($1::uuid[]))"};

inline constexpr pg::Statement put_clients{"put_clients", R"(
  INSERT INTO clients (id, login, age, location, gender, version)
  SELECT id, login, age, location, gender, version
    FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::text[], $6::bigint[])
         AS new (id, login, age, location, gender, version)
      ON CONFLICT (id) DO UPDATE
     SET login = excluded.login, age = excluded.age, location = excluded.location,
         gender = excluded.gender, version = excluded.version, changed_at = now())"};

inline constexpr pg::Statement find_advertisers_by_ids{"find_advertisers_by_ids", R"(
  SELECT a.id, a.name, a.version, o.user_id
    FROM advertisers a
    LEFT JOIN advertiser_owners o ON o.advertiser_id = a.id
   WHERE a.id = ANY($1::uuid[]))"};

inline constexpr pg::Statement put_advertisers{"put_advertisers", R"(
  INSERT INTO advertisers (id, name, version)
  SELECT id, name, version
    FROM unnest($1::uuid[], $2::text[], $3::bigint[]) AS new (id, name, version)
      ON CONFLICT (id) DO UPDATE
     SET name = excluded.name, version = excluded.version, changed_at = now())"};

inline constexpr pg::Statement bind_owner{"bind_owner", R"(
  INSERT INTO advertiser_owners (advertiser_id, user_id)
  VALUES ($1::uuid, $2::uuid)
      ON CONFLICT (advertiser_id) DO UPDATE SET user_id = excluded.user_id)"};

inline constexpr pg::Statement free_owner{"free_owner", R"(
  DELETE FROM advertiser_owners WHERE advertiser_id = $1::uuid)"};

// In the order of ids; $2: after this one, null from the start.
inline constexpr pg::Statement list_owned_advertisers{"list_owned_advertisers", R"(
  SELECT a.id, a.name, a.version, o.user_id
    FROM advertiser_owners o
    JOIN advertisers a ON a.id = o.advertiser_id
   WHERE o.user_id = $1::uuid AND ($2::uuid IS NULL OR o.advertiser_id > $2::uuid)
   ORDER BY o.advertiser_id
   LIMIT $3::bigint)"};

inline constexpr pg::Statement count_owned_advertisers{"count_owned_advertisers", R"(
  SELECT count(*) FROM advertiser_owners WHERE user_id = $1::uuid)"};

inline constexpr pg::Statement find_known_user{"find_known_user", R"(
  SELECT deleted FROM known_user WHERE id = $1::uuid)"};

inline constexpr pg::Statement put_known_users{"put_known_users", R"(
  INSERT INTO known_user (id, version, deleted)
  SELECT id, version, deleted
    FROM unnest($1::uuid[], $2::bigint[], $3::boolean[]) AS new (id, version, deleted)
      ON CONFLICT (id) DO UPDATE
     SET version = excluded.version, deleted = excluded.deleted
   WHERE known_user.version < excluded.version)"};

inline constexpr pg::Statement find_scores_of_clients{"find_scores_of_clients", R"(
  SELECT client_id, advertiser_id, score, version
    FROM ml_scores
   WHERE client_id = ANY($1::uuid[]))"};

inline constexpr pg::Statement find_scores_by_pairs{"find_scores_by_pairs", R"(
  SELECT s.client_id, s.advertiser_id, s.score, s.version
    FROM unnest($1::uuid[], $2::uuid[]) AS pair (client_id, advertiser_id)
    JOIN ml_scores s ON s.client_id = pair.client_id AND s.advertiser_id = pair.advertiser_id
   WHERE s.client_id = ANY($1::uuid[]))"};

inline constexpr pg::Statement put_scores{"put_scores", R"(
  INSERT INTO ml_scores (client_id, advertiser_id, event_key, score, version)
  SELECT client_id, advertiser_id, event_key, score, version
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::bigint[])
         AS new (client_id, advertiser_id, event_key, score, version)
      ON CONFLICT (client_id, advertiser_id) DO UPDATE
     SET score = excluded.score, version = excluded.version, changed_at = now())"};

// ---- campaigns ----

// Undeleted ones.
inline constexpr pg::Statement find_campaigns_by_ids{"find_campaigns_by_ids", R"(
  SELECT id, advertiser_id, ad_title, ad_text, impressions_limit, clicks_limit,
         cost_per_impression, cost_per_click, start_date, end_date, gender, age_from, age_to,
         location, image_uri, shows, clicks, version, created_at
    FROM campaigns
   WHERE id = ANY($1::uuid[]) AND deleted_at IS NULL)"};

// Oldest first; $2 null: all of them.
inline constexpr pg::Statement list_campaigns{"list_campaigns", R"(
  SELECT id, advertiser_id, ad_title, ad_text, impressions_limit, clicks_limit,
         cost_per_impression, cost_per_click, start_date, end_date, gender, age_from, age_to,
         location, image_uri, shows, clicks, version, created_at
    FROM campaigns
   WHERE advertiser_id = $1::uuid AND deleted_at IS NULL
   ORDER BY created_at, id
   LIMIT $2::bigint OFFSET $3::bigint)"};

inline constexpr pg::Statement count_campaigns{"count_campaigns", R"(
  SELECT count(*) FROM campaigns WHERE advertiser_id = $1::uuid AND deleted_at IS NULL)"};

inline constexpr pg::Statement list_all_campaigns{"list_all_campaigns", R"(
  SELECT id, advertiser_id, '', '', impressions_limit, clicks_limit, cost_per_impression,
         cost_per_click, start_date, end_date, gender, age_from, age_to, location, image_uri, shows,
         clicks, version, created_at
    FROM campaigns
   WHERE deleted_at IS NULL)"};

// What is new to a worker that knows all up to a revision, and what it is not sure of; deleted ones
// too.
inline constexpr pg::Statement find_changed_campaigns{"find_changed_campaigns", R"(
  SELECT id, advertiser_id, impressions_limit, clicks_limit, cost_per_impression, cost_per_click,
         start_date, end_date, gender, age_from, age_to, location, shows, clicks, created_at,
         deleted_at IS NOT NULL
    FROM campaigns
   WHERE revision > $1::bigint
   UNION
  SELECT id, advertiser_id, impressions_limit, clicks_limit, cost_per_impression, cost_per_click,
         start_date, end_date, gender, age_from, age_to, location, shows, clicks, created_at,
         deleted_at IS NOT NULL
    FROM campaigns
   WHERE id = ANY($2::uuid[]))"};

inline constexpr pg::Statement insert_campaigns{"insert_campaigns", R"(
  INSERT INTO campaigns (id, advertiser_id, ad_title, ad_text, impressions_limit, clicks_limit,
                         cost_per_impression, cost_per_click, start_date, end_date, gender,
                         age_from, age_to, location, shows, clicks, version, revision, created_at)
  SELECT id, advertiser_id, ad_title, ad_text, impressions_limit, clicks_limit,
         cost_per_impression, cost_per_click, start_date, end_date, gender, age_from, age_to,
         location, 0, 0, 1, $16::bigint, created_at
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::int[], $6::int[], $7::float8[],
                $8::float8[], $9::int[], $10::int[], $11::text[], $12::int[], $13::int[],
                $14::text[], $15::timestamptz[])
         AS new (id, advertiser_id, ad_title, ad_text, impressions_limit, clicks_limit,
                 cost_per_impression, cost_per_click, start_date, end_date, gender, age_from,
                 age_to, location, created_at))"};

inline constexpr pg::Statement update_campaigns{"update_campaigns", R"(
  UPDATE campaigns
     SET ad_title = new.ad_title, ad_text = new.ad_text,
         impressions_limit = new.impressions_limit, clicks_limit = new.clicks_limit,
         cost_per_impression = new.cost_per_impression, cost_per_click = new.cost_per_click,
         start_date = new.start_date, end_date = new.end_date, gender = new.gender,
         age_from = new.age_from, age_to = new.age_to, location = new.location,
         image_uri = new.image_uri, version = new.version, revision = $16::bigint,
         changed_at = now()
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::int[], $6::float8[],
                $7::float8[], $8::int[], $9::int[], $10::text[], $11::int[], $12::int[],
                $13::text[], $14::text[], $15::bigint[])
         AS new (id, ad_title, ad_text, impressions_limit, clicks_limit, cost_per_impression,
                 cost_per_click, start_date, end_date, gender, age_from, age_to, location,
                 image_uri, version)
   WHERE campaigns.id = new.id AND campaigns.id = ANY($1::uuid[]))"};

inline constexpr pg::Statement delete_campaigns{"delete_campaigns", R"(
  UPDATE campaigns
     SET version = gone.version, deleted_at = gone.at, changed_at = now(), revision = $4::bigint
    FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[]) AS gone (id, version, at)
   WHERE campaigns.id = gone.id AND campaigns.id = ANY($1::uuid[]))"};

// ---- the books ----

inline constexpr pg::Statement find_seen_by_clients{"find_seen_by_clients", R"(
  SELECT client_id, campaign_id
    FROM metrics
   WHERE client_id = ANY($1::uuid[]) AND fact = 'SHOW')"};

// Impressions and the counters that say the same. What is not within the limits, not running or
// shown before is not recorded: the counts that come back tell.
inline constexpr pg::Statement record_impressions{"record_impressions", R"(
  WITH wanted AS (
    SELECT campaign_id, count(*) AS n
      FROM unnest($1::uuid[]) AS new (campaign_id)
     GROUP BY campaign_id),
  counted AS (
    UPDATE campaigns
       SET shows = shows + wanted.n, revision = $5::bigint
      FROM wanted
     WHERE campaigns.id = wanted.campaign_id AND campaigns.id = ANY($1::uuid[])
       AND deleted_at IS NULL AND start_date <= $4::int AND $4::int <= end_date
       AND shows + wanted.n <= impressions_limit::bigint + impressions_limit / 20
       AND 20 * clicks < 21 * clicks_limit::bigint
    RETURNING campaigns.id, advertiser_id, ad_title, ad_text, shows, cost_per_impression),
  shown AS (
    INSERT INTO metrics (campaign_id, client_id, fact, day, cost, at)
    SELECT new.campaign_id, new.client_id, 'SHOW', $4::int, counted.cost_per_impression, new.at
      FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[])
           AS new (campaign_id, client_id, at)
      JOIN counted ON counted.id = new.campaign_id
        ON CONFLICT ON CONSTRAINT metrics_once DO NOTHING
    RETURNING campaign_id)
  SELECT counted.id, counted.advertiser_id, counted.ad_title, counted.ad_text, counted.shows,
         counted.cost_per_impression, (SELECT count(*) FROM shown)
    FROM counted)"};

// Of these pairs the facts that are known.
inline constexpr pg::Statement find_facts{"find_facts", R"(
  SELECT m.campaign_id, m.client_id, m.fact
    FROM unnest($1::uuid[], $2::uuid[]) AS pair (campaign_id, client_id)
    JOIN metrics m ON m.campaign_id = pair.campaign_id AND m.client_id = pair.client_id
   WHERE m.campaign_id = ANY($1::uuid[]))"};

inline constexpr pg::Statement record_clicks{"record_clicks", R"(
  INSERT INTO metrics (campaign_id, client_id, fact, day, cost, at)
  SELECT campaign_id, client_id, 'CLICK', $3::int, cost, at
    FROM unnest($1::uuid[], $2::uuid[], $4::float8[], $5::timestamptz[])
         AS new (campaign_id, client_id, cost, at))"};

inline constexpr pg::Statement count_clicks{"count_clicks", R"(
  UPDATE campaigns
     SET clicks = clicks + new.n, revision = $2::bigint
    FROM (SELECT id, count(*) AS n FROM unnest($1::uuid[]) AS clicked (id) GROUP BY id) AS new
   WHERE campaigns.id = new.id AND campaigns.id = ANY($1::uuid[]))"};

// Who can still be shown each campaign, and the best relevance among them.
inline constexpr pg::Statement find_audiences{"find_audiences", R"(
  SELECT c.id, count(fit.id), coalesce(max(s.score), 0)
    FROM campaigns c
    LEFT JOIN clients fit
           ON (c.gender IS NULL OR c.gender = 'ALL' OR fit.gender = c.gender)
          AND (c.age_from IS NULL OR fit.age >= c.age_from)
          AND (c.age_to IS NULL OR fit.age <= c.age_to)
          AND (c.location IS NULL OR fit.location = c.location)
          AND NOT EXISTS (SELECT FROM metrics m
                           WHERE m.campaign_id = c.id AND m.client_id = fit.id AND m.fact = 'SHOW')
    LEFT JOIN ml_scores s ON s.client_id = fit.id AND s.advertiser_id = c.advertiser_id
   WHERE c.id = ANY($1::uuid[])
   GROUP BY c.id)"};

// ---- statistics ----

inline constexpr pg::Statement sum_campaign{"sum_campaign", R"(
  SELECT count(*) FILTER (WHERE fact = 'SHOW'), count(*) FILTER (WHERE fact = 'CLICK'),
         coalesce(sum(cost) FILTER (WHERE fact = 'SHOW'), 0),
         coalesce(sum(cost) FILTER (WHERE fact = 'CLICK'), 0)
    FROM metrics
   WHERE campaign_id = $1::uuid)"};

// $3 null: without an end.
inline constexpr pg::Statement sum_campaign_by_day{"sum_campaign_by_day", R"(
  SELECT count(*) FILTER (WHERE fact = 'SHOW'), count(*) FILTER (WHERE fact = 'CLICK'),
         coalesce(sum(cost) FILTER (WHERE fact = 'SHOW'), 0),
         coalesce(sum(cost) FILTER (WHERE fact = 'CLICK'), 0), day
    FROM metrics
   WHERE campaign_id = $1::uuid AND day >= $2::int AND ($3::int IS NULL OR day <= $3::int)
   GROUP BY day
   ORDER BY day)"};

inline constexpr pg::Statement sum_advertiser{"sum_advertiser", R"(
  SELECT count(*) FILTER (WHERE fact = 'SHOW'), count(*) FILTER (WHERE fact = 'CLICK'),
         coalesce(sum(cost) FILTER (WHERE fact = 'SHOW'), 0),
         coalesce(sum(cost) FILTER (WHERE fact = 'CLICK'), 0)
    FROM campaigns c
    JOIN metrics m ON m.campaign_id = c.id
   WHERE c.advertiser_id = $1::uuid AND c.deleted_at IS NULL)"};

inline constexpr pg::Statement sum_advertiser_by_day{"sum_advertiser_by_day", R"(
  SELECT count(*) FILTER (WHERE fact = 'SHOW'), count(*) FILTER (WHERE fact = 'CLICK'),
         coalesce(sum(cost) FILTER (WHERE fact = 'SHOW'), 0),
         coalesce(sum(cost) FILTER (WHERE fact = 'CLICK'), 0), day
    FROM campaigns c
    JOIN metrics m ON m.campaign_id = c.id
   WHERE c.advertiser_id = $1::uuid AND c.deleted_at IS NULL AND day >= $2::int
     AND ($3::int IS NULL OR day <= $3::int)
   GROUP BY day
   ORDER BY day)"};

}  // namespace waybill::advert::sql
