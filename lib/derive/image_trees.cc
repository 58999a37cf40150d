#include "lib/derive/image_trees.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/layer/image_layers.h"
#include "lib/store/find_image.h"
#include "lib/store/own_form.h"
#include "rapidjson/document.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace cleat::derive {
namespace {

using rapidjson::Value;

std::string Text(const Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return std::string(buffer.GetString(), buffer.GetSize());
}

std::string Difference(const std::string& path, const Value* a,
                       const Value* b) {
  return absl::StrCat(path, ": ", a == nullptr ? "absent" : Text(*a), ", then ",
                      b == nullptr ? "absent" : Text(*b));
}

std::string Below(const std::string& path, absl::string_view key) {
  return path.empty() ? std::string(key) : absl::StrCat(path, ".", key);
}

// NOLINTBEGIN(misc-no-recursion): as deep as kDeepest.
constexpr int kDeepest = 50;

std::string FirstOf(const std::string& path, const Value& a, const Value& b,
                    int depth);

std::string FirstOfObjects(const std::string& path, const Value& a,
                           const Value& b, int depth) {
  for (const auto& member : a.GetObject()) {
    const auto other = b.FindMember(member.name);
    const std::string key = Below(path, member.name.GetString());
    if (other == b.MemberEnd()) return Difference(key, &member.value, nullptr);
    std::string found = FirstOf(key, member.value, other->value, depth);
    if (!found.empty()) return found;
  }
  for (const auto& member : b.GetObject()) {
    if (a.HasMember(member.name)) continue;
    return Difference(Below(path, member.name.GetString()), nullptr,
                      &member.value);
  }
  return "";
}

std::string FirstOfArrays(const std::string& path, const Value& a,
                          const Value& b, int depth) {
  for (rapidjson::SizeType i = 0; i < std::max(a.Size(), b.Size()); ++i) {
    const std::string key = Below(path, absl::StrCat(i));
    if (i >= a.Size()) return Difference(key, nullptr, &b[i]);
    if (i >= b.Size()) return Difference(key, &a[i], nullptr);
    std::string found = FirstOf(key, a[i], b[i], depth);
    if (!found.empty()) return found;
  }
  return "";
}

std::string FirstOf(const std::string& path, const Value& a, const Value& b,
                    int depth) {
  if (depth < kDeepest && a.IsObject() && b.IsObject()) {
    return FirstOfObjects(path, a, b, depth + 1);
  }
  if (depth < kDeepest && a.IsArray() && b.IsArray()) {
    return FirstOfArrays(path, a, b, depth + 1);
  }
  return a == b ? "" : Difference(path, &a, &b);
}
// NOLINTEND(misc-no-recursion)

}  // namespace

diff::Stack ImageTrees::Lowest(size_t count) const {
  diff::Stack stack;
  stack.form = form;
  for (size_t i = count; i > 0; --i) {
    stack.layers.push_back(layers.layers(static_cast<int>(i - 1)).path());
  }
  return stack;
}

absl::StatusOr<ImageTrees> OpenImage(const std::string& reference,
                                     const std::string& store) {
  ImageTrees trees;
  CLEAT_ASSIGN_OR_RETURN(trees.image, store::FindImage(reference, "", store));
  CLEAT_ASSIGN_OR_RETURN(trees.layers,
                         layer::PutInStore(trees.image.state(), store));
  CLEAT_ASSIGN_OR_RETURN(const store::StoreForm form, store::OwnForm(store));
  CLEAT_RETURN_IF_ERROR(store::EnterForm(form));
  trees.form = layer::FormOf(form);
  return trees;
}

absl::StatusOr<std::string> FirstDifference(const std::string& before,
                                            const std::string& after) {
  rapidjson::Document a;
  rapidjson::Document b;
  a.Parse<rapidjson::kParseIterativeFlag>(before.data(), before.size());
  b.Parse<rapidjson::kParseIterativeFlag>(after.data(), after.size());
  if (a.HasParseError() || b.HasParseError()) {
    return absl::InvalidArgumentError("compare configs: one is no JSON");
  }
  return FirstOf("", a, b, 0);
}

}  // namespace cleat::derive
