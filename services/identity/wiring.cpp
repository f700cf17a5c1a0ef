#include "services/identity/wiring.hpp"

#include "services/identity/commands/commands.hpp"
#include "services/identity/queries/queries.hpp"

namespace waybill::identity {

// The settings of every process are all it has.
void IdentityService::Settings::declare(config::Settings&) {}

IdentityService::IdentityService(runtime::Runtime& runtime, const Settings&)
    : handlers_{commands::make_handlers()},
      queries_{queries::make_queries()},
      backend_{runtime, handlers_, queries_} {}

void IdentityService::start() {
  backend_.start();
}

void IdentityService::stop() {
  backend_.stop();
}

}  // namespace waybill::identity
