#include "services/bot/domain/adverts.hpp"

#include <algorithm>
#include <cmath>

#include "services/bot/domain/chart.hpp"

namespace waybill::bot::domain::adverts {
namespace {

namespace json = boost::json;

constexpr std::int64_t rows = 8;
constexpr std::size_t longest_name = 1'000;

// A cursor within a query (RFC 3986, section 2.3).
std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || c == '-' || c == '_' || c == '.' || c == '~') {
      out += c;
    } else {
      out += fmt::format("%{:02X}", byte);
    }
  }
  return out;
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-')) return false;
    if (!dash && !std::isxdigit(static_cast<unsigned char>(text[i]))) return false;
  }
  return true;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_shown(Conversation& talk, const std::string& id) {
  return talk.part("names").contains(id);
}

void show_names(Conversation& talk, const json::array& items, std::string_view id,
                std::string_view name) {
  json::object& names = talk.part("names");
  names.clear();
  for (const json::value& item : items) names[text_at(item, id)] = cut(text_at(item, name), 100);
}

// Nobody there, or nobody answers: said, with a way out.
void failed(Conversation& talk, const Answer& answer) {
  const bool gone = answer.status == 404;
  talk.menu(gone ? talk.words(Text::not_there) : talk.words(Text::add_failed, talk.reason(answer)),
            {{talk.button(Text::b_advertisers, "ads"), talk.button(Text::b_main, "main")}});
}

// ---- advertisers ----

std::string own_advertisers(Conversation& talk, std::int64_t limit, const std::string& cursor) {
  std::string target =
      fmt::format("/v1/users/{}/advertisers?limit={}", talk.context().account->user_id, limit);
  if (!cursor.empty()) target += "&cursor=" + encoded(cursor);
  return target;
}

void list_advertisers(Conversation& talk, std::int64_t page) {
  talk.go("ads.list");
  const json::array& cursors = array_of(member(talk.data(), "cursors"));
  std::string cursor;
  if (page > 0 && page <= std::ssize(cursors)) {
    cursor = std::string{cursors[static_cast<std::size_t>(page - 1)].as_string()};
  } else {
    page = 0;
    talk.forget("cursors");
  }
  talk.data()["page"] = page;
  talk.read({"ads.list", "advert", own_advertisers(talk, rows, cursor)});
}

void show_advertisers(Conversation& talk, const Answer& answer) {
  if (!succeeded(answer)) {
    failed(talk, answer);
    return;
  }
  const std::int64_t page = integer_at(talk.data(), "page");
  json::value& cursors = talk.data()["cursors"];
  if (!cursors.is_array()) cursors = json::array{};
  const std::string next = text_at(answer.body, "next");
  cursors.get_array().resize(static_cast<std::size_t>(page));
  if (!next.empty()) cursors.get_array().emplace_back(next);
  const json::array& items = array_of(member(answer.body, "items"));
  show_names(talk, items, "advertiser_id", "name");
  Pages pages{talk, "adp", page};
  for (const json::value& item : items) {
    pages.add(text_at(item, "name"), "ad:" + text_at(item, "advertiser_id"));
  }
  Keyboard keyboard = std::move(pages).finish(!next.empty());
  keyboard.push_back(
      {talk.button(Text::b_new_advertiser, "adnew"), talk.button(Text::b_add_by_id, "adid")});
  keyboard.push_back({talk.button(Text::b_main, "main")});
  const bool none = items.empty() && page == 0;
  talk.menu(talk.words(none ? Text::ads_none : Text::ads_title), std::move(keyboard));
}

void choose(Conversation& talk, const std::string& id, const std::string& name) {
  json::object& ads = talk.part("ads");
  ads.clear();
  ads["advertiser_id"] = id;
  ads["name"] = name;
  open_advertiser(talk);
}

