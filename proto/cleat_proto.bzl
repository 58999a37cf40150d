"""`cleat_proto`: a .proto file as a C++ library."""

def cleat_proto(name, deps = []):
    """Makes `NAME_cc_proto` of NAME.proto: LITE messages, NAME.pb.h.

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
        outs = [name + ".pb.h", name + ".pb.cc"],
        cmd = " && ".join([
            "$(location @com_google_protobuf//:protoc) --cpp_out=lite:$(GENDIR) -I. proto/%s.proto" % name,
            "sed -i '/proto\\/flags.pb.h/d' $(OUTS)",
        ]),
        tools = ["@com_google_protobuf//:protoc"],
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
