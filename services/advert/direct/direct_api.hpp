// What does not come through the queue: pictures (bytes pass by x-stream), and texts, which change
// nothing and wait for somebody else's server. Requests are read on the io thread; what blocks runs
// on the pool.
#pragma once

#include <functional>

#include <boost/asio/thread_pool.hpp>

#include "libs/async/gate.hpp"
#include "libs/blob/blob.hpp"
#include "libs/outbox/processor.hpp"
#include "libs/web/http.hpp"
#include "libs/web/route_meter.hpp"
#include "libs/web/router.hpp"
#include "services/advert/ai/copywriter.hpp"
#include "services/advert/commands/desk.hpp"

namespace waybill::advert::direct {

// A command of this service's own making, done once; see runtime::Backend.
using RunOnce = std::function<common::v1::Outcome(
    pg::Connection&, const outbox::DirectCommand&,
    const std::function<outbox::Outcome(pg::Tx&, outbox::Writer&)>&)>;

class DirectApi final : public web::Handler {
 public:
  DirectApi(boost::asio::io_context& io, std::shared_ptr<commands::Desk> desk, blob::Store& store,
            ai::ProviderOptions provider, pg::Options database, RunOnce run_once);
  ~DirectApi() override;

  web::awaitable<web::Response> handle(web::Request& request) override;
  std::optional<std::uint64_t> streams(const web::Request& request) const override;

 private:
  using Route = web::awaitable<web::Response> (DirectApi::*)(web::Request&, const web::PathParams&);

  web::awaitable<web::Response> put_image(web::Request& request, const web::PathParams& params);
  web::awaitable<web::Response> send_image(web::Request& request, const web::PathParams& params);
  web::awaitable<web::Response> write_text(web::Request& request, const web::PathParams& params);

  // On the pool.
  bool has_campaign(const std::string& id);
  web::Response store_image(const web::Request& request, const web::PathParams& params,
                            const std::string& picture);
  web::Response find_image(const web::Request& request, const std::string& name);
  Result<std::string> text_for(const ai::Wish& wish, ai::Copywriter::Time deadline);

  const std::shared_ptr<commands::Desk> desk_;
  blob::Store& store_;
  ai::Copywriter copywriter_;
  const RunOnce run_once_;
  web::Router<Route> routes_;
  web::RouteMeters meters_;  // io thread only
  pg::Pool connections_;
  async::Gate uploads_;
  async::Gate writers_;
  boost::asio::thread_pool threads_;
};

}  // namespace waybill::advert::direct
