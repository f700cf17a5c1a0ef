// The projections of all services.
#pragma once

#include <string>
#include <vector>

#include "libs/projection/definition.hpp"

namespace waybill::tool::projections {

// A new projection needs a line there.
const std::vector<projection::Definition>& catalogue();

// Throws UsageError that names those there are.
const projection::Definition& find(const std::string& name);

}  // namespace waybill::tool::projections
