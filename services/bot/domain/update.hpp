// What Telegram tells the bot, as the dialogs see it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace waybill::bot::domain {

// A file that somebody sent; the largest size of a photo.
struct IncomingFile {
  std::string file_id;
  std::string name;  // as its sender named it; made up from the kind where there is none
  std::int64_t size = 0;
  bool is_photo = false;
};

struct Update {
  enum class Kind {
    text,   // a message with text, which may be a command
    file,   // a message with a file
    press,  // of a button
    other,  // a sticker, a poll, …
  };
  std::int64_t id = 0;
  Kind kind = Kind::other;
  std::int64_t chat = 0;
  bool is_private = true;  // the chat is with one person
  std::int64_t user = 0;
  std::optional<std::string> username;
  std::string language_code;
  std::string text;  // of a message; without leading and trailing blanks
  std::optional<IncomingFile> file;
  std::string press_id;            // of the button press, to answer it
  std::string press_data;          // what the button carries
  std::int64_t press_message = 0;  // the message with the button
};

// nullopt for what is no update, and for updates that are none of ours (no message, no press).
std::optional<Update> read_update(const boost::json::value& json);

// The update's id, where it has one; and the chat by which it is kept in order (0: none).
std::optional<std::int64_t> update_id(const boost::json::value& json);
std::int64_t chat_of(const boost::json::value& json);

// "start" of "/start CODE", "/start@waybill_bot"; empty for what is no command.
std::string command_of(std::string_view text);
// "CODE" of "/start CODE".
std::string argument_of(std::string_view text);

}  // namespace waybill::bot::domain
