#include "services/gateway/wiring.hpp"

int main(int argc, char** argv) {
  return waybill::runtime::run<waybill::gateway::GatewayService>(
      "gateway", "the HTTP API in front of all services", argc, argv);
}
