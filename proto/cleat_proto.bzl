"""`cleat_proto`: a .proto file as C++ libraries."""

def cleat_proto(name, deps = []):
    """Makes two libraries of NAME.proto.

    `NAME_cc_proto` has the LITE messages (NAME.pb.h), `NAME_table` their
    constant tables (NAME.table.h, see lib/pb/table.h).

    The annotations of flags.proto are for the build only, so the generated
    code is kept from including flags.pb.h, which would bring protobuf's
    descriptors into every tool.

    Args:
      name: the file's name without ".proto".
      deps: names of the files that it imports, flags excepted.
    """
    native.genrule(
        name = name + "_cc",
        srcs = native.glob(["*.proto"]),
        outs = [name + extension for extension in [
            ".pb.h",
            ".pb.cc",
            ".table.h",
            ".table.cc",
        ]],
        cmd = " && ".join([
            " ".join([
                "$(location @com_google_protobuf//:protoc)",
                "--plugin=protoc-gen-cleat=$(location //lib/pb:protoc_gen_cleat)",
                "--cpp_out=lite:$(GENDIR) --cleat_out=$(GENDIR)",
                "proto/%s.proto" % name,
            ]),
            "sed -i '/proto\\/flags.pb.h/d' $(OUTS)",
        ]),
        tools = [
            "//lib/pb:protoc_gen_cleat",
            "@com_google_protobuf//:protoc",
        ],
    )
    native.cc_library(
        name = name + "_cc_proto",
        srcs = [name + ".pb.cc"],
        hdrs = [name + ".pb.h"],
        copts = ["-Wno-error"],
        deps = [":%s_cc_proto" % dep for dep in deps] + [
            "@com_google_protobuf//:protobuf_lite",
        ],
    )
    native.cc_library(
        name = name + "_table",
        srcs = [name + ".table.cc"],
        hdrs = [name + ".table.h"],
        deps = [":%s_table" % dep for dep in deps] + [
            ":%s_cc_proto" % name,
            "//lib/pb:table",
        ],
    )
