#include "services/advert/wiring.hpp"

#include <charconv>
#include <cmath>

#include "services/advert/commands/commands.hpp"
#include "services/advert/projections/users.hpp"
#include "services/advert/queries/queries.hpp"

namespace waybill::advert {
namespace {

double read_number(const std::string& name, const std::string& text) {
  double number = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (error == std::errc{} && end == last && std::isfinite(number)) return number;
  throw config::SettingsError{name + ": '" + text + "' is no number"};
}

// Weights and pacing are taken over while the service runs.
std::vector<runtime::Reload::Part> reload_parts(runtime::Runtime& runtime,
                                                commands::RulesInForce& rules) {
  const std::string file = runtime.settings_file();
  if (file.empty()) return {};
  const auto apply = [&runtime, &rules] {
    AdvertService::Settings next;
    runtime.read_settings_again(next);
    rules.set(next.rules());
  };
  return {{"settings", {file}, apply}};
}

}  // namespace

void AdvertService::Settings::declare(config::Settings& settings) {
  settings.add("advert.access", access,
               "enforced: an advertiser's campaigns are for its account and for staff; open: for "
               "everybody; the gateway needs the same");
  settings.add("advert.weights", weights,
               "of price, relevance and fill in the score of an ad; may change while it runs");
  settings.add("advert.fill-term", fill_term,
               "share: 1 - shows / limit; count: 1 - shows; may change while it runs");
  settings.add("advert.pacing", pacing,
               "on: campaigns wait for clients who suit them better while there is time; off; may "
               "change while it runs");
  settings.add("advert.pacing-share", pacing_share,
               "share of the best relevance that a campaign insists on at its beginning");
  settings.add("advert.ai.url", ai.url,
               "an OpenAI-compatible chat endpoint, with its whole path; empty: texts come from a "
               "template");
  settings.add("advert.ai.model", ai.model, "the model that it is asked for");
  settings.add("advert.ai.key", ai.key, "its key, sent as a bearer token");
  settings.add("advert.ai.timeout", ai.timeout, "longest wait for one of two attempts");
  pictures.declare(settings);
}

void AdvertService::Settings::adjust(runtime::CommonSettings& common) {
  common.command_pace = std::chrono::milliseconds{0};
}

commands::ChoiceRules AdvertService::Settings::rules() const {
  if (weights.size() != 3) {
    throw config::SettingsError{"advert.weights needs three numbers: price, relevance, fill"};
  }
  if (fill_term != "share" && fill_term != "count") {
    throw config::SettingsError{"advert.fill-term '" + fill_term + "' is neither share nor count"};
  }
  if (pacing != "on" && pacing != "off") {
    throw config::SettingsError{"advert.pacing '" + pacing + "' is neither on nor off"};
  }
  commands::ChoiceRules rules;
  rules.weights.price = read_number("advert.weights", weights[0]);
  rules.weights.relevance = read_number("advert.weights", weights[1]);
  rules.weights.fill = read_number("advert.weights", weights[2]);
  rules.weights.fill_term =
      fill_term == "count" ? domain::FillTerm::count : domain::FillTerm::share;
  rules.pacing = pacing == "on";
  rules.pacing_share = read_number("advert.pacing-share", pacing_share);
  return rules;
}

bool AdvertService::Settings::is_enforced() const {
  if (access == "enforced") return true;
  if (access == "open") return false;
  throw config::SettingsError{"advert.access '" + access + "' is neither enforced nor open"};
}

AdvertService::AdvertService(runtime::Runtime& runtime, const Settings& settings)
    : rules_{settings.rules()},
      desk_{std::make_shared<commands::Desk>(rules_, settings.is_enforced())},
      handlers_{commands::make_handlers(desk_)},
      queries_{queries::make_queries({settings.is_enforced()}, rules_)},
      users_{projections::users(), runtime.database(), runtime.kafka()},
      pictures_{settings.pictures.open()},
      direct_{runtime.io(),
              desk_,
              *pictures_,
              settings.ai,
              runtime.database(),
              [this](pg::Connection& connection, const outbox::DirectCommand& command,
                     const auto& work) { return backend_.run_direct(connection, command, work); }},
      reload_{reload_parts(runtime, rules_), runtime.health()},
      backend_{runtime, handlers_, queries_, &direct_} {
  runtime.health().add_note("projection " + users_.name(), [this] { return users_.problem(); });
}

void AdvertService::start() {
  users_.start();
  reload_.start();
  backend_.start();
}

void AdvertService::stop() {
  backend_.stop();
  reload_.stop();
  users_.stop();
}

}  // namespace waybill::advert
