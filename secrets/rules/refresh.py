"""Makes betterleaks.jsonl of the rules that the crate `kingfisher-rules` publishes.

    cargo info kingfisher-rules            # the newest version; NOTICE beside this file names the one that was taken
    python3 refresh.py FOLDER              # of the crate, as `cargo fetch` leaves it in the registry's cache; needs PyYAML

Each line is a rule: its id, whether the token's own form tells it (`form`) or only the word before it (`keyed`), the
least entropy of what it finds, the literals of which one must be there in any case, and the pattern for the crate `regex`,
in which the named group, or else the whole, is what is found.
"""
import json, pathlib, re, sys
import re._constants as C
import re._parser as parser

import yaml

BETWEEN = r"""(?:[ \t\w.-]{0,20})[\s'"]{0,3}"""
# What is found tells an account, a place or a person, and opens nothing; or is told by rules of our own.
NO_SECRET = re.compile(r"(client|application|account|app|auth|tenant|user|access|key|api|token|sa|owner)-id(\.\d+)?$|username|-host|-url|-domain|-name|publishable|public-|organization-slug|-address|project-url|hostname|-email|-org$|-region|-sid|-account$|-subdomain|-instance")
OURS = {"private-key", "jwt", "jwt-base64", "curl-auth-header", "curl-auth-user", "aws-access-token", "mongodb-connection-string", "kubernetes-secret-yaml",
        "alibaba-secret-key", "alibaba-sts-access-key-secret", "alibaba-sts-security-token", "aws-secret-access-key", "aws-session-token",
        # Forms that too much else has.
        "tableau-personal-access-token.1", "zai-api-key", "deepseek-api-key", "facebook-page-access-token", "vercel-api-token", "ovh-application-key", "devcycle-client-sdk-key", "devcycle-mobile-sdk-key", "posthog-project-api-key",
        "cloudinary-cloud-name", "square-access-token", "twilio-api-key", "slack-config-access-token", "generic-credential-uri",
        "hashicorp-tf-password", "freemius-secret-key", "nuget-config-password", "planetscale-id", "lob-api-key", "lob-pub-api-key", "mailgun-pub-key",
        "privateai-api-token", "ovh-application-secret", "ovh-consumer-key", "endorlabs-api-secret", "mux-access-token-secret.1", "fal-api-key.1",
        "exoscale-api-key", "etsy-open-api-key", "cloudflareapitoken", "polymarket-api-key", "polymarket-api-secret", "polymarket-passphrase",
        "polymarket-private-key", "buildkite-service-token", "scaleway-secret-key", "snowflake-programmatic-access-token.1", "gitlab-session-cookie",
        "miro-access-token", "voyageai-api-key",
        # The same as another of the list.
        "digitaloceanapikey", "npmjsaccesstoken", "postmanapikey", "openrouter", "grokxaiapikey", "slackappconfigrefreshtoken", "herokuplatformkey"}


def least_entropy(node):
    """The number that the filter holds the entropy of the find against."""
    if isinstance(node, dict):
        left = node.get("left") or {}
        if node.get("operator") in ("<", "<=") and isinstance(left, dict) and (left.get("callee") or {}).get("value") == "entropy":
            return float(node["right"]["value"])
        node = list(node.values())
    if isinstance(node, list):
        return max((least_entropy(one) for one in node), default=0)
    return 0


def plain(pattern):
    """The pattern without flags, for Python's parser: only literals in lower case are taken from it."""
    pattern = re.sub(r"\(\?[imsx]+(?:-[imsx]+)?\)", "", pattern)
    pattern = re.sub(r"\(\?-?[imsx]+:", "(?:", pattern)
    return pattern.replace("[[:alnum:]]", "[a-z0-9]").replace(r"\z", r"\Z").replace(r"\x60", "`")


def balanced(part):
    """A part of a pattern that was cut within groups: what closes before it opened is left out."""
    depth, out = 0, ""
    for character in part:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            break
        out += character
    return out


def literals(items):
    """A set of texts of which one is in every match, as long as can be; empty if there is none."""
    runs, run = [], [""]
    def end():
        nonlocal run
        runs.append(run)
        run = [""]
    for op, value in items:
        if op is C.LITERAL:
            run = [one + chr(value).lower() for one in run]
        elif op is C.SUBPATTERN:
            end()
            runs.append(literals(value[-1]))
        elif op is C.BRANCH:
            options = [list(one) for one in value[1]]
            if all(all(o is C.LITERAL for o, _ in one) for one in options) and len(run) * len(options) <= 12:
                run = [r + "".join(chr(v).lower() for _, v in one) for r in run for one in options]
            else:
                end()
                some = [literals(one) for one in options]
                runs.append([t for one in some for t in one] if all(some) else [])
        elif op is C.IN and all(o is C.LITERAL for o, _ in value) and len({chr(v).lower() for _, v in value}) * len(run) <= 6:
            run = [r + c for r in run for c in sorted({chr(v).lower() for _, v in value})]
        elif op is C.MAX_REPEAT and value[0] >= 1:
            end()
            runs.append(literals(value[2]))
        elif op is C.AT:
            continue
        else:
            end()
    end()
    best = max(runs, key=lambda one: min((len(t) for t in one), default=0))
    return sorted({t for t in best if t}) if best and all(best) else []


def main():
    folder = pathlib.Path(sys.argv[1])
    lines, left_out = [], []
    for source in ("betterleaks", "veles"):
        for rule in yaml.safe_load((folder / f"generated/rules/{source}.yml").read_text())["rules"]:
            name = rule["id"].split(".", 1)[1].replace("secrets/", "")
            pattern = rule["pattern"].strip()
            if name in OURS or NO_SECRET.search(name) or "(?x)" in pattern or "username" in name or "credentials" in name or "repository" in name:
                left_out.append(name)
                continue
            text = plain(pattern)
            if BETWEEN in text:
                before, after = text.split(BETWEEN, 1)
                own = literals(parser.parse(balanced("(" + after.split("{0,5}(", 1)[1])))
                if own and min(map(len, own)) >= 4:
                    kind, found = "form", own
                else:
                    kind, found = "keyed", literals(parser.parse(before + ")" * (before.count("(") - before.count(")"))))
            else:
                found = literals(parser.parse(text))
                kind = "form" if re.match(r"^(?:\(\?[a-z]+\))?(?:\\b|\(|\^|\?:|\[)*", text) and ".{0," not in text and "[\\s\\S]" not in text and r"[\n\r]){0" not in text else "keyed"
            if not found or min(map(len, found)) < 3:
                left_out.append(name)
                continue
            lines.append(dict(id=name, kind=kind, group=rule.get("betterleaks_secret_group") or 1, entropy=least_entropy(rule.get("betterleaks_filter")), literals=found, pattern=pattern))
    lines.sort(key=lambda one: one["id"])
    out = pathlib.Path(__file__).with_name("betterleaks.jsonl")
    out.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines))
    print(len(lines), "rules;", len(left_out), "left out:", " ".join(left_out), file=sys.stderr)


if __name__ == "__main__":
    main()
