-- Orders with their lines and history, the timers of unpaid orders, and users and addresses as
-- waybill.users tells them.

-- +migrate Up
CREATE TABLE orders (
  id                  uuid        NOT NULL,  -- the id of the command that placed it
  user_id             uuid        NOT NULL,
  delivery_address_id uuid        NOT NULL,
  street              text        NOT NULL,  -- the address as it was when ordered
  city                text        NOT NULL,
  state               text        NOT NULL,
  zip_code            text        NOT NULL,
  country             text        NOT NULL,
  reference           text CONSTRAINT orders_reference_length CHECK (length(reference) <= 64),
  status              text        NOT NULL
                      CONSTRAINT orders_status CHECK (status IN
                        ('PENDING', 'CONFIRMED', 'REJECTED', 'PAID', 'SHIPPED', 'DELIVERED', 'CANCELED')),
  total_price         bigint CONSTRAINT orders_total_not_negative CHECK (total_price >= 0),  -- minor units
  currency            text,
  order_date          timestamptz NOT NULL,
  reason_code         text,
  reason_text         text,
  reason_items        jsonb,                 -- [{"product_id", "requested", "available"}]
  expires_at          timestamptz,
  version             bigint      NOT NULL CONSTRAINT orders_version_positive CHECK (version >= 1),
  created_at          timestamptz NOT NULL,
  updated_at          timestamptz,
  CONSTRAINT orders_pk PRIMARY KEY (id),
  CONSTRAINT orders_priced_once_confirmed
    CHECK ((total_price IS NULL) = (status IN ('PENDING', 'REJECTED'))
           AND (total_price IS NULL) = (currency IS NULL)),
  CONSTRAINT orders_ended_with_reason
    CHECK ((reason_code IS NOT NULL) = (status IN ('REJECTED', 'CANCELED'))),
  CONSTRAINT orders_expire_while_unpaid CHECK (expires_at IS NULL OR status = 'CONFIRMED')
);
CREATE INDEX orders_by_user ON orders (user_id, created_at, id);
CREATE INDEX orders_by_status ON orders (status, created_at, id);
CREATE INDEX orders_by_created ON orders (created_at, id);
CREATE INDEX orders_by_date ON orders (order_date, id);
-- Orders without a price stand below all others.
CREATE INDEX orders_by_total ON orders (coalesce(total_price, -1), id);
CREATE INDEX orders_by_reference ON orders (reference) WHERE reference IS NOT NULL;

-- Lines are written with their order and priced once. No foreign key: orders are never removed, and
-- the check would cost the hot path a lock per line.
CREATE TABLE order_line (
  order_id       uuid   NOT NULL,
  product_id     uuid   NOT NULL,
  id             uuid   NOT NULL,
  position       int    NOT NULL,            -- as the customer listed them
  sku            text,
  name           text   NOT NULL,            -- empty until the catalogue has named it
  quantity       bigint NOT NULL CONSTRAINT order_line_quantity_positive CHECK (quantity >= 1),
  price_at_order bigint,                     -- minor units
  line_total     bigint,
  CONSTRAINT order_line_pk PRIMARY KEY (order_id, product_id)
) WITH (fillfactor = 50);  -- pricing rewrites every line once: room for it on the same page
CREATE INDEX order_line_by_product ON order_line (product_id);

-- One row per version of an order: what the timeline tells.
CREATE TABLE order_history (
  order_id uuid        NOT NULL,
  version  bigint      NOT NULL,
  status   text        NOT NULL,
  source   text        NOT NULL
           CONSTRAINT order_history_source CHECK (source IN ('gateway', 'product', 'timer')),
  note     text,                             -- the reason that was given
  cause_id uuid        NOT NULL,             -- the message that brought the change
  sent_at  timestamptz NOT NULL,             -- when that message was sent
  at       timestamptz NOT NULL,
  CONSTRAINT order_history_pk PRIMARY KEY (order_id, version)
);

-- What is due when. Rows can be listed, moved and removed.
CREATE TABLE timer (
  kind    text        NOT NULL CONSTRAINT timer_kind CHECK (kind IN ('unpaid')),
  subject uuid        NOT NULL,
  due_at  timestamptz NOT NULL,
  CONSTRAINT timer_pk PRIMARY KEY (kind, subject)
);
CREATE INDEX timer_by_due ON timer (kind, due_at);

-- Orders whose delivery address is not known yet: the projection below may be a moment behind. The
-- command as it came, until it can be placed or its time is over.
CREATE TABLE parked_order (
  command_id     uuid        NOT NULL,
  address_id     uuid        NOT NULL,
  body           bytea       NOT NULL,        -- waybill.order.v1.PlaceOrder
  caller         text        NOT NULL,
  correlation_id text        NOT NULL,
  traceparent    text        NOT NULL,
  instance       text        NOT NULL,
  sent_at        timestamptz NOT NULL,
  due_at         timestamptz NOT NULL,        -- then it is refused
  CONSTRAINT parked_order_pk PRIMARY KEY (command_id)
);
CREATE INDEX parked_order_by_due ON parked_order (due_at);

-- Projection order.users. A deleted user keeps his version, so that an older state can't bring him back.
CREATE TABLE customer (
  id      uuid    NOT NULL,
  version bigint  NOT NULL,
  deleted boolean NOT NULL,
  CONSTRAINT customer_pk PRIMARY KEY (id)
);
CREATE TABLE customer_address (
  id       uuid NOT NULL,
  user_id  uuid NOT NULL,
  street   text NOT NULL,
  city     text NOT NULL,
  state    text NOT NULL,
  zip_code text NOT NULL,
  country  text NOT NULL,
  CONSTRAINT customer_address_pk PRIMARY KEY (id)
);
CREATE INDEX customer_address_by_user ON customer_address (user_id);

-- +migrate Down
DROP TABLE customer_address;
DROP TABLE customer;
DROP TABLE parked_order;
DROP TABLE timer;
DROP TABLE order_history;
DROP TABLE order_line;
DROP TABLE orders;
