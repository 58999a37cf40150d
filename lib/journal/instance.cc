#include "lib/journal/instance.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/base/random.h"
#include "lib/base/status_macros.h"
#include "lib/journal/names.h"
#include "lib/journal/process.h"
#include "lib/pb/json.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "proto/container.table.h"
#include "proto/journal.table.h"

namespace cleat::journal {
namespace {

constexpr char kHeader[] = "instance";
constexpr char kJournal[] = "journal";
constexpr char kClaims[] = "claims";
constexpr char kKept[] = "kept";
constexpr char kDocument[] = "document.json";

absl::StatusOr<std::string> BootId() {
  CLEAT_ASSIGN_OR_RETURN(std::string id,
                         sys::ReadFile("/proc/sys/kernel/random/boot_id"));
  return std::string(absl::StripAsciiWhitespace(id));
}

}  // namespace

std::string Instance::Path(const char* file) const {
  return absl::StrCat(directory_, "/", file);
}

absl::StatusOr<Instance> Instance::Create(const std::string& root,
                                          const std::string& name,
                                          const Labels& labels) {
  if (!name.empty() && !IsName(name)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "container name '", name,
        "': letters, digits, '_', '.' and '-' are expected, the first a "
        "letter or digit"));
  }
  Instance instance;
  instance.root_ = root;
  instance.id_ = RandomId();
  instance.name_ = name;
  instance.labels_ = labels;
  instance.created_ =
      absl::FormatTime(absl::RFC3339_full, absl::Now(), absl::UTCTimeZone());
  instance.directory_ = absl::StrCat(root, "/", instance.id_);
  if (mkdir(instance.directory_.c_str(), 0700) != 0) {
    return sys::ErrnoError("make directory ", instance.directory_);
  }
  auto forget = absl::MakeCleanup([&] { instance.Forget().IgnoreError(); });
  CLEAT_RETURN_IF_ERROR(instance.WriteHeader());
  CLEAT_RETURN_IF_ERROR(instance.AddClaim());
  if (!name.empty()) CLEAT_RETURN_IF_ERROR(instance.TakeName());
  std::move(forget).Cancel();
  return instance;
}

absl::Status Instance::WriteHeader() const {
  proto::InstanceHeader header;
  CLEAT_ASSIGN_OR_RETURN(*header.mutable_boot_id(), BootId());
  header.set_created(created_);
  if (!name_.empty()) header.set_name(name_);
  for (const auto& [key, value] : labels_) {
    (*header.mutable_labels())[key] = value;
  }
  return sys::WriteFileAtomic(Path(kHeader), pb::ToJson(header), 0600,
                              sys::Sync::kNo);
}

absl::Status Instance::TakeName() const {
  CLEAT_RETURN_IF_ERROR(sys::MakeDirectories(root_ + "/names", 0700));
  const std::string path = NamePath(root_, name_);
  // A link whose container is gone is left by a crash in Forget.
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (symlink(id_.c_str(), path.c_str()) == 0) return absl::OkStatus();
    if (errno != EEXIST) return sys::ErrnoError("make link ", path);
    CLEAT_ASSIGN_OR_RETURN(const std::string holder, ReadNameLink(path));
    if (sys::Exists(absl::StrCat(root_, "/", holder))) {
      return absl::AlreadyExistsError(absl::StrCat(
          "container name '", name_, "' is taken by ", holder.substr(0, 12),
          " (unwind --id=", name_, " ends it)"));
    }
    unlink(path.c_str());
  }
  return absl::AbortedError(
      absl::StrCat("container name '", name_, "' is being taken by another"));
}

absl::StatusOr<Instance> Instance::Open(const std::string& root,
                                        const std::string& id) {
  if (!IsId(id)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "container id '", id, "': 64 hexadecimal digits are expected"));
  }
  Instance instance;
  instance.root_ = root;
  instance.id_ = id;
  instance.directory_ = absl::StrCat(root, "/", id);
  CLEAT_RETURN_IF_ERROR(instance.Load());
  return instance;
}

absl::StatusOr<Instance> Instance::Claim(const std::string& root,
                                         const std::string& id) {
  CLEAT_ASSIGN_OR_RETURN(Instance instance, Open(root, id));
  CLEAT_RETURN_IF_ERROR(instance.AddClaim());
  return instance;
}

