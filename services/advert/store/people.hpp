// Clients, advertisers with their accounts, and scores: sets in, sets out. Writes travel with the
// next read or the commit.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "libs/pg/pg.hpp"
#include "services/advert/domain/choice.hpp"

namespace waybill::advert::store {

struct Advertiser {
  Id id;
  std::string name;
  std::int64_t version = 0;
  std::optional<Id> owner;  // the account that it is bound to

  bool operator==(const Advertiser&) const = default;
};

struct Score {
  Id client_id;
  Id advertiser_id;
  std::int32_t score = 0;
  std::int64_t version = 0;

  Id event_key() const;  // derived from the pair
};

using Clients = std::unordered_map<Id, domain::Client>;
using Advertisers = std::unordered_map<Id, Advertiser>;

// The known ones; ids may repeat.
Clients find_clients(pg::Tx& tx, std::span<const Id> ids);
std::optional<domain::Client> find_client(pg::Session& session, const Id& id);
void put_clients(pg::Tx& tx, std::span<const domain::Client> clients);

Advertisers find_advertisers(pg::Tx& tx, std::span<const Id> ids);
std::optional<Advertiser> find_advertiser(pg::Session& session, const Id& id);
void put_advertisers(pg::Tx& tx, std::span<const Advertiser> advertisers);
void bind_owner(pg::Tx& tx, const Id& advertiser, const Id& user);
void free_owner(pg::Tx& tx, const Id& advertiser);
// In the order of ids, after this one.
std::vector<Advertiser> list_owned(pg::Session& session, const Id& user,
                                   const std::optional<Id>& after, std::int64_t limit);
std::int64_t count_owned(pg::Session& session, const Id& user);

// Nothing: this account is not known (yet). False: it is deleted.
std::optional<bool> is_active_user(pg::Tx& tx, const Id& user);
struct KnownUser {
  Id id;
  std::int64_t version = 0;
  bool deleted = false;
};
void put_users(pg::Tx& tx, std::span<const KnownUser> users);

// All that are known of these clients.
std::unordered_map<Id, domain::Relevance> find_relevance(pg::Tx& tx, std::span<const Id> clients);
domain::Relevance find_relevance(pg::Session& session, const Id& client);
// The known ones of these pairs (client, advertiser).
std::vector<Score> find_scores(pg::Tx& tx, std::span<const std::pair<Id, Id>> pairs);
void put_scores(pg::Tx& tx, std::span<const Score> scores);

pg::Array to_array(std::span<const Id> ids);

}  // namespace waybill::advert::store
