#include "lib/journal/instance.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/base/random.h"
#include "lib/base/status_macros.h"
#include "lib/journal/journal_file.h"
#include "lib/journal/names.h"
#include "lib/journal/process.h"
#include "lib/sys/errno.h"
#include "lib/sys/file.h"
#include "lib/sys/remove_tree.h"

namespace cleat::journal {
namespace {

absl::StatusOr<std::string> BootId() {
  CLEAT_ASSIGN_OR_RETURN(std::string id,
                         sys::ReadFile("/proc/sys/kernel/random/boot_id"));
  return std::string(absl::StripAsciiWhitespace(id));
}

std::string ClaimLine() {
  proto::JournalRecord claim;
  *claim.mutable_claim() = ThisProcess();
  return JournalLine(claim);
}

}  // namespace

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
  CLEAT_RETURN_IF_ERROR(instance.Begin());
  if (!name.empty()) CLEAT_RETURN_IF_ERROR(instance.TakeName());
  std::move(forget).Cancel();
  return instance;
}

absl::Status Instance::Begin() {
  proto::JournalRecord begun;
  proto::JournalHeader* header = begun.mutable_begun();
  CLEAT_ASSIGN_OR_RETURN(*header->mutable_boot_id(), BootId());
  header->set_created(created_);
  if (!name_.empty()) header->set_name(name_);
  for (const auto& [key, value] : labels_) {
    (*header->mutable_labels())[key] = value;
  }
  return Append(absl::StrCat(JournalLine(begun), ClaimLine()));
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
  CLEAT_RETURN_IF_ERROR(instance.Append(ClaimLine()));
  return instance;
}

absl::Status Instance::Load() {
  const absl::StatusOr<const JournalContents*> contents = Read();
  if (absl::IsNotFound(contents.status())) {
    return absl::NotFoundError(
        absl::StrCat("container ", id_.substr(0, 12), " is gone"));
  }
  if (!contents.ok()) return contents.status();
  const proto::JournalHeader& header = (*contents)->header;
  name_ = header.name();
  created_ = header.created();
  labels_ = Labels(header.labels().begin(), header.labels().end());
  CLEAT_ASSIGN_OR_RETURN(const std::string boot_id, BootId());
  from_this_boot_ = boot_id == header.boot_id();
  return absl::OkStatus();
}

std::string Instance::JournalPath() const { return directory_ + "/journal"; }

absl::StatusOr<const JournalContents*> Instance::Read() const {
  CLEAT_ASSIGN_OR_RETURN(std::string text, sys::ReadFile(JournalPath()));
  if (text.empty() || text != text_) {
    CLEAT_ASSIGN_OR_RETURN(contents_, ParseJournal(text, JournalPath()));
    text_ = std::move(text);
  }
  return &contents_;
}

// Of a container that another tool has ended meanwhile, nothing is made anew.
absl::Status Instance::Append(absl::string_view lines) {
  if (!journal_.valid()) {
    CLEAT_ASSIGN_OR_RETURN(
        journal_, sys::Open(JournalPath(),
                            O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600));
  }
  const absl::Status written =
      sys::WriteAll(journal_.get(), lines, JournalPath());
  if (!written.ok()) CutUnfinishedLine();
  return written;
}

// The beginning of a line, which is what a full disk takes of it, would make
// one with what is appended next.
void Instance::CutUnfinishedLine() const {
  const absl::StatusOr<std::string> text = sys::ReadFile(JournalPath());
  if (!text.ok()) return;
  const auto whole = static_cast<off_t>(text->rfind('\n') + 1);
  (void)!ftruncate(journal_.get(), whole);
}

absl::Status Instance::Record(const proto::Step& step) {
  proto::JournalRecord record;
  *record.mutable_step() = step;
  return Append(JournalLine(record));
}

absl::StatusOr<std::vector<proto::Step>> Instance::Steps() const {
  CLEAT_ASSIGN_OR_RETURN(const JournalContents* contents, Read());
  return contents->steps;
}

absl::Status Instance::Truncate(size_t count) {
  CLEAT_ASSIGN_OR_RETURN(const JournalContents* now, Read());
  JournalContents contents = *now;
  contents.steps.resize(std::min(count, contents.steps.size()));
  journal_.Reset();
  return sys::WriteFileAtomic(JournalPath(), FormatJournal(contents), 0600,
                              sys::Sync::kNo);
}

absl::Status Instance::RecordNeededBy(const std::string& id) {
  proto::JournalRecord record;
  record.set_needed_by(id);
  return Append(JournalLine(record));
}

absl::StatusOr<std::vector<std::string>> Instance::NeededBy() const {
  CLEAT_ASSIGN_OR_RETURN(const JournalContents* contents, Read());
  return contents->needed_by;
}

absl::Status Instance::Keep() {
  proto::JournalRecord record;
  record.set_kept(true);
  return Append(JournalLine(record));
}

absl::StatusOr<bool> Instance::Kept() const {
  CLEAT_ASSIGN_OR_RETURN(const JournalContents* contents, Read());
  return contents->kept;
}

absl::StatusOr<bool> Instance::Claimed() const {
  if (!from_this_boot_) return false;
  CLEAT_ASSIGN_OR_RETURN(const JournalContents* contents, Read());
  return std::any_of(contents->claims.begin(), contents->claims.end(), IsAlive);
}

absl::StatusOr<double> Instance::IdleSeconds() const {
  struct stat info;
  if (stat(JournalPath().c_str(), &info) != 0) {
    return sys::ErrnoError("stat ", JournalPath());
  }
  return absl::ToDoubleSeconds(absl::Now() -
                               absl::TimeFromTimespec(info.st_mtim));
}

absl::Status Instance::WriteDocument(absl::string_view json) {
  return Append(DocumentLine(json));
}

absl::StatusOr<std::string> Instance::ReadDocument() const {
  CLEAT_ASSIGN_OR_RETURN(const JournalContents* contents, Read());
  if (!contents->document.empty()) return contents->document;
  return absl::NotFoundError(absl::StrCat("container ", id_.substr(0, 12),
                                          ": no tool has completed it yet"));
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
