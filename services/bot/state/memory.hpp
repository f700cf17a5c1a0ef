// What the bot's processes know together, in Redis: dialogs, what has taken effect, questions under
// way, the effects ledger, who does what. Nothing of it is kept in a process. Everything answers
// nullopt when Redis is away; it is not known then whether it was done. On the io thread only.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "libs/cache/scripts.hpp"
#include "libs/core/clock.hpp"

namespace waybill::bot {

using boost::asio::awaitable;

class Memory {
 public:
  struct Options {
    milliseconds state_life = std::chrono::hours{24};
    std::int64_t flood_updates = 20;
    milliseconds flood_window = seconds{10};
    std::int64_t sends_per_second = 30;
    milliseconds chat_pace{1'000};  // between two messages of a chat
    std::int64_t chat_burst = 3;    // how many of a chat may go at once
  };
  // `name`: of this process.
  Memory(cache::Scripts& redis, std::string name, const Options& options)
      : redis_{redis}, name_{std::move(name)}, options_{options} {}

  const Options& options() const { return options_; }

  // ---- inputs ----
  enum class Verdict { go, done, flood_first, flood_silent };
  struct Beginning {
    Beginning() = default;
    Verdict verdict = Verdict::go;
    std::string state;  // as it is stored; empty: none
  };
  // `counted`: towards the flood limit.
  awaitable<std::optional<Beginning>> begin(std::int64_t chat, std::int64_t user, std::string input,
                                            bool counted);
  enum class Finish { done, conflict, done_before };
  // `after` empty: the state stays.
  awaitable<std::optional<Finish>> finish(std::int64_t chat, std::int64_t user, std::string input,
                                          std::string before, std::string after);

  // ---- questions ----
  awaitable<bool> put_ask(std::string id, std::string text, milliseconds due);
  awaitable<std::optional<std::string>> find_ask(std::string id);  // "": none
  awaitable<bool> drop_ask(std::string id);
  awaitable<std::vector<std::string>> due_asks();

  // ---- sending ----
  struct Claim {
    Claim() = default;
    enum class Kind { go, again, wait, sent };
    Kind kind = Kind::go;
    milliseconds wait{0};
  };
  // `urgent`: does not wait for the chat's pace.
  awaitable<std::optional<Claim>> claim(std::string message, std::int64_t chat, bool urgent);
  awaitable<bool> mark_sent(std::string message);
  // The message was refused; nothing more goes to the chat (0: to anybody) for so long.
  awaitable<bool> rest(std::string message, std::int64_t chat, milliseconds time);

  // ---- who does what ----
  awaitable<bool> lease(std::string what, milliseconds time);
  awaitable<bool> release(std::string what);
  // How many processes live, this one among them for so long; 0: Redis is away.
  awaitable<std::int64_t> beat(milliseconds time);
  awaitable<bool> first_time(std::string what);
  bool is_connected() const { return redis_.is_connected(); }

 private:
  cache::Scripts& redis_;
  const std::string name_;
  const Options options_;
};

}  // namespace waybill::bot
