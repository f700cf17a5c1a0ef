// A person who talks with the dialogs, without anything else of the bot.
#pragma once

#include <catch2/catch.hpp>

#include "services/bot/domain/conversation.hpp"

namespace waybill::bot::domain::test {

namespace json = boost::json;

class Talk {
 public:
  explicit Talk(bool linked = true) {
    context.mark = "m0";
    context.correlation_id = "c-1";
    if (linked) context.account = Account{"u-1", "ada"};
  }

  // ---- what comes in ----
  void write(const std::string& text) {
    Update update = sent(Update::Kind::text);
    update.text = text;
    take(update);
  }
  void send_file(const std::string& name, std::int64_t size = 1'000) {
    Update update = sent(Update::Kind::file);
    update.file = IncomingFile{"tg-" + name, name, size, false};
    take(update);
  }
  // The button of the menu that was shown last.
  void press(const std::string& label) {
    INFO("the button " << label << " of " << text());
    const auto data = data_of(label);
    REQUIRE(data.has_value());
    press_data(menu_mark_ + "." + *data);
  }
  void press_data(const std::string& data) {
    Update update = sent(Update::Kind::press);
    update.press_id = "p";
    update.press_data = data;
    update.press_message = 77;
    take(update);
  }
  void answer(int status, json::value body = nullptr) {
    REQUIRE(call.has_value());
    const std::string name = std::visit([](const auto& one) { return one.name; }, *call);
    take(Answer{name, status, std::move(body)});
  }
  void take(const Input& input) {
    context.mark = "m" + std::to_string(++inputs_);
    Step step = advance(std::move(state), input, context);
    // What is stored between two inputs is all that there is.
    state = state_of(to_json(step.state));
    actions = std::move(step.actions);
    call = std::move(step.call);
    for (const Action& action : actions) remember_menu(action);
  }

  // ---- what came of it ----
  std::string text() const {
    std::string all;
    for (const Action& action : actions) {
      if (const auto* say = std::get_if<Say>(&action)) all += say->html + "\n";
      if (const auto* file = std::get_if<SendFile>(&action)) all += file->html + "\n";
      if (const auto* picture = std::get_if<SendPicture>(&action)) all += picture->html + "\n";
    }
    return all;
  }
  bool says(Text words) const {
    return text().find(text_of(words, context.language)) != std::string::npos;
  }
  std::string toast() const {
    for (const Action& action : actions) {
      if (const auto* toast = std::get_if<Toast>(&action)) return toast->text;
    }
    return "none";
  }
  std::vector<std::string> labels() const {
    std::vector<std::string> all;
    for (const auto& row : menu_) {
      for (const Button& button : row) all.push_back(button.label);
    }
    return all;
  }
  const Ask& asked() const {
    REQUIRE(call.has_value());
    REQUIRE(std::holds_alternative<Ask>(*call));
    return std::get<Ask>(*call);
  }
  std::string read_target() const {
    REQUIRE(call.has_value());
    REQUIRE(std::holds_alternative<Read>(*call));
    return std::get<Read>(*call).target;
  }

  Context context;
  State state;
  std::vector<Action> actions;
  std::optional<Call> call;

 private:
  Update sent(Update::Kind kind) {
    Update update;
    update.id = ++inputs_;
    update.kind = kind;
    update.chat = update.user = 5;
    update.username = "ada_l";
    return update;
  }
  std::optional<std::string> data_of(const std::string& label) const {
    for (const auto& row : menu_) {
      for (const Button& button : row) {
        if (button.label == label) return button.data;
      }
    }
    return std::nullopt;
  }
  void remember_menu(const Action& action) {
    const Keyboard* keyboard = nullptr;
    if (const auto* say = std::get_if<Say>(&action)) keyboard = &say->keyboard;
    if (const auto* file = std::get_if<SendFile>(&action)) keyboard = &file->keyboard;
    if (const auto* picture = std::get_if<SendPicture>(&action)) keyboard = &picture->keyboard;
    if (!keyboard || keyboard->empty()) return;
    menu_ = *keyboard;
    menu_mark_ = context.mark;
  }

  Keyboard menu_;
  std::string menu_mark_;
  int inputs_ = 0;
};

}  // namespace waybill::bot::domain::test
