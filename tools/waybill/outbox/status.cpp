#include "tools/waybill/outbox/status.hpp"

#include "libs/pg/pg.hpp"

namespace waybill::tool::outbox {
namespace {

// The relay's lock has the name waybill.outbox.<service>.<channel>.
constexpr pg::Statement find_status{"find_status", R"(
  SELECT channel,
         (SELECT count(*) FROM outbox WHERE outbox.channel = c.channel),
         (SELECT coalesce(extract(epoch FROM now() - min(at)) * 1000, 0)::bigint FROM outbox
           WHERE outbox.channel = c.channel),
         (SELECT count(*) FROM outbox_sent
           WHERE outbox_sent.channel = c.channel AND sent_at > now() - interval '1 minute'),
         (SELECT max(sent_at) FROM outbox_sent WHERE outbox_sent.channel = c.channel),
         (SELECT min(sent_at) FROM outbox_sent WHERE outbox_sent.channel = c.channel),
         EXISTS (SELECT FROM pg_locks
                  WHERE locktype = 'advisory' AND granted
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    AND ((classid::bigint << 32) | objid::bigint) =
                        hashtextextended('waybill.outbox.' || $1::text || '.' || c.channel, 0))
    FROM (VALUES ('event'), ('command')) AS c (channel))"};

std::string time_of(const std::optional<Instant>& at) {
  return at ? to_rfc3339(*at) : std::string{};
}

}  // namespace

std::vector<ChannelStatus> read_status(const std::string& service, const std::string& url) {
  pg::Options options;
  options.url = url;
  options.application_name = "waybill.tool";
  options.statement_time = std::chrono::minutes{5};
  pg::Connection connection{std::move(options)};
  pg::Session session{connection};
  std::vector<ChannelStatus> channels;
  for (const pg::Row row : session.exec(find_status, service)) {
    channels.push_back({.service = service,
                        .channel = std::string{row.text(0)},
                        .waiting = row.integer(1),
                        .oldest_seconds = static_cast<double>(row.integer(2)) / 1000.0,
                        .per_second = static_cast<double>(row.integer(3)) / 60.0,
                        .last_sent = time_of(row.maybe_instant(4)),
                        .kept_since = time_of(row.maybe_instant(5)),
                        .relay = row.boolean(6)});
  }
  return channels;
}

std::string to_table(const std::vector<ChannelStatus>& channels) {
  std::string text =
      fmt::format("{:<10} {:<8} {:<6} {:>9} {:>9} {:>9}  {:<24} {}\n", "SERVICE", "CHANNEL",
                  "RELAY", "WAITING", "OLDEST", "TOLD/s", "LAST TOLD", "KEPT SINCE");
  for (const ChannelStatus& channel : channels) {
    text += fmt::format("{:<10} {:<8} {:<6} {:>9} {:>7.1f} s {:>9.1f}  {:<24} {}\n",
                        channel.service, channel.channel, channel.relay ? "active" : "NONE",
                        channel.waiting, channel.oldest_seconds, channel.per_second,
                        channel.last_sent.empty() ? "-" : channel.last_sent,
                        channel.kept_since.empty() ? "-" : channel.kept_since);
  }
  return text;
}

std::string to_json(const std::vector<ChannelStatus>& channels) {
  boost::json::array list;
  for (const ChannelStatus& channel : channels) {
    list.push_back(boost::json::object{{"service", channel.service},
                                       {"channel", channel.channel},
                                       {"relay_active", channel.relay},
                                       {"waiting", channel.waiting},
                                       {"oldest_seconds", channel.oldest_seconds},
                                       {"told_per_second", channel.per_second},
                                       {"last_told", channel.last_sent},
                                       {"kept_since", channel.kept_since}});
  }
  return boost::json::serialize(list) + "\n";
}

}  // namespace waybill::tool::outbox
