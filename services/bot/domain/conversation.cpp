#include "services/bot/domain/conversation.hpp"

#include <algorithm>

namespace waybill::bot::domain {
namespace {

namespace json = boost::json;

std::string fitted(std::string html, std::size_t most) {
  // What is foreign in a text was cut where it was put in; this is the net below.
  return utf16_length(html) <= most ? html : cut(html, most);
}

Text text_for(const std::string& code) {
  if (code == "not-found") return Text::why_not_found;
  if (code == "limit-reached") return Text::why_limit;
  if (code == "too-large") return Text::why_too_large;
  if (code == "rate-limited") return Text::why_rate;
  return Text::count_;
}

}  // namespace

Pressed read_press(std::string_view data) {
  const auto colon = data.find(':');
  if (colon == std::string_view::npos) return {std::string{data}, {}};
  return {std::string{data.substr(0, colon)}, std::string{data.substr(colon + 1)}};
}

json::object& Conversation::part(std::string_view name) {
  json::value& value = state_.data[name];
  if (!value.is_object()) value = json::object{};
  return value.get_object();
}

void Conversation::go(std::string at) {
  state_.at = std::move(at);
  state_.waiting.clear();
  state_.waiting_id.clear();
}

Button Conversation::button(Text label, std::string data) const {
  return {std::string{text_of(label, language())}, std::move(data)};
}

void Conversation::say(std::string html) {
  actions_.push_back(Say{fitted(std::move(html), most_text), {}, 0});
}

void Conversation::menu(std::string html, Keyboard keyboard) {
  state_.mark = context_.mark;
  actions_.push_back(
      Say{fitted(std::move(html), most_text), std::move(keyboard), std::exchange(state_.menu, 0)});
}

void Conversation::picture(SendPicture picture) {
  picture.html = fitted(std::move(picture.html), most_caption);
  if (!picture.keyboard.empty()) state_.mark = context_.mark;
  state_.menu = 0;
  actions_.push_back(std::move(picture));
}

void Conversation::file(SendFile file) {
  file.html = fitted(std::move(file.html), most_caption);
  if (!file.keyboard.empty()) state_.mark = context_.mark;
  state_.menu = 0;
  actions_.push_back(std::move(file));
}

void Conversation::toast(std::string text) {
  if (std::exchange(toasted_, true)) return;
  actions_.insert(actions_.begin(), Toast{cut(text, most_press_answer)});
}

std::string Conversation::reason(const Answer& answer) const {
  if (answer.status >= 500 || answer.status == 0) {
    return words(Text::why_unavailable, escape_html(context_.correlation_id));
  }
  const Text known = text_for(text_at(answer.body, "code"));
  if (known != Text::count_) return words(known);
  std::string detail = text_at(answer.body, "detail");
  for (const json::value& error : array_of(member(answer.body, "errors"))) {
    detail += " " + text_at(error, "message") + ".";
  }
  return escape_html(cut(detail, 500));
}

Step Conversation::finish() && {
  return {std::move(state_), std::move(actions_), std::move(call_)};
}

void Pages::add(std::string_view label, std::string data) {
  rows_.push_back({Button{shorten_label(label), std::move(data)}});
}

Keyboard Pages::finish(bool has_next) && {
  std::vector<Button> turn;
  if (page_ > 0) {
    turn.push_back(talk_.button(Text::b_previous, action_ + ':' + std::to_string(page_ - 1)));
  }
  if (has_next) {
    turn.push_back(talk_.button(Text::b_next, action_ + ':' + std::to_string(page_ + 1)));
  }
  if (!turn.empty()) rows_.push_back(std::move(turn));
  return std::move(rows_);
}

bool is_name(std::string_view text, std::size_t most) {
  if (text.empty()) return false;
  std::size_t count = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) return false;
    if ((byte & 0xc0) != 0x80) ++count;
  }
  return count <= most;
}

}  // namespace waybill::bot::domain
