#include "lib/pb/text.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "lib/base/status_macros.h"

namespace cleat::pb {
namespace {

namespace protobuf = google::protobuf;

// The first error of a text, in words.
class FirstError : public protobuf::io::ErrorCollector {
 public:
  void AddError(int line, protobuf::io::ColumnNumber column,
                const std::string& message) override {
    if (!text_.empty()) return;
    text_ =
        absl::StrCat("line ", line + 1, ", column ", column + 1, ": ", message);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// A message type built from its descriptors.
class Type {
 public:
  absl::Status Build(const Schema& schema) {
    protobuf::FileDescriptorSet files;
    if (!files.ParseFromArray(schema.descriptor_set.data(),
                              static_cast<int>(schema.descriptor_set.size()))) {
      return absl::InternalError("the descriptors are malformed");
    }
    for (const protobuf::FileDescriptorProto& file : files.file()) {
      if (pool_.BuildFile(file) == nullptr) {
        return absl::InternalError(
            absl::StrCat("the descriptors of ", file.name(), " are malformed"));
      }
    }
    const auto* descriptor =
        pool_.FindMessageTypeByName(std::string(schema.message));
    if (descriptor == nullptr) {
      return absl::InternalError(
          absl::StrCat("no message ", schema.message, " in the descriptors"));
    }
    message_.reset(factory_.GetPrototype(descriptor)->New());
    return absl::OkStatus();
  }

  protobuf::Message& message() { return *message_; }

 private:
  protobuf::DescriptorPool pool_;
  protobuf::DynamicMessageFactory factory_{&pool_};
  std::unique_ptr<protobuf::Message> message_;
};

}  // namespace

absl::StatusOr<std::string> BinaryToText(const Schema& schema,
                                         const std::string& binary) {
  Type type;
  CLEAT_RETURN_IF_ERROR(type.Build(schema));
  std::string text;
  if (!type.message().ParseFromString(binary) ||
      !protobuf::TextFormat::PrintToString(type.message(), &text)) {
    return absl::InvalidArgumentError(
        absl::StrCat("not a binary ", schema.message));
  }
  return text;
}

absl::StatusOr<std::string> TextToBinary(const Schema& schema,
                                         const std::string& text) {
  Type type;
  CLEAT_RETURN_IF_ERROR(type.Build(schema));
  FirstError error;
  protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  if (!parser.ParseFromString(text, &type.message())) {
    return absl::InvalidArgumentError(error.text());
  }
  return type.message().SerializeAsString();
}

}  // namespace cleat::pb
