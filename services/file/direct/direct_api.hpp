// What the gateway passes through by x-stream: new tasks with their files, and files on their way
// out. Requests are read on the io thread; disks, servers and databases are asked on the pool.
#pragma once

#include <functional>

#include <boost/asio/thread_pool.hpp>

#include "libs/async/gate.hpp"
#include "libs/outbox/processor.hpp"
#include "libs/web/http.hpp"
#include "libs/web/router.hpp"
#include "services/file/links/links.hpp"
#include "services/file/uploads/task_form.hpp"

namespace waybill::file::direct {

struct Options {
  bool tasks_are_open = false;  // whoever isn't signed in may create tasks, too
  uploads::FormLimits form;
  std::size_t threads = 8;
  std::size_t uploads = 32;  // under way at most
  std::size_t downloads = 128;
};

// A command of this service's own making, done once; see runtime::Backend.
using RunOnce = std::function<common::v1::Outcome(
    pg::Connection&, const outbox::DirectCommand&,
    const std::function<outbox::Outcome(pg::Tx&, outbox::Writer&)>&)>;

class DirectApi final : public web::Handler {
 public:
  DirectApi(boost::asio::io_context& io, const Options& options, const links::Links& links,
            blob::Store& store, pg::Options database, RunOnce run_once);
  ~DirectApi() override;

  web::awaitable<web::Response> handle(web::Request& request) override;
  std::optional<std::uint64_t> streams(const web::Request& request) const override;

 private:
  using Route = web::awaitable<web::Response> (DirectApi::*)(web::Request&, const web::PathParams&);

  web::awaitable<web::Response> create_task(web::Request& request, const web::PathParams& params);
  web::awaitable<web::Response> send_file(web::Request& request, const web::PathParams& params);

  web::awaitable<Result<domain::Task>> read_task(web::Request& request, uploads::TaskForm& form);
  web::awaitable<web::Response> store_task(const web::Request& request, const domain::Task& task,
                                           const std::string& fingerprint);
  web::awaitable<web::Response> send(const web::Request& request, const domain::File& file,
                                     links::Disposition disposition);

  const Options options_;
  const links::Links& links_;
  blob::Store& store_;
  const RunOnce run_once_;
  web::Router<Route> routes_;
  pg::Pool connections_;
  async::Gate uploads_;
  async::Gate downloads_;
  boost::asio::thread_pool threads_;
};

}  // namespace waybill::file::direct
