-- What the topics tell of orders and products, the daily reports, and when the next one is due.

-- +migrate Up
-- Projection report.orders: every order as it is now. Position: of the event that told this state.
CREATE TABLE sold_order (
  id          uuid        NOT NULL,
  version     bigint      NOT NULL,
  user_id     uuid        NOT NULL,
  status      text        NOT NULL,
  order_date  timestamptz NOT NULL,
  currency    text,                    -- this and the total are null until it is confirmed
  total_price bigint,                  -- minor units
  units       bigint      NOT NULL,
  lines       jsonb       NOT NULL,    -- [{"product_id", "sku", "name", "quantity", "total"}]
  partition   int         NOT NULL,
  position    bigint      NOT NULL,
  CONSTRAINT sold_order_pk PRIMARY KEY (id)
);
CREATE INDEX sold_order_by_date ON sold_order (order_date, id) INCLUDE (status);
CREATE INDEX sold_order_by_position ON sold_order (partition, position);

-- Projection report.steps: every version of every order, and where it was told.
CREATE TABLE order_step (
  order_id       uuid        NOT NULL,
  version        bigint      NOT NULL,
  status         text        NOT NULL,
  at             timestamptz NOT NULL,  -- when it was decided (ce_time)
  cause_id       text        NOT NULL,  -- the command
  correlation_id text        NOT NULL,
  partition      int         NOT NULL,
  position       bigint      NOT NULL,
  told_at        timestamptz NOT NULL,  -- when the topic got it
  CONSTRAINT order_step_pk PRIMARY KEY (order_id, version)
);

-- Projection report.products: the catalogue as it is now. A deleted product keeps its version, so that an older state
-- can't bring it back.
CREATE TABLE known_product (
  id       uuid    NOT NULL,
  version  bigint  NOT NULL,
  sku      text,
  name     text    NOT NULL,
  price    bigint  NOT NULL,
  currency text    NOT NULL,
  stock    bigint  NOT NULL,
  deleted  boolean NOT NULL,
  CONSTRAINT known_product_pk PRIMARY KEY (id)
);

-- Projection report.users: who there is. No names and no addresses: reports need none.
CREATE TABLE known_user (
  id         uuid    NOT NULL,
  version    bigint  NOT NULL,
  created_at timestamptz,             -- null once it is deleted
  deleted    boolean NOT NULL,
  CONSTRAINT known_user_pk PRIMARY KEY (id)
);

-- One row per order and day.
CREATE TABLE report (
  id            uuid        NOT NULL,  -- derived from day and order
  report_at     date        NOT NULL,
  order_id      uuid        NOT NULL,
  order_date    timestamptz NOT NULL,
  count_product bigint      NOT NULL,
  created_at    timestamptz NOT NULL,
  CONSTRAINT report_pk PRIMARY KEY (id),
  CONSTRAINT report_once_per_day UNIQUE (report_at, order_id)
);
CREATE INDEX report_by_day ON report (report_at, order_date, order_id);
CREATE INDEX report_by_order ON report (order_id);

-- The days that were reported.
CREATE TABLE report_day (
  report_at     date        NOT NULL,
  reports_count bigint      NOT NULL,
  complete      boolean     NOT NULL,
  version       bigint      NOT NULL,
  created_at    timestamptz NOT NULL,
  updated_at    timestamptz NOT NULL,
  CONSTRAINT report_day_pk PRIMARY KEY (report_at)
);

-- Days that are to be reported: by the schedule (without a command), because somebody asked, or because an order came late.
CREATE TABLE report_request (
  id             uuid        NOT NULL,  -- of the command, or derived from the due time
  report_at      date        NOT NULL,
  reason         text        NOT NULL
                 CONSTRAINT report_request_reason CHECK (reason IN ('schedule', 'command', 'late-order')),
  caller         text        NOT NULL,
  correlation_id text        NOT NULL,
  traceparent    text        NOT NULL,
  instance       text        NOT NULL,
  requested_at   timestamptz NOT NULL,
  CONSTRAINT report_request_pk PRIMARY KEY (id)
);
CREATE INDEX report_request_by_time ON report_request (requested_at);

-- When the next scheduled report is due; one row.
CREATE TABLE schedule (
  name     text        NOT NULL,
  cron     text        NOT NULL,
  zone     text        NOT NULL,
  next_due timestamptz NOT NULL,
  CONSTRAINT schedule_pk PRIMARY KEY (name)
);

-- Up to where waybill.orders was searched for orders of days that were reported already.
CREATE TABLE late_check (
  partition     int    NOT NULL,
  next_position bigint NOT NULL,
  CONSTRAINT late_check_pk PRIMARY KEY (partition)
);

-- +migrate Down
DROP TABLE late_check;
DROP TABLE schedule;
DROP TABLE report_request;
DROP TABLE report_day;
DROP TABLE report;
DROP TABLE known_user;
DROP TABLE known_product;
DROP TABLE order_step;
DROP TABLE sold_order;
