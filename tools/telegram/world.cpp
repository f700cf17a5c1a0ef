#include "tools/telegram/world.hpp"

#include <algorithm>

#include "tools/telegram/members.hpp"

namespace waybill::local_telegram {
namespace {

namespace json = boost::json;

constexpr std::size_t most_text = 4096;
constexpr std::size_t most_caption = 1024;
constexpr std::size_t most_data = 64;
constexpr std::size_t most_buttons = 100;
constexpr std::size_t most_toast = 200;
constexpr std::size_t most_fetched = 20'000'000;

World::Result refuse(int code, std::string description) {
  return {nullptr, Refusal{code, std::move(description), std::nullopt}};
}

json::object person_json(const Person& person) {
  json::object from{{"id", person.id},
                    {"is_bot", false},
                    {"first_name", person.username.empty() ? "Somebody" : person.username},
                    {"language_code", person.language}};
  if (!person.username.empty()) from["username"] = person.username;
  return from;
}

json::object chat_json(std::int64_t chat) {
  return {{"id", chat}, {"type", chat < 0 ? "group" : "private"}};
}

// A form has the keyboard as text.
json::value markup_of(const json::object& parameters) {
  const json::value* markup = parameters.if_contains("reply_markup");
  if (!markup) return nullptr;
  json::value parsed = *markup;
  if (const json::string* text = markup->if_string()) {
    boost::system::error_code error;
    parsed = json::parse(*text, error);
  }
  const auto* object = parsed.if_object();
  const json::value* rows = object ? object->if_contains("inline_keyboard") : nullptr;
  return rows ? *rows : json::value{};
}

std::optional<Refusal> check_keyboard(const json::value& rows) {
  if (!rows.is_array()) return std::nullopt;
  std::size_t buttons = 0;
  for (const json::value& row : rows.get_array()) {
    for (const json::value& button : row.as_array()) {
      ++buttons;
      const json::object& object = button.as_object();
      if (text_at(object, "text").empty()) {
        return Refusal{400, "Bad Request: text buttons are unallowed in the inline keyboard", {}};
      }
      const std::string data = text_at(object, "callback_data");
      if (data.empty() || data.size() > most_data) {
        return Refusal{400, "Bad Request: BUTTON_DATA_INVALID", {}};
      }
    }
  }
  if (buttons > most_buttons) return Refusal{400, "Bad Request: reply markup is too long", {}};
  return std::nullopt;
}

std::optional<Refusal> check_text(const json::object& parameters, const std::string& text,
                                  std::size_t most, const char* what) {
  const bool is_html = text_at(parameters, "parse_mode") == "HTML";
  const auto length = is_html ? parsed_length(text) : std::optional{text.size()};
  if (!length) return Refusal{400, "Bad Request: can't parse entities", {}};
  if (*length > most) {
    return Refusal{400, std::string{"Bad Request: "} + what + " is too long", {}};
  }
  return std::nullopt;
}

bool has_button(const json::value& rows, const std::string& data) {
  if (!rows.is_array()) return false;
  for (const json::value& row : rows.get_array()) {
    for (const json::value& button : row.as_array()) {
      if (text_at(button.as_object(), "callback_data") == data) return true;
    }
  }
  return false;
}

json::array sizes_of(const StoredFile& file) {
  const auto size = static_cast<std::int64_t>(file.bytes.size());
  json::array sizes;
  for (const std::int64_t part : {4, 1}) {
    sizes.push_back(json::object{{"file_id", part == 1 ? file.id : file.id + "-small"},
                                 {"file_unique_id", file.id},
                                 {"width", 1280 / part},
                                 {"height", 720 / part},
                                 {"file_size", size / part}});
  }
  return sizes;
}

}  // namespace

std::optional<std::size_t> parsed_length(const std::string& html) {
  static const std::set<std::string> kTags{"b", "strong", "i",   "em",  "u",  "s",
                                           "a", "code",   "pre", "del", "ins"};
  std::vector<std::string> open;
  std::size_t length = 0;
  for (std::size_t at = 0; at < html.size(); ++at) {
    const char c = html[at];
    if (c == '&') {
      const auto end = html.find(';', at);
      if (end == std::string::npos) return std::nullopt;
      const std::string entity = html.substr(at + 1, end - at - 1);
      if (entity != "lt" && entity != "gt" && entity != "amp" && entity != "quot") {
        return std::nullopt;
      }
      at = end;
      ++length;
    } else if (c == '<') {
      const auto end = html.find('>', at);
      if (end == std::string::npos) return std::nullopt;
      std::string tag = html.substr(at + 1, end - at - 1);
      const bool closes = tag.starts_with('/');
      if (closes) tag.erase(0, 1);
      tag = tag.substr(0, tag.find(' '));
      if (!kTags.contains(tag)) return std::nullopt;
      if (!closes) {
        open.push_back(tag);
      } else if (open.empty() || open.back() != tag) {
        return std::nullopt;
      } else {
        open.pop_back();
      }
      at = end;
    } else if (c == '>') {
      return std::nullopt;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      if ((byte & 0xc0) != 0x80) length += byte >= 0xf0 ? 2 : 1;
    }
  }
  return open.empty() ? std::optional{length} : std::nullopt;
}

StoredMessage& World::append(std::int64_t id, StoredMessage message) {
  message.id = next_message_++;
  auto& all = chat(id).messages;
  all.push_back(std::move(message));
  return all.back();
}

std::int64_t World::tell(const char* member, json::object what) {
  const std::int64_t id = next_update_++;
  const json::object update{{"update_id", id}, {member, std::move(what)}};
  updates_.push_back(update);
  if (duplicates_ > 0) {
    --duplicates_;
    updates_.push_back(update);
  }
  return id;
}

json::object World::message_json(std::int64_t id, const StoredMessage& message) const {
  json::object made{
      {"message_id", message.id}, {"date", 1'700'000'000 + message.id}, {"chat", chat_json(id)}};
  if (message.file_id.empty()) {
    made["text"] = message.text;
    return made;
  }
  const StoredFile& file = files_.at(message.file_id);
  if (file.kind == "photo") {
    made["photo"] = sizes_of(file);
  } else {
    made["document"] = json::object{{"file_id", file.id},
                                    {"file_unique_id", file.id},
                                    {"file_name", file.name},
                                    {"file_size", file.bytes.size()}};
  }
  if (!message.text.empty()) made["caption"] = message.text;
  return made;
}

std::int64_t World::write(std::int64_t id, const std::string& text, const Person& person) {
  StoredMessage& message = append(id, {0, false, text, {}, nullptr, 0});
  json::object made = message_json(id, message);
  made["from"] = person_json(person);
  return tell("message", std::move(made));
}

std::int64_t World::send_file(std::int64_t id, const std::string& kind, const std::string& name,
                              std::string bytes, const Person& person) {
  const std::string number = std::to_string(next_file_++);
  const std::string file = "file-" + number;
  files_[file] = {file, name, kind + "s/file_" + number, kind, std::move(bytes)};
  StoredMessage& message = append(id, {0, false, {}, file, nullptr, 0});
  json::object made = message_json(id, message);
  made["from"] = person_json(person);
  return tell("message", std::move(made));
}

std::optional<std::int64_t> World::press(std::int64_t id, std::int64_t message,
                                         const std::string& data, const Person& person) {
  for (const StoredMessage& shown : chat(id).messages) {
    if (shown.id != message || !has_button(shown.keyboard, data)) continue;
    const std::string query = "press-" + std::to_string(next_update_);
    open_presses_[query] = id;
    return tell("callback_query", {{"id", query},
                                   {"from", person_json(person)},
                                   {"message", message_json(id, shown)},
                                   {"data", data}});
  }
  return std::nullopt;
}

void World::block(std::int64_t id, bool blocked) {
  chat(id).blocked = blocked;
}

std::optional<Refusal> World::check_target(const json::object& parameters, std::int64_t& id) {
  id = integer_at(parameters, "chat_id");
  const auto found = chats_.find(id);
  if (found == chats_.end()) return Refusal{400, "Bad Request: chat not found", {}};
  if (found->second.blocked) {
    return Refusal{403, "Forbidden: bot was blocked by the user", {}};
  }
  return std::nullopt;
}

World::Result World::send_text(const json::object& parameters) {
  std::int64_t id = 0;
  if (const auto refusal = check_target(parameters, id)) return {nullptr, refusal};
  const std::string text = text_at(parameters, "text");
  if (text.empty()) return refuse(400, "Bad Request: message text is empty");
  json::value keyboard = markup_of(parameters);
  if (auto refusal = check_text(parameters, text, most_text, "message")) return {nullptr, refusal};
  if (auto refusal = check_keyboard(keyboard)) return {nullptr, refusal};
  return {message_json(id, append(id, {0, true, text, {}, std::move(keyboard), 0})), {}};
}

World::Result World::send_media(const std::string& kind, const json::object& parameters,
                                const std::string& file_name, std::string bytes) {
  std::int64_t id = 0;
  if (const auto refusal = check_target(parameters, id)) return {nullptr, refusal};
  const std::string caption = text_at(parameters, "caption");
  json::value keyboard = markup_of(parameters);
  if (auto refusal = check_text(parameters, caption, most_caption, "message caption")) {
    return {nullptr, refusal};
  }
  if (auto refusal = check_keyboard(keyboard)) return {nullptr, refusal};
  const std::size_t most = kind == "photo" ? 10'000'000 : 50'000'000;
  if (bytes.size() > most) return refuse(413, "Request Entity Too Large");
  const std::string number = std::to_string(next_file_++);
  const std::string file = "sent-" + number;
  files_[file] = {file, file_name, kind + "s/sent_" + number, kind, std::move(bytes)};
  return {message_json(id, append(id, {0, true, caption, file, std::move(keyboard), 0})), {}};
}

World::Result World::edit_text(const json::object& parameters) {
  std::int64_t id = 0;
  if (const auto refusal = check_target(parameters, id)) return {nullptr, refusal};
  const std::int64_t wanted = integer_at(parameters, "message_id");
  auto& all = chat(id).messages;
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const StoredMessage& one) { return one.id == wanted; });
  if (found == all.end()) return refuse(400, "Bad Request: message to edit not found");
  if (!found->by_bot) return refuse(400, "Bad Request: message can't be edited");
  if (!found->file_id.empty()) {
    return refuse(400, "Bad Request: there is no text in the message to edit");
  }
  const std::string text = text_at(parameters, "text");
  json::value keyboard = markup_of(parameters);
  if (auto refusal = check_text(parameters, text, most_text, "message")) return {nullptr, refusal};
  if (auto refusal = check_keyboard(keyboard)) return {nullptr, refusal};
  if (found->text == text && found->keyboard == keyboard) {
    return refuse(400, "Bad Request: message is not modified");
  }
  found->text = text;
  found->keyboard = std::move(keyboard);
  ++found->edits;
  return {message_json(id, *found), {}};
}

World::Result World::answer_press(const json::object& parameters) {
  const auto open = open_presses_.find(text_at(parameters, "callback_query_id"));
  if (open == open_presses_.end()) {
    return refuse(400,
                  "Bad Request: query is too old and response timeout expired or query ID is "
                  "invalid");
  }
  const std::string text = text_at(parameters, "text");
  if (text.size() > most_toast * 4) return refuse(400, "Bad Request: MESSAGE_TOO_LONG");
  chat(open->second).last_toast = text;
  open_presses_.erase(open);
  return {true, {}};
}

World::Result World::get_file(const json::object& parameters) {
  const StoredFile* file = find_file(text_at(parameters, "file_id"));
  if (!file) return refuse(400, "Bad Request: invalid file_id");
  if (file->bytes.size() > most_fetched) return refuse(400, "Bad Request: file is too big");
  return {json::object{{"file_id", file->id},
                       {"file_unique_id", file->id},
                       {"file_size", file->bytes.size()},
                       {"file_path", file->path}},
          {}};
}

const StoredFile* World::find_file_by_path(const std::string& path) const {
  for (const auto& [id, file] : files_) {
    if (file.path == path) return &file;
  }
  return nullptr;
}

const StoredFile* World::find_file(const std::string& id) const {
  const auto found = files_.find(id);
  return found == files_.end() ? nullptr : &found->second;
}

json::array World::updates(std::int64_t offset, std::size_t most) {
  while (!updates_.empty() && integer_at(updates_.front().as_object(), "update_id") < offset) {
    updates_.pop_front();
  }
  json::array waiting;
  for (const json::value& update : updates_) {
    if (waiting.size() == most) break;
    waiting.push_back(update);
  }
  return waiting;
}

const json::value* World::first_update() const {
  return updates_.empty() ? nullptr : &updates_.front();
}

void World::drop_first() {
  if (!updates_.empty()) updates_.pop_front();
}

json::array World::messages(std::int64_t id) const {
  json::array all;
  const auto found = chats_.find(id);
  if (found == chats_.end()) return all;
  for (const StoredMessage& message : found->second.messages) {
    json::object made{
        {"id", message.id},           {"by_bot", message.by_bot},     {"text", message.text},
        {"file_id", message.file_id}, {"keyboard", message.keyboard}, {"edits", message.edits}};
    if (const StoredFile* file = find_file(message.file_id)) {
      made["file_name"] = file->name;
      made["file_kind"] = file->kind;
      made["file_size"] = file->bytes.size();
    }
    all.push_back(std::move(made));
  }
  return all;
}

json::array World::chats() const {
  json::array all;
  for (const auto& [id, chat] : chats_) all.push_back(id);
  return all;
}

std::optional<std::string> World::toast_of(std::int64_t id) const {
  const auto found = chats_.find(id);
  return found == chats_.end() ? std::nullopt : std::optional{found->second.last_toast};
}

}  // namespace waybill::local_telegram
