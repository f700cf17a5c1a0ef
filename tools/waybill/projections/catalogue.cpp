#include "tools/waybill/projections/catalogue.hpp"

#include "services/advert/projections/users.hpp"
#include "services/order/projections/users.hpp"
#include "services/report/projections/projections.hpp"
#include "tools/waybill/connection.hpp"

namespace waybill::tool::projections {

const std::vector<projection::Definition>& catalogue() {
  static const std::vector<projection::Definition> all{
      order::projections::users(),     report::projections::orders(), report::projections::steps(),
      report::projections::products(), report::projections::users(),  report::projections::files(),
      report::projections::adverts(),  advert::projections::users(),
  };
  return all;
}

const projection::Definition& find(const std::string& name) {
  std::string names;
  for (const projection::Definition& definition : catalogue()) {
    if (definition.name == name) return definition;
    names += (names.empty() ? "" : ", ") + definition.name;
  }
  throw UsageError{fmt::format("there is no projection '{}'; there are {}", name, names)};
}

}  // namespace waybill::tool::projections
