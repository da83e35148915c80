"""Keys and tokens that their own form gives away.

Forms are the issuers' public ones; where an issuer says less than a scanner knows, the rules of gitleaks
(MIT) were the second source. Checksums are not verified: a token with a typing error is nearly a token.
"""

import re
from collections.abc import Iterable
from functools import cache

from msgspec import Struct

from anyops.redact.spans import Hits, Span

_ESCAPED = r"(?<=\\[nrt])|(?<=\\u[0-9A-Fa-f]{4})|(?<=%[0-9A-Fa-f]{2})|(?<=\[m)|(?<=\[\dm)|(?<=[\[;]\d\dm)"
"""What ends in a letter and is no part of a word: escapes of line ends, of URLs, of terminals."""
_START = rf"(?:(?<![A-Za-z0-9])|{_ESCAPED})"
_END = r"(?![A-Za-z0-9])"
_UNDERSCORE = r"_[A-Za-z0-9]{16}"
_SHORT = r"_(?:(?<=dckr_)|(?<=pscale_)|(?<=sb_)|(?<=sbp_))"
_DASH = r"-(?<=[A-Za-z0-9]-)[A-Za-z0-9_.-]{16}"
_GITLEAKS = "https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml"


class Format(Struct, frozen=True):
    """`seek` finds the place cheaply, beginning with a rare character; `pattern` starts up to `back` before.

    `prefixes` are what may end right before the place; none where `seek` says all.
    """

    kind: str
    seek: str
    pattern: str
    source: str
    back: int = 0
    prefixes: tuple[str, ...] = ()


def _prefixed(seek: str, kind: str, prefixes: str, source: str, tail: str) -> Format:
    words = tuple(prefixes.split())
    first = seek[0]
    return Format(
        kind, seek, f"{_START}(?:{'|'.join(map(re.escape, words))}){first}{tail}", source, 24, words
    )


def _underscore(
    kind: str, prefixes: str, source: str = _GITLEAKS, tail: str = "[A-Za-z0-9_]{20,}+"
) -> Format:
    return _prefixed(_UNDERSCORE, kind, prefixes, source, tail)


def _dash(kind: str, prefixes: str, source: str = _GITLEAKS, tail: str = "[A-Za-z0-9_-]{16,}+") -> Format:
    return _prefixed(_DASH, kind, prefixes, source, tail)


