#include "services/gateway/edge/rules.hpp"

namespace waybill::gateway {
namespace {

bool is_readiness(std::string_view id) {
  return std::find(kGetReadiness.begin(), kGetReadiness.end(), id) != kGetReadiness.end();
}

void check_has_answer(const contract::Operation& operation) {
  if (operation.command || operation.query || operation.direct || operation.events) return;
  const std::string_view id = operation.id;
  if (id == kGetOperation || id == kGetLiveness || is_readiness(id)) return;
  throw contract::ContractError{operation.method + ' ' + operation.path +
                                ": has none of x-command, x-query, x-direct, x-events"};
}

}  // namespace

Rules::Rules(contract::Contract of, const std::string& swagger)
    : contract{std::move(of)}, docs{contract.document(), swagger} {
  for (const contract::Operation* operation : contract.operations()) check_has_answer(*operation);
}

}  // namespace waybill::gateway