absl::Status Instance::Load() {
  const absl::StatusOr<std::string> json = sys::ReadFile(Path(kHeader));
  if (absl::IsNotFound(json.status())) {
    return absl::NotFoundError(
        absl::StrCat("container ", id_.substr(0, 12), " is gone"));
  }
  if (!json.ok()) return json.status();
  proto::InstanceHeader header;
  CLEAT_RETURN_IF_ERROR(pb::ParseJson(*json, Path(kHeader), &header));
  name_ = header.name();
  created_ = header.created();
  labels_ = Labels(header.labels().begin(), header.labels().end());
  CLEAT_ASSIGN_OR_RETURN(const std::string boot_id, BootId());
  from_this_boot_ = boot_id == header.boot_id();
  return absl::OkStatus();
}

absl::StatusOr<sys::Fd> Instance::OpenToAppend(const char* file) const {
  return sys::Open(Path(file), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW,
                   0600);
}

absl::Status Instance::AddClaim() const {
  CLEAT_ASSIGN_OR_RETURN(const sys::Fd claims, OpenToAppend(kClaims));
  return sys::WriteAll(claims.get(),
                       absl::StrCat(pb::ToJson(ThisProcess()), "\n"),
                       Path(kClaims));
}

absl::Status Instance::Record(const proto::Step& step) {
  if (!journal_.valid()) {
    CLEAT_ASSIGN_OR_RETURN(journal_, OpenToAppend(kJournal));
  }
  return sys::WriteAll(journal_.get(), absl::StrCat(pb::ToJson(step), "\n"),
                       Path(kJournal));
}

absl::StatusOr<std::vector<proto::Step>> Instance::Steps() const {
  const absl::StatusOr<std::string> journal = sys::ReadFile(Path(kJournal));
  std::vector<proto::Step> steps;
  if (absl::IsNotFound(journal.status())) return steps;
  if (!journal.ok()) return journal.status();
  for (absl::string_view line :
       absl::StrSplit(*journal, '\n', absl::SkipEmpty())) {
    // A last line without its end was cut off by a crash or a full disk, before
    // its effect was made.
    if (line.data() + line.size() == journal->data() + journal->size()) break;
    CLEAT_RETURN_IF_ERROR(
        pb::ParseJson(line, Path(kJournal), &steps.emplace_back()));
  }
  return steps;
}

absl::Status Instance::Truncate(size_t count) const {
  CLEAT_ASSIGN_OR_RETURN(std::vector<proto::Step> steps, Steps());
  steps.resize(std::min(count, steps.size()));
  std::string lines;
  for (const proto::Step& step : steps) {
    absl::StrAppend(&lines, pb::ToJson(step), "\n");
  }
  return sys::WriteFileAtomic(Path(kJournal), lines, 0600, sys::Sync::kNo);
}

absl::Status Instance::Keep() const {
  return sys::WriteFileAtomic(Path(kKept), "", 0600, sys::Sync::kNo);
}

bool Instance::Kept() const { return sys::Exists(Path(kKept)); }

absl::StatusOr<bool> Instance::Claimed() const {
  CLEAT_ASSIGN_OR_RETURN(const std::string claims,
                         sys::ReadFile(Path(kClaims)));
  if (!from_this_boot_) return false;
  for (absl::string_view line :
       absl::StrSplit(claims, '\n', absl::SkipEmpty())) {
    proto::ProcessId process;
    CLEAT_RETURN_IF_ERROR(pb::ParseJson(line, Path(kClaims), &process));
    if (IsAlive(process)) return true;
  }
  return false;
}

absl::StatusOr<double> Instance::IdleSeconds() const {
  double newest = 0;
  for (const char* file : {kJournal, kClaims}) {
    struct stat info;
    if (stat(Path(file).c_str(), &info) != 0) continue;
    newest = std::max(newest, info.st_mtim.tv_sec + info.st_mtim.tv_nsec / 1e9);
  }
  return absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch()) - newest;
}

absl::Status Instance::WriteDocument(absl::string_view json) const {
  return sys::WriteFileAtomic(Path(kDocument), json, 0600, sys::Sync::kNo);
}

absl::StatusOr<std::string> Instance::ReadDocument() const {
  return sys::ReadFile(Path(kDocument));
}

absl::StatusOr<sys::Fd> Instance::Lock() const {
  CLEAT_ASSIGN_OR_RETURN(sys::Fd fd,
                         sys::Open(directory_, O_RDONLY | O_DIRECTORY));
  if (sys::RetryOnEintr([&] { return flock(fd.get(), LOCK_EX); }) != 0) {
    return sys::ErrnoError("lock ", directory_);
  }
  return fd;
}

absl::Status Instance::Forget() const {
  if (!name_.empty()) {
    const std::string path = NamePath(root_, name_);
    const absl::StatusOr<std::string> holder = ReadNameLink(path);
    if (holder.ok() && *holder == id_) unlink(path.c_str());
  }
  return sys::RemoveTree(directory_);
}

}  // namespace cleat::journal
