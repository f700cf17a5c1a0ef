// The one row of settings: the day, moderation, and the turn that every writer takes.
#pragma once

#include <string>
#include <vector>

#include "libs/pg/pg.hpp"
#include "services/advert/domain/campaign.hpp"

namespace waybill::advert::store {

struct Turn {
  domain::Day day = 0;
  std::int64_t day_version = 0;
  bool moderation_enabled = false;
  std::int64_t moderation_version = 0;
  // Of the last transaction that changed what a choice depends on, and who that was.
  std::int64_t revision = 0;
  Id writer;
  bool is_mine = false;  // the row was changed by this very transaction
};

// Waits until all writers before are done; those behind wait until this transaction ends. Every
// handler begins with it.
Turn take_turn(pg::Tx& tx);
// As it is now, without waiting for anybody.
Turn find_settings(pg::Session& session);
Turn find_settings(pg::Tx& tx);

// The next revision, for rows that a choice depends on; written to the settings.
std::int64_t raise_revision(pg::Tx& tx, Turn& turn);

void set_day(pg::Tx& tx, const Turn& turn);
void set_moderation(pg::Tx& tx, const Turn& turn);

std::vector<std::string> list_blacklist(pg::Tx& tx);
std::vector<std::string> list_blacklist(pg::Session& session);
void replace_blacklist(pg::Tx& tx, const std::vector<std::string>& words);

}  // namespace waybill::advert::store
