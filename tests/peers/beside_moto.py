"""Runs a command beside moto's server, which imitates AWS: tests/peers/beside_moto.py FOLDER COMMAND…

The server speaks TLS, with a certificate made for this run, so that what the command sends goes the way that it would go
to AWS. The command finds in its environment where the server is (SOLC_MOTO_ENDPOINT), the certificate to trust
(SSL_CERT_FILE) and credentials that mean nothing. The server ends with the command.

Two things moto is helped with. It computes the outputs of a stack where it is made by CreateStack or UpdateStack, but not
where a change set is executed: its own function is called there, and should a later moto do so itself, this says so and fails.
And its ids of hosted zones begin with any letter, while AWS's begin with Z.
"""

import datetime
import ipaddress
import os
import pathlib
import subprocess
import sys
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
import moto.route53.models as route53
from moto.cloudformation.models import CloudFormationBackend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server


class Mended(Exception):
    """Moto no longer lacks what it is helped with."""


def help_with_outputs():
    execute = CloudFormationBackend.execute_change_set

    def executed(self, change_set_name, stack_name=None):
        execute(self, change_set_name, stack_name)
        for change_set in self.change_sets.values():
            if change_set_name in (change_set.change_set_id, change_set.change_set_name):
                stack = self.stacks[change_set.stack_id]
                if change_set.template_dict.get("Outputs") and stack.outputs:
                    if not getattr(stack, "helped", False):
                        raise Mended("moto computes outputs by itself: remove help_with_outputs")
                stack.template_dict = change_set.template_dict
                stack.output_map = stack._create_output_map()
                stack.helped = True

    CloudFormationBackend.execute_change_set = executed


def help_with_zones():
    any_id = route53.create_route53_zone_id
    route53.create_route53_zone_id = lambda *given, **named: "Z" + any_id(*given, **named)[1:]


def certificates(folder):
    """An authority in ca.pem, and what it says of localhost in server.pem."""
    now = datetime.datetime.now(datetime.timezone.utc)

    def certificate(name, key, issuer, signer, authority):
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=2))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName(
                    [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
                ),
                critical=False,
            )
            .sign(signer, hashes.SHA256())
        )

    def named(name):
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])

    pem = serialization.Encoding.PEM
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = certificate(named("tests"), authority_key, named("tests"), authority_key, True)
    leaf = certificate(named("localhost"), key, named("tests"), authority_key, False)
    (folder / "ca.pem").write_bytes(authority.public_bytes(pem))
    (folder / "server.pem").write_bytes(leaf.public_bytes(pem))
    (folder / "server.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    )
    return str(folder / "ca.pem"), (str(folder / "server.pem"), str(folder / "server.key"))


class Quiet(WSGIRequestHandler):
    """Requests are the command's to tell of."""

    def log(self, type, message, *args):  # noqa: A002 - werkzeug's name
        pass


def main(folder, command):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    authority, server_certificate = certificates(folder)
    help_with_outputs()
    help_with_zones()
    server = make_server(
        "127.0.0.1",
        0,
        DomainDispatcherApplication(create_backend_app),
        threaded=True,
        request_handler=Quiet,
        ssl_context=server_certificate,
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {
        "SOLC_MOTO_ENDPOINT": f"https://localhost:{server.port}",
        "SSL_CERT_FILE": authority,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(folder / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "no-credentials"),
    }
    try:
        return subprocess.run(command, env=environment, check=False).returncode
    finally:
        server.shutdown()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
