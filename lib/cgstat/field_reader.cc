#include "lib/cgstat/field_reader.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/types/optional.h"
#include "lib/base/status_macros.h"
#include "lib/procfs/cgroup_stat.h"
#include "lib/sys/file.h"

namespace cleat::cgstat {
namespace {

using procfs::ParseStatHundredths;
using procfs::ParseStatNumber;

// v1's "no limit" is the last whole page below 2^63.
constexpr int64_t kNoLimit = int64_t{1} << 62;

absl::optional<int64_t> Convert(Measure measure, absl::string_view text) {
  if (measure == Measure::kHundredths) return ParseStatHundredths(text);
  absl::optional<int64_t> value = ParseStatNumber(text);
  if (measure == Measure::kNanoseconds && value.has_value()) {
    value = *value / 1000;
  }
  if (measure == Measure::kLimit && value.value_or(0) >= kNoLimit)
    value.reset();
  return value;
}

bool IsGone(const Group& group) {
  return std::none_of(group.directories.begin(), group.directories.end(),
                      [](const GroupDirectory& directory) {
                        return sys::Exists(directory.path);
                      });
}

const pb::Field* FindField(const pb::Message& message, absl::string_view name) {
  for (const pb::Field& field : message) {
    if (name == field.name) return &field;
  }
  return nullptr;
}

std::vector<const pb::Field*> Resolve(const pb::Message* message,
                                      absl::string_view path) {
  std::vector<const pb::Field*> fields;
  for (const absl::string_view name : absl::StrSplit(path, '.')) {
    fields.push_back(FindField(*message, name));
    if (fields.back()->type != pb::Type::kMessage) break;
    message = fields.back()->message();
  }
  return fields;
}

// "hugepages-2048kB" is "2MB" in the names of a group's files.
std::string PageSize(absl::string_view directory) {
  uint64_t kilobytes = 0;
  if (!absl::ConsumePrefix(&directory, "hugepages-") ||
      !absl::ConsumeSuffix(&directory, "kB") ||
      !absl::SimpleAtoi(directory, &kilobytes)) {
    return "";
  }
  if (kilobytes >= 1 << 20) return absl::StrCat(kilobytes >> 20, "GB");
  if (kilobytes >= 1 << 10) return absl::StrCat(kilobytes >> 10, "MB");
  return absl::StrCat(kilobytes, "KB");
}

std::vector<std::string> PageSizes(const std::string& root) {
  std::vector<std::string> sizes;
  const auto names =
      sys::ListDirectory(absl::StrCat(root, "/sys/kernel/mm/hugepages"));
  if (!names.ok()) return sizes;  // a kernel without huge pages
  for (const std::string& name : *names) {
    std::string size = PageSize(name);
    if (!size.empty()) sizes.push_back(std::move(size));
  }
  return sizes;
}

}  // namespace

// One group's statistics while they are read.
class FieldReader::Reading {
 public:
  explicit Reading(void* message) : message_(message) {}

  // Whether any file was there.
  bool found() const { return found_; }

  // Whether another hierarchy has told all of it.
  bool Knows(const File& file) {
    return std::all_of(file.rows.begin(), file.rows.end(), [&](const Row& row) {
      return row.fields.size() == 2 && !row.fields[0]->repeated &&
             row.fields[0]->size(message_) > 0 &&
             row.fields[1]->size(row.fields[0]->get_message(message_, 0)) > 0;
    });
  }

  // What the file says.
  void Take(const File& file, absl::string_view text) {
    found_ = true;
    const auto nested = [&](absl::string_view name, absl::string_view key,
                            absl::string_view value) {
      Match(file, name, key, value);
    };
    switch (file.form) {
      case Form::kValue:
      case Form::kPage:
        Match(file, file.page, "", text);
        break;
      case Form::kFlat:
      case Form::kPageFlat:
        procfs::ForEachFlatStat(text, [&](auto key, auto value) {
          Match(file, file.page, key, value);
        });
        break;
      case Form::kNamed:
        procfs::ForEachFlatStat(
            text, [&](auto name, auto value) { Match(file, name, "", value); });
        break;
      case Form::kPair:
        procfs::ForEachFlatStat(text, [&](auto first, auto second) {
          Match(file, "", "1", first);
          Match(file, "", "2", second);
        });
        break;
      case Form::kText:
        PutText(file.rows.front(), absl::StripTrailingAsciiWhitespace(text));
        break;
      case Form::kPressure:
        procfs::ForEachNestedStat(text, [&](auto name, auto key, auto value) {
          Match(file, "", absl::StrCat(name, " ", key), value);
        });
        break;
      case Form::kRecords:
        procfs::ForEachNestedStat(text, nested);
        break;
      case Form::kBlkio:
        procfs::ForEachBlkioStat(text, nested);
        break;
    }
  }

 private:
  void Match(const File& file, absl::string_view record, absl::string_view key,
             absl::string_view text) {
    for (const Row& row : file.rows) {
      if (row.key != key) continue;
      const absl::optional<int64_t> value = Convert(row.measure, text);
      if (value.has_value()) Put(row, record, *value);
      return;
    }
  }

