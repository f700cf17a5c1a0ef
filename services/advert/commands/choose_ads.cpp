#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"
#include "services/advert/commands/commands.hpp"
#include "services/advert/commands/ids.hpp"
#include "services/advert/domain/faults.hpp"
#include "services/advert/events/advert_events.hpp"

namespace waybill::advert::commands {
namespace {

using Command = outbox::Command<v1::ChooseAd>;

void count_choice(const std::string& outcome) {
  metrics::counter("advert_choices_total", "Ads that were asked for.", {{"outcome", outcome}})
      .add();
}

// Who is asking in this batch, and what of it was decided.
struct Round {
  store::Turn turn;
  std::shared_ptr<const ChoiceRules> rules;
  std::unordered_map<Id, domain::Viewer> viewers;

  struct Decision {
    const Command* command;
    events::Basis basis;
    Id campaign_id;
    std::int64_t shows;  // of the campaign, with this one
  };
  std::vector<Decision> decisions;
};

std::unordered_map<Id, domain::Viewer> load_viewers(pg::Tx& tx, Batch<v1::ChooseAd> batch) {
  std::vector<Id> ids;
  for (const Command& command : batch) ids.push_back(id_of(command.body.client_id()));
  std::unordered_map<Id, domain::Viewer> viewers;
  store::Clients clients = store::find_clients(tx, ids);
  if (clients.empty()) return viewers;
  auto relevance = store::find_relevance(tx, ids);
  auto seen = store::find_seen(tx, ids);
  for (auto& [id, client] : clients) {
    viewers[id] = {std::move(client), std::move(relevance[id]), std::move(seen[id])};
  }
  return viewers;
}

// What pacing keeps from the viewer; asks the database, so all that was decided has to be there.
choice::KeepBack keep_back(pg::Tx& tx, const Round& round, const domain::Viewer& viewer) {
  if (!round.rules->pacing) return {};
  return [&tx, &round, &viewer](const std::vector<const choice::Listing*>& participants) {
    std::vector<Id> ids;
    for (const choice::Listing* listing : participants) ids.push_back(listing->id);
    const auto audiences = store::find_audiences(tx, ids);
    std::unordered_set<Id> kept;
    for (const choice::Listing* listing : participants) {
      domain::Campaign campaign;
      campaign.impressions_limit = listing->offer.impressions_limit;
      campaign.shows = listing->offer.shows;
      campaign.start_date = listing->start_date;
      campaign.end_date = listing->end_date;
      const bool is_kept = domain::is_kept_back(campaign, audiences.at(listing->id),
                                                viewer.relevance.of(listing->advertiser_id),
                                                round.turn.day, round.rules->pacing_share);
      if (is_kept) kept.insert(listing->id);
    }
    return kept;
  };
}

bool is_late(const Command& command) {
  // The wall clock, not the batch's: it may have waited for its turn since.
  return now() - command.cause.sent_at > choice_deadline;
}

// A refusal, or nothing and one more decision.
std::optional<outbox::Outcome> decide(pg::Tx& tx, Round& round, choice::Mirror& mirror,
                                      const Command& command) {
  if (is_late(command)) {
    count_choice("late");
    return outbox::Outcome::not_now(domain::too_late("The choice could not be made in time."));
  }
  const auto viewer = round.viewers.find(id_of(command.body.client_id()));
  if (viewer == round.viewers.end()) {
    count_choice("unknown-client");
    return outbox::Outcome::refused(domain::no_such_client());
  }
  const auto best = choice::choose(mirror.index(), viewer->second, round.rules->weights,
                                   keep_back(tx, round, viewer->second));
  if (!best) {
    count_choice("no-ad");
    return outbox::Outcome::refused(domain::absent("There is no ad for this client."));
  }
  const Id campaign = best->listing->id;
  round.decisions.push_back(
      {&command,
       {viewer->first, round.turn.day, best->terms, best->score, best->candidates},
       campaign,
       best->listing->offer.shows + 1});
  viewer->second.seen.insert(campaign);
  mirror.add_show(campaign);
  return std::nullopt;
}

// Writes what was decided; the texts of the ads come back with it. The database has the last word.
std::unordered_map<Id, store::Shown> record(pg::Tx& tx, Round& round, choice::Mirror& mirror) {
  std::vector<store::Impression> impressions;
  for (const Round::Decision& decision : round.decisions) {
    impressions.push_back({decision.campaign_id, decision.basis.client_id, decision.command->now});
  }
  const std::int64_t revision = store::raise_revision(tx, round.turn);
  auto shown = store::record_impressions(tx, impressions, round.turn.day, revision);
  if (!shown) {
    log::warn("advert.index-out-of-step", {{"impressions", impressions.size()}});
    mirror.forget();
    throw pg::TransientError{"the index and the books disagree"};
  }
  mirror.note(round.turn);
  return std::move(*shown);
}

outbox::Outcome answer(const Round::Decision& decision,
                       const std::unordered_map<Id, store::Shown>& shown, outbox::Writer& out) {
  static metrics::Histogram& candidates =
      metrics::histogram("advert_candidates", "Campaigns that took part in a choice.", {},
                         {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 50000});
  const store::Shown& ad = shown.at(decision.campaign_id);
  events::tell_impression(out, ad, decision.shows, decision.basis, decision.command->cause);
  candidates.observe(static_cast<double>(decision.basis.candidates));
  count_choice("shown");
  return outbox::Outcome::ok(events::representation(ad));
}

}  // namespace

std::vector<outbox::Outcome> ChooseAds::operator()(pg::Tx& tx, Batch<v1::ChooseAd> batch,
                                                   outbox::Writer& out) const {
  static metrics::Histogram& seconds =
      metrics::histogram("advert_choice_seconds", "From the turn to the decision, per batch.");
  Round round{store::take_turn(tx), desk->rules.get(), load_viewers(tx, batch), {}};
  const metrics::Timer timer{seconds};
  const auto lock = desk->mirror.lock();
  desk->mirror.catch_up(tx, round.turn);
  std::vector<outbox::Outcome> outcomes(batch.size());
  std::vector<std::size_t> open;  // places of commands whose decisions are not recorded
  const auto settle = [&] {
    if (round.decisions.empty()) return;
    const auto shown = record(tx, round, desk->mirror);
    for (std::size_t i = 0; i < open.size(); ++i) {
      outcomes[open[i]] = answer(round.decisions[i], shown, out);
    }
    round.decisions.clear();
    open.clear();
  };
  for (std::size_t i = 0; i < batch.size(); ++i) {
    auto refused = decide(tx, round, desk->mirror, batch[i]);
    if (refused) {
      outcomes[i] = std::move(*refused);
    } else {
      open.push_back(i);
    }
    if (round.rules->pacing) settle();  // the next one's audiences are counted in the database
  }
  settle();
  return outcomes;
}

}  // namespace waybill::advert::commands
