#include "services/advert/ai/copywriter.hpp"

#include <boost/json.hpp>

#include "libs/log/log.hpp"
#include "libs/metrics/metrics.hpp"
#include "libs/web/fetch.hpp"

namespace waybill::advert::ai {
namespace {

namespace json = boost::json;

// Less is not worth a call.
constexpr std::chrono::milliseconds kLeast{200};

std::string ask_for(const Wish& wish) {
  const std::string language = wish.language == "RU" ? "Russian" : "English";
  std::string text = fmt::format(
      "Write a short advertising text in {} about: {}\nAnswer with the text alone, three sentences "
      "at most.",
      language, wish.topic);
  if (!wish.additional.empty()) text += "\nFollow this as well: " + wish.additional;
  return text;
}

// choices[0].message.content of a chat completion.
std::optional<std::string> read_text(const std::string& body) {
  json::error_code error;
  const json::value answer = json::parse(body, error);
  if (error) return std::nullopt;
  const json::value* text = answer.find_pointer("/choices/0/message/content", error);
  if (error || !text || !text->is_string() || text->get_string().empty()) return std::nullopt;
  return std::string{text->get_string()};
}

void count(const std::string& outcome) {
  metrics::counter("advert_ai_total", "Texts that were asked of a source, by what came of it.",
                   {{"source", "provider"}, {"outcome", outcome}})
      .add();
}

}  // namespace

std::string template_text(const Wish& wish) {
  std::string text =
      wish.language == "RU"
          ? fmt::format("{} — самый лучший выбор для вас и ваших близких. Не упустите!", wish.topic)
          : fmt::format("{}: simply the best choice for you. Don't miss it!", wish.topic);
  if (!wish.additional.empty()) text += ' ' + wish.additional;
  return text;
}

bool Copywriter::may_ask(Time now) {
  const std::lock_guard lock{mutex_};
  return now >= resting_until_;
}

void Copywriter::note(bool succeeded, Time now) {
  const std::lock_guard lock{mutex_};
  failures_ = succeeded ? 0 : failures_ + 1;
  if (failures_ < options_.failures_to_rest) return;
  // One failure after the rest is enough for the next one.
  resting_until_ = now + options_.rest;
  log::warn("advert.ai-resting", {{"failures", failures_}});
}

std::optional<std::string> Copywriter::ask_once(const Wish& wish, std::chrono::milliseconds time) {
  const json::object message{{"role", "user"}, {"content", ask_for(wish)}};
  const json::object body{{"model", options_.model}, {"messages", json::array{message}}};
  web::FetchRequest request;
  request.target = "text-provider";
  request.method = "POST";
  request.url = options_.url;
  request.headers = {"Content-Type: application/json", "Expect:"};
  if (!options_.key.empty()) {
    request.headers.push_back("Authorization: Bearer " + options_.key.reveal());
  }
  request.body = json::serialize(body);
  request.whole_time = time;
  const auto answer = web::fetch(request);
  std::optional<std::string> text;
  std::string trouble;
  if (!answer) {
    trouble = answer.error().detail;
  } else if (answer->status != 200) {
    trouble = fmt::format("status {}", answer->status);
  } else if (text = read_text(answer->body); !text) {
    trouble = "an answer without a text";
  }
  if (!trouble.empty()) log::warn("advert.ai-failed", {{"reason", trouble}});
  count(text ? "ok" : "failed");
  return text;
}

std::optional<std::string> Copywriter::ask(const Wish& wish, Time deadline) {
  if (options_.url.empty()) return std::nullopt;
  for (int attempt = 0; attempt < options_.attempts; ++attempt) {
    const Time now = std::chrono::steady_clock::now();
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - now);
    if (left < kLeast) return std::nullopt;
    if (!may_ask(now)) {
      count("resting");
      return std::nullopt;
    }
    auto text = ask_once(wish, std::min(left, options_.timeout));
    note(text.has_value(), std::chrono::steady_clock::now());
    if (text) return text;
  }
  return std::nullopt;
}

}  // namespace waybill::advert::ai
