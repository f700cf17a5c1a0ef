// Words, numbers and Telegram's limits; that each text has both languages the build itself sees.
#include "services/bot/domain/texts.hpp"

#include <catch2/catch.hpp>

#include "libs/drawing/drawing.hpp"
#include "services/bot/domain/chart.hpp"
#include "services/bot/domain/html.hpp"
#include "services/bot/domain/update.hpp"

using namespace waybill::bot::domain;

TEST_CASE("numbers take the form of their language", "[bot][texts]") {
  CHECK(say_size(Language::en, 1) == "1 byte");
  CHECK(say_size(Language::en, 0) == "0 bytes");
  struct Row {
    std::int64_t count;
    const char* text;
  };
  for (const Row& row : {Row{1, "1 байт"},
                         {2, "2 байта"},
                         {5, "5 байт"},
                         {11, "11 байт"},
                         {12, "12 байт"},
                         {21, "21 байт"},
                         {22, "22 байта"},
                         {112, "112 байт"}}) {
    CHECK(say_size(Language::ru, row.count) == row.text);
  }
  CHECK(say_size(Language::ru, 1'234'567) == "1,2 МБ");
}

TEST_CASE("Russian is for those whose Telegram speaks it", "[bot][texts]") {
  CHECK(language_of("ru") == Language::ru);
  CHECK(language_of("ru-RU") == Language::ru);
  CHECK(language_of("uk") == Language::en);
  CHECK(language_of("") == Language::en);
}

TEST_CASE("no text is longer than a message or a button", "[bot][texts]") {
  for (int i = 0; i < static_cast<int>(Text::count_); ++i) {
    for (const Language language : {Language::en, Language::ru}) {
      CHECK(utf16_length(text_of(static_cast<Text>(i), language)) < most_caption);
    }
  }
}

TEST_CASE("lengths count as Telegram counts them", "[bot][html]") {
  CHECK(utf16_length("aя€") == 3);
  CHECK(utf16_length("😀") == 2);
  CHECK(cut("абвг", 4) == "абвг");
  CHECK(cut("абвгд", 4) == "абв…");
  CHECK(cut("😀😀😀", 4) == "😀…");
  CHECK(shorten_label("Contract with the landlord of 2026.pdf") == "Contract with t***2026.pdf");
  CHECK(shorten_label("short") == "short");
}

TEST_CASE("updates are read as Telegram sends them", "[bot][update]") {
  const auto message = boost::json::parse(R"({"update_id": 7, "message": {"message_id": 1,
    "chat": {"id": 5, "type": "private"}, "from": {"id": 5, "language_code": "ru"},
    "text": " /start@waybill_bot CODE "}})");
  const auto update = read_update(message);
  REQUIRE(update.has_value());
  CHECK(update->kind == Update::Kind::text);
  CHECK(command_of(update->text) == "start");
  CHECK(argument_of(update->text) == "CODE");
  const auto photo = boost::json::parse(R"({"update_id": 8, "message": {"message_id": 2,
    "chat": {"id": -5, "type": "group"}, "from": {"id": 5},
    "photo": [{"file_id": "small", "file_size": 1}, {"file_id": "large", "file_size": 9}]}})");
  const auto sent = read_update(photo);
  REQUIRE(sent.has_value());
  CHECK_FALSE(sent->is_private);
  CHECK(sent->file->file_id == "large");
  for (const char* other : {"[]", "{}", R"({"update_id": 1})", R"({"update_id": "1"})",
                            R"({"update_id": 1, "message": {"chat": {}}})"}) {
    CHECK_FALSE(read_update(boost::json::parse(other)).has_value());
  }
}

TEST_CASE("a chart becomes a PNG of 1280 × 720", "[bot][chart]") {
  const std::string png = waybill::drawing::to_png(to_svg(chart_days({{3, 10, 2}}), Language::en));
  REQUIRE(png.size() > 24);
  CHECK(png.substr(1, 3) == "PNG");
  CHECK(png.substr(16, 8) == std::string("\0\0\x05\0\0\0\x02\xd0", 8));
}
