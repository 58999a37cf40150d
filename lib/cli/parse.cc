#include "lib/cli/parse.h"

#include <getopt.h>
#include <string.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/cli/value.h"
#include "rapidjson/document.h"
#include "rapidjson/error/en.h"
#include "rapidjson/memorystream.h"

namespace cleat::cli {
namespace {

// getopt_long's value for a long flag is its index in the tool's table after
// these; a letter's is the letter.
constexpr int kHelpOption = 256;
constexpr int kVersionOption = 257;
constexpr int kFirstFlag = 258;

struct HelpForm {
  absl::string_view name;
  Request request;
};

constexpr HelpForm kHelpForms[] = {
    {"man", Request::kMan},
    {"bash", Request::kBash},
    {"zsh", Request::kZsh},
    {"fish", Request::kFish},
};

absl::Status UsageError(absl::string_view text) {
  return absl::InvalidArgumentError(text);
}

bool TakesOptionalValue(const pb::Flag& flag) {
  return flag.field->type == pb::Type::kBool || flag.implied != nullptr;
}

// One command line being read.
class ArgumentReader {
 public:
  ArgumentReader(const pb::Tool& tool, int argc, char** argv, void* options)
      : tool_(tool), argc_(argc), argv_(argv), options_(options) {
    BuildTables();
  }

  absl::Status Read(Request* request) {
    opterr = 0;
    optind = 0;
    while (true) {
      const int argument = optind == 0 ? 1 : optind;
      int index = -1;
      const int option =
          getopt_long(argc_, argv_, letters_.c_str(), longs_.data(), &index);
      if (option == -1) break;
      CLEAT_RETURN_IF_ERROR(CheckName(option, index, argument));
      CLEAT_RETURN_IF_ERROR(Take(option, request));
    }
    if (*request != Request::kRun) return absl::OkStatus();
    return TakeOperands();
  }

 private:
  void BuildTables() {
    letters_ = "+:";
    longs_.push_back({"help", optional_argument, nullptr, kHelpOption});
    longs_.push_back({"version", no_argument, nullptr, kVersionOption});
    if (tool_.util_linux) letters_ += "hV";
    for (int i = 0; i < tool_.flag_count; ++i) AddFlag(i);
    longs_.push_back({nullptr, 0, nullptr, 0});
  }

  void AddFlag(int i) {
    const pb::Flag& flag = tool_.flags[i];
    if (flag.operand) return;
    const bool optional = TakesOptionalValue(flag);
    longs_.push_back({flag.name,
                      optional ? optional_argument : required_argument, nullptr,
                      kFirstFlag + i});
    if (flag.letter == 0) return;
    letters_.push_back(flag.letter);
    if (!optional) letters_.push_back(':');
    if (flag.implied != nullptr && !flag.bare_letter) letters_ += "::";
  }

  // getopt_long accepts abbreviated names; most tools do not, so that a new
  // flag never changes what an old script means.
  absl::Status CheckName(int option, int index, int argument) const {
    if (option == '?' || option == ':') return BadOption(option, argument);
    if (index < 0 || tool_.util_linux) return absl::OkStatus();
    const absl::string_view typed = argv_[argument] + 2;
    if (typed.substr(0, typed.find('=')) == longs_[index].name) {
      return absl::OkStatus();
    }
    return UsageError(absl::StrCat("unknown option '", argv_[argument],
                                   "' (names are not abbreviated; --",
                                   longs_[index].name, "?)"));
  }

  absl::Status BadOption(int option, int argument) const {
    const std::string name =
        optopt > 0 && optopt < 256
            ? absl::StrCat("-", std::string(1, static_cast<char>(optopt)))
            : argv_[argument];
    if (option == ':') return UsageError(absl::StrCat(name, ": needs a value"));
    if (optopt >= 256) {
      return UsageError(absl::StrCat(name, ": takes no value"));
    }
    return UsageError(absl::StrCat("unknown option '", name, "'"));
  }

  absl::Status Take(int option, Request* request) {
    if (option == kVersionOption || IsCustom(option, 'V')) {
      *request = Request::kVersion;
      return absl::OkStatus();
    }
    if (option == kHelpOption || IsCustom(option, 'h')) {
      return TakeHelp(request);
    }
    if (option >= kFirstFlag) {
      return Put(tool_.flags[option - kFirstFlag], optarg);
    }
    const bool equals =
        tool_.util_linux && optarg != nullptr && optarg[0] == '=';
    return Put(Find(option), equals ? optarg + 1 : optarg);
  }

  bool IsCustom(int option, int letter) const {
    return tool_.util_linux && option == letter;
  }

  static absl::Status TakeHelp(Request* request) {
    *request = Request::kHelp;
    if (optarg == nullptr) return absl::OkStatus();
    for (const HelpForm& form : kHelpForms) {
      if (form.name != optarg) continue;
      *request = form.request;
      return absl::OkStatus();
    }
    return UsageError("--help: takes no value, or man, bash, zsh or fish");
  }