// The account's own list is asked, page by page, since only that says whose he is.
void find_advertiser(Conversation& talk, const Answer& answer) {
  const std::string wanted = text_at(talk.part("input"), "id");
  for (const json::value& item : array_of(member(answer.body, "items"))) {
    if (text_at(item, "advertiser_id") != wanted) continue;
    choose(talk, wanted, text_at(item, "name"));
    return;
  }
  const std::string next = text_at(answer.body, "next");
  if (!next.empty()) {
    talk.read({"ads.find", "advert", own_advertisers(talk, 100, next)});
    return;
  }
  talk.menu(succeeded(answer) ? talk.words(Text::advertiser_foreign)
                              : talk.words(Text::add_failed, talk.reason(answer)),
            {{talk.cancel_button()}});
}

void made_advertiser(Conversation& talk, const Answer& answer) {
  if (succeeded(answer)) {
    choose(talk, text_at(answer.body, "advertiser_id"), text_at(answer.body, "name"));
    return;
  }
  talk.menu(talk.words(Text::refused, talk.reason(answer)), {{talk.cancel_button()}});
}

void ask_name(Conversation& talk) {
  talk.go("input.name");
  talk.menu(talk.words(Text::ask_advertiser_name), {{talk.cancel_button()}});
}

void ask_id(Conversation& talk, Text text = Text::ask_advertiser_id) {
  talk.go("input.id");
  talk.menu(talk.words(text), {{talk.cancel_button()}});
}

// ---- campaigns ----

void list_campaigns(Conversation& talk, std::int64_t page) {
  talk.go("ads.campaigns");
  talk.data()["page"] = page;
  talk.read({"ads.campaigns", "advert",
             fmt::format("{}/campaigns?page={}&size={}", advertiser_path(talk), page, rows)});
}

void show_campaigns(Conversation& talk, const Answer& answer) {
  if (!succeeded(answer)) {
    failed(talk, answer);
    return;
  }
  const std::int64_t page = integer_at(talk.data(), "page");
  const json::array& items = array_of(member(answer.body, "items"));
  show_names(talk, items, "campaign_id", "ad_title");
  Pages pages{talk, "cap", page};
  for (const json::value& item : items) {
    pages.add(text_at(item, "ad_title"), "ca:" + text_at(item, "campaign_id"));
  }
  const bool has_next = (page + 1) * rows < integer_at(answer.body, "total");
  Keyboard keyboard = std::move(pages).finish(has_next);
  keyboard.push_back({talk.button(Text::b_back, "adv")});
  const bool none = items.empty() && page == 0;
  talk.menu(talk.words(none ? Text::campaigns_none : Text::campaigns_title), std::move(keyboard));
}

