// What this service follows. Its rows are made of events alone: no clock, no settings.
#pragma once

#include <chrono>

#include "libs/projection/definition.hpp"
#include "services/report/store/known.hpp"

namespace waybill::report::projections {

// Whoever reads sums can do without the last quarter of a second.
inline constexpr std::chrono::milliseconds pace{250};

projection::Definition orders();    // sold_order
projection::Definition steps();     // order_step: apart, so that orders are quick to rebuild
projection::Definition products();  // known_product
projection::Definition users();     // known_user
projection::Definition files();     // known_file
// ad_campaign, ad_advertiser, ad_fact: what the views advert_daily and advert_totals are made of
projection::Definition adverts();

// The orders that events of waybill.orders tell, one for each. Throws std::invalid_argument.
std::vector<store::SoldOrder> read_orders(std::span<const messaging::Event> events);

}  // namespace waybill::report::projections
