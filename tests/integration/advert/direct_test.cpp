// Pictures and texts, as the gateway would pass them to the service.
#include <filesystem>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>

#include "libs/testing/surroundings.hpp"
#include "services/advert/direct/direct_api.hpp"
#include "services/advert/direct/picture_form.hpp"
#include "tests/integration/advert/desk.hpp"

using namespace waybill;
using namespace waybill::advert;
using namespace waybill::advert::test;

namespace {

// One white pixel.
const std::string kGif{
    "GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02"
    "\x02\x44\x01\0;",
    43};

std::string part(const std::string& disposition, const std::string& bytes) {
  return "--XX\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + bytes + "\r\n";
}

std::string file(const std::string& bytes, const std::string& field = "picture") {
  return part("name=" + field + "; filename=\"a.gif\"", bytes);
}

class Pieces final : public web::BodySource {
 public:
  explicit Pieces(std::string text) : text_{std::move(text)} {}
  web::awaitable<std::string> read() override {
    std::string piece = text_.substr(std::min(at_, text_.size()), 50'000);
    at_ += piece.size();
    co_return piece;
  }
  std::optional<std::uint64_t> length() const override { return text_.size(); }

 private:
  const std::string text_;
  std::size_t at_ = 0;
};

class Process {
 public:
  Process() {
    worker.set_day(0);
    advertiser = make_advertiser(worker);
    campaign = create(worker, campaign_of(advertiser, "Bern"));
    around_.start();
  }
  ~Process() {
    around_.stop();
    std::filesystem::remove_all(folder_);
  }

  web::Response upload(const std::string& form, const std::string& campaign_id) {
    Pieces source{form + "--XX--\r\n"};
    auto request = request_of(
        "POST", "/v1/advertisers/" + advertiser + "/campaigns/" + campaign_id + "/image");
    request->headers.set("Content-Type", "multipart/form-data; boundary=XX");
    request->source = &source;
    return ask(std::move(request));
  }
  web::Response upload(const std::string& form) { return upload(form, campaign); }
  web::Response get(const std::string& path) { return ask(request_of("GET", path)); }
  web::Response write(const json::object& wish) {
    auto request = request_of("POST", "/v1/ai/generate-text");
    request->body = json::serialize(wish);
    return ask(std::move(request));
  }
  json::value image_uri() {
    return worker.get_json("/v1/advertisers/" + advertiser + "/campaigns/" + campaign)
        .at("image_uri");
  }

  Worker worker;
  std::string advertiser, campaign;

 private:
  static std::unique_ptr<web::Request> request_of(const std::string& method,
                                                  const std::string& path) {
    auto request = std::make_unique<web::Request>();
    request->method = method;
    request->path = request->target = path;
    request->trace.correlation_id = "test";
    request->headers.set("Waybill-Caller", to_header({std::nullopt, Role::staff}));
    return request;
  }
  static async::awaitable<web::Response> answer(direct::DirectApi& api,
                                                std::unique_ptr<web::Request> request) {
    auto response = co_await api.handle(*request);
    co_return response;
  }
  web::Response ask(std::unique_ptr<web::Request> request) {
    return boost::asio::co_spawn(around_.io, answer(api_, std::move(request)),
                                 boost::asio::use_future)
        .get();
  }

  const std::string folder_ =
      (std::filesystem::temp_directory_path() / ("pictures-" + new_id().to_string())).string();
  const std::unique_ptr<blob::Store> store_ = blob::make_folder_store(folder_);
  testing::Surroundings around_{"advert", database().options(), "waybill.adverts"};
  direct::DirectApi api_{
      around_.io,
      worker.desk,
      *store_,
      ai::ProviderOptions{},
      database().options(),
      [this](pg::Connection& connection, const outbox::DirectCommand& command, const auto& work) {
        return around_.run_direct(connection, command, work);
      }};
};

}  // namespace

TEST_CASE("a picture is stored as PNG, whatever its field is called", "[advert][images]") {
  Process process;
  const web::Response stored = process.upload(part("name=note", "x") + file(kGif, "whatever"));
  INFO(stored.body);
  REQUIRE(stored.status == 204);
  const std::string uri{process.image_uri().as_string()};
  CHECK(uri.starts_with("/v1/images/"));
  CHECK(uri.ends_with(".png"));
  const web::Response found = process.get(uri);
  CHECK(found.status == 200);
  CHECK(found.headers.get("Content-Type") == "image/png");
  CHECK(found.headers.get("Cache-Control").find("immutable") != std::string_view::npos);
  CHECK(found.body.substr(1, 3) == "PNG");
}

TEST_CASE("a new picture takes the place of the old one, which stays readable",
          "[advert][images]") {
  Process process;
  REQUIRE(process.upload(file(kGif)).status == 204);
  const std::string first{process.image_uri().as_string()};
  REQUIRE(process.upload(file(kGif)).status == 204);
  CHECK(process.image_uri() != json::value(first));
  CHECK(process.get(first).status == 200);
  v1::ClearCampaignImage body;
  body.set_advertiser_id(process.advertiser);
  body.set_campaign_id(process.campaign);
  const commands::ClearImages clear{process.worker.desk};
  CHECK(process.worker.run_one(clear, body).told("CampaignChanged") == 1);
  CHECK(process.image_uri().is_null());
  CHECK(process.worker.run_one(clear, body).status() == 204);
  CHECK(process.get(first).status == 200);
}

TEST_CASE("one file it is: none, two, too large, and what is no picture are refused",
          "[advert][images]") {
  Process process;
  CHECK(process.upload(part("name=note", "x")).status == 400);
  CHECK(process.upload(file(kGif) + file(kGif)).status == 400);
  CHECK(process.upload(file(std::string(direct::most_picture_bytes + 1, 'x'))).status == 413);
  const web::Response text = process.upload(file("plain text"));
  CHECK(text.status == 415);
  CHECK(json::parse(text.body).at("code") == "UNSUPPORTED_MEDIA_TYPE");
  CHECK(process.upload(file(kGif), new_id().to_string()).status == 404);
  CHECK(process.image_uri().is_null());
}

TEST_CASE("what is not there, and what is no name, is a 404", "[advert][images]") {
  Process process;
  CHECK(process.get("/v1/images/" + new_id().to_string() + ".png").status == 404);
  CHECK(process.get("/v1/images/" + new_id().to_string()).status == 404);
}

TEST_CASE("texts pass moderation: a wish that does not is refused", "[advert][ai]") {
  Process process;
  const web::Response text = process.write({{"topic", "lanterns"}, {"language", "EN"}});
  CHECK(text.status == 200);
  CHECK(text.body.find("lanterns") != std::string::npos);
  v1::SetBlacklist words;
  words.add_words("bad");
  process.worker.run_one(commands::set_blacklists, words);
  process.worker.run_one(commands::enable_moderation, v1::EnableModeration{});
  const web::Response refused =
      process.write({{"topic", "fine"}, {"language", "RU"}, {"additional", "but b4d"}});
  process.worker.run_one(commands::disable_moderation, v1::DisableModeration{});
  CHECK(refused.status == 400);
  CHECK(refused.body.find("Profanity") != std::string::npos);
}
