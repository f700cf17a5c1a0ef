#include "services/advert/store/people.hpp"

#include "services/advert/store/sql.hpp"

namespace waybill::advert::store {
namespace {

// Pairs of client and advertiser get their keys in this name space (RFC 9562, section 5.5); the
// value is arbitrary and must never change.
const Id kScores = *Id::parse("3c9d6f0a-92a5-4b0e-8a43-5a9f0f6c1d03");

domain::Client read_client(const pg::Row& row) {
  return {row.id(0),
          std::string{row.text(1)},
          static_cast<std::int32_t>(row.integer(2)),
          std::string{row.text(3)},
          std::string{row.text(4)},
          row.integer(5)};
}

Advertiser read_advertiser(const pg::Row& row) {
  return {row.id(0), std::string{row.text(1)}, row.integer(2), row.maybe_id(3)};
}

}  // namespace

Id Score::event_key() const {
  return derive_id(kScores, client_id.to_string() + advertiser_id.to_string());
}

pg::Array to_array(std::span<const Id> ids) {
  pg::Array array;
  array.reserve(ids.size());
  for (const Id& id : ids) array.add(id);
  return array;
}

Clients find_clients(pg::Tx& tx, std::span<const Id> ids) {
  Clients clients;
  const pg::Rows rows = tx.exec(sql::find_clients_by_ids, to_array(ids));
  for (const pg::Row row : rows) clients.emplace(row.id(0), read_client(row));
  return clients;
}

std::optional<domain::Client> find_client(pg::Session& session, const Id& id) {
  const pg::Rows rows = session.exec(sql::find_clients_by_ids, to_array({&id, 1}));
  if (rows.empty()) return std::nullopt;
  return read_client(rows[0]);
}

void put_clients(pg::Tx& tx, std::span<const domain::Client> clients) {
  if (clients.empty()) return;
  pg::Array ids, logins, ages, locations, genders, versions;
  for (const domain::Client& client : clients) {
    ids.add(client.id);
    logins.add(client.login);
    ages.add(client.age);
    locations.add(client.location);
    genders.add(client.gender);
    versions.add(client.version);
  }
  tx.later(sql::put_clients, ids, logins, ages, locations, genders, versions);
}

Advertisers find_advertisers(pg::Tx& tx, std::span<const Id> ids) {
  Advertisers advertisers;
  const pg::Rows rows = tx.exec(sql::find_advertisers_by_ids, to_array(ids));
  for (const pg::Row row : rows) advertisers.emplace(row.id(0), read_advertiser(row));
  return advertisers;
}

std::optional<Advertiser> find_advertiser(pg::Session& session, const Id& id) {
  const pg::Rows rows = session.exec(sql::find_advertisers_by_ids, to_array({&id, 1}));
  if (rows.empty()) return std::nullopt;
  return read_advertiser(rows[0]);
}

void put_advertisers(pg::Tx& tx, std::span<const Advertiser> advertisers) {
  if (advertisers.empty()) return;
  pg::Array ids, names, versions;
  for (const Advertiser& advertiser : advertisers) {
    ids.add(advertiser.id);
    names.add(advertiser.name);
    versions.add(advertiser.version);
  }
  tx.later(sql::put_advertisers, ids, names, versions);
}

void bind_owner(pg::Tx& tx, const Id& advertiser, const Id& user) {
  tx.later(sql::bind_owner, advertiser, user);
}

void free_owner(pg::Tx& tx, const Id& advertiser) {
  tx.later(sql::free_owner, advertiser);
}

std::vector<Advertiser> list_owned(pg::Session& session, const Id& user,
                                   const std::optional<Id>& after, std::int64_t limit) {
  std::vector<Advertiser> advertisers;
  const pg::Rows rows = session.exec(sql::list_owned_advertisers, user, after, limit);
  for (const pg::Row row : rows) advertisers.push_back(read_advertiser(row));
  return advertisers;
}

std::int64_t count_owned(pg::Session& session, const Id& user) {
  return session.exec(sql::count_owned_advertisers, user)[0].integer(0);
}

std::optional<bool> is_active_user(pg::Tx& tx, const Id& user) {
  const pg::Rows rows = tx.exec(sql::find_known_user, user);
  if (rows.empty()) return std::nullopt;
  return !rows[0].boolean(0);
}

void put_users(pg::Tx& tx, std::span<const KnownUser> users) {
  pg::Array ids, versions, deleted;
  for (const KnownUser& user : users) {
    ids.add(user.id);
    versions.add(user.version);
    deleted.add(user.deleted);
  }
  tx.later(sql::put_known_users, ids, versions, deleted);
}

std::unordered_map<Id, domain::Relevance> find_relevance(pg::Tx& tx, std::span<const Id> clients) {
  std::unordered_map<Id, domain::Relevance> relevance;
  const pg::Rows rows = tx.exec(sql::find_scores_of_clients, to_array(clients));
  for (const pg::Row row : rows) {
    relevance[row.id(0)].add(row.id(1), static_cast<std::int32_t>(row.integer(2)));
  }
  return relevance;
}

domain::Relevance find_relevance(pg::Session& session, const Id& client) {
  domain::Relevance relevance;
  const pg::Rows rows = session.exec(sql::find_scores_of_clients, to_array({&client, 1}));
  for (const pg::Row row : rows) {
    relevance.add(row.id(1), static_cast<std::int32_t>(row.integer(2)));
  }
  return relevance;
}

std::vector<Score> find_scores(pg::Tx& tx, std::span<const std::pair<Id, Id>> pairs) {
  pg::Array clients, advertisers;
  for (const auto& [client, advertiser] : pairs) {
    clients.add(client);
    advertisers.add(advertiser);
  }
  std::vector<Score> scores;
  const pg::Rows rows = tx.exec(sql::find_scores_by_pairs, clients, advertisers);
  for (const pg::Row row : rows) {
    scores.push_back(
        {row.id(0), row.id(1), static_cast<std::int32_t>(row.integer(2)), row.integer(3)});
  }
  return scores;
}

void put_scores(pg::Tx& tx, std::span<const Score> scores) {
  if (scores.empty()) return;
  pg::Array clients, advertisers, keys, values, versions;
  for (const Score& score : scores) {
    clients.add(score.client_id);
    advertisers.add(score.advertiser_id);
    keys.add(score.event_key());
    values.add(score.score);
    versions.add(score.version);
  }
  tx.later(sql::put_scores, clients, advertisers, keys, values, versions);
}

}  // namespace waybill::advert::store
