// Telegram's Bot API (core.telegram.org/bots/api) over HTTP: any server that speaks it. Everything
// runs on the io thread. The token is part of each path, so nothing here logs one.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include "libs/config/settings.hpp"
#include "libs/web/client.hpp"

namespace waybill::bot::telegram {

struct ApiOptions {
  std::string url = "https://api.telegram.org";  // scheme://host[:port][/base]
  config::Secret token;
  std::chrono::milliseconds request_time{15'000};
  std::chrono::milliseconds poll_time{25'000};  // how long getUpdates may wait for something
};

// What a call came to.
struct Reply {
  Reply() = default;

  int status = 0;             // as over HTTP; 0: no answer, and it is not known whether it was done
  boost::json::value result;  // of a success
  std::string description;    // of a refusal, for the log and for telling refusals apart
  std::optional<std::chrono::seconds> retry_after;  // of 429

  bool ok() const { return status == 200; }
};

// A file beside the fields of a form.
struct FormFile {
  std::string field;  // "document", "photo"
  std::string file_name;
  web::BodySource* source;  // must outlive the call
};

class Api {
 public:
  // Throws SettingsError for a URL that is none.
  Api(boost::asio::io_context& io, const ApiOptions& options);

  // `method`: a literal, the label of metrics.
  web::awaitable<Reply> call(const char* method, boost::json::object parameters);
  // The same as multipart/form-data. Parameters that are objects are sent as JSON, as Telegram has
  // it.
  web::awaitable<Reply> send_form(const char* method, boost::json::object parameters,
                                  FormFile file);
  // The answer's stream has the bytes. Path as getFile gives it.
  web::awaitable<Result<web::Response>> download(std::string file_path);
  // getUpdates: waits for poll_time.
  web::awaitable<Reply> poll(std::int64_t offset, const boost::json::array& kinds);

 private:
  std::string target(const char* method) const;
  static Reply read_reply(Result<web::Response>&& answer);

  const ApiOptions options_;
  std::string base_;
  web::Client client_;
  web::Client poller_;  // patient, and on a connection of its own
};

// host:port, whether TLS, and the path before the methods.
struct ApiUrl {
  std::string address;
  bool tls = false;
  std::string base;
};
ApiUrl parse_api_url(const std::string& url);  // throws SettingsError

}  // namespace waybill::bot::telegram
