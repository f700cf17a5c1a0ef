// The dialogs as state machines: what was there and what came in → what is there, what is said and
// what is asked. Pure, so the same input in the same state gives the same step on any process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/json.hpp>

#include "services/bot/domain/texts.hpp"
#include "services/bot/domain/update.hpp"

namespace waybill::bot::domain {

// ---- what comes in ----

// What a service said to a question.
struct Answer {
  std::string name;  // of the question
  int status = 0;    // as over HTTP
  boost::json::value body;
};
// The answer takes its time.
struct Late {};

using Input = std::variant<Update, Answer, Late>;

// The account for which a Telegram user acts.
struct Account {
  std::string user_id;
  std::string username;
};

struct Context {
  Language language = Language::en;
  std::string mark;  // of menus that this input draws: their buttons carry it
  std::optional<Account> account;
  std::string correlation_id;
};

// ---- what is there ----

struct State {
  std::string at = "idle";  // the step of a dialog
  std::string mark;         // of the menu that counts
  std::int64_t menu = 0;    // the message to draw it in; 0: in a new one
  std::string waiting;      // name of the question that is under way
  std::string waiting_id;   // its id
  Language language = Language::en;
  boost::json::object data;  // what the dialog has gathered
};

boost::json::object to_json(const State& state);
// A new state for what can't be read.
State state_of(const boost::json::value& json);

// ---- what is said ----

struct Button {
  std::string label;
  std::string data;  // "action" or "action:argument"; with the mark at most 64 bytes
};
using Keyboard = std::vector<std::vector<Button>>;

// A message; with a menu of its own one that can be drawn into the menu before.
struct Say {
  std::string html;
  Keyboard keyboard;
  std::int64_t in_place_of = 0;  // a message; 0: none
};
// Answers a button press.
struct Toast {
  std::string text;
};
// A file from the file service.
struct SendFile {
  std::string inner_path;  // at the file service
  std::string file_name;
  std::string html;
  Keyboard keyboard;
};
// Daily statistics as a picture, or an image of the advert service.
struct SendPicture {
  std::string svg;         // drawn
  std::string image_path;  // or fetched
  std::string html;
  Keyboard keyboard;
};
// Something to somebody else.
struct Tell {
  std::int64_t chat = 0;
  std::string html;
};
using Action = std::variant<Say, Toast, SendFile, SendPicture, Tell>;

// ---- what is asked: the answer comes in with the same name ----

// By a message to a service's queue.
struct Ask {
  std::string name, queue, type;
  boost::json::object body;
};
// Of a service's read API, as the account.
struct Read {
  std::string name, service, target;
};
// The bytes of a file at Telegram go to a service; as a raw body, or as a form where `form` is set.
struct Transfer {
  std::string name, service, target;
  std::string file_id, file_name;
  bool form = false;
};
// A write that a service takes over HTTP alone.
struct Post {
  std::string name, service, target;
  boost::json::object body;
};
using Call = std::variant<Ask, Read, Transfer, Post>;

struct Step {
  State state;
  std::vector<Action> actions;
  std::optional<Call> call;
};

Step advance(State state, const Input& input, const Context& context);

}  // namespace waybill::bot::domain
