#include "lib/log/when.h"

#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace cleat::log {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1714979289);

TEST(ParseWhenTest, DurationsCountBackFromNow) {
  EXPECT_EQ(*ParseWhen("90s", kNow), kNow - absl::Seconds(90));
  EXPECT_EQ(*ParseWhen("1h30m", kNow), kNow - absl::Minutes(90));
}

TEST(ParseWhenTest, NumbersAreSecondsSince1970) {
  EXPECT_EQ(*ParseWhen("1714979289", absl::Now()), kNow);
  EXPECT_EQ(*ParseWhen("1714979289.000000005", absl::Now()),
            kNow + absl::Nanoseconds(5));
  EXPECT_EQ(*ParseWhen("0", kNow), absl::UnixEpoch());
}

TEST(ParseWhenTest, Rfc3339MayBeCutShort) {
  EXPECT_EQ(*ParseWhen("2024-05-06T07:08:09Z", absl::Now()), kNow);
  EXPECT_EQ(*ParseWhen("2024-05-06T07:08:09.25Z", absl::Now()),
            kNow + absl::Milliseconds(250));
  EXPECT_EQ(*ParseWhen("2024-05-06T09:08+02:00", absl::Now()),
            kNow - absl::Seconds(9));
  const absl::CivilDay day(2024, 5, 6);
  EXPECT_EQ(*ParseWhen("2024-05-06", kNow),
            absl::FromCivil(day, absl::LocalTimeZone()));
}

TEST(ParseWhenTest, AnythingElseIsRefused) {
  for (const char* text : {"", "yesterday", "1.2.3", "2024-13-01", "."}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseWhen(text, kNow).status()))
        << text;
  }
}

}  // namespace
}  // namespace cleat::log
