#ifndef CLEAT_LIB_CLI_DOCUMENT_H_
#define CLEAT_LIB_CLI_DOCUMENT_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/journal/instance.h"
#include "lib/pb/json.h"
#include "proto/container.pb.h"

namespace cleat::cli {

// One container's document while a tool works on it: the envelope, parsed,
// and the sections as they came, byte for byte, until one is read or set.
//
//   CLEAT_ASSIGN_OR_RETURN(auto image, document.Get<proto::Image>("image"));
//   CLEAT_ASSIGN_OR_RETURN(auto* instance, document.Instance());
//   CLEAT_RETURN_IF_ERROR(instance->Record(step));   // then make the effect
//   document.Set("rootfs", rootfs);
class Document {
 public:
  // An empty template.
  Document();

  // Reads one JSON object. kInvalidArgument for what is not JSON, for a
  // missing or future version, an unknown section or a section given twice.
  static absl::StatusOr<Document> Parse(absl::string_view json);

  // One line, without the line's end. The steps are the journal's.
  std::string ToJson() const;

  const proto::Container& envelope() const { return envelope_; }
  proto::Container& envelope() { return envelope_; }

  bool Has(absl::string_view section) const;

  // The parsed section; an empty message when the document has none.
  template <typename T>
  absl::StatusOr<T> Get(absl::string_view section) const {
    T message;
    const absl::string_view json = Raw(section);
    if (json.empty()) return message;
    const absl::Status status = pb::ParseJson(json, section, &message);
    if (!status.ok()) return status;
    return message;
  }

  // As Get, but kFailedPrecondition naming `cure`, a tool, when it is missing.
  template <typename T>
  absl::StatusOr<T> Require(absl::string_view section,
                            absl::string_view cure) const {
    if (Has(section)) return Get<T>(section);
    return absl::FailedPreconditionError(absl::StrCat(
        "the document has no section '", section, "' (", cure, " writes it)"));
  }

  // Replaces the section, or appends it.
  template <typename T>
  void Set(absl::string_view section, const T& message) {
    SetRaw(section, pb::ToJson(message));
  }

  // Whether the document has an instance: effects to record. One without is a
  // template.
  bool HasInstance() const { return instance_ != nullptr; }

  // The instance, in which effects are recorded before they are made. A
  // template becomes a new instance here.
  absl::StatusOr<journal::Instance*> Instance();

  // Claims the instance that the envelope names; nothing for a template.
  // kNotFound when it is gone.
  absl::Status ClaimInstance();

  // How many steps the journal had when this tool began.
  size_t inherited_steps() const { return inherited_steps_; }

  // Turns the document into a template again: its instance is gone.
  void DropInstance();

 private:
  absl::string_view Raw(absl::string_view section) const;
  void SetRaw(absl::string_view section, std::string json);
  absl::Status TakeMember(absl::string_view name, absl::string_view json,
                          std::string* envelope);

  proto::Container envelope_;
  std::vector<std::pair<std::string, std::string>> sections_;
  std::unique_ptr<journal::Instance> instance_;
  size_t inherited_steps_ = 0;
};

// Splits a stream of JSON objects, separated by white space, into their
// texts. kInvalidArgument says at which byte it is no JSON.
absl::StatusOr<std::vector<absl::string_view>> SplitDocuments(
    absl::string_view stream);

}  // namespace cleat::cli

#endif  // CLEAT_LIB_CLI_DOCUMENT_H_
