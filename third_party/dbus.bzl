"""libdbus, the reference client of D-Bus, for static programs.

Debian's archive has the whole library in it: servers that systemd starts, TCP
addresses, a server's look at users. It asks for libsystemd, of which there is
no static one, and for libc's name services, which a static program loads at
run time if at all. A client of a Unix socket calls none of that, so those
names become others in a copy of the archive, and dbus_unused.c has them.
"""

_BUILD = """
cc_library(
    name = "dbus",
    srcs = [
        "dbus_unused.c",
        "libdbus.a",
    ],
    hdrs = glob(["include*/dbus/*.h"]),
    copts = ["-Wno-unused-parameter"],
    includes = [{includes}],
    visibility = ["//visibility:public"],
)
"""

# As dbus_unused.c has them, there with "cleat_dbus_" before the name.
_UNUSED = [
    "freeaddrinfo",
    "gai_strerror",
    "getaddrinfo",
    "getgrouplist",
    "getnameinfo",
    "getpwnam_r",
    "getpwuid_r",
    "sd_is_socket",
    "sd_listen_fds",
]

def _run(ctx, command):
    result = ctx.execute(command)
    if result.return_code != 0:
        fail("{}: {} (run tools/dev/setup, which installs what the build needs)".format(
            " ".join(command),
            result.stderr.strip(),
        ))
    return result.stdout.strip()

def _dbus_library_impl(ctx):
    # Twice as here -I/usr/include/dbus-1.0 -I/usr/lib/…/dbus-1.0/include.
    includes = []
    for flag in _run(ctx, ["pkg-config", "--cflags-only-I", "dbus-1"]).split(" "):
        includes.append("include%d" % len(includes))
        ctx.symlink(flag[len("-I"):], includes[-1])
    directory = _run(ctx, ["pkg-config", "--variable=libdir", "dbus-1"])
    rename = ["--redefine-sym={0}=cleat_dbus_{0}".format(name) for name in _UNUSED]
    _run(ctx, ["objcopy"] + rename + [directory + "/libdbus-1.a", "libdbus.a"])
    ctx.symlink(ctx.attr.unused, "dbus_unused.c")
    ctx.file("BUILD.bazel", _BUILD.format(
        includes = ", ".join(['"%s"' % name for name in includes]),
    ))

dbus_library = repository_rule(
    implementation = _dbus_library_impl,
    local = True,
    attrs = {"unused": attr.label(allow_single_file = True)},
)
