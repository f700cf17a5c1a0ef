-- Clients, advertisers, campaigns, and every impression and click with its price.

-- +migrate Up
-- One row. `revision` counts the transactions that changed what a choice depends on; rows that it depends on carry the
-- revision of their last change, so that a worker finds what is new to it by `revision > known`. All who raise it hold
-- one lock, so revisions become visible in their order.
CREATE TABLE settings (
  only_row              boolean     NOT NULL CONSTRAINT settings_only_row CHECK (only_row),
  day                   int         NOT NULL,
  day_version           bigint      NOT NULL,
  day_changed_at        timestamptz NOT NULL DEFAULT now(),
  moderation_enabled    boolean     NOT NULL,
  moderation_version    bigint      NOT NULL,  -- of flag and list
  moderation_changed_at timestamptz NOT NULL DEFAULT now(),
  revision              bigint      NOT NULL,
  writer                uuid        NOT NULL,  -- who raised it: tells a worker whether its last transaction is the newest
  CONSTRAINT settings_pk PRIMARY KEY (only_row)
);
INSERT INTO settings (only_row, day, day_version, moderation_enabled, moderation_version, revision, writer)
VALUES (true, 0, 0, false, 0, 0, '00000000-0000-0000-0000-000000000000');

CREATE TABLE blacklist (
  word text NOT NULL,                   -- as it was typed
  CONSTRAINT blacklist_pk PRIMARY KEY (word)
);

CREATE TABLE clients (
  id         uuid        NOT NULL,
  login      text        NOT NULL,
  age        int         NOT NULL CONSTRAINT clients_age CHECK (age BETWEEN 1 AND 200),
  location   text        NOT NULL,
  gender     text        NOT NULL CONSTRAINT clients_gender CHECK (gender IN ('MALE', 'FEMALE')),
  version    bigint      NOT NULL CONSTRAINT clients_version_positive CHECK (version >= 1),
  changed_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT clients_pk PRIMARY KEY (id)
);
CREATE INDEX clients_by_location ON clients (location);
CREATE INDEX clients_by_gender_age ON clients (gender, age);

CREATE TABLE advertisers (
  id         uuid        NOT NULL,
  name       text        NOT NULL,
  version    bigint      NOT NULL CONSTRAINT advertisers_version_positive CHECK (version >= 1),
  changed_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT advertisers_pk PRIMARY KEY (id)
);

-- An advertiser has one account at most, an account any number of them.
CREATE TABLE advertiser_owners (
  advertiser_id uuid NOT NULL,
  user_id       uuid NOT NULL,
  CONSTRAINT advertiser_owners_pk PRIMARY KEY (advertiser_id),
  CONSTRAINT advertiser_owners_advertiser FOREIGN KEY (advertiser_id) REFERENCES advertisers (id)
);
CREATE INDEX advertiser_owners_by_user ON advertiser_owners (user_id, advertiser_id);

CREATE TABLE ml_scores (
  client_id     uuid        NOT NULL,
  advertiser_id uuid        NOT NULL,
  event_key     uuid        NOT NULL,  -- derived from the pair: the key of its events
  score         int         NOT NULL CONSTRAINT ml_scores_not_negative CHECK (score >= 0),
  version       bigint      NOT NULL CONSTRAINT ml_scores_version_positive CHECK (version >= 1),
  changed_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT ml_scores_pk PRIMARY KEY (client_id, advertiser_id)
);
CREATE INDEX ml_scores_by_advertiser ON ml_scores (advertiser_id, score);

-- Deleted ones stay for their events. Limits are no constraints on `shows` and `clicks`: a clock that is set back lets a
-- campaign be edited that was shown already.
CREATE TABLE campaigns (
  id                  uuid             NOT NULL,  -- the id of the command that created it
  advertiser_id       uuid             NOT NULL,
  ad_title            text             NOT NULL CONSTRAINT campaigns_title CHECK (ad_title <> ''),
  ad_text             text             NOT NULL CONSTRAINT campaigns_text CHECK (ad_text <> ''),
  impressions_limit   int              NOT NULL CONSTRAINT campaigns_impressions_limit CHECK (impressions_limit >= 0),
  clicks_limit        int              NOT NULL CONSTRAINT campaigns_clicks_limit CHECK (clicks_limit >= 0),
  cost_per_impression double precision NOT NULL CONSTRAINT campaigns_cost_per_impression CHECK (cost_per_impression > 0),
  cost_per_click      double precision NOT NULL CONSTRAINT campaigns_cost_per_click CHECK (cost_per_click > 0),
  start_date          int              NOT NULL,
  end_date            int              NOT NULL,
  gender              text             CONSTRAINT campaigns_gender CHECK (gender IN ('MALE', 'FEMALE', 'ALL')),
  age_from            int,
  age_to              int,
  location            text,
  image_uri           text,
  shows               bigint           NOT NULL CONSTRAINT campaigns_shows CHECK (shows >= 0),
  clicks              bigint           NOT NULL CONSTRAINT campaigns_clicks CHECK (clicks >= 0),
  version             bigint           NOT NULL CONSTRAINT campaigns_version_positive CHECK (version >= 1),
  revision            bigint           NOT NULL,
  created_at          timestamptz      NOT NULL,
  changed_at          timestamptz      NOT NULL DEFAULT now(),  -- of what it is, not of its counters
  deleted_at          timestamptz,
  CONSTRAINT campaigns_pk PRIMARY KEY (id),
  CONSTRAINT campaigns_dates CHECK (start_date <= end_date),
  CONSTRAINT campaigns_ages CHECK (age_from <= age_to)
) WITH (fillfactor = 80);
CREATE INDEX campaigns_by_advertiser ON campaigns (advertiser_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX campaigns_by_dates ON campaigns (start_date, end_date) WHERE deleted_at IS NULL;
CREATE INDEX campaigns_by_revision ON campaigns (revision);

-- The books: what was shown and clicked, at the price of that moment.
CREATE TABLE metrics (
  campaign_id uuid             NOT NULL,
  client_id   uuid             NOT NULL,
  fact        text             NOT NULL CONSTRAINT metrics_fact CHECK (fact IN ('SHOW', 'CLICK')),
  day         int              NOT NULL,
  cost        double precision NOT NULL,
  at          timestamptz      NOT NULL,
  CONSTRAINT metrics_once UNIQUE (campaign_id, client_id, fact)
);
CREATE INDEX metrics_by_day ON metrics (campaign_id, day);
CREATE INDEX metrics_by_client ON metrics (client_id, campaign_id) WHERE fact = 'SHOW';

-- Accounts, from waybill.users: only the projection advert.users writes here.
CREATE TABLE known_user (
  id      uuid    NOT NULL,
  version bigint  NOT NULL,
  deleted boolean NOT NULL,
  CONSTRAINT known_user_pk PRIMARY KEY (id)
);

-- +migrate Down
DROP TABLE known_user;
DROP TABLE metrics;
DROP TABLE campaigns;
DROP TABLE ml_scores;
DROP TABLE advertiser_owners;
DROP TABLE advertisers;
DROP TABLE clients;
DROP TABLE blacklist;
DROP TABLE settings;
