"""The certificates of the cluster: one CA, and leaves that it signs."""

import subprocess
from pathlib import Path

from .errors import StackError

_CONFIGURATION = """[req]
distinguished_name = name
prompt = no
[name]
"""
_DAYS = "30"
_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


class Authority:
    """The CA of one cluster, in a folder of its own."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.certificate = self.folder / "ca.crt"
        self._key = self.folder / "ca.key"
        self._configuration = self.folder / "openssl.cnf"
        self._configuration.write_text(_CONFIGURATION)
        self._request(
            self.certificate, self._key, "/CN=baoctl-real-ca", ["basicConstraints=critical,CA:TRUE",
                                                               "keyUsage=critical,keyCertSign,cRLSign"], [],
        )

    def leaf(self, name, common_name, organizations=(), alternative_names=(), server=False):
        """Sign a leaf; returns (certificate path, key path). Clients need no alternative names."""
        certificate, key = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        subject = "".join(f"/O={_escaped(o)}" for o in organizations) + f"/CN={_escaped(common_name)}"
        extensions = [
            "basicConstraints=critical,CA:FALSE",
            "keyUsage=critical,digitalSignature,keyEncipherment",
            f"extendedKeyUsage={'serverAuth,clientAuth' if server else 'clientAuth'}",
        ]
        if alternative_names:
            extensions.append("subjectAltName=" + ",".join(alternative_names))
        self._request(certificate, key, subject, extensions, ["-CA", self.certificate, "-CAkey", self._key])
        return certificate, key

    def service_account_keys(self):
        """The key pair that signs ServiceAccount tokens; returns (private path, public path)."""
        private, public = self.folder / "sa.key", self.folder / "sa.pub"
        _openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", private)
        _openssl("pkey", "-in", private, "-pubout", "-out", public)
        return private, public

    def _request(self, certificate, key, subject, extensions, signer):
        more = [part for extension in extensions for part in ("-addext", extension)]
        _openssl(
            "req", "-x509", "-config", self._configuration, *_KEY, "-keyout", key, "-out", certificate,
            "-subj", subject, "-days", _DAYS, *more, *signer,
        )


def _escaped(text):
    return text.replace("\\", "\\\\").replace("/", "\\/").replace("+", "\\+")


def _openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise StackError(f"openssl {arguments[0]} failed: {done.stderr.strip()[-800:]}")
