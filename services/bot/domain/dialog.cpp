#include "services/bot/domain/dialog.hpp"

#include "services/bot/domain/conversation.hpp"

namespace waybill::bot::domain {
namespace {

namespace json = boost::json;

bool is_in(const State& state, std::string_view dialog) {
  return state.at.starts_with(dialog);
}

// Whoever acts for no account sees what he can do about it.
void offer_link(Conversation& talk, Text text) {
  talk.go("idle");
  talk.menu(talk.words(text), {{talk.button(Text::b_link, "link")}});
}

Text whereabouts(const State& state) {
  struct Place {
    std::string_view at;
    Text text;
  };
  static constexpr Place kPlaces[]{{"link", Text::at_link},         {"add.type", Text::at_add_type},
                                   {"add.name", Text::at_add_name}, {"add.file", Text::at_add_file},
                                   {"add.", Text::at_add_saving},   {"browse.", Text::at_browse},
                                   {"new.", Text::at_ads_create},   {"input.", Text::at_ads_input},
                                   {"ads.", Text::at_ads}};
  for (const Place& place : kPlaces) {
    if (is_in(state, place.at)) return place.text;
  }
  return Text::at_idle;
}

void cancel(Conversation& talk) {
  const bool was_idle = talk.state().at == "idle";
  if (is_in(talk.state(), "input.") || is_in(talk.state(), "new.")) {
    if (adverts::leave(talk)) return;
  }
  const bool was_adding = is_in(talk.state(), "add.");
  const bool from_browsing = text_at(talk.part("add"), "from") == "browse";
  talk.forget("add");
  if (was_adding && from_browsing) {
    talk.say(talk.words(Text::canceled));
    documents::open_types(talk, 0);
    return;
  }
  open_main(talk, talk.words(was_idle ? Text::nothing_to_cancel : Text::canceled));
}

void redraw(Conversation& talk) {
  if (!talk.context().account) {
    offer_link(talk, Text::needs_link);
  } else if (!documents::redraw(talk) && !adverts::redraw(talk)) {
    open_main(talk);
  }
}

void start(Conversation& talk, const Update& update) {
  const std::string code = argument_of(update.text);
  talk.data().clear();
  talk.go("idle");
  if (!code.empty()) {
    account::redeem(talk, code, update);
  } else if (talk.context().account) {
    open_main(talk);
  } else {
    offer_link(talk, Text::welcome);
  }
}

// These work for everybody.
bool public_command(Conversation& talk, const std::string& command, const Update& update) {
  if (command == "start") {
    start(talk, update);
  } else if (command == "help") {
    talk.say(talk.words(Text::help));
  } else if (command == "link") {
    const std::string code = argument_of(update.text);
    if (code.empty()) {
      account::ask_code(talk);
    } else {
      account::redeem(talk, code, update);
    }
  } else {
    return false;
  }
  return true;
}

bool linked_command(Conversation& talk, const std::string& command) {
  if (command == "add" || command == "upload") {
    documents::open_add(talk);
  } else if (command == "documents" || command == "show_files") {
    documents::open_types(talk, 0);
  } else if (command == "ads") {
    adverts::open(talk);
  } else if (command == "state" || command == "check_state") {
    talk.say(talk.words(whereabouts(talk.state())));
  } else if (command == "unlink") {
    account::ask_unlink(talk);
  } else if (command == "cancel") {
    cancel(talk);
  } else {
    return false;
  }
  return true;
}

void message(Conversation& talk, const Update& update) {
  talk.state().menu = 0;
  const std::string command = update.kind == Update::Kind::text ? command_of(update.text) : "";
  if (!command.empty() && public_command(talk, command, update)) return;
  if (talk.state().at == "link" && command.empty() && !update.text.empty()) {
    account::redeem(talk, update.text, update);
    return;
  }
  if (!talk.context().account) {
    offer_link(talk, Text::needs_link);
    return;
  }
  if (!command.empty() && linked_command(talk, command)) return;
  if (documents::message(talk, update) || adverts::message(talk, update)) return;
  if (update.kind == Update::Kind::file) {
    documents::open_add(talk, update.file);
    return;
  }
  talk.say(talk.words(Text::not_understood));
  redraw(talk);
}

bool press_anywhere(Conversation& talk, const Pressed& pressed) {
  if (pressed.action == "main") {
    talk.forget("add");
    open_main(talk);
  } else if (pressed.action == "cancel") {
    cancel(talk);
  } else if (pressed.action == "docs") {
    documents::open_types(talk, 0);
  } else if (pressed.action == "ads") {
    adverts::open(talk);
  } else {
    return false;
  }
  return true;
}

void press(Conversation& talk, const Update& update) {
  const auto dot = update.press_data.find('.');
  const std::string mark = update.press_data.substr(0, dot);
  talk.state().menu = update.press_message;
  if (dot == std::string::npos || mark != talk.state().mark) {
    talk.toast(talk.words(Text::outdated));
    redraw(talk);
    return;
  }
  const Pressed pressed = read_press(std::string_view{update.press_data}.substr(dot + 1));
  if (!talk.context().account && pressed.action != "link") {
    offer_link(talk, Text::needs_link);
    return;
  }
  const bool known = account::press(talk, pressed) || press_anywhere(talk, pressed) ||
                     documents::press(talk, pressed) || adverts::press(talk, pressed);
  if (known) return;
  talk.toast(talk.words(Text::outdated));
  redraw(talk);
}

void take_update(Conversation& talk, const Update& update) {
  if (update.kind == Update::Kind::press) {
    press(talk, update);
    talk.toast({});  // every press is answered
  } else {
    message(talk, update);
  }
}

// An answer that nobody waits for any more changes nothing.
void take_answer(Conversation& talk, const Answer& answer) {
  if (talk.state().waiting != answer.name) return;
  talk.state().waiting.clear();
  talk.state().waiting_id.clear();
  const bool known = account::answer(talk, answer) || documents::answer(talk, answer) ||
                     adverts::answer(talk, answer);
  if (!known) open_main(talk);
}

}  // namespace

json::object to_json(const State& state) {
  return {{"at", state.at},
          {"mark", state.mark},
          {"menu", state.menu},
          {"waiting", state.waiting},
          {"waiting_id", state.waiting_id},
          {"language", state.language == Language::ru ? "ru" : "en"},
          {"data", state.data}};
}

State state_of(const json::value& value) {
  State state;
  if (text_at(value, "at").empty()) return state;
  state.at = text_at(value, "at");
  state.mark = text_at(value, "mark");
  state.menu = integer_at(value, "menu");
  state.waiting = text_at(value, "waiting");
  state.waiting_id = text_at(value, "waiting_id");
  state.language = language_of(text_at(value, "language"));
  state.data = object_at(value, "data");
  return state;
}

void open_main(Conversation& talk, const std::string& before) {
  talk.go("idle");
  const std::string question =
      before.empty() && talk.context().account
          ? talk.words(Text::welcome_linked, escape_html(talk.context().account->username))
          : before + "\n\n" + talk.words(Text::main_menu);
  talk.menu(question, {{talk.button(Text::b_documents, "docs")},
                       {talk.button(Text::b_advertising, "ads")},
                       {talk.button(Text::b_account, "acc")}});
}

Step advance(State state, const Input& input, const Context& context) {
  Conversation talk{std::move(state), context};
  if (const auto* update = std::get_if<Update>(&input)) {
    take_update(talk, *update);
  } else if (const auto* answer = std::get_if<Answer>(&input)) {
    take_answer(talk, *answer);
  } else {
    talk.say(talk.words(Text::still_working));
  }
  return std::move(talk).finish();
}

}  // namespace waybill::bot::domain
