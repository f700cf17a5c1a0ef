#include "tools/waybill/audit/model.hpp"
#include "waybill/advert/v1/events.pb.h"

namespace waybill::tool::audit {
namespace {

namespace v1 = waybill::advert::v1;

template <class Message, class Say>
std::string say(const messaging::Event& event, Say words) {
  Message message;
  return message.ParseFromString(event.value) ? words(message) : "unreadable";
}

std::string campaign_facts(const v1::CampaignChanged& message) {
  const v1::Campaign& campaign = message.campaign();
  return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}", campaign.advertiser_id(), campaign.ad_title(),
                     campaign.ad_text(), campaign.impressions_limit(), campaign.clicks_limit(),
                     campaign.start_date(), campaign.end_date(), campaign.image_uri());
}

std::string client_facts(const v1::ClientChanged& message) {
  const v1::Client& client = message.client();
  return fmt::format("{}|{}|{}|{}", client.login(), client.age(), client.location(),
                     client.gender());
}

std::string facts(const messaging::Event& event) {
  const auto type = event.headers.find("ce_type");
  const std::string name = type == event.headers.end() ? "" : type->second;
  const auto is = [&](const google::protobuf::Descriptor* kind) {
    return name == kind->full_name();
  };
  if (is(v1::CampaignDeleted::descriptor())) return "deleted";
  if (is(v1::CampaignChanged::descriptor())) {
    return say<v1::CampaignChanged>(event, campaign_facts);
  }
  if (is(v1::ClientChanged::descriptor())) return say<v1::ClientChanged>(event, client_facts);
  if (is(v1::AdvertiserChanged::descriptor())) {
    return say<v1::AdvertiserChanged>(event, [](const v1::AdvertiserChanged& message) {
      return message.advertiser().name() + '|' + message.owner_id();
    });
  }
  if (is(v1::ScoreChanged::descriptor())) {
    return say<v1::ScoreChanged>(
        event, [](const v1::ScoreChanged& message) { return std::to_string(message.score()); });
  }
  if (is(v1::DayChanged::descriptor())) {
    return say<v1::DayChanged>(event, [](const v1::DayChanged& message) {
      return std::to_string(message.current_date());
    });
  }
  if (is(v1::ModerationChanged::descriptor())) {
    return say<v1::ModerationChanged>(event, [](const v1::ModerationChanged& message) {
      return fmt::format("{}", message.is_enabled());
    });
  }
  return {};
}

// Rows of one kind, with what their newest events say. Of a row that is older than the range the
// first versions are not asked for.
std::string kind(const std::string& id, const std::string& version, const std::string& says,
                 const std::string& changed_at, const std::string& table) {
  return "SELECT " + id + " AS id, " + version + " AS version, md5(" + says + "), (" + version +
         " = 1 OR " + kSince + " = '-infinity') FROM " + table + " WHERE " + version + " > 0 AND " +
         changed_at + " >= " + kSince;
}

const std::string kStates =
    kind("id", "version",
         "CASE WHEN deleted_at IS NOT NULL THEN 'deleted' ELSE concat_ws('|', advertiser_id, "
         "ad_title, ad_text, impressions_limit, clicks_limit, start_date, end_date, "
         "coalesce(image_uri, '')) END",
         "changed_at", "campaigns") +
    " UNION ALL " +
    kind("id", "version", "concat_ws('|', login, age, location, gender)", "changed_at", "clients") +
    " UNION ALL " +
    kind("a.id", "a.version", "a.name || '|' || coalesce(o.user_id::text, '')", "a.changed_at",
         "advertisers a LEFT JOIN advertiser_owners o ON o.advertiser_id = a.id") +
    " UNION ALL " + kind("event_key", "version", "score::text", "changed_at", "ml_scores") +
    " UNION ALL " +
    kind("'3c9d6f0a-92a5-4b0e-8a43-5a9f0f6c1d01'::uuid", "day_version", "day::text",
         "day_changed_at", "settings") +
    " UNION ALL " +
    kind("'3c9d6f0a-92a5-4b0e-8a43-5a9f0f6c1d02'::uuid", "moderation_version",
         "moderation_enabled::text", "moderation_changed_at", "settings") +
    " ORDER BY id";

}  // namespace

Model advert_model() {
  return {
      .service = "advert",
      .topic = "waybill.adverts",
      .id_name = "key",
      .states = kStates,
      .facts = facts,
      .checks = {
          {"counters-differ", "counters say what the books say",
           "SELECT json_build_object('campaign_id', c.id), 'the counters say ' || c.shows || ' and "
           "' "
           "|| c.clicks || ', the books ' || coalesce(m.shows, 0) || ' and ' || "
           "coalesce(m.clicks, 0) FROM campaigns c LEFT JOIN (SELECT campaign_id, count(*) FILTER "
           "(WHERE fact = 'SHOW') AS shows, count(*) FILTER (WHERE fact = 'CLICK') AS clicks "
           "FROM metrics GROUP BY campaign_id) AS m ON m.campaign_id = c.id "
           "WHERE c.shows <> coalesce(m.shows, 0) OR c.clicks <> coalesce(m.clicks, 0) "
           "ORDER BY c.id"},
          {"click-without-impression", "who clicks was shown the ad",
           "SELECT json_build_object('campaign_id', k.campaign_id, 'client_id', k.client_id), "
           "'there is a click and no impression' FROM metrics k WHERE k.fact = 'CLICK' AND "
           "NOT EXISTS (SELECT FROM metrics s WHERE s.campaign_id = k.campaign_id AND "
           "s.client_id = k.client_id AND s.fact = 'SHOW') ORDER BY k.campaign_id, k.client_id"},
      }};
}

}  // namespace waybill::tool::audit
