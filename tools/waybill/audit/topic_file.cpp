#include "tools/waybill/audit/topic_file.hpp"

#include <charconv>

#include <openssl/evp.h>

#include "tools/waybill/events/reader.hpp"
#include "tools/waybill/interrupt.hpp"

namespace waybill::tool::audit {
namespace {

constexpr std::int64_t kTellEvery = 200'000;

std::int64_t number(std::string_view digits) {
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

}  // namespace

std::string md5(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

std::string to_line(const TopicLine& line) {
  return fmt::format("{}\t{:019}\t{}\t{:019}\t{}\t{}\t{}\t{}", line.key, line.version,
                     line.waiting ? 'w' : 't', std::max<std::int64_t>(line.offset, 0),
                     line.partition, line.body, line.facts, line.late ? 'l' : '-');
}

TopicLine parse_line(std::string_view text) {
  const auto fields = fields_of(text);
  return {.key = std::string{fields.at(0)},
          .version = number(fields.at(1)),
          .partition = static_cast<std::int32_t>(number(fields.at(4))),
          .offset = number(fields.at(3)),
          .body = std::string{fields.at(5)},
          .facts = std::string{fields.at(6)},
          .late = fields.at(7) == "l",
          .waiting = fields.at(2) == "w"};
}

SortedFile read_topic(messaging::KafkaBroker& kafka, const Model& model,
                      const std::map<std::int32_t, std::int64_t>& ends,
                      const std::optional<Instant>& since, const Tell& tell) {
  events::Selection selection;
  selection.topics = {model.topic};
  selection.from.kind = events::Position::Kind::beginning;
  if (since) selection.from = {events::Position::Kind::time, 0, *since};
  SortedFile lines;
  std::int64_t count = 0;
  const auto take = [&](const messaging::Event& event) {
    const auto end = ends.find(event.partition);
    const std::string id = events::header(event, "ce_id");
    const std::string type = events::header(event, "ce_type");
    std::string key = event.key;
    std::replace_if(
        key.begin(), key.end(), [](char c) { return c == '\t' || c == '\n'; }, ' ');
    lines.add(to_line({.key = std::move(key),
                       .version = number(events::header(event, "ce_version")),
                       .partition = event.partition,
                       .offset = event.offset,
                       .body = md5(id + type + event.value),
                       .facts = md5(model.facts(event)),
                       .late = end == ends.end() || event.offset >= end->second}));
    if (++count % kTellEvery == 0) tell(fmt::format("{}: {} events", model.topic, count));
  };
  tell(model.topic + ": events");
  events::read_events(kafka, selection, events::Mode::show, interrupted(), take);
  if (interrupted()) throw std::runtime_error{"interrupted"};
  return lines;
}

}  // namespace waybill::tool::audit
