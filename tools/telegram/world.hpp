// The chats of a local Telegram: who wrote what, which files there are, what the bot has not been
// told yet. Pure, one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/json.hpp>

namespace waybill::local_telegram {

// A refusal as the Bot API words it.
struct Refusal {
  int code = 400;
  std::string description;
  std::optional<std::int64_t> retry_after;  // seconds
};

struct StoredFile {
  std::string id, name, path, kind;  // kind: document, photo
  std::string bytes;
};

struct StoredMessage {
  std::int64_t id = 0;
  bool by_bot = false;
  std::string text;             // or caption
  std::string file_id;          // empty: it is a text
  boost::json::value keyboard;  // inline_keyboard, null without one
  std::int64_t edits = 0;
};

struct Person {
  std::int64_t id = 0;
  std::string username;
  std::string language = "en";
};

class World {
 public:
  // ---- people ----
  // These make an update for the bot and give its id. A chat is private unless it is negative.
  std::int64_t write(std::int64_t chat, const std::string& text, const Person& person);
  std::int64_t send_file(std::int64_t chat, const std::string& kind, const std::string& name,
                         std::string bytes, const Person& person);
  // nullopt: there is no such message, or no such button on it.
  std::optional<std::int64_t> press(std::int64_t chat, std::int64_t message,
                                    const std::string& data, const Person& person);
  void block(std::int64_t chat, bool blocked);

  // ---- the bot: methods of its API; a message or a refusal ----
  struct Result {
    Result() = default;
    Result(boost::json::value made, std::optional<Refusal> refused)
        : value(std::move(made)), refusal{std::move(refused)} {}

    boost::json::value value;
    std::optional<Refusal> refusal;
  };
  Result send_text(const boost::json::object& parameters);
  Result send_media(const std::string& kind, const boost::json::object& parameters,
                    const std::string& file_name, std::string bytes);
  Result edit_text(const boost::json::object& parameters);
  Result answer_press(const boost::json::object& parameters);
  Result get_file(const boost::json::object& parameters);
  const StoredFile* find_file_by_path(const std::string& path) const;
  const StoredFile* find_file(const std::string& id) const;

  // ---- updates ----
  // Forgets those before `offset` and gives at most so many of the rest.
  boost::json::array updates(std::int64_t offset, std::size_t most);
  bool has_updates() const { return !updates_.empty(); }
  const boost::json::value* first_update() const;
  void drop_first();
  void number_updates_from(std::int64_t id) { next_update_ = id; }
  // So many updates from now on come twice.
  void duplicate_next(std::int64_t count) { duplicates_ += count; }

  // ---- to look at ----
  boost::json::array messages(std::int64_t chat) const;
  boost::json::array chats() const;
  // Of presses that were not answered yet.
  std::size_t open_presses() const { return open_presses_.size(); }
  std::optional<std::string> toast_of(std::int64_t chat) const;

 private:
  struct Chat {
    std::vector<StoredMessage> messages;
    std::string last_toast;
    bool blocked = false;
  };

  Chat& chat(std::int64_t id) { return chats_[id]; }
  StoredMessage& append(std::int64_t chat, StoredMessage message);
  std::int64_t tell(const char* member, boost::json::object what);
  boost::json::object message_json(std::int64_t chat, const StoredMessage& message) const;
  std::optional<Refusal> check_target(const boost::json::object& parameters, std::int64_t& chat);

  std::map<std::int64_t, Chat> chats_;
  std::map<std::string, StoredFile> files_;
  std::map<std::string, std::int64_t> open_presses_;  // query id → chat
  std::deque<boost::json::value> updates_;
  std::int64_t next_update_ = 1'000;
  std::int64_t next_message_ = 1;
  std::int64_t next_file_ = 1;
  std::int64_t duplicates_ = 0;
};

// What HTML Telegram takes: known tags, closed in their order, & < > escaped. The text that remains
// has this many UTF-16 units; nullopt: it can't be parsed.
std::optional<std::size_t> parsed_length(const std::string& html);

}  // namespace waybill::local_telegram
