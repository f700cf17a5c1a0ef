#include "libs/metrics/metrics.hpp"
#include "services/advert/commands/commands.hpp"
#include "services/advert/commands/ids.hpp"
#include "services/advert/domain/faults.hpp"
#include "services/advert/events/advert_events.hpp"
#include "services/advert/store/campaigns.hpp"

namespace waybill::advert::commands {
namespace {

using Pair = std::pair<Id, Id>;  // campaign, client

void count_click(const std::string& outcome) {
  metrics::counter("advert_clicks_total", "Clicks that came.", {{"outcome", outcome}}).add();
}

Pair pair_of(const v1::ClickAd& body) {
  return {id_of(body.ad_id()), id_of(body.client_id())};
}

outbox::Outcome refuse(const std::string& why, Fault fault) {
  count_click(why);
  return outbox::Outcome::refused(std::move(fault));
}

}  // namespace

std::vector<outbox::Outcome> record_clicks(pg::Tx& tx, Batch<v1::ClickAd> batch,
                                           outbox::Writer& out) {
  store::Turn turn = store::take_turn(tx);
  std::vector<Pair> pairs;
  std::vector<Id> campaign_ids, client_ids;
  for (const auto& command : batch) {
    pairs.push_back(pair_of(command.body));
    campaign_ids.push_back(pairs.back().first);
    client_ids.push_back(pairs.back().second);
  }
  store::Campaigns campaigns = store::find_campaigns(tx, campaign_ids);
  const store::Clients clients = store::find_clients(tx, client_ids);
  store::Facts facts = store::find_facts(tx, pairs);
  std::vector<store::Click> clicks;
  std::vector<outbox::Outcome> outcomes;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto& [campaign_id, client_id] = pairs[i];
    const auto campaign = campaigns.find(campaign_id);
    if (campaign == campaigns.end()) {
      outcomes.push_back(refuse("unknown-ad", domain::absent("There is no such ad.")));
    } else if (!clients.contains(client_id)) {
      outcomes.push_back(refuse("unknown-client", domain::no_such_client()));
    } else if (!facts.shown.contains(pairs[i])) {
      outcomes.push_back(
          refuse("not-shown", domain::not_allowed("This client was not shown the ad.")));
    } else {
      const bool first = facts.clicked.insert(pairs[i]).second;
      count_click(first ? "recorded" : "repeated");
      outcomes.push_back(outbox::Outcome::no_content());
      if (!first) continue;
      ++campaign->second.clicks;
      clicks.push_back({campaign_id, client_id, campaign->second.cost_per_click, batch[i].now});
      events::tell_click(out, campaign->second, client_id, turn.day, batch[i].cause);
    }
  }
  if (!clicks.empty()) {
    store::record_clicks(tx, clicks, turn.day, store::raise_revision(tx, turn));
  }
  return outcomes;
}

}  // namespace waybill::advert::commands
