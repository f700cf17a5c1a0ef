#include "tests/integration/tools/small_platform.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "libs/outbox/processor.hpp"
#include "libs/projection/projection.hpp"
#include "services/identity/commands/commands.hpp"
#include "services/order/commands/commands.hpp"
#include "services/order/projections/users.hpp"
#include "services/product/commands/commands.hpp"
#include "services/report/projections/projections.hpp"
#include "tools/waybill/audit/steps.hpp"

namespace waybill::testing {
namespace {

constexpr int kPartitions = 2;
constexpr seconds kPatience{60};
const std::vector<std::string> kTopics{"waybill.users", "waybill.products", "waybill.orders"};

using google::protobuf::Message;

// Commands, answers and events of one service.
class Service {
 public:
  Service(const std::string& name, outbox::Handlers handlers, const FreshDatabase& database,
          messaging::RabbitBroker& rabbit, messaging::KafkaBroker& kafka, cache::Cache& cache)
      : handlers_{std::move(handlers)},
        consumer_{rabbit.make_consumer({.name = name})},
        publisher_{rabbit.make_publisher(name)},
        relays_{name, database.options(), kafka, rabbit},
        processor_{{.queue = name, .retries = messaging::QueueOptions{}.retries},
                   handlers_,
                   [](std::string&, std::string_view) { return Result<std::string>{""}; },
                   database.options(),
                   *consumer_,
                   *publisher_,
                   cache,
                   relays_} {
    relays_.start();
    processor_.start();
  }
  ~Service() {
    processor_.stop();
    relays_.stop();
  }

 private:
  outbox::Handlers handlers_;
  std::unique_ptr<messaging::Consumer> consumer_;
  std::unique_ptr<messaging::Publisher> publisher_;
  outbox::Relays relays_;
  outbox::Processor processor_;
};

void administrate(const std::string& sql) {
  pg::Options options;
  options.url = environment("WAYBILL_PG_ADMIN_URL");
  options.statement_time = seconds{60};
  pg::Connection connection{options};
  pg::Session session{connection};
  const pg::Statement statement{"administrate", sql.c_str()};
  session.exec(statement);
}

std::string name_in(const std::string& url) {
  const std::size_t path = url.find('/', url.find("://") + 3) + 1;
  return url.substr(path, url.find('?') - path);
}

void make_topics(messaging::KafkaBroker& kafka) {
  for (const std::string& topic : kTopics) kafka.create_topic(topic, kPartitions, {});
}

std::vector<messaging::Event> events_of(messaging::KafkaBroker& kafka, const std::string& topic) {
  std::vector<messaging::TopicPartition> from;
  std::int64_t count = 0;
  for (const auto& info : kafka.partitions(topic)) {
    from.push_back({topic, info.partition, info.first});
    count += info.end - info.first;
  }
  const auto reader = kafka.read(from);
  std::vector<messaging::Event> events;
  while (static_cast<std::int64_t>(events.size()) < count) {
    for (auto& event : reader->poll(500, milliseconds{100})) events.push_back(std::move(event));
  }
  return events;
}

// Built once: services that have worked and stopped.
class Original {
 public:
  Original() : rabbit{messaging::make_memory_rabbit()}, kafka{messaging::make_memory_kafka()} {
    boost::asio::io_context io;
    auto work = boost::asio::make_work_guard(io);
    std::thread io_thread{[&io] { io.run(); }};
    {
      cache::Cache cache{io, {.url = environment("WAYBILL_REDIS_URL")}};
      make_topics(*kafka);
      for (const char* name : {"identity", "product", "order", "report"})
        rabbit->declare({.name = name});
      run(cache);
    }
    work.reset();
    io.stop();
    io_thread.join();
    for (const std::string& topic : kTopics) {
      for (auto& event : events_of(*kafka, topic)) events.push_back(std::move(event));
    }
  }

  FreshDatabase identity{"identity"}, product{"product"}, order{"order"}, report{"report"};
  const std::map<std::string, const FreshDatabase*> databases{
      {"identity", &identity}, {"product", &product}, {"order", &order}, {"report", &report}};
  std::unique_ptr<messaging::RabbitBroker> rabbit;
  std::unique_ptr<messaging::KafkaBroker> kafka;
  std::vector<messaging::Event> events;
  Filling filling;

