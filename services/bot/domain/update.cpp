#include "services/bot/domain/update.hpp"

#include <algorithm>

#include "services/bot/domain/members.hpp"

namespace waybill::bot::domain {
namespace {

namespace json = boost::json;

std::string trimmed(std::string text) {
  constexpr const char* kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// The largest size that Telegram made of a photo comes last; its name is nobody's.
std::optional<IncomingFile> photo_of(const json::value& message) {
  const json::value* found = member(message, "photo");
  const json::array* sizes = found ? found->if_array() : nullptr;
  if (!sizes || sizes->empty()) return std::nullopt;
  const json::value& largest = sizes->back();
  return IncomingFile{text_at(largest, "file_id"), "photo.jpg", integer_at(largest, "file_size"),
                      true};
}

std::optional<IncomingFile> file_of(const json::value& message) {
  if (auto photo = photo_of(message)) return photo;
  struct Kind {
    const char* member;
    const char* name;
  };
  constexpr Kind kKinds[]{{"document", "document"},
                          {"audio", "audio.mp3"},
                          {"video", "video.mp4"},
                          {"voice", "voice.ogg"},
                          {"animation", "animation.mp4"}};
  for (const Kind& kind : kKinds) {
    const json::value* found = member(message, kind.member);
    if (!found || !found->is_object()) continue;
    const std::string name = text_at(*found, "file_name");
    return IncomingFile{text_at(*found, "file_id"), name.empty() ? kind.name : name,
                        integer_at(*found, "file_size"), false};
  }
  return std::nullopt;
}

void read_sender(const json::value& from, Update& update) {
  update.user = integer_at(from, "id");
  update.language_code = text_at(from, "language_code");
  std::string username = text_at(from, "username");
  if (!username.empty()) update.username = std::move(username);
}

void read_chat(const json::value& message, Update& update) {
  const json::value* chat = member(message, "chat");
  if (!chat) return;
  update.chat = integer_at(*chat, "id");
  update.is_private = text_at(*chat, "type") == "private";
}

void read_message(const json::value& message, Update& update) {
  read_chat(message, update);
  if (const json::value* from = member(message, "from")) read_sender(*from, update);
  update.text = trimmed(text_at(message, "text"));
  update.file = file_of(message);
  if (update.file) {
    update.kind = Update::Kind::file;
  } else if (!update.text.empty()) {
    update.kind = Update::Kind::text;
  }
}

void read_press(const json::value& press, Update& update) {
  update.kind = Update::Kind::press;
  update.press_id = text_at(press, "id");
  update.press_data = text_at(press, "data");
  if (const json::value* from = member(press, "from")) read_sender(*from, update);
  if (const json::value* message = member(press, "message")) {
    read_chat(*message, update);
    update.press_message = integer_at(*message, "message_id");
  }
}

}  // namespace

std::optional<Update> read_update(const json::value& json) {
  const auto id = update_id(json);
  if (!id) return std::nullopt;
  Update update;
  update.id = *id;
  if (const json::value* message = member(json, "message")) {
    read_message(*message, update);
  } else if (const json::value* press = member(json, "callback_query")) {
    read_press(*press, update);
  } else {
    return std::nullopt;
  }
  if (update.chat == 0 || update.user == 0) return std::nullopt;
  return update;
}

std::optional<std::int64_t> update_id(const json::value& json) {
  const json::value* id = member(json, "update_id");
  const std::int64_t* number = id ? id->if_int64() : nullptr;
  return number ? std::optional{*number} : std::nullopt;
}

std::int64_t chat_of(const json::value& json) {
  const auto update = read_update(json);
  return update ? update->chat : 0;
}

std::string command_of(std::string_view text) {
  if (!text.starts_with('/')) return {};
  text.remove_prefix(1);
  std::string command{text.substr(0, text.find_first_of(" @\n\t"))};
  std::transform(command.begin(), command.end(), command.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return command;
}

std::string argument_of(std::string_view text) {
  const auto blank = text.find_first_of(" \n\t");
  if (!text.starts_with('/') || blank == std::string_view::npos) return {};
  return trimmed(std::string{text.substr(blank)});
}

}  // namespace waybill::bot::domain
