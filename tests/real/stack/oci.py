"""Writing OCI image archives: layers, configuration, index, in one tar file."""

import hashlib
import io
import json
import os
import tarfile

# One fixed moment, so that the same content gives the same digest.
_MOMENT = "2026-01-01T00:00:00Z"


class Layer:
    """An uncompressed layer in a file; its digest is kept beside it."""

    def __init__(self, path):
        self.path = path
        self.size = os.path.getsize(path)
        noted = f"{path}.digest"
        if os.path.exists(noted):
            with open(noted) as file:
                self.digest = file.read()
            return
        digest = hashlib.sha256()
        with open(path, "rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
        self.digest = f"sha256:{digest.hexdigest()}"
        with open(noted, "w") as file:
            file.write(self.digest)


def write_layer(path, entries):
    """Write a layer of `entries`: dicts with `name` and one of `data`, `file`, `link`, `folder`."""
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        for entry in entries:
            info = tarfile.TarInfo(entry["name"])
            info.uid, info.gid = entry.get("owner", (0, 0))
            info.mode = entry.get("mode", 0o755)
            if "link" in entry:
                info.type, info.linkname = tarfile.SYMTYPE, entry["link"]
                tar.addfile(info)
            elif "folder" in entry:
                info.type = tarfile.DIRTYPE
                tar.addfile(info)
            elif "file" in entry:
                info.size = os.path.getsize(entry["file"])
                with open(entry["file"], "rb") as file:
                    tar.addfile(info, file)
            else:
                info.size = len(entry["data"])
                tar.addfile(info, io.BytesIO(entry["data"]))
    return Layer(path)


def write_archive(stream, reference, layers, entrypoint, user):
    """Write to a stream the archive that `ctr images import` takes, with one image, `reference`."""
    configuration = json.dumps(
        {
            "created": _MOMENT,
            "architecture": "amd64",
            "os": "linux",
            "config": {
                "User": user,
                "Entrypoint": entrypoint,
                "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
                "WorkingDir": "/",
            },
            "rootfs": {"type": "layers", "diff_ids": [layer.digest for layer in layers]},
        }
    ).encode()
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": _descriptor("application/vnd.oci.image.config.v1+json", configuration),
            "layers": [
                {"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": layer.digest, "size": layer.size}
                for layer in layers
            ],
        }
    ).encode()
    index = _descriptor("application/vnd.oci.image.manifest.v1+json", manifest)
    index["annotations"] = {"io.containerd.image.name": reference}
    with tarfile.open(fileobj=stream, mode="w|", format=tarfile.USTAR_FORMAT, bufsize=1 << 20) as tar:
        _add(tar, "oci-layout", json.dumps({"imageLayoutVersion": "1.0.0"}).encode())
        _add(tar, "index.json", json.dumps({"schemaVersion": 2, "manifests": [index]}).encode())
        for blob in (manifest, configuration):
            _add(tar, f"blobs/sha256/{hashlib.sha256(blob).hexdigest()}", blob)
        for layer in layers:
            info = tarfile.TarInfo("blobs/" + layer.digest.replace(":", "/"))
            info.size = layer.size
            with open(layer.path, "rb") as file:
                tar.addfile(info, file)


def _descriptor(kind, data):
    return {"mediaType": kind, "digest": f"sha256:{hashlib.sha256(data).hexdigest()}", "size": len(data)}


def _add(tar, name, data):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))
