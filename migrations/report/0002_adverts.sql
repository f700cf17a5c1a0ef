-- What waybill.adverts tells, for the dashboards: campaigns, advertisers, and every impression and click.

-- +migrate Up
-- Projection report.adverts.
CREATE TABLE ad_campaign (
  id            uuid    NOT NULL,
  version       bigint  NOT NULL,
  advertiser_id uuid    NOT NULL,
  title         text    NOT NULL,
  deleted       boolean NOT NULL,
  CONSTRAINT ad_campaign_pk PRIMARY KEY (id)
);
CREATE TABLE ad_advertiser (
  id      uuid   NOT NULL,
  version bigint NOT NULL,
  name    text   NOT NULL,
  CONSTRAINT ad_advertiser_pk PRIMARY KEY (id)
);
CREATE TABLE ad_fact (
  campaign_id uuid             NOT NULL,
  client_id   uuid             NOT NULL,
  fact        text             NOT NULL,  -- SHOW, CLICK
  day         int              NOT NULL,
  price       double precision NOT NULL,
  CONSTRAINT ad_fact_pk PRIMARY KEY (campaign_id, client_id, fact)
);
CREATE INDEX ad_fact_by_day ON ad_fact (campaign_id, day);

-- A switch of the projection puts other tables in the place of these. A view would go on showing the old ones, so the views
-- ask functions, whose tables are found by name when they run. They run as their owner: who reads the views needs no
-- right on the tables.
-- +migrate StatementBegin
CREATE FUNCTION advert_daily_rows() RETURNS TABLE (
  campaign_id uuid, campaign text, advertiser_id uuid, advertiser text, day int,
  impressions bigint, clicks bigint, spent_impressions double precision, spent_clicks double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT c.id, c.title, c.advertiser_id, coalesce(a.name, ''), f.day,
         count(*) FILTER (WHERE f.fact = 'SHOW'), count(*) FILTER (WHERE f.fact = 'CLICK'),
         coalesce(sum(f.price) FILTER (WHERE f.fact = 'SHOW'), 0),
         coalesce(sum(f.price) FILTER (WHERE f.fact = 'CLICK'), 0)
    FROM ad_campaign c
    JOIN ad_fact f ON f.campaign_id = c.id
    LEFT JOIN ad_advertiser a ON a.id = c.advertiser_id
   WHERE NOT c.deleted
   GROUP BY c.id, a.name, f.day
$$;
-- +migrate StatementEnd
CREATE VIEW advert_daily AS SELECT * FROM advert_daily_rows();
CREATE VIEW advert_totals AS
  SELECT campaign_id, campaign, advertiser_id, advertiser, sum(impressions)::bigint AS impressions,
         sum(clicks)::bigint AS clicks, sum(spent_impressions) AS spent_impressions,
         sum(spent_clicks) AS spent_clicks
    FROM advert_daily
   GROUP BY campaign_id, campaign, advertiser_id, advertiser;

-- The role of the dashboards sees these two views and nothing else. Where there is none, nobody does.
REVOKE EXECUTE ON FUNCTION advert_daily_rows() FROM PUBLIC;
-- +migrate StatementBegin
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'waybill_grafana') THEN
    GRANT SELECT ON advert_daily, advert_totals TO waybill_grafana;
    GRANT EXECUTE ON FUNCTION advert_daily_rows() TO waybill_grafana;
  END IF;
END
$$;
-- +migrate StatementEnd

-- +migrate Down
DROP VIEW advert_totals;
DROP VIEW advert_daily;
DROP FUNCTION advert_daily_rows();
DROP TABLE ad_fact;
DROP TABLE ad_advertiser;
DROP TABLE ad_campaign;
