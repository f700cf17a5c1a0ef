// Objects on a server that speaks S3.
#pragma once

#include "libs/blob/blob.hpp"
#include "libs/config/settings.hpp"

namespace waybill::blob {

struct S3Options {
  std::string endpoint;         // "http://127.0.0.1:9000"
  std::string public_endpoint;  // in links, where clients know the server by another name; empty:
                                // the same
  std::string bucket;           // made if need be
  std::string region = "us-east-1";
  std::string access_key;
  config::Secret secret_key;
  bool virtual_host = false;  // the bucket is part of the host's name, not of the path
  // Of an upload, in bytes: kept in memory until it is sent. S3 takes 5 MiB to 5 GiB, and 10,000.
  std::size_t part = 5 * 1024 * 1024;  // the least that S3 takes of any but the last
  std::size_t tries = 4;               // of a request whose failure may pass
};

// Throws std::invalid_argument for options that mean nothing; the server is asked when it is
// needed.
std::unique_ptr<Store> make_s3_store(S3Options options);

}  // namespace waybill::blob
