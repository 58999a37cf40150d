#ifndef CLEAT_LIB_BASE_JSON_H_
#define CLEAT_LIB_BASE_JSON_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rapidjson/fwd.h"

// Foreign JSON (manifests, image configs, config.json), read with RapidJSON.
// Cleat's own documents go through lib/pb.
//
// Parsing is iterative, so nesting cannot overflow the stack, and bounded; a
// DOM takes at most about eight times the text. Errors are kInvalidArgument
// and name the document and the field: "config.json: field process.args[0]: is
// a number, not a string".

namespace cleat::base {

class JsonObject;

// The largest manifest or config that registries and engines accept.
inline constexpr size_t kMaxJsonBytes = size_t{4} << 20;

// Whether one of the escapes in JSON text is the second half of a character
// without the first ("\udc00"), which RapidJSON lets through: it can be written
// in no UTF-8.
bool HasHalfCharacter(absl::string_view text);

// A parsed document. Views into it live as long as it does.
class JsonDocument {
 public:
  // Parses `text`; `name` stands for it in messages. UTF-8 is checked;
  // kResourceExhausted above `limit` bytes.
  static absl::StatusOr<JsonDocument> Parse(std::string text,
                                            absl::string_view name,
                                            size_t limit = kMaxJsonBytes);
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();

  // The document, which must be an object.
  absl::StatusOr<JsonObject> Object() const;
  // The document, which must be an array of objects.
  absl::StatusOr<std::vector<JsonObject>> Objects() const;

 private:
  struct State;
  explicit JsonDocument(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// A view of one object. A member that is null counts as absent. Reading a
// member of the wrong type is an error; so is an absent one unless said
// otherwise.
class JsonObject {
 public:
  JsonObject(const rapidjson::Value* value, std::string path)
      : value_(value), path_(std::move(path)) {}

  bool Has(absl::string_view key) const;
  absl::StatusOr<absl::string_view> String(absl::string_view key) const;
  absl::StatusOr<int64_t> Int(absl::string_view key) const;
  absl::StatusOr<JsonObject> Object(absl::string_view key) const;

  // "" and false when absent.
  absl::StatusOr<absl::string_view> OptionalString(absl::string_view key) const;
  absl::StatusOr<bool> OptionalBool(absl::string_view key) const;

  // Empty when absent.
  absl::StatusOr<std::vector<std::string>> Strings(absl::string_view key) const;
  absl::StatusOr<std::vector<JsonObject>> Objects(absl::string_view key) const;
  // The names of a member's members, whatever they are: Go's sets.
  absl::StatusOr<std::vector<std::string>> Keys(absl::string_view key) const;
  // A member's members, all strings, in the order of the text.
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  absl::StatusOr<Pairs> StringMap(absl::string_view key) const;
  // A member's members, all objects, in the order of the text.
  using NamedObjects = std::vector<std::pair<std::string, JsonObject>>;
  absl::StatusOr<NamedObjects> ObjectMap(absl::string_view key) const;

  // This object's own members, all strings.
  absl::StatusOr<Pairs> StringMap() const;

  // A kInvalidArgument status about the member: "NAME: field a.b: REASON".
  absl::Status Error(absl::string_view key, absl::string_view reason) const;

 private:
  // nullptr when absent.
  const rapidjson::Value* Find(absl::string_view key) const;
  absl::StatusOr<const rapidjson::Value*> Required(absl::string_view key) const;
  std::string ChildPath(absl::string_view key) const;

  const rapidjson::Value* value_;
  // "config.json: field process.", to which a key is appended.
  std::string path_;
};

}  // namespace cleat::base

#endif  // CLEAT_LIB_BASE_JSON_H_
