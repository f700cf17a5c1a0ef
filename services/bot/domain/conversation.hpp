// One step at work: what the dialogs write it with.
#pragma once

#include <utility>

#include "services/bot/domain/dialog.hpp"
#include "services/bot/domain/html.hpp"
#include "services/bot/domain/members.hpp"

namespace waybill::bot::domain {

// "bt:3f25…" → {"bt", "3f25…"}
struct Pressed {
  std::string action, argument;
};
Pressed read_press(std::string_view data);

class Conversation {
 public:
  Conversation(State state, const Context& context) : context_{context}, state_{std::move(state)} {
    state_.language = context.language;
  }

  const Context& context() const { return context_; }
  Language language() const { return context_.language; }
  State& state() { return state_; }
  boost::json::object& data() { return state_.data; }
  // A part of the data, made where there is none.
  boost::json::object& part(std::string_view name);
  void forget(std::string_view name) { state_.data.erase(name); }

  // From now on the dialog is at this step, and waits for no answer.
  void go(std::string at);

  template <class... Values>
  std::string words(Text text, const Values&... values) const {
    return domain::say(text, language(), values...);
  }
  Button button(Text label, std::string data) const;
  Button cancel_button() const { return button(Text::b_cancel, "cancel"); }

  // A message without a menu.
  void say(std::string html);
  // The menu that counts from now on; in place of the one before where it can be.
  void menu(std::string html, Keyboard keyboard);
  void picture(SendPicture picture);
  void file(SendFile file);
  void tell(std::int64_t chat, std::string html) {
    actions_.push_back(Tell{chat, std::move(html)});
  }
  // Answers the button press; once per step.
  void toast(std::string text);
  bool has_toast() const { return toasted_; }

  void ask(Ask question) { wait_for(std::move(question)); }
  void read(Read question) { wait_for(std::move(question)); }
  void transfer(Transfer question) { wait_for(std::move(question)); }
  void post(Post question) { wait_for(std::move(question)); }

  // Why a service did not do what it was asked to, in words; with its own words where there are
  // none of ours.
  std::string reason(const Answer& answer) const;

  Step finish() &&;

 private:
  template <class Question>
  void wait_for(Question question) {
    state_.waiting = question.name;
    call_ = std::move(question);
  }

  const Context& context_;
  State state_;
  std::vector<Action> actions_;
  std::optional<Call> call_;
  bool toasted_ = false;
};

// Rows of one button per item, then previous and next page ("action:<page>").
class Pages {
 public:
  // `page` counts from 0; `action` is what its buttons carry before the page's number.
  Pages(const Conversation& talk, std::string action, std::int64_t page)
      : talk_{talk}, action_{std::move(action)}, page_{page} {}
  void add(std::string_view label, std::string data);
  Keyboard finish(bool has_next) &&;

 private:
  const Conversation& talk_;
  const std::string action_;
  const std::int64_t page_;
  Keyboard rows_;
};

inline bool succeeded(const Answer& answer) {
  return answer.status >= 200 && answer.status < 300;
}

// 1…most characters in one line, without control characters.
bool is_name(std::string_view text, std::size_t most);

// ---- the dialogs; what they are given is theirs ----

// The main menu; with words before it.
void open_main(Conversation& talk, const std::string& before = {});

namespace account {
void open(Conversation& talk);
void ask_code(Conversation& talk);
void redeem(Conversation& talk, const std::string& code, const Update& update);
void ask_unlink(Conversation& talk);
bool press(Conversation& talk, const Pressed& pressed);
bool answer(Conversation& talk, const Answer& answer);
}  // namespace account

namespace documents {
void open_add(Conversation& talk, const std::optional<IncomingFile>& file = {});
void open_types(Conversation& talk, std::int64_t page);
// These say whether it was theirs.
bool press(Conversation& talk, const Pressed& pressed);
bool message(Conversation& talk, const Update& update);
bool answer(Conversation& talk, const Answer& answer);
// Shows the present step again.
bool redraw(Conversation& talk);
}  // namespace documents

namespace adverts {
void open(Conversation& talk);
bool press(Conversation& talk, const Pressed& pressed);
bool message(Conversation& talk, const Update& update);
bool answer(Conversation& talk, const Answer& answer);
bool redraw(Conversation& talk);
// Back to the menu that the present input came from; false: there was none.
bool leave(Conversation& talk);
}  // namespace adverts

}  // namespace waybill::bot::domain
