#include "services/bot/engine/outgoing.hpp"

#include "libs/core/strict_json.hpp"
#include "services/bot/domain/members.hpp"

namespace waybill::bot {
namespace {

namespace json = boost::json;
using domain::text_at;

json::object markup_of(const domain::Keyboard& keyboard, const std::string& mark) {
  json::array rows;
  for (const auto& row : keyboard) {
    json::array buttons;
    for (const domain::Button& button : row) {
      buttons.push_back(
          json::object{{"text", button.label}, {"callback_data", mark + '.' + button.data}});
    }
    rows.push_back(std::move(buttons));
  }
  return {{"inline_keyboard", std::move(rows)}};
}

Outgoing to_chat(std::int64_t chat, const char* method) {
  Outgoing outgoing;
  outgoing.chat = chat;
  outgoing.method = method;
  outgoing.parameters["chat_id"] = chat;
  return outgoing;
}

void put_text(Outgoing& outgoing, const char* member, const std::string& html) {
  outgoing.parameters[member] = html;
  outgoing.parameters["parse_mode"] = "HTML";
}

// One function per kind of action.
struct Maker {
  std::int64_t chat;
  const std::string& press;
  const std::string& mark;

  std::optional<Outgoing> operator()(const domain::Say& say) const {
    Outgoing made = to_chat(chat, say.in_place_of != 0 ? "editMessageText" : "sendMessage");
    put_text(made, "text", say.html);
    if (say.in_place_of != 0) made.parameters["message_id"] = say.in_place_of;
    if (!say.keyboard.empty()) made.parameters["reply_markup"] = markup_of(say.keyboard, mark);
    return made;
  }
  std::optional<Outgoing> operator()(const domain::Toast& toast) const {
    if (press.empty()) return std::nullopt;
    Outgoing made;
    made.chat = chat;
    made.method = "answerCallbackQuery";
    made.parameters["callback_query_id"] = press;
    if (!toast.text.empty()) made.parameters["text"] = toast.text;
    return made;
  }
  std::optional<Outgoing> operator()(const domain::SendFile& file) const {
    Outgoing made = to_chat(chat, "sendDocument");
    put_text(made, "caption", file.html);
    if (!file.keyboard.empty()) made.parameters["reply_markup"] = markup_of(file.keyboard, mark);
    made.file_service = "file";
    made.file_path = file.inner_path;
    made.file_field = "document";
    made.file_name = file.file_name;
    return made;
  }
  std::optional<Outgoing> operator()(const domain::SendPicture& picture) const {
    Outgoing made = to_chat(chat, "sendPhoto");
    put_text(made, "caption", picture.html);
    if (!picture.keyboard.empty()) {
      made.parameters["reply_markup"] = markup_of(picture.keyboard, mark);
    }
    made.svg = picture.svg;
    made.file_service = picture.svg.empty() ? "advert" : "";
    made.file_path = picture.image_path;
    made.file_field = "photo";
    made.file_name = "picture.png";
    return made;
  }
  std::optional<Outgoing> operator()(const domain::Tell& tell) const {
    Outgoing made = to_chat(tell.chat, "sendMessage");
    put_text(made, "text", tell.html);
    made.is_notice = true;
    return made;
  }
};

}  // namespace

std::string to_text(const Outgoing& outgoing) {
  return json::serialize(json::object{{"id", outgoing.id},
                                      {"chat", outgoing.chat},
                                      {"method", outgoing.method},
                                      {"parameters", outgoing.parameters},
                                      {"is_notice", outgoing.is_notice},
                                      {"file_service", outgoing.file_service},
                                      {"file_path", outgoing.file_path},
                                      {"file_field", outgoing.file_field},
                                      {"file_name", outgoing.file_name},
                                      {"svg", outgoing.svg}});
}

std::optional<Outgoing> read_outgoing(std::string_view text) {
  const auto value = parse_json(text);
  if (!value || text_at(*value, "method").empty()) return std::nullopt;
  Outgoing outgoing;
  outgoing.id = text_at(*value, "id");
  outgoing.chat = domain::integer_at(*value, "chat");
  outgoing.method = text_at(*value, "method");
  outgoing.parameters = domain::object_at(*value, "parameters");
  const json::value* notice = domain::member(*value, "is_notice");
  outgoing.is_notice = notice && notice->is_bool() && notice->get_bool();
  outgoing.file_service = text_at(*value, "file_service");
  outgoing.file_path = text_at(*value, "file_path");
  outgoing.file_field = text_at(*value, "file_field");
  outgoing.file_name = text_at(*value, "file_name");
  outgoing.svg = text_at(*value, "svg");
  return outgoing;
}

bool is_urgent(const Outgoing& outgoing) {
  return outgoing.method == "answerCallbackQuery";
}

std::optional<Outgoing> outgoing_of(const domain::Action& action, std::int64_t chat,
                                    const std::string& press, const std::string& mark) {
  return std::visit(Maker{chat, press, mark}, action);
}

}  // namespace waybill::bot