FORMATS: tuple[Format, ...] = (
    _underscore(
        "github-token",
        "ghp gho ghu ghs ghr github_pat",
        "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure"
        "/about-authentication-to-github#githubs-token-formats",
    ),
    _underscore(
        "stripe-key",
        "sk_live sk_test sk_prod rk_live rk_test rk_prod",
        "https://docs.stripe.com/keys",
        "[A-Za-z0-9]{16,}+",
    ),
    _underscore("stripe-webhook", "whsec", "https://docs.stripe.com/webhooks", "[A-Za-z0-9+/=]{20,}+"),
    _underscore("npm-token", "npm", "https://docs.npmjs.com/about-access-tokens", "[A-Za-z0-9]{30,}+"),
    _underscore("notion-token", "ntn", "https://developers.notion.com/docs/authorization"),
    _underscore(
        "hugging-face-token",
        "hf api_org",
        "https://huggingface.co/docs/hub/security-tokens",
        "[A-Za-z0-9]{30,}+",
    ),
    Format(
        "docker-token",
        _SHORT,
        r"dckr_[po]at_[A-Za-z0-9_-]{20,}+",
        "https://docs.docker.com/security/access-tokens/",
        back=6,
    ),
    Format("supabase-key", _SHORT, r"sb(?:p|_secret)_[A-Za-z0-9_-]{20,}+", _GITLEAKS, back=6),
    Format("planetscale-token", _SHORT, r"pscale_(?:tkn|oauth|pw)_[A-Za-z0-9_.=-]{20,}+", _GITLEAKS, back=6),
    _underscore(
        "grafana-token",
        "glsa glc",
        "https://grafana.com/docs/grafana/latest/administration/service-accounts/",
        "[A-Za-z0-9_+/=]{24,}+",
    ),
    _underscore("digitalocean-token", "dop_v1 doo_v1 dor_v1", "https://docs.digitalocean.com/reference/api/"),
    _underscore("shopify-token", "shpat shpca shppa shpss"),
    _underscore("linear-key", "lin_api lin_oauth"),
    _underscore("rubygems-token", "rubygems"),
    _underscore("sentry-token", "sntrys sntryu", tail="[A-Za-z0-9_+/=]{20,}+"),
    _underscore("groq-key", "gsk"),
    _underscore("posthog-key", "phx phs"),
    _underscore("pulumi-token", "pul", tail="[0-9a-f]{40,}+"),
    _underscore("doppler-token", "dp.pt dp.st dp.ct dp.sa", tail="[A-Za-z0-9]{30,}+"),
    _underscore("1password-token", "ops", tail="eyJ[A-Za-z0-9+/=_-]{40,}+"),
    _underscore("pinecone-key", "pcsk"),
    _dash("anthropic-key", "sk", "https://docs.anthropic.com/en/api/overview", "ant-[A-Za-z0-9_-]{20,}+"),
    _dash(
        "openrouter-key",
        "sk",
        "https://openrouter.ai/docs/api-reference/authentication",
        "or-[A-Za-z0-9_-]{20,}+",
    ),
    _dash(
        "openai-key",
        "sk",
        "https://platform.openai.com/docs/api-reference/authentication",
        r"(?=[A-Za-z_-]{0,80}\d)[A-Za-z0-9_-]{20,}+",
    ),
    _dash(
        "gitlab-token",
        "glpat gldt glrt glrtr glcbt glptt glft glimt glagent glwt glsoat glffct gloas",
        "https://docs.gitlab.com/security/tokens/#token-prefixes",
        r"[A-Za-z0-9_=.-]{16,}+",
    ),
    _dash(
        "slack-token",
        "xoxa xoxb xoxe xoxo xoxp xoxr xoxs xapp",
        "https://api.slack.com/concepts/token-types",
        r"[A-Za-z0-9-]{10,}+",
    ),
    _dash("pypi-token", "pypi", "https://pypi.org/help/#apitoken", r"AgE[A-Za-z0-9_-]{20,}+"),
    _dash("gcp-client-secret", "GOCSPX", "https://developers.google.com/identity/protocols/oauth2"),
    _dash("postman-key", "PMAK", tail=r"[0-9a-f]{24}-[0-9a-f]{34}"),
    _dash("mailgun-key", "key", tail=r"[0-9a-f]{32}" + _END),
    _dash("tailscale-key", "tskey"),
    _dash("new-relic-key", "NRAK NRII NRJS"),
    _dash("age-key", "AGE", "https://age-encryption.org/v1", r"SECRET-KEY-1[A-Z0-9]{40,}+"),
    _dash("perplexity-key", "pplx", tail=r"[A-Za-z0-9]{32,}+"),
    _dash("square-token", "sq0atp sq0csp"),
    _dash("nvidia-key", "nvapi"),
    _dash("xai-key", "xai", tail=r"[A-Za-z0-9]{40,}+"),
    Format(
        "aws-access-key",
        r"A(?:KI|SI|3T)A",
        r"A(?:KI|SI|3T)A[A-Z0-9]{16}(?![A-Za-z0-9])",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids",
    ),
    Format(
        "gcp-api-key",
        r"z(?<=AIz)a",
        r"AIza[A-Za-z0-9_-]{35,}+",
        "https://cloud.google.com/docs/authentication/api-keys",
        back=2,
    ),
    Format(
        "gcp-oauth-token",
        r"ya29\.",
        r"ya29\.[A-Za-z0-9_-]{20,}+",
        "https://cloud.google.com/docs/authentication/token-types#access",
    ),
    Format(
        "gcp-refresh-token",
        r"//0(?<=1//0)",
        r"1//0[A-Za-z0-9_-]{30,}+",
        "https://developers.google.com/identity/protocols/oauth2#size",
        back=1,
    ),
    Format(
        "azure-client-secret",
        r"Q~",
        r"[A-Za-z0-9_.~-]{3}\dQ~[A-Za-z0-9_.~-]{31,}+",
        "https://learn.microsoft.com/en-us/purview/sit-defn-azure-ad-client-secret",
        back=4,
    ),
    Format(
        "azure-key",
        r"\+A(?:St|MC|CD|Rm)",
        r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{30,86}\+A(?:St|MC|CD|Rm)[A-Za-z0-9+/]{4,10}={0,2}",
        "https://learn.microsoft.com/en-us/purview/sit-defn-azure-storage-account-key-generic",
        back=86,
    ),
    Format(
        "vault-token",
        r"hv(?=[sbr]\.[A-Za-z0-9_-]{20})",
        r"hv[sbr]\.[A-Za-z0-9_-]{20,}+",
        "https://developer.hashicorp.com/vault/docs/concepts/tokens#token-prefixes",
    ),
    Format(
        "terraform-cloud-token",
        r"\.atlasv1\.",
        r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{50,}+",
        "https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens",
        back=14,
    ),
    Format(
        "sendgrid-key",
        r"G\.(?<=SG\.)",
        r"SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,}+",
        "https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys",
        back=1,
    ),
    Format(
        "twilio-key",
        r"K(?<=SK)[0-9a-f]{32}",
        _START + r"SK[0-9a-f]{32}(?![A-Za-z0-9])",
        "https://www.twilio.com/docs/iam/api-keys",
        back=1,
    ),
    Format(
        "databricks-token",
        r"dapi[0-9a-f]{32}",
        r"dapi[0-9a-f]{32}(?:-\d)?",
        "https://docs.databricks.com/aws/en/dev-tools/auth/pat",
    ),
    Format(
        "jwt",
        r"J(?<=eyJ)",
        rf"(?:(?<![A-Za-z0-9_-])|{_ESCAPED})"
        r"eyJ[A-Za-z0-9_-]{5,}+\.[A-Za-z0-9_-]{4,}+(?:\.[A-Za-z0-9_-]*+){0,3}",
        "https://www.rfc-editor.org/rfc/rfc7519",
        back=2,
    ),
    Format(
        "telegram-token",
        r":AA[A-Za-z0-9_-]{33}",
        r"\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])",
        "https://core.telegram.org/bots/features#botfather",
        back=10,
    ),
    Format(
        "password-hash",
        r"\$(?=(?:[1256xy7]|2[abxy]|apr1|argon2(?:id|i|d)|scrypt|sha1|pbkdf2[a-z0-9-]{0,12})\$)",
        r"\$[a-z0-9-]{1,20}\$(?!\$)[A-Za-z0-9./+=,$-]{20,}+",
        "https://httpd.apache.org/docs/2.4/misc/password_encryptions.html and crypt(5)",
    ),
    Format(
        "password-hash",
        r"\{(?=S?S?HA|S?MD5)",
        r"\{S?S?HA(?:256|512)?\}[A-Za-z0-9+/]{24,}+={0,2}|\{S?MD5\}[A-Za-z0-9+/]{20,}+={0,2}",
        "https://www.rfc-editor.org/rfc/rfc2307",
    ),
    Format(
        "password-hash",
        r"SCRAM-SHA-256\$",
        r"SCRAM-SHA-256\$\d{1,9}:[A-Za-z0-9+/=]{8,64}\$[A-Za-z0-9+/=:]{20,}+",
        "https://www.postgresql.org/docs/current/catalog-pg-authid.html",
    ),
    Format(
        "password-hash",
        r"pbkdf2_sha",
        r"pbkdf2_sha\d{1,3}\$\d{1,9}\$[A-Za-z0-9]{4,64}\$[A-Za-z0-9+/=]{20,}+",
        "https://docs.djangoproject.com/en/stable/topics/auth/passwords/",
    ),
)