 private:
  void run(cache::Cache& cache) {
    const Service users{
        "identity", identity::commands::make_handlers({}), identity, *rabbit, *kafka, cache};
    const Service products{
        "product", product::commands::make_handlers("EUR"), product, *rabbit, *kafka, cache};
    const Service orders{
        "order", order::commands::make_handlers(seconds{0}, std::chrono::minutes{30}),
        order,   *rabbit,
        *kafka,  cache};
    projection::Projection customers{order::projections::users(), order.options(), *kafka};
    projection::Projection sold{report::projections::orders(), report.options(), *kafka};
    projection::Projection known_products{report::projections::products(), report.options(),
                                          *kafka};
    projection::Projection known_users{report::projections::users(), report.options(), *kafka};
    const std::array following{&customers, &sold, &known_products, &known_users};
    for (projection::Projection* each : following) each->start();
    publisher_ = rabbit->make_publisher("test");
    fill();
    for (projection::Projection* each : following) each->stop();
    publisher_.reset();
  }

  Id send(const std::string& service, const Message& body) {
    const Id id = new_id();
    messaging::Message message;
    message.type = body.GetDescriptor()->full_name();
    message.message_id = id.to_string();
    message.body = body.SerializeAsString();
    std::vector<messaging::OutgoingMessage> messages;
    messages.push_back(
        {.to = {std::string{messaging::kCommandExchange}, service}, .message = std::move(message)});
    publisher_->publish_all(std::move(messages));
    return id;
  }

  // Until all that was sent has had its effect everywhere.
  void settle() {
    std::map<std::string, std::string> urls;
    for (const auto& [name, database] : databases) urls[name] = database->url();
    const auto busy =
        tool::audit::settle({urls, *rabbit, *kafka}, kPatience, [](const std::string&) {});
    if (!busy.empty()) throw std::runtime_error{"the small platform does not settle: " + busy[0]};
  }

  Id create_user(const std::string& name) {
    identity::v1::CreateUser user;
    user.set_email(name + "@example.com");
    user.set_username(name);
    return send("identity", user);
  }

  Id create_product(const std::string& name, const std::string& price, std::int64_t stock) {
    product::v1::CreateProduct created;
    created.set_name(name);
    created.set_sku(name);
    created.set_price(price);
    created.set_stock_quantity(stock);
    return send("product", created);
  }

  Id place(const std::vector<std::pair<Id, std::int64_t>>& lines, const std::string& reference) {
    order::v1::PlaceOrder placed;
    placed.set_user_id(filling.user.to_string());
    placed.set_delivery_address_id(filling.address.to_string());
    placed.set_reference(reference);
    for (const auto& [product_id, quantity] : lines) {
      order::v1::OrderLine& line = *placed.add_items();
      line.set_product_id(product_id.to_string());
      line.set_quantity(quantity);
    }
    return send("order", placed);
  }

  void fill() {
    filling.user = create_user("ada");
    filling.second_user = create_user("bob");
    filling.tea = create_product("tea", "2.50", 100);
    filling.mug = create_product("mug", "7.00", 5);
    filling.gone = create_product("gone", "1.00", 1);
    settle();
    identity::v1::AddAddress address;
    address.set_user_id(filling.user.to_string());
    address.set_street("Hauptstr. 1");
    address.set_city("Berlin");
    address.set_state("BE");
    address.set_zip_code("10115");
    address.set_country("DE");
    filling.address = send("identity", address);
    product::v1::MoveStock more;
    more.set_product_id(filling.tea.to_string());
    more.set_quantity(10);
    more.set_reason("delivery");
    filling.moved_stock = send("product", more);
    product::v1::DeleteProduct remove;
    remove.set_product_id(filling.gone.to_string());
    send("product", remove);
    settle();
    filling.confirmed = place({{filling.tea, 2}, {filling.mug, 1}}, "key-confirmed");
    filling.paid = place({{filling.tea, 3}}, "key-paid");
    filling.canceled = place({{filling.mug, 2}}, "key-canceled");
    settle();
    filling.rejected = place({{filling.mug, 50}}, "key-rejected");
    order::v1::ChangeOrderStatus pay;
    pay.set_order_id(filling.paid.to_string());
    pay.set_status("PAID");
    send("order", pay);
    order::v1::CancelOrder cancel;
    cancel.set_order_id(filling.canceled.to_string());
    send("order", cancel);
    settle();
  }

