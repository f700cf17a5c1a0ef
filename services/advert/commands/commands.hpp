// The commands of the advert service. Every handler takes its turn first (store/turn.hpp).
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "libs/outbox/processor.hpp"
#include "services/advert/commands/desk.hpp"
#include "waybill/advert/v1/commands.pb.h"

namespace waybill::advert::commands {

template <class Message>
using Batch = std::span<const outbox::Command<Message>>;

// A choice that could not begin within this time is refused and forgotten: 503.
inline constexpr std::chrono::seconds choice_deadline{2};

std::vector<outbox::Outcome> put_clients(pg::Tx& tx, Batch<v1::PutClients> batch,
                                         outbox::Writer& out);
std::vector<outbox::Outcome> put_advertisers(pg::Tx& tx, Batch<v1::PutAdvertisers> batch,
                                             outbox::Writer& out);
std::vector<outbox::Outcome> set_scores(pg::Tx& tx, Batch<v1::SetScore> batch, outbox::Writer& out);
std::vector<outbox::Outcome> set_days(pg::Tx& tx, Batch<v1::SetDay> batch, outbox::Writer& out);
std::vector<outbox::Outcome> set_blacklists(pg::Tx& tx, Batch<v1::SetBlacklist> batch,
                                            outbox::Writer& out);
std::vector<outbox::Outcome> enable_moderation(pg::Tx& tx, Batch<v1::EnableModeration> batch,
                                               outbox::Writer& out);
std::vector<outbox::Outcome> disable_moderation(pg::Tx& tx, Batch<v1::DisableModeration> batch,
                                                outbox::Writer& out);
std::vector<outbox::Outcome> bind_owners(pg::Tx& tx, Batch<v1::BindOwner> batch,
                                         outbox::Writer& out);
std::vector<outbox::Outcome> free_owners(pg::Tx& tx, Batch<v1::FreeOwner> batch,
                                         outbox::Writer& out);
std::vector<outbox::Outcome> create_own_advertisers(pg::Tx& tx,
                                                    Batch<v1::CreateOwnAdvertiser> batch,
                                                    outbox::Writer& out);
std::vector<outbox::Outcome> record_clicks(pg::Tx& tx, Batch<v1::ClickAd> batch,
                                           outbox::Writer& out);

struct CreateCampaigns {
  std::shared_ptr<Desk> desk;
  std::vector<outbox::Outcome> operator()(pg::Tx& tx, Batch<v1::CreateCampaign> batch,
                                          outbox::Writer& out) const;
};
struct UpdateCampaigns {
  std::shared_ptr<Desk> desk;
  std::vector<outbox::Outcome> operator()(pg::Tx& tx, Batch<v1::UpdateCampaign> batch,
                                          outbox::Writer& out) const;
};
struct DeleteCampaigns {
  std::shared_ptr<Desk> desk;
  std::vector<outbox::Outcome> operator()(pg::Tx& tx, Batch<v1::DeleteCampaign> batch,
                                          outbox::Writer& out) const;
};
struct SetImages {
  std::shared_ptr<Desk> desk;
  std::vector<outbox::Outcome> operator()(pg::Tx& tx, Batch<v1::SetCampaignImage> batch,
                                          outbox::Writer& out) const;
};
struct ClearImages {
  std::shared_ptr<Desk> desk;
  std::vector<outbox::Outcome> operator()(pg::Tx& tx, Batch<v1::ClearCampaignImage> batch,
                                          outbox::Writer& out) const;
};

// Each choice knows those before it in the batch; their impressions are committed together.
struct ChooseAds {
  std::shared_ptr<Desk> desk;
  std::vector<outbox::Outcome> operator()(pg::Tx& tx, Batch<v1::ChooseAd> batch,
                                          outbox::Writer& out) const;
};

// All of them by message type.
outbox::Handlers make_handlers(const std::shared_ptr<Desk>& desk);

}  // namespace waybill::advert::commands
