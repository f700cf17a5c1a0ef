#pragma once

#include "libs/projection/rows.hpp"
#include "waybill/product/v1/events.pb.h"

namespace shelf {

using namespace waybill;

struct Shelf {
  Id product_id;
  std::int64_t version = 0;
  std::string name;
  std::int64_t units = 0;
  bool gone = false;
};

inline Shelf read_changed(const product::v1::ProductChanged& event, const messaging::Event& from) {
  const product::v1::Product& product = event.product();
  return {projection::read_id(product.id(), from), product.version(), product.name(),
          product.stock_quantity(), false};
}
inline Shelf read_deleted(const product::v1::ProductDeleted& event, const messaging::Event& from) {
  return {projection::read_id(event.id(), from), event.version(), "", 0, true};
}

inline constexpr pg::Statement upsert{"upsert_shelf", R"(
  INSERT INTO shelf (product_id, version, name, units, gone)
  SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::bigint[], $5::boolean[])
      ON CONFLICT (product_id) DO UPDATE
     SET version = excluded.version, name = excluded.name, units = excluded.units,
         gone = excluded.gone
   WHERE shelf.version < excluded.version)"};

inline void write(pg::Tx& tx, std::span<const Shelf> shelves) {
  pg::Array ids, versions, names, units, gone;
  for (const Shelf& shelf : shelves) {
    ids.add(shelf.product_id);
    versions.add(shelf.version);
    names.add(shelf.name);
    units.add(shelf.units);
    gone.add(shelf.gone);
  }
  tx.exec(upsert, ids, versions, names, units, gone);
}

inline projection::Definition definition() {
  projection::Rows<Shelf> rows;
  rows.on<product::v1::ProductChanged>(read_changed);
  rows.on<product::v1::ProductDeleted>(read_deleted);
  return {.name = "example.shelf",
          .service = "example",
          .topics = {"waybill.products"},
          .tables = {"shelf"},
          .apply = rows.newest_into(write)};
}

}  // namespace shelf
