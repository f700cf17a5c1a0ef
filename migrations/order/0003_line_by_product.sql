-- Looking up one line of an order takes the primary key, but a young table without statistics made
-- the planner take this index and read every line that has the product. With the order in it both
-- are exact.

-- +migrate Up
DROP INDEX order_line_by_product;
CREATE INDEX order_line_by_product ON order_line (product_id, order_id);

-- +migrate Down
DROP INDEX order_line_by_product;
CREATE INDEX order_line_by_product ON order_line (product_id);
