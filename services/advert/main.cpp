#include "services/advert/wiring.hpp"

int main(int argc, char** argv) {
  return waybill::runtime::run<waybill::advert::AdvertService>(
      "advert", "campaigns, the choice of ads, clicks and statistics", argc, argv);
}
