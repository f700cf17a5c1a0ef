#include "services/identity/wiring.hpp"

int main(int argc, char** argv) {
  return waybill::runtime::run<waybill::identity::IdentityService>(
      "identity", "users, their addresses, and who may sign in", argc, argv);
}