class Seeker:
    """The formats that share one cheap search, tried together at the places it finds."""

    def __init__(self, formats: list[Format]) -> None:
        self.places = re.compile(formats[0].seek, re.ASCII)
        self._back = max(form.back for form in formats)
        self._prefixes: dict[str, list[str]] = {}
        for prefix in {prefix for form in formats for prefix in form.prefixes}:
            self._prefixes.setdefault(prefix[-2:], []).append(prefix)
        self._kinds = {f"k{n}": form.kind for n, form in enumerate(formats)}
        alternatives = "|".join(f"(?P<k{n}>{form.pattern})" for n, form in enumerate(formats))
        self._pattern = re.compile(alternatives, re.ASCII)

    def at(self, text: str, at: int) -> Hits:
        """The token around the place `at`, if there is one."""
        for start in self._starts(text, at):
            found = self._pattern.match(text, start)
            if found and found.end() > at:
                return Hits([Span(start, found.end(), self._kinds[found.lastgroup or ""])], found.end())
        return Hits([], at + 1)

    def _starts(self, text: str, at: int) -> Iterable[int]:
        """Where a token may start whose place is `at`."""
        if not self._prefixes:
            return range(max(0, at - self._back), at + 1)
        words = self._prefixes.get(text[max(0, at - 2) : at], ())
        return [at - len(word) for word in words if text.startswith(word, max(0, at - len(word)))]


@cache
def seekers() -> list[Seeker]:
    """One for each way to search; compiled once, on the first text."""
    ways: dict[str, list[Format]] = {}
    for form in FORMATS:
        ways.setdefault(form.seek, []).append(form)
    return [Seeker(formats) for formats in ways.values()]
