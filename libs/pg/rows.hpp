// What Rows hold.
#pragma once

#include <pqxx/result>

#include "libs/pg/pg.hpp"

namespace waybill::pg {

struct Rows::Impl {
  pqxx::result result;
};

}  // namespace waybill::pg
