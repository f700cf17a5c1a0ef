// What the parts of the advertising menu share. Data: `ads` {advertiser_id, name, campaign_id},
// `campaign` as the service gave it, `input` {name}, `new` {values, step}, `ai` {topic, language,
// wishes}, `names` of what the present list shows: only of these a button is taken, so that nobody
// gets at an advertiser who is not his.
#pragma once

#include "services/bot/domain/campaign.hpp"
#include "services/bot/domain/conversation.hpp"

namespace waybill::bot::domain::adverts {

std::string advertiser_of(Conversation& talk);
std::string advertiser_path(Conversation& talk);  // /v1/advertisers/{A}
std::string campaign_path(Conversation& talk);    // …/campaigns/{id}

void open_advertiser(Conversation& talk, const std::string& before = {});
void open_settings(Conversation& talk, const std::string& before = {});
void ask_campaign(Conversation& talk);

// The way to a new campaign, with the text by AI.
namespace wizard {
void begin(Conversation& talk);
bool press(Conversation& talk, const Pressed& pressed);
bool message(Conversation& talk, const Update& update);
bool answer(Conversation& talk, const Answer& answer);
bool redraw(Conversation& talk);
}  // namespace wizard

// Changing one property, the targeting, the image.
namespace settings {
bool press(Conversation& talk, const Pressed& pressed);
bool message(Conversation& talk, const Update& update);
bool answer(Conversation& talk, const Answer& answer);
bool redraw(Conversation& talk);
}  // namespace settings

}  // namespace waybill::bot::domain::adverts
