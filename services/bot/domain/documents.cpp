// Adding documents and looking at them. Data: `add` {type_id | type, name, file, upload_id, from},
// `browse` {type_id, type, page, document_id, name}, `cursors` and `names` of the list that is
// shown.
#include "services/bot/domain/conversation.hpp"

namespace waybill::bot::domain::documents {
namespace {

namespace json = boost::json;

constexpr std::int64_t types_to_add = 8;  // a page
constexpr std::int64_t rows = 10;         // of types, of documents
constexpr std::size_t longest_type = 64;  // characters
constexpr std::size_t longest_name = 128;
constexpr std::int64_t most_fetched = 20'000'000;  // bytes that Telegram gives bots
constexpr std::int64_t most_sent = 50'000'000;     // … and takes from them

// ---- lists: the cursor of a page is in the answer of the one before ----

std::string cursor_of(Conversation& talk, std::int64_t page) {
  const json::array& cursors = array_of(member(talk.data(), "cursors"));
  if (page <= 0 || page > std::ssize(cursors)) return {};
  return std::string{cursors[static_cast<std::size_t>(page - 1)].as_string()};
}

std::int64_t number_of(const std::string& argument) {
  return argument.empty() || argument.size() > 6 ? 0 : std::atoll(argument.c_str());
}

void ask_for_page(Conversation& talk, const char* name, const char* type, json::object body,
                  std::int64_t page) {
  const std::string cursor = cursor_of(talk, page);
  if (page > 0 && cursor.empty()) page = 0;  // the state has forgotten
  if (!cursor.empty()) body["cursor"] = cursor;
  if (page == 0) talk.forget("cursors");
  talk.data()["page"] = page;
  talk.ask({name, "file", type, std::move(body)});
}

// Takes what the buttons of the next menu need, and says whether there is a next page.
bool take_page(Conversation& talk, const Answer& answer, std::int64_t page) {
  json::value& cursors = talk.data()["cursors"];
  if (!cursors.is_array()) cursors = json::array{};
  json::array& known = cursors.get_array();
  const std::string next = text_at(answer.body, "next");
  known.resize(std::min<std::size_t>(known.size(), static_cast<std::size_t>(page)));
  if (!next.empty()) known.emplace_back(next);
  json::object& names = talk.part("names");
  names.clear();
  for (const json::value& item : array_of(member(answer.body, "items"))) {
    names[text_at(item, "id")] = text_at(item, "name");
  }
  return !next.empty();
}

std::int64_t shown_page(Conversation& talk) {
  return integer_at(talk.data(), "page");
}

void failed(Conversation& talk, const Answer& answer) {
  talk.go("idle");
  open_main(talk, talk.words(Text::add_failed, talk.reason(answer)));
}

// ---- add ----

void ask_types_to_add(Conversation& talk, std::int64_t page) {
  talk.go("add.type");
  ask_for_page(talk, "add.types", "waybill.file.v1.QueryDocumentTypes",
               {{"limit", types_to_add}, {"sort", "-documents"}}, page);
}

void show_types_to_add(Conversation& talk, const Answer& answer) {
  if (!succeeded(answer)) {
    failed(talk, answer);
    return;
  }
  const std::int64_t page = shown_page(talk);
  const bool has_next = take_page(talk, answer, page);
  Pages pages{talk, "atp", page};
  const json::array& items = array_of(member(answer.body, "items"));
  for (const json::value& item : items) {
    pages.add(text_at(item, "name"), "at:" + text_at(item, "id"));
  }
  Keyboard keyboard = std::move(pages).finish(has_next);
  keyboard.push_back({talk.cancel_button()});
  const bool first = items.empty() && page == 0;
  talk.menu(talk.words(first ? Text::add_type_first : Text::add_type), std::move(keyboard));
}

// The file's name as the document's, where it can be one.
std::string offered_name(Conversation& talk) {
  const std::string name = text_at(object_at(talk.part("add"), "file"), "name");
  return is_name(name, longest_name) ? name : std::string{};
}

void ask_name(Conversation& talk) {
  talk.go("add.name");
  const std::string offered = offered_name(talk);
  Keyboard keyboard;
  if (!offered.empty()) {
    keyboard.push_back({Button{talk.words(Text::b_keep_name, shorten_label(offered)), "keep"}});
  }
  keyboard.push_back({talk.cancel_button()});
  talk.menu(talk.words(offered.empty() ? Text::add_name : Text::add_name_offered),
            std::move(keyboard));
}

void ask_file(Conversation& talk, Text text = Text::add_file) {
  talk.go("add.file");
  talk.menu(talk.words(text), {{talk.cancel_button()}});
}

void fetch_file(Conversation& talk) {
  talk.go("add.saving");
  const json::object& file = object_at(talk.part("add"), "file");
  talk.say(talk.words(Text::add_saving));
  talk.transfer({"upload", "file", "/uploads", text_at(file, "file_id"), text_at(file, "name")});
}

void store_document(Conversation& talk, bool replace) {
  talk.go("add.saving");
  const json::object& add = talk.part("add");
  json::object body{{"name", text_at(add, "name")},
                    {"upload_id", text_at(add, "upload_id")},
                    {"file_name", text_at(object_at(add, "file"), "name")},
                    {"replace", replace}};
  const char* type = add.contains("type_id") ? "type_id" : "type";
  body[type] = text_at(add, type);
  talk.ask({"add", "file", "waybill.file.v1.AddDocument", std::move(body)});
}

void take_type(Conversation& talk, std::string_view member_name, const std::string& value) {
  json::object& add = talk.part("add");
  add.erase("type_id");
  add.erase("type");
  add[member_name] = value;
  ask_name(talk);
}

void take_name(Conversation& talk, const std::string& name) {
  json::object& add = talk.part("add");
  add["name"] = name;
  if (add.contains("upload_id")) {
    store_document(talk, false);
  } else if (add.contains("file")) {
    fetch_file(talk);
  } else {
    ask_file(talk);
  }
}

// False: it is too large, and that was said.
bool keep_file(Conversation& talk, const IncomingFile& file) {
  if (file.size > most_fetched) {
    talk.say(talk.words(Text::add_too_large, say_size(talk.language(), file.size)));
    return false;
  }
  talk.part("add")["file"] =
      json::object{{"file_id", file.file_id}, {"name", cut(file.name, 255)}, {"size", file.size}};
  return true;
}

void offer_again(Conversation& talk, const Answer& answer) {
  talk.part("add").erase("upload_id");
  talk.go("add.failed");
  talk.menu(talk.words(Text::add_failed, talk.reason(answer)),
            {{talk.button(Text::b_try_again, "again"), talk.cancel_button()}});
}

void uploaded(Conversation& talk, const Answer& answer) {
  const std::string upload = text_at(answer.body, "upload_id");
  if (!succeeded(answer) || upload.empty()) {
    offer_again(talk, answer);
    return;
  }
  talk.part("add")["upload_id"] = upload;
  store_document(talk, false);
}

void added(Conversation& talk, const Answer& answer) {
  if (succeeded(answer)) {
    talk.forget("add");
    open_main(talk, talk.words(Text::add_saved, escape_html(text_at(answer.body, "type")),
                               escape_html(text_at(answer.body, "name"))));
    return;
  }
  if (text_at(answer.body, "code") != "already-exists") {
    offer_again(talk, answer);
    return;
  }
  talk.go("add.taken");
  const std::string name = text_at(talk.part("add"), "name");
  talk.menu(talk.words(Text::add_taken, escape_html(name)),
            {{talk.button(Text::b_new_version, "newv"), talk.button(Text::b_other_name, "other")},
             {talk.cancel_button()}});
}

bool press_add(Conversation& talk, const Pressed& pressed) {
  const std::string& at = talk.state().at;
  if (pressed.action == "add") {
    open_add(talk);
  } else if (pressed.action == "atp" && at == "add.type") {
    ask_types_to_add(talk, number_of(pressed.argument));
  } else if (pressed.action == "at" && at == "add.type") {
    take_type(talk, "type_id", pressed.argument);
  } else if (pressed.action == "keep" && at == "add.name") {
    take_name(talk, offered_name(talk));
  } else if (pressed.action == "newv" && at == "add.taken") {
    store_document(talk, true);
  } else if (pressed.action == "other" && at == "add.taken") {
    ask_name(talk);
  } else if (pressed.action == "again" && at == "add.failed") {
    fetch_file(talk);
  } else {
    return false;
  }
  return true;
}

bool message_to_add(Conversation& talk, const Update& update) {
  const std::string at = talk.state().at;
  if (!at.starts_with("add.")) return false;
  const bool is_text = update.kind == Update::Kind::text && command_of(update.text).empty();
  if (at == "add.type") {
    if (is_text && is_name(update.text, longest_type)) {
      take_type(talk, "type", update.text);
    } else {
      talk.say(talk.words(Text::add_want_type));
      ask_types_to_add(talk, shown_page(talk));
    }
  } else if (at == "add.name") {
    if (is_text && is_name(update.text, longest_name)) {
      take_name(talk, update.text);
    } else {
      talk.say(talk.words(Text::add_want_name));
      ask_name(talk);
    }
  } else if (at == "add.file") {
    if (!update.file) {
      ask_file(talk, Text::add_want_file);
    } else if (keep_file(talk, *update.file)) {
      fetch_file(talk);
    } else {
      ask_file(talk);
    }
  } else {
    talk.say(talk.words(at == "add.saving" ? Text::at_add_saving : Text::need_buttons));
  }
  return true;
}

// ---- browse ----

void show_types(Conversation& talk, const Answer& answer) {
  if (!succeeded(answer)) {
    failed(talk, answer);
    return;
  }
  const std::int64_t page = shown_page(talk);
  const bool has_next = take_page(talk, answer, page);
  Pages pages{talk, "btp", page};
  const json::array& items = array_of(member(answer.body, "items"));
  for (const json::value& item : items) {
    pages.add(fmt::format("{} ({})", text_at(item, "name"), integer_at(item, "documents")),
              "bt:" + text_at(item, "id"));
  }
  Keyboard keyboard = std::move(pages).finish(has_next);
  keyboard.push_back({talk.button(Text::b_add, "add"), talk.button(Text::b_main, "main")});
  const bool none = items.empty() && page == 0;
  talk.menu(talk.words(none ? Text::types_none : Text::types_title), std::move(keyboard));
}

void open_documents(Conversation& talk, std::int64_t page) {
  talk.go("browse.documents");
  const std::string type = text_at(talk.part("browse"), "type_id");
  ask_for_page(talk, "browse.documents", "waybill.file.v1.QueryDocuments",
               {{"type_id", type}, {"limit", rows}}, page);
}

void show_documents(Conversation& talk, const Answer& answer) {
  if (!succeeded(answer)) {
    failed(talk, answer);
    return;
  }
  const std::int64_t page = shown_page(talk);
  const bool has_next = take_page(talk, answer, page);
  Pages pages{talk, "bdp", page};
  const json::array& items = array_of(member(answer.body, "items"));
  for (const json::value& item : items) {
    pages.add(text_at(item, "name"), "bd:" + text_at(item, "id"));
  }
  Keyboard keyboard = std::move(pages).finish(has_next);
  keyboard.push_back({talk.button(Text::b_back, "docs")});
  const std::string type = escape_html(text_at(talk.part("browse"), "type"));
  const bool none = items.empty() && page == 0;
  talk.menu(none ? talk.words(Text::documents_none) : talk.words(Text::documents_title, type),
            std::move(keyboard));
}

void open_document(Conversation& talk, const std::string& id) {
  talk.go("browse.document");
  talk.part("browse")["document_id"] = id;
  talk.ask({"browse.document", "file", "waybill.file.v1.GetDocument", {{"document_id", id}}});
}

void show_document(Conversation& talk, const Answer& answer) {
  if (!succeeded(answer)) {
    talk.say(talk.words(Text::add_failed, talk.reason(answer)));
    open_documents(talk, 0);
    return;
  }
  const json::object& document = object_at(answer.body, "document");
  const std::string name = text_at(document, "name");
  const std::int64_t size = integer_at(document, "size");
  const std::string title = escape_html(cut(name, 200));
  const std::string type = escape_html(cut(text_at(document, "type"), 100));
  const std::string day = text_at(document, "created_at").substr(0, 10);
  talk.part("browse")["name"] = name;
  Keyboard keyboard{{talk.button(Text::b_delete, "del"), talk.button(Text::b_back, "bdp:0")}};
  if (size > most_sent) {
    talk.menu(talk.words(Text::document_link, title, type, say_size(talk.language(), size), day,
                         escape_html(text_at(answer.body, "url"))),
              std::move(keyboard));
    return;
  }
  talk.file({text_at(answer.body, "inner_path"), text_at(document, "file_name"),
             talk.words(Text::document_caption, title, type, say_size(talk.language(), size), day),
             std::move(keyboard)});
}

void ask_to_delete(Conversation& talk) {
  talk.go("browse.delete");
  talk.menu(
      talk.words(Text::document_delete_ask, escape_html(text_at(talk.part("browse"), "name"))),
      {{talk.button(Text::b_yes_delete, "del!"), talk.button(Text::b_back, "bdp:0")}});
}

void deleted(Conversation& talk, const Answer& answer) {
  talk.say(succeeded(answer) ? talk.words(Text::document_deleted)
                             : talk.words(Text::add_failed, talk.reason(answer)));
  open_documents(talk, 0);
}

bool press_browse(Conversation& talk, const Pressed& pressed) {
  if (pressed.action == "btp") {
    open_types(talk, number_of(pressed.argument));
  } else if (pressed.action == "bt") {
    const std::string type = text_at(talk.part("names"), pressed.argument);
    talk.part("browse")["type_id"] = pressed.argument;
    talk.part("browse")["type"] = type;
    open_documents(talk, 0);
  } else if (pressed.action == "bdp") {
    open_documents(talk, number_of(pressed.argument));
  } else if (pressed.action == "bd") {
    open_document(talk, pressed.argument);
  } else if (pressed.action == "del") {
    ask_to_delete(talk);
  } else if (pressed.action == "del!") {
    talk.ask({"browse.delete",
              "file",
              "waybill.file.v1.DeleteDocument",
              {{"document_id", text_at(talk.part("browse"), "document_id")}}});
  } else {
    return false;
  }
  return true;
}

}  // namespace

void open_add(Conversation& talk, const std::optional<IncomingFile>& file) {
  const bool from_browsing = talk.state().at.starts_with("browse.");
  talk.forget("add");
  talk.part("add")["from"] = from_browsing ? "browse" : "main";
  if (file && !keep_file(talk, *file)) return;
  ask_types_to_add(talk, 0);
}

void open_types(Conversation& talk, std::int64_t page) {
  talk.go("browse.types");
  ask_for_page(talk, "browse.types", "waybill.file.v1.QueryDocumentTypes", {{"limit", rows}}, page);
}

bool press(Conversation& talk, const Pressed& pressed) {
  return press_add(talk, pressed) || press_browse(talk, pressed);
}

bool message(Conversation& talk, const Update& update) {
  return message_to_add(talk, update);
}

bool answer(Conversation& talk, const Answer& answer) {
  struct Taker {
    std::string_view name;
    void (*take)(Conversation&, const Answer&);
  };
  static constexpr Taker kTakers[]{{"add.types", show_types_to_add},
                                   {"upload", uploaded},
                                   {"add", added},
                                   {"browse.types", show_types},
                                   {"browse.documents", show_documents},
                                   {"browse.document", show_document},
                                   {"browse.delete", deleted}};
  for (const Taker& taker : kTakers) {
    if (taker.name != answer.name) continue;
    taker.take(talk, answer);
    return true;
  }
  return false;
}

bool redraw(Conversation& talk) {
  const std::string at = talk.state().at;
  if (at == "add.type") {
    ask_types_to_add(talk, shown_page(talk));
  } else if (at == "add.name") {
    ask_name(talk);
  } else if (at == "add.file") {
    ask_file(talk);
  } else if (at == "browse.types") {
    open_types(talk, shown_page(talk));
  } else if (at == "browse.documents") {
    open_documents(talk, shown_page(talk));
  } else if (at == "browse.document" || at == "browse.delete") {
    open_documents(talk, 0);
  } else {
    return false;
  }
  return true;
}

}  // namespace waybill::bot::domain::documents
