// Which account this chat acts for.
#include "services/bot/domain/conversation.hpp"

namespace waybill::bot::domain::account {
namespace {

namespace json = boost::json;

void linked(Conversation& talk, const Answer& answer) {
  if (!succeeded(answer)) {
    const bool known = answer.status == 422 || answer.status == 429;
    const Text text = answer.status == 429 ? Text::link_too_often : Text::link_bad;
    talk.go("idle");
    talk.menu(known ? talk.words(text)
                    : talk.words(Text::unavailable, escape_html(talk.context().correlation_id)),
              {{talk.button(Text::b_link, "link")}});
    return;
  }
  const std::int64_t before = integer_at(answer.body, "replaced_telegram_user_id");
  // A private chat has the id of its user.
  if (before != 0) talk.tell(before, talk.words(Text::link_replaced));
  const std::string name = escape_html(text_at(answer.body, "username"));
  open_main(talk, talk.words(Text::link_done, name));
}

void unlinked(Conversation& talk, const Answer& answer) {
  talk.data().clear();
  talk.go("idle");
  talk.menu(succeeded(answer) ? talk.words(Text::unlink_done)
                              : talk.words(Text::add_failed, talk.reason(answer)),
            {{talk.button(Text::b_link, "link")}});
}

}  // namespace

void open(Conversation& talk) {
  talk.go("idle");
  const std::string name = escape_html(talk.context().account->username);
  talk.menu(talk.words(Text::account_linked, name),
            {{talk.button(Text::b_unlink, "unlink")}, {talk.button(Text::b_main, "main")}});
}

void ask_code(Conversation& talk) {
  talk.go("link");
  talk.menu(talk.words(Text::link_ask_code), {});
}

void redeem(Conversation& talk, const std::string& code, const Update& update) {
  talk.go("idle");
  json::object body{{"telegram_user_id", update.user}, {"code", cut(code, 100)}};
  if (update.username) body["username"] = *update.username;
  talk.ask({"link", "identity", "waybill.identity.v1.LinkTelegram", std::move(body)});
}

void ask_unlink(Conversation& talk) {
  talk.go("idle");
  const std::string name = escape_html(talk.context().account->username);
  talk.menu(talk.words(Text::unlink_ask, name),
            {{talk.button(Text::b_unlink, "unlink!"), talk.button(Text::b_cancel, "main")}});
}

bool press(Conversation& talk, const Pressed& pressed) {
  if (pressed.action == "acc") {
    open(talk);
  } else if (pressed.action == "link") {
    ask_code(talk);
  } else if (pressed.action == "unlink") {
    ask_unlink(talk);
  } else if (pressed.action == "unlink!") {
    talk.ask({"unlink",
              "identity",
              "waybill.identity.v1.UnlinkTelegram",
              {{"user_id", talk.context().account->user_id}}});
  } else {
    return false;
  }
  return true;
}

bool answer(Conversation& talk, const Answer& answer) {
  if (answer.name == "link") {
    linked(talk, answer);
  } else if (answer.name == "unlink") {
    unlinked(talk, answer);
  } else {
    return false;
  }
  return true;
}

}  // namespace waybill::bot::domain::account
