// What the Telegram bot is made of.
#pragma once

#include <memory>

#include "libs/async/async.hpp"
#include "libs/runtime/runtime.hpp"
#include "libs/web/server.hpp"
#include "services/bot/engine/intake.hpp"
#include "services/bot/engine/shares.hpp"

namespace waybill::bot {

struct BotService {
  struct Settings {
    telegram::ApiOptions api;
    std::string mode = "polling";
    std::string webhook_url;
    config::Secret webhook_secret;
    std::string flood = "20/10";
    std::string redis_url;
    Memory::Options memory;
    std::string identity = "127.0.0.1:7101";
    std::string file = "127.0.0.1:7105";
    std::string advert = "127.0.0.1:7106";

    void declare(config::Settings& settings);
    // These throw SettingsError.
    void check() const;
    Memory::Options memory_options() const;
    bool uses_webhook() const { return mode == "webhook"; }
  };

  BotService(runtime::Runtime& runtime, const Settings& settings);
  void start();
  void stop();

 private:
  // With a token; without one there is nothing of this.
  struct Parts {
    Parts(runtime::Runtime& runtime, const Settings& settings);

    cache::Scripts redis;
    Memory memory;
    Exchange exchange;
    Peers peers;
    telegram::Api api;
    Handler handler;
    Sender sender;
    Shares shares;
    Poller poller;
    Webhook webhook;
    web::Server server;
  };

  async::awaitable<void> introduce();
  async::awaitable<bool> register_commands(const char* language_code);
  async::awaitable<bool> set_webhook();

  runtime::Runtime& runtime_;
  const Settings settings_;
  std::unique_ptr<Parts> parts_;
  std::atomic<bool> stopping_{false};
};

}  // namespace waybill::bot
