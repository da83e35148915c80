"""What the redactor leaves alone: everything here is of use to whoever looks for a failure."""

import pytest

from anyops.redact import Redactor
from tests.unit.redact_examples import BASE64, HEX, b64, drawn

ORDINARY = (
    # identifiers
    "commit 3f2a9c1b7d5e4f60718293a4b5c6d7e8f9012345",
    "image: registry.example/shop/cart@sha256:" + drawn(64, HEX),
    "containerID: containerd://" + drawn(64, HEX),
    "pod/cart-7d4b9c8f6d-x2k9z  1/1  Running",
    "uid: 6f1c2e3d-4b5a-6978-8796-a5b4c3d2e1f0",
    "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7",
    'resourceVersion: "48151623"',
    "checksum/config: " + drawn(64, HEX),
    "cache key: go-mod-" + drawn(64, HEX),
    "Cache restored from key: Linux-node-" + drawn(64, HEX),
    "the partition key customer-4711 is hot",
    # public halves
    "certificate-authority-data: " + b64("-----BEGIN CERTIFICATE-----\n" + drawn(200, BASE64)),
    "caBundle: " + b64("-----BEGIN CERTIFICATE-----\n" + drawn(200, BASE64)),
    "-----BEGIN CERTIFICATE-----\n" + drawn(64, BASE64) + "\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\n" + drawn(64, BASE64) + "\n-----END PUBLIC KEY-----",
    "ssh-ed25519 " + drawn(68, BASE64) + " me@host",
    # names of secrets, and what is set about them
    "secretName: my-secret",
    "secretKeyRef: {name: db-credentials, key: password}",
    "secretKeyRef:\n  name: db-credentials\n  key: db-password",
    "envFrom:\n- secretRef:\n    name: shop-secrets",
    "imagePullSecrets:\n- name: registry-credentials",
    "existingSecret: shop-postgres",
    "clientCASecret: cluster-example-ca",
    'MountVolume.SetUp failed for volume "tls" : secret "shop-tls" not found',
    "couldn't find key password in Secret shop/db-credentials",
    "DB_PASSWORD:  <set to the key 'password' in secret 'db'>  Optional: false",
    "SecretName:  default-token-8x2kq",
    "serviceAccountToken:\n  expirationSeconds: 3607\n  path: token",
    "tokenExpirationSeconds: 3600",
    "automountServiceAccountToken: false",
    "app --token-ttl=24h --password-length=12 --token-file=/run/token",
    "ssl_key_file=/etc/tls/private/tls.key",
    "token: /var/run/secrets/kubernetes.io/serviceaccount/token",
    "kind: Secret\nmetadata:\n  name: db\n  namespace: shop\ntype: Opaque\n",
    "kind: SecretProviderClass\ndata:\n  color: blue-green\n",
    "kind: ConfigMap\ndata:\n  color: blue-green\n---\nkind: Secret\nmetadata: {name: db}\n",
    # nothing in it
    'password: ""',
    "password: null",
    "password=",
    "password: <redacted>",
    "password: ***",
    "DB_PASSWORD=${DB_PASSWORD}",
    "DB_PASSWORD=$DB_PASSWORD",
    "--token=$(TOKEN)",
    "password: {{ .Values.password }}",
    "postgresql://app:${DB_PASSWORD}@db:5432/shop",
    "redis://:$(PASSWORD)@cache:6379",
    "http://db:5432/shop?user=app@example.org",
    "secret \\u003csecret:0123abcd\\u003e and &lt;secret:0123abcd&gt;",
    # counts and times
    "prompt_tokens=1234 completion_tokens: 56",
    "token_count: 7, max_tokens=4096",
    "session timeout: 30m",
    "auth: enabled",
    # prose and code
    "Access denied for user 'app'@'10.0.0.7' (using password: YES)",
    "the password is incorrect, password was changed 3 times",
    "password cart-7d4b9c8f6d-x2k9z of user 10.0.0.7 at 2026-11-22T10:00:01Z",
    "ERROR token: invalid or expired",
    "Error: secret: permission denied",
    "unexpected token: '}' at line 3",
    "authentication failed: bad credentials",
    "--- PASS: TestCheckout/pays_with_card (0.02s)",
    "token = request.getHeader(",
    "password = self.password",
    "at com.shop.auth.TokenService.refreshToken(TokenService.java:42)",
    "at sbt.TestFramework$$anon$2$$anonfun$$lessinit$greater$1.apply(TestFramework.scala:262)",
    "MuxServerSession $anonfun$handleShutdown$1 session closed",
    "INFO botocore.credentials:credentials.py:1102 Found credentials in environment variables.",
    "Beginning test session CartTests-2FD1FF0C-0051-43D5-8100-3D01F9760586 at 10:00",
    "tiktoken==0.7.0",
    "server-password: GITHUB_TOKEN",
    "service_key: default/Pod/logging-agent",
    "Bad activity token: android.os.BinderProxy@2bd79ce",
    "settings map[userToken:token autoReport:false]",
    "Setting up libsecret-1-0:amd64 (0.16-0ubuntu1) ...",
    "the task-runner disk-usage-report-2026-11-22-final risk-assessment",
    "def _hidden_underscore_name_of_a_long_python_function(self):",
)


@pytest.mark.parametrize("line", ORDINARY)
def test_the_ordinary_stays(line):
    assert Redactor(b"k" * 32).text(line) == line


def test_ordinary_objects_stay():
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "cart-7d4b9c8f6d-x2k9z",
            "uid": "6f1c2e3d-4b5a-6978-8796-a5b4c3d2e1f0",
            "annotations": {"checksum/config": drawn(64, HEX)},
        },
        "spec": {
            "automountServiceAccountToken": False,
            "containers": [
                {
                    "name": "cart",
                    "image": "registry.example/cart@sha256:" + drawn(64, HEX),
                    "args": ["--token-ttl=24h", "--config", "/etc/cart/config.yaml"],
                    "env": [
                        {"name": "LOG_LEVEL", "value": "info"},
                        {
                            "name": "DB_PASSWORD",
                            "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}},
                        },
                        {"name": "MAX_TOKENS", "value": "4096"},
                    ],
                }
            ],
            "volumes": [
                {"name": "tls", "secret": {"secretName": "shop-tls", "defaultMode": 420}},
                {
                    "name": "api",
                    "projected": {"sources": [{"serviceAccountToken": {"expirationSeconds": 3607}}]},
                },
            ],
            "tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists"}],
        },
    }

    assert Redactor(b"k" * 32).tree(pod) == pod