  std::unique_ptr<messaging::Publisher> publisher_;
};

Original& original() {
  static Original built;
  return built;
}

}  // namespace

// A copy of a database, dropped by the destructor.
struct SmallPlatform::Clone {
  explicit Clone(const FreshDatabase& of)
      : name{"copy_" + new_id().to_string().substr(19, 17)}, url{of.url()} {
    std::erase(name, '-');
    administrate("CREATE DATABASE " + name + " TEMPLATE " + name_in(of.url()));
    url.replace(url.find(name_in(of.url())), name_in(of.url()).size(), name);
  }
  ~Clone() {
    try {
      administrate("DROP DATABASE " + name + " WITH (FORCE)");
    } catch (const std::exception&) {
      // Left behind in an instance that goes with the tests.
    }
  }

  std::string name;
  std::string url;
};

SmallPlatform::SmallPlatform()
    : rabbit_{messaging::make_memory_rabbit()}, kafka_{messaging::make_memory_kafka()} {
  for (const auto& [name, database] : original().databases) rabbit_->declare({.name = name});
  make_topics(*kafka_);
  kafka_->make_producer("test")->produce(original().events);
}

SmallPlatform::~SmallPlatform() = default;

const Filling& SmallPlatform::filling() const {
  return original().filling;
}

std::string SmallPlatform::url(const std::string& service) const {
  const auto copy = databases_.find(service);
  return copy == databases_.end() ? original().databases.at(service)->url() : copy->second->url;
}

void SmallPlatform::sql(const std::string& service, const std::string& text) {
  if (!databases_.contains(service)) {
    databases_[service] = std::make_unique<Clone>(*original().databases.at(service));
  }
  pg::Options options;
  options.url = url(service);
  pg::Connection connection{options};
  pg::Session session{connection};
  const pg::Statement statement{"planted", text.c_str()};
  if (session.exec(statement).affected() == 0) throw std::runtime_error{"changed nothing: " + text};
}

std::int64_t SmallPlatform::number(const std::string& service, const std::string& text) {
  pg::Options options;
  options.url = url(service);
  pg::Connection connection{options};
  pg::Session session{connection};
  const pg::Statement statement{"asked", text.c_str()};
  return session.exec(statement)[0].integer(0);
}

messaging::Event SmallPlatform::sent_event(const std::string& service, const Id& key,
                                           std::int64_t version) {
  const std::string topic = tool::audit::model_of(service).topic;
  for (const messaging::Event& event : events_of(*kafka_, topic)) {
    const bool wanted =
        event.key == key.to_string() && event.headers.at("ce_version") == std::to_string(version);
    if (wanted) return event;
  }
  throw std::runtime_error{"there is no such event"};
}

void SmallPlatform::tell(const messaging::Event& event) {
  kafka_->make_producer("test")->produce(std::vector{event});
}

void SmallPlatform::forget_event(const std::string& topic, const Id& key, std::int64_t version) {
  std::vector<messaging::Event> kept = events_of(*kafka_, topic);
  std::erase_if(kept, [&](const messaging::Event& event) {
    return event.key == key.to_string() &&
           event.headers.at("ce_version") == std::to_string(version);
  });
  kafka_->delete_topic(topic);
  kafka_->create_topic(topic, kPartitions, {});
  kafka_->make_producer("test")->produce(kept);
}

void SmallPlatform::put(const std::string& queue, messaging::Message message) {
  std::vector<messaging::OutgoingMessage> messages;
  messages.push_back({.to = {"", queue}, .message = std::move(message)});
  const auto results = rabbit_->make_publisher("test")->publish_all(std::move(messages));
  if (results.front() != messaging::Publish::confirmed) throw std::runtime_error{"not taken"};
}

tool::audit::Report SmallPlatform::audit(tool::audit::Options options) {
  options.grace = milliseconds{0};
  options.stuck = milliseconds{0};
  std::map<std::string, std::string> urls;
  for (const auto& [service, database] : original().databases) urls[service] = url(service);
  return tool::audit::run({urls, *rabbit_, *kafka_}, options, [](const std::string&) {});
}

}  // namespace waybill::testing
