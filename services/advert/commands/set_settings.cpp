// The day and moderation: one row that everybody shares.
#include <algorithm>
#include <set>

#include "services/advert/commands/commands.hpp"
#include "services/advert/events/advert_events.hpp"

namespace waybill::advert::commands {
namespace {

template <class Message>
std::vector<outbox::Outcome> switch_moderation(pg::Tx& tx, Batch<Message> batch,
                                               outbox::Writer& out, bool enabled) {
  store::Turn turn = store::take_turn(tx);
  if (turn.moderation_enabled != enabled) {
    turn.moderation_enabled = enabled;
    ++turn.moderation_version;
    store::set_moderation(tx, turn);
    events::tell_moderation(out, turn, store::list_blacklist(tx), batch.front().cause);
  }
  return {batch.size(), outbox::Outcome::no_content()};
}

// In order, each once.
std::vector<std::string> words_of(const v1::SetBlacklist& body) {
  const std::set<std::string> words{body.words().begin(), body.words().end()};
  return {words.begin(), words.end()};
}

}  // namespace

std::vector<outbox::Outcome> set_days(pg::Tx& tx, Batch<v1::SetDay> batch, outbox::Writer& out) {
  store::Turn turn = store::take_turn(tx);
  const std::int64_t before = turn.day_version;
  std::vector<outbox::Outcome> outcomes;
  for (const auto& command : batch) {
    const domain::Day day = command.body.current_date();
    if (day != turn.day) {
      turn.day = day;
      ++turn.day_version;
      events::tell_day(out, turn, command.cause);
    }
    outcomes.push_back(outbox::Outcome::ok(fmt::format(R"({{"current_date":{}}})", day)));
  }
  if (turn.day_version != before) store::set_day(tx, turn);
  return outcomes;
}

std::vector<outbox::Outcome> set_blacklists(pg::Tx& tx, Batch<v1::SetBlacklist> batch,
                                            outbox::Writer& out) {
  store::Turn turn = store::take_turn(tx);
  std::vector<std::string> words = store::list_blacklist(tx);
  std::sort(words.begin(), words.end());  // as words_of sorts, whatever the database's collation
  const std::vector<std::string> before = words;
  const std::int64_t version = turn.moderation_version;
  for (const auto& command : batch) {
    std::vector<std::string> wanted = words_of(command.body);
    if (wanted == words) continue;
    words = std::move(wanted);
    ++turn.moderation_version;
    events::tell_moderation(out, turn, words, command.cause);
  }
  if (words != before) store::replace_blacklist(tx, words);
  if (turn.moderation_version != version) store::set_moderation(tx, turn);
  return {batch.size(), outbox::Outcome::no_content()};
}

std::vector<outbox::Outcome> enable_moderation(pg::Tx& tx, Batch<v1::EnableModeration> batch,
                                               outbox::Writer& out) {
  return switch_moderation(tx, batch, out, true);
}

std::vector<outbox::Outcome> disable_moderation(pg::Tx& tx, Batch<v1::DisableModeration> batch,
                                                outbox::Writer& out) {
  return switch_moderation(tx, batch, out, false);
}

}  // namespace waybill::advert::commands
