#include "services/bot/domain/texts.hpp"

#include <array>

namespace waybill::bot::domain {
namespace {

struct Entry {
  Text text;
  std::string_view en, ru;
};

constexpr auto kCount = static_cast<std::size_t>(Text::count_);

// Forms of a number are separated by |: two in English, three in Russian.
constexpr std::array kTexts{
    Entry{Text::welcome,
          "<b>Waybill</b>\nYour documents and advertising campaigns, in this chat. Link your "
          "account first: ask for a code in your account and send it here.",
          "<b>Waybill</b>\nВаши документы и рекламные кампании прямо в чате. Сначала привяжите "
          "аккаунт: получите код в своём аккаунте и пришлите его сюда."},
    Entry{Text::welcome_linked, "<b>Waybill</b>\nHello, {}! What would you like to do?",
          "<b>Waybill</b>\nЗдравствуйте, {}! Чем займёмся?"},
    Entry{Text::help,
          "<b>What I understand</b>\n/start – main menu\n/add – add a document\n/documents – show "
          "documents\n/ads – advertising\n/state – where we are\n/cancel – stop what we are "
          "doing\n/link CODE – link your account\n/unlink – unlink it\n/help – this list\n\nSend a "
          "file at any time to keep it.",
          "<b>Что я умею</b>\n/start – главное меню\n/add – добавить документ\n/documents – "
          "показать документы\n/ads – реклама\n/state – на каком мы шаге\n/cancel – "
          "прервать\n/link КОД – привязать аккаунт\n/unlink – отвязать его\n/help – этот "
          "список\n\nПришлите файл в любой момент, и я сохраню его."},
    Entry{Text::main_menu, "What would you like to do?", "Чем займёмся?"},
    Entry{Text::private_only, "I only talk in private chats: open one with me.",
          "Я общаюсь только в личных чатах: напишите мне лично."},
    Entry{Text::outdated, "This menu is outdated.", "Это меню устарело."},
    Entry{Text::canceled, "Canceled.", "Отменено."},
    Entry{Text::nothing_to_cancel, "There is nothing to cancel.", "Отменять нечего."},
    Entry{Text::flood, "That is too fast for me. Please wait {} seconds.",
          "Слишком быстро. Подождите, пожалуйста, {} с."},
    Entry{Text::still_working, "Still working on it, the result follows.",
          "Всё ещё работаю, результат пришлю."},
    Entry{Text::unavailable,
          "Something that is needed for this is away. Please try again in a minute.\nReference: "
          "<code>{}</code>",
          "Сейчас это недоступно. Попробуйте, пожалуйста, через минуту.\nНомер обращения: "
          "<code>{}</code>"},
    Entry{Text::not_understood, "I did not understand that. /help lists what I can do.",
          "Не понимаю. Список команд: /help."},
    Entry{Text::need_buttons, "Use the buttons, please.", "Воспользуйтесь, пожалуйста, кнопками."},
    Entry{Text::b_documents, "Documents", "Документы"},
    Entry{Text::b_advertising, "Advertising", "Реклама"},
    Entry{Text::b_account, "Account", "Аккаунт"},
    Entry{Text::b_link, "Link account", "Привязать аккаунт"},
    Entry{Text::b_unlink, "Unlink", "Отвязать"},
    Entry{Text::b_cancel, "Cancel", "Отмена"},
    Entry{Text::b_back, "Back", "Назад"},
    Entry{Text::b_main, "Main menu", "Главное меню"},
    Entry{Text::b_add, "Add", "Добавить"},
    Entry{Text::b_next, "Next", "Далее"},
    Entry{Text::b_previous, "Previous", "Назад по списку"},
    Entry{Text::b_delete, "Delete", "Удалить"},
    Entry{Text::b_yes_delete, "Yes, delete", "Да, удалить"},
    Entry{Text::b_new_version, "New version", "Новая версия"},
    Entry{Text::b_other_name, "Other name", "Другое имя"},
    Entry{Text::b_try_again, "Try again", "Повторить"},
    Entry{Text::b_keep_name, "Use “{}”", "Оставить «{}»"},
    Entry{Text::account_linked, "This chat acts for the account <b>{}</b>.",
          "Этот чат привязан к аккаунту <b>{}</b>."},
    Entry{Text::link_ask_code,
          "Send the code from your account: 16 letters and digits. It is good for 10 minutes.",
          "Пришлите код из своего аккаунта: 16 букв и цифр. Он действует 10 минут."},
    Entry{Text::link_done, "Linked: this chat now acts for <b>{}</b>.",
          "Готово: этот чат теперь действует от имени <b>{}</b>."},
    Entry{Text::link_replaced,
          "Your account was linked with another Telegram user, so this chat no longer acts for it. "
          "If that was not you, change your password.",
          "Ваш аккаунт привязан к другому пользователю Telegram, этот чат больше не действует от "
          "его имени. Если это были не вы, смените пароль."},
    Entry{Text::link_bad,
          "The code is wrong, was used, or has expired. Ask for a new one in your account.",
          "Код неверен, уже использован или устарел. Получите новый в своём аккаунте."},
    Entry{Text::link_too_often, "Too many codes were tried. Please wait ten minutes.",
          "Слишком много попыток. Подождите, пожалуйста, десять минут."},
    Entry{Text::unlink_ask, "Shall this chat stop acting for <b>{}</b>?",
          "Отвязать этот чат от аккаунта <b>{}</b>?"},
    Entry{Text::unlink_done, "This chat no longer acts for your account.",
          "Этот чат больше не привязан к вашему аккаунту."},
    Entry{Text::needs_link, "Link your account first: press the button, or send /link CODE.",
          "Сначала привяжите аккаунт: нажмите кнопку или пришлите /link КОД."},
    Entry{Text::add_type, "Which type is the document? Choose one, or send the name of a new type.",
          "К какому типу относится документ? Выберите или пришлите название нового."},
    Entry{Text::add_type_first,
          "Which type is the document? Send a name for it, for example “Contracts”.",
          "К какому типу относится документ? Пришлите название, например «Договоры»."},
    Entry{Text::add_name, "What is the document called? Up to 128 characters.",
          "Как назвать документ? До 128 символов."},
    Entry{Text::add_name_offered,
          "What is the document called? Send a name, or use the one of the file.",
          "Как назвать документ? Пришлите имя или оставьте имя файла."},
    Entry{Text::add_file, "Now send the file: a document, photo, audio or video of up to 20 MB.",
          "Теперь пришлите файл: документ, фото, аудио или видео, до 20 МБ."},
    Entry{Text::add_saving, "Saving…", "Сохраняю…"},
    Entry{Text::add_saved, "Saved: <b>{}</b> / <b>{}</b>", "Сохранено: <b>{}</b> / <b>{}</b>"},
    Entry{Text::add_taken, "There is a document “{}” of this type already.",
          "Документ «{}» этого типа уже есть."},
    Entry{Text::add_failed, "This did not work out: {}", "Не получилось: {}"},
    Entry{Text::add_too_large,
          "The file has {}, and Telegram lets me fetch 20 MB at most. Send a smaller one.",
          "В файле {}, а Telegram позволяет мне забрать не больше 20 МБ. Пришлите файл поменьше."},
    Entry{Text::add_want_type,
          "I need the type of the document: choose one, or send a name of up to 64 characters in "
          "one line.",
          "Нужен тип документа: выберите или пришлите название до 64 символов в одну строку."},
    Entry{Text::add_want_name, "I need a name of up to 128 characters in one line.",
          "Нужно имя до 128 символов в одну строку."},
    Entry{Text::add_want_file,
          "I need a file here: a document, photo, audio or video of up to 20 MB.",
          "Здесь нужен файл: документ, фото, аудио или видео, до 20 МБ."},
    Entry{Text::types_none, "There are no documents yet.", "Документов пока нет."},
    Entry{Text::types_title, "Your documents by type:", "Ваши документы по типам:"},
    Entry{Text::documents_title, "<b>{}</b>: which one?", "<b>{}</b>: какой документ?"},
    Entry{Text::documents_none, "There are no documents of this type.",
          "Документов этого типа нет."},
    Entry{Text::document_caption, "<b>{}</b>\n{} · {} · {}", "<b>{}</b>\n{} · {} · {}"},
    Entry{
        Text::document_link,
        "<b>{}</b>\n{} · {} · {}\nToo large for Telegram: <a href=\"{}\">download it here</a>.",
        "<b>{}</b>\n{} · {} · {}\nСлишком велик для Telegram: <a href=\"{}\">скачайте здесь</a>."},
    Entry{Text::document_delete_ask, "Delete <b>{}</b>?", "Удалить <b>{}</b>?"},
    Entry{Text::document_deleted, "Deleted.", "Удалено."},
    Entry{Text::why_not_found, "it is not there any more.", "этого больше нет."},
    Entry{Text::why_limit, "there are as many as there may be. Delete one that you no longer need.",
          "достигнут предел. Удалите что-нибудь ненужное."},
    Entry{Text::why_too_large, "it is too large.", "слишком большой файл."},
    Entry{Text::why_unavailable, "something that is needed is away. Reference: <code>{}</code>",
          "что-то сейчас недоступно. Номер обращения: <code>{}</code>"},
    Entry{Text::why_rate, "that was too often. Please wait a minute.",
          "слишком часто. Подождите минуту."},
    Entry{Text::at_idle, "We are in the menu: nothing is under way.",
          "Мы в меню: ничего не начато."},
    Entry{Text::at_link, "I am waiting for the code that links your account.",
          "Жду код для привязки аккаунта."},
    Entry{Text::at_add_type, "Adding a document: I am waiting for its type.",
          "Добавляем документ: жду его тип."},
    Entry{Text::at_add_name, "Adding a document: I am waiting for its name.",
          "Добавляем документ: жду его имя."},
    Entry{Text::at_add_file, "Adding a document: I am waiting for the file.",
          "Добавляем документ: жду файл."},
    Entry{Text::at_add_saving, "Adding a document: it is being saved.",
          "Добавляем документ: сохраняю."},
    Entry{Text::at_browse, "You are looking at your documents.", "Вы смотрите документы."},
    Entry{Text::at_ads, "You are in the advertising menu.", "Вы в меню рекламы."},
    Entry{Text::at_ads_input, "Advertising: I am waiting for a value.", "Реклама: жду значение."},
    Entry{Text::at_ads_create, "A new campaign is being made.", "Создаём новую кампанию."},
    Entry{Text::size_bytes, "{} byte|{} bytes", "{} байт|{} байта|{} байт"},
    Entry{Text::size_kb, "{} kB", "{} кБ"},
    Entry{Text::size_mb, "{}.{} MB", "{},{} МБ"},
    Entry{Text::ads_title, "Your advertisers:", "Ваши рекламодатели:"},
    Entry{Text::ads_none, "There is no advertiser yet.", "Рекламодателей пока нет."},
    Entry{Text::b_new_advertiser, "New advertiser", "Новый рекламодатель"},
    Entry{Text::b_add_by_id, "Add by id", "Открыть по id"},
    Entry{Text::ask_advertiser_name, "What is the advertiser called?",
          "Как называется рекламодатель?"},
    Entry{Text::ask_advertiser_id, "Send the id of the advertiser, a UUID.",
          "Пришлите id рекламодателя, это UUID."},
    Entry{Text::advertiser_bad_id,
          "That is no UUID; one looks like 3f2504e0-4f89-41d3-9a0c-0305e82c3301.",
          "Это не UUID; он выглядит так: 3f2504e0-4f89-41d3-9a0c-0305e82c3301."},
    Entry{Text::advertiser_foreign, "No advertiser of this id is bound to your account.",
          "К вашему аккаунту не привязан рекламодатель с таким id."},
    Entry{Text::b_campaigns, "Campaigns", "Кампании"},
    Entry{Text::b_new_campaign, "New campaign", "Новая кампания"},
    Entry{Text::b_total, "Total", "Итого"},
    Entry{Text::b_daily, "Daily", "По дням"},
    Entry{Text::b_advertisers, "Advertisers", "Рекламодатели"},
    Entry{Text::b_advertiser, "Advertiser", "Рекламодатель"},
    Entry{Text::campaigns_title, "Campaigns:", "Кампании:"},
    Entry{Text::campaigns_none, "There are no campaigns yet.", "Кампаний пока нет."},
    Entry{Text::total_card,
          "<b>{}</b>\nViews: {}\nClicks: {}\nConversion: {} %\nSpent on views: {}\nSpent on "
          "clicks: {}\nSpent in total: {}",
          "<b>{}</b>\nПоказы: {}\nКлики: {}\nКонверсия: {} %\nПотрачено на показы: {}\nПотрачено "
          "на клики: {}\nПотрачено всего: {}"},
    Entry{Text::daily_none, "There is no data yet.", "Данных пока нет."},
    Entry{Text::daily_caption, "<b>{}</b>: days {}…{}", "<b>{}</b>: дни {}…{}"},
    Entry{Text::chart_title, "Daily statistics", "Статистика по дням"},
    Entry{Text::chart_views, "Views", "Показы"},
    Entry{Text::chart_clicks, "Clicks", "Клики"},
    Entry{Text::chart_dates, "Dates", "Даты"},
    Entry{Text::chart_count, "Count", "Количество"},
    Entry{Text::campaign_card,
          "<b>{}</b>\n<code>{}</code>\n{}\n\nViews limit: {}\nClicks limit: {}\nPrice per view: "
          "{}\nPrice per click: {}\nDays: {}…{}\nGender: {}, ages: {}, location: {}",
          "<b>{}</b>\n<code>{}</code>\n{}\n\nЛимит показов: {}\nЛимит кликов: {}\nЦена показа: "
          "{}\nЦена клика: {}\nДни: {}…{}\nПол: {}, возраст: {}, место: {}"},
    Entry{Text::not_there, "This is not there any more.", "Этого больше нет."},
    Entry{Text::b_settings, "Settings", "Настройки"},
    Entry{Text::settings_title, "What shall be changed?", "Что изменить?"},
    Entry{Text::f_title, "Title", "Заголовок"},
    Entry{Text::f_text, "Text", "Текст"},
    Entry{Text::f_views_limit, "Views limit", "Лимит показов"},
    Entry{Text::f_clicks_limit, "Clicks limit", "Лимит кликов"},
    Entry{Text::f_cpi, "Price per view", "Цена показа"},
    Entry{Text::f_cpc, "Price per click", "Цена клика"},
    Entry{Text::f_first_day, "First day", "Первый день"},
    Entry{Text::f_last_day, "Last day", "Последний день"},
    Entry{Text::f_gender, "Gender", "Пол"},
    Entry{Text::f_age_from, "Age from", "Возраст от"},
    Entry{Text::f_age_to, "Age to", "Возраст до"},
    Entry{Text::f_location, "Location", "Место"},
    Entry{Text::f_targeting, "Targeting", "Таргетинг"},
    Entry{Text::f_image, "Image", "Картинка"},
    Entry{Text::b_delete_campaign, "Delete campaign", "Удалить кампанию"},
    Entry{Text::campaign_delete_ask, "Delete the campaign <b>{}</b>? Its statistics go with it.",
          "Удалить кампанию <b>{}</b>? Её статистика исчезнет тоже."},
    Entry{Text::campaign_deleted, "The campaign was deleted.", "Кампания удалена."},
    Entry{Text::ask_value, "<b>{}</b> is now: {}\nSend the new value.",
          "<b>{}</b> сейчас: {}\nПришлите новое значение."},
    Entry{Text::bad_text, "I need a text here.", "Здесь нужен текст."},
    Entry{Text::bad_count, "I need a whole number from 0 on, for example 1000.",
          "Нужно целое число от 0, например 1000."},
    Entry{Text::bad_price, "I need a number above 0, for example 1.25.",
          "Нужно число больше 0, например 1.25."},
    Entry{Text::bad_day, "I need the number of a day, for example 12.",
          "Нужен номер дня, например 12."},
    Entry{Text::refused, "The service says: {}", "Сервис отвечает: {}"},
    Entry{Text::saved, "Saved.", "Сохранено."},
    Entry{Text::targeting_title, "Who shall see it?\nGender: {}, ages: {}, location: {}",
          "Кому показывать?\nПол: {}, возраст: {}, место: {}"},
    Entry{Text::g_male, "Male", "Мужской"},
    Entry{Text::g_female, "Female", "Женский"},
    Entry{Text::g_all, "All", "Все"},
    Entry{Text::b_ages, "Ages", "Возраст"},
    Entry{Text::ask_ages, "Which ages? Send FROM-TO, for example 18-35; either side may be empty.",
          "Какой возраст? Пришлите ОТ-ДО, например 18-35; любую сторону можно опустить."},
    Entry{Text::bad_ages, "I need FROM-TO: 18-35, 18- or -35.", "Нужно ОТ-ДО: 18-35, 18- или -35."},
    Entry{Text::ask_location, "Where? Send the place, or - for everywhere.",
          "Где? Пришлите место или - для любого."},
    Entry{Text::image_title, "The campaign has an image.", "У кампании есть картинка."},
    Entry{Text::image_none, "The campaign has no image.", "У кампании нет картинки."},
    Entry{Text::b_upload, "Upload", "Загрузить"},
    Entry{Text::b_delete_image, "Delete image", "Удалить картинку"},
    Entry{Text::ask_image, "Send a photo of up to 10 MB.", "Пришлите фото до 10 МБ."},
    Entry{Text::want_image, "I need a photo here, of up to 10 MB.", "Здесь нужно фото, до 10 МБ."},
    Entry{Text::image_saved, "The image was saved.", "Картинка сохранена."},
    Entry{Text::image_deleted, "The image was removed.", "Картинка удалена."},
    Entry{Text::any, "any", "любой"},
    Entry{Text::new_step, "New campaign, step {} of 12: <b>{}</b>{}",
          "Новая кампания, шаг {} из 12: <b>{}</b>{}"},
    Entry{Text::new_present, "\nNow: {}", "\nСейчас: {}"},
    Entry{Text::b_ai, "Generate with AI", "Сгенерировать ИИ"},
    Entry{Text::b_skip, "Skip", "Пропустить"},
    Entry{Text::new_review, "Is that right?", "Всё верно?"},
    Entry{Text::b_change_values, "Change values", "Изменить"},
    Entry{Text::b_create, "Create", "Создать"},
    Entry{Text::created, "The campaign was created.", "Кампания создана."},
    Entry{Text::ai_title, "<b>Text by AI</b>\nTopic: {}\nLanguage: {}\nWishes: {}",
          "<b>Текст от ИИ</b>\nТема: {}\nЯзык: {}\nПожелания: {}"},
    Entry{Text::b_topic, "Topic", "Тема"},
    Entry{Text::b_wishes, "Wishes", "Пожелания"},
    Entry{Text::b_generate, "Generate", "Сгенерировать"},
    Entry{Text::b_empty, "Empty", "Очистить"},
    Entry{Text::ask_topic, "What is it about?", "О чём текст?"},
    Entry{Text::ask_wishes, "What shall the text look like? Send your wishes.",
          "Каким должен быть текст? Пришлите пожелания."},
    Entry{Text::ai_english, "English", "Английский"},
    Entry{Text::ai_russian, "Russian", "Русский"},
    Entry{Text::c_start, "Main menu", "Главное меню"},
    Entry{Text::c_help, "What I understand", "Что я умею"},
    Entry{Text::c_add, "Add a document", "Добавить документ"},
    Entry{Text::c_documents, "Show documents", "Показать документы"},
    Entry{Text::c_ads, "Advertising", "Реклама"},
    Entry{Text::c_state, "Where we are", "На каком мы шаге"},
    Entry{Text::c_cancel, "Stop what we are doing", "Прервать"},
    Entry{Text::c_link, "Link your account", "Привязать аккаунт"},
    Entry{Text::c_unlink, "Unlink your account", "Отвязать аккаунт"},
};

constexpr std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos;
       at = text.find(what, at + what.size())) {
    ++count;
  }
  return count;
}

