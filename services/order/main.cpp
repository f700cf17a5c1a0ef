#include "services/order/wiring.hpp"

int main(int argc, char** argv) {
  return waybill::runtime::run<waybill::order::OrderService>("order", "orders and their saga", argc,
                                                             argv);
}
