#include "services/advert/events/advert_events.hpp"

#include "libs/contract/json.hpp"

namespace waybill::advert::events {
namespace {

constexpr std::string_view topic = "waybill.adverts";

// The day and the moderation have no ids of their own; the values are arbitrary and must never
// change.
const Id kDay = *Id::parse("3c9d6f0a-92a5-4b0e-8a43-5a9f0f6c1d01");
const Id kModeration = *Id::parse("3c9d6f0a-92a5-4b0e-8a43-5a9f0f6c1d02");

// As the database keeps it: the older of two campaigns wins a tie, also within a millisecond.
std::string to_micros(Instant at) {
  std::string text = to_rfc3339(at);
  text.pop_back();
  return fmt::format("{}{:03}Z", text, to_unix_micros(at) % 1000);
}

// Members of the statistics, without braces.
std::string sums(const domain::Stats& stats) {
  std::string json = fmt::format(R"("impressions_count":{},"clicks_count":{},"conversion":)",
                                 stats.impressions, stats.clicks);
  contract::append_json_number(stats.conversion(), json);
  json += R"(,"spent_impressions":)";
  contract::append_json_number(stats.spent_impressions, json);
  json += R"(,"spent_clicks":)";
  contract::append_json_number(stats.spent_clicks, json);
  json += R"(,"spent_total":)";
  contract::append_json_number(stats.spent_total(), json);
  return json;
}

}  // namespace

v1::Client to_message(const domain::Client& client) {
  v1::Client message;
  message.set_client_id(client.id.to_string());
  message.set_login(client.login);
  message.set_age(client.age);
  message.set_location(client.location);
  message.set_gender(client.gender);
  return message;
}

v1::Advertiser to_message(const store::Advertiser& advertiser) {
  v1::Advertiser message;
  message.set_advertiser_id(advertiser.id.to_string());
  message.set_name(advertiser.name);
  return message;
}

v1::Campaign to_message(const domain::Campaign& campaign) {
  v1::Campaign message;
  message.set_campaign_id(campaign.id.to_string());
  message.set_advertiser_id(campaign.advertiser_id.to_string());
  message.set_impressions_limit(campaign.impressions_limit);
  message.set_clicks_limit(campaign.clicks_limit);
  message.set_cost_per_impression(campaign.cost_per_impression);
  message.set_cost_per_click(campaign.cost_per_click);
  message.set_ad_title(campaign.ad_title);
  message.set_ad_text(campaign.ad_text);
  message.set_start_date(campaign.start_date);
  message.set_end_date(campaign.end_date);
  v1::Targeting& targeting = *message.mutable_targeting();  // there even when it restricts nothing
  if (campaign.targeting.gender) targeting.set_gender(*campaign.targeting.gender);
  if (campaign.targeting.age_from) targeting.set_age_from(*campaign.targeting.age_from);
  if (campaign.targeting.age_to) targeting.set_age_to(*campaign.targeting.age_to);
  if (campaign.targeting.location) targeting.set_location(*campaign.targeting.location);
  if (campaign.image_uri) message.set_image_uri(*campaign.image_uri);
  return message;
}

std::string representation(const domain::Client& client) {
  return contract::to_json(to_message(client));
}

std::string representation(const store::Advertiser& advertiser) {
  return contract::to_json(to_message(advertiser));
}

std::string representation(const domain::Campaign& campaign) {
  return contract::to_json(to_message(campaign));
}

std::string representation(const store::Shown& ad) {
  v1::Ad message;
  message.set_ad_id(ad.campaign_id.to_string());
  message.set_ad_title(ad.ad_title);
  message.set_ad_text(ad.ad_text);
  message.set_advertiser_id(ad.advertiser_id.to_string());
  return contract::to_json(message);
}

std::string representation(const domain::Stats& stats) {
  return '{' + sums(stats) + '}';
}

std::string representation(const std::vector<domain::DailyStats>& days) {
  std::vector<std::string> items;
  for (const domain::DailyStats& day : days) {
    items.push_back(fmt::format(R"({{{},"date":{}}})", sums(day.stats), day.day));
  }
  return json_list(items);
}

std::string json_list(std::span<const std::string> items) {
  std::string list = "[";
  for (const std::string& item : items) {
    if (list.size() > 1) list += ',';
    list += item;
  }
  return list + ']';
}

void tell_client(outbox::Writer& out, const domain::Client& client, const outbox::Cause& cause) {
  v1::ClientChanged event;
  *event.mutable_client() = to_message(client);
  event.set_version(client.version);
  out.event(topic, client.id, client.version, event, cause);
}

void tell_advertiser(outbox::Writer& out, const store::Advertiser& advertiser,
                     const outbox::Cause& cause) {
  v1::AdvertiserChanged event;
  *event.mutable_advertiser() = to_message(advertiser);
  if (advertiser.owner) event.set_owner_id(advertiser.owner->to_string());
  event.set_version(advertiser.version);
  out.event(topic, advertiser.id, advertiser.version, event, cause);
}

void tell_score(outbox::Writer& out, const store::Score& score, const outbox::Cause& cause) {
  v1::ScoreChanged event;
  event.set_client_id(score.client_id.to_string());
  event.set_advertiser_id(score.advertiser_id.to_string());
  event.set_score(score.score);
  event.set_version(score.version);
  out.event(topic, score.event_key(), score.version, event, cause);
}

void tell_changed(outbox::Writer& out, const domain::Campaign& campaign,
                  const outbox::Cause& cause) {
  v1::CampaignChanged event;
  *event.mutable_campaign() = to_message(campaign);
  event.set_version(campaign.version);
  event.set_created_at(to_micros(campaign.created_at));
  out.event(topic, campaign.id, campaign.version, event, cause);
}

void tell_deleted(outbox::Writer& out, const domain::Campaign& campaign,
                  const outbox::Cause& cause) {
  v1::CampaignDeleted event;
  event.set_campaign_id(campaign.id.to_string());
  event.set_advertiser_id(campaign.advertiser_id.to_string());
  event.set_version(campaign.version);
  out.event(topic, campaign.id, campaign.version, event, cause);
}

void tell_day(outbox::Writer& out, const store::Turn& turn, const outbox::Cause& cause) {
  v1::DayChanged event;
  event.set_current_date(turn.day);
  event.set_version(turn.day_version);
  out.event(topic, kDay, turn.day_version, event, cause);
}

void tell_moderation(outbox::Writer& out, const store::Turn& turn,
                     const std::vector<std::string>& words, const outbox::Cause& cause) {
  v1::ModerationChanged event;
  event.set_is_enabled(turn.moderation_enabled);
  for (const std::string& word : words) event.add_blacklist(word);
  event.set_version(turn.moderation_version);
  out.event(topic, kModeration, turn.moderation_version, event, cause);
}

void tell_impression(outbox::Writer& out, const store::Shown& shown, std::int64_t shows,
                     const Basis& basis, const outbox::Cause& cause) {
  v1::ImpressionRecorded event;
  event.set_campaign_id(shown.campaign_id.to_string());
  event.set_client_id(basis.client_id.to_string());
  event.set_advertiser_id(shown.advertiser_id.to_string());
  event.set_day(basis.day);
  event.set_price(shown.price);
  event.set_score(basis.score);
  event.set_price_term(basis.terms.price);
  event.set_relevance_term(basis.terms.relevance);
  event.set_fill_term(basis.terms.fill);
  event.set_candidates(static_cast<std::int32_t>(basis.candidates));
  event.set_shows(shows);
  out.notice(topic, shown.campaign_id, "shown", event, cause);
}

void tell_click(outbox::Writer& out, const domain::Campaign& campaign, const Id& client,
                domain::Day day, const outbox::Cause& cause) {
  v1::ClickRecorded event;
  event.set_campaign_id(campaign.id.to_string());
  event.set_client_id(client.to_string());
  event.set_advertiser_id(campaign.advertiser_id.to_string());
  event.set_day(day);
  event.set_price(campaign.cost_per_click);
  event.set_clicks(campaign.clicks);
  out.notice(topic, campaign.id, "clicked", event, cause);
}

}  // namespace waybill::advert::events
