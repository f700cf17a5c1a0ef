// What the gateway passes through by x-stream and x-direct: files on their way in and out, with the
// tasks and documents that they belong to; and uploads, which do not come through the gateway.
#pragma once

#include "libs/web/route_meter.hpp"
#include "services/file/direct/desk.hpp"

namespace waybill::file::direct {

class DirectApi final : public web::Handler {
 public:
  DirectApi(boost::asio::io_context& io, const Options& options, const links::Links& links,
            blob::Store& store, pg::Options database, RunOnce run_once);

  web::awaitable<web::Response> handle(web::Request& request) override;
  std::optional<std::uint64_t> streams(const web::Request& request) const override;

 private:
  struct Entry {
    Route route;
    std::uint64_t most_bytes = 0;  // of a body that is read while it comes; 0: none is
  };

  Desk desk_;
  web::Router<Entry> routes_;
  web::RouteMeters meters_;  // io thread only
};

}  // namespace waybill::file::direct
