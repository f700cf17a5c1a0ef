#include "services/product/wiring.hpp"

int main(int argc, char** argv) {
  return waybill::runtime::run<waybill::product::ProductService>(
      "product", "catalogue, stock and reservations", argc, argv);
}
