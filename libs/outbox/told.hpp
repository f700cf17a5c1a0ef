// What a relay may mark as told. Pure.
#pragma once

#include <set>
#include <string_view>
#include <vector>

#include "libs/core/planted.hpp"

namespace waybill::outbox {

// Of the rows of a batch, in their order: all that the broker has, but none behind a row of the
// same key that it does not have, so that the next attempt tells that key's rows in order again.
// Indices, ascending.
inline std::vector<std::size_t> told_rows(const std::vector<std::string_view>& keys,
                                          const std::vector<bool>& stored) {
  std::vector<std::size_t> told;
  std::set<std::string_view> broken_keys;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!stored[i]) {
      broken_keys.insert(keys[i]);
    } else if (!broken_keys.contains(keys[i]) || planted(Bug::key_order_ignored)) {
      told.push_back(i);
    }
  }
  return told;
}

}  // namespace waybill::outbox