std::string card_of(Conversation& talk, const json::object& campaign) {
  const Language language = talk.language();
  const json::object& targeting = object_at(campaign, "targeting");
  const auto value = [&](const char* name) {
    return show_value(campaign.if_contains(name), language);
  };
  return talk.words(
      Text::campaign_card, escape_html(cut(text_at(campaign, "ad_title"), 200)),
      text_at(campaign, "campaign_id"), escape_html(cut(text_at(campaign, "ad_text"), 2'000)),
      value("impressions_limit"), value("clicks_limit"), value("cost_per_impression"),
      value("cost_per_click"), value("start_date"), value("end_date"),
      show_gender(targeting.if_contains("gender"), language), show_ages(targeting, language),
      show_value(targeting.if_contains("location"), language));
}

void show_campaign(Conversation& talk, const Answer& answer) {
  if (!succeeded(answer)) {
    failed(talk, answer);
    return;
  }
  talk.data()["campaign"] = answer.body;
  const json::object& campaign = talk.part("campaign");
  const std::string image = text_at(campaign, "image_uri");
  if (!image.empty()) {
    talk.picture({{}, image, escape_html(cut(text_at(campaign, "ad_title"), 200)), {}});
  }
  talk.menu(card_of(talk, campaign),
            {{talk.button(Text::b_total, "ctotal"), talk.button(Text::b_daily, "cdaily")},
             {talk.button(Text::b_settings, "cset"), talk.button(Text::b_advertiser, "adv")}});
}

// ---- statistics ----

struct Scope {
  std::string name, path, back;
};

Scope scope_of(Conversation& talk, bool of_campaign) {
  if (of_campaign) {
    return {text_at(talk.part("campaign"), "ad_title"),
            "/v1/stats/campaigns/" + text_at(talk.part("ads"), "campaign_id"), "camp"};
  }
  return {text_at(talk.part("ads"), "name"),
          "/v1/stats/advertisers/" + advertiser_of(talk) + "/campaigns", "adv"};
}

void ask_statistics(Conversation& talk, bool of_campaign, bool daily) {
  talk.data()["of_campaign"] = of_campaign;
  const std::string path = scope_of(talk, of_campaign).path;
  talk.read({daily ? "ads.daily" : "ads.total", "advert", daily ? path + "/daily" : path});
}

Scope asked_scope(Conversation& talk) {
  const json::value* of = member(talk.data(), "of_campaign");
  return scope_of(talk, of && of->is_bool() && of->get_bool());
}

std::string amount(const json::value& body, const char* name) {
  return fmt::format("{}", std::round(number_at(body, name) * 10'000) / 10'000);
}

void show_total(Conversation& talk, const Answer& answer) {
  if (!succeeded(answer)) {
    failed(talk, answer);
    return;
  }
  const Scope scope = asked_scope(talk);
  talk.menu(talk.words(Text::total_card, escape_html(cut(scope.name, 200)),
                       integer_at(answer.body, "impressions_count"),
                       integer_at(answer.body, "clicks_count"), amount(answer.body, "conversion"),
                       amount(answer.body, "spent_impressions"),
                       amount(answer.body, "spent_clicks"), amount(answer.body, "spent_total")),
            {{talk.button(Text::b_back, scope.back)}});
}

void show_daily(Conversation& talk, const Answer& answer) {
  if (!succeeded(answer)) {
    failed(talk, answer);
    return;
  }
  std::vector<ChartDay> known;
  for (const json::value& day : array_of(member(answer.body, "items"))) {
    known.push_back({integer_at(day, "date"), integer_at(day, "impressions_count"),
                     integer_at(day, "clicks_count")});
  }
  const Scope scope = asked_scope(talk);
  Keyboard keyboard{{talk.button(Text::b_back, scope.back)}};
  const auto days = chart_days(known);
  if (days.empty()) {
    talk.menu(talk.words(Text::daily_none), std::move(keyboard));
    return;
  }
  talk.picture({to_svg(days, talk.language()),
                {},
                talk.words(Text::daily_caption, escape_html(cut(scope.name, 200)), days.front().day,
                           days.back().day),
                std::move(keyboard)});
}

bool press_list(Conversation& talk, const Pressed& pressed) {
  const std::string& argument = pressed.argument;
  const std::int64_t page = std::min<std::int64_t>(std::atoll(argument.c_str()), 1'000'000);
  if (pressed.action == "adp") {
    list_advertisers(talk, page);
  } else if (pressed.action == "ad" && is_shown(talk, argument)) {
    choose(talk, argument, text_at(talk.part("names"), argument));
  } else if (pressed.action == "adnew") {
    ask_name(talk);
  } else if (pressed.action == "adid") {
    ask_id(talk);
  } else if (pressed.action == "cap") {
    list_campaigns(talk, page);
  } else if (pressed.action == "ca" && is_shown(talk, argument)) {
    talk.part("ads")["campaign_id"] = argument;
    ask_campaign(talk);
  } else {
    return false;
  }
  return true;
}

bool press_card(Conversation& talk, const Pressed& pressed) {
  const std::string& action = pressed.action;
  if (advertiser_of(talk).empty()) return false;
  if (action == "adv") {
    open_advertiser(talk);
  } else if (action == "atotal" || action == "adaily") {
    ask_statistics(talk, false, action == "adaily");
  } else if (action == "ctotal" || action == "cdaily") {
    ask_statistics(talk, true, action == "cdaily");
  } else if (action == "camp") {
    ask_campaign(talk);
  } else if (action == "cset") {
    open_settings(talk);
  } else if (action == "cnew") {
    wizard::begin(talk);
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::string advertiser_of(Conversation& talk) {
  return text_at(talk.part("ads"), "advertiser_id");
}

std::string advertiser_path(Conversation& talk) {
  return "/v1/advertisers/" + advertiser_of(talk);
}

std::string campaign_path(Conversation& talk) {
  return advertiser_path(talk) + "/campaigns/" + text_at(talk.part("ads"), "campaign_id");
}

void open(Conversation& talk) {
  list_advertisers(talk, 0);
}

void open_advertiser(Conversation& talk, const std::string& before) {
  talk.go("ads.advertiser");
  const std::string id = advertiser_of(talk);
  talk.menu(fmt::format("{}<b>{}</b>\n<code>{}</code>", before.empty() ? "" : before + "\n\n",
                        escape_html(cut(text_at(talk.part("ads"), "name"), 500)), id),
            {{talk.button(Text::b_campaigns, "cap:0"), talk.button(Text::b_new_campaign, "cnew")},
             {talk.button(Text::b_total, "atotal"), talk.button(Text::b_daily, "adaily")},
             {talk.button(Text::b_advertisers, "ads")}});
}

void ask_campaign(Conversation& talk) {
  talk.go("ads.campaign");
  talk.read({"ads.campaign", "advert", campaign_path(talk)});
}

bool press(Conversation& talk, const Pressed& pressed) {
  return press_list(talk, pressed) || press_card(talk, pressed) || settings::press(talk, pressed) ||
         wizard::press(talk, pressed);
}

bool message(Conversation& talk, const Update& update) {
  const std::string at = talk.state().at;
  const bool is_text = update.kind == Update::Kind::text;
  if (at == "input.name") {
    if (is_text && is_name(update.text, longest_name)) {
      talk.ask({"ads.made",
                "advert",
                "waybill.advert.v1.CreateOwnAdvertiser",
                {{"user_id", talk.context().account->user_id}, {"name", update.text}}});
    } else {
      ask_name(talk);
    }
  } else if (at == "input.id") {
    const std::string id = lower(update.text);
    if (!is_uuid(id)) {
      ask_id(talk, Text::advertiser_bad_id);
      return true;
    }
    talk.part("input")["id"] = id;
    talk.read({"ads.find", "advert", own_advertisers(talk, 100, {})});
  } else {
    return settings::message(talk, update) || wizard::message(talk, update);
  }
  return true;
}

bool answer(Conversation& talk, const Answer& answer) {
  struct Taker {
    std::string_view name;
    void (*take)(Conversation&, const Answer&);
  };
  static constexpr Taker kTakers[]{
      {"ads.list", show_advertisers},  {"ads.find", find_advertiser},
      {"ads.made", made_advertiser},   {"ads.campaigns", show_campaigns},
      {"ads.campaign", show_campaign}, {"ads.total", show_total},
      {"ads.daily", show_daily}};
  for (const Taker& taker : kTakers) {
    if (taker.name != answer.name) continue;
    taker.take(talk, answer);
    return true;
  }
  return settings::answer(talk, answer) || wizard::answer(talk, answer);
}

bool redraw(Conversation& talk) {
  const std::string at = talk.state().at;
  if (at == "ads.list") {
    list_advertisers(talk, integer_at(talk.data(), "page"));
  } else if (at == "ads.advertiser") {
    open_advertiser(talk);
  } else if (at == "ads.campaigns") {
    list_campaigns(talk, integer_at(talk.data(), "page"));
  } else if (at == "ads.campaign") {
    ask_campaign(talk);
  } else if (at == "input.name") {
    ask_name(talk);
  } else if (at == "input.id") {
    ask_id(talk);
  } else {
    return settings::redraw(talk) || wizard::redraw(talk);
  }
  return true;
}

bool leave(Conversation& talk) {
  const std::string at = talk.state().at;
  talk.forget("input");
  talk.forget("new");
  talk.forget("ai");
  const bool of_advertisers = at == "input.name" || at == "input.id";
  if (of_advertisers) {
    talk.say(talk.words(Text::canceled));
    list_advertisers(talk, 0);
  } else if (advertiser_of(talk).empty()) {
    return false;
  } else if (at.starts_with("new.")) {
    open_advertiser(talk, talk.words(Text::canceled));
  } else {
    open_settings(talk, talk.words(Text::canceled));
  }
  return true;
}

}  // namespace waybill::bot::domain::adverts
