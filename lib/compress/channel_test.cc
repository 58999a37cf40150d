#include "lib/compress/channel.h"

#include <string>
#include <thread>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace cleat::compress {
namespace {

std::string Numbers(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += std::to_string(i) + "\n";
  return text;
}

absl::Status ReadAll(Channel& channel, std::string* text) {
  while (true) {
    const absl::StatusOr<absl::string_view> chunk = channel.Next();
    if (!chunk.ok()) return chunk.status();
    if (chunk->empty()) return absl::OkStatus();
    text->append(chunk->data(), chunk->size());
  }
}

TEST(Channel, WhatIsWrittenInPiecesIsRead) {
  const std::string all = Numbers(500000);
  for (const size_t piece : {size_t{1000}, size_t{262144}, all.size()}) {
    Channel channel;
    std::thread writer([&] {
      absl::Status status;
      for (size_t at = 0; at < all.size() && status.ok(); at += piece) {
        status = channel.Write(absl::string_view(all).substr(at, piece));
      }
      channel.Close(status);
    });
    std::string text;
    EXPECT_TRUE(ReadAll(channel, &text).ok());
    writer.join();
    EXPECT_EQ(text, all);
  }
}

TEST(Channel, NothingIsTheEnd) {
  Channel channel;
  channel.Close(absl::OkStatus());
  EXPECT_EQ(*channel.Next(), "");
}

TEST(Channel, AnErrorComesAfterWhatWasWritten) {
  Channel channel;
  ASSERT_TRUE(channel.Write("begin").ok());
  channel.Close(absl::DataLossError("torn"));
  EXPECT_EQ(*channel.Next(), "begin");
  EXPECT_EQ(channel.Next().status(), absl::DataLossError("torn"));
}

TEST(Channel, AWriterWhomNobodyReadsEnds) {
  Channel channel;
  std::thread writer([&] {
    absl::Status status;
    while (status.ok()) status = channel.Write(std::string(100000, 'x'));
    EXPECT_TRUE(absl::IsCancelled(status));
    channel.Close(status);
  });
  EXPECT_TRUE(channel.Next().ok());
  channel.Abandon();
  writer.join();
}

}  // namespace
}  // namespace cleat::compress
