#!/usr/bin/env python3
"""Writes an OCI runtime config.json for a container as Docker would have it.

  oci_config.py ROOT PROFILE [KEY=VALUE]... -- PROGRAM [ARG]...

PROFILE is a seccomp profile in Docker's form, resolved here for the
container's capabilities. Keys: caps (with commas), user (UID:GID), groups,
nnp, seccomp=unconfined, hostname, home, cwd, rlimit=NAME:SOFT:HARD,
sysctl=NAME:VALUE.
"""

import json
import platform
import sys

DEFAULT_CAPS = (
    "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE"
    " NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_CHROOT").split()

ARCH = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]

MASKED = [
    "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys",
    "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi",
    "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap",
    "/sys/firmware"
]
READ_ONLY = [
    "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"
]


def mount(destination, kind, source, options):
    return {
        "destination": destination,
        "type": kind,
        "source": source,
        "options": options.split(",")
    }


MOUNTS = [
    mount("/proc", "proc", "proc", "nosuid,noexec,nodev"),
    mount("/dev", "tmpfs", "tmpfs",
          "nosuid,strictatime,mode=755,size=65536k"),
    mount("/dev/pts", "devpts", "devpts",
          "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5"),
    mount("/sys", "sysfs", "sysfs", "nosuid,noexec,nodev,ro"),
    mount("/sys/fs/cgroup", "cgroup", "cgroup", "ro,nosuid,noexec,nodev"),
    mount("/dev/mqueue", "mqueue", "mqueue", "nosuid,noexec,nodev"),
    mount("/dev/shm", "tmpfs", "shm",
          "nosuid,noexec,nodev,mode=1777,size=65536k"),
]


def holds(rule, caps):
    """Whether a profile's rule is there for these capabilities."""
    includes = rule.get("includes", {})
    excludes = rule.get("excludes", {})
    return (set(includes.get("caps", [])) <= set(caps)
            and ARCH in includes.get("arches", [ARCH])
            and not set(excludes.get("caps", [])) & set(caps)
            and ARCH not in excludes.get("arches", []))


def resolve(profile, caps):
    arches = []
    for entry in profile["archMap"]:
        if entry["architecture"].lower().endswith(platform.machine()):
            arches = [entry["architecture"]] + entry["subArchitectures"]
    calls = []
    for rule in profile["syscalls"]:
        if holds(rule, caps):
            calls.append({
                key: value
                for key, value in rule.items()
                if key not in ("includes", "excludes", "comment")
            })
    return {
        "defaultAction": profile["defaultAction"],
        "defaultErrnoRet": profile["defaultErrnoRet"],
        "architectures": arches,
        "syscalls": calls
    }


def main():
    split = sys.argv.index("--")
    root, profile = sys.argv[1:3]
    settings = dict(text.split("=", 1) for text in sys.argv[3:split])
    names = settings.get("caps", ",".join(DEFAULT_CAPS))
    caps = ["CAP_" + name for name in names.split(",") if name]
    uid, gid = settings.get("user", "0:0").split(":")
    cwd = settings.get("cwd", "/")
    hostname = settings.get("hostname", "view")
    process = {
        "user": {
            "uid": int(uid),
            "gid": int(gid),
            "additionalGids":
                [int(gid)] + json.loads("[%s]" % settings.get("groups", ""))
        },
        "args": sys.argv[split + 1:],
        "env": [
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOSTNAME=" + hostname,
            "HOME=" + settings.get("home", "/root")
        ],
        "cwd": cwd,
        "capabilities": {
            kind: caps for kind in ("bounding", "effective", "permitted")
        },
        "noNewPrivileges": "nnp" in settings,
    }
    if "rlimit" in settings:
        kind, soft, hard = settings["rlimit"].split(":")
        process["rlimits"] = [{
            "type": "RLIMIT_" + kind.upper(),
            "soft": int(soft),
            "hard": int(hard)
        }]
    sysctl = {
        "net.ipv4.ip_unprivileged_port_start": "0",
        "net.ipv4.ping_group_range": "0 2147483647"
    }
    if "sysctl" in settings:
        name, value = settings["sysctl"].split(":")
        sysctl[name] = value
    linux = {
        "namespaces": [{
            "type": kind
        } for kind in ("pid", "mount", "uts", "ipc", "network", "cgroup")],
        "maskedPaths": MASKED,
        "readonlyPaths": READ_ONLY,
        "sysctl": sysctl,
    }
    if settings.get("seccomp") != "unconfined":
        with open(profile, encoding="utf-8") as file:
            linux["seccomp"] = resolve(json.load(file), caps)
    json.dump(
        {
            "ociVersion": "1.0.2",
            "root": {
                "path": root
            },
            "mounts": MOUNTS,
            "process": process,
            "hostname": hostname,
            "linux": linux
        }, sys.stdout)


main()
