// What requests are judged by, as one whole that never changes: when the contract's files change
// there are new rules, and a request ends by those it began with.
#pragma once

#include <memory>
#include <string>

#include "libs/contract/contract.hpp"
#include "services/gateway/docs/docs.hpp"

namespace waybill::gateway {

struct Rules {
  // `swagger`: the folder of Swagger UI. Throws ContractError for an operation that nobody here can
  // answer.
  Rules(contract::Contract of, const std::string& swagger);

  const contract::Contract contract;
  const Docs docs;
};

// The gateway's own operations, by operationId.
inline constexpr std::string_view kGetOperation = "getOperation";
inline constexpr std::string_view kGetLiveness = "getLiveness";
inline constexpr std::array<std::string_view, 2> kGetReadiness{"getHealth", "getReadiness"};

}  // namespace waybill::gateway
