// The list of words that advertising must not contain, ready to be compared. Immutable.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <unordered_set>

#include "libs/core/fault.hpp"

namespace waybill::advert::moderation {

class Moderator {
 public:
  // Words as they were typed.
  explicit Moderator(std::span<const std::string> words);

  // The first word of the text that is on the list, as it was typed.
  std::optional<std::string> find(std::string_view text) const;
  // 400 that says `Profanity`, which text it is in, and the word in extra.word. `what`: "title",
  // "text", …
  Result<void> check(std::string_view text, std::string_view what) const;

 private:
  std::unordered_set<std::string> skeletons_;
};

}  // namespace waybill::advert::moderation
