#include "services/advert/queries/queries.hpp"

#include <charconv>

#include "services/advert/domain/faults.hpp"
#include "services/advert/events/advert_events.hpp"
#include "services/advert/queries/explain.hpp"
#include "services/advert/store/books.hpp"
#include "services/advert/store/campaigns.hpp"
#include "services/advert/store/people.hpp"
#include "services/advert/store/turn.hpp"

namespace waybill::advert::queries {
namespace {

using runtime::Query;

web::Response json(std::string body) {
  return {200, "application/json", std::move(body)};
}

// A number of the query; the gateway has checked that it is one.
std::int64_t number(const Query& query, std::string_view name, std::int64_t otherwise) {
  const std::string_view text = query.request.query_value(name);
  std::int64_t value = otherwise;
  double real = 0;
  const char* last = text.data() + text.size();
  if (std::from_chars(text.data(), last, value).ptr == last) return value;
  // 2.0 and 1e1 are whole numbers, too.
  if (std::from_chars(text.data(), last, real).ptr == last) return static_cast<std::int64_t>(real);
  return otherwise;
}

Result<web::Response> find_client(pg::Session& session, const Query& query) {
  const auto client = store::find_client(session, query.id("client"));
  if (!client) return domain::no_such_client();
  return json(events::representation(*client));
}

Result<web::Response> find_advertiser(pg::Session& session, const Query& query) {
  const auto advertiser = store::find_advertiser(session, query.id("advertiser"));
  if (!advertiser) return domain::no_such_advertiser();
  return json(events::representation(*advertiser));
}

Result<web::Response> find_ping(pg::Session& session, const Query&) {
  const store::Turn turn = store::find_settings(session);
  auto response = json(fmt::format(R"({{"status":"ok","current_date":{}}})", turn.day));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Result<web::Response> find_moderation(pg::Session& session, const Query&) {
  const store::Turn turn = store::find_settings(session);
  return json(fmt::format(R"({{"is_enabled":{}}})", turn.moderation_enabled));
}

// What belongs to advertisers, for who may see it.
class OwnersDesk {
 public:
  explicit OwnersDesk(const Access& access) : access_{access} {}

  std::optional<store::Advertiser> advertiser(pg::Session& session, const Query& query,
                                              const Id& id) const {
    auto found = store::find_advertiser(session, id);
    const bool visible =
        found && commands::may_act_for(query.caller, found->owner, access_.enforced);
    return visible ? std::move(found) : std::nullopt;
  }

  // By its id alone.
  std::optional<domain::Campaign> campaign(pg::Session& session, const Query& query) const {
    auto found = store::find_campaign(session, query.id("campaign"));
    if (!found || !advertiser(session, query, found->advertiser_id)) return std::nullopt;
    return found;
  }

 private:
  const Access access_;
};

struct FindCampaign {
  OwnersDesk desk;
  Result<web::Response> operator()(pg::Session& session, const Query& query) const {
    const auto campaign = desk.campaign(session, query);
    if (!campaign || campaign->advertiser_id != query.id("advertiser")) {
      return domain::no_such_campaign();
    }
    return json(events::representation(*campaign));
  }
};

struct ListCampaigns {
  OwnersDesk desk;
  Result<web::Response> operator()(pg::Session& session, const Query& query) const {
    const Id advertiser = query.id("advertiser");
    const std::int64_t page = number(query, "page", 0);
    const std::int64_t size = number(query, "size", 10);
    std::vector<std::string> items;
    std::int64_t total = 0;
    if (desk.advertiser(session, query, advertiser)) {
      total = store::count_campaigns(session, advertiser);
      const bool everything = page < 0 || size < 0;
      const auto campaigns = everything
                                 ? store::list_campaigns(session, advertiser, std::nullopt, 0)
                                 : store::list_campaigns(session, advertiser, size, page * size);
      for (const auto& campaign : campaigns) items.push_back(events::representation(campaign));
    }
    auto response = json(events::json_list(items));
    response.headers.set("X-Total-Count", std::to_string(total));
    return response;
  }
};

// From the first day of the query to its last; -1 is no end.
store::Days read_days(const Query& query) {
  store::Days days;
  days.from = static_cast<domain::Day>(number(query, "date_from", 0));
  const auto to = static_cast<domain::Day>(number(query, "date_to", -1));
  if (to != -1) days.to = to;
  return days;
}

// Statistics change with every click: no cache may answer.
web::Response fresh(std::string body) {
  auto response = json(std::move(body));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

struct CampaignStats {
  OwnersDesk desk;
  bool daily = false;
  Result<web::Response> operator()(pg::Session& session, const Query& query) const {
    const auto campaign = desk.campaign(session, query);
    if (!campaign) return domain::no_such_campaign();
    if (!daily) return fresh(events::representation(store::sum_campaign(session, campaign->id)));
    return fresh(events::representation(
        store::sum_campaign_by_day(session, campaign->id, read_days(query))));
  }
};

struct AdvertiserStats {
  OwnersDesk desk;
  bool daily = false;
  Result<web::Response> operator()(pg::Session& session, const Query& query) const {
    const auto advertiser = desk.advertiser(session, query, query.id("advertiser"));
    if (!advertiser) return domain::no_such_advertiser();
    if (!daily) {
      return fresh(events::representation(store::sum_advertiser(session, advertiser->id)));
    }
    return fresh(events::representation(
        store::sum_advertiser_by_day(session, advertiser->id, read_days(query))));
  }
};

Result<web::Response> list_owned(pg::Session& session, const Query& query) {
  const std::int64_t limit = number(query, "limit", 10);
  const auto cursor = runtime::decode_cursor(query.request);
  if (!cursor) return cursor.error();
  const auto after = *cursor ? std::optional{(*cursor)->id} : std::nullopt;
  auto advertisers = store::list_owned(session, query.id(), after, limit + 1);
  runtime::Page page;
  if (std::ssize(advertisers) > limit) {
    advertisers.pop_back();
    page.next = runtime::encode_cursor({"", advertisers.back().id}, query.request);
  }
  for (const auto& advertiser : advertisers) {
    page.items.push_back(events::representation(advertiser));
  }
  if (query.request.query_value("with_total") == "true") {
    page.total = store::count_owned(session, query.id());
  }
  return runtime::page_response(page, query.request);
}

}  // namespace

runtime::Queries make_queries(const Access& access, const commands::RulesInForce& rules) {
  const OwnersDesk desk{access};
  runtime::Queries queries;
  queries.get_fresh("/v1/clients/{client}", find_client);
  queries.get_fresh("/v1/advertisers/{advertiser}", find_advertiser);
  queries.get_fresh("/v1/advertisers/{advertiser}/campaigns", ListCampaigns{desk});
  queries.get_fresh("/v1/advertisers/{advertiser}/campaigns/{campaign}", FindCampaign{desk});
  queries.get_fresh("/v1/ads/explain", [&rules](pg::Session& session, const Query& query) {
    return explain(session, query, *rules.get());
  });
  queries.get_fresh("/v1/stats/campaigns/{campaign}", CampaignStats{desk, false});
  queries.get_fresh("/v1/stats/campaigns/{campaign}/daily", CampaignStats{desk, true});
  queries.get_fresh("/v1/stats/advertisers/{advertiser}/campaigns", AdvertiserStats{desk, false});
  queries.get_fresh("/v1/stats/advertisers/{advertiser}/campaigns/daily",
                    AdvertiserStats{desk, true});
  queries.get_fresh("/v1/ping", find_ping);
  queries.get_fresh("/v1/profanity/enabled", find_moderation);
  queries.get_fresh("/v1/users/{id}/advertisers", list_owned);
  return queries;
}

}  // namespace waybill::advert::queries
