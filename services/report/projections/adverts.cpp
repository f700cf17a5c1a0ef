#include "services/report/store/adverts.hpp"

#include "libs/projection/rows.hpp"
#include "services/report/projections/projections.hpp"
#include "waybill/advert/v1/events.pb.h"

namespace waybill::report::projections {
namespace {

namespace v1 = waybill::advert::v1;
using projection::read_id;

store::AdCampaign read_changed(const v1::CampaignChanged& message, const messaging::Event& event) {
  const v1::Campaign& campaign = message.campaign();
  return {read_id(campaign.campaign_id(), event), message.version(),
          read_id(campaign.advertiser_id(), event), campaign.ad_title(), false};
}

store::AdCampaign read_deleted(const v1::CampaignDeleted& message, const messaging::Event& event) {
  return {read_id(message.campaign_id(), event),
          message.version(),
          read_id(message.advertiser_id(), event),
          {},
          true};
}

store::AdAdvertiser read_advertiser(const v1::AdvertiserChanged& message,
                                    const messaging::Event& event) {
  return {read_id(message.advertiser().advertiser_id(), event), message.version(),
          message.advertiser().name()};
}

template <class Message>
auto read_fact(const std::string& kind) {
  return [kind](const Message& message, const messaging::Event& event) {
    return store::AdFact{read_id(message.campaign_id(), event), read_id(message.client_id(), event),
                         kind, message.day(), message.price()};
  };
}

}  // namespace

projection::Definition adverts() {
  projection::Rows<store::AdCampaign> campaigns;
  campaigns.on<v1::CampaignChanged>(read_changed).on<v1::CampaignDeleted>(read_deleted);
  projection::Rows<store::AdAdvertiser> advertisers;
  advertisers.on<v1::AdvertiserChanged>(read_advertiser);
  projection::Rows<store::AdFact> facts;
  facts.on<v1::ImpressionRecorded>(read_fact<v1::ImpressionRecorded>("SHOW"));
  facts.on<v1::ClickRecorded>(read_fact<v1::ClickRecorded>("CLICK"));
  const auto apply = [put_campaigns = campaigns.newest_into(store::put_ad_campaigns),
                      put_advertisers = advertisers.newest_into(store::put_ad_advertisers),
                      add_facts = facts.every_into(store::add_ad_facts)](
                         pg::Tx& tx, std::span<const messaging::Event> events) {
    put_campaigns(tx, events);
    put_advertisers(tx, events);
    add_facts(tx, events);
  };
  return {.name = "report.adverts",
          .service = "report",
          .topics = {"waybill.adverts"},
          .tables = {"ad_campaign", "ad_advertiser", "ad_fact"},
          .apply = apply,
          .pace = pace};
}

}  // namespace waybill::report::projections
