#include "services/file/timers/sweep.hpp"

#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"
#include "services/file/store/files.hpp"
#include "services/file/store/uploads.hpp"

namespace waybill::file::timers {
namespace {

constexpr int kAtOnce = 100;

metrics::Counter& swept() {
  return metrics::counter("files_swept_total", "Objects and unfinished uploads that were removed.");
}

bool sweep_one(pg::Connection& connection, blob::Store& store, Instant before) {
  pg::Tx tx{connection};
  const auto digest = store::take_unused_blob(tx, before);
  if (!digest) return false;
  store.remove(store::blob_key(*digest));
  tx.commit();
  swept().add();
  return true;
}

// True when there may be more. Their bytes go later, as those of any file.
bool expire_uploads(pg::Connection& connection) {
  pg::Tx tx{connection};
  const std::size_t expired = store::delete_expired_uploads(tx, now());
  tx.commit();
  return expired > 0;
}

}  // namespace

bool sweep(pg::Connection& connection, blob::Store& store, Instant before) {
  if (expire_uploads(connection)) return true;
  for (int i = 0; i < kAtOnce; ++i) {
    if (sweep_one(connection, store, before)) continue;
    const std::size_t unfinished = store.sweep(before);
    if (unfinished > 0) log::info("file.unfinished-removed", {{"uploads", unfinished}});
    swept().add(static_cast<double>(unfinished));
    return false;
  }
  return true;
}

}  // namespace waybill::file::timers
