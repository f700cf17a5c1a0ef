// A new campaign: one step per property, then all of them, then it is made. And its text by AI.
#include "services/bot/domain/adverts.hpp"

namespace waybill::bot::domain::adverts {
namespace {

namespace json = boost::json;

constexpr std::size_t text_step = 1;  // of `ad_text`

json::object& values_of(Conversation& talk) {
  json::value& values = talk.part("new")["values"];
  if (!values.is_object()) values = json::object{};
  return values.get_object();
}

// The step that the dialog is at; nullopt: none of them.
std::optional<std::size_t> step_of(Conversation& talk) {
  const std::string& at = talk.state().at;
  for (std::size_t i = 0; i < properties().size(); ++i) {
    if (at == "new." + std::to_string(i)) return i;
  }
  return std::nullopt;
}

bool may_be_absent(const Property& property) {
  return is_targeting(property);
}

std::string shown(Conversation& talk, const Property& property) {
  const json::value* value = values_of(talk).if_contains(property.name);
  return property.kind == ValueKind::gender ? show_gender(value, talk.language())
                                            : show_value(value, talk.language());
}

void open_step(Conversation& talk, std::size_t step, const std::string& before = {}) {
  talk.go("new." + std::to_string(step));
  const Property& property = properties()[step];
  const bool is_there = values_of(talk).contains(property.name);
  Keyboard keyboard;
  if (property.kind == ValueKind::gender) {
    keyboard.push_back({talk.button(Text::g_male, "ngen:MALE"),
                        talk.button(Text::g_female, "ngen:FEMALE"),
                        talk.button(Text::g_all, "ngen:ALL")});
  }
  if (step == text_step) keyboard.push_back({talk.button(Text::b_ai, "ai")});
  if (is_there || property.kind == ValueKind::gender) {
    keyboard.push_back({talk.button(Text::b_next, "nnext")});
  } else if (may_be_absent(property)) {
    keyboard.push_back({talk.button(Text::b_skip, "nnext")});
  }
  keyboard.push_back({talk.cancel_button()});
  const std::string now =
      is_there ? talk.words(Text::new_present, shown(talk, property)) : std::string{};
  talk.menu((before.empty() ? "" : before + "\n\n") +
                talk.words(Text::new_step, step + 1, talk.words(property.words), now),
            std::move(keyboard));
}

void open_review(Conversation& talk) {
  talk.go("new.review");
  std::string text = "<b>" + talk.words(Text::new_review) + "</b>";
  for (const Property& property : properties()) {
    text += "\n" + talk.words(property.words) + ": " + shown(talk, property);
  }
  talk.menu(text, {{talk.button(Text::b_change_values, "nchange"),
                    talk.button(Text::b_create, "ncreate")},
                   {talk.cancel_button()}});
}

void go_on(Conversation& talk, std::size_t step) {
  if (step + 1 < properties().size()) {
    open_step(talk, step + 1);
  } else {
    open_review(talk);
  }
}

void create(Conversation& talk) {
  json::object body{{"advertiser_id", advertiser_of(talk)}};
  json::object targeting;
  const json::object& values = values_of(talk);
  for (const Property& property : properties()) {
    const json::value* value = values.if_contains(property.name);
    if (!value) continue;
    (is_targeting(property) ? targeting : body)[property.name] = *value;
  }
  body["targeting"] = targeting;
  talk.ask({"ads.created", "advert", "waybill.advert.v1.CreateCampaign", std::move(body)});
}

void created(Conversation& talk, const Answer& answer) {
  if (succeeded(answer)) {
    talk.forget("new");
    talk.forget("ai");
    talk.part("ads")["campaign_id"] = text_at(answer.body, "campaign_id");
    talk.say(talk.words(Text::created));
    ask_campaign(talk);
    return;
  }
  talk.menu(talk.words(Text::refused, talk.reason(answer)),
            {{talk.button(Text::b_change_values, "nchange"), talk.cancel_button()}});
}

// ---- the text by AI ----

json::object& ai_of(Conversation& talk) {
  const std::string title = text_at(values_of(talk), "ad_title");
  json::object& ai = talk.part("ai");
  if (!ai.contains("topic")) ai["topic"] = title;
  if (!ai.contains("language")) ai["language"] = talk.language() == Language::ru ? "RU" : "EN";
  return ai;
}

void open_ai(Conversation& talk, const std::string& before = {}) {
  talk.go("new.ai");
  const json::object& ai = ai_of(talk);
  const bool russian = text_at(ai, "language") == "RU";
  const auto radio = [&](Text words, const char* value, bool chosen) {
    Button button = talk.button(words, value);
    if (chosen) button.label = "● " + button.label;
    return button;
  };
  const std::string wishes = text_at(ai, "wishes");
  talk.menu((before.empty() ? "" : before + "\n\n") +
                talk.words(Text::ai_title, escape_html(cut(text_at(ai, "topic"), 300)),
                           talk.words(russian ? Text::ai_russian : Text::ai_english),
                           wishes.empty() ? "–" : escape_html(cut(wishes, 500))),
            {{talk.button(Text::b_topic, "aitopic"), talk.button(Text::b_wishes, "aiwish")},
             {radio(Text::ai_english, "ailang:EN", !russian),
              radio(Text::ai_russian, "ailang:RU", russian)},
             {talk.button(Text::b_generate, "aigo")},
             {talk.button(Text::b_back, "aiback"), talk.cancel_button()}});
}

void ask_topic(Conversation& talk) {
  talk.go("new.ai.topic");
  talk.menu(talk.words(Text::ask_topic), {{talk.button(Text::b_back, "ai")}});
}

void ask_wishes(Conversation& talk) {
  talk.go("new.ai.wishes");
  talk.menu(talk.words(Text::ask_wishes),
            {{talk.button(Text::b_empty, "aiempty"), talk.button(Text::b_back, "ai")}});
}

void generate(Conversation& talk) {
  const json::object& ai = ai_of(talk);
  const std::string wishes = text_at(ai, "wishes");
  json::object body{{"topic", text_at(ai, "topic")}, {"language", text_at(ai, "language")}};
  if (!wishes.empty()) body["additional"] = wishes;
  talk.post({"ads.ai", "advert", "/v1/ai/generate-text", std::move(body)});
}

void generated(Conversation& talk, const Answer& answer) {
  const std::string text = text_at(answer.body, "result");
  if (!succeeded(answer) || text.empty()) {
    open_ai(talk, talk.words(Text::refused, talk.reason(answer)));
    return;
  }
  values_of(talk)["ad_text"] = text;
  open_step(talk, text_step);
}

bool press_ai(Conversation& talk, const Pressed& pressed) {
  if (pressed.action == "ai") {
    open_ai(talk);
  } else if (pressed.action == "aitopic") {
    ask_topic(talk);
  } else if (pressed.action == "aiwish") {
    ask_wishes(talk);
  } else if (pressed.action == "aiempty") {
    ai_of(talk)["wishes"] = "";
    open_ai(talk);
  } else if (pressed.action == "ailang") {
    ai_of(talk)["language"] = pressed.argument == "RU" ? "RU" : "EN";
    open_ai(talk);
  } else if (pressed.action == "aigo") {
    generate(talk);
  } else if (pressed.action == "aiback") {
    open_step(talk, text_step);
  } else {
    return false;
  }
  return true;
}

}  // namespace

void wizard::begin(Conversation& talk) {
  talk.forget("new");
  talk.forget("ai");
  open_step(talk, 0);
}

bool wizard::press(Conversation& talk, const Pressed& pressed) {
  if (!talk.state().at.starts_with("new.")) return false;
  const auto step = step_of(talk);
  if (pressed.action == "nnext" && step) {
    go_on(talk, *step);
  } else if (pressed.action == "ngen" && step) {
    values_of(talk)["gender"] = pressed.argument;
    go_on(talk, *step);
  } else if (pressed.action == "nchange") {
    open_step(talk, 0);
  } else if (pressed.action == "ncreate" && talk.state().at == "new.review") {
    create(talk);
  } else {
    return press_ai(talk, pressed);
  }
  return true;
}

bool wizard::message(Conversation& talk, const Update& update) {
  const std::string at = talk.state().at;
  if (at == "new.ai.topic" || at == "new.ai.wishes") {
    if (!update.text.empty()) {
      ai_of(talk)[at == "new.ai.topic" ? "topic" : "wishes"] = cut(update.text, 1'000);
    }
    open_ai(talk);
    return true;
  }
  const auto step = step_of(talk);
  if (!step) {
    if (!at.starts_with("new.")) return false;
    talk.say(talk.words(Text::need_buttons));
    wizard::redraw(talk);
    return true;
  }
  const Property& property = properties()[*step];
  const auto value = read_value(property, update.text);
  if (!value) {
    open_step(talk, *step, talk.words(want(property)));
    return true;
  }
  values_of(talk)[property.name] = *value;
  go_on(talk, *step);
  return true;
}

bool wizard::answer(Conversation& talk, const Answer& answer) {
  if (answer.name == "ads.created") {
    created(talk, answer);
  } else if (answer.name == "ads.ai") {
    generated(talk, answer);
  } else {
    return false;
  }
  return true;
}

bool wizard::redraw(Conversation& talk) {
  const std::string at = talk.state().at;
  if (const auto step = step_of(talk)) {
    open_step(talk, *step);
  } else if (at == "new.review") {
    open_review(talk);
  } else if (at.starts_with("new.ai")) {
    open_ai(talk);
  } else {
    return false;
  }
  return true;
}

}  // namespace waybill::bot::domain::adverts
