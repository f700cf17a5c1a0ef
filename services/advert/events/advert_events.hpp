// What this service answers and tells. Representations over HTTP and states in events are the same
// messages.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "libs/outbox/writer.hpp"
#include "services/advert/domain/choice.hpp"
#include "services/advert/domain/stats.hpp"
#include "services/advert/store/books.hpp"
#include "services/advert/store/people.hpp"
#include "services/advert/store/turn.hpp"
#include "waybill/advert/v1/events.pb.h"

namespace waybill::advert::events {

v1::Client to_message(const domain::Client& client);
v1::Advertiser to_message(const store::Advertiser& advertiser);
v1::Campaign to_message(const domain::Campaign& campaign);

// The JSON that clients see.
std::string representation(const domain::Client& client);
std::string representation(const store::Advertiser& advertiser);
std::string representation(const domain::Campaign& campaign);
std::string representation(const store::Shown& ad);
std::string representation(const domain::Stats& stats);
std::string representation(const std::vector<domain::DailyStats>& days);
// "[a,b]" of JSON texts.
std::string json_list(std::span<const std::string> items);

void tell_client(outbox::Writer& out, const domain::Client& client, const outbox::Cause& cause);
void tell_advertiser(outbox::Writer& out, const store::Advertiser& advertiser,
                     const outbox::Cause& cause);
void tell_score(outbox::Writer& out, const store::Score& score, const outbox::Cause& cause);
void tell_changed(outbox::Writer& out, const domain::Campaign& campaign,
                  const outbox::Cause& cause);
void tell_deleted(outbox::Writer& out, const domain::Campaign& campaign,
                  const outbox::Cause& cause);
void tell_day(outbox::Writer& out, const store::Turn& turn, const outbox::Cause& cause);
void tell_moderation(outbox::Writer& out, const store::Turn& turn,
                     const std::vector<std::string>& words, const outbox::Cause& cause);

// What a choice was based on.
struct Basis {
  Id client_id;
  domain::Day day = 0;
  domain::Terms terms;
  double score = 0;
  std::size_t candidates = 0;
};
void tell_impression(outbox::Writer& out, const store::Shown& shown, std::int64_t shows,
                     const Basis& basis, const outbox::Cause& cause);
// `campaign` has the click counted.
void tell_click(outbox::Writer& out, const domain::Campaign& campaign, const Id& client,
                domain::Day day, const outbox::Cause& cause);

}  // namespace waybill::advert::events
