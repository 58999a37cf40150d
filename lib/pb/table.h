#ifndef CLEAT_LIB_PB_TABLE_H_
#define CLEAT_LIB_PB_TABLE_H_

#include <cstdint>
#include <string>

#include "google/protobuf/map.h"

// Constant tables of LITE messages, written at build time by
// //lib/pb:protoc_gen_cleat from the .proto files. They stand for
// protobuf's descriptors, which would cost every tool 0.5 ms at start: from
// them come JSON (lib/pb/json.h), flags, help and man pages (lib/cli).

namespace cleat::pb {

enum class Type : uint8_t { kBool, kInteger, kString, kMessage, kMap };

using StringMap = google::protobuf::Map<std::string, std::string>;

struct Message;

// One field, and functions that reach it in an untyped message. Of the
// functions only those of its type are set.
struct Field {
  const char* name;       // "memory_max_bytes"
  const char* json_name;  // "memoryMaxBytes"
  Type type;
  bool repeated;
  // The range of an integer field, as a signed number (uint64 up to 2^63-1;
  // JSON has all its 64 bits).
  int64_t min;
  int64_t max;
  // Of kMessage fields.
  const Message* (*message)();

  // How many values are set: 0 or 1 unless repeated or a map.
  int (*size)(const void* m);
  void (*clear)(void* m);
  // The value, or the i-th of a repeated field; set or append.
  int64_t (*get_integer)(const void* m, int i);  // kBool, too
  void (*put_integer)(void* m, int64_t value);
  const std::string& (*get_string)(const void* m, int i);
  void (*put_string)(void* m, std::string value);
  const void* (*get_message)(const void* m, int i);
  void* (*put_message)(void* m);
  const StringMap& (*get_map)(const void* m);
  StringMap* (*put_map)(void* m);
};

struct Message {
  const char* name;  // "CgroupSpec"
  const Field* fields;
  int field_count;

  const Field* begin() const { return fields; }
  const Field* end() const { return fields + field_count; }
};

// How a flag's text becomes a value; proto/flags.proto says more of each.
enum class Unit : uint8_t {
  kNone,
  kBytes,
  kDuration,
  kNano,
  kList,
  kCount,
  kBytesOrUnlimited,
  kOctal,
};

// One flag of a tool, embedded messages' flags included.
struct Flag {
  const char* name;
  char letter;  // 0: none
  bool bare_letter;
  bool hidden;
  bool operand;
  int min_operands;
  Unit unit;
  const char* value;  // what stands for the value in help
  const char* help;
  const char* implied;   // null: the flag needs its value
  const char* fallback;  // the default as typed, null: none
  // Stored as "NAME=VALUE" in a list that several flags append to.
  bool listed;
  const Field* field;
  // The message, in the options message, that has the field.
  void* (*owner)(void* options);
};

enum class ToolKind : uint8_t { kFilter, kWrapper, kQuery, kData };

// What an options message says of its tool.
struct Tool {
  const char* name;
  ToolKind kind;
  const char* operands;
  const char* reads;
  const char* summary;
  const char* const* examples;  // null-terminated, as are these
  const char* const* see_also;
  const char* const* notes;  // paragraphs (proto/flags.proto)
  bool util_linux;           // with util-linux's customs (proto/flags.proto)
  const Flag* flags;
  int flag_count;

  const Flag* begin() const { return flags; }
  const Flag* end() const { return flags + flag_count; }
};

// The table of message T; defined in the NAME.table.h of T's file.
template <typename T>
const Message& TableOf();

// What message T, whose `tool` option is set, says of its tool.
template <typename T>
const Tool& ToolOf();

// Its name alone, a constant: who looks for one of many tools touches none of
// the others' tables. Defined in the NAME.table.h of T's file.
template <typename T>
inline constexpr const char* kNameOfTool = nullptr;

}  // namespace cleat::pb

#endif  // CLEAT_LIB_PB_TABLE_H_
