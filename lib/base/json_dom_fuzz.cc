#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/base/internal/raw_logging.h"
#include "lib/base/json_dom.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

// What is read and written is read as the same.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto first = cleat::base::ParseJsonDom(
      std::string(reinterpret_cast<const char*>(data), size), "fuzz");
  if (!first.ok()) return 0;
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  first->Accept(writer);
  const auto second = cleat::base::ParseJsonDom(
      std::string(buffer.GetString(), buffer.GetSize()), "fuzz");
  ABSL_RAW_CHECK(second.ok(), "what was written is malformed");
  return 0;
}
