// What a batch does to the stock of many products: collects the movements, then stores and tells
// each product once, as one new version with all its movements.
#pragma once

#include <unordered_map>
#include <vector>

#include "libs/outbox/writer.hpp"
#include "libs/pg/pg.hpp"
#include "services/product/domain/product.hpp"

namespace waybill::product::commands {

class Booking {
 public:
  // `products` are locked; they change in place.
  explicit Booking(domain::Products& products) : products_{products} {}

  // Movements that were made on the products; those without an id get one.
  void add(std::vector<domain::Movement> movements, const outbox::Cause& cause);

  // Raises versions and writes everything. Deleted products keep their version and are not told:
  // nobody outside knows them any more, only the ledger does.
  void store(pg::Tx& tx, outbox::Writer& out);

 private:
  struct Touched {
    std::vector<domain::Movement> movements;
    const outbox::Cause* cause;  // the last one of the batch
  };
  domain::Products& products_;
  std::vector<Id> order_;  // in which products were first touched
  std::unordered_map<Id, Touched> touched_;
  std::vector<domain::Movement> ledger_;
};

// Logs and counts a product of which nothing is left.
void note_sold_out(const domain::Product& product);

}  // namespace waybill::product::commands
