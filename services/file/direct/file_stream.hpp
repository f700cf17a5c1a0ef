// The bytes of a stored file on their way to a client, in constant memory.
#pragma once

#include <boost/asio/thread_pool.hpp>

#include "libs/async/gate.hpp"
#include "libs/blob/blob.hpp"
#include "libs/web/http.hpp"

namespace waybill::file::direct {

class FileStream final : public web::BodyStream {
 public:
  FileStream(boost::asio::thread_pool& threads, std::unique_ptr<blob::Download> download,
             std::shared_ptr<async::Gate::Pass> pass)
      : threads_{threads}, download_{std::move(download)}, pass_{std::move(pass)} {}

  web::awaitable<void> run(web::StreamWriter& out) override;

 private:
  boost::asio::thread_pool& threads_;
  const std::unique_ptr<blob::Download> download_;
  const std::shared_ptr<async::Gate::Pass> pass_;  // of those that are under way
};

}  // namespace waybill::file::direct
