#include "libs/core/planted.hpp"
#include "libs/outbox/relay.hpp"

namespace waybill::outbox {
namespace {

class EventSink : public Sink {
 public:
  explicit EventSink(std::unique_ptr<messaging::EventProducer> producer)
      : producer_{std::move(producer)} {}

  std::vector<bool> publish(std::span<const OutboxRow> rows) override {
    std::vector<messaging::Event> events;
    events.reserve(rows.size());
    for (const OutboxRow& row : rows) {
      messaging::Event event;
      event.topic = row.target;
      event.key = row.key;
      event.value = row.payload;
      event.headers = row.headers;
      // CloudEvents' extension "sequence": compared as text, therefore with zeros in front.
      event.headers.emplace("ce_sequence", fmt::format("{:020}", row.id));
      events.push_back(std::move(event));
    }
    return producer_->produce(events);
  }

  void purge() override { producer_->purge(); }

 private:
  std::unique_ptr<messaging::EventProducer> producer_;
};

class CommandSink : public Sink {
 public:
  explicit CommandSink(std::unique_ptr<messaging::Publisher> publisher)
      : publisher_{std::move(publisher)} {}

  // A command whose queue does not exist yet is unroutable and stays in the outbox.
  std::vector<bool> publish(std::span<const OutboxRow> rows) override {
    std::vector<messaging::OutgoingMessage> messages;
    messages.reserve(rows.size());
    for (const OutboxRow& row : rows) messages.push_back(to_outgoing(row));
    std::vector<bool> stored;
    stored.reserve(rows.size());
    for (const messaging::Publish result : publisher_->publish_all(std::move(messages))) {
      stored.push_back(result == messaging::Publish::confirmed || planted(Bug::nack_ignored));
    }
    return stored;
  }

  // What is in flight may still arrive: the receiver's inbox takes it once.
  void purge() override {}

 private:
  std::unique_ptr<messaging::Publisher> publisher_;
};

}  // namespace

std::unique_ptr<Sink> make_event_sink(messaging::KafkaBroker& kafka, const std::string& service) {
  return std::make_unique<EventSink>(kafka.make_producer(service + ".outbox"));
}

std::unique_ptr<Sink> make_command_sink(messaging::RabbitBroker& rabbit,
                                        const std::string& service) {
  return std::make_unique<CommandSink>(rabbit.make_publisher(service + ".outbox"));
}

}  // namespace waybill::outbox
