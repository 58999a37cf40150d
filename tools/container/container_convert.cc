// container-convert: documents between JSON, protobuf's text form and its
// binary form.

#include <map>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cli/delivery.h"
#include "lib/cli/document.h"
#include "lib/cli/tool.h"
#include "lib/pb/text.h"
#include "proto/document.table.h"
#include "proto/lifecycle.table.h"

namespace cleat {
namespace {

constexpr unsigned char kDescriptors[] = {
#include "proto/document_descriptors.inc"
};

pb::Schema DocumentSchema() {
  return {{reinterpret_cast<const char*>(kDescriptors), sizeof(kDescriptors)},
          "cleat.proto.Document"};
}

using Documents = std::vector<proto::Document>;

absl::StatusOr<Documents> FromJson(const std::string& input) {
  CLEAT_ASSIGN_OR_RETURN(const std::vector<absl::string_view> texts,
                         cli::SplitDocuments(input));
  Documents documents;
  for (const absl::string_view text : texts) {
    // What tools would refuse is refused here, too.
    CLEAT_RETURN_IF_ERROR(cli::Document::Parse(text).status());
    CLEAT_RETURN_IF_ERROR(pb::ParseJson(text, "", &documents.emplace_back()));
  }
  return documents;
}

absl::StatusOr<Documents> FromBinary(const std::string& binary) {
  Documents documents(1);
  if (!documents[0].ParseFromString(binary)) {
    return absl::InvalidArgumentError("the input is no binary document");
  }
  return documents;
}

absl::StatusOr<Documents> FromText(const std::string& text) {
  CLEAT_ASSIGN_OR_RETURN(const std::string binary,
                         pb::TextToBinary(DocumentSchema(), text));
  return FromBinary(binary);
}

absl::StatusOr<std::string> ToJsonLine(const proto::Document& document) {
  std::string line = absl::StrCat(pb::ToJson(document), "\n");
  CLEAT_RETURN_IF_ERROR(cli::Document::Parse(line).status());
  return line;
}

absl::StatusOr<std::string> ToText(const proto::Document& document) {
  return pb::BinaryToText(DocumentSchema(), document.SerializeAsString());
}

absl::StatusOr<std::string> ToBinary(const proto::Document& document) {
  return document.SerializeAsString();
}

struct Form {
  const char* name;
  absl::StatusOr<Documents> (*read)(const std::string& input);
  absl::StatusOr<std::string> (*write)(const proto::Document& document);
};

constexpr Form kForms[] = {
    {"json", FromJson, ToJsonLine},
    {"text", FromText, ToText},
    {"binary", FromBinary, ToBinary},
};

absl::StatusOr<Form> FindForm(absl::string_view flag, absl::string_view name) {
  for (const Form& form : kForms) {
    if (name == form.name) return form;
  }
  return absl::InvalidArgumentError(
      absl::StrCat(flag, ": '", name, "' is not json, text or binary"));
}

absl::Status ContainerConvert(const proto::ContainerConvertOptions& options,
                              std::string* output) {
  CLEAT_ASSIGN_OR_RETURN(
      const Form from,
      FindForm("--from", options.has_from() ? options.from() : "json"));
  CLEAT_ASSIGN_OR_RETURN(
      const Form to,
      FindForm("--to", options.has_to() ? options.to() : "json"));
  CLEAT_ASSIGN_OR_RETURN(const std::string input,
                         cli::ReadInput("container-convert", "-"));
  CLEAT_ASSIGN_OR_RETURN(const Documents documents, from.read(input));
  if (documents.empty()) {
    return absl::InvalidArgumentError("no document came on standard input");
  }
  if (documents.size() > 1 && absl::string_view(to.name) != "json") {
    return absl::InvalidArgumentError(
        absl::StrCat("one document is expected for --to=", to.name, ", ",
                     documents.size(), " came"));
  }
  for (const proto::Document& document : documents) {
    CLEAT_ASSIGN_OR_RETURN(const std::string form, to.write(document));
    output->append(form);
  }
  return absl::OkStatus();
}

}  // namespace

CLEAT_QUERY(proto::ContainerConvertOptions, ContainerConvert);

}  // namespace cleat
