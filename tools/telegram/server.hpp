// A local Bot API server (core.telegram.org/bots/api) with people who chat, for tests and for a
// platform without a token: long polling, webhooks, files, inline keyboards, the refusals that
// Telegram gives, and failures that somebody plans.
//
//   /bot<token>/<method>, /file/bot<token>/<path>   as Telegram has them
//   /                                               a page to chat with the bot
//   /people/…                                       what people do: see README.md
//   /plan                                           failures to come
#pragma once

#include <list>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "libs/web/client.hpp"
#include "libs/web/http.hpp"
#include "tools/telegram/world.hpp"

namespace waybill::local_telegram {

// What happens to the next calls that it fits.
struct Plan {
  std::string method;     // empty: any
  std::int64_t chat = 0;  // 0: any
  std::int64_t times = 1;
  int status = 500;  // 0: no answer at all
  std::int64_t retry_after = 0;
  std::int64_t delay_ms = 0;  // before anything
  bool done_before = false;   // the method takes effect all the same
};

class Server final : public web::Handler {
 public:
  Server(boost::asio::io_context& io, std::string token);

  web::awaitable<web::Response> handle(web::Request& request) override;

  World& world() { return world_; }
  void plan(Plan plan) { plans_.push_back(std::move(plan)); }
  std::int64_t calls_of(const std::string& method) const;
  // Somebody did something: wakes whoever waits for updates.
  void stir();

 private:
  struct Call {
    std::string method;
    boost::json::object parameters;
    std::string file_field, file_name, file;  // of a form
  };

  web::awaitable<web::Response> handle_bot(const web::Request& request, std::string method);
  web::awaitable<World::Result> run(Call call);
  World::Result do_method(Call& call);
  web::awaitable<boost::json::value> get_updates(const boost::json::object& parameters);
  web::Response give_file(const std::string& path, const web::Request& request) const;
  std::optional<Plan> planned(const Call& call);
  World::Result set_webhook(const boost::json::object& parameters);
  World::Result delete_webhook();
  web::awaitable<void> push_updates(std::int64_t generation);

  web::awaitable<web::Response> handle_people(const web::Request& request);
  web::Response people_post(const web::Request& request);
  web::Response messages_page(const web::Request& request) const;
  web::Response take_plan(const web::Request& request);

  boost::asio::io_context& io_;
  const std::string token_;
  World world_;
  std::list<Plan> plans_;
  std::map<std::string, std::int64_t> calls_;
  boost::json::array sent_;  // to the chats: {chat, method, text, at_ms}
  boost::json::object commands_;
  boost::asio::steady_timer news_;
  std::string webhook_url_, webhook_secret_;
  std::int64_t webhook_generation_ = 0;
};

// The page to chat with the bot.
extern const char* const kPage;

}  // namespace waybill::local_telegram
