// Serves Queries over HTTP: what the gateway asks a service.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "libs/async/async.hpp"
#include "libs/cache/cache.hpp"
#include "libs/pg/pg.hpp"
#include "libs/runtime/queries.hpp"
#include "libs/web/http.hpp"
#include "libs/web/route_meter.hpp"

namespace waybill::runtime {

class ReadApi final : public web::Handler {
 public:
  ReadApi(boost::asio::io_context& io, const Queries& queries, pg::Options database,
          std::size_t threads, cache::Cache& cache);
  ~ReadApi() override;

  // A request whose time (Waybill-Time-Left, milliseconds) is over when its turn comes is refused,
  // and so is one that finds too many in line.
  web::awaitable<web::Response> handle(web::Request& request) override;

 private:
  web::awaitable<web::Response> answer(const Queries::Route& route, web::Request& request,
                                       const web::PathParams& params);
  // One execution that several requests wait for.
  struct Flight {
    explicit Flight(boost::asio::io_context& io) : done{io} {}
    async::Event done;
    web::Response response;
  };

  web::awaitable<web::Response> execute(const Queries::Route& route, const web::Request& request,
                                        const web::PathParams& params);
  void keep(const CacheRule& rule, const web::PathParams& params, const web::Response& response);

  boost::asio::io_context& io_;
  const Queries& queries_;
  cache::Cache& cache_;
  pg::Pool connections_;
  const std::size_t most_in_line_;
  boost::asio::thread_pool threads_;
  // io thread only:
  std::map<std::string, std::shared_ptr<Flight>> flights_;
  web::RouteMeters meters_;
};

}  // namespace waybill::runtime
