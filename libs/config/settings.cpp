#include "libs/config/settings.hpp"

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include <CLI/CLI.hpp>

namespace waybill::config {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t millis;
};
constexpr std::array<Unit, 5> kUnits{
    {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};

std::chrono::milliseconds parse_duration(const std::string& text) {
  std::int64_t amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  const std::string_view unit{end, static_cast<std::size_t>(text.data() + text.size() - end)};
  if (error == std::errc{} && amount == 0 && unit.empty()) return {};
  for (const Unit& known : kUnits) {
    if (error == std::errc{} && amount >= 0 && unit == known.name &&
        amount < std::numeric_limits<std::int64_t>::max() / known.millis) {
      return std::chrono::milliseconds{amount * known.millis};
    }
  }
  throw CLI::ValidationError("'" + text + "' is no duration; write 250ms, 5s, 30m, 1h or 7d");
}

std::string format_duration(std::chrono::milliseconds duration) {
  for (auto unit = kUnits.rbegin(); unit != kUnits.rend(); ++unit) {
    if (duration.count() != 0 && duration.count() % unit->millis == 0) {
      return std::to_string(duration.count() / unit->millis) + std::string{unit->name};
    }
  }
  return "0";
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream in{text};
  for (std::string part; std::getline(in, part, ',');) {
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ",") + part;
  return text;
}

std::string read_file(const std::string& path, const std::string& for_whom) {
  std::ifstream in{path};
  if (!in) throw SettingsError(for_whom + " names the file " + path + ", which can't be read");
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

}  // namespace

struct Settings::Impl {
  CLI::App app;
  struct SecretSetting {
    std::string variable;
    Secret* target;
    std::string help;
  };
  std::vector<SecretSetting> secrets;
  std::vector<std::string> names;

  CLI::Option* option(const std::string& name, std::function<void(const std::string&)> assign,
                      const std::string& help, const std::string& present) {
    names.push_back(name);
    auto* added = app.add_option_function<std::string>("--" + name, std::move(assign),
                                                       help + "  [" + environment_name(name) + "]");
    added->default_str(present)->type_name("");
    return added;
  }

  // The command line, behind what the environment says and the command line does not. CLI11's own
  // way would let the file win over the environment.
  std::vector<std::string> arguments(int argc, const char* const* argv) const {
    const std::vector<std::string> given(argv + 1, argv + argc);
    const auto is_given = [&given](const std::string& flag) {
      return std::any_of(given.begin(), given.end(), [&flag](const std::string& argument) {
        return argument == flag || argument.starts_with(flag + '=');
      });
    };
    std::vector<std::string> all;
    for (const std::string& name : names) {
      const char* value = std::getenv(environment_name(name).c_str());
      if (value && !is_given("--" + name)) all.push_back("--" + name + '=' + value);
    }
    all.insert(all.end(), given.begin(), given.end());
    return all;
  }

  void read_secrets() {
    for (const SecretSetting& secret : secrets) {
      const std::string file_variable = secret.variable + "_FILE";
      if (const char* value = std::getenv(secret.variable.c_str())) {
        *secret.target = Secret{value};
      } else if (const char* path = std::getenv(file_variable.c_str())) {
        *secret.target = Secret{read_file(path, file_variable)};
      }
    }
  }

  std::string secrets_help() const {
    if (secrets.empty()) return {};
    std::string text = "Secrets, by environment only (NAME_FILE names a file with the value):\n";
    for (const SecretSetting& secret : secrets) {
      text += "  " + secret.variable + "  " + secret.help + '\n';
    }
    return text;
  }
};

Settings::Settings(std::string program, std::string purpose) : impl_{std::make_unique<Impl>()} {
  impl_->app.name(program);
  impl_->app.description(std::move(purpose));
  impl_->app.set_config("--config", "", "file with lines `setting = value`  [WAYBILL_CONFIG]")
      ->envname("WAYBILL_CONFIG");
  // A dot is part of a name here, not a subcommand.
  impl_->app.get_config_formatter_base()->parentSeparator('/');
  impl_->app.set_version_flag("--version", program + " 0.1.0");
}

Settings::~Settings() = default;

void Settings::add(const std::string& name, std::string& target, const std::string& help) {
  impl_->option(
      name, [&target](const std::string& text) { target = text; }, help, target);
}

void Settings::add(const std::string& name, bool& target, const std::string& help) {
  auto assign = [name, &target](const std::string& text) {
    if (text != "true" && text != "false") {
      throw CLI::ValidationError("--" + name, "'" + text + "' is neither true nor false");
    }
    target = text == "true";
  };
  impl_->option(name, assign, help, target ? "true" : "false");
}

void Settings::add(const std::string& name, std::int64_t& target, const std::string& help) {
  auto assign = [name, &target](const std::string& text) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), target);
    if (error != std::errc{} || end != text.data() + text.size()) {
      throw CLI::ValidationError("--" + name, "'" + text + "' is no whole number");
    }
  };
  impl_->option(name, assign, help, std::to_string(target));
}

void Settings::add(const std::string& name, std::chrono::milliseconds& target,
                   const std::string& help) {
  impl_->option(
      name, [&target](const std::string& text) { target = parse_duration(text); }, help,
      format_duration(target));
}

void Settings::add(const std::string& name, std::vector<std::string>& target,
                   const std::string& help) {
  impl_->option(
      name, [&target](const std::string& text) { target = split(text); }, help, join(target));
}

void Settings::add(const std::string& name, Secret& target, const std::string& help) {
  impl_->secrets.push_back({environment_name(name), &target, help});
}

Settings::Next Settings::parse(int argc, const char* const* argv) {
  impl_->app.footer(impl_->secrets_help());
  try {
    auto arguments = impl_->arguments(argc, argv);
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
    impl_->app.parse(std::move(arguments));
    impl_->read_secrets();
  } catch (const CLI::Success& success) {  // --help, --version
    impl_->app.exit(success);
    return Next::exit_ok;
  } catch (const CLI::ParseError& error) {
    throw SettingsError(error.what());
  }
  return Next::run;
}

Settings::Next Settings::parse(const std::vector<std::string>& arguments) {
  std::vector<const char*> line;
  for (const std::string& argument : arguments) line.push_back(argument.c_str());
  return parse(static_cast<int>(line.size()), line.data());
}

std::string file_of(const std::vector<std::string>& arguments) {
  constexpr std::string_view kFlag = "--config";
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == kFlag && i + 1 < arguments.size()) return arguments[i + 1];
    if (argument.starts_with(kFlag) && argument[kFlag.size()] == '=') {
      return argument.substr(kFlag.size() + 1);
    }
  }
  const char* named = std::getenv("WAYBILL_CONFIG");
  return named ? named : "";
}

std::string environment_name(std::string_view setting) {
  std::string name = "WAYBILL_";
  for (const char c : setting) {
    name +=
        c == '.' || c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

}  // namespace waybill::config
