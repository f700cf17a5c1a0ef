#include "services/bot/wiring.hpp"

int main(int argc, char** argv) {
  return waybill::runtime::run<waybill::bot::BotService>(
      "bot", "documents and campaigns in Telegram chats", argc, argv);
}
