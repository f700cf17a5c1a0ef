#include "tools/waybill/outbox/verify.hpp"

#include "tools/waybill/audit/snapshot.hpp"
#include "tools/waybill/audit/topic_file.hpp"

namespace waybill::tool::outbox {
namespace {

const std::string kTopics =
    "SELECT DISTINCT target FROM outbox_sent WHERE channel = 'event' ORDER BY target";

std::string sent_to(const std::string& topic) {
  std::string quoted;
  for (const char c : topic) quoted += c == '\'' ? "''" : std::string(1, c);
  return "SELECT id, key, coalesce((headers->>'ce_version')::bigint, 0), "
         "md5(convert_to((headers->>'ce_id') || type, 'UTF8') || payload) FROM outbox_sent "
         "WHERE channel = 'event' AND target = '" +
         quoted + "' AND sent_at >= " + audit::kSince + " ORDER BY key COLLATE \"C\", 3, id";
}

// What the topic says of one version of a key after the other.
class TopicLines {
 public:
  explicit TopicLines(audit::SortedFile lines) : lines_{std::move(lines)} { step(); }

  // Whether the version is there, and with this content.
  enum class Answer { missing, differs, same };
  Answer find(std::string_view key, std::int64_t version, std::string_view body) {
    while (has_line_ && is_before(key, version)) step();
    Answer answer = Answer::missing;
    while (has_line_ && line_.key == key && line_.version == version && answer != Answer::same) {
      answer = line_.body == body ? Answer::same : Answer::differs;
      if (answer != Answer::same) step();  // the same row may be looked for again
    }
    return answer;
  }

 private:
  bool is_before(std::string_view key, std::int64_t version) const {
    return line_.key < key || (line_.key == key && line_.version < version);
  }

  void step() {
    has_line_ = lines_.next(text_);
    if (has_line_) line_ = audit::parse_line(text_);
  }

  audit::SortedFile lines_;
  std::string text_;
  audit::TopicLine line_;
  bool has_line_ = false;
};

void verify_topic(audit::Snapshot& snapshot, const std::string& service, const std::string& topic,
                  messaging::KafkaBroker& kafka, const std::optional<Instant>& since,
                  const audit::Tell& tell, audit::Report& report) {
  audit::Model model;
  model.topic = topic;
  model.facts = [](const messaging::Event&) { return std::string{}; };
  // Clocks may differ a little, and an event may lie in the topic before its row is marked.
  std::optional<Instant> from = since;
  if (from) *from -= std::chrono::minutes{5};
  TopicLines lines{audit::read_topic(kafka, model, {}, from, tell)};
  audit::Cursor sent{snapshot, sent_to(topic)};
  while (sent.next()) {
    report.look();
    const pg::Row row = sent.row();
    const auto answer = lines.find(row.text(1), row.integer(2), row.text(3));
    if (answer == TopicLines::Answer::same) continue;
    const bool missing = answer == TopicLines::Answer::missing;
    report.add(
        {missing ? "event-missing" : "event-differs",
         service,
         {{"outbox_id", row.integer(0)}, {"key", row.text(1)}, {"version", row.integer(2)}},
         missing ? "was told, but is not in " + topic : topic + " has another content for it"});
  }
}

}  // namespace

void verify(const std::string& service, const std::string& url, messaging::KafkaBroker& kafka,
            const std::optional<Instant>& since, const audit::Tell& tell, audit::Report& report) {
  audit::Limits limits;
  if (since) limits.since = to_rfc3339(*since);
  // First the database, then the topics: what it calls told is there by then.
  audit::Snapshot snapshot{url, limits};
  std::vector<std::string> topics;
  {
    audit::Cursor names{snapshot, kTopics};
    while (names.next()) topics.emplace_back(names.row().text(0));
  }
  for (const std::string& topic : topics) {
    report.begin("outbox and " + topic, service);
    verify_topic(snapshot, service, topic, kafka, since, tell, report);
  }
}

}  // namespace waybill::tool::outbox
