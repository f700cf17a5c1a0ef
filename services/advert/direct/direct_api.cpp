#include "services/advert/direct/direct_api.hpp"

#include <charconv>

#include "libs/image/image.hpp"
#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/runtime/gateway_request.hpp"
#include "services/advert/commands/commands.hpp"
#include "services/advert/direct/picture_form.hpp"
#include "services/advert/domain/faults.hpp"
#include "services/advert/store/campaigns.hpp"

namespace waybill::advert::direct {
namespace {

namespace json = boost::json;

// Idempotency keys of uploads become command ids in this name space (RFC 9562, section 5.5); the
// value is arbitrary and must never change.
const Id kCommands = *Id::parse("0d9ad6c8-6c1e-5a9e-8a25-41b7d1f0a9c4");

constexpr std::size_t kThreads = 8;
// Before the caller's own patience ends.
constexpr std::chrono::milliseconds kReserve{300};

std::string blob_key(const Id& image) {
  std::string key = "pictures/";
  for (const char c : image.to_string()) {
    if (c != '-') key += c;
  }
  return key;
}

// "<uuid>.png".
std::optional<Id> image_of(std::string_view name) {
  if (!name.ends_with(".png")) return std::nullopt;
  return Id::parse(name.substr(0, name.size() - 4));
}

Fault as_told_here(const Fault& fault) {
  if (fault.kind == FaultKind::too_large) return domain::too_large(fault.detail);
  return domain::unsupported(fault.detail);
}

// What is left of the caller's patience, by the gateway's header.
ai::Copywriter::Time deadline_of(const web::Request& request) {
  const std::string_view text = request.headers.get("Waybill-Time-Left");
  std::int64_t left = 30'000;
  std::from_chars(text.data(), text.data() + text.size(), left);
  return std::chrono::steady_clock::now() +
         std::chrono::milliseconds{std::clamp<std::int64_t>(left, 0, 30'000)} - kReserve;
}

void count_template() {
  metrics::counter("advert_ai_total", "Texts that were asked of a source, by what came of it.",
                   {{"source", "template"}, {"outcome", "ok"}})
      .add();
}

ai::Wish read_wish(const json::object& body) {
  const auto text = [&body](std::string_view member) {
    const json::value* value = body.if_contains(member);
    return value && value->is_string() ? std::string{value->get_string()} : std::string{};
  };
  return {text("topic"), text("language"), text("additional")};
}

}  // namespace

DirectApi::DirectApi(boost::asio::io_context& io, std::shared_ptr<commands::Desk> desk,
                     blob::Store& store, ai::ProviderOptions provider, pg::Options database,
                     RunOnce run_once)
    : desk_{std::move(desk)},
      store_{store},
      copywriter_{std::move(provider)},
      run_once_{std::move(run_once)},
      connections_{std::move(database), kThreads},
      uploads_{io, {.at_work = 4, .in_line = 16, .patience = std::chrono::seconds{2}}},
      writers_{io, {.at_work = 4, .in_line = 1, .patience = std::chrono::milliseconds{1}}},
      threads_{kThreads} {
  routes_.add("POST", "/v1/advertisers/{advertiser}/campaigns/{campaign}/image",
              &DirectApi::put_image);
  routes_.add("GET", "/v1/images/{name}", &DirectApi::send_image);
  routes_.add("POST", "/v1/ai/generate-text", &DirectApi::write_text);
}

DirectApi::~DirectApi() {
  threads_.stop();
  threads_.join();
}

std::optional<std::uint64_t> DirectApi::streams(const web::Request& request) const {
  if (request.method == "POST" && request.path.ends_with("/image")) return most_form_bytes;
  return std::nullopt;
}

web::awaitable<web::Response> DirectApi::handle(web::Request& request) {
  const auto match = routes_.match(request.method, request.path);
  if (!match.value) {
    co_return web::problem_response(domain::absent("There is no such path."), request);
  }
  const Route route = *match.value;
  web::Visit visit{meters_.of(request.method, match.route)};
  std::string trouble;
  try {
    auto response = co_await (this->*route)(request, match.params);
    visit.answered(response.status);
    co_return response;
  } catch (const web::BodyBroken& broken) {
    visit.failed("body-broken", broken.status() ? broken.status() : 400);
    throw;  // the server answers
  } catch (const pg::TransientError& error) {
    trouble = error.what();
  } catch (const blob::StoreError& error) {
    trouble = error.what();
  }
  const log::Scope scope{request.trace};
  log::warn("advert.unavailable", {{"path", request.path}, {"reason", trouble}});
  visit.answered(503);
  co_return web::problem_response(domain::too_late("This can't be done at the moment."), request);
}

web::awaitable<web::Response> DirectApi::put_image(web::Request& request,
                                                   const web::PathParams& params) {
  const auto pass = co_await uploads_.enter(request.deadline);
  if (!pass) {
    co_return web::problem_response(domain::too_late("Too many uploads at the moment."), request);
  }
  const auto picture = co_await read_picture(request);
  if (!picture) co_return web::problem_response(picture.error(), request);
  auto work = [&] { return store_image(request, params, *picture); };
  auto response = co_await async::offload(threads_, work);
  co_return response;
}

bool DirectApi::has_campaign(const std::string& id) {
  const auto campaign = Id::parse(id);
  if (!campaign) return false;
  auto connection = connections_.take();
  pg::Session session{*connection};
  return store::find_campaign(session, *campaign).has_value();
}

web::Response DirectApi::store_image(const web::Request& request, const web::PathParams& params,
                                     const std::string& picture) {
  const log::Scope scope{request.trace};
  outbox::Command<v1::SetCampaignImage> command;
  command.cause = runtime::cause_of(request, kCommands);
  const Id image = derive_id(command.cause.command_id, "picture");
  command.body.set_advertiser_id(std::string{web::param(params, "advertiser")});
  command.body.set_campaign_id(std::string{web::param(params, "campaign")});
  command.body.set_image_uri("/v1/images/" + image.to_string() + ".png");
  // Nothing is done or kept for a campaign that is not there.
  if (!has_campaign(command.body.campaign_id())) {
    return web::problem_response(domain::no_such_campaign(), request);
  }
  auto shrunk = image::shrink(picture, {});
  if (!shrunk) return web::problem_response(as_told_here(shrunk.error()), request);
  auto upload = store_.begin();
  upload->write(*shrunk);
  upload->finish(blob_key(image));
  command.now = now();
  auto connection = connections_.take();
  const outbox::DirectCommand direct{v1::SetCampaignImage::descriptor()->full_name(), "",
                                     command.cause};
  const auto outcome = run_once_(*connection, direct, [&](pg::Tx& tx, outbox::Writer& out) {
    return commands::SetImages{desk_}(tx, {&command, 1}, out).front();
  });
  return {outcome.status(), outcome.status() < 400 ? "" : "application/problem+json",
          outcome.body()};
}

web::awaitable<web::Response> DirectApi::send_image(web::Request& request,
                                                    const web::PathParams& params) {
  const std::string name{web::param(params, "name")};
  auto work = [&] { return find_image(request, name); };
  auto response = co_await async::offload(threads_, work);
  co_return response;
}

web::Response DirectApi::find_image(const web::Request& request, const std::string& name) {
  const auto image = image_of(name);
  const auto object = image ? store_.find(blob_key(*image)) : std::nullopt;
  auto download = object ? store_.open(object->key, 0, object->size) : nullptr;
  if (!download) return web::problem_response(domain::absent("There is no such image."), request);
  web::Response response{200, "image/png", ""};
  for (std::string bytes = download->read(1 << 20); !bytes.empty();
       bytes = download->read(1 << 20)) {
    response.body += bytes;
  }
  response.headers.set("Cache-Control", "public, max-age=31536000, immutable");
  response.headers.set("ETag", '"' + image->to_string() + '"');
  response.headers.set("X-Content-Type-Options", "nosniff");
  return response;
}

web::awaitable<web::Response> DirectApi::write_text(web::Request& request, const web::PathParams&) {
  json::error_code error;
  const json::value body = json::parse(request.body, error);
  if (error || !body.is_object()) {
    co_return web::problem_response(domain::bad_request("Validation failed: no object."), request);
  }
  const ai::Wish wish = read_wish(body.get_object());
  auto deadline = deadline_of(request);
  const auto pass = co_await writers_.enter(request.deadline);
  if (!pass) deadline = {};  // nobody else is asked; the template has time
  auto work = [&] {
    const log::Scope scope{request.trace};
    return text_for(wish, deadline);
  };
  const auto text = co_await async::offload(threads_, work);
  if (!text) co_return web::problem_response(text.error(), request);
  const json::object result{{"result", *text}};
  co_return web::json_response(200, result);
}

Result<std::string> DirectApi::text_for(const ai::Wish& wish, ai::Copywriter::Time deadline) {
  std::shared_ptr<const moderation::Moderator> moderator;
  {
    auto connection = connections_.take();
    pg::Tx tx{*connection};
    moderator = desk_->moderator(tx, store::find_settings(tx));
  }
  if (moderator) {
    if (auto clean = moderator->check(wish.topic, "topic"); !clean) return clean.error();
    if (auto clean = moderator->check(wish.additional, "addition"); !clean) return clean.error();
  }
  auto text = copywriter_.ask(wish, deadline);
  if (text && !(moderator && moderator->find(*text))) return *text;
  count_template();
  return ai::template_text(wish);
}

}  // namespace waybill::advert::direct