  const pb::Flag& Find(int letter) const {
    const pb::Flag* flag = tool_.flags;
    while (flag->letter != letter) ++flag;
    return *flag;
  }

  absl::Status Put(const pb::Flag& flag, const char* text) {
    const char* bare = flag.implied != nullptr ? flag.implied : "true";
    const absl::Status put =
        PutValue(flag, text != nullptr ? text : bare, options_);
    if (put.ok()) return put;
    return UsageError(absl::StrCat("--", flag.name, ": ", put.message()));
  }

  absl::Status TakeOperands() {
    for (const pb::Flag& flag : tool_) {
      if (!flag.operand) continue;
      if (argc_ - optind < flag.min_operands) {
        return UsageError(absl::StrCat(flag.value, " is missing"));
      }
      const int count = flag.field->repeated ? argc_ - optind : 1;
      for (int i = 0; i < count && optind < argc_; ++i) {
        flag.field->put_string(flag.owner(options_), argv_[optind++]);
      }
    }
    if (optind < argc_) {
      return UsageError(
          absl::StrCat("operand '", argv_[optind], "' is not expected"));
    }
    return absl::OkStatus();
  }

  const pb::Tool& tool_;
  int argc_;
  char** argv_;
  void* options_;
  std::string letters_;
  std::vector<struct option> longs_;
};

absl::StatusOr<std::string> ConfigText(const rapidjson::Value& value) {
  if (value.IsString()) return std::string(value.GetString());
  if (value.IsBool()) return std::string(value.GetBool() ? "true" : "false");
  if (value.IsInt64()) return absl::StrCat(value.GetInt64());
  return absl::InvalidArgumentError(
      "a text, a whole number, true or false, or "
      "a list of them is expected");
}

// A bare number in a file counts in the field's own unit, as in a document.
absl::Status PutConfigValue(const pb::Flag& flag, const rapidjson::Value& value,
                            void* options) {
  if (value.IsInt64() && flag.field->type == pb::Type::kInteger) {
    flag.field->put_integer(flag.owner(options), value.GetInt64());
    return absl::OkStatus();
  }
  CLEAT_ASSIGN_OR_RETURN(const std::string text, ConfigText(value));
  return PutValue(flag, text, options);
}

absl::Status PutConfigMember(const pb::Flag& flag,
                             const rapidjson::Value& value, void* options) {
  if (!value.IsArray() || !flag.field->repeated) {
    return PutConfigValue(flag, value, options);
  }
  for (const rapidjson::Value& element : value.GetArray()) {
    CLEAT_RETURN_IF_ERROR(PutConfigValue(flag, element, options));
  }
  return absl::OkStatus();
}

// What the command line has set already: flags win. Known before the file is
// read, for several of its members may go to one list.
std::vector<bool> FlagsGiven(const pb::Tool& tool, void* options) {
  std::vector<bool> given;
  for (const pb::Flag& flag : tool) {
    given.push_back(flag.field->size(flag.owner(options)) != 0);
  }
  return given;
}

const pb::Flag* FindByJsonName(const pb::Tool& tool, const char* name) {
  for (const pb::Flag& flag : tool) {
    const char* const key = flag.listed ? flag.name : flag.field->json_name;
    if (strcmp(key, name) == 0) return &flag;
  }
  return nullptr;
}

}  // namespace

absl::Status ParseArguments(const pb::Tool& tool, int argc, char** argv,
                            void* options, Request* request) {
  *request = Request::kRun;
  return ArgumentReader(tool, argc, argv, options).Read(request);
}

absl::Status ParseConfig(const pb::Tool& tool, absl::string_view json,
                         absl::string_view where, void* options) {
  rapidjson::Document document;
  rapidjson::MemoryStream stream(json.data(), json.size());
  document.ParseStream<rapidjson::kParseIterativeFlag, rapidjson::UTF8<>>(
      stream);
  if (document.HasParseError() || !document.IsObject()) {
    return UsageError(absl::StrCat(where, ": a JSON object is expected"));
  }
  const std::vector<bool> given = FlagsGiven(tool, options);
  for (const auto& member : document.GetObject()) {
    const pb::Flag* flag = FindByJsonName(tool, member.name.GetString());
    if (flag == nullptr) {
      return UsageError(absl::StrCat(where, ": ", member.name.GetString(), ": ",
                                     tool.name, " has no such option"));
    }
    if (given[flag - tool.flags]) continue;
    const absl::Status put = PutConfigMember(*flag, member.value, options);
    if (!put.ok()) {
      return UsageError(absl::StrCat(where, ": ", member.name.GetString(), ": ",
                                     put.message()));
    }
  }
  return absl::OkStatus();
}

}  // namespace cleat::cli
