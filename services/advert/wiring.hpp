// What the advert service is made of.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "libs/blob/settings.hpp"
#include "libs/projection/projection.hpp"
#include "libs/runtime/backend.hpp"
#include "libs/runtime/reload.hpp"
#include "services/advert/commands/desk.hpp"
#include "services/advert/direct/direct_api.hpp"

namespace waybill::advert {

struct AdvertService {
  struct Settings {
    std::string access = "open";
    std::vector<std::string> weights{"0.9", "0.25", "0.15"};
    std::string fill_term = "share";
    std::string pacing = "off";
    std::string pacing_share = "0.5";
    blob::StoreSettings pictures;
    ai::ProviderOptions ai;

    void declare(config::Settings& settings);
    // A caller waits for every choice, and group commits make batches by themselves.
    static void adjust(runtime::CommonSettings& common);
    // They throw SettingsError for what means nothing.
    commands::ChoiceRules rules() const;
    bool is_enforced() const;
  };

  AdvertService(runtime::Runtime& runtime, const Settings& settings);
  void start();
  void stop();

 private:
  commands::RulesInForce rules_;
  const std::shared_ptr<commands::Desk> desk_;
  outbox::Handlers handlers_;
  runtime::Queries queries_;
  projection::Projection users_;
  const std::unique_ptr<blob::Store> pictures_;
  direct::DirectApi direct_;
  runtime::Reload reload_;
  runtime::Backend backend_;  // intake: last
};

}  // namespace waybill::advert
