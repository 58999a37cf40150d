#ifndef CLEAT_LIB_RUNTIME_CONTAINER_FIXTURE_H_
#define CLEAT_LIB_RUNTIME_CONTAINER_FIXTURE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "lib/runtime/container.h"
#include "lib/runtime/spec_builder.h"
#include "lib/sys/fd.h"

namespace cleat::runtime {

// Containers to look into: a root of Debian's static busybox in a temporary
// directory, under an overlay. Skips without root and without busybox.
class ContainerFixture : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Paths on the host: in the image, in the writable directory.
  std::string Image(const std::string& path) const;
  std::string Upper(const std::string& path) const;

  // Translates sources_, with these args, into edit_ed spec and mounts the
  // root for it.
  absl::StatusOr<proto::oci::Spec> Prepare(const std::vector<std::string>& args,
                                           Resources* resources);

  // Creates a container with this descriptor as its output (-1: the test's).
  absl::StatusOr<Container> CreateOne(const std::vector<std::string>& args,
                                      int output = -1);

  // Runs a program to its end; what it wrote is in output_.
  absl::StatusOr<int> Run(const std::vector<std::string>& args);

  // What a shell in the container writes.
  std::string Shell(const std::string& script);

  std::string directory_;
  std::string output_;
  SpecSources sources_;
  void (*edit_)(proto::oci::Spec&) = nullptr;
};

}  // namespace cleat::runtime

#endif  // CLEAT_LIB_RUNTIME_CONTAINER_FIXTURE_H_
