#include "services/advert/commands/commands.hpp"

namespace waybill::advert::commands {

outbox::Handlers make_handlers(const std::shared_ptr<Desk>& desk) {
  outbox::Handlers handlers;
  handlers.on<v1::PutClients>(put_clients);
  handlers.on<v1::PutAdvertisers>(put_advertisers);
  handlers.on<v1::SetScore>(set_scores);
  handlers.on<v1::CreateCampaign>(CreateCampaigns{desk});
  handlers.on<v1::UpdateCampaign>(UpdateCampaigns{desk});
  handlers.on<v1::DeleteCampaign>(DeleteCampaigns{desk});
  handlers.on<v1::SetCampaignImage>(SetImages{desk});
  handlers.on<v1::ClearCampaignImage>(ClearImages{desk});
  handlers.on<v1::ChooseAd>(ChooseAds{desk});
  handlers.on<v1::ClickAd>(record_clicks);
  handlers.on<v1::SetDay>(set_days);
  handlers.on<v1::SetBlacklist>(set_blacklists);
  handlers.on<v1::EnableModeration>(enable_moderation);
  handlers.on<v1::DisableModeration>(disable_moderation);
  handlers.on<v1::BindOwner>(bind_owners);
  handlers.on<v1::FreeOwner>(free_owners);
  handlers.on<v1::CreateOwnAdvertiser>(create_own_advertisers);
  return handlers;
}

}  // namespace waybill::advert::commands
