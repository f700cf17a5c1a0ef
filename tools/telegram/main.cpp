// waybill-telegram: a Telegram of one's own, see README.md.
#include <csignal>
#include <iostream>

#include <boost/asio/signal_set.hpp>

#include "libs/config/settings.hpp"
#include "libs/core/clock.hpp"
#include "libs/log/log.hpp"
#include "libs/web/server.hpp"
#include "tools/telegram/server.hpp"

int main(int argc, char** argv) {
  using namespace waybill;
  std::string listen = "127.0.0.1:8090";
  std::string token = "1:local";
  config::Settings settings{"waybill-telegram", "a local Telegram Bot API server with a chat page"};
  settings.add("telegram.listen", listen, "address:port");
  settings.add("telegram.token", token, "the bot's; no secret here");
  try {
    if (settings.parse(argc, argv) == config::Settings::Next::exit_ok) return 0;
    log::start("telegram", log::Level::info);
    boost::asio::io_context io{1};
    local_telegram::Server telegram{io, token};
    // It forgets all at its end; a bot that does not must take none of its updates for an old one.
    telegram.world().number_updates_from(to_unix_millis(now()) / 1'000);
    web::ServerLimits limits;
    limits.body_bytes = 64 * 1024 * 1024;
    web::Server server{io, listen, telegram, limits};
    server.start();
    log::info("telegram.started", {{"port", server.port()}});
    boost::asio::signal_set signals{io, SIGTERM, SIGINT};
    signals.async_wait([&io](const auto&, int) { io.stop(); });
    io.run();
  } catch (const std::exception& error) {
    std::cerr << "waybill-telegram: " << error.what() << '\n';
    return 1;
  }
  log::stop();
  return 0;
}
