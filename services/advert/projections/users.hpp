// Which accounts there are: advertisers are bound to them.
#pragma once

#include "libs/projection/definition.hpp"

namespace waybill::advert::projections {

projection::Definition users();  // known_user

}  // namespace waybill::advert::projections
