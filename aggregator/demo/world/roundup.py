"""The demo author's own side: her past editions, the list of blogs that she follows, and her configuration."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from string import Template
from xml.etree import ElementTree as ET  # writes only; nothing is parsed with it

from aggregator.demo.world.blogs import blogs

_DATA = files("aggregator.demo.world") / "data"


def editions(now: datetime) -> dict[str, str]:
    """Her past editions, oldest first: file name -> Markdown with front matter, dated back from `now` every three weeks or so."""
    sources = sorted((one for one in (_DATA / "editions").iterdir() if one.name.endswith(".md")), key=lambda one: one.name)
    dated = {}
    for source in sources:
        text = source.read_text(encoding="utf-8")
        found = re.search(r"^date: (\d+) days ago$", text, re.MULTILINE)
        if found is None:
            raise ValueError(f"{source.name} does not say how old it is")
        day = (now - timedelta(days=int(found[1]))).date().isoformat()
        number = int(source.name.removesuffix(".md"))
        dated[f"{day}-home-lab-notes-{number}.md"] = text.replace(found[0], f"date: {day}", 1)
    return dated


def opml(addresses: Mapping[str, str]) -> bytes:
    """Her list of feeds, in folders. addresses: name of a blog -> where its feed is served; a blog without one is left out."""
    root = ET.Element("opml", {"version": "2.0"})
    ET.SubElement(ET.SubElement(root, "head"), "title").text = "Blogs that Mara Lindqvist follows"
    body = ET.SubElement(root, "body")
    folders: dict[str, ET.Element] = {}
    for blog in blogs():
        if blog.name not in addresses:
            continue
        if blog.folder not in folders:
            folders[blog.folder] = ET.SubElement(body, "outline", {"text": blog.folder})
        feed = {"type": "rss", "text": blog.title, "xmlUrl": addresses[blog.name], "htmlUrl": f"https://{blog.host}/"}
        ET.SubElement(folders[blog.folder], "outline", feed)
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def config(*, database: str, feeds: str, archive: str, mail_host: str, mail_port: int, web_port: int) -> str:
    """Her config.yaml. database: its address; feeds, archive: paths, relative to the file's folder; mail_host, mail_port: a mail
    server that asks for nothing; web_port: of her desk."""
    text = Template((_DATA / "config.yaml").read_text(encoding="utf-8"))
    # A JSON string is a YAML string, whatever is in it.
    quoted = {name: json.dumps(value) for name, value in {"database": database, "feeds": feeds, "archive": archive}.items()}
    return text.substitute(quoted, mail_host=json.dumps(mail_host), mail_port=mail_port, web_port=web_port)
