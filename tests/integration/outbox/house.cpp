#include "tests/integration/outbox/house.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

namespace waybill::testing {
namespace {

constexpr auto kPatience = std::chrono::seconds{20};

constexpr pg::Statement create_work{
    "create_work",
    "CREATE TABLE work (command_id uuid, CONSTRAINT work_not_evil "
    "CHECK (command_id <> '00000000-0000-0000-0000-0000000000ff'))"};
constexpr pg::Statement insert_work{"insert_work", "INSERT INTO work (command_id) VALUES ($1)"};

Result<std::string> decode_json(std::string& type, std::string_view json) {
  if (json.empty() || json.front() != '{') return invalid("The body is no JSON object.");
  if (type == "order.place") type = PlaceOrder::descriptor()->full_name();
  return std::string{};
}

messaging::QueueOptions commands_queue(const House& house) {
  messaging::QueueOptions options;
  options.name = house.queue;
  options.retries = house.retries;
  return options;
}

// A real broker names it.
messaging::QueueOptions reply_queue(const House& house) {
  messaging::QueueOptions options;
  if (house.queue == "shop") options.name = "replies";
  options.command_queue = false;
  options.exclusive = true;
  return options;
}

// Takes until there are `count`, or patience ends.
template <class Item, class Take>
std::vector<Item> collect(std::size_t count, Take take) {
  std::vector<Item> items;
  eventually(kPatience, [&] {
    for (Item& item : take()) items.push_back(std::move(item));
    return items.size() >= count;
  });
  return items;
}

}  // namespace

void note(pg::Tx& tx, const Id& command_id) {
  tx.exec(insert_work, command_id);
}

House::House(Setup setup)
    : database{"common", setup.server},
      rabbit{setup.real_brokers ? messaging::make_rabbit({.url = environment("WAYBILL_RABBIT_URL")})
                                : messaging::make_memory_rabbit()},
      kafka{setup.real_brokers
                ? messaging::make_kafka({.brokers = environment("WAYBILL_KAFKA_BROKERS")})
                : messaging::make_memory_kafka()},
      queue{setup.real_brokers ? "test-shop-" + new_id().to_string() : "shop"},
      topic{setup.real_brokers ? "test.shop." + new_id().to_string() : "waybill.orders"},
      through_{database.options()},
      real_brokers_{setup.real_brokers},
      connection_{database.options()},
      work_{io_.get_executor()},
      cache_{io_, {.url = environment("WAYBILL_REDIS_URL")}},
      publisher_{rabbit->make_publisher("house")},
      commands_{rabbit->make_consumer(commands_queue(*this))},
      replies_{rabbit->make_consumer(reply_queue(*this))} {
  if (setup.url) through_.url = setup.url(database.url());
  through_.idle_time = setup.idle_time;
  rabbit->declare(commands_queue(*this));  // a consumer does so too, but takes its time
  kafka->create_topic(topic, 1, {});
  events_ = kafka->read({{topic, 0, -1}});
  pg::Session{connection_}.exec(create_work);
  io_thread_ = std::thread{[this] { io_.run(); }};
}

House::~House() {
  stop();
  work_.reset();
  io_.stop();
  io_thread_.join();
  if (!real_brokers_) return;
  commands_.reset();
  events_.reset();  // librdkafka 2.0 may not end a reader whose topic went under it
  rabbit->remove(commands_queue(*this));
  kafka->delete_topic(topic);
}

void House::start(std::size_t workers) {
  relays_ = std::make_unique<outbox::Relays>("shop", database.options(), *kafka, *rabbit);
  relays_->start();
  processor_ = std::make_unique<outbox::Processor>(
      outbox::ProcessorOptions{.queue = queue, .workers = workers, .retries = retries}, handlers,
      decode_json, through_, *commands_, *publisher_, cache_, *relays_);
  processor_->start();
}

void House::stop() {
  if (processor_) processor_->stop();
  if (relays_) relays_->stop();
  processor_.reset();
  relays_.reset();
  commands_->resume();
}

void House::place_orders() {
  handlers.on<PlaceOrder>(
      [topic = topic](pg::Tx& tx, std::span<const Command<PlaceOrder>> batch, outbox::Writer& out) {
        std::vector<Outcome> outcomes;
        for (const Command<PlaceOrder>& command : batch) {
          note(tx, command.id());
          order::v1::OrderPlaced event;
          event.mutable_order()->set_id(command.id().to_string());
          out.event(topic, command.id(), 1, event, command.cause);
          const std::string id = command.id().to_string();
          out.invalidate("order:" + id, 2);
          outcomes.push_back(Outcome::created("{\"id\":\"" + id + "\"}", "/v1/orders/" + id, 1));
        }
        return outcomes;
      });
}

messaging::Message House::message(const google::protobuf::Message& body, const Id& id) {
  messaging::Message message;
  message.type = body.GetDescriptor()->full_name();
  message.message_id = id.to_string();
  message.correlation_id = "trace-" + id.to_string();
  message.reply_to = replies_->queue();
  message.body = body.SerializeAsString();
  return message;
}

void House::send(messaging::Message message) {
  std::vector<messaging::OutgoingMessage> messages;
  messages.push_back(
      {.to = {std::string{messaging::kCommandExchange}, queue}, .message = std::move(message)});
  if (publisher_->publish_all(std::move(messages)).front() != messaging::Publish::confirmed) {
    throw std::runtime_error{"the broker did not take a command"};
  }
}

void House::send_all(const std::vector<messaging::Message>& messages) {
  for (const messaging::Message& message : messages) send(message);
}

std::vector<common::v1::Outcome> House::outcomes(std::size_t count) {
  return collect<common::v1::Outcome>(count, [&] {
    std::vector<common::v1::Outcome> found;
    for (const auto& delivery : replies_->take(100, std::chrono::milliseconds{20})) {
      common::v1::Outcomes outcomes;
      outcomes.ParseFromString(delivery.message.body);
      found.insert(found.end(), outcomes.outcomes().begin(), outcomes.outcomes().end());
    }
    return found;
  });
}

std::vector<messaging::Message> House::replies(std::size_t count) {
  return collect<messaging::Message>(count, [&] {
    std::vector<messaging::Message> found;
    for (auto& delivery : replies_->take(100, std::chrono::milliseconds{20})) {
      found.push_back(std::move(delivery.message));
    }
    return found;
  });
}

std::vector<messaging::Event> House::events(std::size_t count) {
  return collect<messaging::Event>(
      count, [&] { return events_->poll(100, std::chrono::milliseconds{20}); });
}

std::vector<messaging::Message> House::queued(const std::string& name, std::size_t count) {
  messaging::QueueOptions options;
  options.name = name;
  options.command_queue = false;
  const auto consumer = rabbit->make_consumer(options);
  return collect<messaging::Message>(count, [&] {
    std::vector<messaging::Message> found;
    for (auto& delivery : consumer->take(100, std::chrono::milliseconds{20})) {
      found.push_back(std::move(delivery.message));
    }
    return found;
  });
}

std::int64_t House::count(const char* sql) {
  const pg::Statement statement{sql, sql};
  return pg::Session{connection_}.exec(statement)[0].integer(0);
}

std::int64_t House::cached(const std::string& key) {
  auto read = cache_.get(key);
  const auto value = boost::asio::co_spawn(io_, std::move(read), boost::asio::use_future).get();
  return value ? value->version : 0;
}

}  // namespace waybill::testing
