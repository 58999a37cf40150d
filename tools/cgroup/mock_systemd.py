#!/usr/bin/python3
"""A systemd that knows one method: it starts scopes on a D-Bus.

mock_systemd.py ADDRESS RECORD MODE [UNIT]

It prints "ready" once it has the name, and writes what it was asked for to
RECORD. By MODE it starts the scope ("start"), which it makes in the hierarchies
of memory and pids and in the unified one as systemd does; lets the job fail
("fail"), or refuses the unit ("refuse"); accepts and never ends the job
("linger"), after that of another unit; starts it elsewhere ("stray").
"""
import os
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

ADDRESS, RECORD, MODE = sys.argv[1:4]
NAME = "org.freedesktop.systemd1"
MANAGER = NAME + ".Manager"
SLICE = "cleat-mock.slice"
groups = []


def hierarchies():
    """The mount points of those in which scopes get a group."""
    with open("/proc/self/mountinfo", encoding="utf-8") as mounts:
        for line in mounts:
            fields = line.split()
            kind, _, options = fields[fields.index("-") + 1:]
            wanted = {"memory", "pids"} & set(options.split(","))
            if kind == "cgroup2" or (kind == "cgroup" and wanted):
                yield fields[4]


def is_empty(group):
    for path, _, _ in os.walk(group):
        with open(os.path.join(path, "cgroup.procs"),
                  encoding="utf-8") as procs:
            if procs.read():
                return False
    return True


def remove_empty():
    """What systemd does when the kernel tells it that a scope is empty."""
    for group in groups:
        try:
            if is_empty(group):
                for path, _, _ in os.walk(group, topdown=False):
                    os.rmdir(path)
        except OSError:
            pass  # soon
    return True


def start(unit, pids):
    for mount in hierarchies():
        group = os.path.join(mount, SLICE, unit)
        os.makedirs(group)
        groups.append(group)
        for pid in pids:
            with open(os.path.join(group, "cgroup.procs"), "w",
                      encoding="utf-8") as procs:
                procs.write(str(pid))


class UnitRefused(dbus.DBusException):
    _dbus_error_name = "org.freedesktop.DBus.Error.InvalidArgs"


class Manager(dbus.service.Object):
    @dbus.service.method(MANAGER, in_signature="ssa(sv)a(sa(sv))",
                         out_signature="o")
    def StartTransientUnit(self, unit, mode, properties, auxiliary):
        known = {str(key): value for key, value in properties}
        pids = [int(pid) for pid in known.pop("PIDs")]
        with open(RECORD, "w", encoding="utf-8") as record:
            print(unit, mode, len(auxiliary), file=record)
            print("pids", *pids, file=record)
            for key in sorted(known):
                print(key, known[key], file=record)
        if MODE == "refuse":
            raise UnitRefused("Unit name " + unit + " is not valid.")
        if MODE == "start":
            start(unit, pids)
        elif MODE == "stray":
            start("other.scope", pids)
        self.end_soon(1, "other.scope", "done")
        if MODE != "linger":
            self.end_soon(2, unit, "failed" if MODE == "fail" else "done")
        return dbus.ObjectPath("/org/freedesktop/systemd1/job/2")

    def end_soon(self, number, unit, result):
        job = dbus.ObjectPath("/org/freedesktop/systemd1/job/%d" % number)
        GLib.idle_add(self.JobRemoved, number, job, unit, result)

    @dbus.service.signal(MANAGER, signature="uoss")
    def JobRemoved(self, number, job, unit, result):
        pass


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.bus.BusConnection(ADDRESS)
owned = dbus.service.BusName(NAME, bus)
manager = Manager(bus, "/org/freedesktop/systemd1")
GLib.timeout_add(20, remove_empty)
print("ready", flush=True)
GLib.MainLoop().run()
