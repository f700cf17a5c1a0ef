#include "tests/integration/bot/world.hpp"

#include "services/bot/domain/members.hpp"
#include "waybill/file/v1/commands.pb.h"

namespace waybill::bot::test {

namespace {

using domain::integer_at;
using domain::text_at;

telegram::ApiOptions api_options(std::uint16_t port) {
  telegram::ApiOptions options;
  options.url = "http://127.0.0.1:" + std::to_string(port);
  options.token = config::Secret{kToken};
  options.request_time = 1s;
  options.poll_time = 1s;
  return options;
}

std::string here(std::uint16_t port) {
  return "127.0.0.1:" + std::to_string(port);
}

}  // namespace

void FileQueue::answer(const messaging::Message& message) {
  int status = 200;
  std::string body;
  {
    const std::lock_guard lock{mutex_};
    const auto known = inbox_.find(message.message_id);
    if (known == inbox_.end()) {
      const json::value decided = decide(message, status);
      inbox_[message.message_id] = {status, json::serialize(decided)};
    }
    std::tie(status, body) = inbox_[message.message_id];
  }
  common::v1::Outcomes outcomes;
  auto& outcome = *outcomes.add_outcomes();
  outcome.set_command_id(message.message_id);
  outcome.set_status(status);
  outcome.set_body(body);
  messaging::OutgoingMessage out;
  out.to = {"", message.reply_to};
  out.message.type = outcomes.GetDescriptor()->full_name();
  out.message.headers = message.headers;
  out.message.body = outcomes.SerializeAsString();
  publisher_->publish(std::move(out), [](messaging::Publish) {});
}

// Without the file service's messages linked in, the bodies are read where they are needed.
json::value FileQueue::decide(const messaging::Message& message, int& status) {
  const std::string owner = message.headers.at("caller");
  const auto name_of = [&](const std::string& type) { return message.type.ends_with(type); };
  const auto show = [](const std::string& id, const Document& document) {
    return json::object{{"id", id},
                        {"type_id", "t-" + document.type},
                        {"type", document.type},
                        {"name", document.name},
                        {"file_name", document.file_name},
                        {"size", 5},
                        {"created_at", "2026-01-31T00:00:00.000Z"}};
  };
  if (name_of(".AddDocument")) {
    file::v1::AddDocument body;
    body.ParseFromString(message.body);
    const std::string type = body.has_type() ? body.type() : body.type_id().substr(2);
    for (auto& [id, document] : documents_) {
      if (document.owner != owner || document.type != type || document.name != body.name()) {
        continue;
      }
      if (body.replace()) {
        document.upload = body.upload_id();
        status = 200;
        return show(id, document);
      }
      status = 409;
      return json::object{{"code", "already-exists"}, {"document_id", id}};
    }
    status = 201;
    documents_[message.message_id] = {owner, type, body.name(), body.file_name(), body.upload_id()};
    return show(message.message_id, documents_[message.message_id]);
  }
  json::array items;
  if (name_of(".QueryDocumentTypes")) {
    std::map<std::string, int> counts;
    for (const auto& [id, document] : documents_) {
      if (document.owner == owner) ++counts[document.type];
    }
    for (const auto& [type, count] : counts) {
      items.push_back({{"id", "t-" + type}, {"name", type}, {"documents", count}});
    }
  } else if (name_of(".QueryDocuments")) {
    file::v1::QueryDocuments body;
    body.ParseFromString(message.body);
    for (const auto& [id, document] : documents_) {
      if (document.owner == owner && "t-" + document.type == body.type_id()) {
        items.push_back(show(id, document));
      }
    }
  } else {
    file::v1::GetDocument body;
    body.ParseFromString(message.body);
    const auto found = documents_.find(body.document_id());
    if (found == documents_.end() || found->second.owner != owner) {
      status = 404;
      return json::object{{"code", "not-found"}};
    }
    if (name_of(".DeleteDocument")) {
      documents_.erase(found);
      status = 204;
      return nullptr;
    }
    return json::object{{"document", show(found->first, found->second)},
                        {"inner_path", "/inner/" + found->second.upload},
                        {"url", "https://example.org/x"},
                        {"expires_at", "2026-01-31T00:00:00.000Z"}};
  }
  return json::object{{"items", items}, {"next", nullptr}};
}

World::World(Options options)
    : rabbit_{messaging::make_memory_rabbit()},
      telegram_{telegram_io_.context, kToken},
      file_queue_{*rabbit_} {
  web::ServerLimits limits;
  limits.body_bytes = 64 * 1024 * 1024;
  auto& far = telegram_io_.context;
  telegram_server_ = std::make_unique<web::Server>(far, "127.0.0.1:0", telegram_, limits);
  neighbour_server_ = std::make_unique<web::Server>(far, "127.0.0.1:0", neighbours_, limits);
  runtime::call_on(far, [this] {
    telegram_server_->start();
    neighbour_server_->start();
  });
  const std::string neighbours = here(neighbour_server_->port());
  auto& io = io_.context;
  runtime::call_on(io, [&] {
    cache::Scripts::Options redis;
    redis.url = redis_server_.url();
    redis_ = std::make_unique<cache::Scripts>(io, redis);
    memory_ = std::make_unique<Memory>(*redis_, new_id().to_string(), options.memory);
    exchange_ = std::make_unique<Exchange>(io, *rabbit_);
    peers_ = std::make_unique<Peers>(
        io, std::map<std::string, std::string>{
                {"identity", neighbours}, {"file", neighbours}, {"advert", neighbours}});
    api_ = std::make_unique<telegram::Api>(io, api_options(telegram_server_->port()));
    handler_ = std::make_unique<Handler>(io, *memory_, *exchange_, *peers_, *api_);
    sender_ = std::make_unique<Sender>(io, *memory_, *peers_, *api_);
    webhook_ = std::make_unique<Webhook>(config::Secret{kSecret}, *exchange_);
    webhook_server_ = std::make_unique<web::Server>(io, "127.0.0.1:0", *webhook_);
    webhook_server_->start();
  });
  webhook_address_ = here(webhook_server_->port());
  shares_ = std::make_unique<Shares>(io, *rabbit_, *memory_, *exchange_, *handler_, *sender_);
  poller_ = std::make_unique<Poller>(io, *memory_, *exchange_, *api_);
  shares_->start();
  if (options.webhook) {
    const json::object webhook{{"url", "http://" + webhook_address_ + "/v1/telegram/webhook"},
                               {"secret_token", kSecret}};
    const auto reply =
        boost::asio::co_spawn(io, api_->call("setWebhook", webhook), boost::asio::use_future).get();
    REQUIRE(reply.ok());
  } else {
    runtime::call_on(io, [this] { poller_->start(); });
  }
}

World::~World() {
  poller_->stop();
  shares_->stop(5s);
  runtime::call_on(io_.context, [this] { redis_->close(); });
  // The poll ends with its connection, the connection with the server.
  boost::asio::co_spawn(io_.context, webhook_server_->drain(100ms), boost::asio::use_future).get();
  boost::asio::co_spawn(telegram_io_.context, telegram_server_->drain(100ms),
                        boost::asio::use_future)
      .get();
  boost::asio::co_spawn(telegram_io_.context, neighbour_server_->drain(100ms),
                        boost::asio::use_future)
      .get();
  exchange_->close();
}

template <class Work>
auto World::on_telegram(Work work) {
  using Result = std::invoke_result_t<Work>;
  if constexpr (std::is_void_v<Result>) {
    runtime::call_on(telegram_io_.context, work);
  } else {
    std::optional<Result> result;
    runtime::call_on(telegram_io_.context, [&] { result = work(); });
    return *result;
  }
}

void World::write(std::int64_t chat, const std::string& text, const std::string& language) {
  on_telegram([&] {
    telegram_.world().write(chat, text, {std::abs(chat), "tg", language});
    telegram_.stir();
  });
}

void World::send_file(std::int64_t chat, const std::string& name, const std::string& bytes) {
  on_telegram([&] {
    telegram_.world().send_file(chat, "document", name, bytes, {chat, "tg", "en"});
    telegram_.stir();
  });
}

void World::press(std::int64_t chat, const std::string& label) {
  const bool pressed = on_telegram([&] {
    const json::array all = telegram_.world().messages(chat);
    for (auto message = all.rbegin(); message != all.rend(); ++message) {
      for (const json::value& row : domain::array_of(domain::member(*message, "keyboard"))) {
        for (const json::value& button : row.as_array()) {
          if (text_at(button, "text") != label) continue;
          telegram_.world().press(chat, integer_at(*message, "id"),
                                  text_at(button, "callback_data"), {chat, "tg", "en"});
          telegram_.stir();
          return true;
        }
      }
    }
    return false;
  });
  INFO("button " << label);
  REQUIRE(pressed);
}

void World::duplicate_next(std::int64_t times) {
  on_telegram([&] { telegram_.world().duplicate_next(times); });
}

void World::plan(local_telegram::Plan plan) {
  on_telegram([&] { telegram_.plan(plan); });
}

void World::block(std::int64_t chat) {
  on_telegram([&] { telegram_.world().block(chat, true); });
}

json::array World::messages(std::int64_t chat) {
  return on_telegram([&] { return telegram_.world().messages(chat); });
}

std::vector<std::string> World::bot_texts(std::int64_t chat) {
  std::vector<std::string> texts;
  for (const json::value& message : messages(chat)) {
    if (message.at("by_bot").as_bool()) texts.push_back(text_at(message, "text"));
  }
  return texts;
}

std::string World::last_text(std::int64_t chat) {
  const auto texts = bot_texts(chat);
  return texts.empty() ? std::string{} : texts.back();
}

bool World::sees(std::int64_t chat, const std::string& text) {
  const bool seen =
      eventually(15s, [&] { return last_text(chat).find(text) != std::string::npos; });
  UNSCOPED_INFO("the last text was " << last_text(chat));
  return seen;
}

std::size_t World::open_presses() {
  return on_telegram([&] { return telegram_.world().open_presses(); });
}

}  // namespace waybill::bot::test
