// The other services over HTTP: reads, bytes, and writes that they take over HTTP alone. Each is
// asked as the account for which somebody acts, so each decides by itself what he may.
#pragma once

#include <map>
#include <string>

#include <boost/asio/io_context.hpp>

#include "libs/core/caller.hpp"
#include "libs/web/client.hpp"
#include "services/bot/domain/dialog.hpp"

namespace waybill::bot {

using boost::asio::awaitable;

class Peers {
 public:
  // Services by name, as host:port.
  Peers(boost::asio::io_context& io, const std::map<std::string, std::string>& addresses);

  // The answer as a dialog sees it: an array comes as {items, total}.
  awaitable<domain::Answer> read(domain::Read question, Caller caller, TraceContext trace);
  awaitable<domain::Answer> post(domain::Post question, Caller caller, TraceContext trace);
  // `body` with its type; the file's bytes as they come.
  awaitable<domain::Answer> send(std::string name, std::string service, std::string target,
                                 web::BodySource& body, std::string content_type, Caller caller,
                                 TraceContext trace);
  // The answer's stream has the bytes.
  awaitable<Result<web::Response>> open(std::string service, std::string target, Caller caller,
                                        TraceContext trace);

  // For which account a Telegram user acts; a fault: nobody could say.
  awaitable<Result<std::optional<domain::Account>>> account_of(std::int64_t telegram_user,
                                                               TraceContext trace);

 private:
  web::Client& client(const std::string& service);

  std::map<std::string, std::unique_ptr<web::Client>> clients_;
};

}  // namespace waybill::bot
