// libpqxx's exceptions as ours.
#pragma once

namespace waybill::pg {

// Call in a catch block: throws the present exception as TransientError, ConstraintError or Error,
// and counts it in pg_errors_total{class}.
[[noreturn]] void rethrow_translated();

}  // namespace waybill::pg
