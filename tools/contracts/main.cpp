// contracts FOLDER: loads all services' api.yaml as the gateway does. Part of the build: a contract
// that can't be used fails it, such as one with an operation that does not say who may call it.
#include <cstdio>

#include "libs/contract/contract.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: contracts FOLDER\n", stderr);
    return 2;
  }
  try {
    waybill::contract::Contract::load_folder(argv[1]);
  } catch (const waybill::contract::ContractError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
