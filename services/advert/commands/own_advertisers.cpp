// Which account an advertiser is bound to. Who may call is decided by the gateway: staff for any,
// an account for its own.
#include "services/advert/commands/commands.hpp"
#include "services/advert/commands/ids.hpp"
#include "services/advert/domain/faults.hpp"
#include "services/advert/events/advert_events.hpp"

namespace waybill::advert::commands {
namespace {

template <class Message>
store::Advertisers find_all(pg::Tx& tx, Batch<Message> batch) {
  std::vector<Id> ids;
  for (const auto& command : batch) ids.push_back(id_of(command.body.advertiser_id()));
  return store::find_advertisers(tx, ids);
}

void store_owner(pg::Tx& tx, outbox::Writer& out, store::Advertiser& advertiser,
                 const std::optional<Id>& owner, const outbox::Cause& cause) {
  if (advertiser.owner == owner) return;
  advertiser.owner = owner;
  ++advertiser.version;
  store::put_advertisers(tx, {&advertiser, 1});
  if (owner) {
    store::bind_owner(tx, advertiser.id, *owner);
  } else {
    store::free_owner(tx, advertiser.id);
  }
  events::tell_advertiser(out, advertiser, cause);
}

outbox::Outcome created(const store::Advertiser& advertiser) {
  return outbox::Outcome::created(events::representation(advertiser),
                                  "/v1/advertisers/" + advertiser.id.to_string());
}

}  // namespace

std::vector<outbox::Outcome> bind_owners(pg::Tx& tx, Batch<v1::BindOwner> batch,
                                         outbox::Writer& out) {
  store::take_turn(tx);
  store::Advertisers advertisers = find_all(tx, batch);
  std::vector<outbox::Outcome> outcomes;
  for (const auto& command : batch) {
    const Id user = id_of(command.body.user_id());
    const auto found = advertisers.find(id_of(command.body.advertiser_id()));
    if (found == advertisers.end()) {
      outcomes.push_back(outbox::Outcome::refused(domain::no_such_advertiser()));
    } else if (!store::is_active_user(tx, user).value_or(false)) {
      outcomes.push_back(outbox::Outcome::refused(domain::absent("There is no such user.")));
    } else {
      store_owner(tx, out, found->second, user, command.cause);
      outcomes.push_back(outbox::Outcome::no_content());
    }
  }
  return outcomes;
}

std::vector<outbox::Outcome> free_owners(pg::Tx& tx, Batch<v1::FreeOwner> batch,
                                         outbox::Writer& out) {
  store::take_turn(tx);
  store::Advertisers advertisers = find_all(tx, batch);
  std::vector<outbox::Outcome> outcomes;
  for (const auto& command : batch) {
    const auto found = advertisers.find(id_of(command.body.advertiser_id()));
    if (found == advertisers.end()) {
      outcomes.push_back(outbox::Outcome::refused(domain::no_such_advertiser()));
      continue;
    }
    store_owner(tx, out, found->second, std::nullopt, command.cause);
    outcomes.push_back(outbox::Outcome::no_content());
  }
  return outcomes;
}

std::vector<outbox::Outcome> create_own_advertisers(pg::Tx& tx,
                                                    Batch<v1::CreateOwnAdvertiser> batch,
                                                    outbox::Writer& out) {
  store::take_turn(tx);
  std::vector<Id> ids;
  for (const auto& command : batch) ids.push_back(command.id());
  const store::Advertisers before = store::find_advertisers(tx, ids);
  std::vector<outbox::Outcome> outcomes;
  for (const auto& command : batch) {
    const auto known = before.find(command.id());
    if (known != before.end()) {
      outcomes.push_back(created(known->second));
      continue;
    }
    store::Advertiser advertiser;
    advertiser.id = command.id();
    advertiser.name = command.body.name();
    store_owner(tx, out, advertiser, id_of(command.body.user_id()), command.cause);
    outcomes.push_back(created(advertiser));
  }
  return outcomes;
}

}  // namespace waybill::advert::commands
