// YAML files as Boost.JSON values, with YAML's types: quoted scalars stay strings, plain ones get
// the type of the core schema (null, booleans, integers, floats).
#pragma once

#include <string>

#include <boost/json.hpp>

namespace waybill::contract {

// Throws ContractError for a file that can't be read or is no YAML, and for a key that stands
// twice in one mapping.
boost::json::value load_yaml(const std::string& file);

}  // namespace waybill::contract
