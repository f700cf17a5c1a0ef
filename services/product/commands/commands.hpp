// The product service's command handlers. Each takes a batch, reads and writes sets, and gives one
// outcome per command in their order. Products are locked in id order.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "libs/outbox/processor.hpp"
#include "waybill/product/v1/commands.pb.h"

namespace waybill::product::commands {

template <class Message>
using Batch = std::span<const outbox::Command<Message>>;

// A product takes its id from its command: creating twice is creating once.
// 409 already-exists for a sku that is taken.
struct CreateProducts {
  std::string default_currency;  // of the setting shop.currency
  std::vector<outbox::Outcome> operator()(pg::Tx& tx, Batch<v1::CreateProduct> batch,
                                          outbox::Writer& out) const;
};

// 404, 412 stale, 400 for a null where none may be, 409 already-exists.
struct UpdateProducts {
  std::string default_currency;  // where a replacement leaves the currency out
  std::vector<outbox::Outcome> operator()(pg::Tx& tx, Batch<v1::UpdateProduct> batch,
                                          outbox::Writer& out) const;
};

// 404, 412 stale.
std::vector<outbox::Outcome> delete_products(pg::Tx& tx, Batch<v1::DeleteProduct> batch,
                                             outbox::Writer& out);

// A movement takes its id from its command. 404, 409 negative-stock, 409 limit-reached.
std::vector<outbox::Outcome> move_stock(pg::Tx& tx, Batch<v1::MoveStock> batch,
                                        outbox::Writer& out);

// Decides order after order, in the order of the batch, and answers each with StockReserved or
// StockRefused. What a batch takes from one product becomes one new version of it.
std::vector<outbox::Outcome> reserve_stock(pg::Tx& tx, Batch<v1::ReserveStock> batch,
                                           outbox::Writer& out);

// Books back what each order holds, once for ever, and closes it for reservations that come late.
std::vector<outbox::Outcome> release_stock(pg::Tx& tx, Batch<v1::ReleaseStock> batch,
                                           outbox::Writer& out);

// All of them by message type.
outbox::Handlers make_handlers(const std::string& default_currency);

}  // namespace waybill::product::commands
