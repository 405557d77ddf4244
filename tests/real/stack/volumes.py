"""Persistent volumes: a folder for each claim of the class `standard`, removed with the claim."""

import os
import shutil
import threading
import time

from .errors import ApiError, StackError

CLASS = "standard"
_PROVISIONER = "baoctl.invalid/folder"
_OWNER = (100, 1000)


class FolderProvisioner:
    """Two watches, in threads of their own: claims get volumes, released volumes go."""

    def __init__(self, client, folder):
        self._client = client
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def start(self):
        """Create the storage class, and serve it until the process ends."""
        try:
            self._client.request(
                "POST", "/apis/storage.k8s.io/v1/storageclasses",
                {
                    "metadata": {
                        "name": CLASS,
                        "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
                    },
                    "provisioner": _PROVISIONER,
                    "reclaimPolicy": "Delete",
                    "volumeBindingMode": "Immediate",
                },
            )
        except ApiError as error:
            if error.status != 409:
                raise
        for path, act in (
            ("/api/v1/persistentvolumeclaims", self._provide),
            ("/api/v1/persistentvolumes", self._reclaim),
        ):
            threading.Thread(target=self._follow, args=(path, act), daemon=True).start()

    def _follow(self, path, act):
        while True:
            try:
                for kind, thing in self._client.watch(path):
                    if kind in ("ADDED", "MODIFIED"):
                        act(thing)
            except (StackError, OSError):
                # The API server is away, for instance because a test restarts it: watch anew.
                time.sleep(0.2)

    def _provide(self, claim):
        specification = claim["spec"]
        if specification.get("storageClassName") != CLASS or specification.get("volumeName"):
            return
        metadata = claim["metadata"]
        name = f"pvc-{metadata['uid']}"
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        os.chown(folder, *_OWNER)
        folder.chmod(0o770)
        volume = {
            "metadata": {"name": name, "annotations": {"pv.kubernetes.io/provisioned-by": _PROVISIONER}},
            "spec": {
                "capacity": specification["resources"]["requests"],
                "accessModes": specification["accessModes"],
                "storageClassName": CLASS,
                "persistentVolumeReclaimPolicy": "Delete",
                "hostPath": {"path": str(folder), "type": "Directory"},
                "claimRef": {
                    "apiVersion": "v1",
                    "kind": "PersistentVolumeClaim",
                    "namespace": metadata["namespace"],
                    "name": metadata["name"],
                    "uid": metadata["uid"],
                },
            },
        }
        self._tolerating(409, "POST", "/api/v1/persistentvolumes", volume)

    def _reclaim(self, volume):
        metadata = volume["metadata"]
        ours = metadata.get("annotations", {}).get("pv.kubernetes.io/provisioned-by") == _PROVISIONER
        if not ours or volume.get("status", {}).get("phase") != "Released":
            return
        shutil.rmtree(self._folder / metadata["name"], ignore_errors=True)
        self._tolerating(404, "DELETE", f"/api/v1/persistentvolumes/{metadata['name']}")

    def _tolerating(self, status, *request):
        try:
            self._client.request(*request)
        except ApiError as error:
            if error.status != status:
                raise
