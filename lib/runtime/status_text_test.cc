#include "lib/runtime/status_text.h"

#include "absl/strings/cord.h"
#include "gtest/gtest.h"
#include "lib/sys/child.h"

namespace cleat::runtime {
namespace {

TEST(StatusTextTest, EverythingComesBack) {
  EXPECT_TRUE(StatusFromText(StatusToText(absl::OkStatus())).ok());
  absl::Status failed = absl::NotFoundError("run x:\nnot found");
  failed.SetPayload(sys::kExitStatusPayload, absl::Cord("127"));
  const absl::Status back = StatusFromText(StatusToText(failed));
  EXPECT_EQ(back, failed);
  EXPECT_EQ(back.message(), "run x:\nnot found");
}

TEST(StatusTextTest, TextThatWasCutShortIsAnError) {
  for (const char* text : {"", "0", "0\n", "x\n\n"}) {
    EXPECT_TRUE(absl::IsAborted(StatusFromText(text))) << text;
  }
}

}  // namespace
}  // namespace cleat::runtime
