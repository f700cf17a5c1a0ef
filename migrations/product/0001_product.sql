-- Products, their ledger of stock movements, and which orders have had their reservation decided.

-- +migrate Up
CREATE EXTENSION IF NOT EXISTS pg_trgm;  -- a trusted extension: the owner of the database may create it

-- The counter stock_quantity equals the sum of the product's movements; both change in one transaction
-- that holds the row's lock. No index holds a column that a stock movement changes: such updates stay HOT.
CREATE TABLE product (
  id             uuid        NOT NULL,  -- the id of the command that created it
  sku            text,
  name           text        NOT NULL,
  description    text,
  price          bigint      NOT NULL CONSTRAINT product_price_positive CHECK (price > 0),  -- minor units
  currency       text        NOT NULL CONSTRAINT product_currency_iso CHECK (currency ~ '^[A-Z]{3}$'),
  stock_quantity bigint      NOT NULL CONSTRAINT product_stock_not_negative CHECK (stock_quantity >= 0),
  version        bigint      NOT NULL CONSTRAINT product_version_positive CHECK (version >= 1),
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz,
  deleted_at     timestamptz,           -- gone for readers and buyers; kept for releases and the ledger
  CONSTRAINT product_pk PRIMARY KEY (id)
) WITH (fillfactor = 60);
CREATE UNIQUE INDEX product_sku_unique ON product (sku) WHERE deleted_at IS NULL;
CREATE INDEX product_by_created ON product (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX product_by_price ON product (price, id) WHERE deleted_at IS NULL;
CREATE INDEX product_by_name ON product (lower(name), id) WHERE deleted_at IS NULL;
CREATE INDEX product_name_trigrams ON product USING gin (lower(name) gin_trgm_ops) WHERE deleted_at IS NULL;

-- The ledger. `seq` is drawn under the product's row lock: per product it has the order of the balances.
-- No foreign key: products are never removed, and a row is only written while its product is locked.
CREATE TABLE stock_movement (
  id         uuid        NOT NULL,      -- of a MoveStock: the command's id
  seq        bigint      GENERATED ALWAYS AS IDENTITY,
  product_id uuid        NOT NULL,
  kind       text        NOT NULL
             CONSTRAINT stock_movement_kind CHECK (kind IN ('initial', 'adjustment', 'reservation', 'release')),
  quantity   bigint      NOT NULL CONSTRAINT stock_movement_moves CHECK (quantity <> 0),
  balance    bigint      NOT NULL CONSTRAINT stock_movement_balance_not_negative CHECK (balance >= 0),
  order_id   uuid,
  reason     text,
  at         timestamptz NOT NULL,
  CONSTRAINT stock_movement_pk PRIMARY KEY (id),
  CONSTRAINT stock_movement_of_order
    CHECK ((kind IN ('reservation', 'release')) = (order_id IS NOT NULL))
);
CREATE UNIQUE INDEX stock_movement_once ON stock_movement (order_id, product_id, kind) WHERE order_id IS NOT NULL;
CREATE INDEX stock_movement_by_product ON stock_movement (product_id, seq);

-- One row per order, for ever: decided once, released once; a reservation that comes after its release finds the row.
CREATE TABLE reservation (
  order_id uuid        NOT NULL,
  state    text        NOT NULL CONSTRAINT reservation_state CHECK (state IN ('decided', 'released')),
  at       timestamptz NOT NULL,
  CONSTRAINT reservation_pk PRIMARY KEY (order_id)
);

-- +migrate Down
DROP TABLE reservation;
DROP TABLE stock_movement;
DROP TABLE product;
DROP EXTENSION IF EXISTS pg_trgm;
