// The settings of a store, for whoever opens one.
#pragma once

#include "libs/blob/s3.hpp"

namespace waybill::blob {

struct StoreSettings {
  std::string kind = "folder";  // or s3
  std::string folder = ".run/blobs";
  std::string endpoint;
  std::string public_endpoint;
  std::string bucket = "waybill";
  std::string region = "us-east-1";
  std::string access_key;
  config::Secret secret_key;
  std::string style = "path";  // or virtual-host

  void declare(config::Settings& settings);
  // Throws config::SettingsError for values that mean nothing, StoreError for a folder that can't
  // be made.
  std::unique_ptr<Store> open() const;
};

}  // namespace waybill::blob