  void Put(const Row& row, absl::string_view record, int64_t value) {
    void* message = message_;
    for (const pb::Field* field : row.fields) {
      if (field->type != pb::Type::kMessage) {
        if (field->size(message) == 0) field->put_integer(message, value);
        return;
      }
      message = field->repeated ? Record(*field, record, message)
                                : field->put_message(message);
    }
  }

  void PutText(const Row& row, absl::string_view text) {
    void* message = message_;
    if (text.empty()) return;
    for (const pb::Field* field : row.fields) {
      if (field->type == pb::Type::kString) {
        if (field->size(message) == 0) {
          field->put_string(message, std::string(text));
        }
        return;
      }
      message = field->put_message(message);
    }
  }

  // The element of this name, whose first field is the name.
  void* Record(const pb::Field& field, absl::string_view name, void* message) {
    for (const auto& [known, of, record] : records_) {
      if (known == name && of == &field) return record;
    }
    void* record = field.put_message(message);
    field.message()->fields[0].put_string(record, std::string(name));
    records_.push_back({std::string(name), &field, record});
    return record;
  }

  struct Known {
    std::string name;
    const pb::Field* field;
    void* record;
  };
  void* message_;
  std::vector<Known> records_;
  bool found_ = false;
};

FieldReader::FieldReader(const pb::Message& message, FieldTables tables,
                         const std::vector<std::string>& fields,
                         const std::string& root)
    : message_(message) {
  const std::vector<std::string> pages = PageSizes(root);
  unified_ = MakeFiles(tables.unified, fields, pages);
  v1_ = MakeFiles(tables.v1, fields, pages);
}

std::vector<FieldReader::File> FieldReader::MakeFiles(
    absl::Span<const FieldRow> rows, const std::vector<std::string>& fields,
    const std::vector<std::string>& pages) const {
  std::vector<File> files;
  const char* previous = "";
  size_t first = 0;  // of the files that the last row went to
  for (const FieldRow& row : rows) {
    if (!fields.empty() &&
        std::find(fields.begin(), fields.end(), row.field) == fields.end()) {
      continue;
    }
    const absl::string_view name = row.file;
    if (name != previous) {
      first = files.size();
      const size_t star = name.find('*');
      const absl::string_view controller = name.substr(0, name.find('.'));
      const bool core = controller == "cgroup" || name == "cpu.stat" ||
                        row.form == Form::kPressure;
      if (star == absl::string_view::npos) {
        files.push_back({std::string(name),
                         std::string(controller),
                         core,
                         row.form,
                         "",
                         {}});
      } else {
        for (const std::string& page : pages) {
          files.push_back(
              {absl::StrCat(name.substr(0, star), page, name.substr(star + 1)),
               std::string(controller),
               core,
               row.form,
               page,
               {}});
        }
      }
      previous = row.file;
    }
    for (size_t i = first; i < files.size(); ++i) {
      files[i].rows.push_back(
          {row.key, Resolve(&message_, row.field), row.measure});
    }
  }
  return files;
}

std::vector<std::string> FieldReader::Controllers() const {
  std::vector<std::string> names;
  for (const File& file : v1_) names.push_back(file.controller);
  return names;
}

std::vector<const FieldReader::File*> FieldReader::FilesOf(
    const cgroup::Hierarchy& hierarchy, Reading* reading) const {
  std::vector<const File*> files;
  for (const File& file : hierarchy.unified ? unified_ : v1_) {
    const bool there =
        hierarchy.Has(file.controller) || (hierarchy.unified && file.core);
    if (there && !reading->Knows(file)) files.push_back(&file);
  }
  return files;
}

absl::Status FieldReader::ReadDirectory(const GroupDirectory& directory,
                                        GroupFiles* files,
                                        Reading* reading) const {
  const std::vector<const File*> wanted =
      FilesOf(*directory.hierarchy, reading);
  if (wanted.empty()) return absl::OkStatus();
  const absl::Status entered = files->Enter(directory, wanted.size());
  if (absl::IsNotFound(entered)) return absl::OkStatus();
  CLEAT_RETURN_IF_ERROR(entered);
  for (const File* file : wanted) {
    const auto text = files->Read(file->name);
    if (!text.ok()) {
      return absl::Status(
          text.status().code(),
          absl::StrCat("cgroup ", directory.path, ": ", file->name, ": ",
                       text.status().message()));
    }
    if (text->has_value()) reading->Take(*file, **text);
  }
  return absl::OkStatus();
}

absl::Status FieldReader::Read(const Group& group, GroupFiles* files,
                               void* message) const {
  Reading reading(message);
  for (const GroupDirectory& directory : group.directories) {
    CLEAT_RETURN_IF_ERROR(ReadDirectory(directory, files, &reading));
  }
  if (!reading.found() && IsGone(group)) {
    return absl::NotFoundError(
        absl::StrCat("cgroup ", group.path, " has been removed"));
  }
  return absl::OkStatus();
}

}  // namespace cleat::cgstat
