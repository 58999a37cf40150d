#include "lib/image/print_config.h"

#include <map>

#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace cleat::image {
namespace {

using Strings = google::protobuf::RepeatedPtrField<std::string>;

// Leaves out what is empty, but for pairs.
class Printer {
 public:
  explicit Printer(rapidjson::StringBuffer& buffer) : writer_(buffer) {}

  void Begin(const char* key) {
    if (key != nullptr) writer_.Key(key);
    writer_.StartObject();
  }
  void End() { writer_.EndObject(); }

  void Member(absl::string_view key, absl::string_view text) {
    if (!text.empty()) Pair(key, text);
  }

  void Pair(absl::string_view key, absl::string_view text) {
    String(key, /*is_key=*/true);
    String(text, /*is_key=*/false);
  }

  template <typename List>
  void Array(const char* key, const List& values) {
    if (values.empty()) return;
    writer_.Key(key);
    AppendArray(values);
  }

  template <typename List>
  void AppendArray(const List& values) {
    writer_.StartArray();
    for (const std::string& value : values) String(value, /*is_key=*/false);
    writer_.EndArray();
  }

  // Go's set.
  void Set(const char* key, const Strings& values) {
    if (values.empty()) return;
    Begin(key);
    for (const std::string& value : values) {
      String(value, /*is_key=*/true);
      writer_.StartObject();
      writer_.EndObject();
    }
    End();
  }

  void History(absl::string_view created, absl::string_view comment) {
    writer_.Key("history");
    writer_.StartArray();
    Begin(nullptr);
    Member("comment", comment);
    Member("created", created);
    End();
    writer_.EndArray();
  }

  void RootFs(const std::vector<std::string>& diff_ids) {
    Begin("rootfs");
    writer_.Key("diff_ids");
    AppendArray(diff_ids);
    Member("type", "layers");
    End();
  }

 private:
  void String(absl::string_view text, bool is_key) {
    const auto size = static_cast<rapidjson::SizeType>(text.size());
    if (is_key) {
      writer_.Key(text.data(), size);
    } else {
      writer_.String(text.data(), size);
    }
  }

  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

void PrintRun(const proto::ImageConfig& run, Printer& printer) {
  const std::map<std::string, std::string> labels(run.labels().begin(),
                                                  run.labels().end());
  printer.Begin("config");
  printer.Array("Cmd", run.cmd());
  printer.Array("Entrypoint", run.entrypoint());
  printer.Array("Env", run.env());
  printer.Set("ExposedPorts", run.exposed_ports());
  if (!labels.empty()) {
    printer.Begin("Labels");
    for (const auto& label : labels) printer.Pair(label.first, label.second);
    printer.End();
  }
  printer.Member("StopSignal", run.stop_signal());
  printer.Member("User", run.user());
  printer.Set("Volumes", run.volumes());
  printer.Member("WorkingDir", run.working_dir());
  printer.End();
}

}  // namespace

std::string PrintConfig(const Config& config, absl::string_view comment) {
  rapidjson::StringBuffer buffer;
  Printer printer(buffer);
  printer.Begin(nullptr);
  printer.Member("architecture", config.platform.architecture());
  PrintRun(config.run, printer);
  printer.Member("created", config.created);
  printer.History(config.created, comment);
  printer.Member("os", config.platform.os());
  printer.RootFs(config.diff_ids);
  printer.Member("variant", config.platform.variant());
  printer.End();
  return std::string(buffer.GetString(), buffer.GetSize());
}

}  // namespace cleat::image
