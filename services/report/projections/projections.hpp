// What this service follows. Its rows are made of events alone: no clock, no settings.
#pragma once

#include <chrono>

#include "libs/projection/definition.hpp"

namespace waybill::report::projections {

inline constexpr const char* orders_name = "report.orders";
inline constexpr const char* orders_topic = "waybill.orders";

// Whoever reads sums can do without the last quarter of a second.
inline constexpr std::chrono::milliseconds pace{250};

projection::Definition orders();    // sold_order
projection::Definition steps();     // order_step: apart, so that orders are quick to rebuild
projection::Definition products();  // known_product
projection::Definition users();     // known_user

}  // namespace waybill::report::projections
