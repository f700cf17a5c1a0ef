#include "libs/metrics/metrics.hpp"
#include "libs/pg/pg.hpp"

namespace waybill::pg {

struct Pool::Impl {
  std::mutex mutex;
  std::condition_variable returned;
  std::vector<std::unique_ptr<Connection>> free;
  metrics::Gauge& in_use =
      metrics::gauge("pg_pool_in_use", "Pooled database connections that are taken.");
  metrics::Histogram& waited =
      metrics::histogram("pg_pool_wait_seconds", "Waiting for a pooled database connection.");
};

Pool::Pool(Options options, std::size_t size) : impl_{std::make_unique<Impl>()} {
  for (std::size_t i = 0; i < size; ++i) {
    impl_->free.push_back(std::make_unique<Connection>(options));
  }
}

Pool::~Pool() = default;

Pool::Lease Pool::take(std::chrono::milliseconds most) {
  const metrics::Timer timer{impl_->waited};
  std::unique_lock lock{impl_->mutex};
  if (!impl_->returned.wait_for(lock, most, [&] { return !impl_->free.empty(); })) {
    throw TransientError{"no database connection became free in time"};
  }
  // The one used last is the one most surely alive.
  std::unique_ptr<Connection> connection = std::move(impl_->free.back());
  impl_->free.pop_back();
  impl_->in_use.add(1);
  return {*this, std::move(connection)};
}

Pool::Lease::Lease(Pool& pool, std::unique_ptr<Connection> connection)
    : pool_{&pool}, connection_{std::move(connection)} {}

Pool::Lease::~Lease() {
  if (!connection_) return;
  const std::lock_guard lock{pool_->impl_->mutex};
  pool_->impl_->free.push_back(std::move(connection_));
  pool_->impl_->in_use.add(-1);
  pool_->impl_->returned.notify_one();
}

}  // namespace waybill::pg
