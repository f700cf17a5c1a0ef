#include "tools/waybill/outbox/verify.hpp"

#include "tools/waybill/audit/snapshot.hpp"
#include "tools/waybill/audit/topic_file.hpp"

namespace waybill::tool::outbox {
namespace {

const std::string kTopics =
    "SELECT DISTINCT target FROM outbox_sent WHERE channel = 'event' ORDER BY target";

// In the order of key, version and content. An event without a version is no state.
std::string sent_to(const std::string& topic) {
  std::string quoted;
  for (const char c : topic) quoted += c == '\'' ? "''" : std::string(1, c);
  return "SELECT id, key, version, body FROM (SELECT id, key, "
         "coalesce((headers->>'ce_version')::bigint, 0) AS version, "
         "md5(convert_to((headers->>'ce_id') || type, 'UTF8') || payload) AS body FROM outbox_sent "
         "WHERE channel = 'event' AND target = '" +
         quoted + "' AND sent_at >= " + audit::kSince +
         ") AS sent ORDER BY key COLLATE \"C\", version, body COLLATE \"C\", id";
}

std::string name_of(std::string_view key, std::int64_t version) {
  return fmt::format("{}\t{:019}\t", key, version);
}

// What a topic says, in the order of key, version and content.
class Contents {
 public:
  explicit Contents(audit::SortedFile events) {
    std::string text;
    while (events.next(text)) {
      const audit::TopicLine line = audit::parse_line(text);
      lines_.add(name_of(line.key, line.version) + line.body);
    }
    step();
  }

  // Whether the version is there, and with this content. To be asked in that order.
  enum class Answer { missing, differs, same };
  Answer find(std::string_view key, std::int64_t version, std::string_view body) {
    const std::string name = name_of(key, version);
    const std::string wanted = name + std::string{body};
    while (has_line_ && line_ < wanted) {
      passed_ = line_;
      step();
    }
    if (has_line_ && line_ == wanted) return Answer::same;
    // Several events without a version have nothing to do with each other.
    const bool other =
        version > 0 && (passed_.starts_with(name) || (has_line_ && line_.starts_with(name)));
    return other ? Answer::differs : Answer::missing;
  }

 private:
  void step() { has_line_ = lines_.next(line_); }

  audit::SortedFile lines_;
  std::string line_;
  std::string passed_;
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
  Contents contents{audit::read_topic(kafka, model, {}, from, tell)};
  audit::Cursor sent{snapshot, sent_to(topic)};
  while (sent.next()) {
    report.look();
    const pg::Row row = sent.row();
    const auto answer = contents.find(row.text(1), row.integer(2), row.text(3));
    if (answer == Contents::Answer::same) continue;
    const bool missing = answer == Contents::Answer::missing;
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
