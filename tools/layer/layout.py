"""Makes an OCI layout of layers, with what OCI 1.1 has beside images.

layout.py DIR [--subject] [--artifact] [--missing] FILE=MEDIATYPE...

The image has the tag 1. --subject: its manifest has one. --artifact: beside it
is a signature of it, with the tag signature, and without layers alone.
--missing: the first layer is not there.
"""

import argparse
import gzip
import hashlib
import json
import os
import shutil
import subprocess

EMPTY = 'application/vnd.oci.empty.v1+json'
MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
CONFIG = 'application/vnd.oci.image.config.v1+json'
REF_NAME = 'org.opencontainers.image.ref.name'


def sha256(data):
    return 'sha256:' + hashlib.sha256(data).hexdigest()


def plain(path, data):
    if data[:2] == b'\x1f\x8b':
        return gzip.decompress(data)
    if data[:4] in (b'\x28\xb5\x2f\xfd', b'\x50\x2a\x4d\x18'):
        return subprocess.run(['zstd', '-dc'], input=data, check=True,
                              stdout=subprocess.PIPE).stdout
    return data


class Layout:
    def __init__(self, directory):
        self.blobs = directory + '/blobs/sha256'
        self.directory = directory
        self.manifests = []
        os.makedirs(self.blobs)

    def put(self, data, media_type):
        digest = sha256(data)
        with open(f'{self.blobs}/{digest[7:]}', 'wb') as file:
            file.write(data)
        return {'mediaType': media_type, 'digest': digest, 'size': len(data)}

    def put_json(self, value, media_type):
        return self.put(json.dumps(value).encode(), media_type)

    def manifest(self, name, config, layers, **more):
        descriptor = self.put_json(
            {'schemaVersion': 2, 'mediaType': MANIFEST, 'config': config,
             'layers': layers, **more}, MANIFEST)
        self.manifests.append({**descriptor, 'annotations': {REF_NAME: name}})
        return descriptor

    def finish(self):
        for name, value in (('oci-layout', {'imageLayoutVersion': '1.0.0'}),
                            ('index.json', {'schemaVersion': 2,
                                            'manifests': self.manifests})):
            with open(f'{self.directory}/{name}', 'w') as file:
                json.dump(value, file)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('directory')
    parser.add_argument('--subject', action='store_true')
    parser.add_argument('--artifact', action='store_true')
    parser.add_argument('--missing', action='store_true')
    parser.add_argument('layers', nargs='*')
    options = parser.parse_intermixed_args()
    shutil.rmtree(options.directory, ignore_errors=True)
    layout = Layout(options.directory)
    image = {'mediaType': MANIFEST, 'digest': sha256(b'gone'), 'size': 4}
    if options.layers:
        layers, diff_ids = [], []
        for layer in options.layers:
            path, media_type = layer.split('=')
            with open(path, 'rb') as file:
                data = file.read()
            layers.append(layout.put(data, media_type))
            diff_ids.append(sha256(plain(path, data)))
        config = layout.put_json(
            {'os': 'linux', 'architecture': 'amd64',
             'rootfs': {'type': 'layers', 'diff_ids': diff_ids}}, CONFIG)
        more = {'subject': image} if options.subject else {}
        image = layout.manifest('1', config, layers, **more)
        if options.missing:
            os.unlink(f'{layout.blobs}/{layers[0]["digest"][7:]}')
    if options.artifact:
        layout.manifest('signature', layout.put(b'{}', EMPTY),
                        [layout.put(b'signed', 'text/plain')], subject=image,
                        artifactType='application/vnd.example.signature')
    layout.finish()


main()