// Every text is there, in its place, in both languages and with the same values; a number has two
// forms in one and three in the other.
constexpr bool is_complete() {
  if (kTexts.size() != kCount) return false;
  for (std::size_t i = 0; i < kTexts.size(); ++i) {
    const Entry& entry = kTexts[i];
    if (entry.text != static_cast<Text>(i) || entry.en.empty() || entry.ru.empty()) return false;
    const bool is_number = count_of(entry.en, "|") == 1 && count_of(entry.ru, "|") == 2;
    const bool same_values = count_of(entry.en, "{}") == count_of(entry.ru, "{}");
    if (!is_number && (!same_values || count_of(entry.ru, "|") != 0)) return false;
  }
  return true;
}
static_assert(is_complete(), "a text is missing in a language, or its forms do not match");

// Which form a number takes (Unicode CLDR, plural rules).
std::size_t form_of(Language language, std::int64_t count) {
  if (language == Language::en) return count == 1 ? 0 : 1;
  const std::int64_t ten = count % 10, hundred = count % 100;
  if (ten == 1 && hundred != 11) return 0;
  if (ten >= 2 && ten <= 4 && (hundred < 12 || hundred > 14)) return 1;
  return 2;
}

}  // namespace

Language language_of(std::string_view code) {
  return code.starts_with("ru") ? Language::ru : Language::en;
}

std::string_view text_of(Text text, Language language) {
  const Entry& entry = kTexts[static_cast<std::size_t>(text)];
  return language == Language::ru ? entry.ru : entry.en;
}

std::string say_count(Text text, Language language, std::int64_t count) {
  std::string_view forms = text_of(text, language);
  for (std::size_t skip = form_of(language, count); skip > 0; --skip) {
    forms.remove_prefix(forms.find('|') + 1);
  }
  return fmt::format(fmt::runtime(forms.substr(0, forms.find('|'))), count);
}

std::string say_size(Language language, std::int64_t bytes) {
  constexpr std::int64_t kilo = 1'000, mega = 1'000'000;
  if (bytes < kilo) return say_count(Text::size_bytes, language, bytes);
  if (bytes < mega) return say(Text::size_kb, language, bytes / kilo);
  return say(Text::size_mb, language, bytes / mega, bytes % mega / 100'000);
}

}  // namespace waybill::bot::domain
