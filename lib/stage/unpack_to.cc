#include "lib/stage/unpack_to.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/base/status_macros.h"
#include "lib/layer/form.h"
#include "lib/layer/unpack.h"
#include "lib/sys/errno.h"
#include "lib/sys/fd.h"
#include "lib/sys/file.h"
#include "lib/sys/interrupt.h"
#include "lib/sys/privilege.h"
#include "lib/sys/remove_tree.h"

namespace cleat::stage {
namespace {

using Options = proto::LayerUnpackOptions;

// A line on a terminal, written over again and gone in the end.
class Progress {
 public:
  Progress() : shown_(isatty(STDERR_FILENO) != 0) {}
  ~Progress() {
    if (any_) Show("\r\x1b[K");
  }

  void Update(int64_t plain_size) {
    if (!shown_) return;
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < std::chrono::milliseconds(100)) return;
    last_ = now;
    any_ = true;
    Show(absl::StrFormat("\rlayer-unpack: %d MB", plain_size >> 20));
  }

 private:
  static void Show(const std::string& text) {
    sys::WriteAll(STDERR_FILENO, text, "standard error").IgnoreError();
  }

  bool shown_;
  bool any_ = false;
  std::chrono::steady_clock::time_point last_;
};

// The directory to fill, and what becomes of it after an error.
class Target {
 public:
  static absl::StatusOr<Target> Open(const std::string& path) {
    Target target;
    target.path_ = path;
    target.made_ = mkdir(path.c_str(), 0755) == 0;
    if (!target.made_ && errno != EEXIST) {
      return sys::ErrnoError("make ", path);
    }
    CLEAT_ASSIGN_OR_RETURN(target.fd_, sys::Open(path, O_RDONLY | O_DIRECTORY));
    CLEAT_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                           sys::ListDirectory(path));
    target.was_empty_ = names.empty();
    return target;
  }

  int fd() const { return fd_.get(); }
  bool was_empty() const { return was_empty_; }

  // Of a directory that had something in it nothing can be undone.
  void Clean() const {
    if (!was_empty_) return;
    const auto names = sys::ListDirectory(path_);
    if (!names.ok()) return;
    for (const std::string& name : *names) {
      sys::RemoveTreeAt(fd_.get(), name).IgnoreError();
    }
    if (made_) rmdir(path_.c_str());
  }

 private:
  std::string path_;
  sys::Fd fd_;
  bool made_ = false;
  bool was_empty_ = false;
};

absl::StatusOr<layer::Form> FormOf(const Options& options) {
  const std::string name = options.has_form() ? options.form() : "plain";
  if (name != "plain" && name != "overlay") {
    return absl::InvalidArgumentError(
        absl::StrCat("--form: '", name, "' is neither plain nor overlay"));
  }
  layer::Form form;
  form.plain = name == "plain";
  form.user_xattrs = geteuid() != 0 || !sys::InFirstUserNamespace();
  form.squash = geteuid() != 0;
  return form;
}

absl::Status Check(const Options& options, const layer::Form& form,
                   const Target& target) {
  if (options.layers_size() > 1 && !form.plain) {
    return absl::InvalidArgumentError(
        "--form=overlay: takes one layer, a directory for each");
  }
  if (options.layers_size() > 1 && options.has_split()) {
    return absl::InvalidArgumentError("--split: takes one layer");
  }
  if (form.plain || target.was_empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("--form=overlay: ", options.dir(), " is not empty"));
}

absl::Status NoteSquashing(const layer::Form& form) {
  if (!form.squash) return absl::OkStatus();
  return sys::WriteAll(
      STDERR_FILENO,
      "note: all files are yours, their owners are kept in an attribute (see "
      "layer-unpack's man page)\n",
      "standard error");
}

absl::Status UnpackAll(const Options& options, const layer::Form& form,
                       const Target& target) {
  Progress progress;
  layer::UnpackOptions unpack = form;
  unpack.tar_split = options.split();
  unpack.progress = [&progress](int64_t size) { progress.Update(size); };
  layer::Expected expected;
  if (options.has_max_size()) expected.max_plain_size = options.max_size();
  std::vector<std::string> layers(options.layers().begin(),
                                  options.layers().end());
  if (layers.empty()) layers.emplace_back("-");
  for (const std::string& layer : layers) {
    CLEAT_RETURN_IF_ERROR(layer::Unpack({layer == "-" ? "/dev/stdin" : layer},
                                        expected, target.fd(), unpack)
                              .status());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status UnpackTo(const Options& options) {
  CLEAT_ASSIGN_OR_RETURN(const layer::Form form, FormOf(options));
  sys::CatchInterrupts();
  CLEAT_ASSIGN_OR_RETURN(const Target target, Target::Open(options.dir()));
  absl::Status status = Check(options, form, target);
  if (status.ok()) status = UnpackAll(options, form, target);
  if (status.ok()) return NoteSquashing(form);
  target.Clean();
  if (options.has_split()) unlink(options.split().c_str());
  return status;
}

}  // namespace cleat::stage
