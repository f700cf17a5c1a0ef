// Clients, advertisers and scores: inserted or overwritten by id.
#include <map>
#include <unordered_set>

#include "services/advert/commands/commands.hpp"
#include "services/advert/commands/ids.hpp"
#include "services/advert/domain/faults.hpp"
#include "services/advert/events/advert_events.hpp"

namespace waybill::advert::commands {
namespace {

outbox::Outcome stored(std::span<const std::string> representations) {
  outbox::Outcome outcome = outbox::Outcome::ok(events::json_list(representations));
  outcome.status = 201;
  return outcome;
}

domain::Client read_client(const v1::Client& message) {
  domain::Client client;
  client.id = id_of(message.client_id());
  client.login = message.login();
  client.age = message.age();
  client.location = message.location();
  client.gender = message.gender();
  return client;
}

store::Advertiser read_advertiser(const v1::Advertiser& message) {
  store::Advertiser advertiser;
  advertiser.id = id_of(message.advertiser_id());
  advertiser.name = message.name();
  return advertiser;
}

// Some id that stands twice.
template <class Rows>
std::optional<Id> repeated_id(const Rows& rows) {
  std::unordered_set<Id> ids;
  for (const auto& row : rows) {
    if (!ids.insert(row.id).second) return row.id;
  }
  return std::nullopt;
}

outbox::Outcome repeats(const Id& id) {
  return outbox::Outcome::refused(domain::already_exists(
      fmt::format("{} stands twice and conflicts with existing resource.", id.to_string())));
}

template <class Row>
std::vector<Row> changed_rows(const std::unordered_map<Id, Row>& rows,
                              const std::unordered_set<Id>& changed) {
  std::vector<Row> list;
  for (const Id& id : changed) list.push_back(rows.at(id));
  return list;
}

outbox::Outcome put(store::Clients& known, std::unordered_set<Id>& changed,
                    const outbox::Command<v1::PutClients>& command, outbox::Writer& out) {
  std::vector<domain::Client> wanted;
  for (const v1::Client& message : command.body.clients()) wanted.push_back(read_client(message));
  if (const auto twice = repeated_id(wanted)) return repeats(*twice);
  std::vector<std::string> representations;
  for (domain::Client& client : wanted) {
    domain::Client& present = known[client.id];
    client.version = present.version;
    representations.push_back(events::representation(client));
    if (client == present) continue;
    ++client.version;
    changed.insert(client.id);
    events::tell_client(out, client, command.cause);
    present = std::move(client);
  }
  return stored(representations);
}

outbox::Outcome put(store::Advertisers& known, std::unordered_set<Id>& changed,
                    const outbox::Command<v1::PutAdvertisers>& command, outbox::Writer& out) {
  std::vector<store::Advertiser> wanted;
  for (const v1::Advertiser& message : command.body.advertisers()) {
    wanted.push_back(read_advertiser(message));
  }
  if (const auto twice = repeated_id(wanted)) return repeats(*twice);
  std::vector<std::string> representations;
  for (store::Advertiser& advertiser : wanted) {
    store::Advertiser& present = known[advertiser.id];
    advertiser.version = present.version;
    advertiser.owner = present.owner;
    representations.push_back(events::representation(advertiser));
    if (advertiser == present) continue;
    ++advertiser.version;
    changed.insert(advertiser.id);
    events::tell_advertiser(out, advertiser, command.cause);
    present = std::move(advertiser);
  }
  return stored(representations);
}

using Pair = std::pair<Id, Id>;  // client, advertiser

Pair pair_of(const v1::SetScore& body) {
  return {id_of(body.client_id()), id_of(body.advertiser_id())};
}

outbox::Outcome scored(std::int32_t score) {
  return outbox::Outcome::ok(fmt::format(R"({{"status":"ok","score":{}}})", score));
}

}  // namespace

std::vector<outbox::Outcome> put_clients(pg::Tx& tx, Batch<v1::PutClients> batch,
                                         outbox::Writer& out) {
  store::take_turn(tx);
  std::vector<Id> ids;
  for (const auto& command : batch) {
    for (const v1::Client& client : command.body.clients())
      ids.push_back(id_of(client.client_id()));
  }
  store::Clients known = store::find_clients(tx, ids);
  std::unordered_set<Id> changed;
  std::vector<outbox::Outcome> outcomes;
  for (const auto& command : batch) outcomes.push_back(put(known, changed, command, out));
  store::put_clients(tx, changed_rows(known, changed));
  return outcomes;
}

std::vector<outbox::Outcome> put_advertisers(pg::Tx& tx, Batch<v1::PutAdvertisers> batch,
                                             outbox::Writer& out) {
  store::take_turn(tx);
  std::vector<Id> ids;
  for (const auto& command : batch) {
    for (const v1::Advertiser& advertiser : command.body.advertisers()) {
      ids.push_back(id_of(advertiser.advertiser_id()));
    }
  }
  store::Advertisers known = store::find_advertisers(tx, ids);
  std::unordered_set<Id> changed;
  std::vector<outbox::Outcome> outcomes;
  for (const auto& command : batch) outcomes.push_back(put(known, changed, command, out));
  store::put_advertisers(tx, changed_rows(known, changed));
  return outcomes;
}

std::vector<outbox::Outcome> set_scores(pg::Tx& tx, Batch<v1::SetScore> batch,
                                        outbox::Writer& out) {
  store::take_turn(tx);
  std::vector<Pair> pairs;
  std::vector<Id> client_ids, advertiser_ids;
  for (const auto& command : batch) {
    pairs.push_back(pair_of(command.body));
    client_ids.push_back(pairs.back().first);
    advertiser_ids.push_back(pairs.back().second);
  }
  const store::Clients clients = store::find_clients(tx, client_ids);
  const store::Advertisers advertisers = store::find_advertisers(tx, advertiser_ids);
  std::map<Pair, store::Score> known, changed;
  for (const store::Score& score : store::find_scores(tx, pairs)) {
    known[{score.client_id, score.advertiser_id}] = score;
  }
  std::vector<outbox::Outcome> outcomes;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto& [client, advertiser] = pairs[i];
    if (!clients.contains(client)) {
      outcomes.push_back(outbox::Outcome::refused(domain::no_such_client()));
    } else if (!advertisers.contains(advertiser)) {
      outcomes.push_back(outbox::Outcome::refused(domain::no_such_advertiser()));
    } else {
      const std::int32_t wanted = batch[i].body.score();
      store::Score& score = known[pairs[i]];
      if (score.version == 0 || score.score != wanted) {
        score = {client, advertiser, wanted, score.version + 1};
        changed[pairs[i]] = score;
        events::tell_score(out, score, batch[i].cause);
      }
      outcomes.push_back(scored(wanted));
    }
  }
  std::vector<store::Score> rows;
  for (const auto& [pair, score] : changed) rows.push_back(score);
  store::put_scores(tx, rows);
  return outcomes;
}

}  // namespace waybill::advert::commands
