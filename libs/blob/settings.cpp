#include "libs/blob/settings.hpp"

namespace waybill::blob {

void StoreSettings::declare(config::Settings& settings) {
  settings.add("blob.store", kind, "where bytes are kept: folder, or s3");
  settings.add("blob.folder", folder, "the folder of store folder");
  settings.add("blob.s3-endpoint", endpoint, "http(s)://host:port of the S3 server");
  settings.add("blob.s3-public-endpoint", public_endpoint,
               "the same in links, where clients know the server by another name");
  settings.add("blob.s3-bucket", bucket, "made if need be");
  settings.add("blob.s3-region", region, "region that requests are signed for");
  settings.add("blob.s3-access-key", access_key, "key that requests are signed with");
  settings.add("blob.s3-secret-key", secret_key, "its secret");
  settings.add("blob.s3-style", style,
               "path: http://host/bucket/key; virtual-host: http://bucket.host/key");
}

std::unique_ptr<Store> StoreSettings::open() const {
  if (kind == "folder") return make_folder_store(folder);
  if (kind != "s3") {
    throw config::SettingsError("blob.store '" + kind + "' is neither folder nor s3");
  }
  if (style != "path" && style != "virtual-host") {
    throw config::SettingsError("blob.s3-style '" + style + "' is neither path nor virtual-host");
  }
  S3Options options;
  options.endpoint = endpoint;
  options.public_endpoint = public_endpoint;
  options.bucket = bucket;
  options.region = region;
  options.access_key = access_key;
  options.secret_key = secret_key;
  options.virtual_host = style == "virtual-host";
  try {
    return make_s3_store(options);
  } catch (const std::invalid_argument& error) {
    throw config::SettingsError(error.what());
  }
}

}  // namespace waybill::blob
