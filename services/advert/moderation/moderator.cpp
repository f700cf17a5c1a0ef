#include "services/advert/moderation/moderator.hpp"

#include "libs/metrics/metrics.hpp"
#include "services/advert/domain/faults.hpp"
#include "services/advert/moderation/letters.hpp"

namespace waybill::advert::moderation {

Moderator::Moderator(std::span<const std::string> words) {
  for (const std::string& word : words) {
    std::string looks = skeleton(word);
    if (!looks.empty()) skeletons_.insert(std::move(looks));
  }
}

std::optional<std::string> Moderator::find(std::string_view text) const {
  if (skeletons_.empty()) return std::nullopt;
  for (const std::string_view word : split_words(text)) {
    if (skeletons_.contains(skeleton(word))) return std::string{word};
  }
  return std::nullopt;
}

Result<void> Moderator::check(std::string_view text, std::string_view what) const {
  static metrics::Counter& hits = metrics::counter(
      "advert_moderation_hits_total", "Texts that were refused for a word of the blacklist.");
  const auto word = find(text);
  if (!word) return {};
  hits.add();
  return domain::bad_request(fmt::format("Profanity in the {}.", what), {{"word", *word}});
}

}  // namespace waybill::advert::moderation
