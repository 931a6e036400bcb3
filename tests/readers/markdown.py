#!/usr/bin/env python3
"""Renders the Markdown that palisade writes with a library of CommonMark, with links and HTML allowed, and looks whether any name
became more than text.

    /tmp/readers/bin/pip install 'markdown-it-py[linkify]==4.3.0'
    PALISADE_SAMPLES=/tmp/samples cargo test -p palisade-report -- --ignored write_samples
    /tmp/readers/bin/python tests/readers/markdown.py /tmp/samples
"""

import html.parser
import pathlib
import re
import sys

from markdown_it import MarkdownIt

TAGS = {"h2", "h3", "p", "ol", "ul", "li", "strong", "code", "br", "blockquote", "table", "thead", "tbody", "tr", "th", "td"}


class Seen(html.parser.HTMLParser):
    """The tags, and the text outside of code."""

    def __init__(self):
        super().__init__()
        self.tags, self.text, self.code = set(), [], 0

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        assert all(name == "style" and value.startswith("text-align:") for name, value in attrs), (tag, attrs)
        self.code += tag == "code"

    def handle_endtag(self, tag):
        self.code -= tag == "code"

    def handle_data(self, data):
        if not self.code:
            self.text.append(data)


for name in ["rich", "empty", "hostile", "nameless"]:
    text = (pathlib.Path(sys.argv[1]) / f"{name}.md").read_text(encoding="utf-8")
    seen = Seen()
    seen.feed(MarkdownIt("gfm-like", {"html": True, "linkify": True}).render(text))
    assert seen.tags <= TAGS, seen.tags - TAGS
    outside = "".join(seen.text)
    # What GitHub makes links of after it has rendered: mentions, numbers, commits, addresses.
    for pattern in ("@", "#", "://", r"www\.", r"\b[0-9a-f]{7,}\b", "&", "<"):
        assert not re.search(pattern, outside), (pattern, outside)
    assert len(text) < 60_000
    print(f"{name}.md: {len(text)} characters, tags {' '.join(sorted(seen.tags))}")
