// Removes bytes that nobody refers to: what uploads have left that broke off, were refused or whose
// command failed, and what deleted tasks let go of.
#pragma once

#include "libs/blob/blob.hpp"
#include "libs/pg/pg.hpp"

namespace waybill::file::timers {

// What has been unused since before this time, and uploads that nobody took in time; true when
// there may be more. Safe beside uploads of the same bytes: they wait for the row, or keep the
// sweep away by having touched it.
bool sweep(pg::Connection& connection, blob::Store& store, Instant before);

}  // namespace waybill::file::timers
