// Changing a campaign: one property at a time. The service replaces the targeting as a whole, so
// every change carries the present one.
#include "services/bot/domain/adverts.hpp"

namespace waybill::bot::domain::adverts {
namespace {

namespace json = boost::json;

json::object& targeting_of(Conversation& talk) {
  json::value& targeting = talk.part("campaign")["targeting"];
  if (!targeting.is_object()) targeting = json::object{};
  return targeting.get_object();
}

// What this property has now.
const json::value* present(Conversation& talk, const Property& property) {
  json::object& of = is_targeting(property) ? targeting_of(talk) : talk.part("campaign");
  return of.if_contains(property.name);
}

void change(Conversation& talk, json::object values, const json::object& targeting) {
  values["advertiser_id"] = advertiser_of(talk);
  values["campaign_id"] = text_at(talk.part("ads"), "campaign_id");
  values["targeting"] = targeting;
  talk.ask({"ads.saved", "advert", "waybill.advert.v1.UpdateCampaign", std::move(values)});
}

void change_targeting(Conversation& talk, const std::string& name, json::value value) {
  json::object targeting = targeting_of(talk);
  targeting[name] = std::move(value);
  change(talk, {}, targeting);
}

void open_targeting(Conversation& talk) {
  talk.go("ads.targeting");
  const json::object& targeting = targeting_of(talk);
  const auto radio = [&](Text words, const char* value) {
    const bool chosen = text_at(targeting, "gender") == value ||
                        (text_at(targeting, "gender").empty() && std::string_view{value} == "ALL");
    Button button = talk.button(words, std::string{"gen:"} + value);
    if (chosen) button.label = "● " + button.label;
    return button;
  };
  talk.menu(
      talk.words(Text::targeting_title,
                 show_gender(targeting.if_contains("gender"), talk.language()),
                 show_ages(targeting, talk.language()),
                 show_value(targeting.if_contains("location"), talk.language())),
      {{radio(Text::g_male, "MALE"), radio(Text::g_female, "FEMALE"), radio(Text::g_all, "ALL")},
       {talk.button(Text::b_ages, "ages"), talk.button(Text::f_location, "loc")},
       {talk.button(Text::b_back, "cset")}});
}

void ask_value(Conversation& talk, const Property& property) {
  talk.go("input.field");
  talk.part("input")["name"] = std::string{property.name};
  talk.menu(talk.words(Text::ask_value, talk.words(property.words),
                       show_value(present(talk, property), talk.language())),
            {{talk.cancel_button()}});
}

void ask_ages(Conversation& talk, Text text = Text::ask_ages) {
  talk.go("input.ages");
  talk.menu(talk.words(text), {{talk.cancel_button()}});
}

void ask_location(Conversation& talk) {
  talk.go("input.location");
  talk.menu(talk.words(Text::ask_location), {{talk.cancel_button()}});
}

void open_image(Conversation& talk, const std::string& before = {}) {
  talk.go("ads.image");
  const bool has_image = !text_at(talk.part("campaign"), "image_uri").empty();
  Keyboard keyboard{{talk.button(Text::b_upload, "imgup")}};
  if (has_image) keyboard.push_back({talk.button(Text::b_delete_image, "imgdel")});
  keyboard.push_back({talk.button(Text::b_back, "cset")});
  talk.menu((before.empty() ? "" : before + "\n\n") +
                talk.words(has_image ? Text::image_title : Text::image_none),
            std::move(keyboard));
}

void ask_image(Conversation& talk, Text text = Text::ask_image) {
  talk.go("input.image");
  talk.menu(talk.words(text), {{talk.cancel_button()}});
}

void take_value(Conversation& talk, const std::string& text) {
  const Property* property = find_property(text_at(talk.part("input"), "name"));
  if (!property) {
    open_settings(talk);
    return;
  }
  const auto value = read_value(*property, text);
  if (!value) {
    talk.menu(talk.words(want(*property)), {{talk.cancel_button()}});
    return;
  }
  json::object values;
  values[property->name] = *value;
  change(talk, std::move(values), targeting_of(talk));
}

void take_ages(Conversation& talk, const std::string& text) {
  const auto ages = read_ages(text);
  if (!ages) {
    ask_ages(talk, Text::bad_ages);
    return;
  }
  json::object targeting = targeting_of(talk);
  targeting["age_from"] = ages->from;
  targeting["age_to"] = ages->to;
  change(talk, {}, targeting);
}

void saved(Conversation& talk, const Answer& answer) {
  if (!succeeded(answer)) {
    talk.menu(talk.words(Text::refused, talk.reason(answer)), {{talk.cancel_button()}});
    return;
  }
  talk.data()["campaign"] = answer.body;
  open_settings(talk, talk.words(Text::saved));
}

void deleted(Conversation& talk, const Answer& answer) {
  talk.forget("campaign");
  open_advertiser(talk, succeeded(answer) ? talk.words(Text::campaign_deleted)
                                          : talk.words(Text::refused, talk.reason(answer)));
}

// The campaign is read again: the address of its image is new.
void image_changed(Conversation& talk, const Answer& answer) {
  if (!succeeded(answer)) {
    ask_image(talk, Text::want_image);
    return;
  }
  talk.read({"ads.image.read", "advert", campaign_path(talk)});
}

void image_read(Conversation& talk, const Answer& answer) {
  if (succeeded(answer)) talk.data()["campaign"] = answer.body;
  open_image(talk, talk.words(Text::image_saved));
}

void image_gone(Conversation& talk, const Answer& answer) {
  if (succeeded(answer)) talk.part("campaign")["image_uri"] = nullptr;
  open_image(talk, succeeded(answer) ? talk.words(Text::image_deleted)
                                     : talk.words(Text::refused, talk.reason(answer)));
}

json::object campaign_ids(Conversation& talk) {
  return {{"advertiser_id", advertiser_of(talk)},
          {"campaign_id", text_at(talk.part("ads"), "campaign_id")}};
}

bool press_targeting(Conversation& talk, const Pressed& pressed) {
  if (pressed.action == "targ") {
    open_targeting(talk);
  } else if (pressed.action == "gen" && talk.state().at == "ads.targeting") {
    change_targeting(talk, "gender", json::value(pressed.argument));
  } else if (pressed.action == "ages") {
    ask_ages(talk);
  } else if (pressed.action == "loc") {
    ask_location(talk);
  } else {
    return false;
  }
  return true;
}

bool press_image(Conversation& talk, const Pressed& pressed) {
  if (pressed.action == "img") {
    open_image(talk);
  } else if (pressed.action == "imgup") {
    ask_image(talk);
  } else if (pressed.action == "imgdel") {
    talk.ask(
        {"ads.image.gone", "advert", "waybill.advert.v1.ClearCampaignImage", campaign_ids(talk)});
  } else {
    return false;
  }
  return true;
}

}  // namespace

void open_settings(Conversation& talk, const std::string& before) {
  talk.go("ads.settings");
  talk.forget("input");
  Keyboard keyboard;
  for (const Property& property : properties()) {
    if (is_targeting(property)) break;
    if (keyboard.empty() || keyboard.back().size() == 2) keyboard.emplace_back();
    keyboard.back().push_back(talk.button(property.words, "set:" + std::string{property.name}));
  }
  keyboard.push_back({talk.button(Text::f_targeting, "targ"), talk.button(Text::f_image, "img")});
  keyboard.push_back({talk.button(Text::b_delete_campaign, "cdel")});
  keyboard.push_back({talk.button(Text::b_back, "camp")});
  talk.menu((before.empty() ? "" : before + "\n\n") + talk.words(Text::settings_title),
            std::move(keyboard));
}

bool settings::press(Conversation& talk, const Pressed& pressed) {
  if (text_at(talk.part("ads"), "campaign_id").empty()) return false;
  if (press_targeting(talk, pressed) || press_image(talk, pressed)) return true;
  const Property* property = find_property(pressed.argument);
  if (pressed.action == "set" && property && !is_targeting(*property)) {
    ask_value(talk, *property);
  } else if (pressed.action == "cdel") {
    const std::string title = text_at(talk.part("campaign"), "ad_title");
    talk.go("ads.delete");
    talk.menu(talk.words(Text::campaign_delete_ask, escape_html(cut(title, 200))),
              {{talk.button(Text::b_yes_delete, "cdel!"), talk.button(Text::b_back, "cset")}});
  } else if (pressed.action == "cdel!") {
    talk.ask({"ads.deleted", "advert", "waybill.advert.v1.DeleteCampaign", campaign_ids(talk)});
  } else {
    return false;
  }
  return true;
}

bool settings::message(Conversation& talk, const Update& update) {
  const std::string at = talk.state().at;
  if (at == "input.field") {
    take_value(talk, update.text);
  } else if (at == "input.ages") {
    take_ages(talk, update.text);
  } else if (at == "input.location") {
    const auto value = read_value(*find_property("location"), update.text);
    if (!value) {
      ask_location(talk);
    } else {
      change_targeting(talk, "location", *value);
    }
  } else if (at == "input.image") {
    if (!update.file) {
      ask_image(talk, Text::want_image);
    } else {
      talk.transfer({"ads.image", "advert", campaign_path(talk) + "/image", update.file->file_id,
                     update.file->name, true});
    }
  } else {
    return false;
  }
  return true;
}

bool settings::answer(Conversation& talk, const Answer& answer) {
  if (answer.name == "ads.saved") {
    saved(talk, answer);
  } else if (answer.name == "ads.deleted") {
    deleted(talk, answer);
  } else if (answer.name == "ads.image") {
    image_changed(talk, answer);
  } else if (answer.name == "ads.image.read") {
    image_read(talk, answer);
  } else if (answer.name == "ads.image.gone") {
    image_gone(talk, answer);
  } else {
    return false;
  }
  return true;
}

bool settings::redraw(Conversation& talk) {
  const std::string at = talk.state().at;
  const Property* property = find_property(text_at(talk.part("input"), "name"));
  if (at == "ads.settings" || at == "ads.delete") {
    open_settings(talk);
  } else if (at == "ads.targeting") {
    open_targeting(talk);
  } else if (at == "ads.image") {
    open_image(talk);
  } else if (at == "input.field" && property) {
    ask_value(talk, *property);
  } else if (at == "input.ages") {
    ask_ages(talk);
  } else if (at == "input.location") {
    ask_location(talk);
  } else if (at == "input.image") {
    ask_image(talk);
  } else {
    return false;
  }
  return true;
}

}  // namespace waybill::bot::domain::adverts
