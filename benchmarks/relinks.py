"""Replays past editions in order against the memory of all earlier ones: `python -m benchmarks.relinks FOLDER [-v]`.

For every link two questions are asked of what was linked before its edition. Is it found by its address, in the spelling that
the post gives and in another one (http, `www.`, a tracking parameter, a trailing slash)? And is it taken for a page that moved,
by its anchor (the title, as far as an archive has one) and the words of its address? Every flag of the second kind on a link
whose address was new is a false alarm unless the page did move; -v lists them to judge.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from aggregator.archive.memory import Match, Memory
from aggregator.archive.read import read_archive
from aggregator.records.archive import PastLink, PastPlace, edition_name
from aggregator.text.canonical import canonical_url, host_of


def respelled(link: PastLink) -> str:
    """The same page as another reader would copy it, canonical again."""
    scheme, rest = ("http", link.url[8:]) if link.url.startswith("https://") else ("https", link.url.partition("//")[2])
    host, slash, path = rest.partition("/")
    path, mark, fragment = path.partition("#")
    query = "&" if "?" in path else "?"
    host = host if host.startswith("www.") or ":" in host or host.count(".") > 1 else f"www.{host}"
    return canonical_url(f"{scheme}://{host}{slash or '/'}{path}{query}utm_source=feed{mark}{fragment}") or ""


def main(folder: Path, verbose: bool) -> None:
    editions = [one for one in read_archive([folder]).editions if not one.draft]
    places: list[PastPlace] = []
    known: set[str] = set()
    links = relinked = found = found_respelled = 0
    flags: list[tuple[str, PastLink, Match]] = []
    for edition in editions:
        name = edition_name(edition.title, edition.number)
        memory = Memory.of(reversed(places))
        for link in edition.links:
            links += 1
            was_linked = link.canonical_url in known
            matches = memory.find(link.anchor, [link.canonical_url])
            is_found = any(match.is_exact for match in matches)
            relinked += was_linked
            found += was_linked and is_found
            found_respelled += was_linked and any(match.is_exact for match in memory.find("", [respelled(link)]))
            if not was_linked and matches:
                flags.append((name, link, matches[0]))
        for link in edition.links:
            places.append(PastPlace(name, link.url, link.canonical_url, link.anchor))
            known.add(link.canonical_url)
    print(f"{len(editions)} editions, {links:,} links on {len({host_of(one.url) for one in places}):,} sites")
    print(f"exact re-links: {found} of {relinked} found, {found_respelled} when spelled otherwise")
    print(f"taken for moved pages: {len(flags)} of {links:,} links ({len(flags) / max(1, links):.2%})")
    for name, link, match in flags if verbose else ():
        print(f"  {name}: {link.anchor!r} {link.url}\n    {match.place.edition}: {match.place.anchor!r} {match.place.url}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-v", action="store_true", dest="verbose", help="list the flags")
    options = parser.parse_args()
    main(options.folder, options.verbose)
