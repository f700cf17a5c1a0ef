// Messages to Telegram as they lie in the sending queue. The id derives from what caused the
// message, so that a repeat of the cause makes the same one.
#pragma once

#include <optional>
#include <string>

#include "libs/core/context.hpp"
#include "libs/messaging/message.hpp"
#include "services/bot/domain/dialog.hpp"

namespace waybill::bot {

struct Outgoing {
  std::string id;
  std::int64_t chat = 0;
  std::string method;  // "sendMessage", "editMessageText", …
  boost::json::object parameters;
  bool is_notice = false;    // not sent again when it is not known whether it was
  std::string file_service;  // where the file's bytes are read from; empty: there is none
  std::string file_path;
  std::string file_field, file_name;
  std::string svg;  // or the picture that is drawn
};

std::string to_text(const Outgoing& outgoing);
// nullopt for what to_text() can't have written.
std::optional<Outgoing> read_outgoing(std::string_view text);

// Button presses are answered before anything else.
bool is_urgent(const Outgoing& outgoing);

// What a step says, for Telegram. `press`: id of the button press that is answered; `mark`: of the
// menus.
std::optional<Outgoing> outgoing_of(const domain::Action& action, std::int64_t chat,
                                    const std::string& press, const std::string& mark);

}  // namespace waybill::bot
