#include "lib/tarsplit/lines.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace cleat::tarsplit {
namespace {

// Gives one byte after the other.
class Slowly : public compress::ByteSource {
 public:
  explicit Slowly(absl::string_view data) : source_(data) {}
  absl::StatusOr<size_t> Read(char* buffer, size_t) override {
    return source_.Read(buffer, 1);
  }

 private:
  compress::StringSource source_;
};

std::vector<std::string> All(compress::ByteSource* source) {
  Lines lines(source, 1 << 20);
  std::vector<std::string> all;
  while (true) {
    const auto line = lines.Next();
    if (!line.ok()) return {"error"};
    if (!line->has_value()) return all;
    all.emplace_back(**line);
  }
}

TEST(LinesTest, EachLineComesOnce) {
  const std::string longer(100000, 'x');
  const std::string text = "a\n\n" + longer + "\nlast";
  const std::vector<std::string> expected = {"a", "", longer, "last"};
  Slowly slowly(text);
  EXPECT_EQ(All(&slowly), expected);
  compress::StringSource at_once(text);
  EXPECT_EQ(All(&at_once), expected);
}

TEST(LinesTest, NothingHasNoLines) {
  compress::StringSource source("");
  EXPECT_TRUE(All(&source).empty());
}

TEST(LinesTest, ALineIsBounded) {
  const std::string text(1 << 20, 'x');
  compress::StringSource source(text);
  EXPECT_TRUE(absl::IsResourceExhausted(Lines(&source, 1000).Next().status()));
}

}  // namespace
}  // namespace cleat::tarsplit
