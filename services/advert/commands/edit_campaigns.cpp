// Campaigns: created, changed, deleted, and given a picture.
#include "services/advert/commands/commands.hpp"
#include "services/advert/commands/ids.hpp"
#include "services/advert/domain/faults.hpp"
#include "services/advert/events/advert_events.hpp"
#include "services/advert/store/campaigns.hpp"

namespace waybill::advert::commands {
namespace {

domain::Targeting read_targeting(const v1::Targeting& message) {
  domain::Targeting targeting;
  if (message.has_gender()) targeting.gender = message.gender();
  if (message.has_age_from()) targeting.age_from = message.age_from();
  if (message.has_age_to()) targeting.age_to = message.age_to();
  if (message.has_location()) targeting.location = message.location();
  return targeting;
}

domain::Campaign read_campaign(const outbox::Command<v1::CreateCampaign>& command) {
  const v1::CreateCampaign& body = command.body;
  domain::Campaign campaign;
  campaign.id = command.id();
  campaign.advertiser_id = id_of(body.advertiser_id());
  campaign.ad_title = body.ad_title();
  campaign.ad_text = body.ad_text();
  campaign.impressions_limit = body.impressions_limit();
  campaign.clicks_limit = body.clicks_limit();
  campaign.cost_per_impression = body.cost_per_impression();
  campaign.cost_per_click = body.cost_per_click();
  campaign.start_date = body.start_date();
  campaign.end_date = body.end_date();
  campaign.targeting = read_targeting(body.targeting());
  campaign.created_at = command.now;
  return campaign;
}

domain::Edit read_edit(const v1::UpdateCampaign& body) {
  domain::Edit edit;
  if (body.has_ad_title()) edit.ad_title = body.ad_title();
  if (body.has_ad_text()) edit.ad_text = body.ad_text();
  if (body.has_impressions_limit()) edit.impressions_limit = body.impressions_limit();
  if (body.has_clicks_limit()) edit.clicks_limit = body.clicks_limit();
  if (body.has_cost_per_impression()) edit.cost_per_impression = body.cost_per_impression();
  if (body.has_cost_per_click()) edit.cost_per_click = body.cost_per_click();
  if (body.has_start_date()) edit.start_date = body.start_date();
  if (body.has_end_date()) edit.end_date = body.end_date();
  edit.targeting = read_targeting(body.targeting());
  return edit;
}

Result<void> check_texts(const moderation::Moderator* moderator, const std::string& title,
                         const std::string& text) {
  if (!moderator) return {};
  if (auto checked = moderator->check(title, "title"); !checked) return checked;
  return moderator->check(text, "text");
}

outbox::Outcome created(const domain::Campaign& campaign) {
  outbox::Outcome outcome = outbox::Outcome::ok(events::representation(campaign));
  outcome.status = 201;
  return outcome;
}

// One batch at work on campaigns that are there: commands see what those before them did.
struct Work {
  store::Turn turn;
  store::Campaigns campaigns;
  store::Advertisers advertisers;
  std::unordered_map<Id, domain::Campaign> changed;
};

template <class Message>
Work load(pg::Tx& tx, Batch<Message> batch) {
  Work work;
  work.turn = store::take_turn(tx);
  std::vector<Id> campaigns, advertisers;
  for (const auto& command : batch) {
    campaigns.push_back(id_of(command.body.campaign_id()));
    advertisers.push_back(id_of(command.body.advertiser_id()));
  }
  work.campaigns = store::find_campaigns(tx, campaigns);
  work.advertisers = store::find_advertisers(tx, advertisers);
  return work;
}

// The campaign that a command is about; nullptr: there is none under this advertiser for the
// caller.
template <class Message>
domain::Campaign* find(Work& work, const outbox::Command<Message>& command, bool enforced) {
  const auto campaign = work.campaigns.find(id_of(command.body.campaign_id()));
  if (campaign == work.campaigns.end()) return nullptr;
  const Id advertiser = id_of(command.body.advertiser_id());
  if (campaign->second.advertiser_id != advertiser) return nullptr;
  const auto known = work.advertisers.find(advertiser);
  const auto owner = known == work.advertisers.end() ? std::nullopt : known->second.owner;
  return may_act_for(command.cause.caller, owner, enforced) ? &campaign->second : nullptr;
}

void change(Work& work, domain::Campaign& present, domain::Campaign next,
            const outbox::Cause& cause, outbox::Writer& out) {
  if (next.version == present.version) return;
  present = std::move(next);
  work.changed[present.id] = present;
  events::tell_changed(out, present, cause);
}

void save(pg::Tx& tx, Work& work) {
  if (work.changed.empty()) return;
  std::vector<domain::Campaign> rows;
  for (const auto& [id, campaign] : work.changed) rows.push_back(campaign);
  store::update_campaigns(tx, rows, store::raise_revision(tx, work.turn));
}

// Pictures: the handlers differ by the address that they set.
template <class Message, class Address>
std::vector<outbox::Outcome> set_images(pg::Tx& tx, Batch<Message> batch, outbox::Writer& out,
                                        bool enforced, Address address) {
  Work work = load(tx, batch);
  std::vector<outbox::Outcome> outcomes;
  for (const auto& command : batch) {
    domain::Campaign* campaign = find(work, command, enforced);
    if (!campaign) {
      outcomes.push_back(outbox::Outcome::refused(domain::no_such_campaign()));
      continue;
    }
    domain::Campaign next = *campaign;
    next.image_uri = address(command.body);
    if (next.image_uri != campaign->image_uri) ++next.version;
    change(work, *campaign, std::move(next), command.cause, out);
    outcomes.push_back(outbox::Outcome::no_content());
  }
  save(tx, work);
  return outcomes;
}

}  // namespace

std::vector<outbox::Outcome> CreateCampaigns::operator()(pg::Tx& tx,
                                                         Batch<v1::CreateCampaign> batch,
                                                         outbox::Writer& out) const {
  store::Turn turn = store::take_turn(tx);
  const auto moderator = desk->moderator(tx, turn);
  std::vector<Id> ids, advertiser_ids;
  for (const auto& command : batch) {
    ids.push_back(command.id());
    advertiser_ids.push_back(id_of(command.body.advertiser_id()));
  }
  const store::Campaigns before = store::find_campaigns(tx, ids);
  const store::Advertisers advertisers = store::find_advertisers(tx, advertiser_ids);
  std::vector<domain::Campaign> campaigns;
  const auto decide = [&](const outbox::Command<v1::CreateCampaign>& command) -> Result<void> {
    const domain::Campaign campaign = read_campaign(command);
    if (auto valid = domain::check_new(campaign, turn.day); !valid) return valid;
    auto clean = check_texts(moderator.get(), campaign.ad_title, campaign.ad_text);
    if (!clean) return clean;
    const auto advertiser = advertisers.find(campaign.advertiser_id);
    const bool known = advertiser != advertisers.end() &&
                       may_act_for(command.cause.caller, advertiser->second.owner, desk->enforced);
    if (!known) return domain::no_such_advertiser();
    campaigns.push_back(campaign);
    return {};
  };
  std::vector<outbox::Outcome> outcomes;
  for (const auto& command : batch) {
    if (const auto known = before.find(command.id()); known != before.end()) {
      outcomes.push_back(created(known->second));
    } else if (const auto decided = decide(command); decided) {
      events::tell_changed(out, campaigns.back(), command.cause);
      outcomes.push_back(created(campaigns.back()));
    } else {
      outcomes.push_back(outbox::Outcome::refused(decided.error()));
    }
  }
  if (!campaigns.empty()) {
    store::insert_campaigns(tx, campaigns, store::raise_revision(tx, turn));
  }
  return outcomes;
}

std::vector<outbox::Outcome> UpdateCampaigns::operator()(pg::Tx& tx,
                                                         Batch<v1::UpdateCampaign> batch,
                                                         outbox::Writer& out) const {
  Work work = load(tx, batch);
  const auto moderator = desk->moderator(tx, work.turn);
  std::vector<outbox::Outcome> outcomes;
  for (const auto& command : batch) {
    domain::Campaign* campaign = find(work, command, desk->enforced);
    if (!campaign) {
      outcomes.push_back(outbox::Outcome::refused(domain::no_such_campaign()));
      continue;
    }
    const domain::Edit edit = read_edit(command.body);
    auto next = domain::edited(*campaign, edit, work.turn.day);
    // Texts that stay were accepted when they came.
    const auto clean =
        next ? check_texts(moderator.get(), edit.ad_title.value_or(""), edit.ad_text.value_or(""))
             : Result<void>{next.error()};
    if (!clean) {
      outcomes.push_back(outbox::Outcome::refused(clean.error()));
      continue;
    }
    change(work, *campaign, std::move(*next), command.cause, out);
    outcomes.push_back(outbox::Outcome::ok(events::representation(*campaign)));
  }
  save(tx, work);
  return outcomes;
}

std::vector<outbox::Outcome> DeleteCampaigns::operator()(pg::Tx& tx,
                                                         Batch<v1::DeleteCampaign> batch,
                                                         outbox::Writer& out) const {
  Work work = load(tx, batch);
  std::vector<domain::Campaign> gone;
  std::vector<outbox::Outcome> outcomes;
  for (const auto& command : batch) {
    domain::Campaign* campaign = find(work, command, desk->enforced);
    if (!campaign) {
      outcomes.push_back(outbox::Outcome::refused(domain::no_such_campaign()));
      continue;
    }
    ++campaign->version;
    events::tell_deleted(out, *campaign, command.cause);
    gone.push_back(*campaign);
    work.campaigns.erase(campaign->id);
    outcomes.push_back(outbox::Outcome::no_content());
  }
  if (!gone.empty()) {
    store::delete_campaigns(tx, gone, batch.front().now, store::raise_revision(tx, work.turn));
  }
  return outcomes;
}

std::vector<outbox::Outcome> SetImages::operator()(pg::Tx& tx, Batch<v1::SetCampaignImage> batch,
                                                   outbox::Writer& out) const {
  return set_images(tx, batch, out, desk->enforced, [](const v1::SetCampaignImage& body) {
    return std::optional<std::string>{body.image_uri()};
  });
}

std::vector<outbox::Outcome> ClearImages::operator()(pg::Tx& tx,
                                                     Batch<v1::ClearCampaignImage> batch,
                                                     outbox::Writer& out) const {
  return set_images(tx, batch, out, desk->enforced,
                    [](const v1::ClearCampaignImage&) { return std::optional<std::string>{}; });
}

}  // namespace waybill::advert::commands
