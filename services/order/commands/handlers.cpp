#include "services/order/commands/commands.hpp"

namespace waybill::order::commands {

outbox::Handlers make_handlers(std::chrono::milliseconds address_wait,
                               std::chrono::milliseconds unpaid_timeout) {
  outbox::Handlers handlers;
  handlers.on<v1::PlaceOrder>(PlaceOrders{address_wait});
  handlers.on<v1::StockReserved>(ConfirmOrders{unpaid_timeout});
  handlers.on<v1::StockRefused>(reject_orders);
  handlers.on<v1::ChangeOrderStatus>(change_order_status);
  handlers.on<v1::CancelOrder>(cancel_orders);
  return handlers;
}

}  // namespace waybill::order::commands
